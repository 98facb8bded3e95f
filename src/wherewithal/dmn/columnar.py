"""The columnar executor: the same IR rendered as Polars expressions, staged by dependency depth.

Texts are codes: every text constant of a program has a number, an unknown text is -1. Numbers
are as narrow as the interval analysis allows, from Int16 to Int128: the work is bound by memory,
and narrow columns take a fifth off it. Results are Int64 again. What is used twice becomes a
column of its stage.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from wherewithal.dmn import types as t
from wherewithal.dmn.ir import Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.scalar import PASSED_THROUGH, reachable
from wherewithal.dmn.types import Kind, Type

CODE = pl.Int16
#: Higher expressions are cut into columns: rendering them, and polars itself, is recursive.
HEIGHT_MAX = 100
_ORIGIN = t.CALENDAR_MIN
_EPOCH_OFFSET = (_ORIGIN - datetime.date(1970, 1, 1)).days


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnarPlan:
    """A compiled program: run it on any frame that has its input columns."""

    #: The columns that are read; others may be absent.
    inputs: tuple[str, ...]
    stages: tuple[tuple[pl.Expr, ...], ...]
    outputs: Mapping[str, pl.Expr]

    def run(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with one column for each output, in the frame's row order.

        Nulls:  as in the scalar executor. Texts come back as Enum columns.
        Errors: polars errors if an input column is absent or of another type.
        """
        return self.widened(frame).select(*self.outputs.values())

    def widened(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the inputs with the columns of every stage, from which outputs are selected."""
        # A column made by a literal is a scalar inside polars, and a `when` over scalars comes back
        # with one row; rebuilt from its series every column has its length.
        rows = pl.repeat(0, frame.height, dtype=pl.Int8, eager=True).alias("_rows")
        frame = pl.DataFrame(frame.select(self.inputs).get_columns() or [rows])
        for stage in self.stages:
            frame = pl.DataFrame(frame.with_columns(*stage).get_columns())
        return frame


def compile_columnar(outputs: Mapping[str, Node], *, inputs: Sequence[str]) -> ColumnarPlan:
    """Return the plan that computes the outputs from columns named as the inputs.

    Input columns: Int64 (numbers in the unit of their scale, days), String or Enum, Boolean, Date.
    Errors: OutsideProfile if an output may be a text that is no constant and no listed value.
    """
    renderer = _Renderer(outputs, inputs=frozenset(inputs))
    stages = renderer.stages()
    finals = {name: renderer.output(node).alias(name) for name, node in outputs.items()}
    return ColumnarPlan(inputs=renderer.inputs_read, stages=stages, outputs=finals)


class _Renderer:
    """Renders nodes as expressions; staged nodes are columns `_n<number>`."""

    def __init__(self, outputs: Mapping[str, Node], *, inputs: frozenset[str]) -> None:
        self._order, self._uses = reachable(outputs.values())
        unknown = {n.payload for n in self._order if n.op is Op.INPUT} - inputs
        if unknown:
            message = f"the program reads inputs that are not given: {sorted(unknown)}"
            raise KeyError(message)
        self.inputs_read = tuple(n.payload for n in self._order if n.op is Op.INPUT)
        texts = sorted({text for node in self._order for text in _texts_of(node)})
        self._codes = {text: code for code, text in enumerate(texts)}
        self._text_type = pl.Enum(texts)
        self._depth: dict[int, int] = {}
        self._series: dict[Any, pl.Expr] = {}

    def stages(self) -> tuple[tuple[pl.Expr, ...], ...]:
        """Return the expressions of each stage; text inputs are coded in the first."""
        by_depth: dict[int, list[pl.Expr]] = {}
        heights: dict[int, int] = {}
        repeated = self._repeated()
        for node in self._order:
            height = 1 + max((heights[operand.number] for operand in node.operands), default=0)
            depth = max((self._depth[operand.number] for operand in node.operands), default=0)
            staged = node.op is Op.INPUT and node.type.kind in (Kind.TEXT, Kind.NUMBER, Kind.DAYS)
            if node.op not in (Op.INPUT, Op.CONSTANT, *PASSED_THROUGH):
                staged = (
                    self._uses[node.number] > 1 or height > HEIGHT_MAX or node.number in repeated
                )
            if staged:
                expression = self._render(node).alias(f"_n{node.number}")
                by_depth.setdefault(depth, []).append(expression)
                depth += 1
            self._depth[node.number] = depth
            heights[node.number] = 0 if staged else height
            if staged:
                self._series[node.number] = pl.col(f"_n{node.number}")
        return tuple(tuple(by_depth[depth]) for depth in sorted(by_depth))

    def _repeated(self) -> set[int]:
        """Return the nodes that a kernel names twice: inlined, they would grow as powers."""
        found: set[int] = set()
        for node in self._order:
            if _names_operands_twice(node):
                for operand in node.operands:
                    while operand.op in PASSED_THROUGH:
                        operand = operand.operands[0]  # noqa: PLW2901 - the node behind it
                    found.add(operand.number)
            elif node.type.kind is Kind.TEXT:
                found.add(node.number)
        return found

    def expr(self, node: Node) -> pl.Expr:
        """Return the expression of a node: its column if it is staged."""
        return self._series[node.number] if node.number in self._series else self._render(node)

    def output(self, node: Node) -> pl.Expr:
        """Return the expression as users see it: texts decoded."""
        if node.op is Op.CONSTANT:
            # A literal alone would select one row, whatever the frame's height.
            return pl.repeat(pl.lit(node.payload, dtype=_output_dtype(node.type)), pl.len())
        if node.type.kind in (Kind.NUMBER, Kind.DAYS):
            return self._as(node, _output_dtype(node.type))
        if node.type.kind is not Kind.TEXT:
            return self.expr(node)
        if node.type.values is None:
            message = "a result may be a text that no one listed: list the values of its inputs"
            raise OutsideProfile(message)
        values = sorted(node.type.values)
        places = {text: place for place, text in enumerate(values)}
        # A code of another node's text cannot come here; any place will do for it.
        dtype = pl.UInt8 if len(values) < 256 else pl.UInt16
        own = pl.Series([places.get(text, 0) for text in self._codes], dtype=dtype)
        return _gather(own, self.expr(node)).cat.to(pl.Enum(values))

    def _literal(self, value: Any, type_: Type) -> pl.Expr:
        if isinstance(value, str):
            value = self._codes[value]
        return pl.lit(value, dtype=_dtype(type_))

    def _as(self, node: Node, dtype: Any) -> pl.Expr:
        """Return a number at a width that holds it."""
        if node.op is Op.CONSTANT:
            return pl.lit(node.payload, dtype=dtype)
        return self.expr(node) if _dtype(node.type) == dtype else self.expr(node).cast(dtype)

    def _render(self, node: Node) -> pl.Expr:
        match node.op:
            case Op.INPUT:
                return self._input(node)
            case Op.CONSTANT:
                return self._literal(node.payload, node.type)
            case Op.ASSUME | Op.UNITS:
                return self.expr(node.operands[0])
            case Op.ADD | Op.SUBTRACT | Op.MULTIPLY:
                return self._arithmetic(node)
            case Op.DIVIDE:
                return self._divide(node)
            case Op.MIN | Op.MAX:
                return self._extreme(node)
            case Op.EQUAL | Op.LESS | Op.LESS_EQUAL:
                return self._compare(node)
            case Op.AND:
                return self._truth(node.operands[0]) & self._truth(node.operands[1])
            case Op.OR:
                return self._truth(node.operands[0]) | self._truth(node.operands[1])
            case Op.NOT:
                return ~self.expr(node.operands[0])
            case Op.IS_NULL:
                return self.expr(node.operands[0]).is_null()
            case Op.CASE:
                return self._case(node)
            case Op.LOOKUP | Op.POSITION:
                return self._lookup(node)
            case _:
                return self._date(node)

    def _input(self, node: Node) -> pl.Expr:
        column = pl.col(node.payload)
        if node.type.kind in (Kind.NUMBER, Kind.DAYS):
            return column.cast(_dtype(node.type))
        if node.type.kind is not Kind.TEXT:
            return column
        code = column.cast(self._text_type, strict=False).to_physical().cast(CODE)
        if node.type.values is not None and node.type.values <= set(self._codes):
            return code
        return pl.when(column.is_not_null() & code.is_null()).then(pl.lit(-1, CODE)).otherwise(code)

    def _truth(self, node: Node) -> pl.Expr:
        is_null = node.type.kind is Kind.NULL
        return pl.lit(None, dtype=pl.Boolean) if is_null else self.expr(node)

    def _arithmetic(self, node: Node) -> pl.Expr:
        dtype = _widest(node.type, *(operand.type for operand in node.operands))
        left, right = (self._as(operand, dtype) for operand in node.operands)
        operation = {Op.ADD: left.__add__, Op.SUBTRACT: left.__sub__, Op.MULTIPLY: left.__mul__}
        return _narrowed(operation[node.op](right), dtype, node.type)

    def _divide(self, node: Node) -> pl.Expr:
        top_type, bottom_type = (operand.type for operand in node.operands)
        reach = max(abs(bottom_type.low), abs(bottom_type.high))
        # The product of quotient and divisor may pass the dividend by one divisor.
        passed = t.number(top_type.low - reach, top_type.high + reach)
        dtype = _widest(node.type, passed, bottom_type)
        top, bottom = (self._as(operand, dtype) for operand in node.operands)
        result = _rounded(top, bottom, node.payload)
        if bottom_type.low <= 0 <= bottom_type.high:
            result = pl.when(bottom != 0).then(result)
        return _narrowed(result, dtype, node.type)

    def _extreme(self, node: Node) -> pl.Expr:
        is_number = node.type.kind in (Kind.NUMBER, Kind.DAYS)
        dtype = _widest(*(o.type for o in node.operands)) if is_number else _dtype(node.type)
        left, right = (self._as(operand, dtype) for operand in node.operands)
        if not node.type.nullable and is_number:
            pick = pl.min_horizontal if node.op is Op.MIN else pl.max_horizontal
            result = pick(left, right)
        else:
            first, second = (left, right) if node.op is Op.MIN else (right, left)
            # A null makes both comparisons null, and no branch is taken.
            result = pl.when(first <= second).then(left).when(first > second).then(right)
        return _narrowed(result, dtype, node.type)

    def _compare(self, node: Node) -> pl.Expr:
        left_node, right_node = node.operands
        if left_node.type.kind in (Kind.NUMBER, Kind.DAYS):
            dtype = _widest(left_node.type, right_node.type)
            left, right = self._as(left_node, dtype), self._as(right_node, dtype)
        else:
            left, right = self.expr(left_node), self.expr(right_node)
        # A literal stands on the right: on the left, polars gives one row for a column of nulls.
        mirrored = left_node.op is Op.CONSTANT
        if node.op is Op.LESS:
            return right > left if mirrored else left < right
        if node.op is Op.LESS_EQUAL:
            return right >= left if mirrored else left <= right
        if mirrored:
            left, right = right, left
        nullable = left_node.type.nullable or right_node.type.nullable
        return left.eq_missing(right) if nullable else left == right

    def _case(self, node: Node) -> pl.Expr:
        is_number = node.type.kind in (Kind.NUMBER, Kind.DAYS)
        values = [
            self._literal(v.payload, node.type)
            if v.op is Op.CONSTANT
            else self._as(v, _dtype(node.type))
            if is_number
            else self.expr(v)
            for v in (*node.operands[1::2], node.operands[-1])
        ]
        conditions = [self.expr(condition) for condition in node.operands[:-1:2]]
        chain: Any = pl
        for condition, value in zip(conditions, values, strict=False):
            chain = chain.when(condition).then(value)
        result: pl.Expr = chain.otherwise(values[-1])
        return result

    def _lookup(self, node: Node) -> pl.Expr:
        index = self.expr(node.operands[0])
        if node.op is Op.POSITION:
            places = {text: place for place, text in enumerate(node.payload)}
            # The code of an unknown text is -1, so that code c stands at c + 1.
            values: tuple[Any, ...] = (None, *(places.get(text) for text in self._codes))
            return _gather(pl.Series(values, dtype=_dtype(node.type)), index + 1)
        values = tuple(self._codes[v] if isinstance(v, str) else v for v in node.payload)
        type_ = node.operands[0].type
        if type_.low < 0 or type_.high >= len(values):
            index = pl.when((index >= 0) & (index < len(values))).then(index)
        return _gather(pl.Series(values, dtype=_dtype(node.type)), index)

    def _date(self, node: Node) -> pl.Expr:
        days = self.expr(node.operands[0]).cast(pl.Int32)
        if node.op is Op.DAYS_BETWEEN:
            return days - self.expr(node.operands[1]).cast(pl.Int32)
        if node.op is Op.ADD_DAYS:
            return (days + self.expr(node.operands[1]).cast(pl.Int32)).cast(pl.Date)
        return _gather(_CALENDAR[node.op], days - _EPOCH_OFFSET)


def _names_operands_twice(node: Node) -> bool:
    """Return whether the op's kernel, as it is rendered here, repeats its operands."""
    if node.op is Op.DIVIDE:
        divisor = node.operands[1].type
        return node.payload is not Rounding.FLOOR or divisor.low <= 0 <= divisor.high
    if node.op is Op.LOOKUP:
        index = node.operands[0].type
        return index.low < 0 or index.high >= len(node.payload)
    return node.op in (Op.MIN, Op.MAX) and node.type.nullable


def _calendar() -> dict[Op, pl.Series]:
    """Return year, month and day of every day: a gather is 7 times faster than `dt`."""
    days = pl.date_range(t.CALENDAR_MIN, t.CALENDAR_MAX, eager=True)
    return {
        Op.YEAR: days.dt.year().cast(pl.Int16),
        Op.MONTH: days.dt.month().cast(pl.Int16),
        Op.DAY: days.dt.day().cast(pl.Int16),
    }


_CALENDAR = _calendar()


def _gather(values: pl.Series, index: pl.Expr) -> pl.Expr:
    return pl.lit(values).gather(index)


def _output_dtype(type_: Type) -> Any:
    match type_.kind:
        case Kind.NUMBER | Kind.DAYS:
            return pl.Int64 if type_.fits_int64() else pl.Int128
        case Kind.TEXT:
            return pl.Enum(sorted(type_.values or ()))
    return _dtype(type_)


_WIDTHS = ((15, pl.Int16), (31, pl.Int32), (63, pl.Int64), (127, pl.Int128))


def _widest(*types: Type) -> Any:
    """Return the narrowest width that holds every value of all the types."""
    numbers = [one for one in types if one.kind in (Kind.NUMBER, Kind.DAYS)]
    low, high = min(one.low for one in numbers), max(one.high for one in numbers)
    return _dtype(t.number(low, high))


def _narrowed(result: Any, dtype: Any, type_: Type) -> pl.Expr:
    expression: pl.Expr = result
    return expression if _dtype(type_) == dtype else expression.cast(_dtype(type_))


def _dtype(type_: Type) -> Any:
    match type_.kind:
        case Kind.NUMBER | Kind.DAYS:
            return next(
                d for bits, d in _WIDTHS if -(2**bits) <= type_.low and type_.high < 2**bits
            )
        case Kind.TEXT:
            return CODE
        case Kind.BOOLEAN:
            return pl.Boolean
        case Kind.DATE:
            return pl.Date
        case Kind.NULL:
            return pl.Int64


def _texts_of(node: Node) -> list[str]:
    if node.op in (Op.LOOKUP, Op.POSITION):
        return [value for value in node.payload if isinstance(value, str)]
    if node.op is Op.CONSTANT and isinstance(node.payload, str):
        return [node.payload]
    if node.op is Op.INPUT and node.type.values is not None:
        return list(node.type.values)
    return []


def _rounded(top: pl.Expr, bottom: pl.Expr, rounding: Rounding) -> pl.Expr:
    """Return top / bottom rounded; `bottom` is positive for all but floor (lowering sees to it)."""
    floor = top // bottom
    rest = top - floor * bottom
    # Twice the rest might not fit where the rest does.
    lacking = bottom - rest
    if rounding is Rounding.FLOOR:
        return floor
    match rounding:
        case Rounding.CEILING:
            up = rest > 0
        case Rounding.DOWN:
            up = (rest > 0) & (top < 0)
        case Rounding.UP:
            up = (rest > 0) & (top > 0)
        case Rounding.HALF_EVEN:
            up = (rest > lacking) | ((rest == lacking) & (floor % 2 == 1))
        case Rounding.HALF_UP:
            up = (rest > lacking) | ((rest == lacking) & (top > 0))
        case _:
            up = (rest > lacking) | ((rest == lacking) & (top < 0))
    return pl.when(up).then(floor + 1).otherwise(floor)
