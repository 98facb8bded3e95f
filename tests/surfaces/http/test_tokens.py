"""Service keys and consumer tokens: what is ours is read, and everything else is refused alike."""

import base64
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from wherewithal.surfaces.http.tokens import (
    TOKEN_SECONDS_MAX,
    ConsumerClaims,
    PresentedKey,
    Scope,
    TokenKeys,
    TokenRefused,
    is_proven,
    issue_consumer_token,
    make_service_key,
    read_consumer_token,
    read_service_key,
)
from wherewithal.vocabulary.errors import DomainError

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ANN = "0b6f5f8e-6c5f-4a53-9a1e-0d2c7d1b7a01"
OLD, KEY = b"\x01" * 32, b"\x02" * 32
KEYS = TokenKeys({"k1": OLD, "k2": KEY}, active="k2")
CLAIMS = {"iss": "wherewithal", "aud": "wherewithal:consumer", "sub": ANN, "scope": "read", "iat": AT, "exp": AT + 600, "jti": "t-1"}  # fmt: skip


def issued(**changes):
    return issue_consumer_token(
        **{
            "consumer_id": ANN,
            "scopes": frozenset({Scope.READ, Scope.CONSENTS}),
            "lifetime": timedelta(minutes=10),
            "keys": KEYS,
            "now": NOW,
            "token_id": "t-1",
            **changes,
        }
    )


def segment(data):
    text = data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def forged(*, header=None, claims=None, key=KEY, **changes):
    """Return a token signed by hand: right in all that is not changed."""
    header = segment({"typ": "JWT", "alg": "HS256", "kid": "k2"} if header is None else header)
    signed = f"{header}.{segment({**CLAIMS, **changes} if claims is None else claims)}"
    return f"{signed}.{segment(hmac.digest(key, signed.encode(), sha256))}"


def test_a_token_is_read_as_it_was_issued():
    assert read_consumer_token(issued(), keys=KEYS, now=NOW) == ConsumerClaims(
        consumer_id=ANN,
        scopes=frozenset({Scope.READ, Scope.CONSENTS}),
        expires_at=NOW + timedelta(minutes=10),
        token_id="t-1",  # noqa: S106 - a number, no secret
    )


def test_the_forger_of_this_page_can_make_a_right_one():
    assert read_consumer_token(forged(), keys=KEYS, now=NOW).consumer_id == ANN


def test_a_token_of_the_key_before_is_still_read():
    token = issued(keys=TokenKeys({"k1": OLD}, active="k1"))
    assert read_consumer_token(token, keys=KEYS, now=NOW).consumer_id == ANN


@pytest.mark.parametrize(
    ("seconds", "is_valid"), [(-1, False), (0, True), (599.999, True), (600, False)]
)
def test_it_is_valid_from_its_first_second_until_its_last(seconds, is_valid):
    now = NOW + timedelta(seconds=seconds)
    try:
        assert read_consumer_token(issued(), keys=KEYS, now=now).consumer_id == ANN
    except TokenRefused:
        assert not is_valid
    else:
        assert is_valid


def rsa_signed():
    key = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": "k2"}, CLAIMS, key)


def signed_by_a_public_key():
    """HS256 with the text of an RSA public key as its secret, where a server mixes the two up."""
    return forged(key=RSAKey.generate_key(2048).as_pem(private=False))


RIGHT = issued()
HEAD, BODY, SIGNATURE = RIGHT.split(".")
FORGERIES = {
    "no algorithm": forged(header={"typ": "JWT", "alg": "none", "kid": "k2"}),
    "none, unsigned": f"{segment({'typ': 'JWT', 'alg': 'none'})}.{BODY}.",
    "none in capitals": f"{segment({'alg': 'NONE', 'kid': 'k2'})}.{BODY}.{SIGNATURE}",
    "another strength": jwt.encode({"alg": "HS512", "kid": "k2"}, CLAIMS, OctKey.import_key(KEY), algorithms=["HS512"]),
    "RS256": rsa_signed(),
    "HS256 by a public key": signed_by_a_public_key(),
    "wrong key": forged(key=b"\x03" * 32),
    "key of another id": forged(key=OLD),
    "empty key": forged(key=b""),
    "unknown id": forged(header={"typ": "JWT", "alg": "HS256", "kid": "k3"}),
    "id as a path": forged(header={"typ": "JWT", "alg": "HS256", "kid": "../k2"}),
    "id is a list": forged(header={"typ": "JWT", "alg": "HS256", "kid": ["k2"]}),
    "no id": forged(header={"typ": "JWT", "alg": "HS256"}),
    "its own key with it": forged(header={"typ": "JWT", "alg": "HS256", "kid": "k2", "jwk": {"kty": "oct", "k": segment(KEY)}}),
    "critical extension": forged(header={"typ": "JWT", "alg": "HS256", "kid": "k2", "crit": ["b64"], "b64": False}),
    "header is a list": forged(header=["alg"]),
    "header is deep": forged(header=b"[" * 300),
    "expired": forged(iat=AT - 600, exp=AT),
    "not yet valid": forged(iat=AT + 1, exp=AT + 600),
    "lives too long": forged(exp=AT + TOKEN_SECONDS_MAX + 1),
    "never expires": forged(claims={key: value for key, value in CLAIMS.items() if key != "exp"}),
    "expiry is NaN": forged(exp=float("nan")),
    "expiry is text": forged(exp=str(AT + 600)),
    "expiry is true": forged(exp=True),
    "other audience": forged(aud="wherewithal:admin"),
    "audience is a list": forged(aud=["wherewithal:consumer"]),
    "other issuer": forged(iss="wherewithall"),
    "no subject": forged(sub=""),
    "subject is another spelling": forged(sub=ANN.upper()),
    "subject is everyone": forged(sub="*"),
    "scope beyond a consumer": forged(scope="read tokens"),
    "unknown scope": forged(scope="admin"),
    "no scope": forged(scope=""),
    "one claim more": forged(admin=True),
    "claims are no object": forged(claims=[CLAIMS]),
    "claims are no JSON": forged(claims=b"\xff{"),
    "other claims under the signature": f"{HEAD}.{segment({**CLAIMS, 'sub': ANN[:-1] + '2'})}.{SIGNATURE}",
    "unsigned": f"{HEAD}.{BODY}.",
    "without a signature": f"{HEAD}.{BODY}",
    "a fourth part": f"{RIGHT}.{SIGNATURE}",
    "padded": f"{RIGHT}=",
    "line end": f"{RIGHT}\n",
    "NUL": f"{RIGHT}\x00",
    "NUL within": f"{HEAD}.\x00{BODY}.{SIGNATURE}",
    "not ASCII": f"{HEAD}.{BODY}é.{SIGNATURE}",
    "lone surrogate": f"{HEAD}.{BODY}.\udc80",
    "other digits": f"{HEAD}.{BODY}.\u0661\u0662\u0663",
    "10 KB": f"{HEAD}.{'A' * 10_000}.{SIGNATURE}",
    "10 KB, signed": forged(jti="x" * 10_000),
    "10 MB": "A" * 10_000_000,
    "empty": "",
    "dots": "..",
    "service key": make_service_key(random.Random(1).randbytes).text,
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_every_forgery_is_refused_alike(name):
    with pytest.raises(TokenRefused) as caught:
        read_consumer_token(FORGERIES[name], keys=KEYS, now=NOW)
    assert str(caught.value) == "the consumer token is not valid; ask for a new one"
    assert caught.value.__cause__ is None


def test_every_cut_and_every_other_letter_is_refused():
    texts = [RIGHT[:length] for length in range(len(RIGHT))]
    texts += [f"{RIGHT[:at]}{other(RIGHT[at])}{RIGHT[at + 1 :]}" for at in range(len(RIGHT))]
    for text in texts:
        with pytest.raises(TokenRefused):
            read_consumer_token(text, keys=KEYS, now=NOW)


def other(letter):
    return "A" if letter != "A" else "B"


@given(st.text())
def test_no_text_is_more_than_refused(text):
    with pytest.raises(TokenRefused):
        read_consumer_token(text, keys=KEYS, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"lifetime": timedelta(seconds=TOKEN_SECONDS_MAX + 1)},
        {"lifetime": timedelta(0)},
        {"now": NOW.replace(tzinfo=None)},
        {"scopes": frozenset()},
        {"scopes": frozenset({Scope.TOKENS})},
        {"scopes": frozenset({Scope.READ, Scope.PREQUALIFY})},
        {"consumer_id": "ann"},
        {"consumer_id": ANN.replace("-", "")},
    ],
)
def test_no_token_is_issued_that_would_not_be_read(changes):
    with pytest.raises(DomainError):
        issued(**changes)


@pytest.mark.parametrize(("keys", "active"), [({"k1": b"short"}, "k1"), ({"k1": KEY}, "k2")])
def test_unfit_keys_for_tokens_are_refused(keys, active):
    with pytest.raises(DomainError):
        TokenKeys(keys, active=active)


@pytest.fixture
def service_key():
    return make_service_key(random.Random(1).randbytes)


def test_a_service_key_is_proven_by_its_secret_alone(service_key):
    presented = read_service_key(service_key.text)
    assert presented == PresentedKey(
        credential_id=service_key.credential_id, secret_sha256=service_key.secret_sha256
    )
    another = make_service_key(random.Random(2).randbytes)
    assert is_proven(presented, service_key.secret_sha256)
    assert not is_proven(presented, another.secret_sha256)
    assert not is_proven(presented, None)


def test_an_absent_credential_is_proven_by_nothing():
    zeros = PresentedKey(credential_id="0" * 16, secret_sha256=bytes(32))
    assert not is_proven(zeros, None)


def test_a_service_key_has_one_spelling(service_key):
    text = service_key.text
    assert len(text) == 63
    # The last letter carries two bits that no byte needs; a decoder would drop them.
    spellings = [read_service_key(text[:-1] + letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    proven = [one for one in spellings if one and is_proven(one, service_key.secret_sha256)]
    assert len(proven) <= 1


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda text: text + "A", lambda text: text[:-1], lambda text: text + "\n", lambda text: " " + text, lambda text: text.replace("wk_", "wk-"), lambda _: "", lambda _: "wk__", lambda _: "wk_" + "\u0661" * 16 + "_" + "A" * 43],
)  # fmt: skip
def test_what_is_not_a_service_key_is_none(service_key, change):
    assert read_service_key(change(service_key.text)) is None


def test_nothing_of_a_secret_shows(service_key):
    shown = repr(service_key) + str(read_service_key(service_key.text)) + repr(KEYS)
    assert service_key.text[20:] not in shown
    assert service_key.credential_id not in shown
