"""From a bureau's facts and what is stated to the facts that are decided on, and to text and back.

What we know of a person stands before what a file says: their state as stated or of their address,
their age by the date of birth that they gave on the day of the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from wherewithal.qualify.exposure import NO_EXPOSURE, Exposure
from wherewithal.service.inquiry import Inquiry
from wherewithal.vocabulary.consumer import age_years
from wherewithal.vocabulary.facts import FACTS, FactType

#: Ages, thirty days and other rules of the calendar go by this zone.
CALENDAR_TIME_ZONE: Final = "America/New_York"
_ZONE: Final = ZoneInfo(CALENDAR_TIME_ZONE)
_DATES: Final = tuple(fact.name for fact in FACTS if fact.type is FactType.DATE)
_NOTHING: Final[Mapping[str, Any]] = {fact.name: None for fact in FACTS}


def calendar_day(at: datetime) -> date:
    """Return the day in the calendar zone."""
    return at.astimezone(_ZONE).date()


def stated_facts(inquiry: Inquiry) -> dict[str, Any]:
    """Return the facts that the person states; None where they do not."""
    stated = inquiry.stated
    return {
        "state": stated.state or inquiry.identity.address.state,
        "income_verified": stated.income_verified or False,
        "stated_income_cents": stated.income_cents,
        "home_ownership": stated.home_ownership,
        "stated_housing_cents": stated.housing_cents,
        "stated_employment_years": stated.employment_years,
    }


def applicant_facts(
    file_facts: Mapping[str, Any] | None,
    inquiry: Inquiry,
    *,
    on: date,
    exposure: Exposure = NO_EXPOSURE,
) -> dict[str, Any]:
    """Return every fact by name, as of a day.

    `file_facts` are those of a bureau's file, dates as text or not; None before any is at hand.
    `exposure` is the person's account with us.
    """
    facts = {**_NOTHING, **(file_facts or {}), **own_facts(exposure, on=on)}
    for name in _DATES:
        if isinstance(facts[name], str):
            facts[name] = date.fromisoformat(facts[name])
    facts |= stated_facts(inquiry)
    facts["as_of"] = on
    facts["age_years"] = age_years(inquiry.identity.date_of_birth, on)
    return facts


def own_facts(exposure: Exposure, *, on: date) -> dict[str, Any]:
    """Return what we know ourselves: how late and how punctual a person is, and since when.

    Null: everything, of somebody to whom we never lent.
    """
    late_since, first_on = exposure.late_since, exposure.first_booked_on
    if first_on is None and not exposure.has_charge_off:
        return {}
    return {
        "own_days_late": 0 if late_since is None else max(0, (on - late_since).days),
        "own_charged_off": exposure.has_charge_off,
        "own_on_time_payments": exposure.on_time_payments,
        "own_days_since_first": None if first_on is None else max(0, (on - first_on).days),
    }


def facts_as_text(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts fit for JSON: dates as text, unknown ones left out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
        if value is not None
    }
