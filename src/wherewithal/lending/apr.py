"""The Regulation Z annual percentage rate of regular monthly schedules, and caps on it.

Actuarial method, 12 CFR 1026 appendix J(b): the unit-period is a month, twelve a year, one advance,
level payments but for the last. The rate is solved from the rounded payments that are really due.
`Decimal` stands here and not only in `vocabulary/money`: an APR is a root, not an amount of money,
and 60 digits make its rounding to eight decimals certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from wherewithal.lending.annuity import NOTE_RATE_BPS_MAX, PRINCIPAL_CENTS_MAX, monthly_rate
from wherewithal.lending.apr_by_dates import Flow, apr_by_dates
from wherewithal.lending.schedule import Schedule, payment_amounts_cents
from wherewithal.vocabulary.errors import DomainError, InvariantBroken
from wherewithal.vocabulary.money import Cents, whole_number
from wherewithal.vocabulary.rate import BasisPoints

#: Payments that one schedule may have: a hundred years of months.
PAYMENT_COUNT_MAX: Final = 1_200
APR_CAP_BPS_MAX: Final = 1_000_000

_DIGITS: Final = 60
_STEPS_MAX: Final = 400
_SMALL_STEP: Final = Decimal("1e-20")
_APR_PLACES: Final = Decimal("1e-12")
_FLOAT_PLACES: Final = Decimal("1e-9")
_MONTHS_TIMES_PERCENT: Final = 1_200


def regular_apr_pct(*, amount_financed_cents: Cents, payments_cents: Sequence[Cents]) -> Decimal:
    """Return the APR in percent, to 12 decimals; exactly 0 where there is no finance charge.

    The payments fall due one month apart, the first a month after the advance; all are equal but
    the last, which may be smaller or larger (appendix J calls that regular still).

    Units:  cents, positive; percent a year.
    Errors: DomainError if an amount is no positive whole number, if payments before the last
            differ, or if together they do not repay the amount financed.
    Source: 12 CFR 1026, appendix J(b)(8) and (9); example (c)(1)(i) is the second one below.

    >>> regular_apr_pct(amount_financed_cents=30_000, payments_cents=[10_000] * 3)
    Decimal('0')
    >>> round(regular_apr_pct(amount_financed_cents=500_000, payments_cents=[23_000] * 24), 2)
    Decimal('9.69')
    """
    _check_regular(amount_financed_cents, payments_cents)
    if sum(payments_cents) == amount_financed_cents:
        return Decimal(0)
    with localcontext(Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN)):
        rate = _unit_period_rate(amount_financed_cents, payments_cents)
        return (rate * _MONTHS_TIMES_PERCENT).quantize(_APR_PLACES)


def apr_bps(*, amount_financed_cents: Cents, payments_cents: Sequence[Cents]) -> BasisPoints:
    """Return the APR rounded half up to whole basis points, as it is disclosed.

    Units and errors as `regular_apr_pct`. Never compare it with a cap: rounding may hide a part
    of a basis point above it; `is_apr_within_cap` compares exactly.

    >>> apr_bps(amount_financed_cents=500_000, payments_cents=[23_000] * 24)
    969
    """
    percent = regular_apr_pct(
        amount_financed_cents=amount_financed_cents, payments_cents=payments_cents
    )
    return bps_of_percent(percent)


def bps_of_percent(percent: Decimal) -> BasisPoints:
    """Round a rate in percent half up to whole basis points.

    >>> bps_of_percent(Decimal("9.685")), bps_of_percent(Decimal("9.684999"))
    (969, 968)
    """
    with localcontext(Context(prec=_DIGITS)):
        return int((percent * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def schedule_apr_pct(schedule: Schedule) -> Decimal:
    """Return the APR of a monthly schedule in percent, from its rounded payments.

    Where the first payment falls a month after the start all is exact, as in `regular_apr_pct`.
    Else the dates decide, as in `apr_by_dates`: a float, within 1e-9 percentage points.
    """
    if (schedule.first_months, schedule.first_days) == (1, 0):
        return regular_apr_pct(
            amount_financed_cents=schedule.principal_cents,
            payments_cents=[payment.amount_cents for payment in schedule.payments],
        )
    found = apr_by_dates(
        advances=[Flow(on=schedule.start_on, amount_cents=schedule.principal_cents)],
        payments=[
            Flow(on=payment.due_on, amount_cents=payment.amount_cents)
            for payment in schedule.payments
        ],
    )
    with localcontext(Context(prec=_DIGITS)):
        return Decimal(repr(found.apr_pct)).quantize(_FLOAT_PLACES)


def is_apr_within_cap(
    *, amount_financed_cents: Cents, payments_cents: Sequence[Cents], apr_cap_bps: BasisPoints
) -> bool:
    """Say whether the APR is at most the cap, exactly and without solving for the APR.

    It is, just when the payments, discounted at the cap, are worth no more than was advanced.

    Units:  cents; basis points a year, 0 to 1_000_000.
    Errors: DomainError as `regular_apr_pct`, or for a cap outside its domain.

    >>> is_apr_within_cap(
    ...     amount_financed_cents=500_000, payments_cents=[23_000] * 24, apr_cap_bps=968
    ... )
    False
    """
    _check_regular(amount_financed_cents, payments_cents)
    whole_number(apr_cap_bps, name="apr_cap_bps", minimum=0, maximum=APR_CAP_BPS_MAX)
    return _left_at(amount_financed_cents, payments_cents, monthly=monthly_rate(apr_cap_bps)) >= 0


def is_apr_rounded(
    *, amount_financed_cents: Cents, payments_cents: Sequence[Cents], apr_bps: BasisPoints
) -> bool:
    """Say whether an APR in basis points is that of the payments, rounded half up; exactly.

    Without solving for it: it is what `apr_bps` returns, found in another way.

    Units and errors as `is_apr_within_cap`.

    >>> plan = {"amount_financed_cents": 500_000, "payments_cents": [23_000] * 24}
    >>> [is_apr_rounded(**plan, apr_bps=bps) for bps in (968, 969, 970)]
    [False, True, False]
    """
    _check_regular(amount_financed_cents, payments_cents)
    whole_number(apr_bps, name="apr_bps", minimum=0, maximum=APR_CAP_BPS_MAX)
    below, above = (
        _left_at(amount_financed_cents, payments_cents, monthly=(2 * apr_bps + half, 240_000))
        for half in (-1, 1)
    )
    return (apr_bps == 0 or below <= 0) and above > 0


def _left_at(
    amount_financed_cents: Cents, payments_cents: Sequence[Cents], *, monthly: tuple[int, int]
) -> int:
    """Return what is left of the loan at a monthly rate, times the rate's denominator each month.

    Not negative just where the payments are worth no more than what was advanced.
    """
    rise, base = monthly
    growth, before_last = base + rise, len(payments_cents) - 1
    # All but the last are equal: sum of growth**k * base**(before_last - k), which divides exactly.
    if rise:
        terms: int = (growth**before_last - base**before_last) // rise
    else:
        terms = before_last * base ** max(before_last - 1, 0)
    advanced: int = growth ** (before_last + 1) * amount_financed_cents
    last: int = base ** (before_last + 1) * payments_cents[-1]
    return advanced - payments_cents[0] * growth * base * terms - last


def note_rate_within_cap(
    *,
    principal_cents: Cents,
    note_rate_bps: BasisPoints,
    term_months: int,
    apr_cap_bps: BasisPoints,
) -> BasisPoints:
    """Lower the note rate by whole basis points until its rounded schedule's APR is within the cap.

    The first that fits, going down from the smaller of the note rate and the cap. There always is
    one: at 0 there is no finance charge, and no cap is below 0. (Rounding makes the APR of small
    loans jump, so a lower note rate may have a higher APR: that is why nothing is skipped.)

    Units:  cents, basis points a year, months; cap 0 to 1_000_000.
    Errors: DomainError outside the domains.
    Source: DESIGN §4. At 3_600 the APR below would be 36.0049%.

    >>> note_rate_within_cap(
    ...     principal_cents=30_000, note_rate_bps=3_600, term_months=6, apr_cap_bps=3_600
    ... )
    3599
    """
    whole_number(note_rate_bps, name="note_rate_bps", minimum=0, maximum=NOTE_RATE_BPS_MAX)
    whole_number(apr_cap_bps, name="apr_cap_bps", minimum=0, maximum=APR_CAP_BPS_MAX)
    for rate_bps in range(min(note_rate_bps, apr_cap_bps), -1, -1):
        amounts = payment_amounts_cents(
            principal_cents=principal_cents, note_rate_bps=rate_bps, term_months=term_months
        )
        if is_apr_within_cap(
            amount_financed_cents=principal_cents, payments_cents=amounts, apr_cap_bps=apr_cap_bps
        ):
            return rate_bps
    message = "a schedule at 0% has a finance charge"
    raise InvariantBroken(message)


def _check_regular(amount_financed_cents: Cents, payments_cents: Sequence[Cents]) -> None:
    whole_number(
        amount_financed_cents, name="amount_financed_cents", minimum=1, maximum=PRINCIPAL_CENTS_MAX
    )
    whole_number(
        len(payments_cents), name="len(payments_cents)", minimum=1, maximum=PAYMENT_COUNT_MAX
    )
    for amount in payments_cents:
        whole_number(amount, name="payments_cents", minimum=1, maximum=PRINCIPAL_CENTS_MAX)
    if any(amount != payments_cents[0] for amount in payments_cents[1:-1]):
        message = "payments_cents must all be equal but the last; others are not regular"
        raise DomainError(message)
    if sum(payments_cents) < amount_financed_cents:
        message = "payments_cents must sum to amount_financed_cents at least"
        raise DomainError(message)


def _unit_period_rate(amount_financed_cents: Cents, payments_cents: Sequence[Cents]) -> Decimal:
    """Solve for the monthly rate by Newton's method; the context's precision holds.

    The payments' worth is convex and falls with the rate. The start is the first step from rate 0,
    which never passes the root, so each further step goes up towards it and none passes it.
    """
    level, last, count = payments_cents[0], payments_cents[-1], len(payments_cents)
    before_last = count - 1
    weighted = level * (before_last * count // 2) + last * count
    rate = Decimal(sum(payments_cents) - amount_financed_cents) / weighted
    for _ in range(_STEPS_MAX):
        discount = 1 / (1 + rate)
        discount_before = discount**before_last
        discount_last = discount_before * discount
        annuity = (1 - discount_before) / rate
        worth = level * annuity + last * discount_last
        slope = (
            level * (before_last * discount_last - annuity) / rate
            - count * last * discount_last * discount
        )
        step = (amount_financed_cents - worth) / slope
        rate += step
        if abs(step) <= _SMALL_STEP * (1 + rate):
            return rate
    message = "the annual percentage rate of a regular schedule was not found"
    raise InvariantBroken(message)
