"""Writes a drawn model as DMN 1.5 with a layout, so that modelers show it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from lxml import etree

from wherewithal.dmn.jdm.drawn import ContextLogic, DrawnDecision, DrawnModel, Logic, TableLogic
from wherewithal.dmn.jdm.fields import Parts

#: The versions that can be written, and the date in their names. Nothing here is newer than 1.3.
VERSIONS = {"1.5": "20230324", "1.3": "20191111"}
MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
#: Sizes of shapes and of the gaps between them, as drawing tools make them.
_WIDTH, _HEIGHT, _ACROSS, _DOWN = 180, 80, 40, 70

#: The standard's own names need no prefix.
_NAMESPACES = cast("dict[str, str]", {None: MODEL, "dmndi": DMNDI})
_Element = etree._Element  # noqa: SLF001 - lxml gives its element type no public name


def write_model(model: DrawnModel, *, version: str = "1.5") -> bytes:
    """Return the file, in one of VERSIONS."""
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap=_NAMESPACES)
    root.set("id", "definitions")
    root.set("name", model.name)
    root.set("namespace", f"urn:jdm:{_identifier(model.name)}")
    _write_types(root, model)
    ids = {name: f"input_{number}" for number, name in enumerate(model.roots(), 1)}
    for name, element_id in ids.items():
        data = _add(root, "inputData", id=element_id, name=name)
        type_ref = model.inputs.get((name,)) if (name,) in model.inputs else _type_name((name,))
        _add(data, "variable", name=name, typeRef=type_ref)
    decisions = {one.name: f"decision_{number}" for number, one in enumerate(model.decisions, 1)}
    for one in model.decisions:
        _write_decision(root, one, inputs=ids, decisions=decisions)
    _write_layout(root, model, {**ids, **decisions})
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    # The versions differ in their names alone; texts cannot hold a name of the standard unescaped.
    for name in (MODEL, DMNDI):
        own = name.replace(VERSIONS["1.5"], VERSIONS[version])
        written = written.replace(f'="{name}"'.encode(), f'="{own}"'.encode(), 1)
    return written


def _add(parent: _Element, tag: str, text: str | None = None, **attributes: str | None) -> _Element:
    found = etree.SubElement(parent, tag if tag.startswith("{") else f"{{{MODEL}}}{tag}")
    for name, value in attributes.items():
        if value is not None:
            found.set(name, value)
    if text is not None:
        found.text = text
    return found


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-") or "model"


def _type_name(parts: Parts) -> str:
    return "t_" + "_".join(parts)


def _write_types(root: _Element, model: DrawnModel) -> None:
    """Write an item definition for each nested input, its components inside it."""
    for head in model.roots():
        below = {parts[1:]: ref for parts, ref in model.inputs.items() if parts[0] == head}
        if () not in below:
            item = _add(root, "itemDefinition", name=_type_name((head,)))
            _write_components(item, below)


def _write_components(item: _Element, below: dict[Parts, str | None]) -> None:
    for head in dict.fromkeys(parts[0] for parts in below):
        component = _add(item, "itemComponent", name=head)
        inner = {parts[1:]: ref for parts, ref in below.items() if parts[0] == head}
        if () in inner:
            _add(component, "typeRef", inner[()] or "Any")
        else:
            _write_components(component, inner)


def _write_decision(
    root: _Element, one: DrawnDecision, *, inputs: dict[str, str], decisions: dict[str, str]
) -> None:
    element = _add(root, "decision", id=decisions[one.name], name=one.name)
    _add(element, "description", one.description)
    _add(element, "variable", name=one.name)
    for need in one.needs:
        requirement = _add(element, "informationRequirement")
        if need in decisions:
            _add(requirement, "requiredDecision", href=f"#{decisions[need]}")
        else:
            _add(requirement, "requiredInput", href=f"#{inputs[need]}")
    _write_logic(element, one.logic)


def _write_logic(parent: _Element, logic: Logic) -> None:
    match logic:
        case str():
            _add(_add(parent, "literalExpression"), "text", logic)
        case ContextLogic(entries=entries):
            context = _add(parent, "context")
            for name, inner in entries:
                entry = _add(context, "contextEntry")
                _add(entry, "variable", name=name)
                _write_logic(entry, inner)
        case TableLogic():
            _write_table(parent, logic)


def _write_table(parent: _Element, logic: TableLogic) -> None:
    table = _add(parent, "decisionTable", hitPolicy=logic.hit_policy)
    for column in logic.columns:
        clause = _add(table, "input", label=column.label)
        expression = _add(clause, "inputExpression", typeRef=column.type_ref)
        _add(expression, "text", column.expression)
    for name in logic.outputs or (None,):
        _add(table, "output", name=name)
    has_notes = any(logic.notes)
    if has_notes:
        _add(table, "annotation", name="description")
    for number, outputs in enumerate(logic.rules):
        rule = _add(table, "rule")
        for column in logic.columns:
            _add(_add(rule, "inputEntry"), "text", column.tests[number])
        for output in outputs:
            _add(_add(rule, "outputEntry"), "text", output)
        if has_notes:
            _add(_add(rule, "annotationEntry"), "text", logic.notes[number])


def _write_layout(root: _Element, model: DrawnModel, ids: dict[str, str]) -> None:
    """Write shapes in layers, inputs at the bottom, and an arrow for each requirement."""
    layers = _layers(model)
    top = max(layers.values(), default=0)
    places: dict[str, tuple[int, int]] = {}
    used: dict[int, int] = {}
    for name, layer in layers.items():
        across = used.get(layer, 0)
        used[layer] = across + 1
        places[name] = (
            100 + across * (_WIDTH + _ACROSS),
            100 + (top - layer) * (_HEIGHT + _DOWN),
        )
    diagram = _add(_add(root, f"{{{DMNDI}}}DMNDI"), f"{{{DMNDI}}}DMNDiagram", id="diagram")
    for name, (x, y) in places.items():
        shape = _add(diagram, f"{{{DMNDI}}}DMNShape", id=f"s_{ids[name]}", dmnElementRef=ids[name])
        bounds = {"x": x, "y": y, "width": _WIDTH, "height": _HEIGHT}
        etree.SubElement(
            shape,
            f"{{{DC}}}Bounds",
            attrib={key: str(value) for key, value in bounds.items()},
            nsmap={"dc": DC},
        )
    elements = {one.get("id"): one for one in root.iter(f"{{{MODEL}}}decision")}
    for one in model.decisions:
        requirements = elements[ids[one.name]].iterfind(f"{{{MODEL}}}informationRequirement")
        for number, (need, requirement) in enumerate(zip(one.needs, requirements, strict=True), 1):
            requirement.set("id", f"r_{ids[one.name]}_{number}")
            edge = _add(
                diagram,
                f"{{{DMNDI}}}DMNEdge",
                id=f"e_{ids[one.name]}_{number}",
                dmnElementRef=f"r_{ids[one.name]}_{number}",
            )
            (from_x, from_y), (to_x, to_y) = places[need], places[one.name]
            for x, y in _ends((from_x, from_y), (to_x, to_y)):
                point = {"x": str(x), "y": str(y)}
                etree.SubElement(edge, f"{{{DI}}}waypoint", attrib=point, nsmap={"di": DI})


def _ends(start: tuple[int, int], end: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """Yield where an arrow begins, at the top of one shape, and ends, at the foot of another."""
    yield start[0] + _WIDTH // 2, start[1]
    yield end[0] + _WIDTH // 2, end[1] + _HEIGHT


def _layers(model: DrawnModel) -> dict[str, int]:
    """Return how many requirements deep each element stands; inputs are 0."""
    layers = dict.fromkeys(model.roots(), 0)
    for one in model.decisions:
        layers[one.name] = 1 + max((layers[need] for need in one.needs), default=0)
    return layers
