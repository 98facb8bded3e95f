"""Personas: made-up people, one for each thing that a bureau may answer or do.

Whoever asks for a persona's identity gets their answer, so every failure can be driven from
outside, over the API too. Their numbers are of area 999, which is never issued. docs/personas.md
lists them with what comes of each.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from wherewithal.sources.bureau_simulator import persona_answers as answers
from wherewithal.sources.bureau_simulator import published
from wherewithal.sources.bureau_simulator.manner import Manner
from wherewithal.vocabulary.consumer import Address, Identity
from wherewithal.vocabulary.stated import Stated

#: What every persona states but the published one: $60,000 a year, unverified, and a rent.
STATED = Stated(
    income_cents=6_000_000,
    housing_cents=120_000,
    home_ownership="RENT",
    employment_years=6,
    income_verified=False,
    state="OH",
)


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up person and what the bureau does when asked for them."""

    name: str
    #: What the bureau does, in a sentence.
    meaning: str
    identity: Identity
    stated: Stated
    manner: Manner
    #: The bureau's answer on a day; None is the published one, moved to the day.
    answer: Callable[[Identity, date], bytes] | None


def _person(number: int, given_name: str, family_name: str) -> Identity:
    return Identity(
        given_name=given_name,
        family_name=family_name,
        date_of_birth=date(1980 + number % 10, 1 + number % 12, 1 + number % 28),
        ssn=f"99901{number:04d}",
        address=Address(
            street=f"{number} Persona Street", city="Columbus", state="OH", postal_code="43215"
        ),
    )


_ANSWERS: tuple[tuple[str, str, str, str, Callable[[Identity, date], bytes]], ...] = (
    ("prime", "Paula", "Prime", "A long file, paid as agreed.", answers.good),
    ("declined", "Derek", "Declined", "A bankruptcy of a year ago.", answers.bankrupt),
    ("no-hit", "Nora", "Nohit", "No file is found.", answers.no_hit),
    ("thin", "Theo", "Thin", "A file of one trade, half a year old.", answers.thin),
    ("frozen", "Frida", "Frozen", "The person has frozen the file.", answers.frozen),
    ("minor", "Milo", "Minor", "The file is a minor's.", answers.minor),
    ("deceased", "Dora", "Deceased", "The number is of a person who has died.", answers.deceased),
    ("fraud-alert", "Fred", "Alert", "An initial fraud alert stands.", answers.fraud_alert),
    ("extended-alert", "Erin", "Alert", "An extended fraud alert.", answers.extended_alert),
    ("active-duty", "Alma", "Duty", "An active-duty alert stands.", answers.active_duty),
    ("disputed", "Dina", "Disputed", "An entry is in dispute: only a flag.", answers.disputed),
    ("suppressed", "Sven", "Suppressed", "The bureau holds the file back.", answers.suppressed),
    ("mismatch", "Mona", "Mismatch", "The bureau says that the number differs.", answers.mismatch),
    ("wrong-person", "Wendy", "Wrong", "Somebody else's file comes back.", answers.wrong_person),
    ("implausible", "Ingo", "Garbage", "A score of 9999.", answers.implausible),
    ("future", "Fiona", "Future", "A report dated three days ahead.", answers.future),
    ("stale", "Stella", "Stale", "A report of 45 days ago.", answers.stale),
    ("new-schema", "Nils", "Newer", "A schema version that nobody knows.", answers.new_schema),
    ("error-body", "Edna", "Error", "Status 200, and an error inside.", answers.error_body),
    ("html", "Hugo", "Html", "Status 200 and a page of HTML.", answers.html),
    ("truncated", "Tilda", "Cut", "XML that ends in the middle.", answers.truncated),
    ("wrong-charset", "Walt", "Charset", "Latin-1 that says UTF-8.", answers.wrong_charset),
    ("entities", "Enid", "Entity", "Entities that would grow to gigabytes.", answers.entities),
    ("compressed", "Cora", "Gzip", "Gzip, though none was asked for.", answers.compressed),
    ("empty", "Emmy", "Empty", "Status 200 and no body.", answers.empty),
    ("huge", "Hank", "Huge", "Eleven megabytes.", answers.huge),
)
_MANNERS = (
    ("slow", "Sally", "Slow", "A good answer, after three seconds.", Manner.SLOW),
    ("flaky", "Felix", "Flaky", "Reset once, then answered.", Manner.FLAKY),
    ("dripping", "Drew", "Drip", "One byte a second.", Manner.DRIPPING),
    ("hanging", "Hedda", "Hang", "Headers, and then nothing.", Manner.HANGING),
    ("silent", "Silas", "Silent", "Not even headers.", Manner.SILENT),
    ("resetting", "Rita", "Reset", "The connection is reset in the body.", Manner.RESETTING),
    ("refusing", "Ralph", "Refuse", "Status 500.", Manner.REFUSING),
    ("redirecting", "Rhea", "Detour", "Status 307 to another address.", Manner.REDIRECTING),
)

PUBLISHED = Persona(
    name="published",
    meaning="The published report, moved to today by whole days.",
    identity=published.SUBJECT,
    stated=published.STATED,
    manner=Manner.PROMPT,
    answer=None,
)
PERSONAS: tuple[Persona, ...] = (
    PUBLISHED,
    *(
        Persona(
            name=name,
            meaning=meaning,
            identity=_person(number, given, family),
            stated=STATED,
            manner=Manner.PROMPT,
            answer=answer,
        )
        for number, (name, given, family, meaning, answer) in enumerate(_ANSWERS, start=1)
    ),
    *(
        Persona(
            name=name,
            meaning=meaning,
            identity=_person(number, given, family),
            stated=STATED,
            manner=manner,
            answer=answers.good,
        )
        for number, (name, given, family, meaning, manner) in enumerate(_MANNERS, start=101)
    ),
)
PERSONAS_BY_NAME = {persona.name: persona for persona in PERSONAS}
PERSONAS_BY_SSN = {persona.identity.ssn: persona for persona in PERSONAS}
