"""Fields of one row: each is checked, each problem is noted, none stops the others.

A field that fails yields a stand-in of the right type, so that the remaining fields are still
checked; the record made of them is thrown away with the file, which is refused as a whole.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import TypeVar

from wherewithal.sources.catalogue_text import Row, hint, note, shown
from wherewithal.vocabulary.errors import Problem

TEXT_LENGTH_MAX = 200
#: Amounts of a catalogue: a hundred million dollars.
CENTS_MAX = 10**10
_STAND_IN_DAY = date(2000, 1, 1)
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

Word = TypeVar("Word", bound=StrEnum)


class Fields:
    """The fields of one row, read one by one; ask `finish` last."""

    def __init__(self, row: Row, problems: list[Problem], *, within: str = "") -> None:
        """Start reading; `within` names a table inside the row's, such as `house_program`."""
        self.place = row.place
        #: The fields that have a problem.
        self.refused: set[str] = set()
        self._values = row.values
        self._problems = problems
        self._within = f"{within}." if within else ""
        self._asked: set[str] = set()

    def is_sound_in(self, *names: str) -> bool:
        """Return whether none of these fields has had a problem so far."""
        return self.refused.isdisjoint(names)

    def refuse(self, name: str, code: str, message: str) -> None:
        """Note a problem of one field."""
        self.refused.add(name)
        path = f"{self.place} {self._within}{name}".strip()
        note(self._problems, code=code, path=path, message=message)

    def finish(self, *, ignore: Collection[str] = ()) -> None:
        """Note every field that nobody asked for."""
        for name in self._values:
            if name not in self._asked and name not in ignore:
                message = f"unknown field{hint(name, self._asked)}"
                self.refuse(name, "unknown_field", message)

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields, in order, where the names are data themselves."""
        return tuple(self._values)

    def has(self, name: str) -> bool:
        """Return whether an optional field is there; an empty CSV cell is not."""
        self._asked.add(name)
        return self._values.get(name, "") != ""

    def raw(self, name: str, expected: str) -> object | None:
        """Return a required value; None with the problem noted where it is missing."""
        self._asked.add(name)
        if name in self._values:
            return self._values[name]
        self.refuse(name, "missing_field", f"missing; expected {expected}")
        return None

    def _wrong(self, name: str, expected: str, value: object) -> None:
        if value is not None:  # a missing field is noted already
            self.refuse(name, "wrong_type", f"expected {expected}; got {shown(value)}")

    def integer(self, name: str, *, minimum: int, maximum: int, unit: str) -> int:
        """Return a whole number within bounds; `1.0`, `true` and NaN are not whole numbers."""
        expected = f"{unit}, a whole number from {minimum:,} to {maximum:,}"
        value = self.raw(name, expected)
        if type(value) is not int:
            self._wrong(name, expected, value)
            return minimum
        if not minimum <= value <= maximum:
            self.refuse(name, "out_of_range", f"expected {expected}; got {shown(value)}")
            return minimum
        return value

    def cents(self, name: str, *, minimum: int = 0) -> int:
        """Return an amount in cents."""
        return self.integer(name, minimum=minimum, maximum=CENTS_MAX, unit="cents")

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        value = self.raw(name, "true or false")
        if type(value) is not bool:
            self._wrong(name, "true or false", value)
            return False
        return value

    def text(self, name: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
        """Return a text that is not empty, not too long, and has no control characters."""
        expected = f"a text of 1 to {length_max} characters"
        value = self.raw(name, expected)
        if not isinstance(value, str):
            self._wrong(name, expected, value)
            return ""
        if not value.strip():
            self.refuse(name, "empty_text", f"expected {expected}; it is empty")
        elif len(value) > length_max:
            self.refuse(name, "text_too_long", f"expected {expected}; it has {len(value)}")
        elif any(unicodedata.category(character) == "Cc" for character in value):
            message = "holds a control character such as NUL; leave it out"
            self.refuse(name, "control_character", message)
        elif value != value.strip():
            self.refuse(name, "surrounding_space", "begins or ends with a space; leave it out")
        return value

    def identifier(self, name: str) -> str:
        """Return a key: letters, digits, hyphens, underscores and full stops."""
        value = self.text(name, length_max=64)
        if self.is_sound_in(name) and not _IDENTIFIER.fullmatch(value):
            message = f"expected letters, digits, '-', '_' or '.'; got {shown(value)}"
            self.refuse(name, "not_an_identifier", message)
        return value

    def day(self, name: str) -> date:
        """Return a day that exists."""
        expected = "a day that exists, such as 2007-01-31"
        value = self.raw(name, expected)
        if type(value) is not date:
            self._wrong(name, expected, value)
            return _STAND_IN_DAY
        return value

    def period(self) -> tuple[date, date | None]:
        """Return `date_from` and `date_to`, which is exclusive and may be left open."""
        date_from = self.day("date_from")
        date_to = self.day("date_to") if self.has("date_to") else None
        if not self.is_sound_in("date_from", "date_to"):
            return date_from, date_to
        if date_to is not None and date_to <= date_from:
            message = f"must be later than date_from {date_from}; got {date_to}"
            self.refuse("date_to", "range_reversed", message)
        return date_from, date_to

    def word(self, name: str, words: type[Word]) -> Word:
        """Return a member of an enumeration."""
        known = [word.value for word in words]
        value = self.code(name, known, f"one of {', '.join(known)}")
        return words(value) if value in known else next(iter(words))

    def words(self, name: str, words: type[Word]) -> tuple[Word, ...]:
        """Return members of an enumeration, at least one, each once."""
        known = [word.value for word in words]
        found = self.codes(name, known, f"some of {', '.join(known)}")
        if self.is_sound_in(name) and not found:
            self.refuse(name, "empty_list", f"expected some of {', '.join(known)}")
        return tuple(words(value) for value in found)

    def code(self, name: str, known: Collection[str], expected: str) -> str:
        """Return a known code."""
        value = self.raw(name, expected)
        if not isinstance(value, str):
            self._wrong(name, expected, value)
            return ""
        if value not in known:
            message = f"unknown {shown(value)}; expected {expected}{hint(value, known)}"
            self.refuse(name, "unknown_code", message)
            return ""
        return value

    def codes(self, name: str, known: Collection[str], expected: str) -> tuple[str, ...]:
        """Return known codes, each once; the unknown ones are noted one by one."""
        value = self.raw(name, expected)
        if not isinstance(value, list):
            self._wrong(name, f"a list: {expected}", value)
            return ()
        found: list[str] = []
        for item in value:
            if not isinstance(item, str):
                self._wrong(name, expected, item)
            elif item not in known:
                message = f"unknown {shown(item)}; expected {expected}{hint(item, known)}"
                self.refuse(name, "unknown_code", message)
            elif item in found:
                self.refuse(name, "duplicate_code", f"{shown(item)} stands twice")
            else:
                found.append(item)
        return tuple(found)

    def inner(self, name: str, *, place: str | None = None) -> "Fields":
        """Return the fields of a table inside the row's; one that is no table has none."""
        value = self.raw(name, "a table")
        if not isinstance(value, dict):
            self._wrong(name, "a table", value)
        values = value if isinstance(value, dict) else {}
        return Fields(Row(place or self.place, values), self._problems, within=name)

    def ascending(self, least: str, greatest: str, found: tuple[int, int]) -> tuple[int, int]:
        """Return a range; one whose least is above its greatest is noted."""
        if self.is_sound_in(least, greatest) and found[0] > found[1]:
            message = f"{found[0]:,} is above {greatest}, {found[1]:,}"
            self.refuse(least, "range_reversed", message)
        return found
