"""What an expression is made of: literals, names, lists, contexts, intervals, brackets."""

from __future__ import annotations

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import TokenKind
from wherewithal.dmn.feel.names import STOP_WORDS
from wherewithal.dmn.feel.parser_cursor import Cursor
from wherewithal.dmn.feel.parser_words import KEYWORD_PARSERS

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")


def parse_primary(cursor: Cursor) -> ast.Node:
    """Parse a literal, a name, a bracketed form or a keyword's form."""
    token = cursor.token
    if token.kind is TokenKind.NUMBER:
        return ast.NumberLiteral(start=token.start, text=cursor.take().text)
    if token.kind is TokenKind.STRING:
        return ast.StringLiteral(start=token.start, value=cursor.take().value)
    if token.kind is TokenKind.WORD:
        return _parse_word(cursor)
    if cursor.accept("@"):
        if cursor.token.kind is not TokenKind.STRING:
            cursor.fail("expected a string after '@'")
        return ast.AtLiteral(start=token.start, text=cursor.take().value)
    if cursor.is_symbol("("):
        return _parse_bracket(cursor)
    if cursor.is_symbol("["):
        return _parse_list(cursor)
    if cursor.is_symbol("]"):
        cursor.take()
        with cursor.deeper():
            low = _parse_endpoint(cursor)
            return parse_interval_rest(cursor, low, low_closed=False, start=token.start)
    if cursor.is_symbol("{"):
        return _parse_context(cursor)
    found = _parse_known_name(cursor)
    if found is None:
        cursor.fail("expected an expression")
    return found


def _parse_known_name(cursor: Cursor) -> ast.Node | None:
    found = cursor.names.longest(cursor.position)
    if found is None:
        return None
    start = cursor.token.start
    cursor.position += found[1]
    return ast.Name(start=start, name=found[0])


def _parse_word(cursor: Cursor) -> ast.Node:
    token = cursor.token
    found = cursor.names.longest(cursor.position)
    if found is None or found[1] == 1:
        if (parse := KEYWORD_PARSERS.get(token.text)) is not None:
            node = parse(cursor)
            if node is not None:
                return node
        if token.text in STOP_WORDS:
            cursor.fail("expected an expression")
    if found is not None:
        following = cursor.tokens[cursor.position + found[1]]
        if following.kind is not TokenKind.WORD or following.text in STOP_WORDS:
            cursor.position += found[1]
            return ast.Name(start=token.start, name=found[0])
    if token.text == "?":
        cursor.take()
        return ast.Name(start=token.start, name="?")
    return ast.Name(start=token.start, name=cursor.words())


def _parse_bracket(cursor: Cursor) -> ast.Node:
    """Parse `(expression)`, `(low..high]` or a range such as `(< 5)`."""
    start = cursor.take().start
    if cursor.is_symbol(*COMPARISONS):
        op = cursor.take().text
        operand = cursor.expression()
        cursor.expect(")")
        return unary_range(op, operand, start=start)
    inner = cursor.expression()
    if cursor.is_symbol(".."):
        with cursor.deeper():
            return parse_interval_rest(cursor, inner, low_closed=False, start=start)
    cursor.expect(")")
    return inner


def unary_range(op: str, operand: ast.Node, *, start: int) -> ast.Node:
    """Return `(op operand)` as an interval with an unbounded end; `!=` stays a test."""
    if op == "!=":
        return ast.UnaryComparison(start=start, op=op, operand=operand)
    return ast.Interval(
        start=start,
        low=operand if op in (">", ">=", "=") else None,
        high=operand if op in ("<", "<=", "=") else None,
        low_closed=op in (">=", "="),
        high_closed=op in ("<=", "="),
    )


def _parse_list(cursor: Cursor) -> ast.Node:
    start = cursor.take().start
    items: list[ast.Node] = []
    if cursor.accept("]"):
        return ast.ListLiteral(start=start, items=())
    items.append(cursor.expression() if not cursor.is_symbol(*COMPARISONS) else _test(cursor))
    if cursor.is_symbol(".."):
        with cursor.deeper():
            return parse_interval_rest(cursor, items[0], low_closed=True, start=start)
    while cursor.accept(","):
        items.append(cursor.expression())
    cursor.expect("]")
    return ast.ListLiteral(start=start, items=tuple(items))


def _test(cursor: Cursor) -> ast.Node:
    with cursor.deeper():
        return cursor.parse_test(cursor)


def _parse_endpoint(cursor: Cursor) -> ast.Node:
    with cursor.deeper():
        return cursor.parse_expression(cursor)


def parse_interval_rest(cursor: Cursor, low: ast.Node, *, low_closed: bool, start: int) -> ast.Node:
    """Parse from `..` to the interval's closing bracket."""
    cursor.expect("..")
    was_in_interval, cursor.may_end_interval = cursor.may_end_interval, True
    high = _parse_endpoint(cursor)
    cursor.may_end_interval = was_in_interval
    if not cursor.is_symbol("]", ")", "["):
        cursor.fail("expected ']', ')' or '[' at the end of the interval")
    high_closed = cursor.take().text == "]"
    return ast.Interval(
        start=start, low=low, high=high, low_closed=low_closed, high_closed=high_closed
    )


def _parse_context(cursor: Cursor) -> ast.Node:
    start = cursor.take().start
    entries: list[ast.ContextEntry] = []
    seen: set[str] = set()
    with cursor.scope():
        while not cursor.accept("}"):
            if entries:
                cursor.expect(",")
            entry_start = cursor.token.start
            if cursor.token.kind is TokenKind.STRING:
                key: str | None = cursor.take().value
            else:
                key = cursor.name_until(":")
            if key is None:
                cursor.fail("expected the name of a context entry, then ':'")
            if key in seen:
                raise FeelSyntaxError(f"the context has two entries named '{key}'", entry_start)
            cursor.expect(":")
            value = cursor.expression()
            entries.append(ast.ContextEntry(start=entry_start, key=key, value=value))
            seen.add(key)
            cursor.add_name(key)
    return ast.ContextLiteral(start=start, entries=tuple(entries))
