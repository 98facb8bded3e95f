"""Why a power changed: parts that are swapped one at a time, and sum to the whole to the cent."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings

from tests.qualify.any_facts import applicants
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.change_words import PLAIN_GROUPS, AccountField, Part, read_changes
from wherewithal.qualify.exposure import NO_EXPOSURE, Exposure, Position
from wherewithal.qualify.identity import LAYOUT
from wherewithal.qualify.why_changed import Powers, Seen, WhyChanged, why_changed
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.facts import FACTS, Use
from wherewithal.vocabulary.program import PlanCode, ProductCode

PAIRS = 300
ON = date(2010, 6, 1)
KNOWN = Exposure(first_booked_on=date(2009, 1, 1), on_time_payments=9)


@pytest.fixture(scope="module")
def powers() -> Powers:
    return Powers({})


@pytest.fixture(scope="module")
def other(repository, tmp_path_factory) -> PolicyBundle:
    """Return the everyday policy with other limits of tiers B and C."""
    folder = tmp_path_factory.mktemp("other") / "policy"
    folder.mkdir()
    for path in (repository / "policies" / "everyday").iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    limits = folder / "limits.dmn"
    text = limits.read_text().replace("1200000", "900000").replace("600000", "700000")
    limits.write_text(text)
    return load_bundle(folder)


def seen(borrowers, row: int, bundle: PolicyBundle, exposure: Exposure = KNOWN, **given) -> Seen:
    """Return a borrower of the loan file, as if they were one person's file on a day."""
    one = applicant_of(borrowers, row)
    on = given.pop("on", one.as_of or ON)
    return Seen(
        facts={**one.facts, **given},
        failure=one.failure.value if one.failure else None,
        policy=bundle,
        decided_on=on,
        terms=bundle,
        terms_on=on,
        exposure=exposure,
        account_on=on,
    )


def explained(before: Seen, after: Seen, powers: Powers) -> WhyChanged:
    return why_changed(before, after, groups=after.policy.changes, powers=powers)


def sofa(cents: int) -> Position:
    return Position(
        product=ProductCode.MONTHLY,
        plan=PlanCode.M12,
        merchant_id=None,
        principal_cents=cents,
        is_hold=False,
        payments=(),
    )


def test_parts_sum_exactly_between_any_two_files_policies_and_accounts(
    borrowers, bundle, other, powers
):
    draw = random.Random(7)
    parts, several = set(), 0
    for _ in range(PAIRS):
        rows = [draw.randrange(borrowers.height) for _ in range(2)]
        owed = msgspec.structs.replace(KNOWN, positions=(sofa(draw.randrange(1, 300_000)),))
        before = seen(borrowers, rows[0], bundle, draw.choice([KNOWN, NO_EXPOSURE, owed]))
        after = seen(borrowers, rows[1], draw.choice([bundle, other]), draw.choice([KNOWN, owed]))
        told = explained(before, after, powers)
        if told.before_cents is None or told.after_cents is None:
            assert told.change_cents is None
            continue
        assert told.change_cents == told.after_cents - told.before_cents
        assert sum(one.change_cents or 0 for one in told.moved) == told.change_cents
        parts |= {one.part for one in told.moved if one.change_cents}
        several += sum(bool(one.change_cents) for one in told.moved) > 1
    assert parts == set(Part)
    assert several > PAIRS / 4


def test_products_sum_exactly_too(borrowers, bundle, powers):
    for row in range(0, 400, 20):
        before, after = (seen(borrowers, one, bundle) for one in (row, row + 1))
        told = explained(before, after, powers)
        if told.change_cents is None:
            continue
        ends = [powers.of(one)[0] for one in (before, after)]
        for code in ends[0]:
            moved = sum(one.products.get(code, 0) for one in told.moved)
            assert moved == ends[1][code] - ends[0][code]


def test_nothing_is_told_where_nothing_moved_but_the_calendar(borrowers, bundle, powers):
    before = seen(borrowers, 9_000, bundle, age_years=40)
    later = date(2010, 3, 2)
    after = replace(
        before,
        facts={**before.facts, "as_of": later, "age_years": 41},
        decided_on=later,
        terms_on=later,
        account_on=later,
    )
    told = explained(before, after, powers)
    assert (told.change_cents, told.moved) == (0, ())


def test_each_cause_alone_is_told_in_its_own_words(borrowers, bundle, other, powers):
    before = seen(borrowers, 9_000, bundle)
    owed = msgspec.structs.replace(KNOWN, positions=(sofa(100_000),))
    late = msgspec.structs.replace(KNOWN, late_since=before.account_on - timedelta(days=9))
    inquired = {**before.facts, "inquiries_6m": 6}
    told = {
        name: explained(before, after, powers)
        for name, after in {
            "inquiries": replace(before, facts=inquired),
            "policy": replace(before, policy=other, terms=other),
            "used": replace(before, exposure=owed),
            "late_with_us": replace(before, exposure=late),
            "own_cap": replace(before, exposure=msgspec.structs.replace(KNOWN, own_cap_cents=1)),
            "time_with_us": replace(before, exposure=NO_EXPOSURE),
        }.items()
    }
    for code, one in told.items():
        assert [moved.codes for moved in one.moved] == [(code,)], code
        assert one.change_cents == one.moved[0].change_cents != 0, code
    assert told["inquiries"].moved[0].wordings == (
        "More lenders have looked at your credit file in the last six months.",
    )
    assert told["inquiries"].outcome_after.value == "declined"


def test_a_decision_that_was_none_has_no_amounts_and_names_what_moved(borrowers, bundle, powers):
    before = seen(borrowers, 9_000, bundle)
    after = replace(before, facts={**before.facts, "stated_income_cents": None})
    told = explained(before, after, powers)
    assert (told.before_cents is None, told.after_cents, told.change_cents) == (False, None, None)
    assert [(one.codes, one.change_cents) for one in told.moved] == [(("income",), None)]


def test_halves_of_a_file_are_told_as_one_where_nothing_was_decided_between(
    borrowers, bundle, powers
):
    before = seen(borrowers, 9_000, bundle, has_fraud_alert=True)
    before = replace(before, facts={**before.facts, "has_fraud_alert": False})
    after = replace(
        before,
        facts={**before.facts, "inquiries_6m": 3},
        failure=None,
    )
    failed = replace(before, failure="frozen")
    assert explained(failed, after, powers).change_cents is None
    # Decided by the ratio before and by payments after; in between, by neither.
    half = {"debt_to_income_bps": None, "scheduled_payments_cents": 20_000}
    split = tuple(
        piece
        for one in bundle.changes
        for piece in (
            [
                msgspec.structs.replace(one, code="ratio", facts=("debt_to_income_bps",)),
                msgspec.structs.replace(one, code="payments", facts=("scheduled_payments_cents",)),
            ]
            if one.code == "obligations"
            else [one]
        )
    )
    told = why_changed(
        before, replace(before, facts={**before.facts, **half}), groups=split, powers=powers
    )
    assert [one.codes for one in told.moved] == [("ratio", "payments")]
    assert told.moved[0].change_cents == told.change_cents


def test_every_fact_and_every_part_of_an_account_has_words(bundle):
    worded = [name for group in bundle.changes for name in (*group.facts, *group.account)]
    assert sorted(worded) == sorted([fact.name for fact in LAYOUT] + list(AccountField))
    plain = [name for group in PLAIN_GROUPS for name in (*group.facts, *group.account)]
    assert sorted(plain) == sorted(worded)


def test_words_name_no_fact_no_value_and_no_prohibited_basis(bundle):
    terms = [group for group in bundle.changes if group.part is Part.TERMS]
    assert {*terms[0].facts} == {fact.name for fact in FACTS if fact.use is not Use.CREDIT}
    for group in bundle.changes:
        for words in filter(None, (group.wording, group.rose, group.fell)):
            assert words.endswith(".")
            assert not any(sign in words for sign in "_$%0123456789")
            for taboo in (" age", "race", "sex", "marital", "religio", "national", "state"):
                assert taboo not in words.lower(), words


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ('facts = ["inquiries_6m"]', "facts = []", "unworded"),
        ('facts = ["inquiries_6m"]', 'facts = ["inquiries"]', "unknown_fact"),
        ('facts = ["bureau_score"]', 'facts = ["bureau_score", "as_of"]', "duplicate_name"),
        ('facts = ["state", "age_years"]', 'facts = ["age_years"]', "unworded"),
        ('facts = ["as_of"]', 'facts = ["as_of", "state"]', "wrong_part"),
        ('part = "policy"', 'part = "facts"', "wrong_part"),
        ('account = ["own_cap"]', "account = []", "unworded"),
        ('code = "used"', 'kode = "used"', "unknown_field"),
        ('wording = "Our policy has changed."', "", "bad_value"),
        ("[[change]]", "[[changes]]", "unknown_key"),
        ("[[change]]", "[change]]", "not_toml"),
    ],
)
def test_a_file_that_leaves_something_unsaid_is_refused(repository, was, becomes, code):
    toml = (repository / "policies" / "everyday" / "changes.toml").read_text()
    assert was in toml
    problems = read_changes(toml.replace(was, becomes).encode())[1]
    assert code in {one.code for one in problems}


def test_a_kept_bundle_that_knows_no_later_fact_is_read_as_on_its_day(repository, bundle):
    toml = (repository / "policies" / "everyday" / "changes.toml").read_text()
    later = 'facts = ["own_on_time_payments", "own_days_since_first"]\n'
    assert later in toml
    groups, problems = read_changes(toml.replace(later, "").encode())
    assert (groups, problems) == (bundle.changes, [])


def test_a_bundle_without_the_file_tells_the_four_parts(borrowers, bundle, powers):
    assert read_changes(None) == (PLAIN_GROUPS, [])
    before = seen(borrowers, 9_000, bundle)
    after = replace(before, facts={**before.facts, "inquiries_6m": 6})
    told = why_changed(before, after, groups=PLAIN_GROUPS, powers=powers)
    assert [one.codes for one in told.moved] == [("facts",)]


@settings(max_examples=150)
@given(before=applicants(), after=applicants())
def test_parts_sum_exactly_between_any_two_people_that_could_be(bundle, powers, before, after):
    ends = [
        Seen(
            facts=one.facts,
            failure=one.failure.value if one.failure else None,
            policy=bundle,
            decided_on=one.as_of or ON,
            terms=bundle,
            terms_on=one.as_of or ON,
            exposure=KNOWN,
            account_on=one.as_of or ON,
        )
        for one in (before, after)
    ]
    told = explained(ends[0], ends[1], powers)
    changes = [one.change_cents for one in told.moved]
    if told.change_cents is None:
        assert set(changes) <= {None}
    else:
        assert sum(cents or 0 for cents in changes) == told.change_cents
    # The way ends where the other end begins: by the same core, the other way round.
    back = explained(ends[1], ends[0], powers)
    assert (back.before_cents, back.after_cents) == (told.after_cents, told.before_cents)


def test_a_products_terms_are_terms_and_a_tiers_limit_is_policy(
    borrowers, bundle, repository, tmp_path, powers
):
    folder = tmp_path / "policy"
    folder.mkdir()
    for path in (repository / "policies" / "everyday").iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    products = folder / "products.toml"
    products.write_text(products.read_text().replace("= 2_000_000", "= 200_000"))
    other = load_bundle(folder)
    before = seen(borrowers, 9_000, bundle)
    told = explained(before, replace(before, policy=other, terms=other), powers)
    # Monthly payments are worth $2,000 now; the card, which has terms of its own, $3,000.
    assert (told.before_cents, told.after_cents) == (910_000, 300_000)
    assert [(one.codes, one.change_cents) for one in told.moved] == [(("terms",), -610_000)]
