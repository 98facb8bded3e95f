"""The demo: what it says, and that it cannot end well where the executors differ."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from wherewithal.surfaces.cli.app import run
from wherewithal.surfaces.cli.demo_agreement import Agreement, compare
from wherewithal.surfaces.cli.demo_outcomes import TierOutcome, outcomes_by_tier
from wherewithal.surfaces.cli.demo_print import agreement_line, console_of
from wherewithal.surfaces.cli.ports import FactsFile
from wherewithal.wiring.command import app_of


@pytest.fixture(scope="module")
def decided(real_ports, loans, tmp_path_factory):
    """Return facts and decisions of the first 300 borrowers, and the bundle."""
    file = FactsFile(source="lendingclub", path=loans, stated=None, as_of=real_ports.now().date())
    out = tmp_path_factory.mktemp("out")
    real_ports.run_offline(file, bundle=None, out=out, workers=1, on_progress=lambda *_: None)
    decisions = pl.read_parquet(out / "decisions" / "*.parquet")
    return real_ports.read_facts(file), decisions, real_ports.load_bundle(None)


def test_the_demo_ends_well(command):
    answer = command("demo")
    said = " ".join(answer.out.split())
    assert answer.code == 0
    assert "scalar and columnar agree on 20,814 of 20,814 rows, field by field" in said
    assert "Bring the account current" in said
    assert "whom a lender had approved once" in said
    assert "Fictional: merchants, programs, originators and law rows" in said


def test_two_executors_agree_on_some_rows(real_ports, decided):
    facts, decisions, bundle = decided
    found = compare(facts[:300], decisions[:300], bundle, applicant_of=real_ports.applicant_of)
    fields = len(decisions.columns)
    assert found == Agreement(rows=300, agreeing=300, fields=fields, differing={})
    assert found.is_total


def test_one_cent_of_difference_is_seen(real_ports, decided):
    facts, decisions, bundle = decided
    off = decisions[:9].with_columns(pl.col("power_total_cents") + 1).drop("tier")
    found = compare(facts[:9], off, bundle, applicant_of=real_ports.applicant_of)
    assert found.differing == {"power_total_cents": 9, "tier": 9}
    assert (found.agreeing, found.is_total) == (0, False)


def test_rows_that_are_lost_are_seen(real_ports, decided, capsys):
    facts, decisions, bundle = decided
    found = compare(facts[:9], decisions[:8], bundle, applicant_of=real_ports.applicant_of)
    assert (found.agreeing, found.differing, found.is_total) == (8, {"rows": 1}, False)
    import sys  # noqa: PLC0415

    console_of(sys.stdout).print(agreement_line(found))
    assert "agree on 8 of 9 rows" in capsys.readouterr().out


def test_defaults_are_counted_by_tier(decided, loans):
    tiers = outcomes_by_tier(decided[1], loans)
    assert sum(tier.rows for tier in tiers) == 20_814
    # All that were charged off: 2,373, and 761 under the lender's older policy.
    assert sum(tier.defaulted for tier in tiers) == 3_134
    assert [tier.name for tier in tiers][:5] == ["A", "B", "C", "D", "E"]
    assert tiers[-1] == TierOutcome(
        name="none: bureau block missing", rows=29, defaulted=3, median_power_cents=None
    )
    shares = [tier.defaulted / tier.rows for tier in tiers[:5]]
    assert shares == sorted(shares)


def test_a_demo_without_its_files(real_ports, capfd):
    app = app_of(replace(real_ports, shipped=lambda _name: None))
    assert run(app, ["demo"]) == 2
    assert "run the demo from a checkout [missing_example]" in capfd.readouterr().err
