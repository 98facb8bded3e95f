"""What the demo prints, shortened, for the README: the same answers by the same code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from rich.console import RenderableType

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import decide
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.surfaces.cli import demo, demo_print
from wherewithal.surfaces.cli.decision_json import decision_json
from wherewithal.surfaces.cli.demo_outcomes import outcomes_by_tier
from wherewithal.surfaces.cli.offers_json import products_json
from wherewithal.surfaces.cli.ports import FactsFile, Ports


def demo_block(ports: Ports, bundle: PolicyBundle, root: Path) -> str:
    """Return the people and the tiers that the demo shows, as it shows them and in its order."""
    today = ports.now().date()
    report = FactsFile(
        source="transunion", path=root / demo.REPORT, stated=root / demo.STATED, as_of=today
    )
    loans = FactsFile(source="lendingclub", path=root / demo.LOANS, stated=None, as_of=today)
    facts = ports.read_facts(loans)
    decisions = decide_frame(facts, bundle)
    row = demo._row_to_show(decisions)  # noqa: SLF001 - the very row that the demo shows
    tiers = demo_print.tiers_table(outcomes_by_tier(decisions, loans.path), rows=decisions.height)
    person = _person(ports, bundle, ports.read_facts(report), 0)
    borrower = _person(ports, bundle, facts, row)
    parts: list[RenderableType] = [
        demo_print.said("A bureau report that TransUnion published, and what the person states:"),
        *person,
        demo_print.said(f"All {decisions.height:,} borrowers of that file:"),
        tiers,
        demo_print.said("One of them:"),
        *borrower,
    ]
    return f"```text\n{_rendered(parts)}\n```"


def _person(
    ports: Ports, bundle: PolicyBundle, facts: object, row: int
) -> Sequence[RenderableType]:
    applicant = ports.applicant_of(facts, row)  # type: ignore[arg-type]
    decision = decide(applicant, bundle)
    return (
        demo_print.person_lines(decision_json(decision, applicant, bundle)),
        demo_print.products_table(products_json(decision, applicant, bundle)),
    )


def _rendered(parts: Sequence[RenderableType]) -> str:
    out = io.StringIO()
    console = demo_print.console_of(out)
    for part in parts:
        console.print(part)
    lines = [line.rstrip().removeprefix("  ") for line in out.getvalue().splitlines()]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept).strip("\n")
