"""`wherewithal lending schedule` and `wherewithal lending apr`."""

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


def test_a_first_payment_on_another_day(command):
    typed = "--principal-cents 10000 --note-rate-bps 1200 --months 3 --start 2025-01-31"
    answer = command("lending", "schedule", *typed.split(), "--first-payment", "2025-03-15").json
    assert answer["first_period"] == {"months": 1, "days": 15}
    assert [one["date"] for one in answer["payments"]] == ["2025-03-15", "2025-04-15", "2025-05-15"]


def test_aprs_of_a_file(command, tmp_path):
    file = tmp_path / "loans.json"
    file.write_text(
        '[{"id": "a", "advances": [{"date": "1978-01-01", "amount_cents": 100000}],'
        ' "payments": [{"date": "1978-09-13", "amount_cents": 108000}]}]'
    )
    assert command("lending", "apr", str(file)).json == [
        {"id": "a", "apr_pct": 11.4509804, "unit_period": "255 days"}
    ]


def test_apr_refuses_what_is_no_exact_json(command, tmp_path):
    cases = {
        "[{]": "not JSON from line 1, column 3 on",
        '[{"id": 1, "id": 2}]': "has a key twice: id",
        "[" * 100_000: "nested too deep",
        "\xff": "not UTF-8",
        '[{"id": "a", "advances": [{"date": "2025-01-01", "amount_cents": 1e400}],'
        ' "payments": [{"date": "2025-02-01", "amount_cents": 1.0}]}]': "$[0].payments[0].amount",
    }
    for text, message in cases.items():
        file = tmp_path / "loans.json"
        file.write_bytes(text.encode("latin-1"))
        answer = command("lending", "apr", str(file))
        assert (answer.code, answer.out) == (2, "")
        assert message in answer.err
