"""Inquiries in Postgres (`RecordsInquiries`): few statements, each whole or not at all.

What names a person is sealed before it is sent, and found by blind index alone; no statement
carries it, so none can log it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg

from wherewithal.service.flights import key_reused
from wherewithal.service.inquiry import (
    Channel,
    GivenConsent,
    Inquiry,
    Purpose,
    Reference,
)
from wherewithal.service.inquiry_records import (
    Account,
    Answered,
    Claim,
    Opening,
    PendingInquiry,
    PullRecord,
    Recording,
    RequestKey,
)
from wherewithal.store.accounts import account_of, ids_of, stated_of
from wherewithal.store.blind_index import BlindIndex
from wherewithal.store.fetch import change, fetch_all, fetch_one
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.powers import EXPOSURE_COLUMNS, EXPOSURE_JOIN
from wherewithal.store.pulls import begin_pull, consent_refusals
from wherewithal.store.queries import load_queries
from wherewithal.store.recordings import recording_statement
from wherewithal.store.sealing import Sealer
from wherewithal.store.statements import statement_of
from wherewithal.store.unavailable import as_unavailable
from wherewithal.vocabulary.consumer import Identity, match_keys

_INQUIRIES: Final = load_queries("inquiries.sql")
_CONSUMERS: Final = load_queries("consumers.sql")
_ACCOUNT: Final = {"exposure_columns": EXPOSURE_COLUMNS, "exposure_join": EXPOSURE_JOIN}
_OPEN: Final = statement_of(
    [_INQUIRIES["claimed"], _INQUIRIES["found"]],
    _INQUIRIES["account"].format(head="claimed", **_ACCOUNT),
)
_OPEN_PENDING: Final = statement_of(
    [_INQUIRIES["pending"], _INQUIRIES["found_pending"]],
    _INQUIRIES["account"].format(head="pending", **_ACCOUNT),
)
_PENDING_HEAD: Final = statement_of([_INQUIRIES["pending"]], _INQUIRIES["pending_head"])
_encode_identity = msgspec.json.Encoder().encode
IDENTITY_FIELD: Final = "identity"
REPORT_FIELD: Final = "report"

#: Defers the job that finishes an inquiry, on the connection of the transaction that records it.
DefersFinish = Callable[[Connection, UUID, UUID], Awaitable[None]]


class InquiriesInStore:
    """Keeps consumers, inquiries and decisions."""

    def __init__(
        self,
        pool: Pool,
        *,
        sealer: Sealer,
        index: BlindIndex,
        instance: UUID,
        lease: timedelta,
        defer_finish: DefersFinish,
        new_uuid: Callable[[], UUID],
    ) -> None:
        """Keep what is needed; `instance` names this very process, and dies with it.

        `lease` is how long a claim on a key holds if its process dies; longer than any request.
        """
        self._pool, self._sealer, self._index = pool, sealer, index
        self._instance, self._lease = instance, lease
        self._defer_finish, self._new_uuid = defer_finish, new_uuid

    async def open_inquiry(
        self, inquiry: Inquiry, *, key: RequestKey, at: datetime, new_id: UUID, token: UUID
    ) -> Opening | None:
        """Claim the key and look everything up, in one statement; see `RecordsInquiries`."""
        consent, reference = inquiry.consent, inquiry.reference
        parameters = {
            **_key(key),
            **self._keys(inquiry.identity),
            **_reference(reference),
            "request_digest": key.request_digest,
            "new_id": new_id,
            "token": token,
            "claimed_by": self._instance,
            "lease": self._lease,
            "purpose": inquiry.purpose.value,
            "at": at,
            "consent_id": _id(consent.consent_id) if isinstance(consent, GivenConsent) else None,
        }
        rows = await fetch_all(self._pool, _OPEN, parameters)
        if not rows:
            return None
        accounts = [account_of(row, self._sealer) for row in rows if row[1] is not None]
        return Opening(claim=Claim(inquiry_id=rows[0][0], token=token), accounts=tuple(accounts))

    async def find_answer(self, key: RequestKey) -> Answered | None:
        """Return the first answer to a key; see `RecordsInquiries`."""
        row = await fetch_one(
            self._pool,
            _INQUIRIES["find_answer"],
            {**_key(key), "request_digest": key.request_digest},
        )
        if row is None:
            return None
        is_same, consumer_id, inquiry_id, status, body = row
        if not is_same:
            raise key_reused()
        if body is None:
            return None
        return Answered(
            status=status, body=body, consumer_id=consumer_id, prequalification_id=inquiry_id
        )

    async def forget_claim(self, key: RequestKey, claim: Claim) -> None:
        """Delete an unanswered key of ours."""
        await change(self._pool, _INQUIRIES["forget_claim"], {**_key(key), "token": claim.token})

    async def let_go(self, key: RequestKey, claim: Claim) -> None:
        """Let anybody go on with an unanswered key of ours."""
        await change(self._pool, _INQUIRIES["let_go"], {**_key(key), "token": claim.token})

    async def purge_keys(self, *, rows_max: int) -> int:
        """Delete keys that are a day old, at most `rows_max`; return how many were."""
        return await change(self._pool, _INQUIRIES["purge_idempotency"], {"rows_max": rows_max})

    async def add_consumer(
        self,
        identity: Identity,
        *,
        consumer_id: UUID,
        reference: Reference | None,
        refuted: Sequence[UUID],
    ) -> Account | None:
        """Add a new consumer; None if somebody of this identity was added meanwhile."""
        data_key = self._sealer.new_data_key(str(consumer_id))
        parameters = {
            "consumer_id": consumer_id,
            "data_key": data_key,
            "sealed": self._seal(data_key, consumer_id, IDENTITY_FIELD, _encode_identity(identity)),
            **self._keys(identity),
            **_reference(reference),
        }
        try:
            if refuted:
                parameters["refuted"] = list(refuted)
                with as_unavailable():
                    async with self._pool.transaction() as connection:
                        await connection.execute(_CONSUMERS["give_up_keys"], parameters)
                        await connection.execute(_CONSUMERS["add_consumer"], parameters)
            else:
                await change(self._pool, _CONSUMERS["add_consumer"], parameters)
        except psycopg.errors.UniqueViolation:
            return None
        return Account(
            consumer_id=consumer_id,
            found_by=frozenset(),
            data_key=data_key,
            identity=identity,
            blocks_credit=(),
            decision=None,
            report=None,
            consent=None,
            pulls_30d=0,
            oldest_pull_at=None,
            inquiries_24h=0,
            power_total_cents=None,
            is_refuted=False,
        )

    async def begin_pull(self, pull: PullRecord) -> bool:
        """Record consent and intent before a bureau is asked; see `RecordsInquiries`."""
        return await begin_pull(self._pool, pull)

    async def own_accounts(self, consumer_id: UUID) -> frozenset[str]:
        """Return the numbers under which a bureau may list the consumer's loans with us."""
        rows = await fetch_all(self._pool, _INQUIRIES["own_accounts"], {"consumer_id": consumer_id})
        return frozenset(row[0] for row in rows)

    async def record(self, recording: Recording, *, key: RequestKey, claim: Claim) -> bool:
        """Write an inquiry and all that it changed, at once; False if the claim was lost."""
        return await self._write(recording, {**_key(key), "token": claim.token})

    async def finish(self, recording: Recording) -> bool:
        """Write what came of a pending inquiry; False if it is decided already."""
        return await self._write(recording, None)

    async def open_pending(
        self, *, consumer_id: UUID, prequalification_id: UUID, at: datetime
    ) -> PendingInquiry | None:
        """Return what waits for its answer; None if it does not, or does not exist."""
        ids = {"consumer_id": consumer_id, "prequalification_id": prequalification_id}
        head = await fetch_one(self._pool, _PENDING_HEAD, ids)
        if head is None:
            return None
        purpose, channel, requested, stated, asked_at, final_by, consent_id, credential_id = head
        parameters = {**ids, "purpose": purpose, "at": at, "consent_id": consent_id}
        row = await fetch_one(self._pool, _OPEN_PENDING, parameters)
        account = None if row is None else account_of(row, self._sealer)
        if account is None or account.identity is None:
            return None
        return PendingInquiry(
            inquiry=Inquiry(
                identity=account.identity,
                stated=stated_of(stated),
                consent=GivenConsent(consent_id=str(consent_id)),
                purpose=Purpose(purpose),
                channel=Channel(channel),
                requested_amount_cents=requested,
            ),
            account=account,
            prequalification_id=prequalification_id,
            consent_id=consent_id,
            credential_id=credential_id,
            asked_at=asked_at,
            final_by=final_by,
        )

    async def _write(self, recording: Recording, claimed: dict[str, Any] | None) -> bool:
        account = recording.account
        parameters: dict[str, Any] = {**(claimed or {}), **ids_of(recording), "data_key": None}
        sealed_report = sealed_identity = None
        data_key = account.data_key
        update = recording.update
        if update is not None and update.identity is not None:
            data_key = data_key or self._sealer.new_data_key(str(account.consumer_id))
            parameters |= {**self._keys(update.identity), "data_key": data_key}
            sealed_identity = self._seal(
                data_key, account.consumer_id, IDENTITY_FIELD, _encode_identity(update.identity)
            )
        if recording.report is not None and data_key is not None:
            sealed_report = self._seal(
                data_key, account.consumer_id, REPORT_FIELD, recording.report.raw
            )
        statement, values = recording_statement(
            recording,
            is_claimed=claimed is not None,
            sealed_report=sealed_report,
            sealed_identity=sealed_identity,
            new_uuid=self._new_uuid,
        )
        parameters |= values
        is_waiting = recording.decided_at is None
        with as_unavailable(), consent_refusals():
            if not is_waiting:
                async with self._pool.connection() as connection:
                    return await _ran(connection, statement, parameters)
            async with self._pool.transaction() as connection:
                if not await _ran(connection, statement, parameters):
                    return False
                await self._defer_finish(
                    connection, account.consumer_id, recording.prequalification_id
                )
        return True

    def _keys(self, identity: Identity) -> dict[str, Any]:
        index = self._index
        keys = {kind: index.of(kind, text) for kind, text in match_keys(identity).items()}
        return {**keys, "index_version": index.version}

    def _seal(self, data_key: bytes, consumer_id: UUID, field: str, plaintext: bytes) -> bytes:
        return self._sealer.seal(
            data_key, consumer_id=str(consumer_id), field=field, plaintext=plaintext
        )


async def _ran(connection: Connection, statement: str, parameters: dict[str, Any]) -> bool:
    """Return whether the fence was open."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(statement, parameters, prepare=True)
    return await cursor.fetchone() is not None


def _key(key: RequestKey) -> dict[str, Any]:
    return {"credential_id": key.credential_id, "idempotency_key": key.idempotency_key}


def _id(text: str) -> UUID:
    """Return the id that a text is; one that nobody has where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _reference(reference: Reference | None) -> dict[str, Any]:
    return {
        "portfolio": reference.portfolio if reference else None,
        "reference": reference.reference if reference else None,
    }
