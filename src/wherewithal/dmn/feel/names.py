"""Names in scope: because FEEL names hold blanks and operators, reading needs to know them.

The longest known name wins. `a-b` is one name where `a-b` is known, else a subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import Token, TokenKind, normalise_name, tokenise
from wherewithal.dmn.feel.signatures import SIGNATURES

#: Every built-in function.
BUILTIN_FUNCTIONS = frozenset(SIGNATURES)
#: Type names of more than one word.
TYPE_NAMES = frozenset(
    (
        "date and time",
        "days and time duration",
        "years and months duration",
        "date time",
        "dateTime",
    )
)
#: Words that end a run of words of an unknown name.
STOP_WORDS = frozenset(
    ("and", "or", "in", "between", "then", "else", "return", "satisfies", "instance")
)

#: Words that are no names, as they begin or join expressions.
KEYWORDS = STOP_WORDS | {"if", "for", "some", "every", "function", "true", "false", "null"}

#: By first token: (all tokens, name), the longest first.
NameIndex = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


@lru_cache(maxsize=512)
def index_names(names: frozenset[str]) -> NameIndex:
    """Return the names by their first token, the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for raw in names:
        name = normalise_name(raw)
        try:
            parts = tuple(token.text for token in tokenise(name)[:-1])
        except FeelSyntaxError:  # a name with a quotation mark can never be written in FEEL
            continue
        if parts:
            index.setdefault(parts[0], []).append((parts, name))
    for found in index.values():
        found.sort(key=lambda entry: (-len(entry[0]), entry[1]))
    return index


class NameScope:
    """A stack of name indexes, searched for the longest name that the tokens spell."""

    def __init__(self, tokens: Sequence[Token], *indexes: NameIndex) -> None:
        """Start with the given indexes; all are in scope until the text ends."""
        self._tokens = tokens
        self._stack: list[NameIndex] = list(indexes)

    def push(self, names: Iterable[str]) -> None:
        """Bring names into scope."""
        self._stack.append(index_names(frozenset(names)))

    def push_index(self, index: NameIndex) -> None:
        """Bring an index into scope."""
        self._stack.append(index)

    def depth(self) -> int:
        """Return a mark for `cut`."""
        return len(self._stack)

    def cut(self, depth: int) -> None:
        """Forget what was pushed since the mark was taken."""
        del self._stack[depth:]

    def longest(self, position: int) -> tuple[str, int] | None:
        """Return the longest known name that starts at a token, and its number of tokens.

        White space is no token: `a - b` is the name `a-b` where that is known, and `(a)-(b)` is how
        to subtract there.
        """
        first = self._tokens[position].text
        best: tuple[str, int] | None = None
        for index in self._stack:
            for parts, name in index.get(first, ()):
                is_longer = best is None or len(parts) > best[1]
                if is_longer and self._spells(position, parts):
                    best = (name, len(parts))
        return best

    def _spells(self, position: int, parts: tuple[str, ...]) -> bool:
        end = position + len(parts)
        if end > len(self._tokens):
            return False
        return all(
            token.kind is not TokenKind.END and token.text == part
            for token, part in zip(self._tokens[position:end], parts, strict=True)
        )
