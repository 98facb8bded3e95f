"""The parser's place in a text: tokens, names in scope, nesting depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import Token, TokenKind, normalise_name
from wherewithal.dmn.feel.names import STOP_WORDS, NameIndex, NameScope, index_names

#: Deeper nesting is refused, so that no recursion over a tree can run out of stack.
DEPTH_MAX = 100

_WORDS_AND_SYMBOLS = (TokenKind.WORD, TokenKind.SYMBOL)
_QUOTATION = ' (a text stands between straight quotation marks, "so")'
#: What is meant by tokens that other languages have, or that a text processor puts in.
_HINTS = {
    **dict.fromkeys(("'", "\u2018", "\u2019", "\u201c", "\u201d", "`"), _QUOTATION),
    "=": " (equality is written with one '=')",
    "&": " (write 'and')",
    "|": " (write 'or')",
    "!": " (write 'not(...)', or '!=')",
    "%": " (write 'modulo(a, b)')",
    "\u2013": " (a dash; write '-')",
    "\u2212": " (a dash; write '-')",
}
_NEVER_IN_NAMES = frozenset('()[]{},:;"@<>=!')


@dataclass(slots=True, kw_only=True)
class Cursor:
    """Reads tokens from left to right; parsing functions share one."""

    text: str
    tokens: list[Token]
    #: Names that stand alone.
    names: NameScope
    #: Names that stand after a dot, as a type, or inside a filter.
    members: NameScope
    member_index: NameIndex
    #: Parses an expression; set by the parser so that its parts need not import each other.
    parse_expression: Callable[[Cursor], ast.Node]
    #: Parses one test of a cell.
    parse_test: Callable[[Cursor], ast.Node]
    position: int = 0
    depth: int = 0
    #: Whether a `[` may end the interval that is being read.
    may_end_interval: bool = False
    #: Keys of the contexts read so far.
    _keys: list[str] = field(default_factory=list)

    @property
    def token(self) -> Token:
        """Return the token at hand."""
        return self.tokens[self.position]

    def is_symbol(self, *texts: str) -> bool:
        """Return whether the token at hand is one of these symbols."""
        token = self.token
        return token.kind is TokenKind.SYMBOL and token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Return whether the token at hand is one of these words."""
        token = self.token
        return token.kind is TokenKind.WORD and token.text in texts

    def take(self) -> Token:
        """Return the token at hand and go on."""
        token = self.tokens[self.position]
        if token.kind is not TokenKind.END:
            self.position += 1
        return token

    def accept(self, text: str) -> bool:
        """Go past a symbol or word if it is at hand."""
        token = self.token
        if token.kind in _WORDS_AND_SYMBOLS and token.text == text:
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Go past a symbol or word that must be at hand."""
        if not self.accept(text):
            self.fail(f"expected '{text}'")

    def fail(self, expected: str) -> NoReturn:
        """Raise FeelSyntaxError at the token at hand."""
        token = self.token
        found = f"'{token.text}'" if token.kind is not TokenKind.END else "the end"
        hint = _HINTS.get(token.text, "") if token.kind is TokenKind.SYMBOL else ""
        raise FeelSyntaxError(f"{expected}, found {found}{hint}", token.start)

    def expression(self) -> ast.Node:
        """Parse a nested expression."""
        was_in_interval, self.may_end_interval = self.may_end_interval, False
        with self.deeper():
            node = self.parse_expression(self)
        self.may_end_interval = was_in_interval
        return node

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting."""
        if self.depth >= DEPTH_MAX:
            message = f"the expression nests deeper than {DEPTH_MAX} levels; give parts a name"
            raise FeelSyntaxError(message, self.token.start)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def scope(self, names: Iterable[str] = ()) -> Iterator[None]:
        """Bring names into scope for a while."""
        mark = self.names.depth()
        self.names.push(names)
        try:
            yield
        finally:
            self.names.cut(mark)

    @contextmanager
    def filter_scope(self) -> Iterator[None]:
        """Bring the names of members into scope, as inside a filter."""
        mark = self.names.depth()
        self.names.push_index(self.member_index)
        self.names.push(self._keys)
        self.names.push(("item",))
        try:
            yield
        finally:
            self.names.cut(mark)

    def add_name(self, name: str) -> None:
        """Bring one name into the innermost scope, and let it stand after a dot from here on."""
        self.names.push((name,))
        self.members.push((name,))
        self._keys.append(name)

    def words(self) -> str:
        """Read a run of words up to a word that cannot be part of an unknown name."""
        first = self.take()
        parts = [first.text]
        while True:
            token = self.token
            is_digits = token.kind is TokenKind.NUMBER and token.text.isdigit()
            if is_digits or (token.kind is TokenKind.WORD and token.text not in STOP_WORDS):
                parts.append(self.take().text)
            else:
                return " ".join(parts)

    def member_name(self) -> str:
        """Read the name after a dot."""
        found = self.members.longest(self.position)
        if found is not None:
            following = self.tokens[self.position + found[1]]
            if following.kind is not TokenKind.WORD or following.text in STOP_WORDS:
                self.position += found[1]
                return found[0]
        if self.token.kind is not TokenKind.WORD:
            self.fail("expected a name after '.'")
        return self.words()

    def name_until(self, *ends: str) -> str | None:
        """Read a new name up to one of these tokens; None (nothing read) if there is none."""
        position = self.position
        while True:
            token = self.tokens[position]
            if token.kind in _WORDS_AND_SYMBOLS and token.text in ends:
                break
            if token.kind in (TokenKind.END, TokenKind.STRING) or token.text in _NEVER_IN_NAMES:
                return None
            position += 1
        if position == self.position:
            return None
        start, end = self.token.start, self.tokens[position - 1].end
        self.position = position
        return normalise_name(self.text[start:end])


def new_cursor(
    text: str,
    tokens: list[Token],
    *,
    scopes: tuple[frozenset[str], ...],
    members: frozenset[str],
    parsers: tuple[Callable[[Cursor], ast.Node], Callable[[Cursor], ast.Node]],
) -> Cursor:
    """Return a cursor at the first token."""
    member_index = index_names(members)
    indexes = [index_names(scope) for scope in scopes]
    return Cursor(
        text=text,
        tokens=tokens,
        names=NameScope(tokens, *indexes),
        members=NameScope(tokens, member_index, indexes[0]),
        member_index=member_index,
        parse_expression=parsers[0],
        parse_test=parsers[1],
    )
