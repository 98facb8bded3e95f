"""Answers that no simulator gives: raw bytes from a socket, TLS that is not trusted, odd headers."""

import asyncio
import datetime
import ipaddress
import os
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
#: A TLS record of application data whose seal is wrong.
DAMAGED_RECORD = b"\x17\x03\x03\x00\x20" + b"x" * 32
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<a/>\n"


def head(status, *headers):
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"content-length: 0", b"", b""])


def ask(*answers, counts=None, deadline_s=2.0, tls=None, scheme="http", trusted=None, **changed):
    """Return what a client makes of raw answers, one a connection; the last is repeated."""
    served = list(answers)

    async def serve(reader, writer):
        await reader.readuntil(b"</creditBureau>")
        if served[0] == DAMAGED_RECORD:
            os.write(writer.get_extra_info("socket").fileno(), DAMAGED_RECORD)
        writer.write(served.pop(0) if len(served) > 1 else served[0])
        await writer.drain()
        writer.close()

    async def hold():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, client_of(url, counts=counts, tls=trusted, **changed) as client:
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


@pytest.fixture
def tls_of(tmp_path):
    """Return what makes the two ends of TLS with a certificate that is valid for so many days."""

    def made(days):
        certificate, key = self_signed(days=days)
        paths = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
        for path, text in zip(paths, (certificate, key), strict=True):
            path.write_bytes(text)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(*paths)
        return server, ssl.create_default_context(cafile=paths[0])

    return made


def self_signed(*, days):
    """Return certificate and key; nobody vouches for them, and below 0 days it is expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=30))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    return certificate.public_bytes(pem), key.private_bytes(pem, form, plain)


def test_a_bureau_with_a_certificate_that_we_trust_is_asked_over_tls(tls_of):
    server, trusted = tls_of(30)
    assert ask(OK, tls=server, scheme="https", trusted=trusted) == b"<a/>\n"


@pytest.mark.parametrize("days", [-1, 30])
def test_a_certificate_that_is_expired_or_unknown_is_no_bureau(days, tls_of):
    server, trusted = tls_of(days)
    given = {"trusted": trusted} if days < 0 else {}
    assert cause_of(OK, tls=server, scheme="https", **given) == "unreachable"


def test_a_damaged_record_breaks_the_answer_off(tls_of):
    server, trusted = tls_of(30)
    assert cause_of(DAMAGED_RECORD, tls=server, scheme="https", trusted=trusted) == "broken_off"
