"""What a bundle declares of itself in `checks.toml`, and whether it holds.

    [[monotone]]
    decision = "Points"
    input = "annual_income_cents"
    never = "falls"
    why = "more income does not count against a person"

`input` is an attribute, or a decision that the other one reads; `never` is `falls` or `rises`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from wherewithal.dmn.checks.axis import shown
from wherewithal.dmn.checks.monotone import Verdict, judge
from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.scalar import reachable
from wherewithal.dmn.types import Kind, Type
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import Use

if TYPE_CHECKING:
    from wherewithal.qualify.bundle import PolicyBundle

FILE = "checks.toml"
NEVER = ("falls", "rises")
_FIELDS = ("decision", "input", "never", "why")


class Monotone(msgspec.Struct, frozen=True, kw_only=True):
    """A promise: the decision never falls (or rises) as the input rises, all else being equal."""

    #: `checks.toml monotone 2`, for messages.
    place: str
    decision: str
    input: str
    never: str
    why: str

    def __str__(self) -> str:
        """Return the promise as a sentence."""
        return f"'{self.decision}' never {self.never} as '{self.input}' rises"


class Promises(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the promises of a bundle."""

    #: Sentences that say what was proved, and how.
    proved: tuple[str, ...]
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_declared(
    toml: bytes | None, *, decisions: Collection[str], attributes: Collection[str]
) -> tuple[tuple[Monotone, ...], list[Problem]]:
    """Return the promises of a bundle, and everything that is wrong with their file.

    None is no file, and no promise.
    """
    if toml is None:
        return (), []
    try:
        document = tomllib.loads(toml.decode())
    except (ValueError, RecursionError) as error:
        return (), [_problem("not_toml", FILE, f"cannot be read as TOML: {error}")]
    problems = [
        _problem("unknown_key", f"{FILE} {key}", "only [[monotone]] tables are expected")
        for key in document
        if key != "monotone"
    ]
    rows = document.get("monotone", [])
    found: list[Monotone] = []
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        place = f"{FILE} monotone {number}"
        wrong = _row_problems(row, place, decisions, attributes)
        problems += wrong
        if not wrong:
            found.append(Monotone(place=place, **row))
    return tuple(found), problems


def _row_problems(
    row: Any, place: str, decisions: Collection[str], attributes: Collection[str]
) -> list[Problem]:
    if not isinstance(row, dict):
        return [_problem("wrong_type", place, "expected a table [[monotone]]")]
    problems = [
        _problem("unknown_field", f"{place} {key}", f"unknown field{near_miss(key, _FIELDS)}")
        for key in row
        if key not in _FIELDS
    ]
    problems += [
        _problem("missing_field", f"{place} {key}", "expected a text")
        for key in _FIELDS
        if not isinstance(row.get(key), str) or not row[key].strip()
    ]
    if problems:
        return problems
    if row["never"] not in NEVER:
        message = f"expected one of {', '.join(NEVER)}{near_miss(row['never'], NEVER)}"
        problems.append(_problem("unknown_value", f"{place} never", message))
    known = {"decision": decisions, "input": (*attributes, *decisions)}
    for key, names in known.items():
        if row[key] not in names:
            message = f"no {key} is named '{row[key]}'{near_miss(row[key], names)}"
            problems.append(_problem(f"unknown_{key}", f"{place} {key}", message))
    return problems


def keep_promises(bundle: PolicyBundle) -> Promises:
    """Prove or refute what a bundle declares; what is neither is a warning."""
    proved: list[str] = []
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for promise in bundle.promises:
        node, inputs = _compiled(bundle, promise)
        if node is None:
            message = f"{promise}: the decision is no number, so it neither falls nor rises"
            errors.append(_problem("not_a_number", promise.place, message))
            continue
        if not any(one.payload == promise.input for one in _inputs_of(node)):
            message = f"{promise}: the decision does not read the input, so this says nothing"
            warnings.append(_problem("empty_promise", promise.place, message))
            continue
        verdict = judge(node, promise.input, falls=promise.never == "falls")
        if verdict.counter is not None:
            message = f"{promise} ({promise.why}), but it does; {_shown(verdict, node, inputs)}"
            errors.append(_problem("broken_promise", promise.place, message))
        elif verdict.proof:
            tried = f", {verdict.tried:,} cells tried" if verdict.tried else ""
            proved.append(f"{promise}: proved {verdict.proof}{tried}.")
        else:
            message = (
                f"{promise}: neither proved nor refuted, {verdict.tried:,} rows tried; promise it"
                " step by step, of each decision in between"
            )
            warnings.append(_problem("unproved_promise", promise.place, message))
    return Promises(proved=tuple(proved), errors=tuple(errors), warnings=tuple(warnings))


def _compiled(bundle: PolicyBundle, promise: Monotone) -> tuple[Node | None, dict[str, Type]]:
    """Return the decision over attributes as free inputs, and the types of what it may read."""
    graph = Graph()
    inputs = {
        name: graph.input(name, attribute.node.type)
        for name, attribute in bundle.attributes.items()
        if attribute.uses <= {Use.CREDIT}
    }
    types = {name: node.type for name, node in inputs.items()}
    substitutions = {}
    given = bundle.program.decisions.get(promise.input)
    if isinstance(given, Node):
        types[promise.input] = given.type
        substitutions[promise.input] = graph.input(promise.input, given.type)
    program = compile_models(
        bundle.models,
        graph=graph,
        inputs=inputs,
        substitutions=substitutions,
        only=[promise.decision],
    )
    value = program.decisions.get(promise.decision)
    is_number = isinstance(value, Node) and value.type.kind is Kind.NUMBER
    return (value if is_number and isinstance(value, Node) else None), types


def _inputs_of(node: Node) -> list[Node]:
    return [one for one in reachable([node])[0] if one.op is Op.INPUT]


def _shown(verdict: Verdict, node: Node, types: Mapping[str, Type]) -> str:
    """Return `for example x = 1 -> 5, x = 2 -> 4, where y = 3`."""
    if verdict.counter is None:
        return ""
    (lower, first), (higher, second) = verdict.counter
    moved = [name for name in lower if lower[name] != higher[name]]
    rows = [(lower, first), (higher, second)]
    told = ", ".join(
        f"{_values(moved, row, types)} -> {_value(found, node.type)}" for row, found in rows
    )
    others = [name for name in lower if name not in moved]
    return f"for example {told}" + (f", where {_values(others, lower, types)}" if others else "")


def _values(names: Sequence[str], row: Mapping[str, Any], types: Mapping[str, Type]) -> str:
    return ", ".join(f"{name} = {_value(row[name], types[name])}" for name in names)


def _value(value: Any, type_: Type) -> str:
    if value is not None and type_.kind is Kind.NUMBER and type_.scale:
        value = Fraction(value, 10**type_.scale)
    elif value is not None and type_.kind is Kind.DATE:
        value = value.toordinal()
    return shown(value, type_.kind)


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
