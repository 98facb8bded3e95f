"""Makes a DMN model of a GoRules decision graph, where that means the same.

Source: the JDM format as its documentation describes it, and what zen-engine answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic, Severity
from wherewithal.dmn.jdm.drawing import Drawing
from wherewithal.dmn.jdm.drawn import ContextLogic, DrawnModel
from wherewithal.dmn.jdm.fields import Environment, Names, Origin, Parts
from wherewithal.dmn.jdm.graph import ALWAYS, GraphNode, JdmGraph, Reached, both, either, read_graph
from wherewithal.dmn.jdm.node_expression import draw_expressions, draw_switch
from wherewithal.dmn.jdm.node_table import draw_table, output_path, passes_through
from wherewithal.dmn.jdm.xml_writer import write_model

RESULT = "Result"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REMEDIES = {
    "functionNode": "JavaScript has no DMN form; write what it computes in FEEL, or import with"
    " its results left as inputs (--leave-functions-open)",
    "decisionNode": "calls another file; import that file too, and join the models by name",
    "customNode": "is a program of its own; write what it computes in FEEL",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A DMN file, None where something does not map, and everything worth knowing about it."""

    xml: bytes | None
    diagnostics: tuple[Diagnostic, ...]


def import_jdm(
    data: bytes, *, name: str, leave_functions_open: bool = False, version: str = "1.5"
) -> Imported:
    """Return a DMN model of a JDM file, in a version of `xml_writer.VERSIONS`.

    `name` is the model's. With `leave_functions_open` what is read behind a function node becomes
    an input of the model.
    Errors: none are raised; each thing that does not map is a diagnostic with its place.
    """
    graph, diagnostics = read_graph(data)
    if graph is None:
        return Imported(xml=None, diagnostics=tuple(diagnostics))
    drawing = Drawing(model=DrawnModel(name=name), names=Names(_reserved(graph)))
    seen: dict[str, tuple[Environment, Reached]] = {}
    for node in graph.nodes:
        environment, reached = _before(drawing, graph, node, seen)
        if node.kind != "outputNode":
            environment = _behind(drawing, node, environment, is_open=leave_functions_open)
        seen[node.node_id] = environment, reached
    _add_result(drawing, graph, seen)
    _note_inputs(drawing, graph)
    diagnostics = list(dict.fromkeys(drawing.diagnostics))
    if any(one.severity is Severity.ERROR for one in diagnostics):
        return Imported(xml=None, diagnostics=tuple(diagnostics))
    return Imported(xml=write_model(drawing.model, version=version), diagnostics=tuple(diagnostics))


def _reserved(graph: JdmGraph) -> set[str]:
    """Return every word that may be a field, so that no decision is named like one."""
    found: set[str] = set()
    for node in graph.nodes:
        if node.kind != "functionNode":
            for text in _texts(node.content):
                # What stands in quotes is a value.
                found |= set(_NAME.findall(re.sub(r"\"[^\"]*\"|'[^']*'", "", text)))
    return found


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of a node that name fields: all but labels and ids."""
    if isinstance(content, str):
        yield content
    for one in content if isinstance(content, list) else ():
        yield from _texts(one)
    for key, one in content.items() if isinstance(content, Mapping) else ():
        if key not in ("id", "_id", "name", "_description"):
            yield from _texts(one)


def _before(
    drawing: Drawing,
    graph: JdmGraph,
    node: GraphNode,
    seen: Mapping[str, tuple[Environment, Reached]],
) -> tuple[Environment, Reached]:
    """Return what a node is given, and under which branches it is reached."""
    if node.kind == "inputNode":
        return Environment(is_open=True), ALWAYS
    parents: list[tuple[Environment, Reached]] = []
    for edge in graph.into(node.node_id):
        environment, reached = seen[edge.source]
        if edge.source in drawing.switches:
            if edge.handle is None:
                drawing.error(node.place, "a switch leads here by no statement; draw it anew")
            reached = both(reached, frozenset(((edge.source, edge.handle or ""),)))
        parents.append((environment, reached))
    if not parents:
        drawing.note(node.place, "nothing leads to it, so it computes nothing")
        return Environment(), ALWAYS
    reached = either([at for _, at in parents], drawing.statements)
    return drawing.merged(parents, reached, node.place), reached


def _behind(drawing: Drawing, node: GraphNode, seen: Environment, *, is_open: bool) -> Environment:
    """Return what a node hands on."""
    content: Mapping[str, Any] = node.content if isinstance(node.content, Mapping) else {}
    if content.get("executionMode") == "loop":
        drawing.error(node.place, "loops over a list; write for ... in ... return ... in FEEL")
    if content.get("inputField"):
        drawing.error(node.place, "has an input field; read its fields by their whole names")
    match node.kind:
        case "inputNode":
            return seen
        case "switchNode":
            draw_switch(drawing, node, seen)
            return seen
        case "decisionTableNode":
            written = draw_table(drawing, node, seen)
        case "expressionNode":
            written = draw_expressions(drawing, node, seen)
        case "functionNode" if is_open:
            message = "is not translated; what is read behind it is an input of the model"
            drawing.warn(node.place, message)
            return Environment(is_open=True)
        case kind:
            remedy = _REMEDIES.get(kind, "is no node that is known here")
            drawing.error(node.place, f"{kind}: {remedy}")
            return Environment(is_open=True)
    if not passes_through(node):
        return written
    kept = {
        parts: origin
        for parts, origin in seen.written.items()
        if parts[: len(output_path(node))] != output_path(node) or not output_path(node)
    }
    return Environment(written={**kept, **written.written}, is_open=seen.is_open)


def _add_result(
    drawing: Drawing, graph: JdmGraph, seen: Mapping[str, tuple[Environment, Reached]]
) -> None:
    """Add the decision that has the shape of zen's answer, without what only passes through."""
    leaves = graph.leaves()
    if not leaves:
        drawing.error("", "the graph has no node")
        return
    whole = drawing.merged([seen[one.node_id] for one in leaves], ALWAYS, "the output")
    for one in whole.written:
        if any(len(one) < len(other) and other[: len(one)] == one for other in whole.written):
            drawing.error("the output", f"'{'.'.join(one)}' is both a value and an object")
            return
    if not whole.written:
        drawing.error("the output", "nothing is written by the time that the graph ends")
        return
    from_decisions = [one.decision for one in whole.written.values()]
    logic = _nested(whole.written)
    drawing.add(
        RESULT,
        logic,
        needs=from_decisions,
        description="Everything that the graph writes, in the shape in which zen answers.",
    )


def _nested(written: Mapping[Parts, Origin]) -> ContextLogic:
    heads: dict[str, dict[Parts, Origin]] = {}
    for parts, origin in written.items():
        heads.setdefault(parts[0], {})[parts[1:]] = origin
    return ContextLogic(
        entries=tuple(
            (head, below[()].text if () in below else _nested(below))
            for head, below in heads.items()
        )
    )


def _note_inputs(drawing: Drawing, graph: JdmGraph) -> None:
    inputs = drawing.inputs
    for one, other in inputs.whole_and_part():
        message = f"is read as a value, and '{'.'.join(other)}' inside it; read one of them"
        drawing.error(f"input '{'.'.join(one)}'", message)
    for parts, kinds in inputs.leaves.items():
        place = f"input '{'.'.join(parts)}'"
        if len(kinds) > 1:
            drawing.error(place, f"is used as {' and as '.join(sorted(kinds))}; use it as one")
        drawing.model.inputs[parts] = next(iter(kinds), None)
        if parts in drawing.maybe_written:
            message = (
                f"{drawing.maybe_written[parts]} may leave it as it was given; here the field is"
                " null then"
            )
            drawing.warn(place, message)
    if any(len(parts) > 1 for parts in inputs.leaves):
        message = "give every part of a nested input, null where it is unknown; zen lets parts miss"
        drawing.note("inputs", message)
    if not any(node.kind == "inputNode" for node in graph.nodes):
        drawing.note("", "the graph has no input node")
