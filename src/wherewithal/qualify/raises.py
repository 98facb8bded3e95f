"""What would raise a power: the smallest changes of each kind, found on a grid in one call.

Every path of the grid is decided by the columnar executor at once; whatever is told was then
decided again by the scalar one, with the person's account taken off. It is an estimate by today's
policy: nothing is asked, nothing is changed, and no decision ever reads it.
Source: DESIGN 4, explain; POLICY 6; decision 0030.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.counterfactuals import (
    Path,
    Taken,
    amounts_of,
    frame_of,
    grid_of,
    moved_facts,
    step_of,
)
from wherewithal.qualify.decide import Applicant, decide
from wherewithal.qualify.edition import STANDING_COLUMNS
from wherewithal.qualify.exposure import Exposure
from wherewithal.qualify.powers_left import PowersLeft
from wherewithal.qualify.raise_moves import RaiseTerms, Unit


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One move of a path."""

    code: str
    unit: Unit
    amount: int


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """A path that would raise the power, as it was decided again."""

    steps: tuple[Step, ...]
    #: By product, in cents; the greatest is the largest single purchase.
    powers: dict[str, int]
    outcome: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What would raise a power, and how it was found."""

    #: By today's policy on the facts as they are; the larger of it and what is shown counts.
    powers: dict[str, int]
    raises: tuple[Raise, ...]
    #: Rows of the grid.
    rows: int
    #: Paths that were decided again, and those that came out otherwise than in the grid.
    verified: int
    refuted: int


@dataclass(slots=True, kw_only=True)
class RaiseFinder:
    """Finds raises under one bundle; what it compiled is kept."""

    bundle: PolicyBundle
    _left: PowersLeft = field(init=False)

    def __post_init__(self) -> None:
        """Read the terms of the bundle itself."""
        self._left = PowersLeft(self.bundle)

    def find(
        self,
        facts: Mapping[str, Any],
        *,
        exposure: Exposure,
        shown: Mapping[str, int],
        on: datetime.date,
    ) -> Found:
        """Return what would raise the powers that are shown to a person on a day.

        `facts` are every name of FACTS, as they were decided on; `shown` powers by product.
        Null:   a person who is not decided by today's policy has no raises.
        """
        search = _Search(self.bundle, self._left, exposure, on)
        now = search.powers_of(facts)[0]
        if now is None or not self.bundle.raises.moves:
            return Found(powers=now or {}, raises=(), rows=0, verified=0, refuted=0)
        search.base = {code: max(cents, shown.get(code, 0)) for code, cents in now.items()}
        paths = grid_of(facts, self.bundle.raises)
        raises = search.told(facts, paths) if paths else ()
        return Found(
            powers=now,
            raises=raises,
            rows=len(paths),
            verified=search.verified,
            refuted=search.refuted,
        )


@dataclass(slots=True)
class _Search:
    bundle: PolicyBundle
    left: PowersLeft
    exposure: Exposure
    on: datetime.date
    base: dict[str, int] = field(default_factory=dict)
    verified: int = 0
    refuted: int = 0
    #: By the columns of a row, and whether what is late with us is paid.
    _known: dict[tuple[Any, ...], dict[str, int] | None] = field(default_factory=dict)

    @property
    def terms(self) -> RaiseTerms:
        return self.bundle.raises

    def told(self, facts: Mapping[str, Any], paths: Sequence[Path]) -> tuple[Raise, ...]:
        """Return the smallest path of each kind that helps; of moves together only if none does."""
        edition = self.bundle.edition(facts["as_of"] or datetime.date.min)
        # Of `decide_frame`, the columns that power is computed from, by the same graph.
        columns = edition.standing_columnar.run(frame_of(facts, paths)).rows()
        found: list[Raise] = []
        for is_together in (False, True):
            kinds: dict[tuple[str, ...], list[tuple[Path, tuple[Any, ...]]]] = {}
            for path, row in zip(paths, columns, strict=True):
                if (len(path.taken) > 1) is is_together:
                    kinds.setdefault(_codes(path), []).append((path, row))
            for tried in kinds.values():
                best = self._smallest(facts, sorted(tried, key=lambda one: one[0].effort))
                found += [] if best is None else [best]
            if found:
                break
        return tuple(found[: self.terms.shown_max])

    def _smallest(
        self, facts: Mapping[str, Any], tried: Sequence[tuple[Path, tuple[Any, ...]]]
    ) -> Raise | None:
        for path, row in tried:
            key = (*row, _pays_late(path.taken))
            if key not in self._known:
                columns = dict(zip(STANDING_COLUMNS, row, strict=True))
                self._known[key] = self._powers(columns, path.taken)
            if not self._helps(self._known[key]):
                continue
            raised = self._verified(path.taken, facts)
            if raised is None or raised.powers != self._known[key]:
                self.refuted += 1
                continue
            return self._finer(path, facts) or raised
        return None

    def _finer(self, path: Path, facts: Mapping[str, Any]) -> Raise | None:
        """Return the same move by less, where the steps of the grid were wide: by halving."""
        if len(path.taken) > 1 or path.taken[0].move.steps is None:
            return None
        move, amount = path.taken[0]
        every = path.taken[0].move.steps.every
        low, high = amount - step_of(amounts_of(move, facts)), amount
        best = None
        while high - low > every:
            middle = low + max(1, (high - low) // (2 * every)) * every
            raised = self._verified((Taken(move, middle),), facts)
            if raised is None:
                low = middle
            else:
                best, high = raised, middle
        return best

    def _verified(self, taken: Sequence[Taken], facts: Mapping[str, Any]) -> Raise | None:
        """Decide again by the scalar executor; None where it does not help."""
        moved = moved_facts(facts, taken)
        if moved is None:
            return None
        self.verified += 1
        powers, outcome = self.powers_of(moved, taken)
        if powers is None or not self._helps(powers):
            return None
        steps = tuple(
            Step(code=one.move.code, unit=one.move.unit, amount=one.amount) for one in taken
        )
        return Raise(steps=steps, powers=powers, outcome=outcome)

    def powers_of(
        self, facts: Mapping[str, Any], taken: Sequence[Taken] = ()
    ) -> tuple[dict[str, int] | None, str]:
        """Return what the scalar executor decides, with the account as a path leaves it."""
        decision = decide(Applicant(applicant_id="", facts=dict(facts)), self.bundle)
        return self._powers(decision.values, taken), decision.outcome.value

    def _powers(self, columns: Mapping[str, Any], taken: Sequence[Taken]) -> dict[str, int] | None:
        exposure = self.exposure
        if _pays_late(taken):
            # What was late is still counted as owed and due: too little is told, never too much.
            exposure = msgspec.structs.replace(exposure, late_since=None)
        return self.left(columns, exposure, terms_on=self.on, account_on=self.on)

    def _helps(self, powers: Mapping[str, int] | None) -> bool:
        """Return whether some product's power is more by a step, and none is less."""
        if powers is None:
            return False
        gains = [cents - self.base.get(code, 0) for code, cents in powers.items()]
        return max(gains) >= self.terms.notice_cents and min(gains) >= 0


def _pays_late(taken: Sequence[Taken]) -> bool:
    return any(one.move.pays_late for one in taken)


def _codes(path: Path) -> tuple[str, ...]:
    return tuple(one.move.code for one in path.taken)
