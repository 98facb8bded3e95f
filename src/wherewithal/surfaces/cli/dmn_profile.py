"""A DMN model run by the scalar or the columnar executor, on types inferred from the given values.

Both executors take typed inputs: a number becomes whole units at the scale in which it was written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.diagnostics import Diagnostic, error
from wherewithal.dmn.ir import Graph, Node, OutsideProfile
from wherewithal.dmn.model import Model
from wherewithal.dmn.program import Program, compile_models
from wherewithal.dmn.reference.given import conformed_inputs
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.trace import Trace
from wherewithal.dmn.trace_plan import trace_plan
from wherewithal.dmn.types import Kind, Type
from wherewithal.dmn.values import ContextValue, ListValue, Value

#: Inputs are taken to be within this many units; wider ones get the range that they need.
UNITS_MAX = 10**15
SCALE_MAX = 15
_DAYS = re.compile(r"(-?)P([0-9]{1,6})D")
_DATE_NAMES = ("date",)
_DAYS_NAMES = ("days and time duration", "dayTimeDuration")
_NULLS = {
    "number": t.number(0, 0, nullable=True),
    "string": t.text(frozenset(), nullable=True),
    "boolean": t.BOOLEAN.or_null(),
    "date": t.DATE.or_null(),
}


@dataclass(slots=True, kw_only=True)
class Given:
    """The inputs as nodes, and their values in the units of their types."""

    graph: Graph
    models: Sequence[Model]
    types: dict[str, Type] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def node_of(self, name: str, value: Any, type_ref: str | None) -> Value:
        """Return the input as a node or a shape of nodes; OutsideProfile where it has none."""
        base = self._base(type_ref)
        match value:
            case None if parts := self._components(type_ref):
                entries = {
                    key: self.node_of(f"{name}.{key}", None, ref) for key, ref in parts.items()
                }
                nothing = self.graph.constant(value=False)
                return ContextValue(entries=entries, present=nothing)
            case None:
                null = _NULLS.get(base or "")
                return self._input(name, null, None) if null else self.graph.constant(None)
            case bool():
                return self._input(name, t.BOOLEAN, value)
            case Decimal():
                return self._number(name, value)
            case str() if base in _DATE_NAMES:
                return self._input(name, t.DATE, _date(name, value))
            case str() if base in _DAYS_NAMES:
                days = _whole_days(name, value)
                return self._input(name, Type(kind=Kind.DAYS, low=days, high=days), days)
            case str():
                return self._input(name, t.text(frozenset((value,))), value)
            case dict():
                parts = self._components(type_ref)
                names = {**dict.fromkeys(parts), **value}
                entries = {
                    key: self.node_of(f"{name}.{key}", item, parts.get(key))
                    for key, item in names.items()
                }
                return ContextValue(entries=entries)
            case list():
                items = [
                    self.node_of(f"{name}[{place}]", item, type_ref)
                    for place, item in enumerate(value, 1)
                ]
                return ListValue(items=tuple(items))
        raise OutsideProfile(f"the input '{name}' has no type of the profile")

    def _input(self, name: str, type_: Type, value: Any) -> Node:
        self.types[name], self.values[name] = type_, value
        return self.graph.input(name, type_)

    def _number(self, name: str, value: Decimal) -> Node:
        exponent = value.as_tuple().exponent
        scale = max(0, -exponent) if isinstance(exponent, int) else 0
        if scale > SCALE_MAX or value.adjusted() + scale >= 33:
            raise OutsideProfile(f"the input '{name}' has more digits than the profile holds")
        units = int(value.scaleb(scale))
        bound = max(UNITS_MAX, abs(units))
        return self._input(name, t.number(-bound, bound, scale=scale), units)

    def _base(self, type_ref: str | None) -> str | None:
        """Return the built-in type that a reference stands for, through the model's own names."""
        items = {item.name: item for model in self.models for item in model.item_definitions}
        seen: set[str] = set()
        while type_ref in items and type_ref not in seen:
            seen.add(type_ref)
            type_ref = items[type_ref].type_ref
        return type_ref

    def _components(self, type_ref: str | None) -> dict[str, str | None]:
        items = {item.name: item for model in self.models for item in model.item_definitions}
        item = items.get(type_ref or "")
        return {part.name: part.type_ref for part in item.components} if item else {}


def run_profile(
    models: Sequence[Model], inputs: Mapping[str, Any], *, decisions: Sequence[str], executor: str
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return the values of the decisions, and what keeps the others outside the profile."""
    given, program, diagnostics = _compiled(models, inputs, decisions)
    run = _scalar if executor == "scalar" else _columnar
    found: dict[str, Any] = {}
    for name in decisions:
        if name not in program.decisions:
            continue
        try:
            found[name] = _value(program.decisions[name], given, run)
        except OutsideProfile as problem:
            diagnostics.append(error("outside_profile", f"decision '{name}'", str(problem)))
    return found, list(dict.fromkeys(diagnostics))


def trace_profile(
    models: Sequence[Model], inputs: Mapping[str, Any], *, decisions: Sequence[str], executor: str
) -> Trace:
    """Return what the executor did for the decisions; those outside the profile are left out.

    Errors: OutsideProfile if the executor cannot give what the trace has to show.
    """
    given, program, _ = _compiled(models, inputs, decisions)
    plan = trace_plan(program)
    run = _scalar if executor == "scalar" else _columnar
    values = run(plan.nodes, given) if plan.nodes else ()
    return plan.trace(dict(zip(plan.nodes, values, strict=True)))


def _compiled(
    models: Sequence[Model], inputs: Mapping[str, Any], decisions: Sequence[str]
) -> tuple[Given, Program, list[Diagnostic]]:
    """Return the inputs, the program over them, and what is wrong with either."""
    given = Given(graph=Graph(), models=models)
    # What is not of its declared type is null, as by the reference, and no fault of the model.
    inputs, diagnostics = conformed_inputs(models, inputs)
    declared = {data.name: data.type_ref for model in models for data in model.inputs}
    nodes: dict[str, Value] = {}
    for name, type_ref in declared.items():
        try:
            nodes[name] = given.node_of(name, inputs.get(name), type_ref)
        except OutsideProfile as problem:
            diagnostics.append(error("outside_profile", f"input '{name}'", str(problem)))
    program = compile_models(models, graph=given.graph, inputs=nodes, only=decisions)
    return given, program, [*diagnostics, *program.diagnostics]


_Run = Callable[[Mapping[str, Node], Given], Sequence[Any]]


def _value(value: Value, given: Given, run: _Run) -> Any:
    """Return what a compiled value comes to, in the shape that it has."""
    nodes: dict[str, Node] = {}
    shape = _shape(value, nodes)
    results = dict(zip(nodes, run(nodes, given), strict=True)) if nodes else {}
    return _filled(shape, {name: _feel(results[name], nodes[name].type) for name in nodes})


def _shape(value: Value, nodes: dict[str, Node]) -> Any:
    match value:
        case Node():
            name = f"n{len(nodes)}"
            nodes[name] = value
            return name
        case ContextValue(entries=entries, present=present):
            shown = {key: _shape(entry, nodes) for key, entry in entries.items()}
            return shown if present is None else (_shape(present, nodes), shown)
        case ListValue(items=items):
            return [_shape(item, nodes) for item in items]
    raise OutsideProfile("the result is a function or a range, which JSON cannot show")


def _filled(shape: Any, results: Mapping[str, Any]) -> Any:
    if isinstance(shape, dict):
        return {key: _filled(part, results) for key, part in shape.items()}
    if isinstance(shape, tuple):
        present, shown = shape
        return _filled(shown, results) if results[present] else None
    if isinstance(shape, list):
        return [_filled(part, results) for part in shape]
    return results[shape]


def _scalar(nodes: Mapping[str, Node], given: Given) -> Sequence[Any]:
    return compile_scalar(nodes, inputs=tuple(given.types))(*given.values.values())


def _columnar(nodes: Mapping[str, Node], given: Given) -> Sequence[Any]:
    columns = {
        name: pl.Series([given.values[name]], dtype=_column_type(type_))
        for name, type_ in given.types.items()
    }
    # A frame has one row even where the model reads nothing.
    frame = pl.DataFrame({"": [0], **columns})
    return compile_columnar(nodes, inputs=tuple(given.types)).run(frame).row(0)


def _column_type(type_: Type) -> Any:
    match type_.kind:
        case Kind.NUMBER | Kind.DAYS:
            return pl.Int64 if type_.fits_int64() else pl.Int128
        case Kind.TEXT:
            return pl.String
        case Kind.DATE:
            return pl.Date
        case Kind.BOOLEAN | Kind.NULL:
            return pl.Boolean


def _feel(value: Any, type_: Type) -> Any:
    """Return a result as FEEL shows it: exact numbers, durations as text."""
    if value is None:
        return None
    if type_.kind is Kind.NUMBER:
        return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -type_.scale))
    if type_.kind is Kind.DAYS:
        return f"{'-' if value < 0 else ''}P{abs(value)}D"
    return value


def _date(name: str, text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise OutsideProfile(f"the input '{name}' is no date such as 2025-01-31") from None
    if not t.YEAR_MIN <= day.year <= t.YEAR_MAX:
        raise OutsideProfile(
            f"the input '{name}' is not within {t.YEAR_MIN} to {t.YEAR_MAX}, which bound dates here"
        )
    return day


def _whole_days(name: str, text: str) -> int:
    found = _DAYS.fullmatch(text)
    if found is None:
        raise OutsideProfile(f"the input '{name}' is no duration in whole days such as P30D")
    return int(found[1] + found[2])
