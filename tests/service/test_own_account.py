"""Own loans in an inquiry: late, written off, cured, imported; asked of the whole way, for free."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import msgspec

from tests.service.desk import at_desk, inquiry_of
from tests.service.test_prequalify import bureau, simulated  # noqa: F401 - fixtures
from tests.service.tills import at_till
from wherewithal.service.change_loan import LoanRequest, record_payment
from wherewithal.service.import_loans import ImportedLoan, LoanLine, import_loans
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.loan_import import LoanImportInStore


def late_loan(consumer_id: str) -> ImportedLoan:
    """Return a loan of $300 whose first payment is months late."""
    days = ("2026-01-05", "2026-01-19", "2026-02-02")
    return msgspec.convert(
        {
            "consumer_id": consumer_id,
            "loan": "L-1",
            "product": "pay_in_4",
            "plan": "pay_in_4",
            "originator": "cedar-bank",
            "note_rate_bps": 0,
            "principal_cents": 30_000,
            "outstanding_cents": 30_000,
            "booked_on": "2025-12-22",
            "is_furnished": True,
            "payments": [
                {
                    "due_on": day,
                    "amount_cents": 10_000,
                    "principal_cents": 10_000,
                    "interest_cents": 0,
                }
                for day in days
            ],
        },
        ImportedLoan,
    )


def test_a_loan_of_ours_is_known_on_a_bureau_s_file_however_it_came_about(
    database,
    bundle,
    directory,
    row,
    bureau,  # noqa: F811
):
    """By its own number where it was imported; where it was booked here, by its id."""

    async def lend(till):
        who = await till.ask(row)
        return who[0], (await till.capture(await till.hold(who))).loan_id

    consumer_id, booked = at_till(database, bundle, directory, lend)

    async def work(desk):
        await import_loans(
            [LoanLine(number=1, loan=late_loan(str(consumer_id)))],
            [],
            loans=LoanImportInStore(desk.pool),
            new_uuid=uuid4,
            on_progress=lambda *_: None,
        )
        found = await desk.ledger.own_accounts(consumer_id)
        assert found == {"L-1", booked, booked.replace("-", "")[:30]}

    at_desk(database, bureau, work)


def test_a_late_own_account_declines_for_free_and_is_cured_at_once(database, bureau):  # noqa: F811
    async def work(desk):
        first = await desk.tell(inquiry_of())
        await import_loans(
            [LoanLine(number=1, loan=late_loan(first.consumer_id))],
            [],
            loans=LoanImportInStore(desk.pool),
            new_uuid=uuid4,
            on_progress=lambda *_: None,
        )
        late = await desk.tell(inquiry_of())
        assert (first.outcome, late.outcome) == ("approved", "declined")
        assert [one.code for one in late.reasons] == ["R16"]
        assert await desk.count("report") == 1
        [[loan_id]] = await desk.rows("select loan_id from loan")
        await record_payment(
            LoanRequest(loan_id=UUID(str(loan_id)), reference="p", amount_cents=30_000),
            ledger=LedgerInStore(desk.pool, new_uuid=uuid4),
        )
        cured = await desk.tell(inquiry_of())
        assert (cured.outcome, cured.is_repeat) == ("approved", True)
        # Something new is stated: the report is older than the import, and is asked for again.
        poorer = msgspec.structs.replace(inquiry_of().stated, income_cents=3_000_000)
        anew = await desk.tell(inquiry_of(stated=poorer))
        assert (anew.outcome, await desk.count("report")) == ("approved", 2)
        [[facts]] = await desk.rows("select facts from decision where seq = 2")
        assert (facts["own_days_late"], facts["own_charged_off"]) == (0, False)
        since = date.fromisoformat(facts["as_of"]) - date(2025, 12, 22)
        assert facts["own_days_since_first"] == since.days
        assert facts["own_on_time_payments"] == 0

    at_desk(database, bureau, work)
