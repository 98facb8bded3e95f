"""The data that `wherewithal lending schedule` prints, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from wherewithal.lending import schedule_json
from wherewithal.vocabulary.errors import InputRefused

ANSWER = {
    "principal_cents": 10_000,
    "note_rate_bps": 1_200,
    "term_months": 3,
    "start": "2025-01-31",
    "payment_cents": 3_401,
    "finance_charge_cents": 201,
    "total_of_payments_cents": 10_201,
    "apr_pct": 12.021253,
    "apr_bps": 1_202,
    "is_paid_early": False,
    "payments": [
        {
            "date": "2025-02-28",
            "amount_cents": 3_401,
            "principal_cents": 3_301,
            "interest_cents": 100,
        },
        {
            "date": "2025-03-31",
            "amount_cents": 3_401,
            "principal_cents": 3_334,
            "interest_cents": 67,
        },
        {
            "date": "2025-04-30",
            "amount_cents": 3_399,
            "principal_cents": 3_365,
            "interest_cents": 34,
        },
    ],
}


@pytest.mark.parametrize(
    ("principal_cents", "note_rate_bps", "months", "start"),
    [(10_000, 1_200, 3, date(2025, 1, 31)), ("10000", "1200", "3", "2025-01-31")],
)
def test_the_whole_answer(
    principal_cents: int | str, note_rate_bps: int | str, months: int | str, start: date | str
) -> None:
    """From values and from text alike, and JSON takes it as it is."""
    answer = schedule_json(
        principal_cents=principal_cents, note_rate_bps=note_rate_bps, months=months, start=start
    )
    assert answer == ANSWER
    assert json.loads(json.dumps(answer)) == ANSWER


def test_all_problems_at_once() -> None:
    """Each at its flag, with what was expected."""
    with pytest.raises(InputRefused) as refusal:
        schedule_json(principal_cents="ten", note_rate_bps=-1, months="121", start="2025-02-30")
    assert [(problem.path, problem.code) for problem in refusal.value.problems] == [
        ("--principal-cents", "not_an_integer"),
        ("--note-rate-bps", "out_of_range"),
        ("--months", "out_of_range"),
        ("--start", "not_a_date"),
    ]
    assert "--months: expected a whole number from 1 to 120 [out_of_range]" in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["", " 5", "5.0", "1e3", "1_000", "\u0665", "9" * 19, "--5", 5.0, True, None]
)
def test_what_is_no_whole_number(text: str) -> None:
    """Nothing is guessed from text that only resembles one."""
    with pytest.raises(InputRefused) as refusal:
        schedule_json(principal_cents=text, note_rate_bps=0, months=3, start="2025-01-31")
    assert [problem.code for problem in refusal.value.problems] == ["not_an_integer"]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("20250131", "not_a_date"),
        ("2025-W05-5", "not_a_date"),
        ("31.01.2025", "not_a_date"),
        ("0000-01-01", "not_a_date"),
        ("2025-01-31T00:00", "not_a_date"),
        (datetime(2025, 1, 31, tzinfo=UTC), "not_a_date"),
        (None, "not_a_date"),
        ("9990-01-01", "out_of_range"),
    ],
)
def test_what_is_no_start(start: str, code: str) -> None:
    """A day of the calendar, with room for the longest term."""
    with pytest.raises(InputRefused) as refusal:
        schedule_json(principal_cents=100, note_rate_bps=0, months=3, start=start)
    assert [(problem.path, problem.code) for problem in refusal.value.problems] == [
        ("--start", code)
    ]


def test_the_longest_term_fits_the_latest_start() -> None:
    """The bound on the start is never reached from inside."""
    answer = schedule_json(principal_cents=120, note_rate_bps=0, months=120, start="9989-12-31")
    payments = answer["payments"]
    assert isinstance(payments, list)
    assert payments[-1]["date"] == "9999-12-31"
