"""The columnar executor: the same IR rendered as Polars expressions, staged by dependency depth.

Texts are codes: every text constant of a program has a number, an unknown text is -1. Numbers
are as narrow as the interval analysis allows, from Int16 to Int128: the work is bound by memory,
and narrow columns take a fifth off it. Results are Int64 again. What is used twice becomes a
column of its stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from wherewithal.dmn import types as t
from wherewithal.dmn.columnar_kernels import (
    CALENDAR,
    CODE,
    EPOCH_OFFSET,
    EPOCH_ORDINAL,
    TextCodes,
    gathered,
    is_scaled_ratio,
    rounded,
    scaled_ratio,
    scaled_ratio_estimate,
    table_of,
)
from wherewithal.dmn.columnar_places import place_between, place_of_code, place_of_flag
from wherewithal.dmn.ir import Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.scalar import PASSED_THROUGH, reachable
from wherewithal.dmn.types import Kind, Type

#: Higher expressions are cut into columns: rendering them, and polars itself, is recursive.
HEIGHT_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnarPlan:
    """A compiled program: run it on any frame that has its input columns."""

    #: The columns that are read; others may be absent.
    inputs: tuple[str, ...]
    #: Text inputs, with the code of each text.
    texts: Mapping[str, TextCodes]
    #: Inputs that are made narrower, with the least and the greatest value that they may have.
    bounds: Mapping[str, tuple[int, int]]
    stages: tuple[tuple[pl.Expr, ...], ...]
    outputs: Mapping[str, pl.Expr]
    #: The columns that the outputs read.
    kept: tuple[str, ...]

    def run(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with one column for each output, in the frame's row order.

        Nulls:  as in the scalar executor. Texts come back as Enum columns.
        Errors: polars errors if an input column is absent or of another type.
        """
        return self.widened(frame).select(*self.outputs.values())

    def widened(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the columns from which outputs are selected: inputs and those of stages."""
        rows = pl.repeat(0, frame.height, dtype=pl.Int8, eager=True).alias("_rows")
        frame = pl.DataFrame(frame.select(self.inputs).get_columns() or [rows])
        self._refuse_beyond(frame)
        frame = frame.with_columns(codes.of(frame[name]) for name, codes in self.texts.items())
        lazy = frame.lazy()
        for stage in self.stages:
            lazy = lazy.with_columns(*stage)
        # One query: to plan each stage by itself takes twice as long. Nothing is to be optimised.
        widened = lazy.collect(optimizations=pl.QueryOptFlags.none())
        # A column made by a literal is a scalar inside polars; taken as a series it has its length.
        return pl.DataFrame([widened[name] for name in self.kept] or widened.get_columns()[:1])

    def _refuse_beyond(self, frame: pl.DataFrame) -> None:
        """Raise where a number that is to be narrowed would not fit; the value is never told."""
        columns = {name: pl.col(name) for name in self.bounds}
        extremes = frame.select(
            *(column.min().alias(f"{name} min") for name, column in columns.items()),
            *(column.max().alias(f"{name} max") for name, column in columns.items()),
        )
        for name, (low, high) in self.bounds.items():
            least, most = extremes[f"{name} min"].item(), extremes[f"{name} max"].item()
            if least is not None and not low <= least <= most <= high:
                message = f"input {name} has a value outside its range, {low} to {high}"
                raise pl.exceptions.OutOfBoundsError(message)


def compile_columnar(outputs: Mapping[str, Node], *, inputs: Sequence[str]) -> ColumnarPlan:
    """Return the plan that computes the outputs from columns named as the inputs.

    Input columns: Int64 (numbers in the unit of their scale, days), String or Enum, Boolean, Date.
    Errors: OutsideProfile if an output may be a text that is no constant and no listed value.
    """
    renderer = _Renderer(outputs, inputs=frozenset(inputs))
    stages = renderer.stages()
    finals = {name: renderer.output(node).alias(name) for name, node in outputs.items()}
    kept = dict.fromkeys(name for final in finals.values() for name in final.meta.root_names())
    return ColumnarPlan(
        inputs=renderer.inputs_read,
        texts=renderer.texts,
        bounds=renderer.bounds,
        stages=stages,
        outputs=finals,
        kept=tuple(kept),
    )


class _Renderer:
    """Renders nodes as expressions; staged nodes are columns `_n<number>`."""

    def __init__(self, outputs: Mapping[str, Node], *, inputs: frozenset[str]) -> None:
        self._order, self._uses = reachable(outputs.values())
        unknown = {n.payload for n in self._order if n.op is Op.INPUT} - inputs
        if unknown:
            message = f"the program reads inputs that are not given: {sorted(unknown)}"
            raise KeyError(message)
        self.inputs_read = tuple(n.payload for n in self._order if n.op is Op.INPUT)
        self.bounds = {
            n.payload: (n.type.low, n.type.high)
            for n in self._order
            if n.op is Op.INPUT and _is_number(n.type) and _dtype(n.type) in (pl.Int16, pl.Int32)
        }
        texts = sorted({text for node in self._order for text in _texts_of(node)})
        self._codes = {text: code for code, text in enumerate(texts)}
        self.texts = {
            n.payload: TextCodes(
                codes=self._codes
                if n.type.values is None
                else {text: self._codes[text] for text in n.type.values},
                is_listed=n.type.values is not None,
            )
            for n in self._order
            if n.op is Op.INPUT and n.type.kind is Kind.TEXT
        }
        self._depth: dict[int, int] = {}
        self._series: dict[Any, pl.Expr] = {}
        #: By node, the column of its estimate.
        self._estimates: dict[int, pl.Expr] = {}

    def stages(self) -> tuple[tuple[pl.Expr, ...], ...]:
        """Return the expressions of each stage; text inputs are coded in the first."""
        by_depth: dict[int, list[pl.Expr]] = {}
        heights: dict[int, int] = {}
        repeated = self._repeated()
        for node in self._order:
            height = 1 + max((heights[operand.number] for operand in node.operands), default=0)
            depth = max((self._depth[operand.number] for operand in node.operands), default=0)
            staged = node.op is Op.INPUT and _is_number(node.type)
            if node.op not in (Op.INPUT, Op.CONSTANT, *PASSED_THROUGH):
                staged = (
                    self._uses[node.number] > 1 or height > HEIGHT_MAX or node.number in repeated
                )
            if is_scaled_ratio(node):
                self._estimates[node.number] = pl.col(f"_e{node.number}")
                estimate = scaled_ratio_estimate(*self._ratio(node)).alias(f"_e{node.number}")
                by_depth.setdefault(depth, []).append(estimate)
                depth += 1
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
            if is_scaled_ratio(node):
                product, divisor = node.operands
                named_twice = (*product.operands, divisor)
            else:
                named_twice = node.operands if _names_operands_twice(node) else ()
            if named_twice:
                for operand in named_twice:
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
        if _is_number(node.type):
            return self._as(node, _output_dtype(node.type))
        if node.type.kind is not Kind.TEXT:
            return self.expr(node)
        if node.type.values is None:
            message = "a result may be a text that no one listed: list the values of its inputs"
            raise OutsideProfile(message)
        values = sorted(node.type.values)
        return self._by_code(node, dict(zip(values, values, strict=True)), pl.Enum(values))

    def _by_code(self, node: Node, values: Mapping[str, Any], dtype: Any) -> pl.Expr:
        """Return what a text stands for, null for a text that stands for nothing."""
        known = [
            code
            for text, code in self._codes.items()
            if node.type.values is None or text in node.type.values
        ]
        index = self.expr(node)
        if not known:
            # No text can come here; a literal alone would select one row.
            return pl.when(index.is_null()).then(pl.lit(None, dtype=dtype))
        low, high = known[0], known[-1]
        table: list[Any] = [None] * (high + 1)
        for text, code in self._codes.items():
            if code in known:
                table[code] = values.get(text)
            elif low < code < high:
                # A text that cannot come here stands for what its neighbour does.
                table[code] = table[code - 1]
        if node.type.values is None:
            # The code of an unknown text is -1, so that code c stands at c + 1.
            table, index, low, high = [None, *table], index + 1, 0, high + 1
        return table_of(index, table, dtype, low=low, high=high, nullable=node.type.nullable)

    def _literal(self, value: Any, type_: Type) -> pl.Expr:
        if isinstance(value, str):
            value = self._codes[value]
        return pl.lit(value, dtype=_dtype(type_))

    def _as(self, node: Node, dtype: Any) -> pl.Expr:
        """Return a number at a width that holds it."""
        if node.op is Op.CONSTANT:
            return pl.lit(node.payload, dtype=dtype)
        return _narrowed(self.expr(node), _dtype(node.type), dtype)

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
            case Op.BITS:
                width = _widest(*(operand.type for operand in node.operands))
                left, right = (self._as(operand, width) for operand in node.operands)
                return _narrowed(left & right, width, _dtype(node.type))
            case Op.FIRST_BIT:
                bits = self._as(node.operands[0], pl.Int64)
                place = bits.bitwise_trailing_zeros().cast(pl.Int16) + 1
                return pl.when(bits != 0).then(place).otherwise(pl.lit(0, dtype=pl.Int16))
            case Op.KEYED:
                return self._keyed(node)
            case Op.STEPPED:
                return self._stepped(node)
            case _:
                return self._date(node)

    def _keyed(self, node: Node) -> pl.Expr:
        pairs, otherwise = node.payload
        places, operand, dtype = dict(pairs), node.operands[0], _dtype(node.type)
        if operand.type.kind is Kind.BOOLEAN:
            return place_of_flag(self.expr(operand), places, otherwise, dtype)
        table = [otherwise, *(places.get(text, otherwise) for text in self._codes)]
        null = places.get(None, otherwise)
        return place_of_code(self.expr(operand), table, null, dtype, type_=operand.type)

    def _stepped(self, node: Node) -> pl.Expr:
        operand, (bounds, places, null) = node.operands[0], node.payload
        value, unit = self.expr(operand), _dtype(operand.type)
        type_ = operand.type
        if type_.kind is Kind.DATE:
            value, unit = value.cast(pl.Int32), pl.Int32
            bounds = tuple(bound - EPOCH_ORDINAL for bound in bounds)
            low, high = type_.low - EPOCH_ORDINAL, type_.high - EPOCH_ORDINAL
            type_ = t.number(low, high, nullable=type_.nullable)
        return place_between(value, type_, (bounds, places, null), _dtype(node.type), unit=unit)

    def _input(self, node: Node) -> pl.Expr:
        column = pl.col(node.payload)
        if _is_number(node.type):
            return column.cast(_dtype(node.type), wrap_numerical=node.payload in self.bounds)
        return column

    def _truth(self, node: Node) -> pl.Expr:
        is_null = node.type.kind is Kind.NULL
        return pl.lit(None, dtype=pl.Boolean) if is_null else self.expr(node)

    def _arithmetic(self, node: Node) -> pl.Expr:
        dtype = _widest(node.type, *(operand.type for operand in node.operands))
        left, right = (self._as(operand, dtype) for operand in node.operands)
        operation = {Op.ADD: left.__add__, Op.SUBTRACT: left.__sub__, Op.MULTIPLY: left.__mul__}
        return _narrowed(operation[node.op](right), dtype, _dtype(node.type))

    def _divide(self, node: Node) -> pl.Expr:
        if is_scaled_ratio(node):
            return self._scaled_ratio(node)
        top_type, bottom_type = (operand.type for operand in node.operands)
        reach = max(abs(bottom_type.low), abs(bottom_type.high))
        # The product of quotient and divisor may pass the dividend by one divisor.
        passed = t.number(top_type.low - reach, top_type.high + reach)
        dtype = _widest(node.type, passed, bottom_type)
        top, bottom = (self._as(operand, dtype) for operand in node.operands)
        result = rounded(top, bottom, node.payload)
        if bottom_type.low <= 0 <= bottom_type.high:
            result = pl.when(bottom != 0).then(result)
        return _narrowed(result, dtype, _dtype(node.type))

    def _scaled_ratio(self, node: Node) -> pl.Expr:
        result = scaled_ratio(*self._ratio(node), estimate=self._estimates[node.number])
        return _narrowed(result, pl.Int64, _dtype(node.type))

    def _ratio(self, node: Node) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """Return the factors and the divisor of a scaled ratio."""
        top, bottom = node.operands
        a, b = (self._as(factor, pl.Int64) for factor in top.operands)
        return a, b, self._as(bottom, pl.Int64)

    def _extreme(self, node: Node) -> pl.Expr:
        is_number = _is_number(node.type)
        dtype = _widest(*(o.type for o in node.operands)) if is_number else _dtype(node.type)
        left, right = (self._as(operand, dtype) for operand in node.operands)
        if not node.type.nullable:
            pick = pl.min_horizontal if node.op is Op.MIN else pl.max_horizontal
            result = pick(left, right)
        elif all(operand.type.nullable for operand in node.operands):
            first, second = (left, right) if node.op is Op.MIN else (right, left)
            # A null makes both comparisons null, and no branch is taken.
            result = pl.when(first <= second).then(left).when(first > second).then(right)
        else:
            sure, other = (left, right) if node.operands[1].type.nullable else (right, left)
            # A null makes the comparison null, and the other is taken, which is the null.
            holds = sure <= other if node.op is Op.MIN else sure >= other
            result = pl.when(holds).then(sure).otherwise(other)
        return _narrowed(result, dtype, _dtype(node.type))

    def _compare(self, node: Node) -> pl.Expr:
        left_node, right_node = node.operands
        if _is_number(left_node.type):
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
        is_number = _is_number(node.type)
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
        index_node, dtype = node.operands[0], _dtype(node.type)
        if node.op is Op.POSITION:
            places = {text: place for place, text in enumerate(node.payload)}
            return self._by_code(index_node, places, dtype)
        index, type_ = self.expr(index_node), index_node.type
        values = tuple(self._codes[v] if isinstance(v, str) else v for v in node.payload)
        is_outside = type_.low < 0 or type_.high >= len(values)
        if is_outside:
            index = pl.when((index >= 0) & (index < len(values))).then(index)
        return table_of(
            index,
            values,
            dtype,
            low=max(type_.low, 0),
            high=min(type_.high, len(values) - 1),
            nullable=type_.nullable or is_outside,
        )

    def _date(self, node: Node) -> pl.Expr:
        days = self.expr(node.operands[0]).cast(pl.Int32)
        if node.op is Op.DAYS_BETWEEN:
            return days - self.expr(node.operands[1]).cast(pl.Int32)
        if node.op is Op.ADD_DAYS:
            return (days + self.expr(node.operands[1]).cast(pl.Int32)).cast(pl.Date)
        place, type_ = days - EPOCH_OFFSET, node.operands[0].type
        return gathered(CALENDAR[node.op], place, nullable=type_.nullable)


def _names_operands_twice(node: Node) -> bool:
    """Return whether the op's kernel, as it is rendered here, repeats its operands."""
    if node.op is Op.DIVIDE:
        divisor = node.operands[1].type
        return node.payload is not Rounding.FLOOR or divisor.low <= 0 <= divisor.high
    if node.op in (Op.LOOKUP, Op.POSITION, Op.KEYED, Op.STEPPED, Op.FIRST_BIT):
        return True
    if node.op in (Op.YEAR, Op.MONTH, Op.DAY):
        return node.type.nullable
    return node.op in (Op.MIN, Op.MAX) and node.type.nullable


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


def _is_number(type_: Type) -> bool:
    return type_.kind in (Kind.NUMBER, Kind.DAYS)


def _narrowed(result: Any, dtype: Any, wanted: Any) -> pl.Expr:
    """Return the result at the width that is wanted; its range is proved, so nothing wraps."""
    expression: pl.Expr = result
    return expression if wanted == dtype else expression.cast(wanted, wrap_numerical=True)


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
    if node.op is Op.KEYED:
        return [value for value, _ in node.payload[0] if isinstance(value, str)]
    if node.op is Op.CONSTANT and isinstance(node.payload, str):
        return [node.payload]
    if node.op is Op.INPUT and node.type.values is not None:
        return list(node.type.values)
    return []
