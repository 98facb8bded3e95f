"""Resolves the requirements of a model: from href to name, in this file and in imported models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.model import Import, ItemDefinition, Model
from wherewithal.dmn.reader_scope import Reading
from wherewithal.dmn.reader_xml import Element, children, first_child, line_of, local_name

#: Elements that have an id which a requirement can name.
DRG_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_REQUIREMENTS = (
    ("informationRequirement", ("requiredInput", "requiredDecision")),
    ("knowledgeRequirement", ("requiredKnowledge",)),
)


@dataclass(slots=True, kw_only=True)
class Elements:
    """The named elements of a model and of those that it imports."""

    namespace: str
    #: By id, in this file.
    local: dict[str, str] = field(default_factory=dict)
    #: By qualified name: the name of the import that brings it.
    import_of: dict[str, str] = field(default_factory=dict)
    #: Names of imports whose model was not given: what is under them cannot be checked.
    open_imports: set[str] = field(default_factory=set)
    #: By namespace, then id: the qualified name.
    imported: dict[str, dict[str, str]] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Return the names of this file's own elements."""
        return frozenset(self.local.values())


def collect_elements(
    root: Element, namespace: str, imports: Sequence[Import], imported: Sequence[Model]
) -> Elements:
    """Return the elements that requirements may name."""
    elements = Elements(namespace=namespace)
    for child in children(root, *DRG_ELEMENTS):
        if child.get("id") and child.get("name"):
            elements.local[child.get("id") or ""] = normalise_name(child.get("name") or "")
    by_namespace = {model.namespace: model for model in imported}
    for item in imports:
        model = by_namespace.get(item.namespace)
        if model is None:
            elements.open_imports.add(item.name)
        else:
            prefix = f"{item.name}." if item.name else ""
            elements.imported[item.namespace] = {
                element_id: prefix + name for element_id, name in _named(model)
            }
            if item.name:
                names = elements.imported[item.namespace].values()
                elements.import_of |= dict.fromkeys(names, item.name)
    return elements


def read_signatures(root: Element, elements: Elements) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the parameters of the functions that this file defines, by name."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for child in children(root, "businessKnowledgeModel"):
        logic = first_child(child, "encapsulatedLogic")
        if logic is not None:
            parameters = children(logic, "formalParameter")
            names = tuple(normalise_name(one.get("name") or "") for one in parameters)
            found[normalise_name(child.get("name") or "")] = (names,)
    for child in children(root, "decisionService"):
        hrefs = [
            (one.get("href") or "").rpartition("#")
            for kind in ("inputData", "inputDecision")
            for one in children(child, kind)
        ]
        if all(namespace in ("", elements.namespace) for namespace, _, _ in hrefs):
            names = tuple(elements.local.get(element_id, "") for _, _, element_id in hrefs)
            found[normalise_name(child.get("name") or "")] = (names,)
    return found


def _named(model: Model) -> Iterator[tuple[str, str]]:
    groups = (model.inputs, model.decisions, model.knowledge_models, model.services)
    for group in groups:
        for element in group:
            if element.element_id is not None:
                yield element.element_id, element.name


def element_names(model: Model) -> frozenset[str]:
    """Return every name that may follow an import's name and a dot."""
    names = {name for _, name in _named(model)}
    names |= {item.name for item in model.item_definitions}
    return frozenset(names) | component_names(model.item_definitions)


def component_names(items: Sequence[ItemDefinition]) -> frozenset[str]:
    """Return the names of all components, at any depth."""
    names: set[str] = set()
    level = list(items)
    while level:
        level = [component for item in level for component in item.components]
        names |= {item.name for item in level}
    return frozenset(names)


def read_requirements(
    reading: Reading, element: Element, elements: Elements, place: str
) -> tuple[str, ...]:
    """Return the names that an element requires, in order; a dangling href is an error."""
    found: list[str] = []
    for group, names in _REQUIREMENTS:
        for requirement in children(element, group):
            target = first_child(requirement, *names)
            if target is None:
                message = f"a requirement names nothing; expected {' or '.join(names)}"
                reading.error("missing-href", place, message, line=line_of(requirement))
                continue
            name = resolve(reading, target, elements, place)
            if name is not None and name not in found:
                found.append(name)
    return tuple(found)


def read_references(
    reading: Reading, element: Element, kind: str, elements: Elements, place: str
) -> tuple[str, ...]:
    """Return the names that a decision service's references of one kind point to."""
    resolved = (resolve(reading, child, elements, place) for child in children(element, kind))
    return tuple(name for name in resolved if name is not None)


def resolve(reading: Reading, element: Element, elements: Elements, place: str) -> str | None:
    """Return the name that an element's href points to; an error if there is none."""
    href = (element.get("href") or "").strip()
    namespace, _, element_id = href.rpartition("#")
    if not element_id:
        message = f"{local_name(element)} has no href; expected '#' and an element's id"
        reading.error("missing-href", place, message, line=line_of(element))
        return None
    if namespace in ("", elements.namespace):
        known = elements.local
    elif namespace in elements.imported:
        known = elements.imported[namespace]
    else:
        message = f"href '{href}' points into a model that is not imported or was not given"
        reading.error("missing-import", place, message, line=line_of(element))
        return None
    name = known.get(element_id)
    if name is None:
        hint = near_miss(element_id, known)
        message = f"{local_name(element)} points to '{element_id}', which does not exist{hint}"
        reading.error("dangling-href", place, message, line=line_of(element))
    return name
