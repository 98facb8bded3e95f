"""Cuts zen's texts into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from wherewithal.dmn.jdm.zen_ast import Unmapped

#: A text of a cell; longer ones are no rule that people read.
LENGTH_MAX = 20_000
#: The largest exponent of `1e6` that is written out.
_EXPONENT_MAX = 30
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9_]*(?:\.(?!\.)[0-9]*)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*|\$)"
    r"|(?P<sign>\.\.|==|!=|>=|<=|\?\?|[-+*/%^<>!?:,.()\[\]{}#`=&|]))"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text; `kind` is number, text, name, sign or end."""

    kind: str
    text: str


def tokens_of(text: str) -> list[Token]:
    """Return the tokens with one of kind `end` behind them.

    Errors: Unmapped where the text is no text of the language.
    """
    if len(text) > LENGTH_MAX:
        raise Unmapped(f"is longer than {LENGTH_MAX} characters")
    found: list[Token] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unmapped(f"'{text[place:].strip()[:1]}' begins nothing that zen knows")
        place = match.end()
        kind, piece = match.lastgroup, match[match.lastgroup]
        if kind == "number":
            piece = _plain(piece)
        if piece == "`":
            raise Unmapped("a template text has no FEEL form; join its parts with +")
        found.append(Token(kind, piece[1:-1] if kind == "text" else piece))
    return [*found, Token("end", "")]


def _plain(piece: str) -> str:
    """Return a number as FEEL writes it: without underscores or exponent."""
    value = Decimal(piece.replace("_", ""))
    if abs(value.adjusted()) > _EXPONENT_MAX:
        raise Unmapped("the number has more digits than zen holds")
    return f"{value:f}"
