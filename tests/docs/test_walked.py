"""Every command of the page for analysts prints what the page says."""

from __future__ import annotations

import pytest

from tests.docs.walked import ROOT, Ran, agrees, walk


@pytest.mark.parametrize("name", ["write-a-policy.md"])
def test_a_page_is_walked_from_its_first_command_to_its_last(name, tmp_path):
    page = (ROOT / "docs" / name).read_text("utf-8")
    ran = list(walk(page, tmp_path))
    assert len(ran) > 8
    wrong = [f"$ {one.command}\n{one.printed}" for one in ran if not agrees(one)]
    assert wrong == []


def test_a_line_that_differs_is_seen():
    assert agrees(Ran("x", "a\n...\nb\n", "a\n1\n2\nb\n"))
    assert not agrees(Ran("x", "a\n...\nb\n", "a\nc\n"))
