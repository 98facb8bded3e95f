"""Files of golden cases that cannot be read: every mistake of every file, with its line."""

from __future__ import annotations

from datetime import date

import pytest

from wherewithal.sources.cases import load_cases
from wherewithal.vocabulary.errors import BundleRefused
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Outcome

BASE = '[base]\nas_of = 2026-03-02\nstate = "OH"\n'
CASE = '[[case]]\nname = "one"\noutcome = "approved"\n'


@pytest.fixture
def load(tmp_path):
    """Load the cases of a bundle with these files of cases."""

    def read(**texts):
        folder = tmp_path / "cases"
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.toml").write_text(text)
        return load_cases(tmp_path)

    return read


def refused(load, **texts) -> list[str]:
    with pytest.raises(BundleRefused) as caught:
        load(**texts)
    return [str(problem) for problem in caught.value.problems]


def test_a_bundle_need_not_have_cases(tmp_path):
    assert load_cases(tmp_path) == ()


def test_a_case_is_its_base_with_some_facts_changed_and_some_unknown(load):
    text = BASE + CASE + 'given = { inquiries_6m = 4 }\nunknown = ["state"]\ntier = "D"\n'
    (case,) = load(a=text + "power_cents = { card = 0 }\nmatched = { Tier = [4, 2] }\n")
    known = {name: value for name, value in case.facts.items() if value is not None}
    assert list(case.facts) == [fact.name for fact in FACTS]
    assert known == {"as_of": date(2026, 3, 2), "inquiries_6m": 4}
    assert (case.place, case.name, case.outcome) == ("cases/a.toml:4", "one", Outcome.APPROVED)
    assert (case.failure, case.reasons, case.is_all_unknown) == (None, (), False)
    assert case.row == {"tier": "D", "power_card_cents": 0}
    assert case.matched == {"Tier": (2, 4)}


def test_of_a_failure_only_the_day_is_known(load):
    text = (
        '[[case]]\nname = "two"\nfailure = "no_hit"\noutcome = "no_hit"\npower_cents = "unknown"\n'
    )
    (case,) = load(a=BASE + text)
    assert {name for name, value in case.facts.items() if value is not None} == {"as_of"}
    assert (case.failure, case.is_all_unknown) == (Outcome.NO_HIT, True)


MISTAKES = [
    ("given = { inquiry_6m = 4 }", "given.inquiry_6m: unknown fact; did you mean inquiries_6m? [unknown_fact]"),
    ("given = { zebra = 4 }", "given.zebra: unknown fact; the names are those of the catalogue of facts [unknown_fact]"),
    ("given = { inquiries_6m = 1_000 }", "given.inquiries_6m: expected a whole number from 0 to 999 [wrong_fact]"),
    ("given = { inquiries_6m = 1.0 }", "given.inquiries_6m: expected a whole number from 0 to 999 [wrong_fact]"),
    ("given = { inquiries_6m = true }", "given.inquiries_6m: expected a whole number from 0 to 999 [wrong_fact]"),
    ("given = { income_verified = 1 }", "given.income_verified: expected true or false [wrong_fact]"),
    ('given = { state = "ZZ" }', "given.state: expected a USPS code such as MI [wrong_fact]"),
    ('given = { home_ownership = "rent" }', "given.home_ownership: expected OWN, MORTGAGE, RENT, OTHER [wrong_fact]"),
    ("given = { as_of = 2026-03-02T10:00:00 }", "given.as_of: expected a day of the calendar from 1900-01-01 to 2099-12-31 [wrong_fact]"),
    ('given = "nothing"', "given: expected a table, such as { pay_in_4 = 20_000 } [wrong_type]"),
    ('unknown = ["stat"]', "unknown: unknown 'stat'; expected names of facts; did you mean state? [unknown_code]"),
    ('given = { state = "VT" }\nunknown = ["state"]', "unknown: 'state' is given as well [contradiction]"),
    ('failure = "nohit"', "failure: unknown 'nohit'; expected a failure of a source; did you mean no_hit? [unknown_code]"),
    ('failure = "no_hit"\ngiven = { state = "VT" }', "failure: after a failure no facts but as_of are known [contradiction]"),
    ('reasons = "R22b"', "reasons: expected a list of reason codes, in their order [wrong_type]"),
    ("score_points = 1.5", "score_points: expected points, a whole number from 0 to 10,000; got 1.5 [wrong_type]"),
    ("power_cents = { card = -1 }", "power_cents: card: expected cents, a whole number from 0 [wrong_type]"),
    ('power_cents = "unknown"\ntier = "D"', "power_cents: 'unknown' stands for every column; leave the others out [contradiction]"),
    ("matched = { Tier = 4 }", "matched: 'Tier': expected a list of rule numbers, such as [13] [wrong_type]"),
    ("teir = 4", "teir: unknown field; did you mean tier? [unknown_field]"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "read"), MISTAKES)
def test_a_mistake_is_said_with_its_line_and_its_remedy(load, line, read):
    assert refused(load, a=f"{BASE}{CASE}{line}\n") == [f"cases/a.toml:4 {read}"]


def test_an_outcome_that_there_is_not(load):
    text = BASE + CASE.replace("approved", "aproved")
    assert refused(load, a=text) == [
        "cases/a.toml:4 outcome: unknown 'aproved'; expected an outcome such as approved; did you mean approved? [unknown_code]"
    ]


def test_all_mistakes_of_all_files_are_told_at_once(load):
    texts = {
        "a": BASE.replace("as_of", "asof") + CASE + CASE + "[cases]\n",
        "b": "[base\n",
        "c": CASE.replace("name", "naem"),
        "d": "",
    }
    assert refused(load, **texts) == [
        "cases/a.toml cases: unknown table; did you mean case? [unknown_field]",
        "cases/a.toml:1 asof: unknown fact; did you mean as_of? [unknown_fact]",
        "cases/a.toml:1 as_of: missing; expected the day on which the cases are decided [missing_field]",
        "cases/a.toml:7 name: another case of this file has the same name [duplicate_name]",
        "cases/b.toml:1: not valid TOML: Expected ']' at the end of a table declaration [not_toml]",
        "cases/c.toml: needs a table [base] [table_missing]",
        "cases/c.toml:1 name: missing; expected a text of 1 to 200 characters [missing_field]",
        "cases/c.toml:1 naem: unknown field; did you mean name? [unknown_field]",
        "cases/d.toml: the file is empty [file_empty]",
    ]
