"""`wherewithal demo`: the whole on real people's files, in plain words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import polars as pl
from cyclopts import App

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import decide
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.surfaces.cli import demo_print as show
from wherewithal.surfaces.cli.decision_json import decision_json
from wherewithal.surfaces.cli.demo_agreement import compare
from wherewithal.surfaces.cli.demo_asked import Say, ask_everyone, show_failures
from wherewithal.surfaces.cli.demo_list import MERCHANTS as MERCHANTS_LISTED
from wherewithal.surfaces.cli.demo_list import show_list
from wherewithal.surfaces.cli.demo_newcomer import newcomers
from wherewithal.surfaces.cli.demo_outcomes import outcomes_by_tier
from wherewithal.surfaces.cli.demo_ports import DemoPorts, DemoService, MadeDirectory
from wherewithal.surfaces.cli.demo_published import publish, show_published, show_replayed
from wherewithal.surfaces.cli.demo_till import show_till
from wherewithal.surfaces.cli.offers_json import merchants_json, products_json
from wherewithal.surfaces.cli.ports import FactsFile, Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

REPORT = "examples/bureau/transunion_tu4_creditReportResponse.xml"
STATED = "examples/bureau/stated.json"
LOANS = "examples/loans/lendingclub_2007_2010.csv.gz"
#: Merchants that differ in what they offer: a first choice of all that the directory has.
MERCHANTS = (
    "lantern-and-loom",
    "willow-family-dental",
    "gilded-wren-jewellers",
    "wayfarer-and-co",
    "foxglove-books",
    "copperfin-tackle",
)
SHOWN_PRODUCTS = ("pay_in_4", "monthly", "card")
EXIT_DISAGREE = 1


def add_demo(app: App, ports: Ports, demo: DemoPorts) -> None:
    """Add the command to the app."""

    @app.command(name="demo")
    def command() -> int:
        """Show it all on real people's files, in under a minute.

        Decides for a published bureau report, a borrower at a few merchants and all 20,814
        borrowers of a public loan file; then runs the whole service in a folder of its own, asks it
        over HTTP, reads a list of 400,000 merchants and publishes the run. Ends with 0 only if all
        that is held against each other agrees in every field.
        """
        begun = perf_counter()
        say = show.console_of(sys.stdout).print
        _opening(say)
        bundle = ports.load_bundle(None)
        with ExitStack() as stack:
            # It starts while the files are decided.
            wait = stack.enter_context(demo.start_service(MERCHANTS_LISTED))
            run = Path(stack.enter_context(TemporaryDirectory(prefix="wherewithal-demo-")))
            _bureau_person(ports, bundle, say)
            loans = _file(ports, "lendingclub", LOANS)
            facts = ports.read_facts(loans)
            decisions = _everyone(ports, loans, run, say)
            _borrower(ports, bundle, facts, decisions, say)
            say(show.heading("4. One policy, two executors"))
            agreement = compare(facts, decisions, bundle, applicant_of=ports.applicant_of)
            say(show.agreement_line(agreement))
            made = demo.count_directory(MERCHANTS_LISTED)
            is_well = agreement.is_total
            is_well &= _service(ports, bundle, wait, _Ready(run, decisions, made), say)
        _further(say)
        say(show.said(f"The demo took {perf_counter() - begun:.0f} seconds."))
        return 0 if is_well else EXIT_DISAGREE


def _opening(say: Say) -> None:
    say(show.heading("Wherewithal: what a person can spend, where, at what cost and why"))
    say(
        show.said(
            "Real: a bureau report published by TransUnion, and 20,814 loans of LendingClub's"
            " public file, 2007 to 2010. Fictional: merchants, programs, originators and law"
            " rows; they are samples and no legal advice. A simulation: the bureau that the"
            " service talks to over a socket, and the people whom it knows."
        )
    )


class _Ready(NamedTuple):
    """What the first half leaves to the second."""

    run: Path
    decisions: pl.DataFrame
    made: MadeDirectory


def _service(
    ports: Ports,
    bundle: PolicyBundle,
    wait: Callable[[], DemoService],
    ready: _Ready,
    say: Say,
) -> bool:
    """Show the service over HTTP; return whether all of it is as it should be."""
    say(show.heading("5. The same over HTTP: identity, consent, pull, decision, one transaction"))
    service = wait()
    say(
        show.said(
            "A whole service runs in a folder of its own: Postgres, API, worker, simulated bureau."
            " Each person below is asked for with a consent and an idempotency key; then the very"
            " bytes that the bureau served are decided by `decide` and compared."
        )
    )
    asked = ask_everyone(ports, bundle, service, say)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # It goes on while the late one of the three is waited for, and not while pages are timed.
        published = beside.submit(publish, service, ready.run, today=ports.now().date())
        say(show.heading("6. Three that fail, each in another way"))
        is_well = show_failures(service, say)
    say(show.heading(f"7. All {MERCHANTS_LISTED:,} merchants, for one person"))
    is_well &= show_list(service, asked.middle, ready.made, say)
    say(show.heading("8. At the till: a hold, a capture, a void"))
    is_well &= show_till(service, asked.middle, say)
    say(show.heading("9. The offline run, published"))
    today, of_newcomers = calendar_day(ports.now()), newcomers(bundle)
    is_well &= show_published(
        service,
        ready.decisions,
        lowered=lambda row: of_newcomers(row, today),
        seconds=published.result(),
        say=say,
    )
    is_well &= show_replayed(service, say)
    return is_well and not asked.differing


def _bureau_person(ports: Ports, bundle: PolicyBundle, say: Say) -> None:
    say(show.heading("1. One person now: a bureau report, and what the person states"))
    report = _file(ports, "transunion", REPORT)
    answer = _answer(ports, bundle, ports.read_facts(report), row=0)
    say(
        show.said(
            f"The report is of {answer['as_of']}: {answer['attributes']['total_trades']} trade"
            f" lines, now past due: {answer['attributes']['trades_past_due']}. A bureau knows no"
            f" income; the applicant states it ({STATED}, ours)."
        )
    )
    say(show.person_lines(answer))
    say(show.products_table(answer["products"]))


def _everyone(ports: Ports, loans: FactsFile, run: Path, say: Say) -> pl.DataFrame:
    say(show.heading("2. Everyone, offline: all borrowers of the loan file"))
    begun = perf_counter()
    answer = ports.run_offline(
        loans, bundle=None, out=run, workers=1, on_progress=lambda _done, _all: None
    )
    seconds = perf_counter() - begun
    decisions = pl.read_parquet(run / "decisions" / "*.parquet")
    say(
        show.said(
            f"{answer.counts.rows:,} rows in {seconds:.1f} seconds, from the gzipped file to"
            f" Parquet; dated {answer.counts.as_of_first} to {answer.counts.as_of_last}."
        )
    )
    say(show.tiers_table(outcomes_by_tier(decisions, loans.path), rows=answer.counts.rows))
    say(
        show.said(
            "Read the defaults with care. These are borrowers whom a lender had approved once:"
            " default among those we would decline is understated, and nothing is inferred about"
            " people whom it rejected. Defaults are over the life of the loan, in a crisis. How a"
            " loan ended is read for this table alone; no decision sees it."
        )
    )
    return decisions


def _borrower(
    ports: Ports, bundle: PolicyBundle, facts: pl.DataFrame, decisions: pl.DataFrame, say: Say
) -> None:
    row = _row_to_show(decisions)
    say(show.heading("3. One of them, at a few merchants"))
    answer = _answer(ports, bundle, facts, row=row)
    say(show.said(f"Row {row:,} of the loan file, as of {answer['as_of']}."))
    say(show.person_lines(answer))
    say(show.products_table(answer["products"]))
    plan = answer["products"]["monthly"]["best_plan"]
    if plan is not None:
        say(show.said(f"The monthly plan in full: {show.schedule_line(plan)}"))
    chosen = [m for m in answer["merchants"] if m["merchant_id"] in MERCHANTS]
    if chosen:
        say(show.merchants_table(chosen, SHOWN_PRODUCTS))
    say(show.said("Assumed, because the file cannot know it: " + "; ".join(answer["assumptions"])))


def _row_to_show(decisions: pl.DataFrame) -> int:
    """Return the first approved row of tier B whose capacity, not a limit, bounds its power."""
    columns = ("tier", "power_monthly_cents", "limit_instalment_cents", "power_card_cents")
    for row, (tier, monthly, limit, card) in enumerate(decisions.select(columns).iter_rows()):
        if tier == "B" and card and monthly and monthly < limit:
            return row
    return 0


def _answer(ports: Ports, bundle: PolicyBundle, facts: pl.DataFrame, *, row: int) -> dict[str, Any]:
    applicant = ports.applicant_of(facts, row)
    decision = decide(applicant, bundle)
    directory = ports.load_directory(bundle)
    merchants = []
    if directory is not None:
        merchants = merchants_json(decision, applicant, bundle, directory, with_schedules=False)
    return decision_json(decision, applicant, bundle) | {
        "products": products_json(decision, applicant, bundle),
        "merchants": merchants,
        "assumptions": ports.assumptions_of(facts[row : row + 1]),
    }


def _file(ports: Ports, source: str, name: str) -> FactsFile:
    path, stated = ports.shipped(name), ports.shipped(STATED)
    if path is None:
        message = "the sample files are not beside this program; run the demo from a checkout"
        raise InputRefused([Problem(code="missing_example", path=name, message=message)])
    return FactsFile(
        source=source,
        path=path,
        stated=stated if source == "transunion" else None,
        as_of=ports.now().date(),
    )


def _further(say: Say) -> None:
    say(show.heading("10. How to look further"))
    for arguments in _COMMANDS:
        say(show.typed(f".venv/bin/wherewithal {arguments}"), soft_wrap=True)
    say(show.said("README.md begins at the beginning; docs/ holds the rest."))


_COMMANDS = (
    "--help",
    "up",
    f"decide --source lendingclub {LOANS} --row 7",
    f"decide --source transunion {REPORT} --stated {STATED}",
    f"offline run --source lendingclub {LOANS} --out out/loans",
    "policy check policies/everyday",
    "lending schedule --principal-cents 100000 --note-rate-bps 1499 --months 12 --start 2026-01-31",
)
