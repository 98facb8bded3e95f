"""Credentials: service keys for those who call for many, consumer tokens for one person.

A service key is `wk_<credential id>_<secret>`. The prefix lets scanners of leaked secrets find it.
Only the SHA-256 of the secret is stored: a slow hash protects what people invent, and 32 random
bytes cannot be guessed at any speed. A consumer token is a JWT, HS256, of at most 15 minutes; it
reads its own person and nothing else. Whatever is wrong with either, the answer is the same.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from wherewithal.vocabulary.errors import DomainError, WherewithalError
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

KEY_BYTES = 32
SECRET_BYTES = 32
TOKEN_SECONDS_MAX = 900
#: Ours have less than 600 characters.
TOKEN_CHARACTERS_MAX = 1_024
ISSUER = "wherewithal"
AUDIENCE = "wherewithal:consumer"
_ALGORITHM = "HS256"
_CREDENTIAL_ID_BYTES = 8
_SERVICE_KEY = re.compile(r"wk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
#: What an unknown credential is compared with, so that it takes as long as a known one.
_NO_SECRET = bytes(32)


class Scope(StrEnum):
    """What a credential may do."""

    #: Ask for a person, and poll that answer.
    PREQUALIFY = "prequalify"
    #: Read spending power: of everyone with a service key, of oneself with a consumer token.
    READ = "read"
    #: Read recorded decisions whole, facts and all: for those who must explain them.
    EXPLAIN = "explain"
    #: Revoke consents.
    CONSENTS = "consents"
    #: Set the most that a person wants to owe: one's own with a consumer token.
    OWN_CAP = "own_cap"
    #: Issue consumer tokens.
    TOKENS = "tokens"
    #: Read what a merchant offers, without a person.
    OFFERS = "offers"
    #: Place, capture and void holds: of every merchant, or of the one that the key speaks for.
    HOLDS = "holds"
    #: Record payments, refunds and charge-offs, and read loans.
    SERVICING = "servicing"
    #: Manage endpoints of webhooks, and poll events: of every merchant, or of the key's own.
    WEBHOOKS = "webhooks"
    METRICS = "metrics"


#: What a consumer token may carry; `tokens` is not among it, or a token would outlive itself.
CONSUMER_SCOPES = frozenset({Scope.READ, Scope.CONSENTS, Scope.OWN_CAP})
#: What a key that speaks for one merchant may carry: nothing that tells of a person.
MERCHANT_SCOPES = frozenset({Scope.OFFERS, Scope.HOLDS, Scope.WEBHOOKS})


class TokenRefused(WherewithalError):
    """A consumer token that is not ours, not whole, not for us, or not valid now: no difference."""


class ServiceKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new service key; `text` is shown once, and only the hash is kept."""

    credential_id: str
    text: str
    secret_sha256: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class PresentedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A service key as a caller presents it: right in form, not yet proven."""

    credential_id: str
    secret_sha256: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class ConsumerClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What a valid consumer token says."""

    consumer_id: str
    scopes: frozenset[Scope]
    expires_at: datetime
    token_id: str


class TokenKeys:
    """The keys that sign and check consumer tokens, by the id in the token's header."""

    def __init__(self, keys: Mapping[str, bytes], *, active: str) -> None:
        """Keep 32-byte keys by id; new tokens are signed with `active`.

        Each is for tokens alone. An old one stays for as long as its last token, 15 minutes.
        Errors: DomainError for a key of another length or an unknown `active`.
        """
        if any(len(key) != KEY_BYTES for key in keys.values()):
            message = f"a key for tokens must have {KEY_BYTES} bytes"
            raise DomainError(message)
        if active not in keys:
            message = "the active key must be one of the keys for tokens"
            raise DomainError(message)
        self.active = active
        self.key_by_id = {key_id: OctKey.import_key(key) for key_id, key in keys.items()}
        #: Our own tokens have one header each key, so anything else is refused unread: no other
        #: algorithm, no `none`, no `jwk`, `jku` or `crit` is ever looked at.
        self.id_by_header = {_segment(header_of(key_id)): key_id for key_id in keys}


def header_of(key_id: str) -> dict[str, str]:
    """Return the header of every token under a key."""
    return {"typ": "JWT", "alg": _ALGORITHM, "kid": key_id}


def make_service_key(random_bytes: Callable[[int], bytes]) -> ServiceKey:
    """Return a new service key; `random_bytes` is `os.urandom`, passed by wiring."""
    credential_id = random_bytes(_CREDENTIAL_ID_BYTES).hex()
    secret = _base64url(random_bytes(SECRET_BYTES))
    return ServiceKey(
        credential_id=credential_id,
        text=f"wk_{credential_id}_{secret}",
        secret_sha256=_hash(secret),
    )


def read_service_key(text: str) -> PresentedKey | None:
    """Return what a service key says; None where the text is not one in form.

    The hash is of the secret as it is written, so that each key has one spelling.
    """
    parts = _SERVICE_KEY.fullmatch(text)
    if parts is None:
        return None
    return PresentedKey(credential_id=parts[1], secret_sha256=_hash(parts[2]))


def is_proven(presented: PresentedKey, stored_sha256: bytes | None) -> bool:
    """Return whether a presented key is the one that was issued; in the same time either way.

    Null: `stored_sha256` is None where no such credential lives. Whether it expired or was revoked
          is the store's to say.
    """
    is_same = hmac.compare_digest(presented.secret_sha256, stored_sha256 or _NO_SECRET)
    return is_same and stored_sha256 is not None


def issue_consumer_token(
    *,
    consumer_id: str,
    scopes: frozenset[Scope],
    lifetime: timedelta,
    keys: TokenKeys,
    now: datetime,
    token_id: str,
) -> str:
    """Return a signed token that reads one person until `now` + `lifetime`.

    Units:  a lifetime of whole seconds, 1 to 900; moments are cut to the second.
    Errors: DomainError for another lifetime, for scopes beyond `CONSUMER_SCOPES` or none, for a
            `consumer_id` that is no UUID, or a `now` without a zone.
    """
    seconds = int(lifetime.total_seconds())
    if not 1 <= seconds <= TOKEN_SECONDS_MAX or now.tzinfo is None:
        message = f"a token lives 1 to {TOKEN_SECONDS_MAX} seconds from a moment with a zone"
        raise DomainError(message)
    if not scopes or not scopes <= CONSUMER_SCOPES:
        message = f"the scopes of a token are one or more of {', '.join(sorted(CONSUMER_SCOPES))}"
        raise DomainError(message)
    if not _is_uuid(consumer_id):
        message = "consumer_id must be a UUID in lower case with hyphens"
        raise DomainError(message)
    issued_at_s = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": consumer_id,
        "scope": " ".join(sorted(scopes)),
        "iat": issued_at_s,
        "exp": issued_at_s + seconds,
        "jti": token_id,
    }
    key = keys.key_by_id[keys.active]
    return jwt.encode(header_of(keys.active), claims, key, algorithms=[_ALGORITHM])


def read_consumer_token(token: str, *, keys: TokenKeys, now: datetime) -> ConsumerClaims:
    """Return what a token says, if it is ours and valid at `now`; there is no leeway.

    Errors: TokenRefused, without a cause: who forges learns nothing, and who is late asks again.
    """
    match = _TOKEN.fullmatch(token) if len(token) <= TOKEN_CHARACTERS_MAX else None
    key_id = keys.id_by_header.get(match[1]) if match else None
    if key_id is None:
        raise _refused()
    try:
        signed = jwt.decode(token, keys.key_by_id[key_id], algorithms=[_ALGORITHM])
        claims = msgspec.convert(signed.claims, _Claims)
        scopes = frozenset(map(Scope, claims.scope.split()))
    except (JoseError, ValueError):  # msgspec.ValidationError is a ValueError
        raise _refused() from None
    now_s = now.timestamp()
    is_ours = claims.iss == ISSUER and claims.aud == AUDIENCE and _is_uuid(claims.sub)
    is_valid_now = claims.iat <= now_s < claims.exp <= claims.iat + TOKEN_SECONDS_MAX
    if not (is_ours and is_valid_now and scopes and scopes <= CONSUMER_SCOPES):
        raise _refused()
    return ConsumerClaims(
        consumer_id=claims.sub,
        scopes=scopes,
        expires_at=datetime.fromtimestamp(claims.exp, UTC),
        token_id=claims.jti,
    )


class _Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The claims of a token as they must stand in it, all of them, with these types."""

    iss: str
    aud: str
    sub: str
    scope: str
    iat: int
    exp: int
    jti: str


def _refused() -> TokenRefused:
    return TokenRefused("the consumer token is not valid; ask for a new one")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _segment(header: dict[str, str]) -> str:
    return _base64url(json.dumps(header, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
