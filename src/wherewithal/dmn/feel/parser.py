"""Parses FEEL: operators by precedence climbing, and the tests of decision tables.

Written by hand because what a name is depends on the scope: see docs/decisions/0004-feel-parser.md.
Source: DMN 1.5, 10.3.1 and 7.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import TokenKind, tokenise
from wherewithal.dmn.feel.names import BUILTIN_FUNCTIONS, TYPE_NAMES
from wherewithal.dmn.feel.parser_cursor import Cursor, new_cursor
from wherewithal.dmn.feel.parser_primary import COMPARISONS, parse_primary, unary_range
from wherewithal.dmn.feel.parser_words import parse_type

#: Comparisons that denote a range without brackets.
_BARE_RANGES = ("<", "<=", ">", ">=")
#: Higher trees are refused, so that walking one recursively needs a bounded stack.
HEIGHT_MAX = 250

_OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER = range(1, 7)
_LEVELS = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(COMPARISONS, _COMPARISON),
    "between": _COMPARISON,
    "in": _COMPARISON,
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": _MULTIPLICATIVE,
    "/": _MULTIPLICATIVE,
    "**": _POWER,
}


def parse_expression(
    text: str, *, names: Iterable[str] = (), members: Iterable[str] = ()
) -> ast.Node:
    """Parse an expression.

    `names` are in scope; `members` are names that may stand after a dot, inside a filter, or as a
    type. Names that are not known are read as runs of words.
    Errors: FeelSyntaxError with what was expected and where.

    >>> parse_expression("a-b", names=["a-b"])
    Name(start=0, name='a-b')
    """
    cursor = _cursor(text, names, members)
    node = cursor.expression()
    if cursor.token.kind is not TokenKind.END:
        cursor.fail("expected the end of the expression or an operator")
    _require_bounded_height(node)
    return node


def parse_iteration(
    text: str, *, names: Iterable[str] = (), members: Iterable[str] = ()
) -> ast.Node:
    """Parse what a boxed for, some or every walks over: an expression, or `a..b`, up or down.

    The latter becomes the list of its steps. Source: DMN 1.5, grammar rule 63.
    """
    cursor = _cursor(text, names, members)
    node = cursor.expression()
    if cursor.accept(".."):
        end = cursor.expression()
        steps = ast.Iterator(start=node.start, name="item", source=node, end=end)
        body = ast.Name(start=node.start, name="item")
        node = ast.For(start=node.start, iterators=(steps,), body=body)
    if cursor.token.kind is not TokenKind.END:
        cursor.fail("expected the end of the expression or an operator")
    _require_bounded_height(node)
    return node


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), members: Iterable[str] = ()
) -> ast.UnaryTests:
    """Parse a cell of a decision table, or allowed values: `-`, `< 5, 7`, `not("a", "b")`.

    Errors: FeelSyntaxError with what was expected and where.
    """
    cursor = _cursor(text, names, members)
    start = cursor.token.start
    if cursor.is_symbol("-") and cursor.tokens[1].kind is TokenKind.END:
        return ast.UnaryTests(start=start, tests=(), is_dash=True)
    negated = _is_negated(cursor)
    if negated:
        cursor.position = 2
    tests = [_parse_one_test(cursor)]
    while cursor.accept(","):
        tests.append(_parse_one_test(cursor))
    if negated:
        cursor.expect(")")
    if cursor.token.kind is not TokenKind.END:
        cursor.fail("expected ',' or the end of the cell")
    node = ast.UnaryTests(start=start, tests=tuple(tests), negated=negated)
    _require_bounded_height(node)
    return node


def _cursor(text: str, names: Iterable[str], members: Iterable[str]) -> Cursor:
    return new_cursor(
        text,
        tokenise(text),
        scopes=(frozenset(names), BUILTIN_FUNCTIONS),
        members=frozenset(members) | TYPE_NAMES,
        parsers=(_parse_operators, _parse_test),
    )


def _is_negated(cursor: Cursor) -> bool:
    """Return whether the whole cell is `not( ... )`."""
    tokens = cursor.tokens
    if tokens[0].text != "not" or tokens[1].text != "(":
        return False
    depth = 0
    for position, token in enumerate(tokens[1:], start=1):
        if token.kind is TokenKind.SYMBOL and token.text in "()":
            depth += 1 if token.text == "(" else -1
            # In `(1..5]` and `]1..5)` round brackets do not pair up; then the last one decides.
            if depth == 0:
                return tokens[position + 1].kind is TokenKind.END
    return tokens[-2].text == ")"


def _parse_one_test(cursor: Cursor) -> ast.Node:
    with cursor.deeper():
        return _parse_test(cursor)


def _parse_test(cursor: Cursor) -> ast.Node:
    """Parse one test: a comparison with the value, or an expression."""
    if not cursor.is_symbol(*COMPARISONS):
        return _parse_operators(cursor)
    token = cursor.take()
    operand = _parse_operators(cursor, _ADDITIVE)
    return ast.UnaryComparison(start=token.start, op=token.text, operand=operand)


def _parse_operators(cursor: Cursor, floor: int = _OR) -> ast.Node:
    """Parse operators that bind at least as tightly as `floor`; equals bind to the left."""
    if floor == _OR and cursor.is_symbol(*_BARE_RANGES):
        # Grammar rules 2 and 7: `< 10` is a range wherever an expression may stand.
        token = cursor.take()
        operand = _parse_operators(cursor, _ADDITIVE)
        return unary_range(token.text, operand, start=token.start)
    left = _parse_unary(cursor)
    while True:
        token = cursor.token
        level = _LEVELS.get(token.text, 0)
        if level < floor or token.kind not in (TokenKind.WORD, TokenKind.SYMBOL) or not level:
            return left
        cursor.take()
        if token.text == "between":
            low = _parse_operators(cursor, _ADDITIVE)
            cursor.expect("and")
            high = _parse_operators(cursor, _ADDITIVE)
            left = ast.Between(start=left.start, value=left, low=low, high=high)
        elif token.text == "in":
            left = ast.In(start=left.start, value=left, tests=_parse_in(cursor))
        else:
            right = _parse_operators(cursor, level + 1)
            left = ast.Binary(start=left.start, op=token.text, left=left, right=right)


def _parse_in(cursor: Cursor) -> tuple[ast.Node, ...]:
    """Parse what follows `in`: one test, or tests in brackets."""
    if not cursor.is_symbol("("):
        if cursor.is_symbol(*COMPARISONS):
            return (_parse_one_test(cursor),)
        return (_parse_operators(cursor, _ADDITIVE),)
    mark = cursor.position
    cursor.take()
    tests = [_parse_one_test(cursor)]
    if not cursor.is_symbol(".."):
        while cursor.accept(","):
            tests.append(_parse_one_test(cursor))
        cursor.expect(")")
        if len(tests) > 1 or not cursor.is_symbol(".", "[", "(", "+", "-", "*", "/", "**"):
            return tuple(tests)
    # `in (1..5]` or `in (xs)[1]`: the bracket belongs to an expression.
    cursor.position = mark
    return (_parse_operators(cursor, _ADDITIVE),)


def _parse_unary(cursor: Cursor) -> ast.Node:
    token = cursor.token
    if cursor.is_symbol("-") and cursor.names.longest(cursor.position) is None:
        cursor.take()
        with cursor.deeper():
            node: ast.Node = ast.Negation(start=token.start, operand=_parse_unary(cursor))
    else:
        node = _parse_postfix(cursor)
    while cursor.is_word("instance") and cursor.tokens[cursor.position + 1].text == "of":
        cursor.position += 2
        node = ast.InstanceOf(start=token.start, value=node, type_ref=parse_type(cursor))
    return node


def _parse_postfix(cursor: Cursor) -> ast.Node:
    node = parse_primary(cursor)
    while True:
        if cursor.is_symbol("."):
            cursor.take()
            node = ast.Path(start=node.start, target=node, name=cursor.member_name())
        elif cursor.is_symbol("[") and not _ends_interval(cursor):
            cursor.take()
            with cursor.filter_scope():
                condition = cursor.expression()
            cursor.expect("]")
            node = ast.Filter(start=node.start, target=node, condition=condition)
        elif cursor.is_symbol("("):
            node = ast.Invocation(
                start=node.start, function=node, arguments=_parse_arguments(cursor)
            )
        else:
            return node


def _ends_interval(cursor: Cursor) -> bool:
    """Return whether the `[` at hand closes the interval, as in `]1..5[`, and is not a filter."""
    if not cursor.may_end_interval:
        return False
    mark = cursor.position
    cursor.take()
    try:
        with cursor.filter_scope():
            cursor.expression()
        cursor.expect("]")
        is_filter = cursor.is_symbol("]", ")", "[", ".", "(")
    except FeelSyntaxError:
        is_filter = False
    cursor.position = mark
    cursor.may_end_interval = True
    return not is_filter


def _parse_arguments(cursor: Cursor) -> tuple[ast.Argument, ...]:
    cursor.take()
    arguments: list[ast.Argument] = []
    while not cursor.accept(")"):
        if arguments:
            cursor.expect(",")
        start = cursor.token.start
        name = cursor.name_until(":")
        if name is not None:
            cursor.expect(":")
        value = _parse_one_test(cursor) if cursor.is_symbol(*COMPARISONS) else cursor.expression()
        arguments.append(ast.Argument(start=start, name=name, value=value))
    if len({argument.name is None for argument in arguments}) > 1:
        raise FeelSyntaxError("name all arguments or none", arguments[0].start)
    return tuple(arguments)


def _require_bounded_height(node: ast.Node) -> None:
    level: list[ast.Node] = [node]
    for _ in range(HEIGHT_MAX):
        level = [child for parent in level for child in children_of(parent)]
        if not level:
            return
    message = f"the expression chains more than {HEIGHT_MAX} operations; give parts a name"
    raise FeelSyntaxError(message, node.start)


@cache
def _parts_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "start")


def children_of(node: ast.Node) -> list[ast.Node]:
    """Return the nodes directly under a node, in the order of its fields."""
    found: list[ast.Node] = []
    kind: Any = type(node)
    for name in _parts_of(kind):
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(item for item in value if isinstance(item, ast.Node))
    return found
