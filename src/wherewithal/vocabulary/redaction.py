"""How records about a person show themselves: by their type's name and nothing more."""

from __future__ import annotations

from typing import Any


def redacted(record: object) -> str:
    """Return `BureauReport(…)`: a log line, a traceback or a failing test shows no value."""
    return f"{type(record).__name__}(…)"


def nothing_for_rich(_record: object) -> list[tuple[str, Any]]:
    """Give rich nothing to print; its pretty printer would otherwise walk every field."""
    return []
