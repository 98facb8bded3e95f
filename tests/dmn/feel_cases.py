"""Cases of one line each: `expression => expected`, both FEEL, both evaluated.

Empty lines and lines that start with `#` say nothing. The two sides must be the same element of
FEEL's domain, as `is()` has it: null is only null, and a date and time keeps its zone.
"""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.reference.builtins_all import MODULES
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import TypeTable
from wherewithal.dmn.reference.runtime import Limits, Runtime, Scope
from wherewithal.dmn.reference.sameness import is_same
from wherewithal.dmn.reference.temporal_text import read_datetime

NOW = "2026-01-01T00:00:00Z"


def cases(block: str) -> list[str]:
    """Return the cases of a block of lines."""
    lines = (line.strip() for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def value_of(text: str) -> Any:
    """Return an expression's value where now() is 2026-01-01T00:00:00Z."""
    assert MODULES
    runtime = Runtime(limits=Limits(), now=read_datetime(NOW))
    return Evaluator(runtime, TypeTable(())).evaluate(parse_expression(text), Scope({}))


def assert_case(case: str) -> None:
    """Evaluate both sides of a case and compare them."""
    left, arrow, right = case.rpartition(" => ")
    assert arrow, case
    found, expected = value_of(left), value_of(right)
    assert is_same(found, expected), f"{left} gives {_shown(found)}, not {_shown(expected)}"


def _shown(value: Any) -> str:
    return "null" if value is None else text_of(value)
