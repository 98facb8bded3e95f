"""Expression nodes and switch nodes as literal expressions and boxed contexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wherewithal.dmn.jdm.drawing import Drawing, Reader
from wherewithal.dmn.jdm.drawn import ContextLogic
from wherewithal.dmn.jdm.fields import Environment, Origin, Parts, component
from wherewithal.dmn.jdm.graph import GraphNode
from wherewithal.dmn.jdm.node_table import output_path, parts_of
from wherewithal.dmn.jdm.zen_ast import Path, Unmapped
from wherewithal.dmn.jdm.zen_parser import parse_expression


def draw_expressions(drawing: Drawing, node: GraphNode, seen: Environment) -> Environment:
    """Add a decision for the node, and return the fields that it writes."""
    reader = Reader(drawing, seen)
    entries: list[tuple[str, str, Parts]] = []
    copied: dict[Parts, Origin] = {}
    for place, one in enumerate(_list(node.content, "expressions"), 1):
        key, value = (str(one.get(part) or "").strip() for part in ("key", "value"))
        at = f"{node.place}, expression {place}"
        if not key or not value:
            drawing.note(at, "has no key or no value; zen passes over it, and so does the model")
            continue
        parts = parts_of(key)
        if parts is None:
            drawing.error(at, f"the key '{key}' holds no name of FEEL; rename the field")
            continue
        writer = reader.writer()
        try:
            tree = parse_expression(value)
            origin = seen.written.get(tree.parts) if isinstance(tree, Path) else None
            if origin is not None and origin.is_list and not value.startswith("$"):
                copied[parts] = origin
                continue
            text = writer.write(tree).text
        except Unmapped as problem:
            drawing.error(f"{at} ('{key}')", f"`{value}`: {problem}")
            continue
        for said in dict.fromkeys(writer.notes):
            drawing.warn(f"{at} ('{key}')", said)
        entry = drawing.names.take(component(parts))
        entries.append((entry, text, parts))
        reader.own[parts] = Origin(text=entry, decision="")
    prefix = output_path(node)
    found = Environment(written={(*prefix, *parts): one for parts, one in copied.items()})
    if not entries:
        return found
    whole = len(entries) > 1
    logic = ContextLogic(entries=tuple((name, text) for name, text, _ in entries))
    name = drawing.add(
        node.name,
        logic if whole else entries[0][1],
        needs=reader.needs,
        description=f"The expressions of '{node.name}' of the JDM file.",
    )
    for entry, _, parts in entries:
        text = f"{name}.{entry}" if whole else name
        found.written[(*prefix, *parts)] = Origin(text=text, decision=name)
    return found


def draw_switch(drawing: Drawing, node: GraphNode, seen: Environment) -> None:
    """Add a decision that says which branch is taken, and note the branches."""
    reader = Reader(drawing, seen)
    content = node.content if isinstance(node.content, Mapping) else {}
    statements = _list(content, "statements")
    if content.get("hitPolicy", "first") != "first" and len(statements) > 1:
        message = "takes several branches at once (collect); make a switch of each statement"
        drawing.error(node.place, message)
    text, always, tests = "null", False, []
    for place, one in enumerate(statements, 1):
        branch = str(one.get("id") or "")
        condition = str(one.get("condition") or "").strip()
        if one.get("isDefault") is True or not condition:
            # What stands behind it is never reached.
            text, always = f'"{branch}"', True
            break
        try:
            test = reader.writer().condition(parse_expression(condition), is_test=True).text
            tests.append((test, branch))
        except Unmapped as problem:
            drawing.error(f"{node.place}, statement {place}", f"`{condition}`: {problem}")
    for test, branch in reversed(tests):
        text = f'if {test} then "{branch}" else {text}'
    drawing.switches[node.node_id] = drawing.add(
        node.name,
        text,
        needs=reader.needs,
        description=f"Which branch the switch '{node.name}' takes.",
    )
    branches = tuple(str(one.get("id") or "") for one in statements)
    if always:
        drawing.statements[node.node_id] = branches[: len(tests) + 1]


def _list(content: Any, name: str) -> list[Mapping[str, Any]]:
    found = content.get(name) if isinstance(content, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
