"""Decide again from what was recorded, compare byte by byte, and say whose change a difference is.

What was recorded can be trusted as far as its own digests go: the name of the decision is a digest
of bundle and facts, and the digest of the canonical bytes vouches for the rest. So a store that was
changed is told apart from a program that decides otherwise. Source: DESIGN 1.5, 9; docs/replay.md.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.canonical import DecidedRow, canonical_bytes, decided_row
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.qualify.identity import FAILURE, LAYOUT, decision_id
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class Cause(StrEnum):
    """Whose change it is that a decision cannot be reproduced."""

    #: This program decides otherwise than the one that is named in the record.
    CODE = "code"
    #: The facts are no longer those that the decision was made on.
    FACTS = "facts"
    #: The decision itself was changed where it is kept.
    RECORD = "record"
    #: The policy bundle is not kept, was changed there, or is refused by this program.
    BUNDLE = "bundle"
    #: A fact was in the catalogue of its day and is not in today's, or has another range.
    CATALOGUE = "catalogue"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it was kept."""

    decided: DecidedRow
    #: None where it was not recorded.
    code_build: str | None
    #: The typed failure that it was decided on.
    failure: str | None
    #: By name; days as text, unknown facts left out.
    facts: dict[str, Any]
    #: The catalogue of facts of its day; None: not recorded, today's is meant.
    layout: tuple[Fact, ...] | None
    #: Whether a digest that was recorded with it says that it is as it was; None: it has none.
    is_vouched: bool | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field that is not as it was recorded."""

    #: Such as `outcome` or `row.limit_total_cents`.
    field: str
    recorded: Any
    again: Any


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of deciding again."""

    decision_id: str
    is_same: bool
    #: None where it is the same.
    cause: Cause | None = None
    #: In words: whose change it is, and why we think so.
    words: str
    #: In the order in which a decision is read; the first is the first difference.
    differences: tuple[Difference, ...] = ()
    bundle_digest: str
    build_recorded: str | None
    build_here: str
    #: Of the canonical bytes, in hexadecimal; None where it could not be decided again.
    sha256_recorded: str
    sha256_again: str | None = None


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to decide again and cannot be had: whose change that is, and why."""

    cause: Cause
    words: str


class CatalogueMoved(DomainError):
    """A recorded fact is none of today's catalogue; the message names the fact and no value."""


def replay(recorded: Recorded, bundle: PolicyBundle | Missing, *, code_build: str) -> Replayed:
    """Decide again on the recorded facts, by the bundle that decided then, and compare.

    `code_build` names this program.
    Null:   columns that a row did not have when it was recorded are not looked at; nor are the
            matched rules where they were not kept.
    """
    told = _Telling(recorded, code_build)
    if isinstance(bundle, Missing):
        # Whoever changed the record may have changed what it asks for.
        cause = bundle.cause if bundle.cause is not Cause.BUNDLE else told.altered() or bundle.cause
        return told(cause, words=bundle.words if cause is bundle.cause else None)
    try:
        again = decide_again(recorded, bundle)
    except CatalogueMoved as moved:
        cause = told.altered() or Cause.CATALOGUE
        return told(cause, words=str(moved) if cause is Cause.CATALOGUE else None)
    decided = _as_recorded(again, recorded)
    altered = told.altered()
    if altered is None and canonical_bytes(decided) == told.recorded_bytes:
        return told(None, decided=decided)
    differences = differences_of(recorded.decided, decided)
    return told(altered or told.decider(), decided=decided, differences=differences)


def decide_again(recorded: Recorded, bundle: PolicyBundle) -> Decision:
    """Return what a bundle, its own or another, decides on the recorded facts.

    Errors: CatalogueMoved where a fact is none of today's catalogue.
    """
    return decide(
        Applicant(
            applicant_id="",
            facts=facts_today(recorded),
            failure=None if recorded.failure is None else Outcome(recorded.failure),
            failure_cause=recorded.decided.failure_cause,
        ),
        bundle,
    )


def facts_today(recorded: Recorded) -> dict[str, Any]:
    """Return every fact of today's catalogue by name, as it was recorded.

    Errors: CatalogueMoved where a recorded fact is none of it.
    """
    facts = _facts(recorded.facts, FACTS)
    _check_catalogue(facts, recorded)
    return facts


def recorded_name(recorded: Recorded) -> str | None:
    """Return the name that the recorded facts have, by the catalogue of their day.

    Null:   a value was never one of that catalogue's.
    """
    layout = recorded.layout or LAYOUT
    try:
        facts = _facts(recorded.facts, layout[:-1])
        return decision_id(
            facts,
            failure=recorded.failure,
            bundle_digest=recorded.decided.bundle_digest,
            layout=LAYOUT if layout == LAYOUT else layout,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


class _Telling:
    """Says what came of one decision."""

    def __init__(self, recorded: Recorded, code_build: str) -> None:
        self.recorded, self.build = recorded, code_build
        self.recorded_bytes = canonical_bytes(recorded.decided)

    def altered(self) -> Cause | None:
        """Return what of the record is not what its own digests vouch for."""
        if self.recorded.is_vouched is False:
            return Cause.RECORD
        if recorded_name(self.recorded) != self.recorded.decided.decision_id:
            return Cause.FACTS
        return None

    def decider(self) -> Cause:
        """Return whose change it is that the same facts are decided otherwise."""
        if self.recorded.is_vouched is None and self.recorded.code_build == self.build:
            # Nothing but the record's own words stood for it, and this build never said them.
            return Cause.RECORD
        return Cause.CODE

    def __call__(
        self,
        cause: Cause | None,
        *,
        words: str | None = None,
        decided: DecidedRow | None = None,
        differences: tuple[Difference, ...] = (),
    ) -> Replayed:
        again = None if decided is None else hashlib.sha256(canonical_bytes(decided)).hexdigest()
        return Replayed(
            decision_id=self.recorded.decided.decision_id,
            is_same=cause is None,
            cause=cause,
            words=words or self._words(cause),
            differences=differences,
            bundle_digest=self.recorded.decided.bundle_digest,
            build_recorded=self.recorded.code_build,
            build_here=self.build,
            sha256_recorded=hashlib.sha256(self.recorded_bytes).hexdigest(),
            sha256_again=again,
        )

    def _words(self, cause: Cause | None) -> str:
        match cause:
            case None:
                return "decided again from what was recorded: the same, byte for byte"
            case Cause.FACTS:
                return (
                    "the recorded facts were changed after the decision: its name is a digest of"
                    " facts and bundle, and does not fit them"
                )
            case Cause.RECORD:
                return (
                    "the recorded decision was changed where it is kept: its digest does not fit"
                    if self.recorded.is_vouched is False
                    else "the recorded decision was changed where it is kept: the very build that"
                    " made it decides otherwise"
                )
            case _:
                return self._code_words()

    def _code_words(self) -> str:
        recorded = self.recorded.code_build
        if recorded == self.build:
            return (
                f"build {self.build} decided it and now decides otherwise: its libraries or the"
                " machine have changed, or it does not always answer alike"
            )
        return (
            f"the code has changed: build {recorded or 'unknown'} decided it, this is {self.build}"
        )


def _facts(recorded: Mapping[str, Any], catalogue: tuple[Fact, ...]) -> dict[str, Any]:
    """Return every fact of a catalogue by name; days are days again."""
    facts: dict[str, Any] = {fact.name: recorded.get(fact.name) for fact in catalogue}
    for fact in catalogue:
        if fact.type is FactType.DATE and isinstance(facts[fact.name], str):
            facts[fact.name] = datetime.date.fromisoformat(facts[fact.name])
    return facts


def _check_catalogue(facts: Mapping[str, Any], recorded: Recorded) -> None:
    """Refuse facts that today's catalogue has no place for."""
    for name in recorded.facts:
        if name not in facts:
            message = f"the fact '{name}' was in the catalogue of its day, and is not in today's"
            raise CatalogueMoved(message)
    given = {**facts, FAILURE.name: recorded.failure}
    for fact in LAYOUT:
        value = given[fact.name]
        if value is not None and not _fits(fact, value):
            message = f"the fact '{fact.name}' has another type or range in today's catalogue"
            raise CatalogueMoved(message)


def _fits(fact: Fact, value: Any) -> bool:
    match fact.type:
        case FactType.INTEGER:
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return is_whole and fact.minimum <= value <= fact.maximum
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.DATE:
            return isinstance(value, datetime.date)
        case FactType.ENUMERATION:
            return value in fact.values


def _as_recorded(again: Decision, recorded: Recorded) -> DecidedRow:
    """Return what was decided again in the shape of what was recorded."""
    decided, was = decided_row(again), recorded.decided
    name = again.decision_id
    if recorded.layout is not None and recorded.layout != LAYOUT:
        # Today's catalogue gives all decisions other names; the one of its day is what counts.
        name = recorded_name(recorded) or name
    return msgspec.structs.replace(
        decided,
        row={column: decided.row[column] for column in was.row if column in decided.row},
        matched=None if was.matched is None else decided.matched,
        decision_id=name,
    )


def differences_of(was: DecidedRow, now: DecidedRow) -> tuple[Difference, ...]:
    """Return every field in which two decisions differ, in the order of reading."""
    return tuple(_differences(was, now))


def _differences(was: DecidedRow, now: DecidedRow) -> Iterator[Difference]:
    for field in DecidedRow.__struct_fields__:
        recorded, again = getattr(was, field), getattr(now, field)
        if isinstance(recorded, Mapping) or isinstance(again, Mapping):
            yield from _by_key(field, recorded or {}, again or {})
        elif _plain(recorded) != _plain(again):
            yield Difference(field=field, recorded=_plain(recorded), again=_plain(again))


def _by_key(
    field: str, recorded: Mapping[str, Any], again: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in dict.fromkeys([*again, *recorded]):
        was, now = _plain(recorded.get(name)), _plain(again.get(name))
        if was != now or (name in recorded) != (name in again):
            yield Difference(field=f"{field}.{name}", recorded=was, again=now)


def _plain(value: Any) -> Any:
    """Return a value as JSON would have it."""
    plain = msgspec.to_builtins(value)
    return list(plain) if isinstance(plain, tuple) else plain
