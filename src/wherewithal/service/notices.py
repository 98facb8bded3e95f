"""Notice cases: which duty a communicated answer opens, by when, and with which particulars.

Sample wiring of the law, not legal advice. Sources: 12 CFR 1002.9(a)(1) (30 days after a completed
application: approval, counteroffer, adverse action), 1002.9(c)(2) (what an applicant can complete),
15 U.S.C. 1681m(a) (adverse action on a consumer report), 12 CFR 1022.74(b) (a notice of adverse
action stands in for one of risk-based pricing). A product that no law row allows where the person
lives is no adverse action (12 CFR 1002.2(c)(2)(iv)).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec

from wherewithal.service.notice_records import NoticeCase
from wherewithal.service.products_answer import NOT_OFFERED
from wherewithal.vocabulary.outcome import Outcome

DUE_DAYS: Final = 30
ACTION: Final = "12 CFR 1002.9(a)(1)(i)"
INCOMPLETE: Final = "12 CFR 1002.9(c)(2)"
REPORT_USED: Final = "15 U.S.C. 1681m(a)"
INSTEAD_OF_PRICING: Final = "12 CFR 1022.74(b)"
#: What the person, and often only they, can mend: it is asked for, and nothing is declined.
_TO_COMPLETE: Final = frozenset(
    outcome.value
    for outcome in (
        Outcome.INCOMPLETE,
        Outcome.STEP_UP,
        Outcome.FROZEN,
        Outcome.IDENTITY_MISMATCH,
        Outcome.SUPPRESSED,
        Outcome.DECEASED,
    )
)
#: The product's own reason says only that the decision's reasons hold.
_BY_THE_DECISION: Final = "P_TIER"


class ReportUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The report that an answer rests on, with the bureau's own score of it."""

    bureau: str
    score: int | None
    score_model: str | None
    score_factors: tuple[str, ...]


class Communicated(msgspec.Struct, frozen=True, kw_only=True):
    """What the person is told."""

    outcome: str
    reasons: tuple[str, ...]
    #: Product -> reason of a power of zero, in catalogue order; products with power are left out.
    closed: tuple[tuple[str, str], ...]
    power_total_cents: int | None
    requested_amount_cents: int | None
    #: What was communicated before and has not expired.
    power_before_cents: int | None
    #: None where no report was used.
    report: ReportUsed | None
    #: A decision that stands was told before, with its notices: only what is asked now is new.
    is_repeat: bool
    #: In the calendar zone.
    on: date


def notice_cases(told: Communicated) -> tuple[NoticeCase, ...]:
    """Return the cases that an answer opens, none where nothing adverse is told."""
    if told.outcome in _TO_COMPLETE or _is_bureau_minor(told):
        return (_case(told, "incomplete", told.reasons, regimes=(INCOMPLETE,)),)
    if told.outcome == Outcome.NO_HIT.value:
        return (_case(told, "no_file", told.reasons),)
    if told.outcome in (Outcome.DECLINED.value, Outcome.MINOR.value):
        is_law_alone = bool(told.reasons) and set(told.reasons) <= NOT_OFFERED
        if told.is_repeat or is_law_alone:
            return ()
        return (_case(told, "declined", told.reasons),)
    if told.outcome != Outcome.APPROVED.value:
        return ()
    found = []
    if not told.is_repeat:
        found += [
            _case(
                told,
                "product_declined",
                told.reasons if reason == _BY_THE_DECISION and told.reasons else (reason,),
                product=product,
            )
            for product, reason in told.closed
            if reason not in NOT_OFFERED
        ]
    if _is_lower(told):
        found.append(_case(told, "lower_amount", told.reasons))
    return tuple(found)


def unhonoured_case(
    reasons: tuple[str, ...],
    *,
    product: str,
    is_counteroffer: bool,
    report: ReportUsed | None,
    on: date,
) -> NoticeCase:
    """Return the case of a commitment that is not honoured since facts have changed.

    Where something smaller still stands it is a counteroffer; one notice of both is due within the
    30 days of 12 CFR 1002.9(a)(1)(i), as comment 9(a)(1)-6 allows.
    """
    regimes = (ACTION,) if report is None else (ACTION, REPORT_USED, INSTEAD_OF_PRICING)
    return NoticeCase(
        kind="counteroffer" if is_counteroffer else "not_honoured",
        regimes=regimes,
        product=product,
        reasons=reasons,
        bureau=report.bureau if report else None,
        score=report.score if report else None,
        score_model=report.score_model if report else None,
        score_factors=report.score_factors if report else (),
        due_on=on + timedelta(days=DUE_DAYS),
    )


def _is_bureau_minor(told: Communicated) -> bool:
    """Return whether the bureau holds the file as a minor's: the person can have that mended."""
    return told.outcome == Outcome.MINOR.value and told.report is not None


def _is_lower(told: Communicated) -> bool:
    total = told.power_total_cents or 0
    is_below_asked = (told.requested_amount_cents or 0) > total
    return is_below_asked or (not told.is_repeat and (told.power_before_cents or 0) > total)


def _case(
    told: Communicated,
    kind: str,
    reasons: tuple[str, ...],
    *,
    regimes: tuple[str, ...] = (ACTION,),
    product: str | None = None,
) -> NoticeCase:
    used = told.report
    if used is not None:
        regimes += (REPORT_USED,) if INCOMPLETE in regimes else (REPORT_USED, INSTEAD_OF_PRICING)
    return NoticeCase(
        kind=kind,
        regimes=regimes,
        product=product,
        reasons=reasons,
        bureau=used.bureau if used else None,
        score=used.score if used else None,
        score_model=used.score_model if used else None,
        score_factors=used.score_factors if used else (),
        due_on=told.on + timedelta(days=DUE_DAYS),
    )
