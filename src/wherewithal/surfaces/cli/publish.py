"""`wherewithal offline publish`, `rollback` and `prune`: a run's decisions, read from then on."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Final

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.service.answers import ClaimType
from wherewithal.service.publish_generation import PublishAnswer, PublishRequest
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.vocabulary.errors import InputRefused, Problem

Progressed = Callable[[int, int], None]
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PORTFOLIO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Superseded generations that prune leaves, so that a rollback has somewhere to go.
KEEP_DEFAULT: Final = 2
_Flag = Annotated[bool, Parameter(negative="")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPorts:
    """What these commands reach for; wiring opens the database for each call."""

    publish: Callable[[PublishRequest, Progressed], Coroutine[Any, Any, PublishAnswer]]
    roll_back: Callable[[str], Coroutine[Any, Any, PublishAnswer]]
    #: By portfolio and how many to keep; the generations that were deleted.
    prune: Callable[[str, int], Coroutine[Any, Any, list[int]]]


def add_publish(app: App, ports: PublishPorts) -> None:
    """Add the commands to `wherewithal offline`, which stands already."""
    offline = app["offline"]
    _add_publish(offline, ports)
    _add_rollback(offline, ports)
    _add_prune(offline, ports)


def _add_publish(offline: App, ports: PublishPorts) -> None:
    @offline.command(name="publish")
    def publish(
        *,
        run: Path,
        portfolio: str,
        claim: str = ClaimType.ESTIMATE.value,
        expires_on: str | None = None,
        allow_fewer: _Flag = False,
        allow_older: _Flag = False,
    ) -> int:
        """Make a finished run what is read of its people, and print what came of it as JSON.

        Everything is loaded and checked beside what is current; then one pointer moves, and who
        reads sees the old run or the new one. Stopped at any point, the old one stays: give the
        command again. A decision made now stays where it is newer.

        Parameters
        ----------
        run
            The folder of the run: what was --out of `wherewithal offline run`.
        portfolio
            Whose people they are; with the applicant's own number it names a consumer.
        claim
            How strong the amounts are: estimate or prequalified.
        expires_on
            A day such as 2025-01-31 on which the amounts no longer stand. 30 days after the day
            of each row's facts, if left out.
        allow_fewer
            Publish it although more than 20% fewer people are approved than now.
        allow_older
            Publish it although some people's facts are older than what is current.
        """
        request = _request(
            run=run,
            portfolio=portfolio,
            claim=claim,
            expires_on=expires_on,
            allows=(allow_fewer, allow_older),
        )
        begun = perf_counter()
        with _progress() as on_progress:
            answer = asyncio.run(ports.publish(request, on_progress))
        _warn_of_expired(answer)
        print_json(_summary(answer) | {"seconds": round(perf_counter() - begun, 3)})
        return 0


def _add_rollback(offline: App, ports: PublishPorts) -> None:
    @offline.command(name="rollback")
    def rollback(*, portfolio: str) -> int:
        """Make the run that was published before the current one current again.

        Decisions made now, blocks and what is in use are not touched.

        Parameters
        ----------
        portfolio
            Whose people they are.
        """
        answer = asyncio.run(ports.roll_back(_portfolio(portfolio)))
        print_json(_summary(answer))
        return 0


def _add_prune(offline: App, ports: PublishPorts) -> None:
    @offline.command(name="prune")
    def prune(*, portfolio: str, keep: int = KEEP_DEFAULT) -> int:
        """Delete runs that are no longer current, but for the last few.

        Parameters
        ----------
        portfolio
            Whose people they are.
        keep
            How many of them to keep; a rollback goes to the last.
        """
        if keep < 0:
            message = "expected 0 or more"
            raise InputRefused([Problem(code="out_of_range", path="--keep", message=message)])
        deleted = asyncio.run(ports.prune(_portfolio(portfolio), keep))
        print_json({"portfolio": portfolio, "deleted": deleted})
        return 0


def _warn_of_expired(answer: PublishAnswer) -> None:
    """Say it where people would look in vain for their power."""
    if answer.expired:
        sys.stderr.write(
            f"note: the amounts of {answer.expired:,} of {answer.approved:,} approved people have"
            " expired already; --expires-on sets a later day\n"
        )


def _summary(answer: PublishAnswer) -> dict[str, Any]:
    return msgspec.structs.asdict(answer)


def _request(
    *,
    run: Path,
    portfolio: str,
    claim: str,
    expires_on: str | None,
    allows: tuple[bool, bool],
) -> PublishRequest:
    """Return the request. Errors: InputRefused with every argument that is wrong."""
    problems: list[Problem] = []
    claims = [one.value for one in ClaimType]
    if claim not in claims:
        message = f"expected one of {', '.join(claims)}{near_miss(claim, claims)}"
        problems.append(Problem(code="unknown_claim", path="--claim", message=message))
    day: date | None = None
    if expires_on is not None:
        day = _day(expires_on)
        if day is None:
            message = "expected a day of the calendar such as 2025-01-31"
            problems.append(Problem(code="not_a_date", path="--expires-on", message=message))
    problems += _portfolio_problems(portfolio)
    if problems:
        raise InputRefused(problems)
    return PublishRequest(
        run=run,
        portfolio=portfolio,
        claim=ClaimType(claim),
        expires_on=day,
        allows_fewer=allows[0],
        allows_older=allows[1],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _portfolio(name: str) -> str:
    if problems := _portfolio_problems(name):
        raise InputRefused(problems)
    return name


def _portfolio_problems(name: str) -> list[Problem]:
    if _PORTFOLIO.fullmatch(name):
        return []
    message = "expected 1 to 64 letters, digits, dots, dashes or underscores"
    return [Problem(code="not_a_name", path="--portfolio", message=message)]


@contextmanager
def _progress() -> Iterator[Progressed]:
    """Show a bar on standard error where that is a terminal; elsewhere say nothing."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("loading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
