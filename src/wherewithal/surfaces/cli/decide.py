"""`wherewithal decide`: one person, decided by the scalar executor, as JSON or as tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, decide, trace_decision
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.arguments import facts_file
from wherewithal.surfaces.cli.decision_json import decision_json
from wherewithal.surfaces.cli.decision_table import print_decision
from wherewithal.surfaces.cli.offers_json import merchants_json, products_json
from wherewithal.surfaces.cli.ports import Ports

NO_DIRECTORY = "no merchants are at hand: power is told by product only"


def add_decide(app: App, ports: Ports) -> None:
    """Add the command to the app."""

    @app.command(name="decide")
    def command(
        file: Path,
        *,
        source: str,
        row: Annotated[int, Parameter(allow_leading_hyphen=True)] = 0,
        stated: Path | None = None,
        as_of: str | None = None,
        bundle: Path | None = None,
        schedules: Annotated[bool, Parameter(negative="")] = False,
        trace: Annotated[bool, Parameter(negative="")] = False,
        table: Annotated[bool, Parameter(negative="")] = False,
        json: Annotated[bool, Parameter(negative="")] = False,
    ) -> int:
        """Decide for one person in a file, and print the answer: as JSON, on a terminal as tables.

        The answer says what was decided and why, what the person can spend with each product and
        at each sample merchant, on which plan and at what cost, which rules matched, and what had
        to be assumed because the file cannot know it. Money is whole cents, rates basis points.

        Parameters
        ----------
        file
            The file of applicants.
        source
            What kind of file it is: transunion (a TU4 credit report in XML), lendingclub (the
            public loan file, gzip or not), json or parquet (facts by name).
        row
            Which row of the file, counted from 0.
        stated
            With transunion: a JSON file of what the applicant states, because a bureau knows no
            income. Without it the outcome is `incomplete`.
        as_of
            A day such as 2025-01-31; a row dated later is not decided. Today, if left out.
        bundle
            The folder of the policy. The one that ships, policies/everyday, if left out.
        schedules
            Show the payments of every merchant's plan too.
        trace
            Show how the policy decided too, as `"trace"`: what each of its tables saw, and which
            rules matched. docs/trace.md explains it.
        table
            Print tables to read, also where the output is no terminal.
        json
            Print all of it as JSON, also on a terminal; --schedules and --trace do too.
        """
        named = facts_file(
            source=source, path=file, stated=stated, as_of=as_of, today=ports.now().date()
        )
        facts = ports.read_facts(named)
        applicant = ports.applicant_of(facts, row)
        policy = ports.load_bundle(bundle)
        answer = _answer(applicant, policy, ports, with_schedules=schedules)
        answer["assumptions"][:0] = ports.assumptions_of(facts[row : row + 1])
        if trace:
            answer["trace"] = trace_decision(applicant, policy)
        if table or (sys.stdout.isatty() and not (json or schedules or trace)):
            print_decision(answer, file=sys.stdout)
        else:
            print_json(answer)
        return 0


def _answer(
    applicant: Applicant, policy: PolicyBundle, ports: Ports, *, with_schedules: bool
) -> dict[str, Any]:
    """Return the answer as data, in the order in which it is printed."""
    decision = decide(applicant, policy)
    directory = ports.load_directory(policy)
    merchants = []
    if directory is not None:
        merchants = merchants_json(
            decision, applicant, policy, directory, with_schedules=with_schedules
        )
    return decision_json(decision, applicant, policy) | {
        "products": products_json(decision, applicant, policy),
        "merchants": merchants,
        "assumptions": [NO_DIRECTORY] if directory is None else [],
    }
