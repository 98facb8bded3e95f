"""Decide again what was decided: one decision, or a walk through all of both tempos.

Only what was recorded is used: facts, and the bundle and the catalogue of facts that are kept by
digest. What this process would decide by today does not matter. Source: DESIGN 1.5, 9.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.canonical import DecidedRow, canonical_sha256, decided_row
from wherewithal.qualify.decide import Decision
from wherewithal.qualify.facts_catalogue import (
    CATALOGUE_DIGEST,
    catalogue_digest,
    decode_catalogue,
)
from wherewithal.qualify.identity import LAYOUT
from wherewithal.qualify.replay import (
    CatalogueMoved,
    Cause,
    Difference,
    Missing,
    Recorded,
    decide_again,
    differences_of,
    replay,
)
from wherewithal.service.artefact_ports import KeepsArtefacts
from wherewithal.service.kept_lines import SEAL, is_sealed, values_of
from wherewithal.service.replay_records import (
    NOW,
    OFFLINE,
    FindsRecorded,
    KeepsWalk,
    KeptDecision,
    Place,
    ReplayedDecision,
    Walk,
)
from wherewithal.vocabulary.errors import BundleRefused, InputRefused, Problem
from wherewithal.vocabulary.facts import Fact

#: Decisions of one name that are looked at: equal facts of many people have one name.
_SAME_NAME_MAX: Final = 1_000
_PAGE_ROWS: Final = 500
#: Decisions that differ and are told in full at the end of a walk.
_EXAMPLES_MAX: Final = 50
_NOT_KEPT: Final = Missing(
    cause=Cause.FACTS,
    words="its facts were not kept, or cannot be read: the run was published before they were kept,"
    " or they were changed in the store",
)


class Replayer:
    """Decides kept decisions again; each bundle is read once."""

    def __init__(
        self,
        *,
        recorded: FindsRecorded,
        artefacts: KeepsArtefacts,
        load_archived: Callable[[bytes, str], PolicyBundle],
        code_build: str,
        held: Iterable[PolicyBundle] = (),
    ) -> None:
        """Keep the ports; `load_archived` returns the bundle of an archive that a digest names.

        `held` are bundles that are at hand and need not be loaded.
        """
        self._recorded, self._artefacts = recorded, artefacts
        self._load_archived, self._build = load_archived, code_build
        self._bundles: dict[str, PolicyBundle | Missing] = {one.digest: one for one in held}
        self._layouts: dict[str, tuple[Fact, ...] | Missing] = {}

    async def find(self, decision_id: str, *, consumer_id: UUID | None) -> list[KeptDecision]:
        """Return what was recorded under a name.

        Errors: InputRefused if nothing was.
        """
        found = await self._recorded.find(
            decision_id, consumer_id=consumer_id, rows_max=_SAME_NAME_MAX
        )
        if not found:
            message = "no decision of this name is recorded; is it of another consumer or database?"
            problem = Problem(code="unknown_decision", path="DECISION_ID", message=message)
            raise InputRefused([problem])
        return found

    async def replay_one(
        self, decision_id: str, *, consumer_id: UUID | None
    ) -> list[ReplayedDecision]:
        """Decide again whatever was recorded under a name; what differs comes first."""
        found = await self.find(decision_id, consumer_id=consumer_id)
        replayed = [await self.again(kept) for kept in found]
        return sorted(replayed, key=lambda one: one.replayed.is_same)

    async def again(self, kept: KeptDecision) -> ReplayedDecision:
        """Decide one again."""
        layout = await self._layout(kept.facts_digest)
        if isinstance(layout, Missing):
            return self._told(kept, _recorded_of(kept, None), layout)
        recorded = _recorded_of(kept, layout)
        if recorded is None:
            return self._told(kept, None, _NOT_KEPT)
        return self._told(kept, recorded, await self._bundle(kept.bundle_digest))

    async def recorded(self, kept: KeptDecision) -> Recorded | Missing:
        """Return what was recorded of a decision, or why it cannot be read any more."""
        layout = await self._layout(kept.facts_digest)
        if isinstance(layout, Missing):
            return layout
        return _recorded_of(kept, layout) or _NOT_KEPT

    async def bundle(self, digest: str) -> PolicyBundle | Missing:
        """Return the bundle of a digest, or why it cannot be had."""
        return await self._bundle(digest)

    def _told(
        self, kept: KeptDecision, recorded: Recorded | None, bundle: PolicyBundle | Missing
    ) -> ReplayedDecision:
        return ReplayedDecision(
            consumer_id=str(kept.consumer_id),
            tempo=kept.tempo,
            number=kept.number,
            replayed=replay(recorded or _bare(kept), bundle, code_build=self._build),
        )

    async def against(
        self, kept: KeptDecision, bundle: PolicyBundle
    ) -> tuple[Decision, tuple[Difference, ...]]:
        """Return what another policy says of the recorded facts, and where that is another thing.

        Errors: InputRefused if facts or their catalogue cannot be had.
        """
        layout = await self._layout(kept.facts_digest)
        recorded = None if isinstance(layout, Missing) else _recorded_of(kept, layout)
        if recorded is None:
            why = layout.words if isinstance(layout, Missing) else _NOT_KEPT.words
            raise InputRefused([Problem(code="no_facts", path="DECISION_ID", message=why)])
        try:
            decision = decide_again(recorded, bundle)
        except CatalogueMoved as moved:
            problem = Problem(code="catalogue_moved", path="DECISION_ID", message=str(moved))
            raise InputRefused([problem]) from None
        was, now = recorded.decided, decided_row(decision)
        if was.matched is None:
            now = msgspec.structs.replace(now, matched=None)
        told = differences_of(was, now)
        names = ("decision_id", "bundle_digest")
        return decision, tuple(one for one in told if one.field not in names)

    async def walk(
        self,
        *,
        sample: int | None,
        seed: int,
        keeps: KeepsWalk,
        on_progress: Callable[[int, int], None],
    ) -> Walk:
        """Decide all again, or a sample; goes on where it was stopped.

        Errors: InputRefused if what is kept is of another walk.
        """
        walk = keeps.load() or await self._begin(sample=sample, seed=seed)
        if (walk.sample, walk.seed) != (sample, seed):
            message = "is of a walk with another --sample or --seed; name another file"
            raise InputRefused([Problem(code="another_walk", path="--state", message=message)])
        on_progress(walk.done, walk.rows)
        while True:
            page = await self._recorded.page(walk, rows_max=_PAGE_ROWS)
            if not page:
                if walk.place.tempo == OFFLINE:
                    keeps.clear()
                    return walk
                walk = msgspec.structs.replace(walk, place=Place(tempo=OFFLINE))
                continue
            for kept in page:
                walk = after(walk, await self.again(kept))
            last = page[-1]
            place = Place(tempo=last.tempo, consumer_id=last.consumer_id, number=last.number)
            walk = msgspec.structs.replace(walk, place=place)
            keeps.save(walk)
            on_progress(walk.done, walk.rows)

    async def _begin(self, *, sample: int | None, seed: int) -> Walk:
        rows, bound = await self._recorded.count(), None
        if sample is not None and sample < rows:
            bound = await self._recorded.sample_bound(sample=sample, seed=seed)
            rows = sample
        return Walk(seed=seed, sample=sample, bound=bound, rows=rows, place=Place(tempo=NOW))

    async def _bundle(self, digest: str) -> PolicyBundle | Missing:
        if digest not in self._bundles:
            self._bundles[digest] = await self._read_bundle(digest)
        return self._bundles[digest]

    async def _read_bundle(self, digest: str) -> PolicyBundle | Missing:
        archive = await self._artefacts.find_bundle(digest)
        if archive is None:
            words = f"the policy bundle {digest[:12]} that decided is not kept in this database"
            return Missing(cause=Cause.BUNDLE, words=words)
        try:
            # A quarter of a second of work: others are answered meanwhile.
            return await asyncio.to_thread(self._load_archived, archive, digest)
        except BundleRefused as refused:
            first = refused.problems[0]
            is_altered = first.code == "bundle_altered"
            what = "was changed where it is kept" if is_altered else "is refused by this program"
            words = f"the policy bundle {digest[:12]} {what}: {first}"
            return Missing(cause=Cause.BUNDLE, words=words)

    async def _layout(self, digest: str | None) -> tuple[Fact, ...] | Missing:
        if digest is None or digest == CATALOGUE_DIGEST:
            return LAYOUT
        if digest not in self._layouts:
            self._layouts[digest] = await self._read_layout(digest)
        return self._layouts[digest]

    async def _read_layout(self, digest: str) -> tuple[Fact, ...] | Missing:
        kept = await self._artefacts.find_catalogue(digest)
        if kept is None or catalogue_digest(kept) != digest:
            what = "is not kept in this database" if kept is None else "was changed there"
            words = f"the catalogue of facts {digest[:12]} of its day {what}"
            return Missing(cause=Cause.CATALOGUE, words=words)
        return decode_catalogue(kept)


def _recorded_of(kept: KeptDecision, layout: tuple[Fact, ...] | None) -> Recorded | None:
    """Return what was recorded; None where it was not kept, or cannot be read."""
    if isinstance(kept.facts, dict) and isinstance(kept.row, dict):
        decided = _decided(kept, kept.row)
        return _with(kept, decided, facts=kept.facts, layout=layout, failure=kept.failure)
    if layout is None or not isinstance(kept.facts, str) or not isinstance(kept.row, str):
        return None
    columns = [*(fact.name for fact in layout), "failure_cause"]
    try:
        facts = values_of(kept.facts, columns)
        line = values_of(kept.row, kept.row_columns)
    except ValueError:
        return None
    line.pop(SEAL, None)
    # What power is read from is what counts.
    row = {**line, **kept.served}
    cause, failure = facts.pop("failure_cause"), facts.pop(layout[-1].name)
    known = {name: value for name, value in facts.items() if value is not None}
    decided = msgspec.structs.replace(
        _decided(kept, row),
        as_of=kept.as_of if "as_of" in known else None,
        failure_cause=cause,
    )
    failed = None if failure is None else str(failure)
    recorded = _with(kept, decided, facts=known, layout=layout, failure=failed)
    is_vouched = row == line and is_sealed(
        kept.row,
        decision_id=kept.decision_id,
        outcome=kept.outcome,
        reasons=kept.reasons,
        day=kept.as_of,
    )
    return msgspec.structs.replace(recorded, is_vouched=is_vouched)


def _bare(kept: KeptDecision) -> Recorded:
    """Return what little is known of a decision that cannot be repeated."""
    return _with(kept, _decided(kept, {}), facts={}, layout=None, failure=None)


def _with(
    kept: KeptDecision,
    decided: DecidedRow,
    *,
    facts: dict[str, Any],
    layout: tuple[Fact, ...] | None,
    failure: str | None,
) -> Recorded:
    return Recorded(
        decided=decided,
        code_build=kept.code_build,
        failure=failure,
        facts=facts,
        layout=layout,
        is_vouched=None
        if kept.row_sha256 is None
        else kept.row_sha256 == canonical_sha256(decided),
    )


def _decided(kept: KeptDecision, row: dict[str, Any]) -> DecidedRow:
    return DecidedRow(
        bundle_digest=kept.bundle_digest,
        as_of=kept.as_of,
        outcome=kept.outcome,
        failure_cause=kept.failure_cause,
        reasons=kept.reasons,
        row=row,
        matched=kept.matched,
        decision_id=kept.decision_id,
    )


def after(walk: Walk, one: ReplayedDecision) -> Walk:
    """Return the walk with one more behind it."""
    by_cause, examples = walk.by_cause, walk.examples
    if one.replayed.cause is not None:
        cause = one.replayed.cause.value
        by_cause = {**by_cause, cause: by_cause.get(cause, 0) + 1}
        examples = (*examples, one)[:_EXAMPLES_MAX]
    by_tempo = {**walk.by_tempo, one.tempo: walk.by_tempo.get(one.tempo, 0) + 1}
    return msgspec.structs.replace(
        walk, done=walk.done + 1, by_cause=by_cause, by_tempo=by_tempo, examples=examples
    )
