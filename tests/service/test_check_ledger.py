"""A recompute from the entries alone finds no difference, and each kind that is planted."""

from __future__ import annotations

from tests.service.publishing import execute
from tests.service.servicing import MONTHLY, Servicer
from tests.service.test_loans import servicer  # noqa: F401 - a fixture
from wherewithal.store.ledger_check import LedgerCheckInStore, check_on


async def found(s: Servicer) -> set[tuple[str, tuple[str, ...]]]:
    checked = await LedgerCheckInStore(s.till.pool).check(consumer_id=None, rows_max=100)
    assert checked.consumers >= 1
    return {(one.part, one.fields) for one in checked.differences}


async def busy(s: Servicer) -> None:
    """Let everything happen that can, from the very first loan."""
    newcomer = "update consumer set first_booked_on = null, on_time_payments = 0"
    await execute(s.till.pool, newcomer)
    loan, other = [await s.lend(basket) for basket in (20_000, 30_000)]
    for one in (loan, other):
        await s.pay(one, 5_001)
        await s.refund(one, 7_003)
    late = await s.lend(60_000, **MONTHLY)
    await s.refund(late, 30_003)
    await s.till.hold(s.who)
    await s.till.void(await s.till.hold(s.who))
    await s.charge_off(loan)
    await s.pay(loan, 100)


def test_nothing_differs_whatever_happened(servicer):  # noqa: F811
    async def work(s):
        await busy(s)
        return await found(s)

    assert servicer(work) == set()


PLANTED = [
    ("update consumer set held_cents = held_cents + 1", ("account", ("held_cents",))),
    ("update consumer set drawn_cents = drawn_cents - 1", ("account", ("drawn_cents",))),
    ("update consumer set on_time_payments = 9", ("account", ("on_time_payments",))),
    ("update consumer set first_booked_on = '2020-01-01'", ("account", ("first_booked_on",))),
    ("update consumer set first_booked_on = null", ("account", ("first_booked_on",))),
    ("update consumer set has_charge_off = false", ("account", ("has_charge_off",))),
    ("update consumer set ledger_seq = ledger_seq + 1", ("account", ("ledger_seq",))),
    (
        "update hold set held_cents = held_cents - 1 where status = 'held'",
        ("hold", ("held_cents",)),
    ),
    (
        "update loan set outstanding_cents = 1 where status = 'open'",
        ("loan", ("outstanding_cents",)),
    ),
    ("update loan set status = 'repaid' where status = 'open'", ("loan", ("status",))),
    (
        "update instalment set paid_cents = paid_cents - 1 where paid_cents > 0",
        ("instalment", ("paid_cents",)),
    ),
    ("update instalment set due_on = due_on + 1", ("instalment", ("due_on",))),
    ("update instalment set interest_cents = 9", ("instalment", ("interest_cents",))),
    (
        "delete from ledger_entry where kind = 'loan_refunded' and drawn_delta_cents = -30003",
        ("loan", ("outstanding_cents",)),
    ),
]


def test_each_kind_of_difference_is_found(servicer):  # noqa: F811
    async def work(s):
        await busy(s)
        results = []
        for change, _ in PLANTED:
            async with s.till.pool.connection() as connection:
                await connection.set_autocommit(False)
                await connection.execute(change)
                checked = await check_on(connection, consumer_id=s.who[0], rows_max=100)
                await connection.rollback()
                await connection.set_autocommit(True)
            results.append({(one.part, one.fields) for one in checked.differences})
        return results

    for (change, expected), differences in zip(PLANTED, servicer(work), strict=True):
        assert expected in differences, change
