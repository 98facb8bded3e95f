"""Note rate and APR of many plans at once: what an offer for each would say, to the basis point.

Float64 answers where its error cannot matter, and the exact definition everywhere else: where a
rounding, or the comparison with the cap, is nearer than the bound below. So the result is that of
`note_rate_within_cap` and `apr_bps` for every plan; only the time differs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from wherewithal.lending.apr import apr_bps, note_rate_within_cap
from wherewithal.lending.apr_columns import worth_at_first
from wherewithal.lending.schedule import payment_amounts_cents

Whole: TypeAlias = npt.NDArray[np.int64]
Real: TypeAlias = npt.NDArray[np.float64]

#: Amounts up to a million dollars over 120 months lose less than this in float64, in cents.
_CENTS_ERROR: Final = 1e-3
_PRINCIPAL_MAX: Final = 10**8
#: And a yearly rate less than this, in basis points. (Measured: 1e-7; see the test.)
_BPS_ERROR: Final = 1e-4
#: A cap is seldom more than a few basis points below the rate that first fits.
_LOWERED_MAX: Final = 6
#: The search starts at the note rate, next to the APR. A step's error is less than 100 times the
#: square of the step, so that after a last step below this, less than 1e-13 a month remains.
_NEWTON_STEPS: Final = 2
_SETTLED: Final = 3e-8
_MONTHS_BPS: Final = 120_000
#: Limits come in steps, so that the same amounts come again.
_KEPT: Final = 65_536


def offered_rates(
    *, principal_cents: Whole, note_rate_bps: Whole, term_months: Whole, apr_cap_bps: Whole
) -> tuple[Whole, Whole]:
    """Return the note rate within the cap and the APR, in basis points, of every plan.

    Shapes: all (n,). Units: cents from 1; basis points; months from 1.
    Errors: DomainError as the exact functions, for plans that are left to them.
    Source: 12 CFR 1026, appendix J; DESIGN 4, power.
    """
    rates = np.minimum(note_rate_bps, apr_cap_bps)
    found = np.zeros_like(rates)
    # Without interest there is no charge and no rate.
    pending = np.flatnonzero(rates > 0)
    unsure: list[npt.NDArray[np.intp]] = []
    for _ in range(_LOWERED_MAX):
        if not len(pending):
            break
        estimate, is_sure = _estimate(
            principal_cents[pending], rates[pending], term_months[pending]
        )
        cap = apr_cap_bps[pending]
        is_sure &= np.abs(estimate - cap) > _BPS_ERROR
        unsure.append(pending[~is_sure])
        fits = is_sure & (estimate < cap)
        found[pending[fits]] = np.floor(estimate[fits] + 0.5).astype(np.int64)
        pending = pending[is_sure & ~fits]
        rates[pending] -= 1
        pending = pending[rates[pending] > 0]
    for place in np.concatenate([pending, *unsure]).tolist():
        rates[place], found[place] = _exact(
            principal_cents=int(principal_cents[place]),
            note_rate_bps=int(note_rate_bps[place]),
            term_months=int(term_months[place]),
            apr_cap_bps=int(apr_cap_bps[place]),
        )
    return rates, found


@lru_cache(maxsize=_KEPT)
def _exact(
    *, principal_cents: int, note_rate_bps: int, term_months: int, apr_cap_bps: int
) -> tuple[int, int]:
    rate_bps = note_rate_within_cap(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        apr_cap_bps=apr_cap_bps,
    )
    amounts = payment_amounts_cents(
        principal_cents=principal_cents, note_rate_bps=rate_bps, term_months=term_months
    )
    return rate_bps, apr_bps(amount_financed_cents=principal_cents, payments_cents=amounts)


def _estimate(
    principal: Whole, rate_bps: Whole, months: Whole
) -> tuple[Real, npt.NDArray[np.bool_]]:
    """Return the APR of each rounded schedule in basis points, and whether it is surely so.

    Unsure is what lies next to a rounding: of the level payment, of the last one, of the APR; a
    schedule that is paid early; and an amount beyond the bound.
    """
    rate = rate_bps / _MONTHS_BPS
    growth = np.exp(months * np.log1p(rate))
    payment = principal * rate * growth / (growth - 1)
    level = np.ceil(payment)
    # What is owed at the last payment, when all before it were level.
    owed = principal * growth - level * ((growth - 1) / rate - 1)
    last = np.rint(owed)
    # One payment sooner more than a level payment must have been owed.
    is_sure = (
        (np.abs(payment - np.rint(payment)) > _CENTS_ERROR)
        & (np.abs(np.abs(owed - last) - 0.5) > _CENTS_ERROR)
        & (last >= 1)
        & (last <= level)
        & (principal <= _PRINCIPAL_MAX)
    )
    per_month, step = rate, rate
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(per_month, principal, months, level, last)
        per_month = np.maximum(per_month + step, rate / 2)
    estimate = per_month * _MONTHS_BPS
    is_sure &= np.abs(estimate - np.floor(estimate) - 0.5) > _BPS_ERROR
    return estimate, is_sure & (np.abs(step) < _SETTLED)


def _newton_step(per_month: Real, principal: Whole, months: Whole, level: Real, last: Real) -> Real:
    """Return by how much the rate has to move for the payments to be worth the principal."""
    worth, slope = worth_at_first(per_month, level=level, last=last, before=months - 1)
    plus = 1 + per_month
    # The first payment is a month after the advance.
    worth = worth / plus
    step: Real = (principal - worth) / ((slope - worth) / plus)
    return step
