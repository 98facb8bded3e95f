"""The document of a commitment: canonical JSON under a detached JWS, verified with no connection.

The JSON has its names in order, no white space, whole numbers and texts alone, so that everybody
who reads it writes the same bytes again (RFC 8785 comes to the same for such values). The signature
is a compact JWS whose payload is left out (RFC 7515 appendix F), Ed25519 (RFC 8037, RFC 9864); the
key is named by `kid`, its thumbprint (RFC 7638).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

ALGORITHM: Final = "Ed25519"
#: Ours have less than 200 characters.
_SIGNATURE_CHARACTERS_MAX: Final = 1_024
_canonical: Final = msgspec.json.Encoder(order="deterministic").encode


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a document.

    >>> canonical_json({"b": 1, "a": ["x"]})
    b'{"a":["x"],"b":1}'
    """
    return _canonical(document)


class CommitmentSigner:
    """Signs with the newest key, and publishes those whose commitments may still live."""

    def __init__(self, keys: Sequence[OKPKey]) -> None:
        """Keep private keys, the newest first; each is named by its thumbprint."""
        self._keys = KeySet(list(keys))
        self._key = self._keys.keys[0]
        self.kid = str(self._key.kid)

    def sign(self, document: bytes) -> str:
        """Return a detached JWS over the bytes."""
        header = {"alg": ALGORITHM, "kid": self.kid}
        whole = jws.serialize_compact(header, document, self._key, algorithms=[ALGORITHM])
        return str(jws.detach_content(whole))

    def public_jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set (RFC 7517)."""
        found = []
        for key in self._keys:
            public = key.as_dict(private=False)
            found.append({**public, "kid": key.kid, "use": "sig", "alg": ALGORITHM})
        return {"keys": found}


def signing_key(seed: bytes) -> OKPKey:
    """Return the Ed25519 key of a seed of 32 bytes."""
    return OKPKey(Ed25519PrivateKey.from_private_bytes(seed), None)


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature says of a document."""

    is_valid: bool
    kid: str | None
    #: Why not: no_such_key, bad_signature, malformed.
    problem: str | None


def verify_document(
    document: Mapping[str, Any], signature: str, *, jwks: Mapping[str, Any]
) -> Verified:
    """Return whether a key of a set signed a document; nothing but the arguments is looked at.

    Only Ed25519 and only keys of the set are used, whatever the signature's header names.
    """
    header, payload, mark = [*signature.split("."), "", ""][:3]
    is_formed = len(signature) <= _SIGNATURE_CHARACTERS_MAX and signature.count(".") == 2
    if not is_formed or payload or not header or not mark:
        return Verified(is_valid=False, kid=None, problem="malformed")
    try:
        keys = KeySet.import_key_set(dict(jwks))  # type: ignore[arg-type]
        kid = jws.extract_compact(signature.encode()).headers().get("kid")
    except (JoseError, ValueError, KeyError, TypeError):
        return Verified(is_valid=False, kid=None, problem="malformed")
    key = next((one for one in keys if one.kid == kid and isinstance(one, OKPKey)), None)
    if key is None:
        return Verified(is_valid=False, kid=kid, problem="no_such_key")
    try:
        jws.deserialize_compact(
            signature, key, algorithms=[ALGORITHM], payload=canonical_json(document)
        )
    except (JoseError, ValueError, TypeError):
        return Verified(is_valid=False, kid=kid, problem="bad_signature")
    return Verified(is_valid=True, kid=kid, problem=None)
