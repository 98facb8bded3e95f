"""Read back what was answered: an inquiry, waiting a little if it is pending; a decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.service.answers import DecisionAnswer
from wherewithal.service.own_reasons import reason_answer
from wherewithal.service.ports import ReadsInquiries

WAIT_S_MAX: Final = 30.0
#: Between looks while waiting; no connection is held meanwhile.
_LOOK_S: Final = 0.25


async def find_prequalification(
    consumer_id: UUID,
    prequalification_id: UUID,
    *,
    wait_s: float,
    inquiries: ReadsInquiries,
    sleep: Callable[[float], Awaitable[None]],
) -> bytes | None:
    """Return the answer as it is now, encoded; None if this consumer has no such inquiry.

    While it is pending, waits for it to be decided: up to `wait_s` seconds, and never longer than
    WAIT_S_MAX.
    """
    left_s = min(max(wait_s, 0.0), WAIT_S_MAX)
    while True:
        found = await inquiries.find_prequalification(
            consumer_id=consumer_id, prequalification_id=prequalification_id
        )
        if found is None:
            return None
        status, body = found
        if status != "pending" or left_s <= 0:
            return body
        await sleep(min(_LOOK_S, left_s))
        left_s -= _LOOK_S


async def find_decision(
    consumer_id: UUID, decision_id: str, *, inquiries: ReadsInquiries, bundle: PolicyBundle
) -> DecisionAnswer | None:
    """Return a recorded decision in full, its reasons worded by the bundle of today.

    Null:   this consumer has no such decision.
    """
    found = await inquiries.find_decision(consumer_id=consumer_id, decision_id=decision_id)
    if found is None:
        return None
    worded = tuple(reason_answer(reason.code, bundle) for reason in found.reasons)
    return msgspec.structs.replace(found, reasons=worded)
