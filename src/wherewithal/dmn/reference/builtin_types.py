"""Types of the built-in functions, for `instance of` and for parameters that take functions.

One text for each way to call a function; a last parameter with `*` may come more than once. A
result of `?` depends on what is given, and conforms to anything.

Source: DMN 1.5, 10.3.4, tables 72-82, and 10.3.2.9.2 for what conforms.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.reference.feel_types import FeelType, TypeTable

_DAYS, _MONTHS = "days and time duration", "years and months duration"
_TEMPORAL = ("date", "date and time")
_FOLD = ("list<number> -> number", "number* -> number")
_LOGIC = ("list<boolean> -> boolean", "boolean* -> boolean")
_EXTREME = ("list<Any> -> ?", "Any* -> ?")
_NUMBER = ("number -> number",)
_PARITY = ("number -> boolean",)
_SCALED = ("number, number -> number",)
_TESTED = ("string, string -> boolean",)
_CUT = ("string, string -> string",)
_RANGES = ("range<Any>, range<Any> -> boolean",)
_POINT_FIRST = ("Any, range<Any> -> boolean", *_RANGES)
_POINT_LAST = ("range<Any>, Any -> boolean", *_RANGES)
_ANYHOW = ("Any, Any -> boolean",)

_TYPES: Mapping[str, tuple[str, ...]] = {
    "abs": (*_NUMBER, f"{_DAYS} -> {_DAYS}", f"{_MONTHS} -> {_MONTHS}"),
    "after": _ANYHOW,
    "all": _LOGIC,
    "any": _LOGIC,
    "append": ("list<Any>, Any* -> list<Any>",),
    "before": _ANYHOW,
    "ceiling": (*_NUMBER, *_SCALED),
    "coincides": _ANYHOW,
    "concatenate": ("list<Any>* -> list<Any>",),
    "contains": _TESTED,
    "context": ("list<context<key: string, value: Any>> -> ?",),
    "context merge": ("list<Any> -> ?",),
    "context put": ("Any, string, Any -> ?", "Any, list<string>, Any -> ?"),
    "count": ("list<Any> -> number",),
    "date": ("string -> date", "date and time -> date", "number, number, number -> date"),
    "date and time": (
        "string -> date and time",
        *(f"{date}, time -> date and time" for date in _TEMPORAL),
    ),
    "day of week": tuple(f"{date} -> string" for date in _TEMPORAL),
    "day of year": tuple(f"{date} -> number" for date in _TEMPORAL),
    "decimal": _SCALED,
    "distinct values": ("list<Any> -> list<Any>",),
    "duration": ("string -> ?",),
    "during": _POINT_FIRST,
    "ends with": _TESTED,
    "even": _PARITY,
    "exp": _NUMBER,
    "finished by": _POINT_LAST,
    "finishes": _POINT_FIRST,
    "flatten": ("list<Any> -> list<Any>",),
    "floor": (*_NUMBER, *_SCALED),
    "get entries": ("Any -> list<context<key: string, value: Any>>",),
    "get value": ("Any, string -> ?",),
    "includes": _POINT_LAST,
    "index of": ("list<Any>, Any -> list<number>",),
    "insert before": ("list<Any>, number, Any -> list<Any>",),
    "is": _ANYHOW,
    "list contains": ("list<Any>, Any -> boolean",),
    "list replace": (
        "list<Any>, number, Any -> list<Any>",
        "list<Any>, function<Any, Any> -> boolean, Any -> list<Any>",
    ),
    "log": _NUMBER,
    "lower case": ("string -> string",),
    "matches": (*_TESTED, "string, string, string -> boolean"),
    "max": _EXTREME,
    "mean": _FOLD,
    "median": _FOLD,
    "meets": _RANGES,
    "met by": _RANGES,
    "min": _EXTREME,
    "mode": ("list<number> -> list<number>", "number* -> list<number>"),
    "modulo": _SCALED,
    "month of year": tuple(f"{date} -> string" for date in _TEMPORAL),
    "not": ("boolean -> boolean",),
    "now": (" -> date and time",),
    "number": ("string -> number", "string, string, string -> number"),
    "odd": _PARITY,
    "overlaps": _RANGES,
    "overlaps after": _RANGES,
    "overlaps before": _RANGES,
    "product": _FOLD,
    "range": ("string -> ?",),
    "remove": ("list<Any>, number -> list<Any>",),
    "replace": ("string, string, string -> string", "string, string, string, string -> string"),
    "reverse": ("list<Any> -> list<Any>",),
    **dict.fromkeys(("round down", "round half down", "round half up", "round up"), _SCALED),
    "sort": ("list<Any> -> list<Any>", "list<Any>, function<Any, Any> -> boolean -> list<Any>"),
    "split": ("string, string -> list<string>",),
    "sqrt": _NUMBER,
    "started by": _POINT_LAST,
    "starts": _POINT_FIRST,
    "starts with": _TESTED,
    "stddev": _FOLD,
    "string": ("Any -> string",),
    "string join": ("list<string> -> string", "list<string>, string -> string"),
    "string length": ("string -> number",),
    "sublist": ("list<Any>, number -> list<Any>", "list<Any>, number, number -> list<Any>"),
    "substring": ("string, number -> string", "string, number, number -> string"),
    "substring after": _CUT,
    "substring before": _CUT,
    "sum": _FOLD,
    "time": (
        "string -> time",
        "time -> time",
        "date and time -> time",
        "number, number, number -> time",
        f"number, number, number, {_DAYS} -> time",
    ),
    "today": (" -> date",),
    "union": ("list<Any>* -> list<Any>",),
    "upper case": ("string -> string",),
    "week of year": tuple(f"{date} -> number" for date in _TEMPORAL),
    "years and months duration": tuple(f"{date}, {date} -> {_MONTHS}" for date in _TEMPORAL),
}


@cache
def types_of_builtin(name: str) -> tuple[FeelType, ...]:
    """Return the types of a built-in function, one for each way to call it."""
    return tuple(_read(text) for text in _TYPES[name])


def _read(text: str) -> FeelType:
    parameters, _, result = text.rpartition(" -> ")
    repeats, is_open = parameters.endswith("*"), result == "?"
    shown = f"function<{parameters.rstrip('*')}> -> {'Any' if is_open else result}"
    node = parse_expression(f"null instance of {shown}")
    found = TypeTable(()).by_expression(node.type_ref) if isinstance(node, ast.InstanceOf) else None
    if found is None:
        raise ValueError(text)
    return FeelType(
        kind="function",
        parameters=found.parameters,
        result=None if is_open else found.result,
        repeats=repeats,
    )
