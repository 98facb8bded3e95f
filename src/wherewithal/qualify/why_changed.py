"""Why a power changed: the core run again with one part swapped at a time, from before to after.

The order is stated: policy, terms, facts, account, and within a part that of `changes.toml`. Each
part is worth what the power moves when it is swapped, with everything before it as it is after and
everything behind it as it was before. So the parts sum exactly to the whole change; another order
may divide it otherwise. Source: DESIGN 4, explain; decision 0030.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.change_words import AccountField, ChangeGroup, Part
from wherewithal.qualify.decide import Applicant, decide
from wherewithal.qualify.exposure import Exposure
from wherewithal.qualify.identity import FAILURE
from wherewithal.qualify.person import tiers_of
from wherewithal.qualify.powers_left import PowersLeft, total_cents
from wherewithal.vocabulary.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that a shown power came from, at one moment."""

    #: Every name of FACTS.
    facts: Mapping[str, Any]
    failure: str | None
    #: Decides.
    policy: PolicyBundle
    #: The day whose edition of it decides.
    decided_on: datetime.date
    #: Whose law, programs and prices are read when a power is shown, and on which day.
    terms: PolicyBundle
    terms_on: datetime.date
    exposure: Exposure
    account_on: datetime.date

    def __repr__(self) -> str:
        """Return nothing of the person."""
        return f"<Seen {self.policy.digest[:12]} on {self.decided_on}>"


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A part that moved, and what the power did with it."""

    #: Of `changes.toml`; several where nothing was decided between one and the next.
    codes: tuple[str, ...]
    part: Part
    wordings: tuple[str, ...]
    #: Of the largest single purchase; None where one end was not decided.
    change_cents: int | None
    #: By product.
    products: dict[str, int]


class WhyChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Two powers of a person, and what lies between them."""

    #: The largest single purchase; None: not decided.
    before_cents: int | None
    after_cents: int | None
    change_cents: int | None
    outcome_before: Outcome
    outcome_after: Outcome
    reasons_before: tuple[str, ...]
    reasons_after: tuple[str, ...]
    #: In the order of swapping; their changes sum to `change_cents`.
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Powers:
    """Keeps what was compiled of each bundle whose terms were read."""

    _by_digest: dict[str, PowersLeft]

    def of(self, seen: Seen) -> tuple[dict[str, int] | None, Outcome, tuple[str, ...]]:
        """Return the powers by product, the outcome and its reasons."""
        decision = decide(
            Applicant(
                applicant_id="",
                facts=dict(seen.facts),
                failure=None if seen.failure is None else Outcome(seen.failure),
            ),
            seen.policy,
            on=seen.decided_on,
        )
        left = self._by_digest.setdefault(seen.terms.digest, PowersLeft(seen.terms))
        powers = left(
            decision.values, seen.exposure, terms_on=seen.terms_on, account_on=seen.account_on
        )
        return powers, decision.outcome, decision.reasons


def why_changed(
    before: Seen, after: Seen, *, groups: tuple[ChangeGroup, ...], powers: Powers
) -> WhyChanged:
    """Return what moved, and what each part of it did to the power.

    Units:  cents. Parts that moved and did nothing are there with 0.
    Null:   a change to or from a decision that was none has no amounts; what moved is named all
            the same. Where a power is unknown only on the way, as with half of the facts of a
            file, the parts up to the next known one are told as one.
    """
    first, outcome_before, reasons_before = powers.of(before)
    last, outcome_after, reasons_after = powers.of(after)
    ends = (total_cents(first), total_cents(last))
    change = None if ends[0] is None or ends[1] is None else ends[1] - ends[0]
    steps = list(_steps(before, after, groups))
    moved = _unattributed(steps) if change is None else _attributed(first, steps, powers)
    return WhyChanged(
        before_cents=ends[0],
        after_cents=ends[1],
        change_cents=change,
        outcome_before=outcome_before,
        outcome_after=outcome_after,
        reasons_before=reasons_before,
        reasons_after=reasons_after,
        moved=tuple(moved),
    )


#: They move by themselves every day: told only where the power moved with them.
_CLOCKS: Final = frozenset({"as_of", "age_years", "own_days_since_first"})


class _Step(NamedTuple):
    group: ChangeGroup
    words: str
    #: Everything as it is once the group was swapped.
    seen: Seen
    #: Whether nothing moved but clocks.
    is_time_alone: bool


def _steps(before: Seen, after: Seen, groups: tuple[ChangeGroup, ...]) -> Iterator[_Step]:
    """Yield what differs, one group at a time; the last state is `after` in all that counts."""
    now = before
    for group in groups:
        swapped = _SWAPS[group.part](now, after, group)
        if swapped == now:
            continue
        yield _Step(group, _words(group, before, after), swapped, _is_time_alone(now, swapped))
        now = swapped


def _is_time_alone(was: Seen, now: Seen) -> bool:
    facts = {name: value for name, value in now.facts.items() if name not in _CLOCKS}
    facts |= {name: was.facts[name] for name in _CLOCKS}
    return replace(now, facts=facts, account_on=was.account_on) == was


def _attributed(
    first: Mapping[str, int] | None, steps: list[_Step], powers: Powers
) -> Iterator[Moved]:
    was, waiting = first or {}, list[_Step]()
    for step in steps:
        found = powers.of(step.seen)[0]
        if step.is_time_alone and found == was and not waiting:
            continue
        waiting.append(step)
        if found is None:
            continue
        yield Moved(
            codes=tuple(one.group.code for one in waiting),
            part=step.group.part,
            wordings=tuple(one.words for one in waiting),
            change_cents=(total_cents(found) or 0) - (total_cents(was) or 0),
            products={
                code: found.get(code, 0) - was.get(code, 0)
                for code in dict.fromkeys([*found, *was])
                if found.get(code, 0) != was.get(code, 0)
            },
        )
        was, waiting = found, []


def _unattributed(steps: list[_Step]) -> Iterator[Moved]:
    for step in steps:
        if not step.is_time_alone:
            yield Moved(
                codes=(step.group.code,),
                part=step.group.part,
                wordings=(step.words,),
                change_cents=None,
                products={},
            )


def _words(group: ChangeGroup, before: Seen, after: Seen) -> str:
    """Return the sentence for the way in which the group's first fact went."""
    if not group.facts or group.facts[0] == FAILURE.name:
        return group.wording
    was, now = (seen.facts[group.facts[0]] for seen in (before, after))
    if was is None or now is None or was == now:
        return group.wording
    return (group.rose if now > was else group.fell) or group.wording


def _policy(now: Seen, after: Seen, _: ChangeGroup) -> Seen:
    # By content: bundles of equal models decide alike, whatever else is in them.
    one, other = now.policy, after.policy
    is_same = one.digest == other.digest or _policy_of(one) == _policy_of(other)
    return now if is_same else replace(now, policy=other)


def _policy_of(bundle: PolicyBundle) -> tuple[Any, ...]:
    return bundle.models, {name: one.feel for name, one in bundle.attributes.items()}


def _terms(now: Seen, after: Seen, group: ChangeGroup) -> Seen:
    swapped = _facts(now, after, group)
    if not _is_same_terms(now, after):
        # The policy that is there by now decides like the one after; that one's law says from what
        # age a contract may be made.
        swapped = replace(
            swapped,
            policy=after.policy,
            decided_on=after.decided_on,
            terms=after.terms,
            terms_on=after.terms_on,
        )
    return swapped


def _is_same_terms(now: Seen, after: Seen) -> bool:
    """Return whether law, programs and prices are the same, whatever the bundles are called."""
    begins = [
        (one.policy.edition_begin(one.decided_on), one.terms.edition_begin(one.terms_on))
        for one in (now, after)
    ]
    return begins[0] == begins[1] and (
        now.terms.digest == after.terms.digest or _terms_of(now.terms) == _terms_of(after.terms)
    )


def _terms_of(bundle: PolicyBundle) -> tuple[Any, ...]:
    return bundle.law, bundle.catalogue, bundle.grid, tiers_of(bundle)


def _facts(now: Seen, after: Seen, group: ChangeGroup) -> Seen:
    given = {name: after.facts[name] for name in group.facts if name != FAILURE.name}
    if any(now.facts[name] != value for name, value in given.items()):
        now = replace(now, facts={**now.facts, **given})
    if FAILURE.name in group.facts and now.failure != after.failure:
        now = replace(now, failure=after.failure)
    return now


_FIELDS: Mapping[AccountField, tuple[str, ...]] = {
    AccountField.USED: ("positions",),
    AccountField.OWN_CAP: ("own_cap_cents",),
    AccountField.HISTORY: ("first_booked_on", "on_time_payments"),
    AccountField.LATE: ("late_since", "has_charge_off"),
}


def _account(now: Seen, after: Seen, group: ChangeGroup) -> Seen:
    swapped = _facts(now, after, group)
    names = [name for field in group.account for name in _FIELDS[field]]
    given = {name: getattr(after.exposure, name) for name in names}
    exposure = msgspec.structs.replace(swapped.exposure, **given)
    if exposure != swapped.exposure:
        swapped = replace(swapped, exposure=exposure)
    if AccountField.HISTORY in group.account and now.account_on != after.account_on:
        # The days since the first loan go with the history.
        swapped = replace(swapped, account_on=after.account_on)
    return swapped


_SWAPS: Mapping[Part, Callable[[Seen, Seen, ChangeGroup], Seen]] = {
    Part.POLICY: _policy,
    Part.TERMS: _terms,
    Part.FACTS: _facts,
    Part.ACCOUNT: _account,
}
