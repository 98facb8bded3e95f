"""Reads item definitions: the named types of a model."""

from __future__ import annotations

from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.model import ItemDefinition
from wherewithal.dmn.reader_scope import Reading, Scope
from wherewithal.dmn.reader_xml import Element, children, first_child, line_of

_DEPTH_MAX = 40


def read_item_definitions(reading: Reading, root: Element) -> tuple[ItemDefinition, ...]:
    """Return the item definitions of a model; two of one name are an error."""
    found: list[ItemDefinition] = []
    seen: set[str] = set()
    for element in children(root, "itemDefinition"):
        name = reading.name(element, "an item definition", what="an item definition")
        if name is None:
            continue
        place = f"type '{name}'"
        if name in seen:
            message = "another type has the same name; rename one of them"
            reading.error("duplicate-name", place, message, line=line_of(element))
        seen.add(name)
        found.append(_read_item(reading, element, name, Scope(place=place, names=frozenset())))
    return tuple(found)


def _read_item(reading: Reading, element: Element, name: str, scope: Scope) -> ItemDefinition:
    type_element = first_child(element, "typeRef")
    raw = element.get("typeRef") if type_element is None else type_element.text
    components = list(children(element, "itemComponent"))
    if scope.depth >= _DEPTH_MAX:
        message = f"the type nests deeper than {_DEPTH_MAX} levels; name its parts"
        reading.error("too-deep", scope.place, message, line=line_of(element))
        components = []
    parts: list[ItemDefinition] = []
    for component in components:
        part = reading.name(component, scope.place, what="a component")
        if part is not None:
            inner = scope.at(f"component '{part}'").deeper()
            if any(part == other.name for other in parts):
                message = f"another component is named '{part}'; rename one of them"
                reading.error("duplicate-name", inner.place, message, line=line_of(component))
            parts.append(_read_item(reading, component, part, inner))
    function = first_child(element, "functionItem")
    return ItemDefinition(
        name=name,
        type_ref=reading.type_ref(raw, scope.place, element),
        is_collection=(element.get("isCollection") or "").strip().lower() in ("true", "1"),
        allowed_values=reading.tests(
            first_child(element, "allowedValues"), scope.at("allowed values")
        ),
        type_constraint=reading.tests(
            first_child(element, "typeConstraint"), scope.at("type constraint")
        ),
        components=tuple(parts),
        function_parameters=None
        if function is None
        else tuple(
            (
                normalise_name(p.get("name") or ""),
                reading.type_ref(p.get("typeRef"), scope.place, p),
            )
            for p in children(function, "parameters")
        ),
        function_result=None
        if function is None
        else reading.type_ref(function.get("outputTypeRef"), scope.place, function),
    )
