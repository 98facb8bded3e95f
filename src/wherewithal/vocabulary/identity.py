"""Identity: who a consumer says they are, as they wrote it; and how old that makes them.

None of it shows in a `repr`. It is stored encrypted and found again by keyed indexes over the
normalised form (`likeness.py`), never by itself.
"""

from __future__ import annotations

from datetime import date

import msgspec

from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a consumer lives, in the United States."""

    street: str
    city: str
    #: USPS code, one of `facts.STATES`.
    state: str
    #: `48226` or `48226-1234`.
    postal_code: str

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer is known by."""

    #: As written, middle names with it, without spaces around it.
    given_name: str
    family_name: str
    date_of_birth: date
    #: Nine ASCII digits.
    ssn: str
    address: Address

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


def age_years(date_of_birth: date, on: date) -> int:
    """Return the whole years of age on a day.

    Age is attained on the birthday itself; who was born on February 29 attains it on March 1 of
    a year without that day. Both are the latest of the rules in use, so that nobody contracts too
    early: the common law says the day before the birthday (20 CFR 404.2(c)(4) applies it), and
    some states take February 28. `sources` reads a report's date of birth by the same rule.
    Errors: DomainError if the person is not born yet.

    >>> age_years(date(2008, 11, 22), date(2026, 11, 21))
    17
    >>> [age_years(date(2008, 2, 29), date(2026, *day)) for day in ((2, 28), (3, 1))]
    [17, 18]
    """
    if on < date_of_birth:
        message = "date_of_birth must not be after the day on which age is asked for"
        raise DomainError(message)
    is_before_birthday = (on.month, on.day) < (date_of_birth.month, date_of_birth.day)
    return on.year - date_of_birth.year - is_before_birthday
