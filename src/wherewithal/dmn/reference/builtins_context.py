"""Context functions, `is`, `not` and `range`. Source: DMN 1.5, tables 73, 77, 81."""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import TokenKind, tokenise
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.reference.builtin_registry import Arguments, builtin, builtin_function
from wherewithal.dmn.reference.compare import compare
from wherewithal.dmn.reference.decimals import number_of
from wherewithal.dmn.reference.invocation import bind_named, bind_positional
from wherewithal.dmn.reference.runtime import Runtime
from wherewithal.dmn.reference.sameness import is_same
from wherewithal.dmn.reference.temporal_text import read_at_literal
from wherewithal.dmn.reference.values import FeelNull, Range, kind_of

#: The functions whose calls count as literals.
_OF_DATES_AND_TIMES = ("date", "time", "date and time", "duration")
_OPENING, _CLOSING = ("[", "(", "]"), ("]", ")", "[")


@builtin("not")
def negation(arguments: Arguments) -> bool:
    """Return the negation of a boolean."""
    return not arguments.typed("negand", bool)


@builtin("is")
def same_element(arguments: Arguments) -> bool:
    """Return whether two values are the same element of FEEL's domain."""
    return is_same(arguments.any("value1"), arguments.any("value2"))


@builtin("get value")
def get_value(arguments: Arguments) -> Any:
    """Return the entry of a context; null if there is none."""
    return arguments.context("m").get(arguments.string("key"))


@builtin("get entries")
def get_entries(arguments: Arguments) -> list[dict[str, Any]]:
    """Return a context's entries as key and value."""
    return [{"key": key, "value": value} for key, value in arguments.context("m").items()]


@builtin("context")
def context(arguments: Arguments) -> dict[str, Any]:
    """Return the context of a list of keys and values; a key that comes twice is outside."""
    found: dict[str, Any] = {}
    for entry in arguments.items("entries"):
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise FeelNull("each entry must be a context with 'key' and 'value'")
        key = entry["key"]
        if not isinstance(key, str):
            raise FeelNull("each key must be a string")
        if key in found:
            raise FeelNull(f"the key '{key}' comes twice")
        found[key] = entry["value"]
    return found


@builtin("context put")
def context_put(arguments: Arguments) -> dict[str, Any] | None:
    """Return the context with an entry added or replaced, by a key or a path of keys."""
    target = arguments.context("context")
    keys = arguments.any("keys") if "keys" in arguments else arguments.any("key")
    path = keys if isinstance(keys, list) else [keys]
    if not path or not all(isinstance(key, str) for key in path):
        raise FeelNull("the keys must be strings, at least one")
    return _put(target, path, arguments.any("value"))


def _put(target: Any, path: list[str], value: Any) -> dict[str, Any] | None:
    """Return the context with the value put in; null, as of any call, where there is none.

    A path is calls inside each other, so a step that leads nowhere makes its entry null.
    """
    head, *rest = path
    if not isinstance(target, dict):
        return None
    return {**target, head: _put(target.get(head), rest, value) if rest else value}


@builtin("context merge")
def context_merge(arguments: Arguments) -> dict[str, Any]:
    """Return the entries of all contexts; later ones win."""
    merged: dict[str, Any] = {}
    for part in arguments.items("contexts"):
        if not isinstance(part, dict):
            raise FeelNull(f"a {kind_of(part)} stands among the contexts")
        merged |= part
    return merged


@builtin("range")
def range_of_text(arguments: Arguments) -> Range:
    """Return the range that a text spells, such as `[1..10)` or `[2..)`; its ends are literals.

    Source: DMN 1.5, grammar rules 66 and 67.
    """
    text = arguments.string("from")
    try:
        tokens = tokenise(text)[:-1]
        dots = [token for token in tokens if token.kind is TokenKind.SYMBOL and token.text == ".."]
        if len(dots) != 1 or tokens[0].text not in _OPENING or tokens[-1].text not in _CLOSING:
            raise FeelNull("the text spells no range")
        low = _endpoint(text[tokens[0].end : dots[0].start], arguments.runtime)
        high = _endpoint(text[dots[0].end : tokens[-1].start], arguments.runtime)
    except FeelSyntaxError:
        raise FeelNull("the text spells no range") from None
    found = Range(low, high, tokens[0].text == "[", tokens[-1].text == "]")
    _require_range(found)
    return found


def _endpoint(text: str, runtime: Runtime) -> Any:
    """Return the literal at one end; None where the end is left open."""
    return _literal(parse_expression(text), runtime) if text.strip() else None


def _literal(node: ast.Node, runtime: Runtime) -> Any:
    """Return the value of a literal that may end a range; FeelNull for any other tree."""
    match node:
        case ast.NumberLiteral(text=text):
            return number_of(text)
        case ast.Negation(operand=ast.NumberLiteral(text=text)):
            return number_of(f"-{text}")
        case ast.StringLiteral(value=value):
            return value
        case ast.AtLiteral(text=text):
            return read_at_literal(text)
        case ast.Invocation(function=ast.Name(name=name)) if name in _OF_DATES_AND_TIMES:
            function = builtin_function(name, runtime)
            values = [_literal(argument.value, runtime) for argument in node.arguments]
            names = [argument.name for argument in node.arguments if argument.name is not None]
            if names:
                return function.call(bind_named(function, dict(zip(names, values, strict=True))))
            return function.call(bind_positional(function, values))
    raise FeelNull("the ends of a range are numbers, strings, dates, times or durations")


def _require_range(found: Range) -> None:
    if found.low is None and found.high is None:
        raise FeelNull("a range needs an end")
    if (found.low is None and found.low_closed) or (found.high is None and found.high_closed):
        raise FeelNull("an end that is left out must be an open one")
    if found.low is not None and found.high is not None:
        order = compare(found.low, found.high)
        if order is None or order > 0:
            raise FeelNull("the ends of a range must be of one type and in order")
