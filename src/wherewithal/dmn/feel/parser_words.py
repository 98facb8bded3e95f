"""Forms that begin with a keyword: if, for, some, every, function, and the constants."""

from __future__ import annotations

from collections.abc import Callable

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.lexer import TokenKind
from wherewithal.dmn.feel.parser_cursor import Cursor


def _parse_if(cursor: Cursor) -> ast.Node:
    start = cursor.take().start
    condition = cursor.expression()
    cursor.expect("then")
    yes = cursor.expression()
    cursor.expect("else")
    return ast.If(start=start, condition=condition, yes=yes, no=cursor.expression())


def _parse_iterators(cursor: Cursor) -> tuple[ast.Iterator, ...]:
    """Parse `a in x, b in y..z`; each variable is in scope for those after it."""
    iterators: list[ast.Iterator] = []
    while True:
        start = cursor.token.start
        name = cursor.name_until("in")
        if name is None:
            cursor.fail("expected a variable, then 'in'")
        cursor.expect("in")
        source = cursor.expression()
        end = cursor.expression() if cursor.accept("..") else None
        iterators.append(ast.Iterator(start=start, name=name, source=source, end=end))
        cursor.names.push((name,))
        if not cursor.accept(","):
            return tuple(iterators)


def _parse_for(cursor: Cursor) -> ast.Node:
    start = cursor.take().start
    with cursor.scope(("partial",)):
        iterators = _parse_iterators(cursor)
        cursor.expect("return")
        return ast.For(start=start, iterators=iterators, body=cursor.expression())


def _parse_quantified(cursor: Cursor) -> ast.Node:
    token = cursor.take()
    with cursor.scope():
        iterators = _parse_iterators(cursor)
        cursor.expect("satisfies")
        condition = cursor.expression()
    every = token.text == "every"
    return ast.Quantified(start=token.start, every=every, iterators=iterators, condition=condition)


def _parse_function(cursor: Cursor) -> ast.Node | None:
    following = cursor.tokens[cursor.position + 1]
    if following.kind is not TokenKind.SYMBOL or following.text != "(":
        return None
    start = cursor.take().start
    cursor.expect("(")
    parameters: list[ast.Parameter] = []
    while not cursor.accept(")"):
        if parameters:
            cursor.expect(",")
        parameter_start = cursor.token.start
        name = cursor.name_until(":", ",", ")")
        if name is None:
            cursor.fail("expected the name of a parameter")
        type_ref = parse_type(cursor) if cursor.accept(":") else None
        parameters.append(ast.Parameter(start=parameter_start, name=name, type_ref=type_ref))
    # A parameter may be named `external`; the keyword stands before a context.
    external = cursor.is_word("external") and cursor.tokens[cursor.position + 1].text == "{"
    if external:
        cursor.take()
    with cursor.scope(parameter.name for parameter in parameters):
        body = cursor.expression()
    return ast.FunctionDefinition(
        start=start, parameters=tuple(parameters), body=body, external=external
    )


def _parse_constant(cursor: Cursor) -> ast.Node:
    token = cursor.take()
    if token.text == "null":
        return ast.NullLiteral(start=token.start)
    return ast.BooleanLiteral(start=token.start, value=token.text == "true")


#: By first word. A parser that returns None has read nothing: the word is a name.
KEYWORD_PARSERS: dict[str, Callable[[Cursor], ast.Node | None]] = {
    "if": _parse_if,
    "for": _parse_for,
    "some": _parse_quantified,
    "every": _parse_quantified,
    "function": _parse_function,
    "true": _parse_constant,
    "false": _parse_constant,
    "null": _parse_constant,
}


def parse_type(cursor: Cursor) -> ast.TypeRef:
    """Parse a type expression, as after `instance of`."""
    start = cursor.token.start
    name = cursor.member_name()
    with cursor.deeper():
        if name in ("list", "range") and cursor.accept("<"):
            item = parse_type(cursor)
            cursor.expect(">")
            return ast.TypeRef(start=start, name=name, arguments=(item,))
        if name == "context" and cursor.accept("<"):
            return _parse_context_type(cursor, start)
        if name == "function" and cursor.accept("<"):
            return _parse_function_type(cursor, start)
    while cursor.accept("."):
        name += "." + cursor.member_name()
    return ast.TypeRef(start=start, name=name)


def _parse_context_type(cursor: Cursor, start: int) -> ast.TypeRef:
    keys: list[str] = []
    types: list[ast.TypeRef] = []
    while not cursor.accept(">"):
        if keys:
            cursor.expect(",")
        key = cursor.name_until(":")
        if key is None:
            cursor.fail("expected the name of an entry, then ':'")
        cursor.expect(":")
        keys.append(key)
        types.append(parse_type(cursor))
    return ast.TypeRef(start=start, name="context", arguments=tuple(types), keys=tuple(keys))


def _parse_function_type(cursor: Cursor, start: int) -> ast.TypeRef:
    types: list[ast.TypeRef] = []
    while not cursor.accept(">"):
        if types:
            cursor.expect(",")
        types.append(parse_type(cursor))
    cursor.expect("->")
    types.append(parse_type(cursor))
    return ast.TypeRef(start=start, name="function", arguments=tuple(types))
