"""The guard before parsing: a body is read as raw bytes, once, in linear time, without recursion.

The usual parsers follow ten thousand brackets until the stack ends, take the last of two equal keys
in silence, and read 1e400 as infinity. Nothing that this guard lets through does any of that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import msgspec

from wherewithal.surfaces.http.problem import Mistake, Refused
from wherewithal.surfaces.http.settings import JSON_DEPTH_MAX, JSON_KEYS_MAX

#: No amount, date or count needs more; a conversion of a long one takes quadratic time.
NUMBER_CHARACTERS_MAX = 40
#: More of the same are counted as one.
_LISTED_MAX = 20
#: A text, also one that the body ends within, a number or word, or one structural character.
#: Possessive, and no alternative fails late: no byte is looked at twice.
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[^\s{}\[\],:"]++|[{}\[\],:]', re.DOTALL
)
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
_ESCAPED_NUL = rb"\u0000"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
UNKNOWN_NAME = "(unknown field)"


def read_json(body: bytes, *, names: Collection[str] = ()) -> object:
    """Return the document, or refuse it with all that is wrong with it as a document.

    `names` are the fields of the body; no other key is repeated in a path: it may be anything.
    Integers stay integers of any size, so that a reader of fields sees what was sent.
    Errors: Refused `malformed-body`.
    """
    if not body.strip():
        raise _refused([_whole("empty_body", "a JSON object")])
    try:
        body.decode()
    except UnicodeDecodeError:
        raise _refused([_whole("not_utf8", "text in UTF-8")]) from None
    mistakes = _Scan(names).mistakes_of(body)
    if mistakes:
        raise _refused(mistakes)
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError):
        raise _refused([_whole("malformed_json", "a JSON document (RFC 8259)")]) from None


def _refused(mistakes: list[Mistake]) -> Refused:
    return Refused("malformed-body", mistakes=mistakes)


def _whole(code: str, expected: str) -> Mistake:
    return Mistake(path="$", code=code, expected=expected)


class _Scan:
    """One pass over the tokens of a body: where it is, and what was found."""

    def __init__(self, names: Collection[str]) -> None:
        """Begin at the root; `names` are those that paths may show."""
        self.known = names
        #: For each open object its keys, for each open list None.
        self.open: list[set[str] | None] = []
        #: The last key of each open object.
        self.names: list[str] = []
        self.key_count = 0
        self.mistakes: list[Mistake] = []

    def mistakes_of(self, body: bytes) -> list[Mistake]:
        """Return what is wrong; a body that is no JSON at all may pass, and the parser says so."""
        is_key = False
        for match in _TOKEN.finditer(body):
            token = match[0]
            first = token[0]
            if first == 0x22:  # a text
                if is_key and not self._add_key(token):
                    break
                if b"\\" in token:
                    self._look_at_escapes(token)
                is_key = False
            elif first in b"{[":
                self.open.append(set() if first == 0x7B else None)
                self.names.append("")
                is_key = first == 0x7B
                if len(self.open) > JSON_DEPTH_MAX:
                    self._add(_whole("too_deep", f"at most {JSON_DEPTH_MAX} levels"))
                    break
            elif first in b"}]":
                if self.open:
                    self.open.pop()
                    self.names.pop()
                is_key = False
            elif first == 0x2C:
                is_key = bool(self.open) and self.open[-1] is not None
            elif first != 0x3A:
                self._look_at_number(token)
        return self.mistakes

    def _add_key(self, token: bytes) -> bool:
        """Keep a key; return whether to go on."""
        self.key_count += 1
        if self.key_count > JSON_KEYS_MAX:
            self._add(_whole("too_many_keys", f"at most {JSON_KEYS_MAX} keys in all"))
            return False
        try:
            name = json.loads(token) if b"\\" in token else token[1:-1].decode()
        except ValueError:  # the parser will say that it is malformed
            return True
        keys = self.open[-1] if self.open else None
        if keys is None:
            return True
        self.names[-1] = name
        if name in keys:
            self._add(Mistake(path=self._path(), code="duplicate_key", expected="each key once"))
        keys.add(name)
        return True

    def _look_at_escapes(self, token: bytes) -> None:
        if _ESCAPED_NUL not in token and _SURROGATE.search(token) is None:
            return
        try:
            text = json.loads(token)
        except ValueError:
            return
        if "\0" in text:
            self._add(Mistake(path=self._path(), code="nul_character", expected="text without it"))
        if any("\ud800" <= character <= "\udfff" for character in text):
            expected = "whole characters"
            self._add(Mistake(path=self._path(), code="lone_surrogate", expected=expected))

    def _look_at_number(self, token: bytes) -> None:
        code = None
        if _NOT_FINITE.fullmatch(token):
            code = "non_finite_number"
        elif token[0] in b"-0123456789":
            if len(token) > NUMBER_CHARACTERS_MAX:
                code = "number_too_long"
            elif (b"e" in token or b"E" in token) and _is_beyond_bounds(token):
                code = "non_finite_number"
        if code:
            self._add(Mistake(path=self._path(), code=code, expected="a finite number"))

    def _path(self) -> str:
        names = [
            f".{name if name in self.known else UNKNOWN_NAME}" if keys is not None else "[]"
            for name, keys in zip(self.names, self.open, strict=True)
        ]
        return "$" + "".join(names)

    def _add(self, mistake: Mistake) -> None:
        if len(self.mistakes) < _LISTED_MAX:
            self.mistakes.append(mistake)


def _is_beyond_bounds(token: bytes) -> bool:
    try:
        return abs(float(token)) == float("inf")
    except ValueError:
        return False
