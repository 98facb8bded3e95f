"""What the applicant states: a small JSON object that stands beside a bureau file.

A bureau file knows no income, employment or rent. Every problem of the file is reported at once,
by its JSON path; no message repeats a value, nor a key that is none of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import msgspec

from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.facts import FACTS_BY_NAME, HOME_OWNERSHIP, STATES
from wherewithal.vocabulary.stated import Stated

#: The object has six short entries.
BYTES_MAX = 64_000
DEPTH_MAX = 8
#: The digits of an int64.
DIGITS_MAX = 19
#: Whole numbers, each with the fact whose range it must keep.
_NUMBERS = {
    "income_cents": "stated_income_cents",
    "housing_cents": "stated_housing_cents",
    "employment_years": "stated_employment_years",
}
_WORDS = {"home_ownership": HOME_OWNERSHIP, "state": STATES}
_FLAGS = ("income_verified",)
KEYS = (*_NUMBERS, *_WORDS, *_FLAGS)


class _Pairs(tuple[tuple[str, object], ...]):
    """A JSON object before its keys are known to be unique."""

    __slots__ = ()


class _NotWhole:
    """A number that JSON allows and cents do not: 1.0, 1e400, NaN."""


def load_stated(path: Path) -> Stated:
    """Return what the file states.

    Null:   an entry that is missing, or null, is unknown; a missing income makes the decision
            `incomplete`, never one on zero.
    Errors: SourceRefused with all problems, each at a path such as `$.income_cents`.
    """
    pairs = _read_object(path)
    problems = [*_key_problems(pairs)]
    for key, value in pairs:
        problems += _value_problems(key, value)
    if problems:
        raise SourceRefused(problems)
    return msgspec.convert(dict(pairs), Stated)


def _refuse(code: str, message: str) -> SourceRefused:
    return SourceRefused([Problem(code=code, path="$", message=message)])


def _read_object(path: Path) -> _Pairs:
    """Return the object's entries in file order, duplicates and all."""
    try:
        if not path.is_file():
            raise FileNotFoundError
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError:
        problem = Problem(
            code="unreadable_file",
            path=path.name,
            message="no such file, or it may not be read; name a JSON file of what is stated",
        )
        raise SourceRefused([problem]) from None
    if len(data) > BYTES_MAX:
        raise _refuse("too_large", f"larger than {BYTES_MAX:,} bytes; six entries fit in 1,000")
    try:
        text = data.decode("utf-8-sig")
        if _deepest(text) > DEPTH_MAX:
            raise _refuse(
                "too_deep", f"nested deeper than {DEPTH_MAX}; the entries are plain values"
            )
        value = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_int=_whole,
            parse_float=lambda _: _NotWhole(),
            parse_constant=lambda _: _NotWhole(),
        )
    except ValueError:
        raise _refuse("not_json", "not a JSON document in UTF-8") from None
    if not isinstance(value, _Pairs):
        raise _refuse("not_an_object", f"expected an object with the keys {', '.join(KEYS)}")
    return value


def _deepest(text: str) -> int:
    """Return a bound on the nesting; brackets inside strings count too, and refuse sooner."""
    depth = deepest = 0
    for mark in re.findall(r"[\[{\]}]", text):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _whole(digits: str) -> int | _NotWhole:
    """Return the number, unless it has more digits than any amount: those are not converted."""
    return int(digits) if len(digits) <= DIGITS_MAX else _NotWhole()


def _key_problems(pairs: Iterable[tuple[str, object]]) -> Iterable[Problem]:
    seen: set[str] = set()
    for key, _ in pairs:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(KEYS)}"
            yield Problem(code="unknown_key", path=_path(key), message=f"unknown key; {hint}")
        elif key in seen:
            yield Problem(
                code="duplicate_key", path=_path(key), message="stated twice; keep the right one"
            )
        seen.add(key)


def _value_problems(key: str, value: object) -> Iterable[Problem]:
    if value is None:
        return
    if key in _NUMBERS:
        fact = FACTS_BY_NAME[_NUMBERS[key]]
        expected = f"expected a whole number from {fact.minimum} to {fact.maximum:,}, or null"
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(code="not_an_integer", path=_path(key), message=expected)
        elif not fact.minimum <= value <= fact.maximum:
            yield Problem(code="out_of_range", path=_path(key), message=expected)
    elif key in _WORDS:
        words = _WORDS[key]
        if not isinstance(value, str) or value not in words:
            yield Problem(
                code=f"unknown_{key}", path=_path(key), message=_expected_word(value, words)
            )
    elif key in _FLAGS and not isinstance(value, bool):
        yield Problem(code="not_a_boolean", path=_path(key), message="expected true, false or null")


def _expected_word(value: object, words: tuple[str, ...]) -> str:
    near = get_close_matches(value.upper(), words, n=1) if isinstance(value, str) else []
    listed = ", ".join(words) if len(words) < len(STATES) else "a USPS code such as MI"
    return f"expected {listed}" + (f"; did you mean {near[0]}?" if near else "")


def _path(key: str) -> str:
    return f"$.{key}" if key in KEYS else "$.(unknown key)"
