"""Answers that no simulator gives: raw bytes from a socket, TLS that is not trusted, odd headers."""

import asyncio
import datetime
import ssl
from collections import Counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.sources.bureau_talk import client_of
from wherewithal.service.bureau import BureauUnavailable
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME

PRIME = PERSONAS_BY_NAME["prime"].identity
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<a/>\n"


def head(status, *headers):
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"content-length: 0", b"", b""])


def ask(*answers, counts=None, deadline_s=2.0, tls=None, scheme="http", **changed):
    """Return what a client makes of raw answers, one a connection; the last is repeated."""
    served = list(answers)

    async def serve(reader, writer):
        await reader.readuntil(b"</creditBureau>")
        writer.write(served.pop(0) if len(served) > 1 else served[0])
        await writer.drain()
        writer.close()

    async def hold():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, client_of(url, counts=counts, **changed) as client:
            return await client.pull(PRIME, inquiry_id="raw", deadline_s=deadline_s)

    return asyncio.run(hold())


def cause_of(*answers, **given):
    with pytest.raises(BureauUnavailable) as caught:
        ask(*answers, **given)
    return caught.value.cause


@pytest.mark.parametrize(
    ("answer", "cause", "attempts"),
    [
        (head(b"401 Unauthorized"), "refused", 1),
        (head(b"404 Not Found"), "refused", 1),
        (head(b"204 No Content"), "refused", 1),
        (head(b"301 Moved", b"location: http://127.0.0.1:9/"), "redirected", 1),
        (head(b"408 Request Timeout"), "error_status", 3),
        (head(b"429 Too Many Requests"), "error_status", 3),
        (head(b"502 Bad Gateway"), "error_status", 3),
        (head(b"200 OK", b"x-simulation: true"), "simulated", 1),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n<creditB", "broken_off", 3),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n", "broken_off", 3),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broken_off", 3),
        (b"\x00" * 200, "broken_off", 3),
        (b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000 + b"\r\n\r\n", "broken_off", 3),
    ],
)
def test_each_bad_answer_has_its_cause(answer, cause, attempts):
    counts: Counter[str] = Counter()
    assert cause_of(answer, counts=counts, is_simulation_allowed=False) == cause
    assert counts["attempt"] == attempts


def test_a_bureau_that_recovers_is_answered_within_the_same_call():
    counts: Counter[str] = Counter()
    busy = head(b"503 Busy", b"retry-after: 0")
    assert ask(busy, b"", OK, counts=counts) == b"<a/>\n"
    assert (counts["attempt"], counts["retry"]) == (3, 2)


def test_retry_after_beyond_the_deadline_is_passed_on_not_waited_for():
    with pytest.raises(BureauUnavailable) as caught:
        ask(head(b"503 Busy", b"retry-after: 120"))
    assert (caught.value.cause, caught.value.retry_after_s) == ("error_status", 120.0)


def test_retry_after_with_a_date_is_not_taken():
    stamp = b"retry-after: Wed, 21 Oct 2099 07:28:00 GMT"
    with pytest.raises(BureauUnavailable) as caught:
        ask(head(b"503 Busy", stamp))
    assert caught.value.retry_after_s is None


def test_a_compressed_answer_is_not_unpacked():
    packed = b"\x1f\x8b\x08\x00bomb"
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(
        packed
    )
    assert ask(answer + packed) == packed


def test_a_pause_longer_than_the_time_left_ends_the_call_at_once():
    # It says what went wrong, and not that the bureau was late.
    assert cause_of(head(b"500 Oops"), deadline_s=0.5, pause_s=60, pause_s_max=60) == "error_status"


def self_signed(*, days):
    """Return a TLS context whose certificate nobody vouches for; with days below 0 it is expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=30))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


@pytest.mark.parametrize("days", [-1, 30])
def test_a_certificate_that_is_expired_or_unknown_is_no_bureau(days, tmp_path):
    paths = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
    for path, text in zip(paths, self_signed(days=days), strict=True):
        path.write_bytes(text)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*paths)
    assert cause_of(OK, tls=tls, scheme="https") == "unreachable"
