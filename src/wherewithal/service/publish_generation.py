"""Publish an offline run as a generation: loaded beside the current one, checked, then pointed to.

Whoever reads sees the old generation or the new one, never a mixture. Killed at any point, the old
one stays, and the same command starts what was unfinished over. Decisions made now, blocks and what
is used live elsewhere and are never touched. Source: DESIGN 6; RELIABILITY P1-P5, P7, P8, P10.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec
import polars as pl

from wherewithal.qualify.facts_catalogue import CATALOGUE_DIGEST
from wherewithal.service.answers import ClaimType
from wherewithal.service.published_run import FinishedRun, ReadsRunFacts, open_run, powers_of
from wherewithal.vocabulary.errors import InputRefused, Problem

#: A generation with fewer approvals than this share of the current one's is held back.
APPROVED_SHARE_MIN_BPS: Final = 8_000


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """A published run, or one that is on its way there."""

    generation: int
    #: Names the run's manifest and what it is published as: the same is loaded once.
    run_digest: str
    portfolio: str
    bundle_digest: str
    claim: ClaimType
    rows: int
    #: When all of it was in place; None while it is not.
    loaded_at: datetime | None
    published_at: datetime | None


class NewGeneration(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is published as."""

    run_digest: str
    portfolio: str
    bundle_digest: str
    claim: ClaimType
    rows: int
    #: How the lines of its people are to be read (`published_run`), and what decided them; nothing
    #: where it has no lines.
    facts_digest: str | None = None
    row_columns: tuple[str, ...] = ()
    code_build: str | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded generation beside the current one."""

    approved: int
    #: None where the portfolio has no current generation.
    current_approved: int | None
    #: Persons whose decision in it is older than the one that is current.
    older: int
    #: Approved persons whose amounts stand no longer, today.
    expired: int


class PublishRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be published, and which guards are off."""

    run: Path
    portfolio: str
    claim: ClaimType = ClaimType.ESTIMATE
    #: The first day on which the powers no longer stand; None: 30 days from each row's own day.
    expires_on: date | None = None
    #: Whether many fewer approvals than now, or older decisions than now, are meant.
    allows_fewer: bool = False
    allows_older: bool = False


class PublishAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    generation: int
    portfolio: str
    rows: int
    approved: int
    #: Of them, those whose amounts stand no longer: they are read as expired.
    expired: int
    #: False: it was current already, and nothing changed.
    is_new: bool
    #: The generation that was current before; None where there was none.
    replaced: int | None


class Publication(Protocol):
    """One portfolio's generations, in the hands of one publisher at a time."""

    async def find(self, run_digest: str) -> Generation | None:
        """Return the generation of a run, loaded or not."""
        ...

    async def begin(self, new: NewGeneration) -> int:
        """Return the number of a new, empty generation; what a killed publisher left is dropped."""
        ...

    async def load(self, generation: int, powers: pl.DataFrame) -> None:
        """Add rows, as `powers_of` yields them; references that are new become consumers."""
        ...

    async def finish(self, generation: int, *, rows: int) -> None:
        """Make the generation readable, once it has `rows` rows, one a consumer.

        Errors: InputRefused if it has not.
        """
        ...

    async def compare(self, generation: int) -> Comparison:
        """Return the generation beside the current one."""
        ...

    async def current(self) -> Generation | None:
        """Return the generation that is current."""
        ...

    async def previous(self) -> Generation | None:
        """Return the one published last before the current one."""
        ...

    async def superseded(self) -> list[Generation]:
        """Return those that are loaded and not current, the last published first."""
        ...

    async def point_to(self, generation: int, *, is_rollback: bool) -> None:
        """Make a loaded generation the current one; readers see it from their next statement on."""
        ...

    async def drop(self, generation: int) -> None:
        """Delete a generation that is not current, and its rows."""
        ...


class PublishesGenerations(Protocol):
    """Opens a portfolio for publishing."""

    def publishing(self, portfolio: str) -> AbstractAsyncContextManager[Publication]:
        """Hold the portfolio until the end. Errors: Conflicting if somebody else holds it."""
        ...


async def publish_generation(
    request: PublishRequest,
    *,
    generations: PublishesGenerations,
    read_facts: ReadsRunFacts,
    random_bytes: Callable[[int], bytes],
    on_progress: Callable[[int, int], None],
) -> PublishAnswer:
    """Load a finished run and make it the current generation of its portfolio.

    `on_progress` gets rows loaded and rows in all. What is loaded already is not loaded again.
    Errors: InputRefused if the run is not whole, or if a guard holds it back: it stays loaded
            then, and the same command with the guard off publishes it; Conflicting if another
            publisher is at work.
    """
    run = open_run(request.run)
    new = NewGeneration(
        run_digest=_digest(request, run),
        portfolio=request.portfolio,
        bundle_digest=run.manifest.bundle_digest,
        claim=request.claim,
        rows=run.manifest.rows,
        facts_digest=CATALOGUE_DIGEST,
        row_columns=run.row_columns,
        code_build=run.code_build,
    )
    async with generations.publishing(request.portfolio) as publication:
        found = await publication.find(new.run_digest)
        if found is not None and found.loaded_at is not None:
            generation = found.generation
            on_progress(found.rows, found.rows)
        else:
            generation, done = await publication.begin(new), 0
            on_progress(done, new.rows)
            powers = powers_of(
                run,
                expires_on=request.expires_on,
                random_bytes=random_bytes,
                read_facts=read_facts,
            )
            for part in powers:
                await publication.load(generation, part)
                done += part.height
                on_progress(done, new.rows)
            await publication.finish(generation, rows=new.rows)
        current = await publication.current()
        compared = await publication.compare(generation)
        is_new = current is None or current.generation != generation
        if is_new:
            _refuse_surprises(compared, request)
            await publication.point_to(generation, is_rollback=False)
        return PublishAnswer(
            generation=generation,
            portfolio=request.portfolio,
            rows=new.rows,
            approved=compared.approved,
            expired=compared.expired,
            is_new=is_new,
            replaced=current.generation if current and is_new else None,
        )


async def roll_back(portfolio: str, *, generations: PublishesGenerations) -> PublishAnswer:
    """Make the generation before the current one current again; nothing else is touched.

    Decisions made now stay, and stay newer where they were.
    Errors: InputRefused if there is none before it, or if it was pruned.
    """
    async with generations.publishing(portfolio) as publication:
        current, previous = await publication.current(), await publication.previous()
        if current is None or previous is None:
            words = "has no generation" if current is None else "has none before the current one"
            message = f"{words}; nothing was changed"
            raise InputRefused(
                [Problem(code="nothing_before", path="--portfolio", message=message)]
            )
        # First what matters, then the counting: a bad run is gone before it is counted.
        await publication.point_to(previous.generation, is_rollback=True)
        compared = await publication.compare(previous.generation)
        return PublishAnswer(
            generation=previous.generation,
            portfolio=portfolio,
            rows=previous.rows,
            approved=compared.approved,
            expired=compared.expired,
            is_new=True,
            replaced=current.generation,
        )


async def prune_generations(
    portfolio: str, *, keep: int, generations: PublishesGenerations
) -> list[int]:
    """Delete generations that are not current, but for the last `keep` of them; return which."""
    async with generations.publishing(portfolio) as publication:
        superseded = await publication.superseded()
        dropped = [one.generation for one in superseded[keep:]]
        for generation in dropped:
            await publication.drop(generation)
        return dropped


def _digest(request: PublishRequest, run: FinishedRun) -> str:
    """Return the name of a run as it is published: the same command finds what it did before."""
    parts = (request.portfolio, request.claim.value, str(request.expires_on), run.digest)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _refuse_surprises(compared: Comparison, request: PublishRequest) -> None:
    """Hold back what a broken input would look like, unless it is said to be meant."""
    problems = []
    before = compared.current_approved or 0
    if not request.allows_fewer and compared.approved * 10_000 < before * APPROVED_SHARE_MIN_BPS:
        message = (
            f"approves {compared.approved:,}, and the current generation {before:,}: more than 20%"
            " fewer. If that is meant, give the command again with --allow-fewer"
        )
        problems.append(Problem(code="fewer_approved", path="--run", message=message))
    if not request.allows_older and compared.older:
        message = (
            f"has older facts than the current generation for {compared.older:,} persons. If that"
            " is meant, give the command again with --allow-older"
        )
        problems.append(Problem(code="older_than_current", path="--run", message=message))
    if problems:
        raise InputRefused(problems)
