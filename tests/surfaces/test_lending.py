"""`wherewithal lending schedule`."""

from __future__ import annotations


def schedule(command, principal_cents, note_rate_bps, months, start):
    values = {
        "--principal-cents": principal_cents,
        "--note-rate-bps": note_rate_bps,
        "--months": months,
        "--start": start,
    }
    typed = [text for pair in values.items() for text in pair]
    return command("lending", "schedule", *typed)


def test_a_schedule(command):
    answer = schedule(command, "30000", "0", "3", "2025-01-31").json
    assert (answer["finance_charge_cents"], answer["apr_pct"]) == (0, 0.0)
    assert answer["payments"] == [
        {"date": day, "amount_cents": 10_000, "principal_cents": 10_000, "interest_cents": 0}
        for day in ("2025-02-28", "2025-03-31", "2025-04-30")
    ]


def test_all_that_is_wrong_is_said_at_once(command):
    answer = schedule(command, "-5", "x", "3", "2025-02-30")
    assert (answer.code, answer.out) == (2, "")
    assert [line.split(":")[0] for line in answer.errors] == [
        "--principal-cents",
        "--note-rate-bps",
        "--start",
    ]
