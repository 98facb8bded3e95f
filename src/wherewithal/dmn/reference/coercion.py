"""Implicit conversions. Source: DMN 1.5, 10.3.2.9.4."""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.reference.dates import as_datetime
from wherewithal.dmn.reference.feel_types import FeelType, Tester, belongs
from wherewithal.dmn.reference.values import Date


def unwrapped(value: Any) -> Any:
    """Return the item of a list of one; any other value as it is."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def coerce(value: Any, wanted: FeelType, passes: Tester | None = None) -> Any:
    """Return the value as the wanted type, or null if it cannot be.

    A list of one becomes its item, and an item a list of one, where the type asks for it.
    """
    if belongs(value, wanted, passes):
        return value
    if isinstance(value, list) and len(value) == 1 and belongs(value[0], wanted, passes):
        return value[0]
    if wanted.kind == "list" and belongs([value], wanted, passes):
        return [value]
    if wanted.kind == "date and time" and isinstance(value, Date):
        found = as_datetime(value)
        return found if belongs(found, wanted, passes) else None
    return None
