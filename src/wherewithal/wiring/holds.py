"""Constructs holds: the ports of the use cases and the doors of the API, each outcome counted."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid4

from wherewithal.service.capture_hold import CaptureRequest, capture_hold
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.errors import TooMany
from wherewithal.service.hold_answers import CaptureAnswer, HoldAnswer
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_records import HoldRequest
from wherewithal.service.merchant_room import MerchantRoom
from wherewithal.service.place_hold import HoldPorts, place_hold
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.service.void_hold import list_holds, read_hold, sweep_expired, void_hold
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import Pool
from wherewithal.surfaces.http.routes_hold import HoldDoors
from wherewithal.wiring.commitments import promised_terms

#: What was asked (place, capture, void) and what came of it: a name of ours.
CountHold = Callable[[str, str], None]
Answer = TypeVar("Answer")


def hold_ports(pool: Pool, *, directory: HeldDirectory, products: ProductAnswers) -> HoldPorts:
    """Return what placing a hold reaches for."""
    ledger = LedgerInStore(pool, new_uuid=uuid4)
    return HoldPorts(
        ledger=ledger,
        directory=directory,
        products=products,
        new_uuid=uuid4,
        has_room=MerchantRoom(ledger, monotonic=time.monotonic),
        promised=promised_terms(pool, products=products),
    )


def hold_doors(ports: HoldPorts, *, count: CountHold) -> HoldDoors:
    """Return the doors of one process."""

    async def place(
        request: HoldRequest, *, credential_id: str, request_digest: bytes
    ) -> tuple[bytes, bool]:
        placing = place_hold(
            request, credential_id=credential_id, request_digest=request_digest, ports=ports
        )
        body, is_new = await _refusals_counted(placing, "place", count)
        count("place", "placed" if is_new else "repeated")
        return body, is_new

    async def capture(request: CaptureRequest, *, merchant_id: str | None) -> CaptureAnswer:
        capturing = capture_hold(
            request, merchant_id=merchant_id, ledger=ports.ledger, loan_id=ports.new_uuid()
        )
        answer = await _refusals_counted(capturing, "capture", count)
        count("capture", "over_limit" if answer.is_over_limit else "captured")
        return answer

    async def void(hold_id: UUID, *, merchant_id: str | None) -> HoldAnswer:
        voiding = void_hold(hold_id, merchant_id=merchant_id, ledger=ports.ledger)
        answer = await _refusals_counted(voiding, "void", count)
        count("void", "voided")
        return answer

    return HoldDoors(
        place=place,
        read=partial(read_hold, ledger=ports.ledger),
        capture=capture,
        void=void,
        list_of=partial(list_holds, ledger=ports.ledger),
    )


def hold_sweeper(pool: Pool) -> Callable[[int], Awaitable[int]]:
    """Return what writes down expired holds, of so many consumers at the most."""
    ledger = LedgerInStore(pool, new_uuid=uuid4)

    async def sweep(consumers_max: int) -> int:
        return await sweep_expired(ledger=ledger, consumers_max=consumers_max)

    return sweep


async def _refusals_counted(working: Awaitable[Answer], what: str, count: CountHold) -> Answer:
    try:
        return await working
    except (HoldRefused, TooMany) as refused:
        count(what, refused.code)
        raise
