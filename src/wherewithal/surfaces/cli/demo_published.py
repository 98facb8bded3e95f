"""The demo's offline run, published: people who never asked are read over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from wherewithal.surfaces.cli import demo_http, demo_print
from wherewithal.surfaces.cli.demo_asked import Say
from wherewithal.surfaces.cli.demo_ports import DemoService

PORTFOLIO = "demo"
_STANDS_DAYS = 30
#: Decisions that are decided again, of both tempos.
_REPLAYED = 1_000
#: People of the run that are read over HTTP and compared with it.
_READ = 50


def publish(service: DemoService, run: Path, *, today: date) -> float:
    """Publish the run, to stand for 30 days; return the seconds that it took."""
    begun = perf_counter()
    service.publish(run, PORTFOLIO, today + timedelta(days=_STANDS_DAYS))
    return perf_counter() - begun


def show_published(
    service: DemoService,
    decisions: pl.DataFrame,
    *,
    lowered: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    seconds: float,
    say: Say,
) -> bool:
    """Read people of the published run, and return whether they are as the run has them.

    `lowered` says what a row leaves to somebody who never bought with us.
    """
    rows = decisions.filter(pl.col("outcome").cast(pl.String) == "approved")
    step = max(1, rows.height // _READ)
    chosen = rows.gather_every(step).head(_READ)
    wrong, times, shown = 0, [], None
    for row in chosen.iter_rows(named=True):
        found = demo_http.get(
            service, f"/v1/portfolios/{PORTFOLIO}/consumers/{row['applicant_id']}"
        )
        consumer_id = found.data["consumer_id"]
        reply = demo_http.get(service, f"/v1/consumers/{consumer_id}/spending-power")
        times.append(reply.milliseconds)
        wrong += not _is_as_in_run(reply.data, lowered(row))
        if shown is None or reply.data["power_total_cents"] > shown["power_total_cents"]:
            shown = reply.data
    say(
        demo_print.said(
            f"`offline publish` made the run of section 2 current in {seconds:.1f} seconds:"
            f" {decisions.height:,} people at once, none of whom asked. Their facts are of 2007 to"
            " 2010, so the demo lets it stand for 30 days from today; by itself it would have"
            " expired long ago."
        )
    )
    if shown is not None:
        power = demo_print.dollars(shown["power_total_cents"])
        say(
            demo_print.said(
                f"One of them, read at checkout: {power}, claim {shown['claim']}, tempo"
                f" {shown['tempo']}. {shown['wording']}"
            )
        )
    times.sort()
    text = (
        f"read over HTTP and as the run has them: {chosen.height - wrong} of {chosen.height} people"
        f" agree, each with a newcomer's share ({times[len(times) // 2]:.1f} ms each)"
    )
    say(demo_print.verdict(text, is_well=not wrong))
    return not wrong


def _is_as_in_run(answer: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Return whether total and powers are those of the run's row.

    A run says yes to people who never asked, and never no: its zero is read as not yet assessed.
    """
    powers = {f"power_{one['product']}_cents": one["power_cents"] for one in answer["products"]}
    powers["power_total_cents"] = answer["power_total_cents"]
    return answer["decision_id"] == row["decision_id"] and all(
        value == (row[name] or None) for name, value in powers.items()
    )


def show_replayed(service: DemoService, say: Say) -> bool:
    """Decide a sample of what was decided above again, from the store; return whether it agrees."""
    differing = service.replay(_REPLAYED)
    text = (
        f"replayed from the store, of those who asked and of the run: {_REPLAYED - differing} of"
        f" {_REPLAYED} decisions are the same, byte for byte"
    )
    say(demo_print.verdict(text, is_well=not differing))
    return not differing
