"""Events: all declared, without identity, each for its audience."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.service.desk import at_desk, inquiry_of
from tests.sources.bureau_talk import simulator
from wherewithal.service.events import FIELDS, KINDS, EventType, ToldEvent, event_answer
from wherewithal.service.ledger_records import Event
from wherewithal.vocabulary.errors import InvariantBroken

#: Words of who somebody is: none may be in the name of a field of a payload.
IDENTITY = ("name", "ssn", "birth", "street", "address", "city", "postal", "zip", "phone", "email")


def told(**changed):
    known: dict[str, Any] = {
        "event_id": UUID(int=1),
        "consumer_id": UUID(int=2),
        "type": "hold.captured",
        "sequence": 3,
        "created_at": datetime(2026, 11, 20, tzinfo=UTC),
        "payload": {"hold_id": "h", "loan_id": "l", "amount_cents": 500, "is_over_limit": True},
        "is_for_merchant": True,
        "may_know_amounts": False,
    }
    return event_answer(ToldEvent(**known | changed)).data


def test_every_type_is_declared_with_fields_that_name_nobody():
    assert set(KINDS) == set(EventType)
    for kind in KINDS.values():
        assert set(kind.lender_only) <= set(kind.fields) <= set(FIELDS)
    assert not [field for field in FIELDS if any(word in field for word in IDENTITY)]


@pytest.mark.parametrize(
    ("type_", "payload", "named"),
    [("hold.lost", {}, "hold.lost"), ("hold.voided", {"given_name": "Robert"}, "given_name")],
)
def test_what_is_not_declared_is_refused_where_it_is_made(type_, payload, named):
    with pytest.raises(InvariantBroken, match=named) as caught:
        Event(type=type_, merchant_id=None, payload=payload)
    assert "Robert" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"is_for_merchant": False}, {"hold_id", "loan_id", "amount_cents", "is_over_limit"}),
        ({}, {"hold_id"}),
        ({"may_know_amounts": True}, {"hold_id", "amount_cents"}),
        ({"type": "hold.of_a_newer_build"}, set()),
    ],
)
def test_a_merchant_hears_amounts_by_consent_alone(given, expected):
    assert set(told(**given)) == expected


def test_a_decision_and_a_power_that_falls_are_told_with_it_without_identity(database):
    async def work(desk):
        first = await desk.tell(inquiry_of("prime"))
        await desk.rows("update decision set expires_at = decided_at + interval '1 second'")
        desk.clock.forward(minutes=1)
        poorer = inquiry_of("prime")
        stated = msgspec.structs.replace(poorer.stated, income_cents=3_500_000)
        second = await desk.tell(msgspec.structs.replace(poorer, stated=stated))
        rows = await desk.rows("select event_seq, type, payload from event order by event_seq")
        decided = await desk.rows(
            "select (row ->> 'power_total_cents')::bigint from decision order by seq"
        )
        ids = {"consumer_id": first.consumer_id}
        of_second = ids | {
            "prequalification_id": second.prequalification_id,
            "decision_id": second.decision_id,
        }
        assert [(seq, type_) for seq, type_, _ in rows] == [
            (1, "prequalification.decided"),
            (2, "prequalification.decided"),
            (3, "limit.decreased"),
        ]
        assert rows[1][2] == of_second | {"outcome": "approved"}
        assert rows[2][2] == of_second | {
            # As decided, not as a newcomer's share leaves it.
            "power_total_cents": decided[1][0],
            "power_before_cents": decided[0][0],
        }
        assert decided[0][0] > first.power_total_cents
        identity = poorer.identity
        said = repr(rows)
        assert not [text for text in (identity.ssn, identity.family_name) if text in said]

    with simulator() as simulated:
        at_desk(database, simulated.url, work)
