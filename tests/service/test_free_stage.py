"""What costs nothing: blocks, age, law, and decisions that stand."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from tests.service.desk import everyday, inquiry_of
from wherewithal.service.inquiry_records import Account
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
