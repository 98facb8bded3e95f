"""String functions. Source: DMN 1.5, table 74; characters are Unicode code points."""

from __future__ import annotations

from decimal import Decimal

from wherewithal.dmn.reference.arithmetic import STRING_LENGTH_MAX
from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.regex import compile_pattern
from wherewithal.dmn.reference.values import FeelNull, LimitExceeded


def bounded(text: str) -> str:
    """Return a string that is not too long."""
    if len(text) > STRING_LENGTH_MAX:
        raise LimitExceeded(f"a string may have {STRING_LENGTH_MAX} characters")
    return text


@builtin("substring")
def substring(arguments: Arguments) -> str:
    """Return `length` characters (or all) from a position on."""
    text = arguments.string("string")
    position = arguments.integer("start position")
    if position == 0 or abs(position) > len(text):
        raise FeelNull(f"'start position' is {position}; the string has {len(text)} characters")
    first = position - 1 if position > 0 else len(text) + position
    if arguments.any("length") is None:
        return text[first:]
    length = arguments.integer("length")
    if not 1 <= length <= len(text) - first:
        raise FeelNull(f"'length' is {length}; {len(text) - first} characters are left")
    return text[first : first + length]


@builtin("string length")
def string_length(arguments: Arguments) -> Decimal:
    """Return the number of characters."""
    return Decimal(len(arguments.string("string")))


@builtin("upper case")
def upper_case(arguments: Arguments) -> str:
    """Return the string in upper case."""
    return bounded(arguments.string("string").upper())


@builtin("lower case")
def lower_case(arguments: Arguments) -> str:
    """Return the string in lower case."""
    return bounded(arguments.string("string").lower())


@builtin("substring before")
def substring_before(arguments: Arguments) -> str:
    """Return what stands before the first match; an empty string without one."""
    before, found, _ = _parted(arguments)
    return before if found else ""


@builtin("substring after")
def substring_after(arguments: Arguments) -> str:
    """Return what stands after the first match; an empty string without one."""
    _, found, after = _parted(arguments)
    return after if found else ""


def _parted(arguments: Arguments) -> tuple[str, bool, str]:
    text, match = arguments.string("string"), arguments.string("match")
    if not match:
        return "", True, text
    before, found, after = text.partition(match)
    return before, bool(found), after


@builtin("contains")
def contains(arguments: Arguments) -> bool:
    """Return whether the string contains the match."""
    return arguments.string("match") in arguments.string("string")


@builtin("starts with")
def starts_with(arguments: Arguments) -> bool:
    """Return whether the string starts with the match."""
    return arguments.string("string").startswith(arguments.string("match"))


@builtin("ends with")
def ends_with(arguments: Arguments) -> bool:
    """Return whether the string ends with the match."""
    return arguments.string("string").endswith(arguments.string("match"))


def _flags(arguments: Arguments) -> str:
    return "" if arguments.any("flags") is None else arguments.string("flags")


@builtin("matches")
def matches(arguments: Arguments) -> bool:
    """Return whether the pattern is found in the input."""
    text = arguments.string("input")
    pattern = compile_pattern(arguments.string("pattern"), _flags(arguments))
    return pattern.search(text, 0, arguments.runtime) is not None


@builtin("replace")
def replace(arguments: Arguments) -> str:
    """Return the input with each match replaced; `$1` stands for the first group."""
    text = arguments.string("input")
    pattern = compile_pattern(arguments.string("pattern"), _flags(arguments))
    replacement = arguments.string("replacement")
    if pattern.search("", 0, arguments.runtime) is not None:
        raise FeelNull("the pattern matches an empty string")
    pieces: list[str] = []
    position = length = 0
    while (match := pattern.search(text, position, arguments.runtime)) is not None:
        pieces += [text[position : match.start], pattern.expand(replacement, match, text)]
        position = match.end
        length += sum(map(len, pieces[-2:]))
        if length > STRING_LENGTH_MAX:
            raise LimitExceeded(f"a string may have {STRING_LENGTH_MAX} characters")
    return bounded("".join([*pieces, text[position:]]))


@builtin("split")
def split(arguments: Arguments) -> list[str]:
    """Return the parts of a string between the matches of a pattern."""
    text = arguments.string("string")
    pattern = compile_pattern(arguments.string("delimiter"), "")
    if pattern.search("", 0, arguments.runtime) is not None:
        raise FeelNull("the delimiter matches an empty string")
    parts: list[str] = []
    position = 0
    while (match := pattern.search(text, position, arguments.runtime)) is not None:
        parts.append(text[position : match.start])
        position = match.end
    return [*parts, text[position:]]


@builtin("string join")
def string_join(arguments: Arguments) -> str:
    """Return the strings of a list, joined; nulls are left out."""
    items = arguments.items("list")
    delimiter = arguments.any("delimiter")
    if delimiter is not None:
        delimiter = arguments.string("delimiter")
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        raise FeelNull("the list holds something other than strings")
    if sum(map(len, texts)) + len(delimiter or "") * len(texts) > STRING_LENGTH_MAX:
        raise LimitExceeded(f"a string may have {STRING_LENGTH_MAX} characters")
    return (delimiter or "").join(texts)
