"""Parts of a hold: they never come to more than it, and of a plan by month to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import pay_in_4_financed_cents
from wherewithal.qualify.exposure import NO_EXPOSURE
from wherewithal.service.account_book import AccountBook
from wherewithal.service.capture_hold import CaptureRequest, book_capture
from wherewithal.service.hold_answers import CaptureAnswer
from wherewithal.service.hold_states import PART_CENTS_MIN, RAIL_OF
from wherewithal.service.ledger_records import AccountView, Hold, HoldStatus
from wherewithal.service.standing import DirectoryVersion, PersonRow
from wherewithal.vocabulary.program import PlanCode, ProductCode

AT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
PERSON = PersonRow(
    read_at=AT,
    is_blocked=False,
    exposure=NO_EXPOSURE,
    directory=DirectoryVersion(1, 1),
    decision=None,
)


def hold_of(product: ProductCode, plan: PlanCode, *, basket_cents: int, down_cents: int) -> Hold:
    financed_cents = basket_cents - down_cents
    return Hold(
        hold_id=UUID(int=1),
        merchant_id="m",
        reference="r",
        request_digest=bytes(32),
        credential_id="c",
        prequalification_id=UUID(int=2),
        decision_seq=1,
        bundle_digest="b",
        commitment_id=None,
        product=product,
        plan=plan,
        program_id="p",
        originator="o",
        law_row_id="l",
        rail=RAIL_OF[product],
        basket_cents=basket_cents,
        down_payment_cents=down_cents,
        amount_financed_cents=financed_cents,
        note_rate_bps=0 if plan is PlanCode.PAY_IN_4 else 2_999,
        apr_bps=0,
        apr_cap_bps=3_600,
        payments=(),
        status=HoldStatus.HELD,
        captured_cents=0,
        held_cents=financed_cents,
        placed_at=AT,
        expires_at=AT + timedelta(days=1),
        ended_at=None,
        response=b"",
    )


def captured(hold: Hold, cents: int | None, *, is_last: bool) -> tuple[Any, Hold, AccountBook]:
    """Capture a part, and return the answer and the hold as it is after it."""
    view = AccountView(
        consumer_id=UUID(int=3),
        at=AT,
        person=PERSON,
        has_prequalification=True,
        hold=hold,
        captured=None,
        is_reference_taken=False,
        lapsed=(),
    )
    book = AccountBook(view)
    request = CaptureRequest(
        hold_id=hold.hold_id, reference="c", amount_cents=cents, is_last=is_last
    )
    answer = book_capture(request, view, book, UUID(int=4))
    for move in book.changes.moves:
        hold = msgspec.structs.replace(
            hold,
            status=move.status,
            captured_cents=move.captured_cents,
            held_cents=move.held_cents,
            payments=move.payments,
        )
    return answer, hold, book


parts = st.lists(st.integers(PART_CENTS_MIN, 40_000), min_size=1, max_size=12)


@given(parts, st.integers(0, 4_000))
def test_parts_by_month_add_up_to_the_cent(amounts, down_bps):
    basket_cents = sum(amounts)
    down_cents = basket_cents * down_bps // 10_000
    hold = hold_of(
        ProductCode.MONTHLY, PlanCode.M12, basket_cents=basket_cents, down_cents=down_cents
    )
    lent = 0
    for cents in amounts:
        answer, hold, book = captured(hold, cents, is_last=False)
        lent += answer.principal_cents
        assert book.changes.held_delta_cents == -answer.principal_cents
        [loan] = book.changes.loans
        assert sum(due.principal_cents for due in loan.payments) == loan.principal_cents
        assert sum(due.principal_cents for due in hold.payments) == hold.held_cents
    assert (lent, hold.held_cents) == (basket_cents - down_cents, 0)
    assert hold.status is HoldStatus.CAPTURED


@given(parts)
def test_parts_of_pay_in_four_never_exceed_the_whole_and_the_rest_is_given_back(amounts):
    basket_cents = sum(amounts)
    whole_cents = pay_in_4_financed_cents(basket_cents)
    hold = hold_of(
        ProductCode.PAY_IN_4,
        PlanCode.PAY_IN_4,
        basket_cents=basket_cents,
        down_cents=basket_cents - whole_cents,
    )
    lent = released = 0
    for cents in amounts:
        answer, hold, book = captured(hold, cents, is_last=False)
        lent += answer.principal_cents
        released += -book.changes.held_delta_cents - answer.principal_cents
    assert lent + released == whole_cents
    # A part leaves three cents of its quarters to the down payment at the most.
    assert 0 <= released <= 3 * len(amounts)
    assert (hold.held_cents, hold.status) == (0, HoldStatus.CAPTURED)


@pytest.mark.parametrize("cents", [1, 99])
def test_crumbs_are_refused_unless_they_are_all_that_is_left(cents):
    hold = hold_of(ProductCode.MONTHLY, PlanCode.M3, basket_cents=1_000, down_cents=0)
    assert captured(hold, cents, is_last=False)[0].code == "too_small"
    _, hold, _ = captured(hold, 1_000 - cents, is_last=False)
    answer, hold, _ = captured(hold, None, is_last=True)
    assert isinstance(answer, CaptureAnswer)
    assert (answer.principal_cents, hold.status) == (cents, HoldStatus.CAPTURED)
