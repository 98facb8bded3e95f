"""`wherewithal decide`: one person, decided by the scalar executor, as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from wherewithal.qualify.decide import decide
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.arguments import facts_file
from wherewithal.surfaces.cli.decision_json import decision_json
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
    ) -> int:
        """Decide for one person in a file, and print the answer as JSON.

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
        """
        facts = ports.read_facts(
            facts_file(
                source=source, path=file, stated=stated, as_of=as_of, today=ports.now().date()
            )
        )
        applicant = ports.applicant_of(facts, row)
        policy = ports.load_bundle(bundle)
        decision = decide(applicant, policy)
        assumptions = ports.assumptions_of(facts[row : row + 1])
        directory = ports.load_directory(policy)
        merchants = []
        if directory is None:
            assumptions.append(NO_DIRECTORY)
        else:
            merchants = merchants_json(
                decision, applicant, policy, directory, with_schedules=schedules
            )
        print_json(
            decision_json(decision, applicant, policy)
            | {
                "products": products_json(decision, applicant, policy),
                "merchants": merchants,
                "assumptions": assumptions,
            }
        )
        return 0
