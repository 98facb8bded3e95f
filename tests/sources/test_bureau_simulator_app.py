"""The simulator over a real socket: what it serves, counts and refuses, and that it says what it is."""

import asyncio
import re
import socket
from datetime import date, timedelta
from typing import Any

import pytest

from tests.sources.bureau_talk import LOANS, NOW, ON, PACE, REPORT, SUBSCRIBER, own, simulator
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME, build_app
from wherewithal.sources.bureau_simulator.published import PUBLISHED_ON, moved_to
from wherewithal.sources.bureau_transunion import TransUnionReader, facts_of, parse_report
from wherewithal.sources.bureau_transunion.request import write_request
from wherewithal.vocabulary.outcome import Outcome

PUBLISHED = REPORT.read_bytes()
READER = TransUnionReader(own_member_codes=frozenset())
DAYS = re.compile(rb">([0-9]{4}-[0-9]{2}-[0-9]{2})[<T]")


@pytest.fixture(scope="module")
def server():
    with simulator(loans=LOANS) as running:
        yield running


def ask(server, key, *, inquiry_id):
    identity = server.app.bureau.person(key)[0]
    request = write_request(identity, subscriber=SUBSCRIBER, inquiry_id=inquiry_id)
    return own(server, "POST", "", content=request.content)


@pytest.mark.parametrize("day", [PUBLISHED_ON, ON, date(2022, 1, 28), date(2028, 2, 29)])
def test_moving_the_published_report_adds_the_same_days_to_every_date(day):
    moved = moved_to(PUBLISHED, day)
    before, after = (
        [date.fromisoformat(found.decode()) for found in DAYS.findall(text)]
        for text in (PUBLISHED, moved)
    )
    shifts = [new - old for old, new in zip(before, after, strict=True)]
    assert len(shifts) == 165 == len(re.findall(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", PUBLISHED))
    assert shifts.count(day - PUBLISHED_ON) >= 164  # all but the date of birth
    assert moved.count(b"1956-08-01") == 1
    assert DAYS.sub(b"", moved) == DAYS.sub(b"", PUBLISHED)


def facts_in(content: bytes) -> dict[str, Any]:
    return dict(facts_of(parse_report(content, own_member_codes=frozenset()), stated=None))


def test_the_published_report_keeps_its_facts_on_the_day_it_is_moved_to(server):
    moved = facts_in(ask(server, "published", inquiry_id="p").content)
    published = facts_in(PUBLISHED)
    differing = {name for name in moved if moved[name] != published[name]}
    assert differing == {"as_of", "age_years", "oldest_trade_date"}
    assert moved["as_of"] == ON
    assert moved["oldest_trade_date"] - published["oldest_trade_date"] == ON - PUBLISHED_ON


def test_as_it_is_the_published_report_is_served_byte_for_byte_and_too_old():
    with simulator(is_redated=False) as unmoved:
        served = ask(unmoved, "published", inquiry_id="u").content
    assert served == PUBLISHED
    persona = PERSONAS_BY_NAME["published"]
    read = READER.read(served, identity=persona.identity, stated=persona.stated, on=ON)
    assert (read.failure, read.reported_on) == (Outcome.IMPLAUSIBLE, PUBLISHED_ON)
    then = READER.read(served, identity=persona.identity, stated=persona.stated, on=PUBLISHED_ON)
    assert then.failure is None


@pytest.mark.parametrize("key", ["published", "prime", "frozen", "row-0", "row-20813"])
def test_the_document_of_a_person_is_what_a_request_for_them_gets(server, key):
    served = ask(server, key, inquiry_id=f"document-{key}")
    assert served.headers["x-simulation"] == "true"
    assert served.content == own(server, "GET", f"document/{key}").content
    assert b"imulation" in served.content or key == "published"


def test_people_are_given_ready_to_be_asked_for(server):
    person = own(server, "GET", "people/row-7").json()
    assert set(person["identity"]) == {"given_name", "family_name", "date_of_birth", "ssn", "address"}  # fmt: skip
    assert person["identity"]["ssn"] == "900010008"
    assert person["stated"]["income_cents"] > 0
    named = [one["name"] for one in own(server, "GET", "personas").json()]
    assert named == list(PERSONAS_BY_NAME)


def test_an_inquiry_is_counted_once_however_often_it_is_tried(server):
    own(server, "DELETE", "requests")
    for inquiry_id in ("a", "a", "a", "b"):
        ask(server, "thin", inquiry_id=inquiry_id)
    assert own(server, "GET", "requests").json() == {"thin": {"attempts": 4, "inquiries": 2}}


@pytest.mark.parametrize("number", ["123456789", "900990001", "000000000"])
def test_a_number_that_nobody_has_is_a_no_hit(server, number):
    request = write_request(
        PERSONAS_BY_NAME["prime"].identity, subscriber=SUBSCRIBER, inquiry_id="n"
    )
    content = request.content.replace(b"999010001", number.encode())
    identity = PERSONAS_BY_NAME["no-hit"].identity
    read = READER.read(own(server, "POST", "", content=content).content, identity=identity, stated=PERSONAS_BY_NAME["no-hit"].stated, on=ON)  # fmt: skip
    assert read.failure is Outcome.NO_HIT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"<", b"", b"NOT WELL-FORMED XML"),
        (b"<document>request", b"<document>response", b"NOT A REQUEST OF THIS SCHEMA"),
        (b"<code>07000", b"<code>08000", b"UNKNOWN PRODUCT"),
        (b"<code>CI</code>", b"", b"NO PERMISSIBLE PURPOSE"),
        (b"<memberCode>F7654321</memberCode>", b"", b"NO SUBSCRIBER"),
        (b"999010001", b"99901", b"INCOMPLETE IDENTITY"),
        (b"<first>PAULA</first>", b"", b"INCOMPLETE IDENTITY"),
    ],
)
def test_a_request_that_is_none_is_an_error_in_the_bureaus_form(server, old, new, said):
    request = write_request(
        PERSONAS_BY_NAME["prime"].identity, subscriber=SUBSCRIBER, inquiry_id="e"
    )
    assert old in request.content
    answer = own(server, "POST", "", content=request.content.replace(old, new))
    assert (answer.status_code, said in answer.content) == (200, True)
    assert b"<error>" in answer.content


def test_what_is_not_there_is_not_found_and_what_is_too_much_is_refused(server):
    for path in (
        "nowhere",
        "people/nobody",
        "document/row-20814",
        "document/row-",
        "people/row-1x",
    ):
        assert own(server, "GET", path).status_code == 404
    assert own(server, "POST", "control", content=b'{"mode": "sideways"}').status_code == 400
    assert own(server, "POST", "", content=b" " * 70_000).status_code == 413


def test_down_and_failing_are_switched(server):
    try:
        assert own(server, "POST", "control", json={"mode": "failing"}).json() == {
            "mode": "failing"
        }
        assert ask(server, "prime", inquiry_id="f").status_code == 503
        own(server, "POST", "control", json={"mode": "down"})
        assert_is_reset(server, "prime")
    finally:
        own(server, "POST", "control", json={"mode": "up"})
    assert ask(server, "prime", inquiry_id="f").status_code == 200


def assert_is_reset(server, name):
    """A reset by the kernel, not a polite end."""
    content = write_request(PERSONAS_BY_NAME[name].identity, subscriber=SUBSCRIBER, inquiry_id="r").content  # fmt: skip
    head = f"POST / HTTP/1.1\r\nhost: bureau\r\ncontent-length: {len(content)}\r\n\r\n"
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall(head.encode() + content)
        with pytest.raises(ConnectionResetError):
            read_all(connection)


def read_all(connection):
    while connection.recv(65_536):
        pass


def test_the_resetting_persona_resets(server):
    assert_is_reset(server, "resetting")


def test_its_own_paths_answer_this_machine_only():
    app = build_app(
        published_report=REPORT, loans=None, clock=lambda: NOW, pace=PACE, is_redated=True
    )
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    for path, method in (("/people/prime", "GET"), ("/control", "POST"), ("/requests", "GET")):
        scope = {"type": "http", "method": method, "path": path, "client": ("192.0.2.1", 1)}
        asyncio.run(app(scope, receive, send))
    assert [one["status"] for one in sent if "status" in one] == [403, 403, 403]


def test_its_day_is_that_of_new_york():
    app = build_app(
        published_report=REPORT,
        loans=None,
        clock=lambda: NOW.replace(hour=4),  # 11 in the evening before
        pace=PACE,
        is_redated=True,
    )
    assert app.bureau.today() == ON - timedelta(days=1)
