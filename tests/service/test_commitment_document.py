"""Signed documents: what was signed verifies, anything else does not, whatever a header names."""

from __future__ import annotations

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from wherewithal.service.commitment_document import (
    CommitmentSigner,
    Verified,
    canonical_json,
    signing_key,
    verify_document,
)

OLD, NEW, OTHER = (signing_key(bytes([number]) * 32) for number in (1, 2, 3))
SIGNER = CommitmentSigner([NEW, OLD])
DOCUMENT = {"amount_cents": 66_600, "product": "pay_in_4", "preconditions": [{"code": "C_STATE"}]}
SIGNATURE = SIGNER.sign(canonical_json(DOCUMENT))
JWKS = SIGNER.public_jwks()


def problem(document=DOCUMENT, signature=SIGNATURE, jwks=JWKS) -> str | None:
    return verify_document(document, signature, jwks=jwks).problem


def test_what_was_signed_verifies_with_the_published_keys_alone():
    whole = verify_document(DOCUMENT, SIGNATURE, jwks=JWKS)
    assert whole == Verified(is_valid=True, kid=SIGNER.kid, problem=None)
    assert all("d" not in key for key in JWKS["keys"])
    reordered = dict(reversed(DOCUMENT.items()))
    assert problem(reordered) is None


def test_after_a_rotation_what_the_last_key_signed_still_verifies():
    before = CommitmentSigner([OLD]).sign(canonical_json(DOCUMENT))
    assert problem(signature=before) is None
    assert problem(signature=before, jwks=CommitmentSigner([NEW]).public_jwks()) == "no_such_key"


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_cents": 66_601},
        {"amount_cents": "66600"},
        {"product": "monthly"},
        {"preconditions": []},
        {"more": None},
    ],
)
def test_a_tampered_document_fails(changed):
    assert problem(DOCUMENT | changed) == "bad_signature"


def test_a_header_cannot_choose_how_it_is_verified():
    """Neither `none` nor a symmetric key made of the public one, nor a key of the header's own."""
    public = canonical_json(JWKS["keys"][0])
    secret = OctKey.import_key(public)
    forged = jws.serialize_compact(
        {"alg": "HS256", "kid": SIGNER.kid}, canonical_json(DOCUMENT), secret, algorithms=["HS256"]
    )
    assert problem(signature=jws.detach_content(forged)) == "bad_signature"
    stranger = CommitmentSigner([OTHER]).sign(canonical_json(DOCUMENT))
    assert problem(signature=stranger) == "no_such_key"
    head, _, mark = SIGNATURE.partition("..")
    assert problem(signature=f"{head}..{mark[:-4]}AAAA") == "bad_signature"


@pytest.mark.parametrize(
    "signature", ["", ".", "..", "a..b", f"{SIGNATURE}.x", SIGNATURE.replace("..", ".e30."), "é..é"]
)
def test_what_is_no_detached_signature_is_malformed(signature):
    assert problem(signature=signature) == "malformed"


@pytest.mark.parametrize("jwks", [{}, {"keys": []}, {"keys": 3}, {"keys": [{"kty": "OKP"}]}])
def test_what_is_no_key_set_is_malformed(jwks):
    assert problem(jwks=jwks) == "malformed"
