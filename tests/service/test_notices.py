"""Which notice case each communicated answer opens: a table, row by row."""

from __future__ import annotations

from datetime import date

import pytest

from wherewithal.service.notices import Communicated, ReportUsed, notice_cases

ON = date(2026, 3, 2)
ACTION, INCOMPLETE = "12 CFR 1002.9(a)(1)(i)", "12 CFR 1002.9(c)(2)"
USED, PRICING = "15 U.S.C. 1681m(a)", "12 CFR 1022.74(b)"
REPORT = ReportUsed(bureau="transunion", score=667, score_model="00X36", score_factors=("038",))


def told(outcome, **changed):
    known = {
        "outcome": outcome,
        "reasons": ("R21a",),
        "closed": (),
        "power_total_cents": None,
        "requested_amount_cents": None,
        "power_before_cents": None,
        "report": REPORT,
        "is_repeat": False,
        "on": ON,
    }
    return Communicated(**(known | changed))


TIER = (("monthly", "P_TIER"),)
CASES = [
    # answer -> (kind, product, reasons, regimes) of each case
    (told("approved", power_total_cents=100), []),
    (told("declined"), [("declined", None, ("R21a",), (ACTION, USED, PRICING))]),
    (told("declined", is_repeat=True), []),
    (told("declined", reasons=("L_STATE",), report=None), []),
    (told("minor", reasons=("L_AGE",), report=None), [("declined", None, ("L_AGE",), (ACTION,))]),
    (told("minor", reasons=("F_MINOR",)), [("incomplete", None, ("F_MINOR",), (INCOMPLETE, USED))]),
    (told("no_hit"), [("no_file", None, ("R21a",), (ACTION, USED, PRICING))]),
    (told("incomplete", report=None), [("incomplete", None, ("R21a",), (INCOMPLETE,))]),
    (told("step_up"), [("incomplete", None, ("R21a",), (INCOMPLETE, USED))]),
    (told("frozen"), [("incomplete", None, ("R21a",), (INCOMPLETE, USED))]),
    (told("malformed"), []),
    (told("unavailable", report=None), []),
    (told("refused_identity", report=None), []),
    (
        told("approved", power_total_cents=100, closed=TIER),
        [("product_declined", "monthly", ("R21a",), (ACTION, USED, PRICING))],
    ),
    (
        told("approved", power_total_cents=100, closed=(("card", "R09"), ("monthly", "L_STATE"))),
        [("product_declined", "card", ("R09",), (ACTION, USED, PRICING))],
    ),
    (told("approved", power_total_cents=100, closed=TIER, is_repeat=True), []),
    (told("approved", power_total_cents=100, requested_amount_cents=100), []),
    (
        told("approved", power_total_cents=100, requested_amount_cents=101, is_repeat=True),
        [("lower_amount", None, ("R21a",), (ACTION, USED, PRICING))],
    ),
    (
        told("approved", power_total_cents=100, power_before_cents=101),
        [("lower_amount", None, ("R21a",), (ACTION, USED, PRICING))],
    ),
    (told("approved", power_total_cents=100, power_before_cents=101, is_repeat=True), []),
]


@pytest.mark.parametrize(("answer", "expected"), CASES)
def test_an_answer_opens_the_cases_that_it_must(answer, expected):
    found = notice_cases(answer)
    assert [(one.kind, one.product, one.reasons, one.regimes) for one in found] == expected
    assert {one.due_on for one in found} <= {date(2026, 4, 1)}  # 30 days after March 2


def test_a_case_keeps_the_bureau_and_its_score():
    (case,) = notice_cases(told("declined"))
    assert (case.bureau, case.score, case.score_model, case.score_factors) == (
        "transunion",
        667,
        "00X36",
        ("038",),
    )
    (case,) = notice_cases(told("incomplete", report=None))
    assert (case.bureau, case.score, case.score_factors) == (None, None, ())
