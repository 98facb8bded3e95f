"""What counts and what does not: entries added to, or edited in, the published report."""

from datetime import date
from pathlib import Path

import pytest

from wherewithal.sources.bureau_transunion import facts_of, parse_report
from wherewithal.vocabulary.stated import Stated

EXAMPLES = Path(__file__).parents[2] / "examples" / "bureau"
PUBLISHED = (EXAMPLES / "transunion_tu4_creditReportResponse.xml").read_text("utf-8")
OURS, OTHERS = "F4716628", "01234567"


def facts(*added, edits=(), own=frozenset(), stated=None):
    text = PUBLISHED
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    text = text.replace("<creditSummary>", "".join(added) + "<creditSummary>")
    return facts_of(parse_report(text.encode(), own_member_codes=own), stated=stated)


def changes(*added, **given):
    before, after = facts(), facts(*added, **given)
    return {name: after[name] for name in after if after[name] != before[name]}


def element(name, inner, member=OTHERS, industry="B"):
    subscriber = f"<industryCode>{industry}</industryCode><memberCode>{member}</memberCode>"
    return f"<{name}><subscriber>{subscriber}</subscriber>{inner}</{name}>"


def trade(member=OTHERS, portfolio="installment", ecoa="individual", **values):
    values = {"dateOpened": "2021-01-05", "dateEffective": "2022-01-05", **values}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    kinds = f"<portfolioType>{portfolio}</portfolioType><ECOADesignator>{ecoa}</ECOADesignator>"
    return element("trade", kinds + inner, member)


def inquiry(day, industry="B", member=OTHERS):
    return element("inquiry", f"<date>{day}</date>", member, industry)


def payment(dollars):
    return f"<scheduledMonthlyPayment>{dollars}</scheduledMonthlyPayment>"


LATE_TRADE = {"currentBalance": 900, "pastDue": 600, "accountRating": "05", "terms": payment(50)}


@pytest.mark.parametrize("month", ["2021-07-28", "2021-12-24", "2022-01-27"])
def test_an_inquiry_within_six_calendar_months_counts(month):
    assert changes(inquiry(month)) == {"inquiries_6m": 1}


def test_an_inquiry_six_months_ago_to_the_day_does_not():
    assert changes(inquiry("2021-07-27")) == {}


@pytest.mark.parametrize("member", [OURS, "04716628", "4716628"])
def test_own_inquiries_do_not_count(member):
    assert changes(inquiry("2022-01-10", member=member)) == {}


def test_inquiries_under_another_code_of_ours_do_not_count():
    assert changes(inquiry("2022-01-10"), own=frozenset({OTHERS})) == {}


@pytest.mark.parametrize(
    ("inquiries", "count"),
    [
        ([("2022-01-01", "A"), ("2022-01-15", "A")], 1),  # 14 days: one
        ([("2022-01-01", "A"), ("2022-01-16", "A")], 2),  # 15 days: two
        ([("2022-01-01", "A"), ("2022-01-01", "R")], 2),  # a car and a house
        ([("2021-12-01", "A"), ("2021-12-14", "A"), ("2021-12-27", "A")], 2),  # no endless chain
        ([("2022-01-15", "A"), ("2022-01-01", "A")], 1),  # in any order
    ],
)
def test_shopping_counts_once(inquiries, count):
    added = [inquiry(day, industry) for day, industry in inquiries]
    assert facts(*added)["inquiries_6m"] == count


def test_a_trade_of_others_counts():
    assert changes(trade(**LATE_TRADE)) == {
        "total_trades": 33,
        "open_trades": 15,
        "scheduled_payments_cents": 1_112_00,
        "delinquencies_24m": 2,
        "trades_past_due": 2,
        "past_due_cents": 789_00,
        "worst_past_due_days": 120,
    }


def test_own_trades_do_not_count():
    assert changes(trade(member=OURS, **LATE_TRADE)) == {}
    assert changes(trade(**LATE_TRADE), own=frozenset({OTHERS})) == {}


def test_authorised_user_trades_do_not_count():
    assert changes(trade(ecoa="authorizedUser", dateOpened="1960-01-01")) == {}


@pytest.mark.parametrize(
    ("portfolio", "balance", "scheduled", "payment_cents"),
    [
        ("revolving", 500, None, 25_00),  # 3% is 15: the least is 25
        ("revolving", 2_000, None, 60_00),
        ("revolving", 2_000, 35, 35_00),
        ("revolving", 0, None, 0),
        ("lineOfCredit", 2_000, None, 60_00),
        ("open", 2_000, None, 60_00),
        ("installment", 2_000, None, 20_00),  # such as a deferred student loan: 1%
        ("installment", 2_000, 45, 45_00),
        ("installment", 0, 45, 0),  # paid off
        ("installment", None, 45, 45_00),  # reported this month, its balance left out
    ],
)
def test_payments_of_open_trades(portfolio, balance, scheduled, payment_cents):
    values = {} if balance is None else {"currentBalance": balance}
    values |= {} if scheduled is None else {"terms": payment(scheduled)}
    added = facts(trade(portfolio=portfolio, **values))
    assert added["scheduled_payments_cents"] == 1_062_00 + payment_cents


@pytest.mark.parametrize(
    "ended",
    [
        {"dateClosed": "2021-12-01"},
        {"closedIndicator": "normal"},
    ],
)
def test_closed_trades_have_no_scheduled_payment(ended):
    values = {"currentBalance": 2_000, "terms": payment(45), **ended}
    assert changes(trade(**values)) == {"total_trades": 33}


def test_a_stale_trade_without_a_balance_owes_nothing():
    # The published file holds one: last reported in January 2020, 323 a month, no balance.
    values = {"terms": payment(45), "dateEffective": "2021-07-27"}
    assert facts(trade(**values))["scheduled_payments_cents"] == 1_062_00


def test_home_equity_line_is_an_obligation_but_no_card():
    values = {"currentBalance": 30_000, "creditLimit": 90_000, "account": "<type>HE</type>"}
    assert changes(trade(portfolio="revolving", **values)) == {
        "total_trades": 33,
        "open_trades": 15,
        "scheduled_payments_cents": 1_062_00 + 900_00,  # 3%
    }


def test_mortgages_stand_apart():
    values = {"currentBalance": 90_000, "terms": payment(700)}
    assert facts(trade(portfolio="mortgage", **values))["mortgage_payments_cents"] == 1_257_00


def test_a_file_without_an_open_mortgage_has_null_not_zero():
    edits = [("<portfolioType>mortgage", "<portfolioType>installment")]
    assert facts(edits=edits)["mortgage_payments_cents"] is None


@pytest.mark.parametrize(
    ("ratings", "count", "months"),
    [
        ("11111111111111111111", 0, None),
        ("21111111111111111111", 1, 2),  # its newest month is 2021-11-05
        ("12111111111111111111", 1, 3),
        ("23411111111111111111", 1, 2),  # one run, 90 to 30 days late
        ("21213111111111111111", 3, 2),
        ("2X211111111111111111", 1, 2),  # unknown months end no run
        ("1" * 21 + "2" + "1" * 5, 1, 23),
        ("1" * 22 + "2" + "1" * 5, 0, 24),  # two years ago to the month
    ],
)
def test_delinquencies_come_from_the_payment_pattern(ratings, count, months):
    cured = [("<accountRating>02", "<accountRating>01"), ("000000189", "000000000")]
    never = ("111111111111111111111111111111111111111211111111", "1" * 48)
    pattern = f"<startDate>2021-11-05</startDate><text>{ratings}</text>"
    history = f"<paymentPattern>{pattern}</paymentPattern>"
    found = facts(trade(paymentHistory=history), edits=[*cured, never])
    assert (found["delinquencies_24m"], found["months_since_delinquency"]) == (count, months)


def test_zero_months_is_a_real_zero_only_while_late():
    cured = [("<accountRating>02", "<accountRating>01"), ("000000189", "000000000")]
    found = facts(edits=cured)
    # The student loan was late in the month of July 30, 2018: 41 whole months before.
    assert (found["months_since_delinquency"], found["delinquencies_24m"]) == (41, 0)
    assert (found["trades_past_due"], found["worst_past_due_days"]) == (0, 0)


def test_a_past_due_amount_without_a_rating_leaves_the_days_unknown():
    edits = [("<accountRating>02", "<accountRating>UR")]
    assert changes(edits=edits) == {"worst_past_due_days": None}


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"accountRating": "09", "dateClosed": "2021-03-01"}, 1),
        ({"accountRating": "09", "dateClosed": "2021-01-27"}, 0),  # twelve months ago
        ({"accountRating": "UR", "closedIndicator": "chargeOffRepo"}, 1),
        ({"accountRating": "8A", "dateClosed": "2021-03-01"}, 1),
        ({"accountRating": "01", "remark": "<code>PRL</code>"}, 1),
        ({"accountRating": "9B", "dateClosed": "2021-03-01"}, 0),  # a collection, below
    ],
)
def test_charge_offs_of_the_last_twelve_months(values, count):
    assert facts(trade(**values))["chargeoffs_12m"] == count


def test_an_old_charge_off_is_dated_by_its_delinquency_not_its_last_report():
    worst = "<date>2018-02-01</date><accountRating>09</accountRating>"
    history = f"<maxDelinquency>{worst}</maxDelinquency>"
    found = changes(trade(accountRating="09", paymentHistory=history))
    assert found == {"total_trades": 33, "open_trades": 15}


@pytest.mark.parametrize(
    ("inner", "count"),
    [
        ("<dateOpened>2021-06-01</dateOpened>", 1),
        ("<dateOpened>2021-01-27</dateOpened>", 0),
        ("", 1),  # placed, nobody knows when
        ("<original><creditorClassification>medical</creditorClassification></original>", 0),
        ("<account><type>MD</type></account>", 0),
        ("<ECOADesignator>authorizedUser</ECOADesignator>", 0),
    ],
)
def test_non_medical_collections_of_the_last_twelve_months(inner, count):
    assert facts(element("collection", inner, industry="Y"))["collections_12m"] == count


def test_a_trade_rated_as_a_collection_counts_among_them():
    placed = trade(accountRating="9B", dateClosed="2021-03-01")
    assert facts(placed)["collections_12m"] == 1


def test_bankruptcies_are_the_only_public_records():
    filed = "<type>7X</type><dateFiled>2020-12-28</dateFiled>"
    older = "<type>3D</type><dateFiled>2009-01-02</dateFiled>"
    lien = "<type>FT</type><dateFiled>2021-12-01</dateFiled>"
    added = [element("publicRecord", inner) for inner in (older, filed, lien)]
    assert changes(*added) == {
        "public_records": 2,
        "months_since_public_record": 12,
        "bankruptcies": 2,
        "months_since_bankruptcy": 12,
    }


def test_a_bankruptcy_without_a_date_has_unknown_months():
    assert changes(element("publicRecord", "<type>7F</type>")) == {
        "public_records": 1,
        "bankruptcies": 1,
    }


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        (("<state>MI", "<state>PR"), None),  # no law row knows it
        (("<state>MI", "<state>UPHOLD"), None),
        (("<status>current", "<status>previous"), None),
        (("<status>previous", "<status>current"), None),  # MI and NV
        (('<address source="file">', '<address source="input">'), None),
    ],
)
def test_state_is_the_one_current_address_on_file(edit, state):
    assert facts(edits=[edit])["state"] == state


def test_a_stated_residence_stands_before_the_file():
    stated = Stated(state="CA", income_verified=True)
    assert changes(stated=stated) == {"state": "CA", "income_verified": True}


@pytest.mark.parametrize(
    ("birth", "age"), [("2004-01-27", 18), ("2004-01-28", 17), ("2022-01-27", 0)]
)
def test_age_turns_on_the_birthday(birth, age):
    assert facts(edits=[("1956-08-01", birth)])["age_years"] == age


def test_an_estimated_year_of_birth_is_no_age():
    old = 'estimatedYear="false" source="file">1956'
    assert facts(edits=[(old, 'estimatedYear="true" source="file">1956')])["age_years"] is None


def test_a_withheld_score_is_null():
    edits = [("<results>+667</results>", "<noScoreReason>insufficientCredit</noScoreReason>")]
    assert changes(edits=edits) == {"bureau_score": None}


def test_as_of_is_the_reports_own_day_in_its_own_zone():
    # 18:04 in Chicago is the 28th in UTC; the report speaks of the 27th.
    assert facts()["as_of"] == date(2022, 1, 27)
