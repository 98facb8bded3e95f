"""The door `wherewithal lending schedule`: arguments checked together, the answer as JSON data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from wherewithal.lending.annuity import NOTE_RATE_BPS_MAX, PRINCIPAL_CENTS_MAX, TERM_MONTHS_MAX
from wherewithal.lending.apr import bps_of_percent, schedule_apr_pct
from wherewithal.lending.schedule import (
    FIRST_PERIOD_MONTHS_MAX,
    Schedule,
    latest_first_payment,
    monthly_schedule,
)
from wherewithal.vocabulary.errors import InputRefused, Problem

#: What `json.dumps` takes; a schedule nests no deeper than its list of payments.
JsonValue: TypeAlias = int | float | str | bool | dict[str, int] | list[dict[str, int | str]]

#: The flag, and its smallest and largest value.
_WHOLE_FLAGS: Final[Mapping[str, tuple[int, int]]] = {
    "--principal-cents": (1, PRINCIPAL_CENTS_MAX),
    "--note-rate-bps": (0, NOTE_RATE_BPS_MAX),
    "--months": (1, TERM_MONTHS_MAX),
}
#: The latest start that leaves room for the longest term before the year 10000.
_START_YEAR_MAX: Final = date.max.year - TERM_MONTHS_MAX // 12
_WHOLE_TEXT: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DATE_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_APR_PLACES: Final = Decimal("1e-6")


def schedule_json(
    *,
    principal_cents: int | str,
    note_rate_bps: int | str,
    months: int | str,
    start: date | str,
    first_payment: date | str | None = None,
) -> dict[str, JsonValue]:
    """Return a schedule with its finance charge and APR as data for JSON.

    Arguments may be text as it was typed, so that all that is wrong can be said at once.
    `apr_pct` is a JSON number rounded half-even to 6 decimals, `apr_bps` the APR rounded half up;
    `payment_cents` is the level payment. With a first payment's date `first_period` says how long
    the first period is: full months, and the days that remain.

    Errors: InputRefused with every problem, each at its flag: `--months`.

    >>> answer = schedule_json(
    ...     principal_cents="30000", note_rate_bps=0, months=3, start="2025-01-31"
    ... )
    >>> answer["payment_cents"], answer["apr_pct"], answer["is_paid_early"]
    (10000, 0.0, False)
    """
    problems: list[Problem] = []
    principal = _read_whole("--principal-cents", principal_cents, problems)
    rate = _read_whole("--note-rate-bps", note_rate_bps, problems)
    term = _read_whole("--months", months, problems)
    start_on = _read_date("--start", start, problems)
    first_on = _read_first_payment(first_payment, start_on, problems)
    if problems:
        raise InputRefused(problems)
    schedule = monthly_schedule(
        principal_cents=principal,
        note_rate_bps=rate,
        term_months=term,
        start_on=start_on,
        first_payment_on=first_on,
    )
    answer = _schedule_data(schedule)
    if first_on is not None:
        answer["first_period"] = {"months": schedule.first_months, "days": schedule.first_days}
    return answer


def _read_first_payment(given: object, start_on: date, problems: list[Problem]) -> date | None:
    """Return the date of the first payment, None where none is given or it is not to be used."""
    flag = "--first-payment"
    if given is None:
        return None
    count = len(problems)
    first_on = _read_date(flag, given, problems)
    # A start that could not be read says nothing about what follows it.
    if len(problems) > count or start_on == date.max:
        return None
    if start_on < first_on <= latest_first_payment(start_on):
        return first_on
    message = f"expected a day after --start, at most {FIRST_PERIOD_MONTHS_MAX} months after it"
    problems.append(Problem(code="out_of_range", path=flag, message=message))
    return None


def _schedule_data(schedule: Schedule) -> dict[str, JsonValue]:
    percent = schedule_apr_pct(schedule)
    return {
        "principal_cents": schedule.principal_cents,
        "note_rate_bps": schedule.note_rate_bps,
        "term_months": schedule.term_months,
        "start": schedule.start_on.isoformat(),
        "payment_cents": schedule.payment_cents,
        "finance_charge_cents": schedule.finance_charge_cents,
        "total_of_payments_cents": schedule.total_of_payments_cents,
        # The float is the last step, for JSON only: nothing is computed with it.
        "apr_pct": float(percent.quantize(_APR_PLACES)),
        "apr_bps": bps_of_percent(percent),
        "is_paid_early": schedule.is_paid_early,
        "payments": [
            {
                "date": payment.due_on.isoformat(),
                "amount_cents": payment.amount_cents,
                "principal_cents": payment.principal_cents,
                "interest_cents": payment.interest_cents,
            }
            for payment in schedule.payments
        ],
    }


def _read_whole(flag: str, given: object, problems: list[Problem]) -> int:
    """Return the whole number, or append what is wrong and return 0, which is then not used."""
    minimum, maximum = _WHOLE_FLAGS[flag]
    value: int | None = None
    if type(given) is int:
        value = given
    elif isinstance(given, str) and _WHOLE_TEXT.fullmatch(given):
        value = int(given)
    expected = f"expected a whole number from {minimum} to {maximum}"
    if value is None:
        problems.append(Problem(code="not_an_integer", path=flag, message=expected))
        return 0
    if not minimum <= value <= maximum:
        problems.append(Problem(code="out_of_range", path=flag, message=expected))
        return 0
    return value


def _read_date(flag: str, given: object, problems: list[Problem]) -> date:
    """Return the date, or append what is wrong and return the last day, which is then not used."""
    value: date | None = None
    if type(given) is date:
        value = given
    elif isinstance(given, str) and _DATE_TEXT.fullmatch(given):
        try:
            value = date.fromisoformat(given)
        except ValueError:
            value = None
    if value is None:
        message = "expected a day of the calendar such as 2025-01-31"
        problems.append(Problem(code="not_a_date", path=flag, message=message))
        return date.max
    if value.year > _START_YEAR_MAX:
        message = f"expected a day not after the year {_START_YEAR_MAX}"
        problems.append(Problem(code="out_of_range", path=flag, message=message))
        return date.max
    return value
