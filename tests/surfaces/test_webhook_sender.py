"""Where webhooks go: nowhere but to public names, at the address that was checked, and no further."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.service.receivers import Receiver, free_port, listening, sender
from wherewithal.service.webhook_urls import WebhookTarget, read_url
from wherewithal.surfaces.webhooks.addresses import fit_addresses, is_public

SECRETS = ("whsec_" + "A" * 32,)
NOT_PUBLIC = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),  # noqa: S104
    *("192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200"),
    *("192.0.0.8", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1"),
    *(
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
    ),
    *("3fff::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "5f00::1"),
]
REFUSED_URLS = [
    *("http://shop.example/", "ftp://shop.example/", "file:///etc/passwd", "//shop.example/"),
    *("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:169.254.169.254]/", "https:///x"),
    *("https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.1/"),
    *("https://localhost/", "https://intranet/", "https://shop.example:22/", "https://a.b:6379/"),
    *("https://shop.example:70000/", "https://shop.example:x/", "https://user@shop.example/"),
    *("https://user:pw@shop.example/", "https://shop.example/#x", "https://shop.example\\@evil.x/"),
    *("https://shop.example/\r\nx: y", "https://shop.example/ x", "https://shöp.example/"),
    *("https://-a.example/", "https://a..example/", "https://shop.example./" + "x" * 2_100),
    *(
        "http://localhost:80/",
        "https://localhost:8443/",
        "http://127.0.0.1:22/",
        "http://0.0.0.0:8080/",
    ),
    *(
        "http://localhost.example:8080/",
        "http://127.0.0.2:8080/",
        "",
        "https://",
        "https://.example/",
    ),
]


def send(url, *, resolve=None, timeout_s=2.0):
    given = {} if resolve is None else {"resolve": resolve}
    return asyncio.run(
        sender(timeout_s, **given)(url, message_id="m1", secrets=SECRETS, body=b"{}")
    )


def resolving(*addresses):
    async def resolve(_host, _port):
        return addresses

    return resolve


@pytest.fixture
def receiver():
    with listening() as one:
        yield one


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_addresses_that_are_not_public_are_refused(text):
    assert not is_public(ipaddress.ip_address(text))
    found = send("https://shop.example/", resolve=resolving("93.184.215.14", text))
    assert (found.status, found.error) == (None, "address_refused")


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_urls_that_are_refused_before_a_name_is_resolved(url):
    async def never(_host, _port):
        raise AssertionError("nobody is asked")

    assert send(url, resolve=never).error == "url_refused"


def test_addresses_that_are_public_and_urls_that_are_taken():
    public = ("93.184.215.14", "2606:2800:21f::1")
    assert fit_addresses(public, is_loopback=False) == public
    assert fit_addresses(("fe80::1%eth0",), is_loopback=False) == ()
    assert read_url("https://Shop.example:8443/a?b=c", is_loopback_allowed=False) == WebhookTarget(
        scheme="https", host="shop.example", port=8443, target="/a?b=c", is_loopback=False
    )
    # Without the simulation this machine is as refused as any other.
    assert isinstance(read_url("http://localhost:8080/", is_loopback_allowed=False), str)


def test_this_machine_must_lead_to_this_machine(receiver):
    port = receiver.server.server_port
    refused = send(f"http://localhost:{port}/", resolve=resolving("10.0.0.1"))
    assert (refused.error, receiver.headers) == ("address_refused", [])
    assert send(f"http://localhost:{port}/x").status == 204
    assert receiver.headers[0]["host"] == f"localhost:{port}"


def test_redirects_are_failures_and_lead_nowhere(receiver):
    receiver.status = lambda path: 307 if path == "/" else 200
    receiver.more_headers = {"location": f"{receiver.url}/private", "set-cookie": "a=b"}
    found = send(f"{receiver.url}/")
    assert (found.status, found.error, len(receiver.headers)) == (307, "redirected", 1)


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (500, "30", ("refused", 30)),
        (404, "soon", ("refused", None)),
        (410, "-1", ("refused", None)),
    ],
)
def test_what_else_is_no_success(receiver, status, retry_after, expected):
    receiver.status = lambda _path: status
    receiver.more_headers = {"retry-after": retry_after}
    found = send(f"{receiver.url}/")
    assert (found.status, (found.error, found.retry_after_s)) == (status, expected)


def test_who_hangs_is_not_there_or_has_no_name(receiver):
    async def unknown(_host, _port):
        raise OSError

    def hangs(_path):
        time.sleep(1)
        return 200

    receiver.status = hangs
    assert send(f"{receiver.url}/", timeout_s=0.3).error == "timed_out"
    assert send(f"http://127.0.0.1:{free_port()}/").error == "unreachable"
    assert send("https://shop.example/", resolve=unknown).error == "name_unknown"


def test_an_answer_without_end_is_cut():
    class Endless(Receiver):
        def take(self, handler):
            handler.rfile.read(int(handler.headers["content-length"]))
            handler.send_response(200)
            handler.end_headers()
            with contextlib.suppress(ConnectionError):
                while True:
                    handler.wfile.write(b"x" * 65_536)

    endless = Endless()
    thread = threading.Thread(target=endless.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        begun = time.monotonic()
        assert send(f"{endless.url}/", timeout_s=5).status == 200
        assert time.monotonic() - begun < 2
    finally:
        endless.server.shutdown()
        endless.server.server_close()
        thread.join(10)


def certificate_of(name, folder):
    """Write a certificate of a name, signed by itself; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return pem


@pytest.mark.parametrize(
    ("asked", "expected"), [("shop.example", (204, None)), ("evil.example", (None, "unreachable"))]
)
def test_the_certificate_must_be_the_names_at_the_address_that_was_checked(
    tmp_path, receiver, asked, expected
):
    pem = certificate_of("shop.example", tmp_path)
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(pem)
    asked_for = []
    server_tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    receiver.server.socket = server_tls.wrap_socket(receiver.server.socket, server_side=True)
    tls = ssl.create_default_context(cafile=str(pem))
    target = WebhookTarget(
        scheme="https",
        host=asked,
        port=receiver.server.server_port,
        target="/",
        is_loopback=False,
    )
    found = asyncio.run(sender(tls=tls)._to_first(("127.0.0.1",), target, headers={}, body=b"{}"))
    assert (found.status, found.error) == expected
    assert asked_for == [asked]
    assert [one["host"] for one in receiver.headers] == ([target.authority] if expected[0] else [])
