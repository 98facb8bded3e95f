"""Reading an answer for a decision now: whose file it is, how old, and facts as of the day."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.sources.bureau_talk import ON, REPORT
from wherewithal.sources.bureau_simulator.persona_answers import good_file
from wherewithal.sources.bureau_simulator.personas import PERSONAS_BY_NAME
from wherewithal.sources.bureau_simulator.published import PUBLISHED_ON, STATED, SUBJECT
from wherewithal.sources.bureau_simulator.tu4_writer import write_report
from wherewithal.sources.bureau_transunion import TransUnionReader, facts_of, parse_report
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.stated import Stated

PUBLISHED = REPORT.read_bytes()
PRIME = PERSONAS_BY_NAME["prime"].identity
READER = TransUnionReader(own_member_codes=frozenset())
MISMATCH = Outcome.IDENTITY_MISMATCH


def read(raw, identity=PRIME, *, on=ON, reader=READER):
    return reader.read(raw, identity=identity, stated=Stated(), on=on)


def filed(*edits, file=None):
    """Return the bytes of a file, with texts in it replaced."""
    text = write_report(file or good_file(PRIME, ON)).decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_the_published_report_reads_as_from_a_file():
    found = READER.read(PUBLISHED, identity=SUBJECT, stated=STATED, on=PUBLISHED_ON)
    report = parse_report(PUBLISHED, own_member_codes=frozenset())
    assert found.facts == facts_of(report, stated=STATED)
    assert (found.failure, found.reported_on) == (None, PUBLISHED_ON)
    assert (found.score, found.score_model) == (667, "00V60")
    assert found.score_factors == ("09", "07", "85", "05")
    assert found.flags == {"consumer_statement"}


@pytest.mark.parametrize(
    ("days", "cause"),
    [
        (-31, "the report is more than 30 days old"),
        (-30, None),
        (0, None),
        (1, None),
        (2, "the report is dated after the day of the decision"),
    ],
)
def test_a_report_is_recent_or_refused(days, cause):
    day = ON + timedelta(days=days)
    found = read(filed(file=good_file(PRIME, day)))
    assert found.failure is (Outcome.IMPLAUSIBLE if cause else None)
    assert (found.failure_cause, found.reported_on) == (cause, day)
    assert found.facts["as_of"] == ON


def test_windows_end_on_the_day_of_the_decision():
    inquiry = "<inquiry><subscriber><industryCode>B</industryCode></subscriber><date>2025-08-20</date></inquiry>"  # fmt: skip
    report_day = date(2026, 2, 10)
    raw = filed(("<creditSummary>", f"{inquiry}<creditSummary>"), file=good_file(PRIME, report_day))
    # Five whole months before the report, six before the decision: no longer in the window.
    assert [read(raw, on=day).facts["inquiries_6m"] for day in (report_day, ON)] == [1, 0]


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 17), (date(2026, 3, 2), 18), (date(2026, 3, 3), 18)],
)  # fmt: skip
def test_age_is_that_of_the_day(on, years):
    young = replace(PRIME, date_of_birth=date(2008, 3, 2))
    found = read(filed(file=good_file(young, date(2026, 3, 1))), young, on=on)
    assert (found.failure, found.facts["age_years"]) == (None, years)


SAME = [
    pytest.param({"given_name": "PAULA"}, id="capitals"),
    pytest.param({"given_name": "Paula Jane"}, id="a middle name"),
    pytest.param({"given_name": "Prime", "family_name": "Paula"}, id="the other way round"),
    pytest.param({"family_name": "Prime-Smith"}, id="a double name"),
    pytest.param({"family_name": "Prime Jr."}, id="a suffix"),
    pytest.param({"given_name": "Pàulà"}, id="accents"),
    pytest.param({"family_name": "Married"}, id="a marriage: number and birthday agree"),
    pytest.param({"given_name": "Polly"}, id="a nickname: number and birthday agree"),
]
OTHER = [
    pytest.param({"ssn": "999010003"}, "the file's Social Security number is another", id="number"),
    pytest.param({"ssn": "999010010"}, "the file's Social Security number is another", id="digits swapped"),
    pytest.param({"date_of_birth": date(1981, 2, 3)}, "the file's date of birth is another", id="birthday"),
    pytest.param({"given_name": "Quentin", "family_name": "Other"}, "the file's name is another", id="name"),
]  # fmt: skip


@pytest.mark.parametrize("said", SAME)
def test_a_person_who_spells_themselves_otherwise_is_the_same(said):
    assert read(filed(), replace(PRIME, **said)).failure is None


@pytest.mark.parametrize(("said", "cause"), OTHER)
def test_somebody_else_is_never_read(said, cause):
    found = read(filed(), replace(PRIME, **said))
    assert (found.failure, found.failure_cause) == (MISMATCH, cause)
    assert {value for name, value in found.facts.items() if name != "as_of"} == {None}


MASKED = ("<number>999010001</number>", "<number>***-**-0001</number>")
NO_NUMBER = ("<number>999010001</number>", "")
NO_BIRTH = ('<dateOfBirth source="file">1981-02-02</dateOfBirth>', "")
GUESSED = ('<dateOfBirth source="file">', '<dateOfBirth source="file" estimatedYear="true">')
ECHO = ('<dateOfBirth source="file">', '<dateOfBirth source="input">')
NO_NAME = ("<last>PRIME</last>", ""), ("<first>PAULA</first>", "")
NOT_EXACT = ("<ssnMatchIndicator>exact", "<ssnMatchIndicator>inputOnly")


@pytest.mark.parametrize(
    ("edits", "said", "failure"),
    [
        pytest.param([MASKED], {}, None, id="a masked number"),
        pytest.param([MASKED], {"ssn": "999010002"}, MISMATCH, id="another masked number"),
        pytest.param([MASKED], {"family_name": "Married"}, MISMATCH, id="a masked number is not certain"),
        pytest.param([NO_NUMBER], {}, None, id="no number"),
        pytest.param([NO_NUMBER], {"given_name": "Polly"}, MISMATCH, id="no number, another name"),
        pytest.param([NO_BIRTH], {}, None, id="no birthday"),
        pytest.param([NO_BIRTH], {"date_of_birth": date(1990, 1, 1)}, None, id="no birthday to differ from"),
        pytest.param([GUESSED], {"date_of_birth": date(1982, 2, 2)}, None, id="a guessed year"),
        pytest.param([ECHO], {"date_of_birth": date(1982, 2, 2)}, None, id="an echo proves nothing"),
        pytest.param([NO_NUMBER, NO_BIRTH], {}, None, id="the bureau's word"),
        pytest.param([NO_NUMBER, NO_BIRTH, NOT_EXACT], {}, MISMATCH, id="a name alone"),
        pytest.param(NO_NAME, {}, MISMATCH, id="no name"),
    ],
)  # fmt: skip
def test_a_file_that_says_less_must_still_say_whose_it_is(edits, said, failure):
    assert read(filed(*edits), replace(PRIME, **said)).failure is failure


def test_a_file_of_two_people_swapped_is_read_for_neither():
    other = PERSONAS_BY_NAME["thin"].identity
    files = {person.ssn: filed(file=good_file(person, ON)) for person in (PRIME, other)}
    assert read(files[other.ssn], PRIME).failure is MISMATCH
    assert read(files[PRIME.ssn], other).failure is MISMATCH


@pytest.mark.parametrize("count", range(4))
def test_fewer_than_three_trades_are_thin(count):
    trades = good_file(PRIME, ON).trades[:count]
    found = read(filed(file=replace(good_file(PRIME, ON), trades=trades)))
    assert found.facts["total_trades"] == count
    assert ("thin" in found.flags) is (count < 3)


def test_our_own_inquiry_counts_for_nothing():
    code = "<memberCode>00000066</memberCode>"  # of the simulated bank, industry B
    inquiry = f"<inquiry><subscriber>{code}</subscriber><date>{ON}</date></inquiry>"
    raw = filed(("<creditSummary>", f"{inquiry}<creditSummary>"))
    ours = TransUnionReader(own_member_codes=frozenset({"F0000066"}))
    assert read(raw).facts["inquiries_6m"] == 1
    assert read(raw, reader=ours).facts["inquiries_6m"] == 0


@pytest.mark.parametrize(
    ("ledger_has", "counts"),
    [
        (frozenset({"8X4X5"}), False),
        # Nobody else would count a trade of ours that the ledger does not have.
        (frozenset({"another"}), True),
        (frozenset(), True),
        (None, False),
    ],
)
def test_a_trade_of_ours_is_counted_once(ledger_has, counts):
    given: dict[str, Any] = {"identity": SUBJECT, "stated": STATED, "on": PUBLISHED_ON}
    ours = TransUnionReader(own_member_codes=frozenset({"09302020"}))
    found = ours.read(PUBLISHED, own_accounts=ledger_has, **given).facts
    everything = READER.read(PUBLISHED, **given).facts
    assert (found["total_trades"] == everything["total_trades"]) is counts
    names = ("total_trades", "scheduled_payments_cents")
    assert ([found[name] for name in names] == [everything[name] for name in names]) is counts
