"""Loans of a file: all of them or all of its problems, once however often it is loaded."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

import msgspec
import pytest

from tests.service.publishing import add_consumer, consumers, execute, with_pool
from wherewithal.service.import_loans import ImportedLoan, import_loans
from wherewithal.sources.loans_jsonl import read_loan_lines
from wherewithal.store.ledger_check import LedgerCheckInStore
from wherewithal.store.loan_import import LoanImportInStore
from wherewithal.store.powers import PeopleInStore
from wherewithal.vocabulary.errors import SourceRefused

TODAY = date(2026, 11, 20)


@pytest.fixture
def lines(repository):
    text = (repository / "examples" / "loans" / "import.jsonl").read_text(encoding="utf-8")
    return [msgspec.json.decode(line) for line in text.splitlines()]


@pytest.fixture
def load(tmp_path):
    """Return a function that loads lines of JSON."""

    def run(pool, lines, *, told=None):
        path = tmp_path / "loans.jsonl"
        path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
        read, problems = read_loan_lines(path, on=TODAY)
        return import_loans(
            read,
            problems,
            loans=LoanImportInStore(pool),
            new_uuid=uuid4,
            on_progress=lambda *done: None if told is None else told.append(done),
        )

    return run


async def members(pool) -> None:
    for number in range(3):
        consumer_id = await add_consumer(pool, is_known=False)
        await execute(
            pool,
            "insert into consumer_reference (portfolio, reference, consumer_id)"
            " values ('members', %s, %s)",
            *(str(number), consumer_id),
        )


async def differences(pool):
    return (await LedgerCheckInStore(pool).check(consumer_id=None, rows_max=9)).differences


def test_the_example_is_loaded_once_and_weighs_as_any_loan(database, load, lines):
    async def work(pool):
        await members(pool)
        told: list[tuple[int, ...]] = []
        answers = [await load(pool, lines, told=told) for _ in range(2)]
        ids, people = await consumers(pool), PeopleInStore(pool)
        rows = [await people.read_person(ids[str(number)]) for number in range(3)]
        return answers, told, [row.exposure for row in rows if row], await differences(pool)

    answers, told, (paid, open_, off), found = with_pool(database, work)
    assert [(one.loans, one.known) for one in answers] == [(3, 0), (3, 3)]
    assert told == [(3, 3), (3, 3)]
    assert (paid.used_cents, paid.on_time_payments, paid.late_since) == (0, 6, None)
    assert (open_.used_cents, open_.first_booked_on) == (
        lines[1]["outstanding_cents"],
        date(2026, 5, 4),
    )
    assert (off.used_cents, off.has_charge_off) == (0, True)
    assert found == ()


def test_every_problem_is_told_with_its_line_and_nothing_is_loaded(database, load, lines):
    good, other, off = lines
    bad = [
        good,
        good,
        other | {"outstanding_cents": 1, "note_rate_bps": -1},
        off | {"consumer": "nobody"},
        {"loan": "L-1"},
        other | {"loan": "L-2", "booked_on": "2026-12-01", "plan": "pay_in_4"},
    ]

    async def work(pool):
        await members(pool)
        with pytest.raises(SourceRefused) as refused:
            await load(pool, bad)
        ids = await consumers(pool)
        row = await PeopleInStore(pool).read_person(ids["0"])
        return [(one.path, one.code) for one in refused.value.problems], row

    problems, row = with_pool(database, work)
    assert ("line 5 $.product", "malformed_loan") in problems
    assert [one for one in problems if not one[0].startswith(("line 5", "line 6"))] == [
        ("line 3 $.note_rate_bps", "out_of_range"),
        ("line 3 $.outstanding_cents", "sum_differs"),
        ("line 2", "repeated_loan"),
        ("line 4", "unknown_consumer"),
    ]
    assert ("line 6 $.booked_on", "date_in_future") in problems
    assert ("line 6 $.plan", "unknown_plan") in problems
    assert row is not None
    assert row.exposure.first_booked_on is None


def test_all_that_is_wrong_in_the_form_of_a_line_is_told(tmp_path, lines):
    _, _, off = lines
    paid = {"due_on": "2026-13-01", "amount_cents": "10", "principal_cents": 10}
    path = tmp_path / "loans.jsonl"
    path.write_bytes(
        msgspec.json.encode(off | {"product": "montly", "SSN": "123", "payments": [paid, 7]})
        + b'\n{"loan": "L-1", "note_rate": 5}\n[1]\nno\n'
    )
    loans, problems = read_loan_lines(path, on=TODAY)
    assert loans == []
    assert {one.code for one in problems} == {"malformed_loan"}
    places = [one.path for one in problems]
    assert places[:6] == [
        "line 1 $.(unknown field)",
        "line 1 $.product",
        "line 1 $.payments[0].due_on",
        "line 1 $.payments[0].amount_cents",
        "line 1 $.payments[0].interest_cents",
        "line 1 $.payments[1]",
    ]
    assert (len([one for one in places if one.startswith("line 2")]), places[-2:]) == (
        10,
        ["line 3 $", "line 4"],
    )
    assert "did you mean note_rate_bps?" in problems[6].message
    assert "123" not in "".join(one.message for one in problems)


def test_another_loan_under_a_known_number_is_refused(database, load, lines):
    async def work(pool):
        await members(pool)
        await load(pool, lines)
        with pytest.raises(SourceRefused) as refused:
            await load(pool, [lines[0] | {"originator": "another"}])
        return [(one.code, one.message) for one in refused.value.problems]

    assert with_pool(database, work) == [
        ("another_loan", "it was imported before with another originator")
    ]


def test_two_loads_at_once_are_one(database, load, lines):
    async def work(pool):
        await members(pool)
        answers = await asyncio.gather(*(load(pool, lines) for _ in range(3)))
        return sum(one.loans - one.known for one in answers), await differences(pool)

    assert with_pool(database, work) == (3, ())


def test_a_line_says_what_an_import_takes(lines):
    decoded = msgspec.convert(lines[1], ImportedLoan)
    assert (decoded.names, decoded.is_furnished) == (("members", "1"), True)
