"""`wherewithal policy check`: everything that is wrong with a bundle, and what was proved of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.cases import GoldenCase
from wherewithal.qualify.gate import Gate, pass_gate
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.findings import Finding, as_json, counted, print_findings
from wherewithal.surfaces.cli.policy_diff import add_policy_diff
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import BundleRefused, Problem

#: A bundle that cannot be used is an answer here, not an error of the command.
EXIT_REFUSED_BUNDLE = 1
#: The shape of the JSON; a change that breaks a reader raises the number.
SCHEMA = "wherewithal.policy-check/1"
NO_CASES = Problem(
    code="no_cases",
    path="cases",
    message="the bundle has no golden cases; add people and what was agreed on for them,"
    " as cases/*.toml, so that a change of policy shows whom it changes",
)


def add_policy(app: App, ports: Ports) -> None:
    """Add the commands to the app."""
    policy = App(name="policy", help="Policy bundles: check them before anyone is decided by them.")
    app.command(policy)
    add_policy_diff(policy, ports)

    @policy.command(name="check")
    def command(bundle: Path, *, json: Annotated[bool, Parameter(negative="")] = False) -> int:
        """Report everything that is wrong with a policy bundle, all at once.

        A bundle is a folder of DMN models, attributes, products, law rows and reasons. Each problem
        has its place (file, decision, rule, line), what was expected and, where a name is nearly
        right, the name that may be meant. Its golden cases are decided by both executors, and so
        are rows at and around every threshold, some by the reference too; all must agree. Ends with
        0 if the bundle can be used, warnings or not, and with 1 if it is refused.

        Parameters
        ----------
        bundle
            The folder, such as policies/everyday.
        json
            Print JSON instead of text.
        """
        checked: PolicyBundle | None = None
        gate = Gate()
        cases: Sequence[GoldenCase] = ()
        try:
            checked = ports.load_bundle(bundle)
            cases = ports.load_cases(bundle)
            gate = pass_gate(checked, cases)
            errors: Sequence[Problem] = gate.errors
        except BundleRefused as refusal:
            errors = refusal.problems
        warnings = [
            *(checked.warnings if checked else ()),
            *gate.warnings,
            *([] if cases or errors else [NO_CASES]),
        ]
        notes = checked.notes if checked else ()
        proved = {**_proved(checked), **_passed(gate)} if checked and not errors else None
        if json:
            print_json(
                {
                    "schema": SCHEMA,
                    "bundle": str(bundle),
                    "is_usable": not errors,
                    "errors": [as_json("error", problem) for problem in errors],
                    "warnings": [as_json("warning", problem) for problem in warnings],
                    "notes": [as_json("note", problem) for problem in notes],
                    "proved": proved,
                }
            )
        else:
            findings: list[Finding] = [("error", problem) for problem in errors]
            findings += [("warning", problem) for problem in warnings]
            findings += [("note", problem) for problem in notes]
            _print_for_people(bundle, findings, proved)
        return EXIT_REFUSED_BUNDLE if errors else 0


def _proved(bundle: PolicyBundle) -> dict[str, Any]:
    """Return what was compiled, and so checked to be total in types, ranges and names."""
    editions = [bundle.edition(day) for day in bundle.edition_begins]
    return {
        "digest": bundle.digest,
        "models": len(bundle.models),
        "decisions": len(bundle.program.decisions),
        "tables": len({compiled.decision for compiled in bundle.program.tables}),
        "rules": sum(len(compiled.table.rules) for compiled in bundle.program.tables),
        "attributes": len(bundle.attributes),
        "reasons": len(bundle.reasons.reasons),
        "products": len(bundle.catalogue.products),
        "law_rows": len(bundle.law.rows),
        "editions": [edition.on for edition in editions],
    }


def _passed(gate: Gate) -> dict[str, Any]:
    """Return what the gate tried, with none of it failed."""
    return {
        "cases": gate.cases,
        "promises": gate.promises,
        "threshold_rows": gate.rows,
        "reference_rows": gate.reference_rows,
        "rules_hit": gate.rules_hit,
    }


def _print_for_people(
    bundle: Path, findings: Sequence[Finding], proved: dict[str, Any] | None
) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    print_findings(console, findings)
    counts = ", ".join(counted(findings, word) for word in ("error", "warning", "note"))
    if proved is None:
        console.print(Text(f"{bundle} is refused: {counts}.", style="bold red"))
        return
    console.print(Text(f"{bundle} can be used: {counts}.", style="bold green"))
    begins = ", ".join(str(day) for day in proved["editions"])
    console.print(
        Text(
            f"Checked and compiled for both executors: {proved['decisions']} decisions,"
            f" {proved['tables']} tables with {proved['rules']} rules,"
            f" {proved['attributes']} attributes, {proved['reasons']} reasons,"
            f" {proved['products']} products, {proved['law_rows']} law rows.\n"
            "Every name is known, every type fits, no arithmetic can overflow, and no table reads"
            " what law or purpose forbids.\n"
            f"{proved['cases']} golden cases decided as written, by both executors.\n"
            f"{proved['threshold_rows']:,} rows around its thresholds hit {proved['rules_hit']} of"
            f" {proved['rules']} rules; scalar and columnar agree on all of them, the reference on"
            f" the {proved['reference_rows']:,} that it evaluated.\n"
            + "".join(f"{sentence}\n" for sentence in proved["promises"])
            + f"It changes on: {begins or 'no day'}.\nDigest: {proved['digest']}"
        )
    )
