"""Replay: records and ports of deciding again what was decided, in either tempo."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from wherewithal.qualify.replay import Replayed
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

NOW: Final = "now"
OFFLINE: Final = "offline"


class KeptDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as the store has it."""

    consumer_id: UUID
    #: now | offline.
    tempo: str
    #: The consumer's own number of a decision made now; the generation of one of a run.
    number: int
    decision_id: str
    as_of: date | None
    bundle_digest: str
    code_build: str | None
    outcome: str
    #: Of a decision made now; a line of facts has its own.
    failure: str | None
    failure_cause: str | None
    reasons: tuple[str, ...]
    facts_digest: str | None
    row_sha256: bytes | None
    #: By name, or a line (`kept_lines`); None where they were not kept.
    facts: dict[str, Any] | str | None
    row: dict[str, Any] | str | None
    matched: dict[str, tuple[int, ...]] | None
    #: The columns of a line of the row.
    row_columns: tuple[str, ...] = ()
    #: Values of the row that are kept a second time, where power is read from.
    served: dict[str, Any] = {}

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class ReplayedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one kept decision."""

    consumer_id: str
    tempo: str
    number: int
    replayed: Replayed


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a walk through all decisions stands: after this one."""

    tempo: str = NOW
    consumer_id: UUID = UUID(int=0)
    number: int = -1


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """Which decisions are walked through, and what came of those behind."""

    seed: int
    #: How many; None: all.
    sample: int | None
    #: The largest hash of the sample; None: every decision.
    bound: int | None
    #: How many there are to do.
    rows: int
    place: Place = Place()
    done: int = 0
    by_cause: dict[str, int] = {}
    by_tempo: dict[str, int] = {}
    #: The first that differ.
    examples: tuple[ReplayedDecision, ...] = ()

    @property
    def differing(self) -> int:
        """Return how many were not reproduced."""
        return sum(self.by_cause.values())


class FindsRecorded(Protocol):
    """Finds what was recorded of decisions."""

    async def find(
        self, decision_id: str, *, consumer_id: UUID | None, rows_max: int
    ) -> list[KeptDecision]:
        """Return the decisions of a name, of one consumer or of all; the newest made now first."""
        ...

    async def count(self) -> int:
        """Return how many decisions can be repeated."""
        ...

    async def sample_bound(self, *, sample: int, seed: int) -> int | None:
        """Return the largest hash of a sample; None where there are not so many."""
        ...

    async def page(self, walk: Walk, *, rows_max: int) -> list[KeptDecision]:
        """Return the next decisions of a walk in its tempo; none where that tempo is done."""
        ...


class KeepsWalk(Protocol):
    """Keeps where a walk stands, so that it goes on after it was stopped."""

    def load(self) -> Walk | None:
        """Return where it stood; None where it begins."""
        ...

    def save(self, walk: Walk) -> None:
        """Keep where it stands."""
        ...

    def clear(self) -> None:
        """Forget it: it is done."""
        ...
