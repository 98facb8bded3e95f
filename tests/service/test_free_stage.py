"""What costs nothing: blocks, age, law, and decisions that stand."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from tests.service.desk import everyday, inquiry_of
from wherewithal.qualify.exposure import Exposure
from wherewithal.service.applicant_facts import own_facts, stated_facts
from wherewithal.service.inquiry_records import Account, KeptReport, StandingDecision
from wherewithal.service.prequalify_answer import Case
from wherewithal.service.prequalify_stages import free_stage
from wherewithal.vocabulary.law import Law

replace = msgspec.structs.replace
AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
NOBODY = Account(
    consumer_id=UUID(int=1),
    found_by=frozenset(),
    data_key=None,
    identity=None,
    blocks_credit=(),
    decision=None,
    report=None,
    consent=None,
    pulls_30d=0,
    oldest_pull_at=None,
    inquiries_24h=0,
    power_total_cents=None,
    is_refuted=False,
)


def case_of(account=NOBODY, at=AT, **given):
    return Case(
        inquiry=inquiry_of(**given),
        account=account,
        prequalification_id=UUID(int=2),
        credential_id="k",
        consent_id=UUID(int=2),
        new_consent=None,
        asked_at=at,
        at=at,
    )


def test_who_has_nothing_against_them_goes_on():
    assert free_stage(case_of(), everyday()) is None


@pytest.mark.parametrize("block", ["fraud", "deceased", "sanctions", "legal_hold"])
def test_every_block_says_the_same(block):
    found = free_stage(case_of(replace(NOBODY, blocks_credit=(block,))), everyday())
    assert found is not None
    assert (found.outcome, found.reasons, found.decision) == (
        "refused_identity",
        ("G_REVIEW",),
        None,
    )


@pytest.mark.parametrize(
    ("state", "born", "hour_utc", "is_minor"),
    [
        # 5:00 UTC is midnight in New York in winter: the birthday begins there.
        ("OH", date(2008, 3, 2), 4, True),
        ("OH", date(2008, 3, 2), 5, False),
        ("OH", date(2008, 3, 1), 4, False),
        ("AL", date(2008, 3, 1), 5, True),
        ("AL", date(2007, 3, 2), 5, False),
    ],
)
def test_age_is_by_state_and_by_the_day_in_new_york(state, born, hour_utc, is_minor):
    known = inquiry_of()
    case = case_of(
        at=datetime(2026, 3, 2, hour_utc, tzinfo=UTC),
        identity=replace(known.identity, date_of_birth=born),
        stated=replace(known.stated, state=state),
    )
    found = free_stage(case, everyday())
    assert (found is not None) is is_minor
    if found is not None:
        assert (found.outcome, found.reasons) == ("minor", ("L_AGE",))


def test_a_state_without_law_rows_is_told_so_without_a_pull():
    bundle = everyday()
    rows = tuple(
        replace(row, states=tuple(state for state in row.states if state != "OH"))
        for row in bundle.law.rows
    )
    lawless = changed(
        bundle,
        law=Law(rows=rows, contract_ages=bundle.law.contract_ages),
        _editions={},
        _begins=(),
    )
    found = free_stage(case_of(), lawless)
    assert found is not None
    assert (found.outcome, found.reasons, found.decision) == ("declined", ("L_UNKNOWN",), None)
    assert found.law_reasons == dict.fromkeys(
        ("pay_in_4", "monthly", "one_time_card", "card"), "L_UNKNOWN"
    )
    moved = replace(inquiry_of().stated, state="MI")
    assert free_stage(case_of(stated=moved), lawless) is None


def last(*, outcome="approved", reasons=()) -> StandingDecision:
    """Return a decision of yesterday, on what is stated now."""
    return StandingDecision(
        seq=1,
        decision_id="d",
        outcome=outcome,
        as_of=date(2026, 3, 1),
        decided_at=AT - timedelta(days=1),
        expires_at=AT + timedelta(days=29),
        bundle_digest="b",
        reasons=reasons,
        row={"plan_pay_in_4": "pay_in_4"},
        facts=stated_facts(inquiry_of()),
    )


def kept() -> KeptReport:
    """Return a report of somebody who owes others little."""
    facts = {
        "oldest_trade_date": "2010-01-01",
        "scheduled_payments_cents": 30_000,
        "inquiries_6m": 0,
        "total_trades": 12,
        "delinquencies_24m": 0,
        "revolving_balance_cents": 100_000,
        "revolving_limit_cents": 1_000_000,
    }
    return KeptReport(
        report_id=UUID(int=3),
        bureau="b",
        facts=facts,
        score=None,
        score_model=None,
        score_factors=(),
    )


LATE = Exposure(first_booked_on=date(2025, 6, 1), late_since=date(2026, 2, 24))


@pytest.mark.parametrize(
    "exposure",
    [LATE, Exposure(first_booked_on=date(2024, 1, 1), has_charge_off=True)],
    ids=["late", "charged off"],
)
def test_an_own_account_that_is_late_declines_without_a_report(exposure):
    found = free_stage(case_of(replace(NOBODY, exposure=exposure)), everyday())
    assert found is not None
    assert (found.outcome, found.reasons, found.decision) == ("declined", ("R16",), None)
    assert set(found.law_reasons.values()) == {"R16"}


def test_five_days_late_is_no_decline_and_no_loan_is_no_fact():
    since = {"first_booked_on": date(2025, 12, 2), "on_time_payments": 3}
    exposure = replace(LATE, late_since=date(2026, 2, 25), **since)
    assert free_stage(case_of(replace(NOBODY, exposure=exposure)), everyday()) is None
    assert own_facts(exposure, on=date(2026, 3, 2)) == {
        "own_days_late": 5,
        "own_charged_off": False,
        "own_on_time_payments": 3,
        "own_days_since_first": 90,
    }
    assert own_facts(Exposure(), on=date(2026, 3, 2)) == {}


def test_a_decline_for_an_own_account_ends_as_soon_as_it_is_cured():
    declined = last(outcome="declined", reasons=("R16",))
    late = replace(NOBODY, exposure=LATE, decision=declined)
    cured = replace(late, exposure=replace(LATE, late_since=None))
    stands = free_stage(case_of(late), everyday())
    assert stands is not None
    assert stands.standing is declined
    assert free_stage(case_of(cured), everyday()) is None


def test_an_approval_does_not_stand_while_an_own_account_is_late():
    approved = last()
    late = replace(NOBODY, exposure=LATE, decision=approved)
    found = free_stage(case_of(late), everyday())
    assert found is not None
    assert (found.reasons, found.standing) == (("R16",), None)
    cured = free_stage(case_of(replace(late, exposure=Exposure())), everyday())
    assert cured is not None
    assert cured.standing is approved


def test_with_a_fresh_report_the_core_declines_and_keeps_the_facts():
    found = free_stage(case_of(replace(NOBODY, exposure=LATE, report=kept())), everyday())
    assert found is not None
    assert found.decision is not None
    assert "R16" in found.decision.reasons
    assert found.facts is not None
    assert (found.facts["own_days_late"], found.facts["own_charged_off"]) == (6, False)
