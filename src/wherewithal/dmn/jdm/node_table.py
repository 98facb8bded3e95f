"""A decision table node as a decision table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wherewithal.dmn.jdm.columns import ANY, Column, split_conditions, test_of
from wherewithal.dmn.jdm.drawing import Drawing, Reader
from wherewithal.dmn.jdm.drawn import TableLogic
from wherewithal.dmn.jdm.fields import Environment, Origin, Parts, component, is_plain_name
from wherewithal.dmn.jdm.graph import GraphNode
from wherewithal.dmn.jdm.zen_ast import Number, Prefix, Text, Unmapped, Word
from wherewithal.dmn.jdm.zen_parser import parse_cell, parse_expression

_EMPTY_OUTPUT = "null"


@dataclass(slots=True, kw_only=True)
class _Output:
    """An output clause; `is_sure` if every rule writes a value that is not null."""

    parts: Parts
    texts: list[str] = field(default_factory=list)
    is_sure: bool = True


def draw_table(drawing: Drawing, node: GraphNode, seen: Environment) -> Environment:
    """Add the node's table and return the fields that it writes."""
    content = node.content if isinstance(node.content, Mapping) else {}
    reader = Reader(drawing, seen)
    rules = [one for one in _list(content, "rules") if isinstance(one, Mapping)]
    columns = [
        column
        for place, one in enumerate(_list(content, "inputs"), 1)
        for column in _columns(drawing, reader, f"{node.place}, input {place}", (one, rules))
    ]
    outputs = [
        output
        for place, one in enumerate(_list(content, "outputs"), 1)
        if (output := _output(drawing, reader, f"{node.place}, output {place}", (one, rules)))
    ]
    if not outputs or not rules:
        drawing.error(node.place, "the table has no rules or no outputs; delete it")
        return Environment()
    policy = content.get("hitPolicy")
    if policy not in ("first", "collect"):
        drawing.error(node.place, "a hit policy first or collect was expected")
    if not columns:
        always = Column(
            label="always", expression="true", type_ref="boolean", tests=(ANY,) * len(rules)
        )
        columns = [always]
    logic = TableLogic(
        hit_policy="RULE ORDER" if policy == "collect" else "FIRST",
        columns=tuple(columns),
        outputs=tuple(component(one.parts) for one in outputs) if len(outputs) > 1 else (),
        rules=tuple(zip(*(one.texts for one in outputs), strict=True)),
        notes=tuple(_text(rule, "_description") for rule in rules),
    )
    description = f"The table '{node.name}' of the JDM file."
    if policy == "collect":
        return _collected(drawing, node, logic, reader, outputs)
    name = drawing.add(node.name, logic, needs=reader.needs, description=description)
    has_last = all(column.tests[-1] == ANY for column in columns)
    return _written(drawing, (node, name, seen), outputs, has_last=has_last)


def _written(
    drawing: Drawing,
    table: tuple[GraphNode, str, Environment],
    outputs: list[_Output],
    *,
    has_last: bool,
) -> Environment:
    node, name, seen = table
    prefix = output_path(node)
    passes = passes_through(node)
    found = Environment()
    for one in outputs:
        parts = (*prefix, *one.parts)
        text = f"{name}.{component(one.parts)}" if len(outputs) > 1 else name
        origin = Origin(text=text, decision=name)
        before = seen.written.get(parts) if passes else None
        may_keep = not (has_last and all(text != _EMPTY_OUTPUT for text in one.texts))
        if before is not None and may_keep:
            if not one.is_sure:
                message = (
                    f"a rule may leave '{'.'.join(parts)}' as an earlier node wrote it, or write"
                    " null; give every rule a value, or write another field"
                )
                drawing.error(node.place, message)
            kept = drawing.add(
                f"{' '.join(parts)} after {node.name}",
                f"if {text} = null then {before.text} else {text}",
                needs=[name, before.decision],
                description="What no rule writes stays as it was.",
            )
            origin = Origin(text=kept, decision=kept)
        elif passes and may_keep:
            drawing.maybe_written[parts] = node.place
        found.written[parts] = origin
    return found


def _collected(
    drawing: Drawing,
    node: GraphNode,
    logic: TableLogic,
    reader: Reader,
    outputs: list[_Output],
) -> Environment:
    """Return a Collect table's list of hits; zen's list is empty where FEEL's would be null."""
    path = output_path(node)
    if not path:
        message = "a collect table without an output path makes a list of everything; give it one"
        drawing.error(node.place, message)
        return Environment()
    hits = drawing.add(
        f"{node.name} hits",
        logic,
        needs=reader.needs,
        description=f"The table '{node.name}' of the JDM file.",
    )
    nested = "hit" if len(outputs) == 1 else None
    entries = ", ".join(
        f"{one.parts[0]}: {nested or f'hit.{component(one.parts)}'}" for one in outputs
    )
    if any(len(one.parts) > 1 for one in outputs):
        drawing.error(node.place, "an output with '.' in a collect table; give it a plain name")
    name = drawing.add(
        node.name,
        f"if {hits} = null then [] else for hit in {hits} return {{{entries}}}",
        needs=[hits],
        description="The hits as a list of objects, empty if there is none.",
    )
    return Environment(written={path: Origin(text=name, decision=name, is_list=True)})


def _columns(
    drawing: Drawing, reader: Reader, place: str, given: tuple[Any, list[Mapping[str, Any]]]
) -> list[Column]:
    one, rules = given
    if not isinstance(one, Mapping) or not isinstance(one.get("id"), str):
        drawing.error(place, "has no 'id'")
        return []
    label = _text(one, "name") or place
    at = f"{place} ('{label}')"
    cells = [_text(rule, one["id"]).strip() for rule in rules]
    expression = _text(one, "field").strip()
    if not expression:
        return _condition_columns(drawing, reader, (at, label), cells)
    try:
        node = parse_expression(expression)
    except Unmapped as problem:
        drawing.error(at, _said(problem, expression))
        return []
    kinds: set[str] = set()
    tests = []
    for number, cell in enumerate(cells, 1):
        writer = reader.writer(kinds.add)
        try:
            tests.append(test_of(parse_cell(cell), writer, own=node) if cell else ANY)
        except Unmapped as problem:
            drawing.error(f"{at}, rule {number}", _said(problem, cell))
            tests.append(ANY)
        for text in dict.fromkeys(writer.notes):
            drawing.warn(f"{at}, rule {number}", text)
    try:
        wants = next(iter(kinds)) if len(kinds) == 1 else None
        text = reader.writer().write(node, wants).text
    except Unmapped as problem:
        drawing.error(at, _said(problem, expression))
        return []
    if len(kinds) > 1:
        drawing.error(at, f"is tested as {' and as '.join(sorted(kinds))}; split the column")
    return [Column(label=label, expression=text, type_ref=wants, tests=tuple(tests))]


def _condition_columns(
    drawing: Drawing, reader: Reader, names: tuple[str, str], cells: list[str]
) -> list[Column]:
    """Return a column without a field as a column for each field that its conditions test."""
    at, label = names
    split = None
    sound = list(cells)
    for number, cell in enumerate(cells, 1):
        try:
            if cell:
                written = reader.writer().condition(parse_expression(cell), is_test=True)
                sound[number - 1] = written.text
        except Unmapped as problem:
            drawing.error(f"{at}, rule {number}", _said(problem, cell))
            sound[number - 1] = ""
    if all(bool(one) == bool(cell) for one, cell in zip(sound, cells, strict=True)):
        split = split_conditions(cells)
    if split is None:
        tests = tuple(f"({one})" if one else ANY for one in sound)
        return [Column(label=label, expression="true", type_ref="boolean", tests=tests)]
    found = []
    for path in dict.fromkeys(path for row in split for path in row):
        kinds: set[str] = set()
        of_path = tuple(
            test_of(row[path], reader.writer(kinds.add), own=None) if path in row else ANY
            for row in split
        )
        if len(kinds) > 1:
            drawing.error(at, f"{'.'.join(path.parts)} is tested as {' and as '.join(kinds)}")
        wants = next(iter(kinds), None)
        text = reader.resolve(path, wants).text
        found.append(
            Column(label=".".join(path.parts), expression=text, type_ref=wants, tests=of_path)
        )
    return found


def _output(
    drawing: Drawing, reader: Reader, place: str, given: tuple[Any, list[Mapping[str, Any]]]
) -> _Output | None:
    one, rules = given
    parts = parts_of(_text(one, "field")) if isinstance(one, Mapping) else None
    if parts is None or not isinstance(one.get("id"), str):
        drawing.error(place, "expected an 'id', and a field of names that FEEL allows")
        return None
    at = f"{place} ('{'.'.join(parts)}')"
    found = _Output(parts=parts)
    for number, rule in enumerate(rules, 1):
        cell = _text(rule, one["id"]).strip()
        if not cell:
            found.texts.append(_EMPTY_OUTPUT)
            found.is_sure = False
            continue
        writer = reader.writer()
        try:
            node = parse_expression(cell)
            written = writer.write(node)
        except Unmapped as problem:
            drawing.error(f"{at}, rule {number}", _said(problem, cell))
            found.texts.append(_EMPTY_OUTPUT)
            continue
        is_value = isinstance(node, Number | Text | Prefix) or node in (Word("true"), Word("false"))
        found.is_sure = found.is_sure and is_value
        if written.fails:
            writer.notes.append(
                "where this cannot be computed zen goes on to the next rule; here it is null"
            )
        for text in dict.fromkeys(writer.notes):
            drawing.warn(f"{at}, rule {number}", text)
        found.texts.append(written.text)
    return found


def output_path(node: GraphNode) -> Parts:
    """Return the path under which a node puts what it writes."""
    content = node.content if isinstance(node.content, Mapping) else {}
    return parts_of(_text(content, "outputPath")) or ()


def passes_through(node: GraphNode) -> bool:
    """Say whether a node hands on what it was given."""
    return isinstance(node.content, Mapping) and node.content.get("passThrough") is True


def parts_of(text: str) -> Parts | None:
    """Return a field's names; None where FEEL has no such names."""
    parts = tuple(text.strip().split("."))
    return parts if all(map(is_plain_name, parts)) else None


def _list(content: Mapping[str, Any], name: str) -> list[Any]:
    found = content.get(name)
    return found if isinstance(found, list) else []


def _text(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    return found if isinstance(found, str) else ""


def _said(problem: Unmapped, text: str) -> str:
    if text == ANY:
        return "zen cannot read '-', and its rule never matched; leave the cell empty, or delete it"
    return f"`{text}`: {problem}"
