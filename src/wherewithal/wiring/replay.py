"""Replay: the database that keeps decisions, or a run's folder, and what decides them again."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Decision
from wherewithal.qualify.replay import Difference
from wherewithal.service.published_run import BUNDLE_FILE, open_run
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.replay_records import ReplayedDecision, Walk
from wherewithal.service.replay_run import replay_run_rows
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bundle_archive import load_archived
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.migrate import check_migrated
from wherewithal.store.pool import open_pool
from wherewithal.store.recorded import RecordedInStore
from wherewithal.vocabulary.errors import BundleRefused, InputRefused, Problem
from wherewithal.wiring.code_build import code_build
from wherewithal.wiring.database import open_database
from wherewithal.wiring.offline import read_kept_facts
from wherewithal.wiring.service_settings import settings_at_start

_STATEMENT_MS = 600_000


async def replay_decision(
    data: Path | None, decision_id: str, consumer_id: UUID | None
) -> list[ReplayedDecision]:
    """Decide again what was recorded under a name."""
    async with _replayer(data) as replayer:
        return await replayer.replay_one(decision_id, consumer_id=consumer_id)


async def replay_against(
    data: Path | None, decision_id: str, consumer_id: UUID | None, folder: Path
) -> tuple[Decision, tuple[Difference, ...]]:
    """Return what another policy says of the facts of a recorded decision."""
    bundle = load_bundle(folder)
    async with _replayer(data) as replayer:
        found = await replayer.find(decision_id, consumer_id=consumer_id)
        return await replayer.against(found[0], bundle)


async def replay_all(
    data: Path | None,
    *,
    sample: int | None,
    seed: int,
    state: Path | None,
    on_progress: Callable[[int, int], None],
) -> Walk:
    """Decide all decisions again, or a sample."""
    async with _replayer(data) as replayer:
        return await replayer.walk(
            sample=sample, seed=seed, keeps=WalkFile(state), on_progress=on_progress
        )


def replay_run(
    run: Path,
    *,
    bundle: Path | None,
    sample: int | None,
    seed: int,
    on_progress: Callable[[int, int], None],
) -> Walk:
    """Decide the rows of a run's folder again, from nothing but the folder."""
    finished = open_run(run)
    return replay_run_rows(
        finished,
        bundle=run_bundle(run, digest=finished.manifest.bundle_digest, folder=bundle),
        read_facts=read_kept_facts,
        chosen=_chosen(finished.manifest.rows, sample=sample, seed=seed),
        seed=seed,
        code_build=code_build(),
        on_progress=on_progress,
    )


def _chosen(rows: int, *, sample: int | None, seed: int) -> list[int] | None:
    """Return the rows of a sample, ascending; None: all."""
    if sample is None or sample >= rows:
        return None
    return sorted(random.Random(seed).sample(range(rows), sample))  # noqa: S311 - no secret


def run_bundle(run: Path, *, digest: str, folder: Path | None) -> PolicyBundle:
    """Return the bundle that decided a run: of its folder, or of one that is named.

    Errors: BundleRefused if it is not there, or another one.
    """
    if folder is not None:
        bundle = load_bundle(folder)
        if bundle.digest != digest:
            message = f"is {bundle.digest[:12]}, and the run was decided by {digest[:12]}"
            raise BundleRefused([Problem(code="another_bundle", path="--bundle", message=message)])
        return bundle
    path = run / BUNDLE_FILE
    if not path.is_file():
        message = f"holds no {BUNDLE_FILE}: an older version wrote it; name its bundle by --bundle"
        raise BundleRefused([Problem(code="missing_bundle", path="--run", message=message)])
    return load_archived(path.read_bytes(), digest=digest)


class WalkFile:
    """Where a walk stands, in a file (`KeepsWalk`); nowhere if no file is named."""

    def __init__(self, path: Path | None) -> None:
        """Keep the path."""
        self._path = path

    def load(self) -> Walk | None:
        """Return where it stood.

        Errors: InputRefused if the file is none of ours.
        """
        if self._path is None or not self._path.is_file():
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Walk)
        except msgspec.MsgspecError:
            message = "is no file of ours; name one that is not there yet"
            problem = Problem(code="not_a_state", path="--state", message=message)
            raise InputRefused([problem]) from None

    def save(self, walk: Walk) -> None:
        """Keep where it stands."""
        if self._path is not None:
            unfinished = self._path.with_name(f"{self._path.name}.unfinished")
            unfinished.write_bytes(msgspec.json.encode(walk))
            unfinished.replace(self._path)

    def clear(self) -> None:
        """Forget it."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


@asynccontextmanager
async def _replayer(data: Path | None) -> AsyncIterator[Replayer]:
    settings = settings_at_start(os.environ, data=data)
    with open_database(settings) as dsn:
        async with open_pool(dsn, max_size=2, statement_ms_max=_STATEMENT_MS) as pool:
            async with pool.connection() as connection:
                await check_migrated(connection)
            yield Replayer(
                recorded=RecordedInStore(pool),
                artefacts=ArtefactsInStore(pool),
                load_archived=lambda archive, digest: load_archived(archive, digest=digest),
                code_build=code_build(),
            )
