"""The routes, the problems and the codes of the HTTP API, from the records that make it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from docs.tables.markdown import code, table
from wherewithal.surfaces.http.codes import CODES, TYPES
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.operation import Operation
from wherewithal.surfaces.http.routes import operations_of
from wherewithal.surfaces.http.routes_asking import AskingDoors
from wherewithal.surfaces.http.routes_commitment import CommitmentDoors
from wherewithal.surfaces.http.routes_hold import HoldDoors
from wherewithal.surfaces.http.routes_loan import LoanDoors
from wherewithal.surfaces.http.routes_webhook import WebhookDoors
from wherewithal.surfaces.http.routes_why import WhyDoors
from wherewithal.surfaces.http.settings import HttpSettings
from wherewithal.surfaces.http.tokens import CONSUMER_SCOPES, TokenKeys


def routes() -> str:
    """Return every route with who may use it."""
    head = ("route", "scope", "also with a consumer token", "what for")
    return table(head, (_route(operation) for operation in operations()))


def problems() -> str:
    """Return every kind of problem."""
    rows = ((code(kind.name), str(kind.status), kind.meaning) for kind in TYPES.values())
    return table(("type, after `urn:wherewithal:problem:`", "status", "what to do"), rows)


def mistakes() -> str:
    """Return every code of a single mistake."""
    rows = ((code(name), meaning) for name, meaning in CODES.items())
    return table(("code", "meaning"), rows)


def _route(operation: Operation) -> tuple[str, str, str, str]:
    scopes = " or ".join(code(scope) for scope in sorted(operation.scopes)) or "open"
    is_own = "consumer_id" in operation.path_fields and operation.scopes & CONSUMER_SCOPES
    where = code(f"{operation.method} {operation.path}")
    return where, scopes, "yes" if is_own else "", operation.summary


def operations() -> tuple[Operation, ...]:
    """Return the routes; nobody goes through their doors here."""

    async def closed(*_: object, **__: object) -> None:
        """Answer nobody."""

    door: Any = closed
    doors = Doors(
        ask=door,
        find_prequalification=door,
        find_decision=door,
        revoke_consent=door,
        list_consents=door,
        find_reference=door,
        spending_power=door,
        merchants_page=door,
        merchant=door,
        merchant_offers=door,
        why=WhyDoors(changes=door, raises=door),
        webhooks=WebhookDoors(
            add=door,
            list_all=door,
            disable=door,
            enable=door,
            rotate=door,
            replay=door,
            events=door,
        ),
        commitments=CommitmentDoors(
            commit=door,
            list_of=door,
            read=door,
            share=door,
            list_shares=door,
            revoke_share=door,
            honour_rate=door,
            public_jwks={},
        ),
        asking=AskingDoors(receipts=door, set_own_cap=door),
        loans=LoanDoors(pay=door, refund=door, charge_off=door, list_of=door),
        holds=HoldDoors(place=door, read=door, capture=door, void=door, list_of=door),
        find_credential=door,
        readiness=door,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        new_uuid=lambda: UUID(int=0),
        token_keys=TokenKeys({"none": bytes(32)}, active="none"),
        digest_key=bytes(32),
    )
    settings = HttpSettings(calendar_zone=ZoneInfo("UTC"))
    return tuple(
        operations_of(doors, settings=settings, metrics=Metrics(), is_draining=lambda: False)
    )
