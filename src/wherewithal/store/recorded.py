"""What was recorded of decisions, for whoever decides them again (`FindsRecorded`)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.replay_records import NOW, OFFLINE, KeptDecision, Walk
from wherewithal.store.fetch import fetch_all, fetch_one
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries

_QUERIES: Final = load_queries("recorded.sql")
_values: Final = msgspec.json.Decoder(dict[str, Any]).decode
_matched: Final = msgspec.json.Decoder(dict[str, tuple[int, ...]]).decode


class RecordedInStore:
    """Reads decisions of both tempos."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def find(
        self, decision_id: str, *, consumer_id: UUID | None, rows_max: int
    ) -> list[KeptDecision]:
        """Return the decisions of a name, those made now first."""
        given = {"decision_id": decision_id, "consumer_id": consumer_id, "rows_max": rows_max}
        now = await fetch_all(self._pool, _QUERIES["find_now"], given)
        offline = await fetch_all(self._pool, _QUERIES["find_offline"], given)
        return [*map(_made_now, now), *map(_of_a_run, offline)]

    async def count(self) -> int:
        """Return how many decisions can be repeated."""
        row = await fetch_one(self._pool, _QUERIES["count_recorded"])
        return 0 if row is None else int(row[0])

    async def sample_bound(self, *, sample: int, seed: int) -> int | None:
        """Return the largest hash of a sample."""
        given = {"sample": sample, "seed": seed}
        row = await fetch_one(self._pool, _QUERIES["sample_bound"], given)
        return None if row is None else int(row[0])

    async def page(self, walk: Walk, *, rows_max: int) -> list[KeptDecision]:
        """Return the next decisions of a walk in its tempo."""
        is_now = walk.place.tempo == NOW
        given = {
            "after_consumer": walk.place.consumer_id,
            "after_number": walk.place.number,
            "bound": walk.bound,
            "seed": walk.seed,
            "rows_max": rows_max,
        }
        block = _QUERIES["page_now" if is_now else "page_offline"]
        rows = await fetch_all(self._pool, block, given)
        return list(map(_made_now if is_now else _of_a_run, rows))


def _made_now(row: tuple[Any, ...]) -> KeptDecision:
    consumer_id, seq, decision_id, as_of, bundle, build, outcome, failure, cause, *rest = row
    reasons, facts_digest, row_sha256, facts, values, matched = rest
    return KeptDecision(
        consumer_id=consumer_id,
        tempo=NOW,
        number=seq,
        decision_id=decision_id,
        as_of=as_of,
        bundle_digest=bundle,
        code_build=build,
        outcome=outcome,
        failure=failure,
        failure_cause=cause,
        reasons=tuple(reasons),
        facts_digest=facts_digest,
        row_sha256=None if row_sha256 is None else bytes(row_sha256),
        facts=_values(facts),
        row=_values(values),
        matched=_matched(matched),
    )


def _of_a_run(row: tuple[Any, ...]) -> KeptDecision:
    consumer_id, generation, decision_id, as_of, bundle, build, outcome, reasons, *rest = row
    facts_digest, row_columns, facts, line, total_cents, standing = rest
    return KeptDecision(
        consumer_id=consumer_id,
        tempo=OFFLINE,
        number=generation,
        decision_id=decision_id,
        as_of=as_of.date(),
        bundle_digest=bundle,
        code_build=build,
        outcome=outcome,
        failure=None,
        failure_cause=None,
        reasons=tuple(reasons),
        facts_digest=facts_digest,
        row_sha256=None,
        facts=facts,
        row=line,
        matched=None,
        row_columns=tuple(row_columns or ()),
        served={**_values(standing), "power_total_cents": total_cents},
    )
