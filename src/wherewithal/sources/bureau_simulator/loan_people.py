"""Fictional people, one for each row of the loan file, with credit files that say what it says.

Row N always is the same person. The file knows no names, numbers, dates of birth or addresses, so
these are made up from N: a number of an area that is never issued (900 to 998, and of a group that
no taxpayer number has), a date of birth that makes the person 20 to 31 when the oldest trade was
opened, and the capital of the row's state.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from wherewithal.sources.bureau_simulator.made_up_names import CAPITALS, FAMILY_NAMES, GIVEN_NAMES
from wherewithal.vocabulary.consumer import Address, Identity
from wherewithal.vocabulary.stated import Stated

#: Groups 01 to 49 and serials 0001 to 9999 within an area.
_GROUPS, _SERIALS = 49, 9_999
_AREA_FIRST, _AREA_LAST = 900, 998
ROWS_MAX = (_AREA_LAST - _AREA_FIRST + 1) * _GROUPS * _SERIALS


class LoanPeople:
    """The people of a loan file's facts frame."""

    def __init__(self, facts: pl.DataFrame) -> None:
        """Keep the frame, as `read_lendingclub` returns it."""
        self._facts = facts

    def __len__(self) -> int:
        """Return how many people there are."""
        return min(self._facts.height, ROWS_MAX)

    def facts(self, row: int) -> dict[str, Any] | None:
        """Return the facts of a row, counted from 0; None if nothing of the bureau's is known."""
        values = self._facts.row(row, named=True)
        return None if values["failure"] is not None else values

    def identity(self, row: int) -> Identity:
        """Return who the row is."""
        values = self._facts.row(row, named=True)
        return identity_of_row(row, state=values["state"], oldest=values["oldest_trade_date"])

    def stated(self, row: int) -> Stated:
        """Return what the person of the row states."""
        values = self._facts.row(row, named=True)
        return Stated(
            income_cents=values["stated_income_cents"],
            home_ownership=values["home_ownership"],
            employment_years=values["stated_employment_years"],
            income_verified=values["income_verified"],
            state=values["state"],
        )

    def row_of(self, ssn: str) -> int | None:
        """Return the row whose number it is, or None."""
        area, group, serial = int(ssn[:3]), int(ssn[3:5]), int(ssn[5:])
        if not (_AREA_FIRST <= area <= _AREA_LAST and 1 <= group <= _GROUPS and serial):
            return None
        row = ((area - _AREA_FIRST) * _GROUPS + group - 1) * _SERIALS + serial - 1
        return row if row < len(self) else None


def identity_of_row(row: int, *, state: str | None, oldest: date | None) -> Identity:
    """Return the made-up person of a row; without a state they live in Ohio."""
    groups, serial = divmod(row, _SERIALS)
    areas, group = divmod(groups, _GROUPS)
    lives_in = state or "OH"
    city, postal_code = CAPITALS[lives_in]
    opened = oldest or date(1995, 1, 1)
    return Identity(
        given_name=GIVEN_NAMES[row % len(GIVEN_NAMES)],
        family_name=FAMILY_NAMES[row // len(GIVEN_NAMES) % len(FAMILY_NAMES)],
        date_of_birth=date(opened.year - 20 - row % 12, 1 + row % 12, 1 + row % 28),
        ssn=f"{_AREA_FIRST + areas:03d}{group + 1:02d}{serial + 1:04d}",
        address=Address(
            street=f"{row + 1} Sample Street", city=city, state=lives_in, postal_code=postal_code
        ),
    )
