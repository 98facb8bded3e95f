"""`bench/run NAME [options]`: run one benchmark."""

from __future__ import annotations

import json

from cyclopts import App
from rich.console import Console
from rich.table import Table

from bench import api, apr, decide, dmn, holds, merchants, offline, read, why

app = App(name="bench/run", help="Measure Wherewithal against a peer or a floor, in one run.")


@app.command(name="decide")
def run_decide(*, people: int = 2_000) -> None:
    """One scalar decision against zen-engine on the same tables; outputs compared."""
    _report(decide.measure(people=people))


@app.command(name="dmn")
def run_dmn(*, rows: int = 1_000_000, large_rows: int = 5_000_000) -> None:
    """Decision models against zen-engine, SpiffWorkflow and a copy; every answer compared."""
    _report(dmn.measure(rows=rows, large_rows=large_rows))


@app.command(name="offline")
def run_offline(*, rows: int = 1_000_000, large_rows: int = 10_000_000) -> None:
    """Facts to powers, Parquet to Parquet, against a plain copy; memory at two sizes."""
    _report(offline.measure(rows=rows, large_rows=large_rows))


@app.command(name="api")
def run_api(*, people: int = 1_000, requests: int = 2_000) -> None:
    """Prequalify with a report at hand, against a bare ASGI app that writes the same rows."""
    _report(api.measure(people=people, requests=requests))


@app.command(name="read")
def run_read(*, people: int = 400, requests: int = 6_000) -> None:
    """Read spending power, against a bare ASGI app and one SELECT."""
    _report(read.measure(people=people, requests=requests))


@app.command(name="merchants")
def run_merchants(*, count: int = 400_000, programs: int = 1_000, queries: int = 1_000) -> None:
    """Page through all merchants for one person: own time, equal to each asked one by one."""
    _report(merchants.measure(merchants=count, programs=programs, queries=queries))


@app.command(name="apr")
def run_apr(*, loans: int = 1_000_000) -> None:
    """APRs of dated transactions at once, against one by one and scipy; errors against decimals."""
    _report(apr.measure(loans=loans))


@app.command(name="holds")
def run_holds(*, people: int = 300, seconds: float = 5) -> None:
    """Place holds, against a bare lock and update; one hot consumer, and others meanwhile."""
    _report(holds.measure(people=people, seconds=seconds))


@app.command(name="why")
def run_why(*, people: int = 1_000) -> None:
    """Explain changes and find raises, against the bare executors on the same rows."""
    _report(why.measure(people=people))


def _report(found: dict[str, object]) -> None:
    table = Table("what", "measured", title=str(found["benchmark"]))
    for name, value in found.items():
        table.add_row(name, _shown(value))
    Console(width=100).print(table)
    print(json.dumps(found))


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value:,.3f}"


if __name__ == "__main__":
    app()
