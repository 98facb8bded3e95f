"""One typed failure a test, each made by editing the text of the published report."""

from pathlib import Path

import pytest

from wherewithal.sources.bureau_transunion import Flag, facts_of, parse_report
from wherewithal.vocabulary.outcome import Failure, Outcome

EXAMPLES = Path(__file__).parents[2] / "examples" / "bureau"
PUBLISHED = (EXAMPLES / "transunion_tu4_creditReportResponse.xml").read_text("utf-8")
END = "</subjectRecord>"


def alert(inner):
    product = "<addOnProduct><code>06500</code><highRiskFraudAlert>{}</highRiskFraudAlert>"
    return (END, f"{product.format(inner)}</addOnProduct>{END}")


def edited(*edits):
    text = PUBLISHED
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def failure_of(*edits):
    with pytest.raises(Failure) as caught:
        facts_of(parse_report(edited(*edits), own_member_codes=frozenset()), stated=None)
    return caught.value


FROZEN = (
    "<freeze>\n                            <indicator>false",
    "<freeze>\n                            <indicator>true",
)
DECEASED = alert("<message><code>4001</code></message>")
MINOR = ("<minor>false", "<minor>true")
SUPPRESSED = ("<suppressed>false", "<suppressed>true")
NO_HIT = ("<fileHitIndicator>regularHit", "<fileHitIndicator>regularNoHit")
MISMATCH = ("<ssnMatchIndicator>fileOnly", "<ssnMatchIndicator>noMatch")
GARBAGE = ("<results>+667", "<results>+9999")
LADDER = [
    (Outcome.IDENTITY_MISMATCH, MISMATCH),
    (Outcome.DECEASED, DECEASED),
    (Outcome.SUPPRESSED, SUPPRESSED),
    (Outcome.MINOR, MINOR),
    (Outcome.FROZEN, FROZEN),
    (Outcome.NO_HIT, NO_HIT),
    (Outcome.IMPLAUSIBLE, GARBAGE),
]


@pytest.mark.parametrize(("outcome", "edit"), LADDER)
def test_each_status_is_its_own_failure(outcome, edit):
    assert failure_of(edit).outcome is outcome


@pytest.mark.parametrize("rung", range(len(LADDER)))
def test_the_first_rung_of_the_ladder_decides(rung):
    assert failure_of(*(edit for _, edit in LADDER[rung:])).outcome is LADDER[rung][0]


@pytest.mark.parametrize("word", ["noHit", "fraudNoHit", "businessNoHit", "fraudHit"])
def test_other_words_for_no_hit(word):
    assert failure_of(("regularHit", word)).outcome is Outcome.NO_HIT


@pytest.mark.parametrize("word", ["oneDigitDiff", "twoDigitDiff"])
def test_a_differing_digit_is_a_mismatch(word):
    assert failure_of(("fileOnly", word)).outcome is Outcome.IDENTITY_MISMATCH


@pytest.mark.parametrize("word", ["exact", "inputOnly", "noSSN"])
def test_numbers_that_agree_or_were_not_compared_pass(word):
    report = parse_report(edited(("fileOnly", word)), own_member_codes=frozenset())
    assert len(report.trades) == 32


@pytest.mark.parametrize(
    "edit",
    [
        alert("<decease><name/></decease>"),
        alert("<decease><dateOfDeath>2020-01-01</dateOfDeath></decease>"),
        ("<results>+667</results>", "<noScoreReason>subjectDeceased</noScoreReason>"),
        ("<ECOADesignator>individual", "<ECOADesignator>deceased"),
        ("</socialSecurity>", "<decease><dateOfDeath/></decease></socialSecurity>"),
    ],
)
def test_every_place_that_says_deceased(edit):
    assert failure_of(edit).outcome is Outcome.DECEASED


def test_a_searched_deceased_file_proves_nothing():
    edit = alert("<decease><deceasedFileSearched>true</deceasedFileSearched></decease>")
    assert parse_report(edited(edit), own_member_codes=frozenset()).flags


@pytest.mark.parametrize("version", ["2.34", "3.0", "UPHOLD"])
def test_unknown_schema_version(version):
    failure = failure_of(("<version>2.33", f"<version>{version}"))
    assert failure.outcome is Outcome.UNKNOWN_SCHEMA_VERSION
    assert version not in failure.cause


LONG_PATTERN = "1" * 121


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        (("+667", "+9999"), "score 9999 is outside 300..850"),
        (("+667", "-1"), "score -1 is outside 300..850"),
        (("+667", "+000"), "score 0 is outside 300..850"),
        (("+667", "+666484418"), "a score is outside 300..850"),
        (("2020-02-06", "2022-01-28"), "trade 1 dateOpened: after the report's own day"),
        (("2020-02-06", "2022-02-30"), "trade 1 dateOpened: no such day, or before 1900"),
        (("1956-08-01", "2022-03-01"), "dateOfBirth 1: after the report's own day"),
        (("1956-08-01", "0001-01-01"), "dateOfBirth 1: no such day, or before 1900"),
        (
            (">2022-01-27</date>", ">2099-01-27</date>"),
            "inquiry 1 date: after the report's own day",
        ),
        (("000016015", "-00016015"), "trade 1 currentBalance: negative"),
        (("000000124", "1000000000000"), "trade 2 creditLimit: above 99,999,999"),
        (("000000336", "999999999"), "trade 1 scheduledMonthlyPayment: above 99,999,999"),
        (
            ("<late30DaysTotal>00", "<late30DaysTotal>21"),
            "trade 1 paymentHistory historicalCounters: more late months than months reviewed",
        ),
        (
            (">11111111111111111111<", f">{LONG_PATTERN}<"),
            "trade 1 paymentHistory paymentPattern text: above 120 months",
        ),
        (
            ("<monthsReviewedCount>20", "<monthsReviewedCount>2000"),
            "trade 1 paymentHistory historicalCounters monthsReviewedCount: above 999",
        ),
    ],
)
def test_implausible(edit, cause):
    failure = failure_of(edit)
    assert (failure.outcome, failure.cause) == (Outcome.IMPLAUSIBLE, cause)


def test_nobody_is_older_than_130():
    failure = failure_of(("1956-08-01", "1900-08-01"), ("2022-01-27T18", "2032-01-27T18"))
    assert failure.cause == "dateOfBirth 1: more than 130 years ago"


def test_sums_beyond_the_catalogue_are_implausible():
    # Two payments of 60 million dollars a month pass each by itself, not together.
    failure = failure_of(("000000336", "060000000"), ("000000254", "060000000"))
    assert failure.outcome is Outcome.IMPLAUSIBLE
    assert failure.cause == "scheduled_payments_cents is outside 0..10,000,000,000"


@pytest.mark.parametrize(
    ("edit", "flag"),
    [
        (alert("<message><code>9005</code></message>"), Flag.FRAUD_ALERT),
        (alert("<message><code>9006</code></message>"), Flag.FRAUD_ALERT),
        (alert("<message><code>9004</code></message>"), Flag.ACTIVE_DUTY_ALERT),
        (("<type>regular", "<type>initialFraudAlert"), Flag.FRAUD_ALERT),
        (("<type>regular", "<type>active duty"), Flag.ACTIVE_DUTY_ALERT),
        (("<disputed>false", "<disputed>true"), Flag.DISPUTED),
        (("<code>CBC", "<code>CAD"), Flag.DISPUTED),
        (("<indicator>false", "<indicator>true"), Flag.DO_NOT_PROMOTE),
    ],
)
def test_flags_never_fail_a_report(edit, flag):
    report = parse_report(edited(edit), own_member_codes=frozenset())
    assert report.flags == {Flag.CONSUMER_STATEMENT, flag}


def test_a_file_without_trades_is_thin_not_failed():
    head, rest = PUBLISHED.split("<trade>", 1)
    text = head + rest[rest.rindex("</trade>") + len("</trade>") :]
    text = text.replace("<totalTradeCount>032", "<totalTradeCount>000")
    report = parse_report(text.encode(), own_member_codes=frozenset())
    facts = facts_of(report, stated=None)
    assert Flag.THIN in report.flags
    assert (facts["total_trades"], facts["oldest_trade_date"]) == (0, None)
