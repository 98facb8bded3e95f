"""Decision tables in SpiffWorkflow's own dialect: DMN XML whose cells are Python expressions.

Its engine is given what a workflow's task would give it, a dictionary and a script engine; the
workflow around it, which costs more, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from wherewithal.dmn.model import DecisionTable, HitPolicy

_NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_RANGE = re.compile(r"([\[(])(.+)\.\.(.+)([\])])")
#: A step is a table with the key of its result, or Python expressions by key.
Step = tuple[DecisionTable, str] | Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpiffChain:
    """Tables and expressions in order, each of which adds its results to the data."""

    steps: tuple[Callable[[SimpleNamespace], None], ...]
    scripts: PythonScriptEngine = field(default_factory=PythonScriptEngine)

    def run(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the context with all results."""
        workflow = SimpleNamespace(script_engine=self.scripts)
        task = SimpleNamespace(data=dict(context), workflow=workflow)
        for step in self.steps:
            step(task)
        data: dict[str, Any] = task.data
        return data


def spiff_chain(steps: Sequence[Step], *, key: Callable[[str], str] = str) -> SpiffChain:
    """Return the chain; `key` makes a Python name of an input expression's text."""
    return SpiffChain(
        steps=tuple(
            _expressions(step) if isinstance(step, Mapping) else _table(*step, key=key)
            for step in steps
        )
    )


def _expressions(texts: Mapping[str, str]) -> Callable[[SimpleNamespace], None]:
    def run(task: SimpleNamespace) -> None:
        for name, text in texts.items():
            task.data[name] = task.workflow.script_engine.evaluate(task, text)

    return run


def _table(
    table: DecisionTable, name: str, *, key: Callable[[str], str]
) -> Callable[[SimpleNamespace], None]:
    parser = DMNParser(None, etree.fromstring(_xml(table, name, key)), {"dmn": _NAMESPACE})
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])
    nothing: dict[str, Any] = {one.name or name: None for one in table.outputs}
    if table.hit_policy is HitPolicy.COLLECT:
        nothing = {name: []}

    def run(task: SimpleNamespace) -> None:
        task.data.update({**nothing, **engine.result(task)})

    return run


def _xml(table: DecisionTable, name: str, key: Callable[[str], str]) -> str:
    # It knows Unique, which ends at the first hit, and Collect, which gives lists.
    policy = "COLLECT" if table.hit_policy is HitPolicy.COLLECT else "UNIQUE"
    inputs = "".join(
        f'<input id="i{n}"><inputExpression id="e{n}"><text>{key(one.expression.text)}</text>'
        "</inputExpression></input>"
        for n, one in enumerate(table.inputs)
    )
    outputs = "".join(
        f'<output id="o{n}" name={quoteattr(one.name or name)}/>'
        for n, one in enumerate(table.outputs)
    )
    rules = "".join(
        f'<rule id="r{rule.number}">'
        + "".join(
            f'<inputEntry id="r{rule.number}i{n}"><text>{escape(python_test(cell.text))}</text>'
            "</inputEntry>"
            for n, cell in enumerate(rule.tests)
        )
        + "".join(
            f'<outputEntry id="r{rule.number}o{n}"><text>{escape(_word(cell.text))}</text>'
            "</outputEntry>"
            for n, cell in enumerate(rule.outputs)
        )
        + "</rule>"
        for rule in table.rules
    )
    return (
        f'<definitions xmlns="{_NAMESPACE}"><decision id="d" name="d"><decisionTable id="t"'
        f' hitPolicy="{policy}">{inputs}{outputs}{rules}</decisionTable></decision></definitions>'
    )


def python_test(cell: str) -> str:
    """Return a FEEL test of the bench's models as Python's; `?` is the tested value.

    >>> python_test("[1..5)")
    '? is not None and 1 <= ? < 5'
    >>> python_test('"A", "B"')
    '? in ("A", "B")'
    """
    if cell == "-":
        return cell
    if cell.startswith("null, "):
        return f"? is None or ({python_test(cell.removeprefix('null, '))})"
    if cell.startswith(("<", ">")):
        return f"? is not None and ? {cell}"
    if found := _RANGE.fullmatch(cell):
        left, low, high, right = found.groups()
        first, last = ("<=" if left == "[" else "<"), ("<=" if right == "]" else "<")
        return f"? is not None and {low} {first} ? {last} {high}"
    if "," in cell:
        return f"? in ({cell})"
    word = _word(cell)
    return f"? is {word}" if word in ("True", "False", "None") else f"? == {word}"


def _word(text: str) -> str:
    return {"true": "True", "false": "False", "null": "None"}.get(text, text)
