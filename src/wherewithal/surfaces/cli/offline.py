"""`wherewithal offline run`: every person of a file, decided by the columnar executor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.arguments import facts_file
from wherewithal.surfaces.cli.ports import OfflineAnswer, Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

WORKERS_MAX = 1_024
_SHARE_PLACES = 4


def add_offline(app: App, ports: Ports) -> None:
    """Add the commands to the app."""
    offline = App(name="offline", help="Whole populations, decided before anyone asks.")
    app.command(offline)

    @offline.command(name="run")
    def command(
        file: Path,
        *,
        source: str,
        out: Path,
        stated: Path | None = None,
        as_of: str | None = None,
        bundle: Path | None = None,
        workers: Annotated[int | None, Parameter(allow_leading_hyphen=True)] = None,
    ) -> int:
        """Decide for every row of a file, into Parquet files, and print a summary as JSON.

        A row that cannot be read keeps its place, with the cause. A run that was stopped goes on
        where it was when the same command is given again.

        Parameters
        ----------
        file
            The file of applicants.
        source
            What kind of file it is: transunion (a TU4 credit report in XML), lendingclub (the
            public loan file, gzip or not), json or parquet (facts by name).
        out
            The folder for the results: the decisions stand in OUT/decisions/*.parquet.
        stated
            With transunion: a JSON file of what the applicant states.
        as_of
            A day such as 2025-01-31; rows dated later are not decided. Today, if left out.
        bundle
            The folder of the policy. The one that ships, policies/everyday, if left out.
        workers
            How many processes work at once. One a core, if left out.
        """
        chosen = facts_file(
            source=source, path=file, stated=stated, as_of=as_of, today=ports.now().date()
        )
        begun = perf_counter()
        with _progress() as on_progress:
            answer = ports.run_offline(
                chosen,
                bundle=bundle,
                out=out,
                workers=_checked(workers if workers is not None else ports.workers),
                on_progress=on_progress,
            )
        print_json(summary_json(answer, out=out, seconds=perf_counter() - begun))
        return 0


def summary_json(answer: OfflineAnswer, *, out: Path, seconds: float) -> dict[str, Any]:
    """Return the summary as data; shares are of all rows, and seconds include reading the file."""
    counts = answer.counts
    return {
        "rows": counts.rows,
        "by_outcome": _with_shares(counts.by_outcome, counts.rows),
        "by_tier": _with_shares(counts.by_tier, counts.rows),
        "unreadable_rows": counts.by_outcome.get("unreadable_row", 0),
        "unreadable_causes": counts.unreadable_causes,
        "as_of_first": counts.as_of_first,
        "as_of_last": counts.as_of_last,
        "bundle_digest": answer.bundle_digest,
        "assumptions": answer.assumptions,
        "seconds": round(seconds, 3),
        "rows_per_second": round(counts.rows / seconds),
        "files": [str(path) for path in sorted((out / "decisions").glob("*.parquet"))],
    }


def _with_shares(counted: dict[str, int], rows: int) -> dict[str, dict[str, float]]:
    return {
        name: {"rows": count, "share": round(count / rows, _SHARE_PLACES)}
        for name, count in counted.items()
    }


def _checked(workers: int) -> int:
    if not 1 <= workers <= WORKERS_MAX:
        message = f"expected a whole number from 1 to {WORKERS_MAX:,}"
        raise InputRefused([Problem(code="out_of_range", path="--workers", message=message)])
    return workers


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error where that is a terminal; elsewhere say nothing."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("deciding", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
