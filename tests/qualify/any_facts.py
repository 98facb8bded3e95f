"""Facts of people who never lived: at and around every threshold, unknown anywhere, or failed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from wherewithal.qualify.decide import Applicant
from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.reason import FAILURE_CODES

#: Values at which a rule, a bin, a cap or a step begins; one less and one more are tried too.
_EDGES = {
    "age_years": (18, 19, 21),
    "stated_income_cents": (
        *(0, 1_500_000, 1_575_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 8_000_000),
        *(15_000_000, 30_000_000, 10**10),
    ),
    "stated_housing_cents": (0, 100_000),
    "inquiries_6m": (0, 1, 2, 3, 4, 5, 6, 7),
    "revolving_utilisation_bps": (0, 1_000, 3_000, 5_000, 7_000, 9_000, 10_000, 1_000_000),
    "revolving_balance_cents": (0, 500_000, 10**12),
    "revolving_limit_cents": (0, 1_000_000, 10**12),
    "scheduled_payments_cents": (0, 50_000, 100_000, 10**10),
    "mortgage_payments_cents": (0, 100_000),
    "debt_to_income_bps": (0, 1_000, 1_500, 2_000, 1_000_000),
    "total_trades": (2, 3, 4, 7, 10, 15),
    "delinquencies_24m": (0, 3),
    "months_since_delinquency": (0, 6),
    "trades_past_due": (0, 1),
    "past_due_cents": (0, 50_000),
    "worst_past_due_days": (30, 60),
    "chargeoffs_12m": (0, 1),
    "collections_12m": (0, 1),
    "public_records": (0, 1),
    "months_since_bankruptcy": (0, 24),
    "own_days_late": (0, 5),
}
_DAYS = (
    date(2006, 12, 31),
    date(2007, 1, 1),
    date(2010, 6, 1),
    date(2022, 12, 31),
    date(2023, 1, 1),
)


def _values(fact: Fact) -> st.SearchStrategy[object]:
    match fact.type:
        case FactType.BOOLEAN:
            return st.booleans()
        case FactType.ENUMERATION:
            return st.sampled_from(fact.values)
        case FactType.DATE:
            return st.sampled_from(_DAYS) | st.dates(date(1950, 1, 1), date(2099, 12, 31))
        case FactType.INTEGER:
            edges = {edge + step for edge in _EDGES.get(fact.name, ()) for step in (-1, 0, 1)}
            edges |= {fact.minimum, fact.maximum}
            known = sorted(edge for edge in edges if fact.minimum <= edge <= fact.maximum)
            return st.sampled_from(known) | st.integers(fact.minimum, fact.maximum)


#: Somebody who is decided, so that one odd fact is not hidden by ten others.
_PLAIN = {
    "as_of": date(2024, 5, 31),
    "state": "OH",
    "stated_income_cents": 6_000_000,
    "income_verified": False,
    "home_ownership": "RENT",
    "inquiries_6m": 1,
    "revolving_utilisation_bps": 2_400,
    "scheduled_payments_cents": 50_000,
    "oldest_trade_date": date(2014, 1, 10),
    "total_trades": 12,
    "public_records": 0,
}


@st.composite
def applicants(draw: st.DrawFn) -> Applicant:
    """Draw somebody: the plain person with some facts changed or unknown, now and then a failure."""
    facts: dict[str, Any] = dict.fromkeys(fact.name for fact in FACTS) | _PLAIN
    for fact in draw(st.lists(st.sampled_from(FACTS), max_size=8, unique=True)):
        facts[fact.name] = draw(st.none() | _values(fact))
    if facts["as_of"] is None:
        facts["oldest_trade_date"] = None
    elif isinstance(facts["oldest_trade_date"], date):
        before = facts["as_of"] - timedelta(draw(st.sampled_from([0, 330, 366, 700, 1_100, 7_300])))
        facts["oldest_trade_date"] = min(facts["oldest_trade_date"], before)
    failure = None
    if facts["as_of"] is None or draw(st.integers(0, 9)) == 0:
        failure = draw(st.sampled_from(sorted(FAILURE_CODES, key=lambda one: one.value)))
        facts = dict.fromkeys(facts) | {"as_of": facts["as_of"]}
    return Applicant(
        applicant_id=str(draw(st.integers(0, 99))),
        facts=facts,
        failure=Outcome(failure) if failure else None,
        failure_cause="made up" if failure else None,
    )
