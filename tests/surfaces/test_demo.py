"""The demo: what it says, and that it cannot end well where the executors differ."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.postgres import open_folder
from wherewithal.qualify.decide import decide
from wherewithal.surfaces.cli.app import run
from wherewithal.surfaces.cli.demo_agreement import Agreement, compare
from wherewithal.surfaces.cli.demo_held import differing, fields_decided
from wherewithal.surfaces.cli.demo_outcomes import TierOutcome, outcomes_by_tier
from wherewithal.surfaces.cli.demo_print import agreement_line, console_of
from wherewithal.surfaces.cli.ports import FactsFile
from wherewithal.wiring.command import app_of, ports
from wherewithal.wiring.demo_service import start_demo_service
from wherewithal.wiring.processes import ProcessEnded

WITHIN_S = 90
#: A demo that has come to its service and goes no further.
KILLED = """
import time
from wherewithal.wiring.demo_service import start_demo_service
with start_demo_service(60) as wait:
    print(wait().port, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folders(monkeypatch):
    """Return the place where the demos of a test make their folders."""
    with open_folder() as place:
        monkeypatch.setenv("TMPDIR", str(place))
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        yield place


def left_over(place: Path) -> list[Path]:
    """Return the folders of demos that are still there; each goes after its processes."""
    return sorted(place.glob("wherewithal-demo-*"))


@pytest.fixture(scope="module")
def decided(real_ports, loans, tmp_path_factory):
    """Return facts and decisions of the first 300 borrowers, and the bundle."""
    file = FactsFile(source="lendingclub", path=loans, stated=None, as_of=real_ports.now().date())
    out = tmp_path_factory.mktemp("out")
    real_ports.run_offline(file, bundle=None, out=out, workers=1, on_progress=lambda *_: None)
    decisions = pl.read_parquet(out / "decisions" / "*.parquet")
    return real_ports.read_facts(file), decisions, real_ports.load_bundle(None)


def test_the_demo_ends_well(folders, capfd):
    # At the real moment: the simulated bureau's reports are of today.
    code = run(app_of(ports()), ["demo"])
    out, _err = capfd.readouterr()
    said = " ".join(out.split())
    assert (code, left_over(folders)) == (0, [])
    assert "scalar and columnar agree on 20,814 of 20,814 rows, field by field" in said
    assert "Bring the account current" in said
    assert "whom a lender had approved once" in said
    assert "Fictional: merchants, programs, originators and law rows" in said
    assert "A simulation: the bureau that the service talks to over a socket" in said
    assert re.search(r"by `decide`: 21 of 21 people agree, field by field \(2,\d{3} fields\)", said)
    assert "cure Lift the freeze with the bureau, then ask again" in said
    assert "no-hit: 200, no_hit" in said
    assert re.search(r"slow: 202, pending .* `Prefer: wait=30`: 200, approved, up to \$", said)
    assert "400,000 merchants with 1,000 programs, all fictional" in said
    assert "what is voided is power again; asked twice, held once" in said
    assert "20,814 people at once, none of whom asked" in said
    assert "as the run has them: 50 of 50 people agree" in said


def test_a_demo_that_is_killed_leaves_nothing(folders):
    demo = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", KILLED],
        stdout=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stdout is not None
        port = int(demo.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            assert left_over(folders) != []
        demo.kill()
    until = time.monotonic() + WITHIN_S
    while left_over(folders) and time.monotonic() < until:
        time.sleep(0.1)
    assert left_over(folders) == []
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_service_that_does_not_start_says_why(folders):
    with start_demo_service(0) as wait, pytest.raises(ProcessEnded) as ended:
        wait()
    assert "the demo's service did not start" in str(ended.value)
    assert "expected 1 to 2,000,000 merchants" in str(ended.value)
    assert left_over(folders) == []


def test_a_field_of_difference_is_seen(real_ports, bureau):
    """One cent more, one rule fewer, one field that only one side has."""
    file = FactsFile(
        source="transunion",
        path=bureau / "transunion_tu4_creditReportResponse.xml",
        stated=bureau / "stated.json",
        as_of=real_ports.now().date(),
    )
    bundle = real_ports.load_bundle(None)
    applicant = real_ports.applicant_of(real_ports.read_facts(file), 0)
    mine = fields_decided(decide(applicant, bundle), applicant, bundle)
    assert differing(mine, dict(mine)) == []
    theirs = mine | {"row.power_total_cents": 17_201, "matched.Tier": [4], "row.new": 1}
    del theirs["products.pay_in_4.apr_bps"]
    assert differing(mine, theirs) == [
        "matched.Tier",
        "products.pay_in_4.apr_bps",
        "row.new",
        "row.power_total_cents",
    ]


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
