"""The API over a real socket, with doors that are plain functions over the document's own examples.

For what the surface does by itself: bounds, credentials, problems, drain. What the use cases answer
is asked in `test_live.py`, over a real database.
"""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import msgspec

from wherewithal.service.answers import ConsentAnswer, DecisionAnswer, Prequalification
from wherewithal.service.asking import Question
from wherewithal.service.capture_hold import CaptureRequest
from wherewithal.service.hold_answers import CaptureAnswer, HoldAnswer, HoldsAnswer
from wherewithal.service.hold_refusals import UnknownHold
from wherewithal.service.inquiry_records import Answered
from wherewithal.service.loan_answers import (
    ChargeOffRecorded,
    LoansAnswer,
    PaymentRecorded,
    RefundRecorded,
)
from wherewithal.service.loan_refusals import UnknownLoan
from wherewithal.service.merchant_answers import AdvertisedOffers, MerchantAnswer, MerchantsPage
from wherewithal.service.own_cap import OwnCapAnswer
from wherewithal.service.read_commitments import (
    CommitmentAnswer,
    CommitmentsAnswer,
    HonourRate,
    SharingConsentAnswer,
    SharingConsentsAnswer,
)
from wherewithal.service.receipts import Receipts
from wherewithal.service.webhook_records import (
    EndpointAnswer,
    Endpoints,
    EndpointWithSecret,
    EventsPage,
    ReplayAnswer,
)
from wherewithal.service.why_answers import ChangeAnswer, RaisesAnswer
from wherewithal.surfaces.http import (
    examples,
    examples_asking,
    examples_commitment,
    examples_hold,
    examples_loan,
    examples_webhook,
    examples_why,
)
from wherewithal.surfaces.http.app import Api, build_app
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.log import make_log
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.path_fields import PORTFOLIO, REFERENCE
from wherewithal.surfaces.http.routes_asking import AskingDoors
from wherewithal.surfaces.http.routes_commitment import CommitmentDoors
from wherewithal.surfaces.http.routes_hold import HoldDoors
from wherewithal.surfaces.http.routes_loan import LoanDoors
from wherewithal.surfaces.http.routes_webhook import WebhookDoors
from wherewithal.surfaces.http.routes_why import WhyDoors
from wherewithal.surfaces.http.serve import ApiServer, make_server
from wherewithal.surfaces.http.settings import HttpSettings
from wherewithal.surfaces.http.tokens import Scope, ServiceKey, TokenKeys, make_service_key
from wherewithal.vocabulary.program import ProductCode

CONSUMER = UUID(examples.CONSUMER)
INQUIRY = UUID(examples.INQUIRY)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SETTINGS = HttpSettings(calendar_zone=ZoneInfo("America/New_York"), allow_test_ssns=True)
TOKEN_KEYS = TokenKeys({"k1": b"t" * 32}, active="k1")


class Credential(msgspec.Struct, frozen=True):
    """A credential as a store has it."""

    credential_id: str
    secret_sha256: bytes
    scopes: tuple[str, ...]
    merchant_id: str | None = None


def key_with(*scopes: Scope, byte: int = 1) -> tuple[ServiceKey, Credential]:
    """Return a service key with these scopes, and what a store keeps of it."""
    key = make_service_key(lambda count: bytes([byte]) * count)
    return key, Credential(key.credential_id, key.secret_sha256, scopes)


ALL_SCOPES, ALL_SCOPES_STORED = key_with(*Scope)


def found(example: dict[str, Any], type_: type[Any], *ids: UUID | str) -> Any:
    """Return a door that has one thing of one person, and nothing for anybody else."""
    record = msgspec.convert(example, type_)

    async def door(*asked: Any, **_given: Any) -> Any:
        return record if asked[: len(ids)] == ids else None

    return door


def encoded(example: dict[str, Any], *ids: UUID) -> Any:
    """Return a door whose answer is encoded already."""
    body = msgspec.json.encode(example)

    async def door(*asked: Any, **_given: Any) -> bytes | None:
        return body if asked[: len(ids)] == ids else None

    return door


def plain_doors(*stored: Credential, **changed: Any) -> Doors:
    """Return doors that know the one person of the examples."""
    credentials = {one.credential_id: one for one in (ALL_SCOPES_STORED, *stored)}

    async def ask(*_: Any, **__: Any) -> Answered:
        body = msgspec.json.encode(msgspec.convert(examples.APPROVED, Prequalification))
        return Answered(status=200, body=body, consumer_id=CONSUMER, prequalification_id=INQUIRY)

    async def find_credential(credential_id: str) -> Credential | None:
        return credentials.get(credential_id)

    async def readiness() -> list[tuple[str, bool]]:
        return [("database", True)]

    consent = msgspec.convert(examples.REVOKED, ConsentAnswer)

    async def list_consents(consumer_id: UUID) -> tuple[ConsentAnswer, ...] | None:
        return (consent,) if consumer_id == CONSUMER else None

    async def find_reference(portfolio: str, reference: str) -> UUID | None:
        is_known = (portfolio, reference) == (PORTFOLIO.example, REFERENCE.example)
        return CONSUMER if is_known else None

    at_merchant = found(examples.MERCHANT, MerchantAnswer, CONSUMER, "lantern-and-loom")

    async def find_merchant(consumer_id: UUID, question: Question, **_given: Any) -> Any:
        return await at_merchant(consumer_id, question.merchant_id)

    doors = Doors(
        ask=ask,
        find_prequalification=encoded(examples.APPROVED, CONSUMER, INQUIRY),
        find_decision=found(
            examples.DECISION, DecisionAnswer, CONSUMER, examples.DECISION["decision_id"]
        ),
        revoke_consent=found(examples.REVOKED, ConsentAnswer, CONSUMER, INQUIRY),
        list_consents=list_consents,
        find_reference=find_reference,
        spending_power=encoded(examples.POWER, CONSUMER),
        merchants_page=found(examples.MERCHANTS, MerchantsPage, CONSUMER),
        merchant=find_merchant,
        merchant_offers=found(examples.OFFERS, AdvertisedOffers, "lantern-and-loom"),
        holds=plain_holds(),
        commitments=plain_commitments(),
        loans=plain_loans(),
        asking=plain_asking(),
        why=WhyDoors(
            changes=found(examples_why.CHANGES, ChangeAnswer, CONSUMER),
            raises=found(examples_why.RAISES, RaisesAnswer, CONSUMER),
        ),
        webhooks=plain_webhooks(),
        find_credential=find_credential,
        readiness=readiness,
        clock=lambda: NOW,
        new_uuid=uuid4,
        token_keys=TOKEN_KEYS,
        digest_key=b"d" * 32,
    )
    return replace(doors, **changed)


def plain_webhooks() -> WebhookDoors:
    """Return the doors of webhooks that know the one endpoint of the examples."""
    endpoint_id = UUID(examples_webhook.ENDPOINT_ID)

    async def add(*_: Any, **__: Any) -> EndpointWithSecret:
        return msgspec.convert(examples_webhook.WITH_SECRET, EndpointWithSecret)

    async def list_all(_merchant_id: str | None) -> Endpoints:
        return msgspec.convert(examples_webhook.ENDPOINTS, Endpoints)

    return WebhookDoors(
        add=add,
        list_all=list_all,
        disable=found(examples_webhook.DISABLED, EndpointAnswer, endpoint_id),
        enable=found(examples_webhook.ENDPOINT, EndpointAnswer, endpoint_id),
        rotate=found(examples_webhook.WITH_SECRET, EndpointWithSecret, endpoint_id),
        replay=found(examples_webhook.REPLAYED, ReplayAnswer, endpoint_id),
        events=found(examples_webhook.EVENTS, EventsPage, CONSUMER),
    )


def plain_commitments() -> CommitmentDoors:
    """Return the doors of commitments that know the one promise of the examples."""
    one = msgspec.convert(examples_commitment.NOT_HONOURED, CommitmentAnswer)
    rate = msgspec.convert(examples_commitment.HONOUR_RATE, HonourRate)
    consent = msgspec.convert(examples_commitment.SHARING, SharingConsentAnswer)

    async def commit(
        consumer_id: UUID, prequalification_id: UUID, product: ProductCode
    ) -> tuple[CommitmentAnswer, bool] | None:
        del prequalification_id, product
        return (one, False) if consumer_id == CONSUMER else None

    async def share(consumer_id: UUID, _consent: Any) -> SharingConsentAnswer | None:
        return consent if consumer_id == CONSUMER else None

    async def honour_rate(**_asked: Any) -> HonourRate:
        return rate

    commitment_id = UUID(examples_commitment.COMMITMENT_ID)
    return CommitmentDoors(
        commit=commit,
        list_of=found(examples_commitment.COMMITMENTS, CommitmentsAnswer, CONSUMER),
        read=found(examples_commitment.NOT_HONOURED, CommitmentAnswer, CONSUMER, commitment_id),
        share=share,
        list_shares=found(examples_commitment.SHARINGS, SharingConsentsAnswer, CONSUMER),
        revoke_share=found(
            examples_commitment.SHARING_REVOKED, SharingConsentAnswer, CONSUMER, INQUIRY
        ),
        honour_rate=honour_rate,
        public_jwks=examples_commitment.JWKS,
    )


def plain_asking() -> AskingDoors:
    """Return the doors of receipts and of an own cap, for the one person of the examples."""

    async def set_own_cap(consumer_id: UUID, amount_cents: int | None) -> OwnCapAnswer | None:
        if consumer_id != CONSUMER:
            return None
        return OwnCapAnswer(consumer_id=str(CONSUMER), own_cap_cents=amount_cents, used_cents=0)

    return AskingDoors(
        receipts=found(examples_asking.RECEIPTS, Receipts, CONSUMER), set_own_cap=set_own_cap
    )


def plain_loans() -> LoanDoors:
    """Return the doors of loans that know the one loan of the examples."""

    def recorded(example: dict[str, Any], type_: type[Any]) -> Any:
        async def door(request: Any, **_given: Any) -> Any:
            if str(getattr(request, "loan_id", request)) != examples_loan.LOAN_ID:
                raise UnknownLoan
            answer = msgspec.convert(example, type_)
            return answer if type_ is ChargeOffRecorded else (answer, False)

        return door

    return LoanDoors(
        pay=recorded(examples_loan.PAYMENT, PaymentRecorded),
        refund=recorded(examples_loan.REFUND, RefundRecorded),
        charge_off=recorded(examples_loan.CHARGE_OFF, ChargeOffRecorded),
        list_of=found(examples_loan.LOANS, LoansAnswer, CONSUMER),
    )


def plain_holds(**changed: Any) -> HoldDoors:
    """Return the doors of holds that know the one hold of the examples."""
    held = msgspec.convert(examples_hold.HOLD, HoldAnswer)
    captured = msgspec.convert(examples_hold.CAPTURE, CaptureAnswer)

    async def place(*_: Any, **__: Any) -> tuple[bytes, bool]:
        return msgspec.json.encode(held), False

    async def one(hold_id: UUID, *, merchant_id: str | None) -> HoldAnswer:
        if str(hold_id) != held.hold_id or merchant_id not in (None, held.merchant_id):
            raise UnknownHold
        return held

    async def capture(request: CaptureRequest, *, merchant_id: str | None) -> CaptureAnswer:
        await one(request.hold_id, merchant_id=merchant_id)
        return captured

    listed = found(examples_hold.HOLDS, HoldsAnswer, CONSUMER)
    doors = HoldDoors(place=place, read=one, capture=capture, void=one, list_of=listed)
    return replace(doors, **changed)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running API."""

    api: Api
    server: ApiServer
    port: int
    #: What the log has so far.
    logged: io.BytesIO
    client: httpx.Client
    key: str = ALL_SCOPES.text
    #: Of the database, where there is one.
    dsn: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logged.getvalue().splitlines()]

    def ask(self, method: str, path: str, *, key: str | None = "", **given: Any) -> httpx.Response:
        """Send one request; with every scope unless another key, or None, is given."""
        headers = dict(given.pop("headers", {}))
        if key is not None:
            headers.setdefault("authorization", f"Bearer {key or self.key}")
        return self.client.request(method, self.url + path, headers=headers, **given)

    def send(self, raw: bytes, *, pause_s: float = 0.0, wait_s: float = 10.0) -> bytes:
        """Send bytes as they are, and return all that comes until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            with suppress(ConnectionError):  # the other side may have heard enough
                for part in raw.split(b"|||"):
                    connection.sendall(part)
                    threading.Event().wait(pause_s)
            return received(connection)


def received(connection: socket.socket) -> bytes:
    """Return what comes until the connection ends."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@contextmanager
def served(
    doors: Doors | None = None,
    *,
    drain_s: float = 5,
    metrics: Metrics | None = None,
    **settings: Any,
) -> Iterator[Served]:
    """Run the API on a free port of this machine, and end it."""
    logged = io.BytesIO()
    api = build_app(
        doors or plain_doors(),
        settings=replace(SETTINGS, **settings),
        metrics=metrics or Metrics(),
        log=make_log(logged, clock=lambda: NOW),
    )
    with running(api, drain_s=drain_s) as (server, port), httpx.Client(timeout=20) as client:
        yield Served(api=api, server=server, port=port, logged=logged, client=client)


@contextmanager
def running(api: Api, *, drain_s: float) -> Iterator[tuple[ApiServer, int]]:
    """Run a server in a thread of its own."""
    server = make_server(api, host="127.0.0.1", port=0, drain_s=drain_s)
    ports: list[int] = []
    is_listening = threading.Event()

    def listening(port: int) -> None:
        ports.append(port)
        is_listening.set()

    server.on_listening = listening
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert is_listening.wait(15)
        yield server, ports[0]
    finally:
        server.begin_drain()
        thread.join(timeout=drain_s + 15)
        assert not thread.is_alive()
