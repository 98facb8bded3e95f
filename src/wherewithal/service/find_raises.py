"""What would raise a power: a read of the decision that stands, worded as dated estimates.

Free: no inquiry is made, nothing is pulled, nothing is written, and that somebody asked is no fact
about them. Declines are told what would turn them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.powers_left import PowersLeft, total_cents
from wherewithal.qualify.raises import Found, Raise, RaiseFinder
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.asking_rate import AskingRate
from wherewithal.service.explain_change import recorded_facts
from wherewithal.service.read_spending_power import WORDINGS, standing_of, status_of
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.replay_records import FindsRecorded
from wherewithal.service.standing import ReadsPeople
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.service.why_answers import (
    RAISE_WORDINGS,
    RaiseAnswer,
    RaisedProduct,
    RaisesAnswer,
    RaiseStep,
    raise_wording,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisePorts:
    """Everything that it reaches for; wiring makes one a process."""

    people: ReadsPeople
    recorded: FindsRecorded
    replayer: Replayer
    products: ProductAnswers
    finder: RaiseFinder
    #: Of the finder's bundle.
    left: PowersLeft
    rate: AskingRate


async def find_raises(
    consumer_id: UUID, *, credential_id: str, ports: RaisePorts
) -> RaisesAnswer | None:
    """Return what would raise what a person can spend now; None if there is no such consumer.

    Errors: TooMany; Unavailable.
    """
    ports.rate.take(consumer_id=consumer_id, credential_id=credential_id)
    row = await ports.people.read_person(consumer_id)
    if row is None:
        return None
    on = calendar_day(row.read_at)
    nothing = RaisesAnswer(
        consumer_id=str(consumer_id),
        status=(status := status_of(row, ports.products)),
        decision_id=None,
        estimated_on=on,
        bundle_digest=ports.products.bundle.digest,
        power_total_cents=None,
        raises=(),
        wording=WORDINGS.get(status, ""),
    )
    decision = row.decision
    if status != "available" or decision is None:
        return nothing
    columns = msgspec.structs.asdict(standing_of(decision))
    shown = ports.left(columns, row.exposure, terms_on=on, account_on=on)
    found = await ports.recorded.find(decision.decision_id, consumer_id=consumer_id, rows_max=1)
    facts = await recorded_facts(found[0] if found else None, ports.replayer)
    known = msgspec.structs.replace(
        nothing, decision_id=decision.decision_id, power_total_cents=total_cents(shown)
    )
    if facts is None or shown is None:
        return _told(known, "not_kept", ())
    # Polars works outside the interpreter's lock, and others are answered meanwhile.
    result = await asyncio.to_thread(
        ports.finder.find, facts[0], exposure=row.exposure, shown=shown, on=on
    )
    answers = raise_answers(result, shown, ports.products.bundle, on=on)
    return _told(known, "estimated" if answers else "none", answers)


def _told(answer: RaisesAnswer, status: str, raises: tuple[RaiseAnswer, ...]) -> RaisesAnswer:
    return msgspec.structs.replace(
        answer, status=status, raises=raises, wording=RAISE_WORDINGS[status]
    )


def raise_answers(
    found: Found, shown: dict[str, int], bundle: PolicyBundle, *, on: date
) -> tuple[RaiseAnswer, ...]:
    """Return what was found in words, against the powers that are shown."""
    return tuple(_answer(one, shown, bundle, on=on) for one in found.raises)


def _answer(raised: Raise, shown: dict[str, int], bundle: PolicyBundle, *, on: date) -> RaiseAnswer:
    names = {one.code.value: one.name for one in bundle.catalogue.products}
    more = tuple(
        RaisedProduct(
            product=code,
            name=names[code],
            power_cents=cents,
            power_now_cents=shown.get(code, 0),
        )
        for code, cents in raised.powers.items()
        if cents > shown.get(code, 0)
    )
    total = max(raised.powers.values())
    return RaiseAnswer(
        steps=tuple(
            RaiseStep(code=one.code, unit=one.unit.value, amount=one.amount) for one in raised.steps
        ),
        outcome=raised.outcome,
        power_total_cents=total,
        products=more,
        wording=raise_wording(
            raised,
            terms=bundle.raises,
            best=max(more, key=lambda one: one.power_cents - one.power_now_cents),
            is_total=total > (total_cents(shown) or 0),
            on=on,
        ),
    )
