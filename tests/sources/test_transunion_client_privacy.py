"""Nothing of the person asked for shows in an error, a log or a repr, whatever goes wrong."""

import asyncio
import logging
import traceback
from datetime import date

import pytest

from tests.sources.bureau_talk import ON, PACE, SUBSCRIBER, client_of, simulator
from wherewithal.service.bureau import BureauLate, BureauUnavailable
from wherewithal.sources.bureau_simulator import PERSONAS, PERSONAS_BY_NAME
from wherewithal.sources.bureau_simulator.asking import read_request
from wherewithal.sources.bureau_transunion import TransUnionReader
from wherewithal.sources.bureau_transunion.request import write_request
from wherewithal.vocabulary.consumer import Identity

FAILING = [
    persona for persona in PERSONAS if persona.manner.value not in ("prompt", "flaky", "slow")
]
READER = TransUnionReader(own_member_codes=frozenset())


def canaries(identity: Identity) -> tuple[str, ...]:
    born = identity.date_of_birth
    ssn = identity.ssn
    return (
        *(ssn, f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}", ssn[-4:] + "<", "canary-password"),
        *(identity.family_name, identity.family_name.upper(), identity.given_name.upper()),
        *(identity.address.street, identity.address.street.upper()),
        *(born.isoformat(), born.strftime("%m/%d/%Y"), repr(born)),
    )


def everything_of(error: BaseException) -> str:
    """Return all that a log or an error tracker could show: text, chain, locals of each frame."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    # Frames of this test hold the persona; those of our code are the ones that count.
    frames = [
        f"{frame.filename} {frame.locals}" for frame in shown.stack if "/src/" in frame.filename
    ]
    chain = [error.__cause__, error.__context__]
    return "\n".join([*frames, repr(error), str(error), repr(vars(error)), repr(chain)])


@pytest.fixture(scope="module")
def server():
    with simulator() as running:
        yield running


@pytest.mark.parametrize("persona", FAILING, ids=lambda persona: persona.name)
def test_an_error_shows_nothing_of_the_person(persona, server, caplog):
    caplog.set_level(logging.DEBUG)

    async def fail():
        async with client_of(server.url) as client:
            try:
                await client.pull(persona.identity, inquiry_id="privacy", deadline_s=0.3)
            except (BureauLate, BureauUnavailable) as error:
                return error, repr(client), repr(client._endpoint)
        raise AssertionError("it must fail")

    error, *shown = asyncio.run(fail())
    assert (error.__cause__, error.__context__) == (None, None)
    text = "\n".join([everything_of(error), *shown, caplog.text])
    assert "bureau_transunion/client.py" in text  # our frame was looked at
    assert [canary for canary in canaries(persona.identity) if canary in text] == []


@pytest.mark.parametrize(
    "persona", [p for p in PERSONAS if p.answer], ids=lambda persona: persona.name
)
def test_what_was_read_shows_nothing_of_the_person(persona):
    assert persona.answer is not None
    raw = persona.answer(persona.identity, ON)
    read = READER.read(raw, identity=persona.identity, stated=persona.stated, on=ON)
    text = f"{read!r} {read} {read.failure_cause} {sorted(read.flags)}"
    assert [canary for canary in canaries(persona.identity) if canary in text] == []
    if read.failure is not None:  # of somebody else's file nothing at all is kept
        assert {name for name, value in read.facts.items() if value is not None} == {"as_of"}
        assert (read.score, read.score_model, read.score_factors) == (None, None, ())


def test_requests_and_subscribers_do_not_show_what_they_hold():
    identity = PERSONAS_BY_NAME["prime"].identity
    request = write_request(identity, subscriber=SUBSCRIBER, inquiry_id="shown")
    assert b"canary-password" in request.content
    asked = read_request(request.content)
    shown = f"{request} {request!r} {SUBSCRIBER} {SUBSCRIBER!r} {asked} {asked!r} {PACE}"
    assert [canary for canary in canaries(identity) if canary in shown] == []


def test_the_request_says_who_is_asked_for_and_by_which_inquiry():
    identity = Identity(
        given_name="Zoë Ann",
        family_name="O'Neil & <Söhne>\uffff",
        date_of_birth=date(1990, 2, 28),
        ssn="999010001",
        address=PERSONAS_BY_NAME["prime"].identity.address,
    )
    text = write_request(identity, subscriber=SUBSCRIBER, inquiry_id="inquiry-17").content.decode()
    for part in (
        "<document>request</document>",
        "<userRefNumber>inquiry-17</userRefNumber>",
        "<first>ZOË</first><middle>ANN</middle>",
        "<last>O'NEIL &amp; &lt;SÖHNE&gt;</last>",
        "<number>999010001</number>",
        "<dateOfBirth>1990-02-28</dateOfBirth>",
        "<permissiblePurpose><code>CI</code>",
    ):
        assert part in text
