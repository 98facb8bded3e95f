"""`wherewithal policy diff`: what another policy changes, in its files and for a population."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import polars as pl
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wherewithal.qualify.policy_diff import Changed, content_changes
from wherewithal.qualify.population_diff import Moved, PopulationDiff, population_diff
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.arguments import facts_file
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

#: The shape of the JSON; a change that breaks a reader raises the number.
SCHEMA: Final = "wherewithal.policy-diff/1"
_SHOWN: Final = 30
_Flag = Annotated[bool, Parameter(negative="")]


def add_policy_diff(policy: App, ports: Ports) -> None:
    """Add the command to `wherewithal policy`."""

    @policy.command(name="diff")
    def diff(
        before: Path,
        after: Path,
        file: Path | None = None,
        *,
        source: str | None = None,
        sample: Annotated[int | None, Parameter(allow_leading_hyphen=True)] = None,
        seed: int = 0,
        stated: Path | None = None,
        as_of: str | None = None,
        table: _Flag = False,
        json: _Flag = False,
    ) -> int:
        """Show what changes from one policy to another: rules, and people.

        Without a file it compares the two bundles by content. With one it also decides everybody in
        it by both, and shows who moved: outcomes, tiers, power by product, who is approved by one
        and not by the other, and for what reasons. As JSON, on a terminal as tables. Ends with 0.

        Parameters
        ----------
        before
            The folder of the policy as it was, such as policies/everyday.
        after
            The folder of the policy as it would be.
        file
            A file of applicants to decide by both.
        source
            What kind of file it is: transunion, lendingclub, json or parquet.
        sample
            Only so many rows of it, drawn at random.
        seed
            Which sample is drawn; the same seed draws the same.
        stated
            With transunion: a JSON file of what the applicant states.
        as_of
            A day such as 2025-01-31; rows dated later are not decided. Today, if left out.
        table
            Print tables to read, also where the output is no terminal.
        json
            Print JSON, also on a terminal.
        """
        _check(file, source, sample)
        old, new = ports.load_bundle(before), ports.load_bundle(after)
        changes = content_changes(
            old,
            new,
            files_before=ports.read_bundle_files(before),
            files_after=ports.read_bundle_files(after),
        )
        found: PopulationDiff | None = None
        if file is not None and source is not None:
            named = facts_file(
                source=source, path=file, stated=stated, as_of=as_of, today=ports.now().date()
            )
            facts = _sampled(ports.read_facts(named), sample, seed)
            with _progress() as on_progress:
                found = population_diff(facts, old, new, on_progress=on_progress)
        if table or (sys.stdout.isatty() and not json):
            _print_tables(changes, found)
        else:
            print_json(_data(old.digest, new.digest, changes, found))
        return 0


def _sampled(facts: pl.DataFrame, sample: int | None, seed: int) -> pl.DataFrame:
    return facts if sample is None or sample >= facts.height else facts.sample(sample, seed=seed)


def _data(
    before: str, after: str, changes: Sequence[Changed], found: PopulationDiff | None
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "before": before,
        "after": after,
        "is_same": before == after,
        "changes": msgspec.to_builtins(changes),
        "population": None if found is None else msgspec.to_builtins(found),
    }


def _check(file: Path | None, source: str | None, sample: int | None) -> None:
    problems = []
    if (file is None) != (source is None):
        message = "goes with a file of applicants, which needs --source: name both or none"
        problems.append(Problem(code="needs_both", path="--source", message=message))
    if sample is not None and (sample < 1 or file is None):
        message = "expected 1 or more, with a file of applicants"
        problems.append(Problem(code="out_of_range", path="--sample", message=message))
    if problems:
        raise InputRefused(problems)


def _print_tables(changes: Sequence[Changed], found: PopulationDiff | None) -> None:
    console = Console(file=sys.stdout, highlight=False)
    console.print(_content_table(changes) if changes else "The two policies are the same.")
    if len(changes) > _SHOWN:
        console.print(f"and {len(changes) - _SHOWN:,} more; --json shows all")
    if found is None:
        return
    console.print(
        f"{found.people:,} people: {found.changed:,} change; {found.up:,}"
        f" ({_share(found.up, found)}) gain power, {found.down:,}"
        f" ({_share(found.down, found)}) lose it. Swapped in {found.swap['swapped_in']:,}, swapped"
        f" out {found.swap['swapped_out']:,}."
    )
    console.print(_moves_table("outcome", found.outcomes))
    console.print(_moves_table("tier", found.tiers))
    console.print(_power_table(found))
    for title, reasons in (("gained", found.reasons_gained), ("lost", found.reasons_lost)):
        if reasons:
            told = ", ".join(f"{code} {people:,}" for code, people in reasons.items())
            console.print(f"Reasons {title}: {told}")
    if found.examples:
        console.print(_examples_table(found.examples))


def _share(people: int, found: PopulationDiff) -> str:
    return f"{people / max(found.people, 1):.1%}"


def _content_table(changes: Sequence[Changed]) -> Table:
    table = Table("what", "where", "how", title="The policies")
    for one in changes[:_SHOWN]:
        table.add_row(one.kind.replace("_", " "), one.where, one.how)
    return table


def _moves_table(name: str, moves: Sequence[Moved]) -> Table:
    table = Table(f"{name} before", "after", "people", title=f"By {name}")
    table.columns[2].justify = "right"
    for one in moves:
        style = None if one.before == one.after else "bold"
        table.add_row(one.before or "none", one.after or "none", f"{one.people:,}", style=style)
    return table


def _power_table(found: PopulationDiff) -> Table:
    table = Table("product", "before", "after", "people before", "after", title="Power")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in found.power:
        amounts = (_dollars(one.before_cents), _dollars(one.after_cents))
        table.add_row(one.product, *amounts, f"{one.people_before:,}", f"{one.people_after:,}")
    return table


def _examples_table(examples: Sequence[dict[str, Any]]) -> Table:
    table = Table("applicant", "outcome", "tier", "power", "reasons", title="Who changes most")
    for one in examples:
        power = (one["power_total_cents"][when] for when in ("before", "after"))
        table.add_row(
            one["applicant_id"],
            _arrow(*(one["outcome"][when] for when in ("before", "after"))),
            _arrow(*(one["tier"][when] for when in ("before", "after"))),
            _arrow(*("none" if cents is None else _dollars(cents) for cents in power)),
            _arrow(*(" ".join(one["reasons"][when]) for when in ("before", "after"))),
        )
    return table


def _arrow(before: str | None, after: str | None) -> str:
    was, now = before or "none", after or "none"
    return was if was == now else f"{was} -> {now}"


def _dollars(cents: int) -> str:
    return f"${cents / 100:,.0f}"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error where that is a terminal; elsewhere say nothing."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("deciding", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
