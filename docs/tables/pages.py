"""Pages and their generated parts, each between two markers that name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_PART = re.compile(
    r"(<!-- generated: (?P<name>[\w-]+) -->\n)(?:.*?\n)??(<!-- end of (?P=name) -->)", re.DOTALL
)
_MARK = re.compile(r"<!-- (?:generated:|end of) ([\w-]+) -->")


class MarkersWrong(Exception):
    """A page and the generator name different parts; the message says which."""


def filled(page: str, parts: Mapping[str, str]) -> str:
    r"""Return the page with every generated part made anew.

    Errors: MarkersWrong if a part is unknown, not closed, or nested.

    >>> filled("<!-- generated: a -->\nold\n<!-- end of a -->", {"a": "new"})
    '<!-- generated: a -->\nnew\n<!-- end of a -->'
    """
    named = [found["name"] for found in _PART.finditer(page)]
    marked = _MARK.findall(page)
    if marked != [name for name in named for _ in range(2)]:
        raise MarkersWrong(f"markers that do not pair: {', '.join(sorted(set(marked)))}")
    unknown = sorted(set(named) - parts.keys())
    if unknown:
        raise MarkersWrong(f"nothing generates {', '.join(unknown)}; known: {', '.join(parts)}")
    return _PART.sub(lambda found: f"{found[1]}{parts[found['name']].strip()}\n{found[3]}", page)


def pages_of(root: Path) -> list[Path]:
    """Return the pages that may hold generated parts: the README and those of docs."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def names_in(page: str) -> list[str]:
    """Return the names of a page's generated parts, in order."""
    return [found["name"] for found in _PART.finditer(page)]
