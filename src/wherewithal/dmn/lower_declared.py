"""Declared types in a compiled model: what is not of its type is null, as the reference has it.

An input or a result outside the allowed values of its type becomes null (DMN 1.5, 10.3.2.9.4); of
a context with one such part the whole does. A value of another kind cannot be compiled at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wherewithal.dmn import model
from wherewithal.dmn.declared import Declared, declared_part, declared_type
from wherewithal.dmn.ir import Node, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.regions import covers, region_of
from wherewithal.dmn.types import KINDS, Kind
from wherewithal.dmn.values import ContextValue, ListValue, RangeValue, Value

#: The types of FEEL that no compiled value has, and shapes.
_OTHER_KINDS = frozenset(
    {
        *("time", "date and time", "dateTime", "date time", "years and months duration"),
        *("yearMonthDuration", "duration", "Null", "null", "list", "context", "function", "range"),
    }
)


def as_declared(lowering: Lowering, type_ref: str | None, value: Value) -> Value:
    """Return a value as a type of the lowering's model has it: null where it is not allowed.

    Errors: OutsideProfile if the value is of another kind, or a test of it is outside the profile.
    """
    value, holds = conditioned(lowering, type_ref, value)
    return where(lowering, holds, value)


def conditioned(lowering: Lowering, type_ref: str | None, value: Value) -> tuple[Value, Node]:
    """Return a value in the shape of a type, and whether it is one of the type's values."""
    one = lowering.owner
    if one is None or type_ref is None:
        return value, lowering.graph.constant(value=True)
    declared = declared_type(one, type_ref)
    if isinstance(value, ListValue) and len(value.items) == 1 and _is_single(declared):
        value = value.items[0]
    elif declared.item is not None and not isinstance(value, ListValue) and not _is_null(value):
        if isinstance(value, Node) and value.type.nullable:
            raise OutsideProfile("it is declared a list and is a value that may be null")
        value = ListValue(items=(value,))
    return value, lowering.graph.all_of(_conditions(lowering, one, declared, value))


def _is_null(value: Value) -> bool:
    return isinstance(value, Node) and value.type.kind is Kind.NULL


def where(lowering: Lowering, holds: Node, value: Value) -> Value:
    """Return the value where the condition is true, else null."""
    if holds.op is Op.CONSTANT:
        return value if holds.payload is True else lowering.graph.constant(None)
    return _where(lowering, holds, value)


def _is_single(declared: Declared) -> bool:
    return declared.parts is not None or declared.base in KINDS


def _conditions(
    lowering: Lowering, one: model.Model, declared: Declared, value: Value
) -> Iterator[Node]:
    """Yield what must be true of a value and of its parts."""
    if isinstance(value, ListValue):
        if _is_single(declared):
            raise OutsideProfile("it is declared a single value and is a list")
        if declared.item is not None:
            _refuse_constraint(declared, "list")
            for item in value.items:
                yield from _conditions(lowering, one, declared.item, item)
        return
    if isinstance(value, ContextValue | RangeValue):
        _refuse_single(declared, value)
    if isinstance(value, ContextValue) and declared.parts is not None:
        missing = sorted(declared.parts.keys() - value.entries.keys())
        if missing:
            raise OutsideProfile(f"its type has a part '{missing[0]}', which is not there")
        _refuse_constraint(declared, "context")
        for name, part in declared.parts.items():
            yield from _conditions(lowering, one, declared_part(one, part), value.entries[name])
    if not isinstance(value, Node) or value.type.kind is Kind.NULL:
        return
    if declared.parts is not None or declared.base == "context":
        message = f"it is declared a context and is a {value.type.kind.value}"
        raise OutsideProfile(message)
    wanted = KINDS.get(declared.base or "")
    if wanted is None and declared.base in _OTHER_KINDS:
        message = f"it is declared a {declared.base}, which is outside the profile"
        raise OutsideProfile(message)
    if wanted is not None and value.type.kind is not wanted:
        message = f"it is declared a {wanted.value} and is a {value.type.kind.value}"
        raise OutsideProfile(message)
    for feel in declared.allowed:
        if feel.node is None:
            raise OutsideProfile("the allowed values of its type did not parse")
        region = region_of(lowering, feel.node, {})
        if region is None or not covers([region], value.type.not_null()):
            test = lowering.test(feel.node, value, {})
            yield lowering.graph.any_of([lowering.graph.is_null(value), test])


def _refuse_single(declared: Declared, value: ContextValue | RangeValue) -> None:
    """Refuse a context or a range where a single value is declared: by reference it is null."""
    word = "context" if isinstance(value, ContextValue) else "range"
    if declared.base in KINDS or declared.base in _OTHER_KINDS - {word}:
        message = f"it is declared a {declared.base} and is a {word}"
        raise OutsideProfile(message)
    if declared.parts is not None and word == "range":
        raise OutsideProfile("it is declared a context and is a range")


def _refuse_constraint(declared: Declared, what: str) -> None:
    if declared.allowed:
        raise OutsideProfile(f"its type has allowed values of a whole {what}")


def _where(lowering: Lowering, holds: Node, value: Value) -> Value:
    if isinstance(value, ContextValue):
        parts: Mapping[str, Value] = {
            name: _where(lowering, holds, entry) for name, entry in value.entries.items()
        }
        present = holds if value.present is None else lowering.graph.all_of([holds, value.present])
        # Where the condition is null there is no context either.
        present = lowering.graph.equal(present, lowering.graph.constant(value=True))
        return ContextValue(entries=parts, present=present)
    if isinstance(value, Node):
        return lowering.graph.case([(holds, value)], lowering.graph.constant(None))
    raise OutsideProfile("whether its items are allowed only a run can tell, and it is a list")
