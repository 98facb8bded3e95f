"""What is known of a table's input before its cells are read."""

from __future__ import annotations

from dataclasses import dataclass

from wherewithal.dmn.model import Feel
from wherewithal.dmn.types import Kind, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What is known of an input before its cells are read."""

    #: The type that a compilation proved, or None.
    type: Type | None = None
    #: The declared kind; None where nothing says.
    kind: Kind | None = None
    #: Declared values of the input's type: all must hold.
    allowed: tuple[Feel, ...] = ()
