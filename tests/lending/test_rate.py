"""Basis points and their percent text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.rate import bps_from_percent_text, percent_text


@pytest.mark.parametrize(
    ("rate_bps", "text"),
    [(0, "0.00"), (5, "0.05"), (999, "9.99"), (3_600, "36.00"), (-1, "-0.01"), (-1_250, "-12.50")],
)
def test_percent_text(rate_bps: int, text: str) -> None:
    """Two decimals always; the sign stands before the whole."""
    assert percent_text(rate_bps) == text


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_percent_text_reads_back(rate_bps: int) -> None:
    """Nothing is lost either way."""
    assert bps_from_percent_text(percent_text(rate_bps)) == rate_bps


@pytest.mark.parametrize("rate_bps", [9.99, True, "999", None])
def test_percent_text_refuses(rate_bps: int) -> None:
    """Whole basis points only."""
    with pytest.raises(DomainError, match="rate_bps must be an int"):
        percent_text(rate_bps)


def test_parts_of_a_basis_point_are_refused_unless_allowed() -> None:
    """An eighth of a percent is half a basis point: a tie, to the even one."""
    with pytest.raises(DomainError, match="percent has more than two decimals"):
        bps_from_percent_text("9.125")
    assert bps_from_percent_text("9.125", allow_sub_bps=True) == 912
