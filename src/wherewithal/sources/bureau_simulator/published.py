"""The published TU4 answer, as it is or moved to another day.

Moving adds the same whole number of days to every date that the answer holds, its time stamp among
them, so that the stamp falls on the day asked for. Two dates stay: the date of birth, which belongs
to the person and not to the report, and with it the age is that of the day. The time of day and its
zone stay too; a pattern of payments is dated by its start and moves with it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from wherewithal.vocabulary.consumer import Address, Identity
from wherewithal.vocabulary.stated import Stated

#: The day of the published answer's time stamp.
PUBLISHED_ON = date(2022, 1, 27)
#: Its subject, a test person of the bureau's own; the number is of an area never issued.
SUBJECT = Identity(
    given_name="Robert",
    family_name="Uphold",
    date_of_birth=date(1956, 8, 1),
    ssn="666484418",
    address=Address(street="27366 Perry St", city="Roseville", state="MI", postal_code="48066"),
)
#: What he states, as in examples/bureau/stated.json.
STATED = Stated(
    income_cents=5_200_000,
    home_ownership="MORTGAGE",
    employment_years=10,
    income_verified=False,
    state="MI",
)
_DATED = re.compile(
    rb"(?P<before>>)(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<after>[<T])"
    rb"|(?P<birth><dateOfBirth[^>]*>[^<]*<)"
)


def moved_to(published: bytes, day: date) -> bytes:
    """Return the published answer with its time stamp on `day`.

    >>> moved_to(b"<a>2022-01-27T18:04</a><dateOfBirth>1956-08-01</dateOfBirth>", date(2022, 2, 1))
    b'<a>2022-02-01T18:04</a><dateOfBirth>1956-08-01</dateOfBirth>'
    """
    shift = day - PUBLISHED_ON
    return _DATED.sub(lambda found: _moved(found, shift), published)


def _moved(found: re.Match[bytes], shift: timedelta) -> bytes:
    if found["birth"] is not None:
        return found["birth"]
    day = date.fromisoformat(found["day"].decode()) + shift
    return found["before"] + day.isoformat().encode() + found["after"]
