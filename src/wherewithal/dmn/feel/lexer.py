"""Cuts a FEEL text into tokens; what is a name is decided later, where the scope is known.

Source: DMN 1.5, 10.3.1.2, grammar rules 27-36 (names, white space, literals).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from wherewithal.dmn.feel.errors import FeelSyntaxError

#: Longer texts are refused: no honest expression comes near.
TEXT_LENGTH_MAX = 100_000

_SPACE = r"\t\n\x0b\f\r \x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_START = (
    r"A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff"
    r"\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd"
    r"\U00010000-\U000effff"
)
_PART = _START + r"0-9\xb7\u0300-\u036f\u203f-\u2040"
_TOKEN = re.compile(
    rf"""
      (?P<space>[{_SPACE}]+ | //[^\r\n]* | /\*.*?\*/)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<word>\? | [{_START}][{_PART}]*)
    | (?P<symbol>\.\. | -> | \*\* | <= | >= | !=)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)? | \.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SPACES = re.compile(f"[{_SPACE}]+")


class TokenKind(Enum):
    """What a token is before names are known."""

    NUMBER = "number"
    STRING = "string"
    WORD = "word"
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    """A token; `text` is as written, `value` is a string's text with its escapes resolved."""

    kind: TokenKind
    text: str
    start: int
    end: int
    value: str = ""


_POINT_MAX = 0x10FFFF
_KINDS = {
    "string": TokenKind.STRING,
    "word": TokenKind.WORD,
    "symbol": TokenKind.SYMBOL,
    "number": TokenKind.NUMBER,
    "other": TokenKind.SYMBOL,
}


def normalise_name(text: str) -> str:
    """Return the name with outer white space removed and each inner run made one blank.

    >>> normalise_name("  date of  birth ")
    'date of birth'
    """
    return _SPACES.sub(" ", text).strip(" ")


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text, the last of them END.

    Errors: FeelSyntaxError for a string or comment without its end, an escape that is no character,
    and a text over the bound.
    """
    if len(text) > TEXT_LENGTH_MAX:
        message = f"the text has {len(text)} characters; at most {TEXT_LENGTH_MAX} are read"
        raise FeelSyntaxError(message, 0)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "other"
        if group == "space":
            continue
        start, found = match.start(), match.group()
        if group == "string":
            _refuse_escapes(found, start)
            token = Token(TokenKind.STRING, found, start, match.end(), unescape(found[1:-1]))
        elif found == '"':
            raise FeelSyntaxError("a string lacks its closing quotation mark", start)
        elif found == "/" and text.startswith("/*", start):
            raise FeelSyntaxError("a comment lacks its closing */", start)
        else:
            token = Token(_KINDS[group], found, start, match.end())
        tokens.append(token)
    tokens.append(Token(TokenKind.END, "", len(text), len(text)))
    return tokens


def _refuse_escapes(text: str, start: int) -> None:
    """Refuse an escape above the last character that there is."""
    for match in _ESCAPE.finditer(text) if "\\" in text else ():
        code = match.group(1) or match.group(2)
        if code and int(code, 16) > _POINT_MAX:
            message = f"'{match.group()}' is no character: the last is '\\U10FFFF'"
            raise FeelSyntaxError(message, start + match.start())


def unescape(text: str) -> str:
    r"""Return the text with FEEL's escapes resolved; an unknown escape stays as it is.

    >>> unescape(r"\u0041\U01F40E\n") == "A\U0001f40e\n"
    True
    """
    if "\\" not in text:
        return text
    resolved = _ESCAPE.sub(_resolve_escape, text)
    # Two \u escapes may spell one character as a surrogate pair; a lone surrogate cannot be kept.
    return resolved.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _resolve_escape(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    if code:
        point = int(code, 16)
        return chr(point) if point <= _POINT_MAX else match.group()
    return _PLAIN_ESCAPES.get(match.group(3), match.group())
