"""`wherewithal decide` on real files, and what it says where it cannot."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

import polars as pl
import pytest

from wherewithal.surfaces.cli.demo_print import dollars

REPORT = "transunion_tu4_creditReportResponse.xml"
#: DESIGN 9 promises these of every decision.
PROMISED = {
    *("decision_id", "applicant_id", "outcome", "reasons", "score_points", "tier"),
    *("limit_total_cents", "capacity_cents", "power_total_cents", "bundle_digest", "as_of"),
    *(f"power_{code}_cents" for code in ("pay_in_4", "monthly", "one_time_card", "card")),
}


def test_the_published_report_is_a_near_decline(command, bureau):
    answer = command("decide", "--source", "transunion", bureau / REPORT, "--stated", bureau / "stated.json").json  # fmt: skip
    assert answer.keys() >= PROMISED
    assert (answer["outcome"], answer["tier"], answer["as_of"]) == ("approved", "E", "2022-01-27")
    assert 0 < answer["power_pay_in_4_cents"] < 100_000
    assert answer["power_monthly_cents"] == 0
    reason = answer["reasons"][0]
    assert (reason["code"], reason["regb_number"]) == ("R17b", 17)
    assert reason["regb_text"] == "Delinquent past or present credit obligations with others"
    assert reason["cure"].startswith("Bring the account current")
    assert answer["matched"]["Knock-outs"][0]["reason"] == "R17b"
    assert answer["attributes"]["past_due_cents"] == 18_900


def test_a_report_without_what_is_stated_is_incomplete(command, bureau):
    answer = command("decide", "--source", "transunion", bureau / REPORT).json
    assert (answer["outcome"], answer["power_total_cents"]) == ("incomplete", None)
    assert [reason["code"] for reason in answer["reasons"]] == ["I_INCOME"]
    assert answer["merchants"] == []


def test_a_borrower_has_offers_that_hold_together(command, loans):
    answer = command("decide", "--source", "lendingclub", loans, "--row", 162).json
    monthly = answer["products"]["monthly"]
    plan = monthly["best_plan"]
    assert monthly["power_cents"] == answer["power_monthly_cents"] == plan["basket_cents"]
    assert sum(payment["amount_cents"] for payment in plan["payments"]) == (
        plan["amount_financed_cents"] + plan["finance_charge_cents"]
    )
    assert sum(p["principal_cents"] for p in plan["payments"]) == plan["amount_financed_cents"]
    assert max(p["amount_cents"] for p in plan["payments"]) <= answer["capacity_cents"]
    assert len(answer["merchants"]) == 60
    assert answer["assumptions"][0] == "age is unknown: taken to be old enough to contract"


def test_every_zero_has_a_reason(command, loans):
    answer = command("decide", "--source", "lendingclub", loans, "--row", 162).json
    products = [p for merchant in answer["merchants"] for p in merchant["products"].values()]
    assert [p for p in products if (p["power_cents"] == 0) != (p["reason"] is not None)] == []
    assert [p for p in products if (p["power_cents"] == 0) != (p["best_plan"] is None)] == []
    assert all("payments" not in p["best_plan"] for p in products if p["best_plan"])


def test_merchants_show_schedules_on_demand(command, loans):
    answer = command("decide", "--source", "lendingclub", loans, "--row", 162, "--schedules").json
    plan = answer["merchants"][0]["products"]["monthly"]["best_plan"]
    assert len(plan["payments"]) == plan["payments_count"]


def test_every_amount_is_whole_cents(command, loans):
    answer = command("decide", "--source", "lendingclub", loans, "--row", 162).json

    def amounts(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if key.endswith(("_cents", "_bps")):
                    yield key, item
                yield from amounts(item)
        elif isinstance(value, list):
            for item in value:
                yield from amounts(item)

    assert {key for key, item in amounts(answer) if not isinstance(item, int | None)} == set()


def test_json_and_parquet_facts_give_the_same_decision(command, real_ports, loans, tmp_path):
    whole = command("decide", "--source", "lendingclub", loans, "--row", 162).json
    facts = {"as_of": datetime.date(2007, 10, 1), "state": "GA"}
    row = dict.fromkeys(()) | {
        name: value
        for name, value in pl.DataFrame(_row(real_ports, loans, 162)).row(0, named=True).items()
        if value is not None
    }
    assert facts["as_of"] == row["as_of"]
    people = tmp_path / "people.json"
    people.write_text(json.dumps([row], default=str))
    pl.DataFrame([row]).write_parquet(tmp_path / "people.parquet")
    by_json = command("decide", "--source", "json", people).json
    by_parquet = command("decide", "--source", "parquet", tmp_path / "people.parquet").json
    assert whole == by_json == by_parquet


def _row(ports, loans, number):
    from wherewithal.surfaces.cli.ports import FactsFile  # noqa: PLC0415

    day = datetime.date(2026, 1, 1)
    file = FactsFile(source="lendingclub", path=loans, stated=None, as_of=day)
    return ports.read_facts(file)[number]


def test_a_row_of_the_future_is_never_decided(command, loans):
    answer = command("decide", "--source", "lendingclub", loans, "--as-of", "2007-05-31").json
    assert (answer["outcome"], answer["power_total_cents"]) == ("unreadable_row", None)
    assert answer["failure_cause"].startswith("as_of: dated after --as-of")
    assert [reason["code"] for reason in answer["reasons"]] == ["F_ROW"]
    assert answer["attributes"] == {}


@pytest.mark.parametrize(
    ("arguments", "errors"),
    [
        (
            ["--source", "lendinclub", "x", "--as-of", "2025-02-30"],
            [
                "--source: expected one of transunion, lendingclub, json, parquet; did you mean 'lendingclub'? [unknown_source]",
                "--as-of: expected a day of the calendar such as 2025-01-31 [not_a_date]",
            ],
        ),
        (
            ["--source", "json", "x", "--stated", "y"],
            ["--stated: goes with --source transunion only; a json file states income itself [not_stated_here]"],
        ),
        (
            ["--source", "lendingclub", "nix.csv"],
            ["nix.csv: the file cannot be read: no such file or directory [unreadable_file]"],
        ),
        (
            ["--source", "transunion", "nix.xml", "--stated", "nix.json"],
            [
                "nix.xml: no such file, or it may not be read; name a TU4 credit report in XML [unreadable_file]",
                "nix.json: no such file, or it may not be read; name a JSON file of what is stated [unreadable_file]",
            ],
        ),
        (
            ["--sorce", "json", "x"],
            ["Unknown option: --sorce. Did you mean --source? Try the same command with --help."],
        ),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used(command, arguments, errors):
    answer = command("decide", *arguments)
    assert (answer.code, answer.out, answer.errors) == (2, "", errors)


def test_a_row_that_is_not_there(command, loans):
    for row in ("20814", "-1"):
        answer = command("decide", "--source", "lendingclub", loans, "--row", row)
        assert answer.errors == ["--row: the file has the rows 0 to 20,813 [no_such_row]"]


def test_a_bundle_that_is_not_there(command, loans, tmp_path):
    answer = command("decide", "--source", "lendingclub", loans, "--bundle", tmp_path / "nix")
    assert (answer.code, len(answer.errors)) == (2, 1)
    assert answer.errors[0].endswith(
        "a bundle is a folder such as policies/everyday [missing_bundle]"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (gzip.compress(b"id,issue_d\n1,2010-12-01\n" * 900, mtime=0)[:-20], "damaged_gzip"),
        (b"id,issue_d,addr_state\n1,2010-12-01,MI\n", "missing_column"),
        (b"hello", "not_a_loan_file"),
    ],
)
def test_a_loan_file_that_cannot_be_used(command, tmp_path, data, code):
    path = tmp_path / "loans.csv"
    path.write_bytes(data)
    answer = command("decide", "--source", "lendingclub", path)
    assert (answer.code, answer.out) == (2, "")
    assert {line.rsplit("[", 1)[1] for line in answer.errors} == {f"{code}]"}


def test_a_hostile_report_is_a_typed_failure(command, tmp_path):
    path = tmp_path / "report.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    answer = command("decide", "--source", "transunion", path).json
    assert (answer["outcome"], answer["tier"], answer["power_total_cents"]) == ("malformed", None, None)  # fmt: skip
    assert answer["products"]["monthly"]["power_cents"] is None


def test_a_table_says_what_was_decided_and_why(command, loans):
    asked = ("decide", "--source", "lendingclub", loans, "--row", 162)
    answer, shown = command(*asked).json, command(*asked, "--table").out
    assert answer["outcome"].upper() in shown
    assert f"tier {answer['tier']}, priced as {answer['pricing_tier']}" in shown
    assert dollars(answer["capacity_cents"]) in shown
    for product in answer["products"].values():
        assert re.search(rf"{product['name']} +{re.escape(dollars(product['power_cents']))}", shown)
    at = [one["products"]["card"]["power_cents"] for one in answer["merchants"]]
    least = rf"{answer['products']['card']['name']} +{sum(map(bool, at))} +{re.escape(dollars(max(at)))}"
    assert re.search(least, shown)
    assert all(assumed in " ".join(shown.split()) for assumed in answer["assumptions"])
    assert len(shown.splitlines()) < 60


def test_a_table_of_an_unknown_power_says_unknown(command, bureau):
    shown = command("decide", "--source", "transunion", bureau / REPORT, "--table").out
    assert "INCOMPLETE" in shown
    assert "all together" in shown
    assert "unknown" in shown
    assert "$0.00" not in shown
    assert "I_INCOME" in shown


@pytest.mark.parametrize(("more", "begins"), [((), "\r\nApplicant"), (("--json",), "{"), (("--schedules",), "{")])  # fmt: skip
def test_on_a_terminal_there_are_tables_and_piped_there_is_json(loans, more, begins):
    """A terminal of 100 columns, by `script`'s own means: a pseudo-terminal."""
    main, other = pty.openpty()
    code = "from wherewithal.wiring.command import main; raise SystemExit(main())"
    arguments = ("decide", "--source", "lendingclub", loans, "--row", "7", *more)
    program = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(program, stdout=other, stderr=other) as process:  # noqa: S603 - ours
        os.close(other)
        shown = b""
        with suppress(OSError):  # the other side has closed
            while part := os.read(main, 65_536):
                shown += part
        assert process.wait(60) == 0
    os.close(main)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).startswith(begins)
