"""Read typed leaves of an XML element; whatever cannot be read is a typed failure.

Causes name places by *our* names (`trade 3 creditLimit`), never by text from the file, and quote no
value: a value in the wrong place may be a name or a Social Security number.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Never

from lxml import etree

from wherewithal.vocabulary.outcome import Failure, Outcome

NAMESPACE = "http://www.transunion.com/namespace"
_PREFIX = f"{{{NAMESPACE}}}"
#: The schema's field holds nine digits; a consumer account of 100 million dollars is garbage.
AMOUNT_MAX_DOLLARS = 99_999_999
YEAR_MIN = 1900

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_CODE = re.compile(r"[0-9A-Za-z]{1,40}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def malformed(cause: str) -> Never:
    """Fail: this is not a readable TU4 report."""
    raise Failure(Outcome.MALFORMED, cause)


def implausible(cause: str) -> Never:
    """Fail: readable, but it says something that cannot be true."""
    raise Failure(Outcome.IMPLAUSIBLE, cause)


def day_of(text: str, *, where: str, latest: date | None) -> date:
    """Return the day that the text names; February 30 and the future are implausible."""
    parts = _DAY.fullmatch(text)
    if parts is None:
        malformed(f"{where}: not a date (YYYY-MM-DD)")
    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        day = date.min
    if day.year < YEAR_MIN:
        implausible(f"{where}: no such day, or before {YEAR_MIN}")
    if latest is not None and day > latest:
        implausible(f"{where}: after the report's own day")
    return day


class Node:
    """An element and the name of its place for causes; its children are indexed when first asked.

    A report has thousands of leaves, each asked for by name: one pass over the children of an
    element costs a part of what a search for each of them does.
    """

    __slots__ = ("_children", "element", "where")

    def __init__(self, *, element: etree._Element, where: str) -> None:
        """Keep the element and the name of its place, such as `trade 3 terms`."""
        self.element = element
        self.where = where
        self._children: dict[str, list[Node]] | None = None

    def all(self, name: str) -> list[Node]:
        """Return the children of that name, numbered from 1 in their places."""
        return [
            Node(element=one.element, where=f"{name} {index}")
            for index, one in enumerate(self._named(name), start=1)
        ]

    def get(self, *path: str) -> Node | None:
        """Return the element at the path, or None; two of a kind where one belongs is malformed."""
        node = self
        for name in path:
            found = node._named(name)
            if len(found) > 1:
                malformed(f"{node.where}: more than one {name}")
            if not found:
                return None
            node = found[0]
        return node

    def _named(self, name: str) -> list[Node]:
        """Return the children of that name in our namespace; the list is not to be changed."""
        if self._children is None:
            self._children = {}
            # A loop with a filter of the library's own takes twice as long.
            for child in self.element:
                tag = child.tag
                if tag.startswith(_PREFIX):
                    local = tag[len(_PREFIX) :]
                    node = Node(element=child, where=f"{self.where} {local}")
                    self._children.setdefault(local, []).append(node)
        return self._children.get(name, [])

    def need(self, *path: str) -> Node:
        """Return the element at the path; its absence is malformed."""
        node = self.get(*path)
        if node is None:
            malformed(f"{self.where}: no {'/'.join(path)}")
        return node

    def text(self, *path: str) -> str | None:
        """Return the trimmed text of a leaf; None where it is absent or empty."""
        leaf = self.get(*path)
        if leaf is None:
            return None
        if len(leaf.element):
            malformed(f"{leaf.where}: holds elements where a value was expected")
        return (leaf.element.text or "").strip() or None

    def place(self, path: tuple[str, ...]) -> str:
        """Return the name of the place for a cause."""
        return " ".join((self.where, *path[-1:]))

    def code(self, *path: str) -> str | None:
        """Return a code: letters and digits, at most 40."""
        text = self.text(*path)
        if text is not None and not _CODE.fullmatch(text):
            malformed(f"{self.place(path)}: not a code")
        return text

    def need_code(self, *path: str) -> str:
        """Return a code that must be there."""
        code = self.code(*path)
        if code is None:
            malformed(f"{self.where}: no {'/'.join(path)}")
        return code

    def flag(self, *path: str) -> bool | None:
        """Return a truth value."""
        text = self.text(*path)
        if text is None:
            return None
        if text not in _FLAGS:
            malformed(f"{self.place(path)}: neither true nor false")
        return _FLAGS[text]

    def whole(self, *path: str, maximum: int) -> int | None:
        """Return a whole number from 0 to `maximum`; one outside is implausible."""
        text = self.text(*path)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text):
            malformed(f"{self.place(path)}: not a whole number")
        value = int(text)
        if value < 0:
            implausible(f"{self.place(path)}: negative")
        if value > maximum:
            implausible(f"{self.place(path)}: above {maximum:,}")
        return value

    def cents(self, *path: str) -> int | None:
        """Return whole dollars as cents."""
        dollars = self.whole(*path, maximum=AMOUNT_MAX_DOLLARS)
        return None if dollars is None else dollars * 100

    def day(self, *path: str, latest: date | None) -> date | None:
        """Return a day, at the latest the report's own day: no report knows the future."""
        text = self.text(*path)
        return None if text is None else day_of(text, where=self.place(path), latest=latest)
