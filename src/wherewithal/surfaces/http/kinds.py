"""Kinds of value: how one field or parameter is checked, and how the OpenAPI document says it.

The check and the schema of a kind stand side by side: the document promises what is enforced.
"""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from wherewithal.surfaces.http.problem import Mistake

Schema = dict[str, Any]
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID_FORM = re.compile(_UUID)
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_SHA256 = r"[0-9a-f]{64}"
#: `_UNWRITABLE` as a class of characters, for schemas; JSON in UTF-8 has no half characters.
_WRITABLE = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]"
_VISIBLE = rf"[^\s{_WRITABLE[2:-1]}]"
LETTER, LETTER_OR_DIGIT = r"\p{L}", r"[\p{L}\p{N}]"
#: Control characters (NUL among them), lone surrogates, line and paragraph separators.
_UNWRITABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a value, before it is known where it stands."""

    code: str
    expected: str
    hint: str | None = None

    def at(self, path: str) -> Mistake:
        """Return it as a mistake at a place."""
        return Mistake(path=path, code=self.code, expected=self.expected, hint=self.hint)


class Kind(Protocol):
    """A kind of value."""

    @property
    def schema(self) -> Schema:
        """Return the JSON Schema that says what `read` accepts."""
        ...

    @abstractmethod
    def read(self, value: object) -> Any:
        """Return the value as a use case takes it, or a `Wrong`; `value` is decoded JSON."""

    @abstractmethod
    def of_text(self, text: str) -> object:
        """Return decoded JSON for a parameter's text; what is none goes to `read` as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """A whole number within bounds, both inclusive."""

    minimum: int
    maximum: int
    unit: str = "a whole number"

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {
            "type": "integer",
            "format": "int64",
            "minimum": self.minimum,
            "maximum": self.maximum,
        }

    def read(self, value: object) -> int | Wrong:
        """Return it, or why not."""
        expected = f"{self.unit} from {self.minimum:,} to {self.maximum:,}"
        if not isinstance(value, int) or isinstance(value, bool):
            return Wrong(code="not_an_integer", expected=expected)
        if not self.minimum <= value <= self.maximum:
            return Wrong(code="out_of_range", expected=expected)
        return value

    def of_text(self, text: str) -> object:
        """Return the number that plain ASCII digits say."""
        return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean:
    """True or false."""

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {"type": "boolean"}

    def read(self, value: object) -> bool | Wrong:
        """Return it, or why not."""
        expected = "true or false"
        return value if isinstance(value, bool) else Wrong(code="not_a_boolean", expected=expected)

    def of_text(self, text: str) -> object:
        """Return what `true` and `false` say."""
        return {"true": True, "false": False}.get(text, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One of a few words, spelled as they are."""

    words: tuple[str, ...]
    code: str = "unknown_word"
    #: Said in place of the list.
    expected: str | None = None
    convert: Callable[[str], Any] = str

    @classmethod
    def of(cls, words: type[StrEnum]) -> Word:
        """Return the kind whose words are the members of an enumeration."""
        return cls(words=tuple(words), convert=words)

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {"type": "string", "enum": [str(word) for word in self.words]}

    def read(self, value: object) -> Any:
        """Return it, or why not with the closest word."""
        if isinstance(value, str) and value in self.words:
            return self.convert(value)
        near = _nearest(value, self.words) if isinstance(value, str) else None
        return Wrong(
            code=self.code,
            expected=self.expected or ", ".join(self.words),
            hint=near and f"did you mean {near}?",
        )

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A list of words, each once."""

    word: Word

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {
            "type": "array",
            "items": self.word.schema,
            "minItems": 1,
            "maxItems": len(self.word.words),
            "uniqueItems": True,
        }

    def read(self, value: object) -> Any:
        """Return them as a frozen set, or why not."""
        expected = f"a list of one or more of {', '.join(self.word.words)}, each once"
        if not isinstance(value, list) or not 1 <= len(value) <= len(self.word.words):
            return Wrong(code="wrong_type", expected=expected)
        read = [self.word.read(entry) for entry in value]
        if any(isinstance(entry, Wrong) for entry in read) or len(set(read)) < len(read):
            return Wrong(code="unknown_word", expected=expected)
        return frozenset(read)

    def of_text(self, text: str) -> object:
        """Return a list of one."""
        return [text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text that people write."""

    characters_max: int
    #: For texts of machines: the form that the whole has to have, and how it is described.
    form: str | None = None
    code: str = "text_malformed"
    described: str = ""

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        pattern = f"^{self.form}$" if self.form else line_with(_VISIBLE)
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": self.characters_max,
            "pattern": pattern,
        }

    def read(self, value: object) -> str | Wrong:
        """Return it without the spaces around it, or why not."""
        expected = self.described or f"text of 1 to {self.characters_max} characters"
        if not isinstance(value, str):
            return Wrong(code="wrong_type", expected=expected)
        if len(value) > self.characters_max:
            return Wrong(code="text_too_long", expected=expected, hint=f"this has {len(value):,}")
        if any(unicodedata.category(character) in _UNWRITABLE for character in value):
            return Wrong(code="unwritable_text", expected="one line of plain text")
        if self.form and not re.fullmatch(self.form, value):
            return Wrong(code=self.code, expected=expected)
        return value.strip() or Wrong(code="empty_text", expected=expected)

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Id:
    """A UUID of ours in its one spelling."""

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {"type": "string", "format": "uuid", "pattern": f"^{_UUID}$"}

    def read(self, value: object) -> UUID | Wrong:
        """Return it, or why not."""
        if isinstance(value, str) and _UUID_FORM.fullmatch(value):
            return UUID(value)
        return Wrong(code="not_an_id", expected="a UUID in lower case with hyphens")

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A SHA-256 as text."""

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {"type": "string", "pattern": f"^{_SHA256}$"}

    def read(self, value: object) -> bytes | Wrong:
        """Return its 32 bytes, or why not."""
        if isinstance(value, str) and re.fullmatch(_SHA256, value):
            return bytes.fromhex(value)
        return Wrong(code="not_a_digest", expected="64 hexadecimal digits in lower case")

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment with its zone."""

    @property
    def schema(self) -> Schema:
        """Return its schema."""
        return {"type": "string", "format": "date-time"}

    def read(self, value: object) -> datetime | Wrong:
        """Return it in UTC, or why not."""
        wrong = Wrong(code="not_a_moment", expected="a moment such as 2026-11-20T09:30:00Z")
        if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
            return wrong
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            return wrong

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


def line_with(seen: str) -> str:
    """Return the pattern of a line of text in which such a character stands."""
    return rf"^{_WRITABLE}*{seen}{_WRITABLE}*$"


def _nearest(text: str, words: tuple[str, ...]) -> str | None:
    """Return the word that was meant, most likely; long texts mean none."""
    if len(text) > 40:
        return None
    by_case = {word.casefold(): word for word in words}
    near = get_close_matches(text.casefold(), by_case, n=1)
    return by_case[near[0]] if near else None
