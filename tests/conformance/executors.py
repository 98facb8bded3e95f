"""The executors behind one small door: rows of FEEL values in, FEEL values out.

A type is written `number(2)?`: two decimals, nullable. `number` is whole and within a billion;
other ranges are given as a Type. `A|B?` is an enumeration, `text` any text.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

import polars as pl
import pytest

from tests.conformance.models import Table, model_of
from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.model import Model
from wherewithal.dmn.program import Program, compile_models, flattened
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python
from wherewithal.dmn.reference.values import Date, DaysDuration
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.types import Kind, Type
from wherewithal.dmn.values import ContextValue, Value
from wherewithal.dmn.vector import compile_vector

Rows = Sequence[tuple[Any, ...]]
Types = Mapping[str, str | Type]
RESULT = "Result"
_UNITS_MAX = 10**9
_COLUMN = {
    Kind.NUMBER: pl.Int64,
    Kind.DAYS: pl.Int64,
    Kind.BOOLEAN: pl.Boolean,
    Kind.DATE: pl.Date,
    Kind.TEXT: pl.String,
}


class Executor(Protocol):
    """One way to evaluate a decision."""

    name: str

    def run(
        self, what: str | Table | Model, types: Types, rows: Rows, *, decision: str = RESULT
    ) -> list[Any]:
        """Return the decision's value for each row: a value, or a dict where it is a context."""


def type_of(notation: str | Type) -> Type:
    """Return the type that a notation stands for."""
    if isinstance(notation, Type):
        return notation
    word, nullable = notation.removesuffix("?"), notation.endswith("?")
    match word.partition("("):
        case ("boolean", _, _):
            return t.BOOLEAN.or_null(when=nullable)
        case ("date", _, _):
            return t.DATE.or_null(when=nullable)
        case ("text", _, _):
            return t.text(nullable=nullable)
        case ("days", _, _):
            return Type(kind=Kind.DAYS, low=-10_000, high=10_000, nullable=nullable)
        case ("number", _, scale):
            decimals = int(scale.rstrip(")") or 0)
            return t.number(-_UNITS_MAX, _UNITS_MAX, scale=decimals, nullable=nullable)
    return t.text(frozenset(word.split("|")), nullable=nullable)


def as_model(what: str | Table | Model, types: Types) -> Model:
    """Return a model with one decision, `Result`, unless it is a model already."""
    return what if isinstance(what, Model) else model_of({RESULT: what}, inputs=types)


def compiled(what: str | Table | Model, types: Types, *, decision: str = RESULT) -> Program:
    """Return the program of one decision and what it needs."""
    graph = Graph()
    inputs = {name: graph.input(name, type_of(type_)) for name, type_ in types.items()}
    return compile_models([as_model(what, types)], graph=graph, inputs=inputs, only=[decision])


def units(value: Any, type_: Type) -> Any:
    """Return a FEEL value as executors take it: a number as an integer in units of its scale."""
    if value is None or type_.kind is not Kind.NUMBER:
        return value.days if isinstance(value, datetime.timedelta) else value
    scaled = Decimal(str(value)).scaleb(type_.scale)
    assert scaled == int(scaled), f"{value} has more than {type_.scale} decimals"
    assert type_.low <= scaled <= type_.high, f"{value} is outside {type_}"
    return int(scaled)


def feel(value: Any, type_: Type) -> Any:
    """Return what an executor gave as a FEEL value, after a look whether the type allows it."""
    assert is_within(value, type_), f"{value!r} is not a {type_}"
    if value is None:
        return None
    if type_.kind is Kind.NUMBER:
        sign, digits = int(value < 0), tuple(map(int, str(abs(value))))
        return Decimal((sign, digits, -type_.scale))
    return datetime.timedelta(days=value) if type_.kind is Kind.DAYS else value


def is_within(value: Any, type_: Type) -> bool:
    """Return whether a static type told the truth about a value."""
    if value is None:
        return type_.nullable
    match type_.kind:
        case Kind.NUMBER | Kind.DAYS:
            return type(value) is int and type_.low <= value <= type_.high
        case Kind.TEXT:
            return isinstance(value, str) and (type_.values is None or value in type_.values)
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.DATE:
            return isinstance(value, datetime.date)
    return False


class _Compiled(ABC):
    """What scalar and columnar share: a program, and values in its units."""

    name = ""

    def run(
        self, what: str | Table | Model, types: Types, rows: Rows, *, decision: str = RESULT
    ) -> list[Any]:
        program = compiled(what, types, decision=decision)
        assert [str(one) for one in program.diagnostics] == []
        value = program.decisions[decision]
        nodes = {**flattened(RESULT, value), **presences(RESULT, value)}
        row_types = [type_of(type_) for type_ in types.values()]
        given = [
            tuple(units(v, type_) for v, type_ in zip(row, row_types, strict=True)) for row in rows
        ]
        results = self.evaluate(nodes, dict(zip(types, row_types, strict=True)), given)
        return [_shaped(nodes, row) for row in results]

    @abstractmethod
    def evaluate(
        self, nodes: Mapping[str, Node], types: Mapping[str, Type], rows: Rows
    ) -> list[tuple[Any, ...]]:
        """Return the nodes' values for each row, in their units."""


def presences(name: str, value: Value) -> dict[str, Node]:
    """Return whether each context of a value is there, by `name?`; none for those that always are."""
    if not isinstance(value, ContextValue):
        return {}
    own = {} if value.present is None else {f"{name}?": value.present}
    inner = [presences(f"{name}.{key}", entry) for key, entry in value.entries.items()]
    return {**own, **{key: node for one in inner for key, node in one.items()}}


def _shaped(nodes: Mapping[str, Node], row: Sequence[Any]) -> Any:
    values = {name: feel(v, node.type) for (name, node), v in zip(nodes.items(), row, strict=True)}
    absent = [name for name, value in values.items() if name.endswith("?") and value is not True]
    assert all(values[name] is False for name in absent), "whether it is there is never null"
    if list(nodes) == [RESULT]:
        return values[RESULT]
    if f"{RESULT}?" in absent:
        assert {one for name, one in values.items() if not name.endswith("?")} == {None}
        return None
    return {
        name.removeprefix(f"{RESULT}."): value
        for name, value in values.items()
        if not name.endswith("?")
    }


class Scalar(_Compiled):
    """One Python function."""

    name = "scalar"

    def evaluate(
        self, nodes: Mapping[str, Node], types: Mapping[str, Type], rows: Rows
    ) -> list[tuple[Any, ...]]:
        function: Callable[..., tuple[Any, ...]] = compile_scalar(nodes, inputs=list(types))
        return [function(*row) for row in rows]


class Columnar(_Compiled):
    """Polars expressions, all rows at once."""

    name = "columnar"

    def evaluate(
        self, nodes: Mapping[str, Node], types: Mapping[str, Type], rows: Rows
    ) -> list[tuple[Any, ...]]:
        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        frame = pl.DataFrame(
            [
                pl.Series(name, values, dtype=_COLUMN[type_.kind])
                for (name, type_), values in zip(types.items(), columns, strict=True)
            ]
        )
        result = compile_columnar(nodes, inputs=list(types)).run(frame)
        assert result.columns == list(nodes)
        assert result.height == frame.height
        return result.rows()


def vector_gap(node: Node) -> str | None:
    """Return why the vector executor refuses a node, None if it serves it.

    A gap that closes fails the suite, as does one that is not here: these xfails are strict.
    """
    served = (Kind.NUMBER, Kind.BOOLEAN, Kind.NULL)
    if node.op is Op.INPUT and node.type.kind not in served:
        return "it reads numbers and truth values only"
    if node.op is Op.DIVIDE and node.payload is not Rounding.FLOOR:
        return "of all roundings it has floor only"
    if node.op is Op.CONSTANT and node.type.kind is Kind.DATE:
        return "it has no dates"
    return None


class Vector(_Compiled):
    """Arrays of numpy: it serves a part of the profile, and refuses the rest when it compiles."""

    name = "vector"

    def evaluate(
        self, nodes: Mapping[str, Node], types: Mapping[str, Type], rows: Rows
    ) -> list[tuple[Any, ...]]:
        gaps = [gap for node in reachable(nodes.values())[0] if (gap := vector_gap(node))]
        if gaps:
            with pytest.raises((OutsideProfile, TypeError)):
                compile_vector(nodes)
            pytest.xfail(gaps[0])
        plan = compile_vector(nodes)
        names, found = list(types), []
        for row in rows:
            given = dict(zip(names, row, strict=True))
            values = plan.run({name: given[name] for name in plan.inputs})
            assert list(values) == list(nodes)
            found.append(
                tuple(
                    self._plain(vector, node, plan.texts)
                    for vector, node in zip(values.values(), nodes.values(), strict=True)
                )
            )
        return found

    @staticmethod
    def _plain(vector: Any, node: Node, texts: Sequence[str]) -> Any:
        values, known = vector
        if known is not None and not known.ravel()[0]:
            return None
        value = values.ravel()[0]
        if node.type.kind is Kind.TEXT:
            return texts[int(value)]
        return bool(value) if node.type.kind is Kind.BOOLEAN else int(value)


class Reference:
    """The interpreter of all of FEEL, one row at a time: the meaning that the others must have."""

    name = "reference"

    def run(
        self, what: str | Table | Model, types: Types, rows: Rows, *, decision: str = RESULT
    ) -> list[Any]:
        model = as_model(what, types)
        given = [
            {n: from_python(v) for n, v in zip(types, _exact(row, types), strict=True)}
            for row in rows
        ]
        return [_plain(evaluate([model], decision, one).value) for one in given]


def _exact(row: Sequence[Any], types: Types) -> list[Any]:
    kinds = [type_of(type_).kind for type_ in types.values()]
    return [
        Decimal(str(v)) if v is not None and kind is Kind.NUMBER else v
        for v, kind in zip(row, kinds, strict=True)
    ]


def _plain(value: Any) -> Any:
    """Return a FEEL value of the reference as plain Python."""
    match value:
        case DaysDuration(seconds=seconds):
            return datetime.timedelta(seconds=int(seconds))
        case Date():
            return datetime.date(value.year, value.month, value.day)
        case dict():
            return {name: _plain(entry) for name, entry in value.items()}
    return value


EXECUTORS: tuple[Executor, ...] = (Scalar(), Columnar(), Vector(), Reference())
