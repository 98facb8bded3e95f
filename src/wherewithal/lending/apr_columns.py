"""The Regulation Z APR of many level-payment plans at once, as arrays.

The same equation as `apr_by_dates`, for one advance and payments one unit-period apart that are
equal but for the last: then the sum has a closed form, and a rate costs some six short steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from wherewithal.vocabulary.errors import DomainError, InvariantBroken

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Rows solved together: their columns stay within the processor's cache.
_ROWS: Final = 8_192
_STEPS_MAX: Final = 60
#: Of the rate a unit-period; a step below it ends the search, and Newton's last step squares it.
_STEP_MIN: Final = 1e-9


def level_aprs_pct(
    *,
    amount_financed_cents: Whole,
    payment_cents: Whole,
    last_payment_cents: Whole,
    payments_count: Whole,
    unit_periods_per_year: float = 12.0,
    first_full: Whole | int = 1,
    first_fraction: Floats | float = 0.0,
) -> Floats:
    """Return the APR of each plan in percent; 0 where the payments are what was advanced.

    Shapes:  all (n,), or one number for all; result (n,).
    Units:   cents; unit-periods from the advance to the first payment, full ones (0 or more) and
             the fraction of one that remains (0 up to 1, appendix J(b)(5)); percent a year.
    Error:   1e-9 percentage points, a property test says, against 40 digits.
    Errors:  DomainError if somewhere a count or an amount is not positive, or the payments do not
             repay the amount financed.
    Source:  12 CFR 1026, appendix J(b)(8).

    >>> level_aprs_pct(
    ...     amount_financed_cents=np.array([500_000]), payment_cents=np.array([23_000]),
    ...     last_payment_cents=np.array([23_000]), payments_count=np.array([24]),
    ... ).round(2).tolist()
    [9.69]
    """
    given = np.broadcast_arrays(
        amount_financed_cents,
        payment_cents,
        last_payment_cents,
        payments_count,
        first_full,
        first_fraction,
    )
    amount, level, last, count, full, fraction = given
    total = level * (count - 1) + last
    if not (np.all(amount > 0) and np.all(level > 0) and np.all(last > 0) and np.all(count > 0)):
        message = "amounts and counts are positive"
        raise DomainError(message)
    if np.any(full < 0) or np.any(fraction < 0):
        message = "the first payment falls on or after the advance"
        raise DomainError(message)
    if np.any(total < amount):
        message = "the payments repay the amount financed at least"
        raise DomainError(message)
    rates = np.empty(amount.shape[0])
    for begin in range(0, len(rates), _ROWS):
        rows = slice(begin, begin + _ROWS)
        part = [np.asarray(one[rows], dtype=np.float64) for one in given]
        rates[rows] = _rates(part[:4], full=part[4], fraction=part[5])
    return np.where(total == amount, 0.0, rates * (unit_periods_per_year * 100))


def worth_at_first(
    rate: Any, *, level: Floats, last: Floats, before: Floats | Whole
) -> tuple[Any, Any]:
    """Return what a plan's payments are worth on the day of the first, and its slope by the rate.

    Level payments at 0, 1, ... and the last at `before`, a unit-period apart, counted from the
    first. One exponential serves all terms.
    Units: cents; `rate` a unit-period, above 0.
    """
    paid = -np.expm1(-before * np.log1p(rate))
    discount_last = 1 - paid
    plus = 1 + rate
    annuity = paid / rate
    worth = level * (plus * annuity) + last * discount_last
    late = before * discount_last
    return worth, level * ((late - annuity) / rate) - last * late / plus


def _rates(plan: Sequence[Floats], *, full: Floats, fraction: Floats) -> Floats:
    """Return the rates a unit-period by Newton's method; a plan is amount, level, last and count.

    What the payments are worth is convex and falls with the rate; the first step from rate 0 stops
    short of the root, each further one comes nearer from below, and none passes it.
    """
    amount, level, last, count = plan
    before = count - 1
    times = level * (before * (full + fraction) + before * (before - 1) / 2)
    times += last * (full + fraction + before)
    # Rate 0 itself divides by 0 below; from a start this near every step is as from 0.
    rate: Any = np.maximum((level * before + last - amount) / times, 1e-12)
    for _ in range(_STEPS_MAX):
        worth, slope = worth_at_first(rate, level=level, last=last, before=before)
        part = 1 + fraction * rate
        shift = np.exp(-full * np.log1p(rate)) / part
        slope = shift * (slope - worth * (fraction / part + full / (1 + rate)))
        step = (amount - shift * worth) / slope
        rate = rate + step
        if np.all(np.abs(step) <= _STEP_MIN * (1 + rate)):
            # Newton doubles the right digits: what is left is far below 1e-15.
            return np.asarray(rate, dtype=np.float64)
    message = "an annual percentage rate was not found"
    raise InvariantBroken(message)
