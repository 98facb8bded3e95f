"""Every test that docs/promises.md names exists, and says of itself whether it is nightly."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\|[^|]+\| `(?P<file>[^`:]+)::(?P<test>\w+)` \| (?P<quick>[^|]+) \| (?P<nightly>[^|]+) \|",
    re.MULTILINE,
)
ROWS = [
    tuple(row.groups())
    for row in ROW.finditer((ROOT / "docs/promises.md").read_text(encoding="utf-8"))
]


def decorators_of(file: str, test: str) -> str | None:
    """Return a test's decorators as they are written, or None if there is no such test."""
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == test:
            return " ".join(ast.unparse(one) for one in node.decorator_list)
    return None


def test_the_page_has_rows():
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("file", "test", "quick", "nightly"), ROWS)
def test_a_test_that_is_named_exists_and_is_nightly_where_it_is_said(file, test, quick, nightly):
    decorators = decorators_of(file, test)
    assert decorators is not None, f"{file} has no {test}"
    assert ("nightly" in decorators) == (nightly != "none")
    assert ("none" in (quick, nightly)) or "parametrize" in decorators
