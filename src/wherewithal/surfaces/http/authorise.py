"""Who may do what: credentials are proven here, and whatever is wrong with one is one answer.

A found credential is believed for a few seconds, so that a read costs one SELECT and not two; a
revocation is seen within that time. What is kept is the hash that the store has, never a secret.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TypeAlias
from uuid import UUID

from wherewithal.surfaces.http.doors import Doors, StoredCredential
from wherewithal.surfaces.http.exchange import Caller, Exchange
from wherewithal.surfaces.http.problem import Refused
from wherewithal.surfaces.http.tokens import (
    MERCHANT_SCOPES,
    Scope,
    TokenRefused,
    is_proven,
    read_consumer_token,
    read_service_key,
)

#: Enough for every caller of a lender; who tries ids at random pushes out other tries.
_CACHED_MAX = 4_096
#: Scopes, the hash of the secret, the one merchant that it speaks for.
_Known: TypeAlias = tuple[frozenset[Scope], bytes | None, str | None]
_CHALLENGE = b'Bearer realm="wherewithal"'


class Authority:
    """Proves callers and says what they may do."""

    def __init__(self, doors: Doors, *, cache_s: float) -> None:
        """Keep where credentials are found, and how long one is believed, in seconds."""
        self._doors = doors
        self._cache_s = cache_s
        self._cached: OrderedDict[str, tuple[float, _Known]] = OrderedDict()

    async def prove(self, exchange: Exchange) -> Caller:
        """Return who asks.

        Errors: Refused `unauthorized`, the same for every cause.
        """
        values = exchange.headers.get(b"authorization")
        if values is None:
            raise Refused("unauthorized", headers=((b"www-authenticate", _CHALLENGE),))
        scheme, _, credential = values[0].partition(b" ")
        caller = None
        if len(values) == 1 and scheme.lower() == b"bearer":
            text = credential.strip().decode("latin-1")
            caller = await self._of_key(text) if text.startswith("wk_") else self._of_token(text)
        if caller is None:
            challenge = _CHALLENGE + b', error="invalid_token"'
            raise Refused("unauthorized", headers=((b"www-authenticate", challenge),))
        exchange.caller_id = caller.credential_id
        return caller

    async def _of_key(self, text: str) -> Caller | None:
        presented = read_service_key(text)
        if presented is None:
            return None
        scopes, stored_sha256, merchant_id = await self._find(presented.credential_id)
        if not is_proven(presented, stored_sha256):
            return None
        return Caller(credential_id=presented.credential_id, scopes=scopes, merchant_id=merchant_id)

    def _of_token(self, text: str) -> Caller | None:
        try:
            claims = read_consumer_token(text, keys=self._doors.token_keys, now=self._doors.clock())
        except TokenRefused:
            return None
        return Caller(
            credential_id=f"token:{claims.token_id}",
            scopes=claims.scopes,
            consumer_id=UUID(claims.consumer_id),
        )

    async def _find(self, credential_id: str) -> _Known:
        now_s = time.monotonic()
        if (known := self._cached.get(credential_id)) is not None and now_s < known[0]:
            return known[1]
        found = _known(await self._doors.find_credential(credential_id))
        self._cached[credential_id] = (now_s + self._cache_s, found)
        self._cached.move_to_end(credential_id)
        if len(self._cached) > _CACHED_MAX:
            self._cached.popitem(last=False)
        return found


def require(caller: Caller, scopes: frozenset[Scope]) -> None:
    """Let a caller pass who has one of the scopes of a route.

    Errors: Refused `forbidden`, which names them.
    """
    if caller.scopes.isdisjoint(scopes):
        names = " or ".join(sorted(scopes))
        raise Refused("forbidden", f"This route needs the scope {names}.")


def _known(stored: StoredCredential | None) -> _Known:
    """Return what is believed of a credential; a word that we do not know grants nothing.

    Who speaks for one merchant is granted no more than a merchant may, whatever is written down.
    """
    if stored is None:
        return frozenset(), None, None
    words = {scope.value for scope in Scope}
    scopes = frozenset(Scope(word) for word in stored.scopes if word in words)
    if stored.merchant_id is not None:
        scopes &= MERCHANT_SCOPES
    return scopes, stored.secret_sha256, stored.merchant_id
