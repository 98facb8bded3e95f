"""Whether the executors agree: every row by scalar and columnar, some by the reference.

A difference is told with the row that shows it and what each executor made of it; an op that an
executor has no kernel for is told by name.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import polars as pl

from wherewithal.dmn import scalar
from wherewithal.dmn.checks.axis import shown
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.corpus import Row
from wherewithal.dmn.diagnostics import Diagnostic, error
from wherewithal.dmn.ir import Node, Op, OutsideProfile
from wherewithal.dmn.reference.values import Date, DaysDuration
from wherewithal.dmn.types import Kind, Type

#: What the interpreter gives for a row of FEEL values by input: FEEL values by output.
Reference: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
DISAGREE = "executors-disagree"
NO_KERNEL = "no-kernel"
_VALUES_SHOWN = 24
_COLUMNS = {
    Kind.BOOLEAN: pl.Boolean,
    Kind.DATE: pl.Date,
    Kind.TEXT: pl.String,
    Kind.NULL: pl.Boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How much was compared, and every output on which executors differ."""

    #: Rows by scalar and columnar.
    rows: int
    #: Of them, rows that the reference evaluated too.
    by_reference: int
    problems: tuple[Diagnostic, ...]


def missing_kernels(nodes: Iterable[Node]) -> list[Diagnostic]:
    """Return an error for each op that scalar or columnar cannot render, by executor and op."""
    roots = {str(place): node for place, node in enumerate(nodes)}
    order, _ = scalar.reachable(roots.values())
    inputs = [node.payload for node in order if node.op is Op.INPUT]
    found = []
    for name, render in (("scalar", scalar.compile_scalar), ("columnar", compile_columnar)):
        compiler: Callable[..., Any] = render
        if _refusal(compiler, roots, inputs) is None:
            continue
        firsts = {
            (node.op, str(node.payload) if node.op is Op.DIVIDE else ""): node
            for node in order[::-1]
        }
        # One node of each op is nearly always enough to find it, and all of them take long.
        told = _refused(compiler, list(firsts.values()), inputs) or _refused(
            compiler, order, inputs
        )
        found += [
            error(NO_KERNEL, f"{name} executor", f"'{op.value}' has no kernel: {refusal}")
            for op, refusal in told.items()
        ]
    return found


def _refused(
    compiler: Callable[..., Any], nodes: Sequence[Node], inputs: Sequence[str]
) -> dict[Op, str]:
    """Return why each op is refused; not those that are only refused for an operand's sake."""
    told: dict[Op, str] = {}
    for node in sorted(nodes, key=lambda node: node.number):
        if not any(one.op in told for one in scalar.reachable([node])[0]):
            refusal = _refusal(compiler, {"": node}, inputs)
            if refusal is not None:
                told[node.op] = refusal
    return told


def _refusal(
    compiler: Callable[..., Any], nodes: Mapping[str, Node], inputs: Sequence[str]
) -> str | None:
    try:
        compiler(nodes, inputs=inputs)
    except (KeyError, OutsideProfile) as refusal:
        return str(refusal) or type(refusal).__name__
    return None


def agreement(
    outputs: Mapping[str, Node],
    rows: Sequence[Row],
    *,
    inputs: Mapping[str, Type],
    reference: Reference | None = None,
    sample: int = 0,
) -> Agreement:
    """Return whether the executors give the same for every output of every row.

    `rows` hold the inputs' values by position, in units. The reference evaluates the first `sample`
    of them; outputs that it does not give are not compared with it.
    Errors: none; an op without a kernel is a problem of the answer.
    """
    try:
        function: Callable[..., Row] = scalar.compile_scalar(outputs, inputs=list(inputs))
        plan = compile_columnar(outputs, inputs=list(inputs))
    except (KeyError, OutsideProfile):
        missing = missing_kernels(outputs.values())
        return Agreement(rows=0, by_reference=0, problems=tuple(missing))
    expected = [function(*row) for row in rows]
    found = plan.run(frame_of(inputs, rows)).rows()
    problems = _differences(outputs, inputs, rows, {"scalar": expected, "columnar": found})
    count = min(sample, len(rows)) if reference is not None else 0
    if reference is not None:
        problems += _by_reference(outputs, inputs, rows[:count], expected, reference)
    return Agreement(
        rows=len(rows),
        by_reference=count,
        problems=tuple({one.place: one for one in reversed(problems)}.values())[::-1],
    )


def frame_of(inputs: Mapping[str, Type], rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows as the columnar executor takes them; there is one row where nothing is read."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(inputs)
    series = [
        pl.Series(name, values, dtype=_column(type_))
        for (name, type_), values in zip(inputs.items(), columns, strict=True)
    ]
    return pl.DataFrame([pl.Series("", [0] * len(rows), pl.Int8), *series])


def _column(type_: Type) -> Any:
    if type_.kind in (Kind.NUMBER, Kind.DAYS):
        return pl.Int64 if type_.fits_int64() else pl.Int128
    return _COLUMNS[type_.kind]


def _by_reference(
    outputs: Mapping[str, Node],
    inputs: Mapping[str, Type],
    rows: Sequence[Row],
    expected: Sequence[Row],
    reference: Reference,
) -> list[Diagnostic]:
    given = [
        {name: as_feel(v, type_) for (name, type_), v in zip(inputs.items(), row, strict=True)}
        for row in rows
    ]
    meant = [reference(one) for one in given]
    names = [name for name in outputs if not meant or name in meant[0]]
    places = [place for place, name in enumerate(outputs) if name in names]
    nodes = {name: outputs[name] for name in names}
    types = [node.type for node in nodes.values()]
    compiled = [
        tuple(as_feel(row[place], type_) for place, type_ in zip(places, types, strict=True))
        for row in expected[: len(rows)]
    ]
    by_reference = [tuple(one[name] for name in names) for one in meant]
    return _differences(nodes, inputs, rows, {"scalar": compiled, "reference": by_reference})


def as_feel(value: Any, type_: Type) -> Any:
    """Return a value in units as the reference has it."""
    if value is None:
        return None
    match type_.kind:
        case Kind.NUMBER:
            digits = tuple(map(int, str(abs(value))))
            return Decimal((int(value < 0), digits, -type_.scale))
        case Kind.DATE:
            return Date(value.year, value.month, value.day)
        case Kind.DAYS:
            return DaysDuration(Decimal(value * 86_400))
    return value


def any_feel(type_: Type) -> Any:
    """Return some value of a type as the reference has it: what an input that is not read may be.

    Null only where the type allows it: a cell that tests for null may be what was folded away.
    """
    if type_.nullable:
        return None
    match type_.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.TEXT:
            return min(type_.values or ("",))
        case Kind.DATE:
            return as_feel(datetime.date.fromordinal(type_.low), type_)
    return as_feel(type_.low, type_)


def _differences(
    outputs: Mapping[str, Node],
    inputs: Mapping[str, Type],
    rows: Sequence[Row],
    found: Mapping[str, Sequence[Row]],
) -> list[Diagnostic]:
    """Return one error for each output on which two executors differ, with the first such row."""
    (one, lefts), (other, rights) = found.items()
    if list(lefts) == list(rights) and not any(
        _kinds(left) != _kinds(right) for left, right in zip(lefts, rights, strict=True)
    ):
        return []
    problems = []
    for place, (name, node) in enumerate(outputs.items()):
        differing = [
            number
            for number, (left, right) in enumerate(zip(lefts, rights, strict=True))
            if left[place] != right[place] or type(left[place]) is not type(right[place])
        ]
        if not differing:
            continue
        first = differing[0]
        values = (_shown(row[first][place], node.type) for row in (lefts, rights))
        said = ", ".join(f"{who} gives {value}" for who, value in zip(found, values, strict=True))
        problems.append(
            error(
                DISAGREE,
                f"output '{name}'",
                f"{one} and {other} differ on {len(differing):,} of {len(rows):,} rows;"
                f" for example {', '.join(_given(node, inputs, rows[first]))} -> {said}",
            )
        )
    return problems


def _kinds(row: Row) -> list[type]:
    return [type(value) for value in row]


def _given(node: Node, inputs: Mapping[str, Type], row: Row) -> Iterator[str]:
    """Yield `x = 1` for each input that an output reads."""
    order, _ = scalar.reachable([node])
    read = {one.payload for one in order if one.op is Op.INPUT}
    told = [
        f"{name} = {_shown(value, type_)}"
        for (name, type_), value in zip(inputs.items(), row, strict=True)
        if name in read
    ]
    yield from told[:_VALUES_SHOWN]
    if len(told) > _VALUES_SHOWN:
        yield f"and {len(told) - _VALUES_SHOWN} more"
    if not told:
        yield "any row"


def _shown(value: Any, type_: Type) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case Date():
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        case DaysDuration(seconds=seconds):
            return f"P{int(seconds) // 86_400}D"
        case datetime.date():
            return str(value)
        case int() if type_.scale and not isinstance(value, bool):
            return f"{Decimal(value).scaleb(-type_.scale):f}"
        case None | bool() | int() | str():
            kind = Kind.BOOLEAN if isinstance(value, bool) else type_.kind
            return shown(value, kind)
    return str(value)
