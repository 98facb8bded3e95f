"""The vector executor: the same IR over numpy arrays, for thousands of rows inside a request.

Polars has some milliseconds of its own for every run, however few the rows; numpy has microseconds.
Arrays broadcast: what is one person's has shape (1, 1), what is a program's (1, programs), and work
is done only where shapes differ. Texts are codes, dates are not served. Numbers are int64; a
product that passes 64 bits is divided exactly in the same step, and anything else is Python's own
integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wherewithal.dmn.ir import Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.scalar import PASSED_THROUGH, reachable
from wherewithal.dmn.types import Kind

Array: TypeAlias = npt.NDArray[Any]
#: Values, and where they are known; None means everywhere. What is unknown has any value.
Vector: TypeAlias = tuple[Array, Array | None]
_Step: TypeAlias = Callable[[list[Vector]], Vector]

#: A quotient below this is estimated in float64 to within 2, which the exact remainder mends.
_QUOTIENT_MAX = 2**50
#: What stands for null: a truth value also where it is no operand of arithmetic.
_NOTHING = np.zeros((1, 1), np.bool_)
_ZERO = np.zeros((1, 1), np.int64)
#: So that three divisors, either sign, stay within 64 bits.
_DIVISOR_MAX = 2**60


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPlan:
    """A compiled program over arrays."""

    #: Names of the inputs that are read.
    inputs: tuple[str, ...]
    #: The texts behind the codes of text results.
    texts: tuple[str, ...]
    _slots: Mapping[str, tuple[int, Array]]
    _constants: tuple[Vector | None, ...]
    _steps: tuple[tuple[int, _Step], ...]
    _outputs: Mapping[str, int]

    def run(self, given: Mapping[str, Array | int | None]) -> dict[str, Vector]:
        """Return each output as values and where they are known (None: everywhere).

        Inputs: arrays that broadcast with each other, int64 or bool; a Python number, or None for
                null. Texts are not read.
        Null:   as in the scalar executor.
        Errors: KeyError if an input is missing.
        """
        values: list[Any] = list(self._constants)
        for name, (slot, nothing) in self._slots.items():
            values[slot] = _given(given[name], nothing)
        with np.errstate(over="ignore"):
            for slot, step in self._steps:
                values[slot] = step(values)
        return {name: values[slot] for name, slot in self._outputs.items()}


def compile_vector(outputs: Mapping[str, Node]) -> VectorPlan:
    """Return the plan that computes the outputs.

    Errors: OutsideProfile for an op without a kernel here: dates, texts that are read, and
            roundings other than floor.
    """
    order, _ = reachable(outputs.values())
    renderer = _Renderer({node.number: slot for slot, node in enumerate(order)}, order)
    needed = renderer.needed({node.number for node in outputs.values()})
    steps: list[tuple[int, _Step]] = []
    constants: list[Vector | None] = [None] * len(order)
    slots: dict[str, tuple[int, Array]] = {}
    for slot, node in enumerate(order):
        if node.number not in needed:
            continue
        if node.op is Op.INPUT:
            if node.type.kind not in (Kind.NUMBER, Kind.BOOLEAN):
                raise OutsideProfile(f"input '{node.payload}' is no number and no truth value")
            slots[node.payload] = (slot, _ZERO if node.type.kind is Kind.NUMBER else _NOTHING)
        elif node.op is Op.CONSTANT:
            constants[slot] = renderer.constant(node.payload)
        else:
            steps.append((slot, renderer.step(node)))
    return VectorPlan(
        inputs=tuple(slots),
        texts=renderer.texts,
        _slots=slots,
        _constants=tuple(constants),
        _steps=tuple(steps),
        _outputs={name: renderer.slots[node.number] for name, node in outputs.items()},
    )


class _Renderer:
    """Makes a step of each node: a function from all values so far to the node's own."""

    def __init__(self, slots: dict[int, int], order: list[Node]) -> None:
        self.slots = slots
        self._order = order
        texts = sorted({text for node in order for text in _texts_of(node)})
        self.texts = tuple(texts)
        self._codes = {text: code for code, text in enumerate(texts)}

    def needed(self, roots: set[int]) -> set[int]:
        """Return the nodes that have to be evaluated: a product that is divided at once is not."""
        found = set(roots)
        for node in reversed(self._order):
            if node.number in found:
                product = _wide_product(node)
                operands = (*product.operands, node.operands[1]) if product else node.operands
                found.update(operand.number for operand in operands)
        return found

    def constant(self, value: Any) -> Vector:
        """Return a constant; null is a value that is known nowhere."""
        if value is None:
            return _NOTHING, _NOTHING
        value = self._codes[value] if isinstance(value, str) else value
        return _array([value]).reshape(1, 1), None

    def step(self, node: Node) -> _Step:
        """Return the kernel of a node over the slots of its operands."""
        at = [self.slots[operand.number] for operand in node.operands]
        match node.op:
            case Op.ASSUME | Op.UNITS:
                return lambda v: v[at[0]]
            case Op.ADD | Op.SUBTRACT | Op.MULTIPLY | Op.MIN | Op.MAX:
                return _arithmetic(node, at)
            case Op.LESS:
                return lambda v: _strict(np.less, v[at[0]], v[at[1]])
            case Op.LESS_EQUAL:
                return lambda v: _strict(np.less_equal, v[at[0]], v[at[1]])
            case Op.EQUAL:
                return lambda v: (_equal(v[at[0]], v[at[1]]), None)
            case Op.AND:
                return lambda v: _and(v[at[0]], v[at[1]])
            case Op.OR:
                return lambda v: _not(_and(_not(v[at[0]]), _not(v[at[1]])))
            case Op.NOT:
                return lambda v: _not(v[at[0]])
            case Op.IS_NULL:
                return lambda v: (_is_null(v[at[0]]), None)
            case Op.CASE:
                return lambda v: _case([v[slot] for slot in at])
            case Op.LOOKUP:
                return self._lookup(node, at[0])
            case Op.BITS:
                return lambda v: _strict(np.bitwise_and, v[at[0]], v[at[1]])
            case Op.FIRST_BIT:
                return lambda v: (_first_bit(v[at[0]][0]), v[at[0]][1])
            case Op.KEYED:
                return self._keyed(node, at[0])
            case Op.STEPPED if node.operands[0].type.kind is not Kind.DATE:
                return _stepped(node, at[0])
            case Op.DIVIDE if node.payload is Rounding.FLOOR:
                return self._divide(node, at)
        raise OutsideProfile(f"'{node.op.value}' has no kernel over arrays")

    def _lookup(self, node: Node, at: int) -> _Step:
        payload = [self._codes[v] if isinstance(v, str) else v for v in node.payload]
        has_null = None in payload
        table = _array([0 if value is None else value for value in payload])
        known = np.array([value is not None for value in payload])
        index = node.operands[0].type
        is_inside = index.low >= 0 and index.high < len(payload)

        def look(v: list[Vector]) -> Vector:
            place, at_known = v[at]
            if not is_inside:
                inside = (place >= 0) & (place < len(payload))
                at_known = inside if at_known is None else at_known & inside
            if at_known is not None:
                place = np.where(at_known, place, 0)
            return table.take(place), _both(at_known, known.take(place) if has_null else None)

        return look

    def _keyed(self, node: Node, at: int) -> _Step:
        pairs, otherwise = node.payload
        places = dict(pairs)
        codes = (False, True) if node.operands[0].type.kind is Kind.BOOLEAN else self.texts
        table = np.array([places.get(one, otherwise) for one in codes], np.int64)
        null = places.get(None, otherwise)

        def place(v: list[Vector]) -> Vector:
            codes, known = v[at]
            found = table.take(codes.astype(np.int64))
            return (found if known is None else np.where(known, found, null)), None

        return place

    def _divide(self, node: Node, at: list[int]) -> _Step:
        divisor = node.operands[1].type
        may_be_zero = divisor.low <= 0 <= divisor.high
        is_wide = not node.type.fits_int64()
        product = _wide_product(node)
        left, right = (
            [self.slots[operand.number] for operand in product.operands] if product else [at[0]] * 2
        )

        def divide(v: list[Vector]) -> Vector:
            bottom, known = v[at[1]]
            if may_be_zero:
                known = _both(known, bottom != 0)
                bottom = np.where(bottom == 0, 1, bottom)
            known = _both(known, v[left][1], v[right][1])
            if product:
                return _quotient_of_product(v[left][0], v[right][0], bottom), known
            if is_wide:
                # The least int64 by -1 is no int64.
                return v[left][0].astype(object) // bottom.astype(object), known
            return v[left][0] // bottom, known

        return divide


def _quotient_of_product(left: Array, right: Array, divisor: Array) -> Array:
    """Return left x right // divisor exactly, though the product may need 128 bits.

    The float64 estimate is off by 2 at most where the quotient is below 2**50; then the remainder
    lies within three divisors, and is right in arithmetic modulo 2**64, which numpy's is.
    """
    estimate = np.floor(left.astype(np.float64) * right.astype(np.float64) / divisor)
    if estimate.size == 0 or np.abs(estimate).max() < _QUOTIENT_MAX:
        quotient = estimate.astype(np.int64)
        found: Array = quotient + (left * right - quotient * divisor) // divisor
        return found
    exact: Array = left.astype(object) * right.astype(object) // divisor.astype(object)
    return _narrowed(exact)


def _wide_product(node: Node) -> Node | None:
    """Return the product that a division has on top, if it passes 64 bits and its parts do not."""
    if node.op is not Op.DIVIDE or node.operands[1].type.low <= -_DIVISOR_MAX:
        return None
    top = node.operands[0]
    while top.op in PASSED_THROUGH:
        top = top.operands[0]
    if top.op is not Op.MULTIPLY or top.type.fits_int64():
        return None
    narrow = all(operand.type.fits_int64() for operand in top.operands)
    return top if narrow and node.operands[1].type.high < _DIVISOR_MAX else None


_KERNELS: dict[Op, Any] = {
    Op.ADD: np.add,
    Op.SUBTRACT: np.subtract,
    Op.MULTIPLY: np.multiply,
    Op.MIN: np.minimum,
    Op.MAX: np.maximum,
}


def _arithmetic(node: Node, at: list[int]) -> _Step:
    kernel = _KERNELS[node.op]
    if any(operand.type.kind is Kind.NULL for operand in node.operands):
        return lambda _: (_ZERO, _NOTHING)
    if node.type.fits_int64() and all(operand.type.fits_int64() for operand in node.operands):
        return lambda v: _strict(kernel, v[at[0]], v[at[1]])

    is_pick = node.op in (Op.MIN, Op.MAX)

    def wide(v: list[Vector]) -> Vector:
        (left, left_known), (right, right_known) = v[at[0]], v[at[1]]
        if is_pick and left.dtype == right.dtype == np.int64:
            # Neither is wider than the other, whatever the types would allow.
            return kernel(left, right), _both(left_known, right_known)
        found = kernel(left.astype(object), right.astype(object))
        return _narrowed(found) if node.type.fits_int64() else found, _both(left_known, right_known)

    return wide


def _stepped(node: Node, at: int) -> _Step:
    bounds, places, null = node.payload
    limits, table = _array(list(bounds)), np.array(places, np.int64)

    def place(v: list[Vector]) -> Vector:
        values, known = v[at]
        found = table.take(np.searchsorted(limits, values, side="right"))
        return (found if known is None else np.where(known, found, null)), None

    return place


def _first_bit(bits: Array) -> Array:
    # A power of two is exact in float64, and so is its exponent; 0 has the exponent 0.
    return np.frexp((bits & -bits).astype(np.float64))[1].astype(np.int64)


def _strict(kernel: Any, left: Vector, right: Vector) -> Vector:
    return kernel(left[0], right[0]), _both(left[1], right[1])


def _both(*known: Array | None) -> Array | None:
    found: Array | None = None
    for one in known:
        if one is not None:
            found = one if found is None else found & one
    return found


def _equal(left: Vector, right: Vector) -> Array:
    same: Array = left[0] == right[0]
    if left[1] is None and right[1] is None:
        return same
    knows = [np.True_ if one[1] is None else one[1] for one in (left, right)]
    found: Array = (same & knows[0] & knows[1]) | (~knows[0] & ~knows[1])
    return found


def _is_null(one: Vector) -> Array:
    found: Array = np.zeros((1, 1), np.bool_) if one[1] is None else ~one[1]
    return found


def _not(one: Vector) -> Vector:
    return ~one[0], one[1]


def _and(left: Vector, right: Vector) -> Vector:
    (a, a_known), (b, b_known) = left, right
    if a_known is None and b_known is None:
        return a & b, None
    # False with anything is false; else null with anything is null.
    sure_a, sure_b = (np.True_ if k is None else k for k in (a_known, b_known))
    known = (sure_a & sure_b) | (sure_a & ~a) | (sure_b & ~b)
    return (a | ~sure_a) & (b | ~sure_b), known


def _case(operands: list[Vector]) -> Vector:
    data, known = operands[-1]
    for (test, test_known), (value, value_known) in zip(
        operands[-3::-2], operands[-2::-2], strict=True
    ):
        taken = test if test_known is None else test & test_known
        if known is not None or value_known is not None:
            known = np.where(
                taken,
                np.True_ if value_known is None else value_known,
                np.True_ if known is None else known,
            )
        data = np.where(taken, value, data)
    return data, known


def _given(value: Array | int | None, nothing: Array) -> Vector:
    if value is None:
        return nothing, _NOTHING
    if isinstance(value, np.ndarray):
        return value, None
    return np.array([[value]]), None


def _array(values: list[Any]) -> Array:
    if all(isinstance(value, bool) for value in values):
        return np.array(values, np.bool_)
    return _narrowed(np.array(values, object))


def _narrowed(values: Array) -> Array:
    """Return whole numbers as int64 if all of them fit, else as they are."""
    flat = values.ravel()
    fits = all(-(2**63) <= int(value) < 2**63 for value in flat)
    return values.astype(np.int64) if fits else values


def _texts_of(node: Node) -> list[str]:
    if node.op is Op.LOOKUP:
        return [value for value in node.payload if isinstance(value, str)]
    if node.op is Op.KEYED:
        return [value for value, _ in node.payload[0] if isinstance(value, str)]
    if node.op is Op.CONSTANT and isinstance(node.payload, str):
        return [node.payload]
    return []
