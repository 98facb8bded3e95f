"""Every example of docs/feel.md gives what the page says, and runs where the page says."""

from __future__ import annotations

import pytest

from tests.docs.feel_rows import GIVEN, ROW, run
from tests.docs.walked import ROOT

PAGE = (ROOT / "docs" / "feel.md").read_text("utf-8")
ROWS = [row for line in PAGE.splitlines() if (row := ROW.match(line))]


@pytest.mark.parametrize("row", ROWS, ids=[row["expression"] for row in ROWS])
def test_an_example(row):
    assert run(row["expression"]) == (row["result"], row["mark"])


def test_the_page_is_whole():
    assert len(ROWS) > 90
    assert [name for name in GIVEN if f"`{name} = " not in PAGE] == []
