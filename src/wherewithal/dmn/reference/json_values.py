"""FEEL values as JSON and back, so that a command can print them and read inputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from wherewithal.dmn.model import Model
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.decimals import DECIMAL128
from wherewithal.dmn.reference.feel_types import FeelType, TypeTable
from wherewithal.dmn.reference.runtime import charge
from wherewithal.dmn.reference.temporal_text import (
    read_date,
    read_datetime,
    read_duration,
    read_time,
)
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    Function,
    Time,
)

_INTEGER_MAX = 2**53


def to_json(value: Any, depth: int = 0) -> Any:
    """Return a FEEL value as JSON data.

    Whole numbers below 2**53 become int, others float if that keeps every digit, else text. Dates,
    times, durations and ranges become text as `string()` gives it; a function becomes null.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) <= _INTEGER_MAX:
            return int(value)
        as_float = float(value)
        return as_float if Decimal(repr(as_float)) == value else text_of(value)
    if isinstance(value, (list, dict)):
        charge(len(value), depth)
    if isinstance(value, list):
        return [to_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item, depth + 1) for key, item in value.items()}
    return None if isinstance(value, Function) else text_of(value)


def from_python(value: Any) -> Any:
    """Return plain Python data (JSON, or with Decimal and datetime's types) as FEEL values.

    A float becomes the shortest decimal that spells it. Errors: TypeError for any other type, and
    for a float that is not finite.
    """
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal():
            return DECIMAL128.create_decimal(value)
        case float():
            number = Decimal(repr(value))
            if not number.is_finite():
                raise TypeError("a number must be finite")
            return number
        case list() | tuple():
            return [from_python(item) for item in value]
        case Mapping():
            return {str(key): from_python(item) for key, item in value.items()}
        case _:
            return _from_temporal(value)


def _from_temporal(value: Any) -> Any:
    if isinstance(value, datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value))
    if isinstance(value, date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, time):
        return _time(value)
    if isinstance(value, timedelta):
        seconds = value.days * 86_400 + value.seconds
        return DaysDuration(Decimal(seconds) + Decimal(value.microseconds).scaleb(-6))
    raise TypeError(f"a {type(value).__name__} has no FEEL value")


def _time(value: datetime | time) -> Time:
    offset = value.utcoffset()
    second = Decimal(value.second) + Decimal(value.microsecond).scaleb(-6)
    whole = second if value.microsecond else Decimal(value.second)
    seconds = None if offset is None else int(offset.total_seconds())
    return Time(value.hour, value.minute, whole, seconds)


def from_json(value: Any, wanted: FeelType | None = None) -> Any:
    """Return JSON data as a FEEL value; text becomes a date, time or duration where asked for.

    What does not spell the wanted type stays as it is; the evaluation then says that it does not
    conform.
    """
    if wanted is None:
        return from_python(value)
    if isinstance(value, list):
        return [from_json(item, wanted.item or wanted) for item in value]
    if isinstance(value, Mapping):
        return {key: from_json(item, wanted.fields.get(key)) for key, item in value.items()}
    if isinstance(value, str) and wanted.kind in _READERS:
        try:
            return _READERS[wanted.kind](value)
        except FeelNull:
            return value
    return from_python(value)


_READERS: Mapping[str, Any] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_datetime,
    "days and time duration": read_duration,
    "years and months duration": read_duration,
    "duration": read_duration,
}


def inputs_from_json(models: list[Model], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return JSON inputs as FEEL values, by the types that the models declare for them."""
    wanted = _input_types(models)
    return {name: from_json(value, wanted.get(name)) for name, value in data.items()}


def blank_inputs(models: list[Model]) -> dict[str, Any]:
    """Return JSON inputs to fill in: null for each value, nested as the declared types are.

    A list of structures has one; a structure that holds itself is null inside.
    """
    return {name: _blank(wanted, ()) for name, wanted in _input_types(models).items()}


def _blank(wanted: FeelType | None, around: tuple[FeelType, ...]) -> Any:
    if wanted is None or any(wanted is other for other in around):
        return None
    inner = (*around, wanted)
    if wanted.kind == "list":
        item = _blank(wanted.item, inner)
        return [] if item is None else [item]
    if wanted.fields:
        return {name: _blank(part, inner) for name, part in wanted.fields.items()}
    return None


def _input_types(models: list[Model]) -> dict[str, FeelType | None]:
    """Return the declared type of every input, by name; None where it is not known."""
    wanted: dict[str, FeelType | None] = {}
    tables = {model.namespace: TypeTable(model.item_definitions) for model in models}
    for model in models:
        table = tables[model.namespace]
        table.join(
            [
                (item.name, tables[item.namespace])
                for item in model.imports
                if item.namespace in tables
            ]
        )
    for model in models:
        for element in model.inputs:
            wanted[element.name] = tables[model.namespace].by_name(element.type_ref)
    return wanted
