"""Law rows: complete over states, products, amounts, terms and days, and exact at their edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.sources.catalogue import load_law
from wherewithal.vocabulary.errors import CatalogueRefused
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import ProductCode

ORIGINATORS = ("cedar-bank", "wherewithal-credit-nv")
#: Greatest amount, least and greatest term.
GROUND = {
    ProductCode.PAY_IN_4: (200_000, 1, 1),
    ProductCode.MONTHLY: (2_000_000, 3, 60),
    ProductCode.ONE_TIME_CARD: (250_000, 1, 12),
    ProductCode.CARD: (300_000, 1, 12),
}
DAY = date(2010, 6, 15)


@pytest.fixture(scope="module")
def law(repository):
    return load_law(repository / "policies/everyday/law.toml")


def found(law, state, amount_cents, **changes):
    case = {
        "originator": "wherewithal-credit-nv",
        "product": ProductCode.MONTHLY,
        "term_months": 12,
        "on": DAY,
    }
    row = law.find(state=state, amount_cents=amount_cents, **{**case, **changes})
    return row and row.row_id


@pytest.mark.parametrize("originator", ORIGINATORS)
@pytest.mark.parametrize("product", ProductCode)
@pytest.mark.parametrize("state", STATES)
def test_exactly_one_row_holds_at_every_corner(law, originator, product, state):
    amount_max_cents, *terms = GROUND[product]
    rows = law.rows_of(originator=originator, state=state, product=product)
    for amount_cents in (1, 99_999, 100_000, amount_max_cents):
        for term_months in terms:
            for on in (date(2007, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2099, 1, 1)):
                case = {"amount_cents": amount_cents, "term_months": term_months, "on": on}
                holding = [row for row in rows if row.holds(**case)]
                assert len(holding) == 1
                found = law.find(originator=originator, state=state, product=product, **case)
                assert found == holding[0]


@given(data=st.data())
def test_exactly_one_row_holds_anywhere(law, data):
    product = data.draw(st.sampled_from(list(ProductCode)))
    amount_max_cents, term_min, term_max = GROUND[product]
    case = {
        "amount_cents": data.draw(st.integers(1, amount_max_cents)),
        "term_months": data.draw(st.integers(term_min, term_max)),
        "on": data.draw(st.dates(date(2007, 1, 1), date(2100, 1, 1))),
    }
    state = data.draw(st.sampled_from(STATES))
    originator = data.draw(st.sampled_from(ORIGINATORS))
    rows = law.rows_of(originator=originator, state=state, product=product)
    assert sum(row.holds(**case) for row in rows) == 1


def test_amount_band_begins_at_its_first_cent(law):
    assert found(law, "HI", 99_999) == "nv-monthly-HI-small"
    assert found(law, "HI", 100_000) == "nv-monthly-HI"


def test_day_of_change_belongs_to_the_new_row(law):
    assert found(law, "NM", 50_000, on=date(2022, 12, 31)) == "nv-monthly-NM-to-2022"
    assert found(law, "NM", 50_000, on=date(2023, 1, 1)) == "nv-monthly-NM"


def test_terms_are_inclusive_at_both_ends(law):
    card = {"product": ProductCode.CARD}
    assert found(law, "VT", 50_000, term_months=2, **card) == "nv-card-short"
    assert found(law, "VT", 50_000, term_months=3, **card) == "nv-card-VT"
    assert found(law, "VT", 50_000, term_months=12, **card) == "nv-card-VT"
    assert found(law, "VT", 50_000, term_months=13, **card) is None


@pytest.mark.parametrize(
    ("state", "amount_cents", "changes"),
    [
        ("PR", 50_000, {}),
        ("VT", 2_000_001, {}),
        ("VT", 0, {}),
        ("VT", 50_000, {"on": date(2006, 12, 31)}),
        ("VT", 50_000, {"originator": "cedar-bnak"}),
    ],
)
def test_unknown_combination_is_a_no(law, state, amount_cents, changes):
    assert found(law, state, amount_cents, **changes) is None


def test_bands_are_the_first_cents_of_every_band_and_the_first_without_a_row(law):
    nv = "wherewithal-credit-nv"
    assert law.bands(nv, ProductCode.MONTHLY, DAY) == (1, 100_000, 2_000_001)
    assert law.bands("cedar-bank", ProductCode.MONTHLY, DAY) == (1, 2_000_001)
    assert law.bands("cedar-bank", ProductCode.ONE_TIME_CARD, DAY) == (1, 250_001)


def test_rows_are_labelled_as_fictional_and_never_above_36_percent(law):
    assert all(row.is_sample and row.citation.startswith("fictional sample") for row in law.rows)
    assert max(row.apr_cap_bps for row in law.rows) == 3_600


def test_machinery_is_exercised(law):
    assert {row.row_id for row in law.rows if not row.is_allowed} == {
        "cedar-one-time-card-IA",
        "nv-one-time-card-IA",
    }
    full = {state for row in law.rows if row.requires_full_ability_to_pay for state in row.states}
    assert full == {"ME"}


def test_ages_of_contract(law):
    ages = {state: law.contract_age(state) for state in STATES}
    assert {state: age for state, age in ages.items() if age != 18} == {
        "AL": 19,
        "MS": 21,
        "NE": 19,
    }


def test_overlap_is_refused_with_both_rows(broken):
    *_, overlap = broken("law.toml").problems
    assert overlap.path == "law.toml:32"
    assert overlap.message == (
        "row 'vermont' overlaps row 'everywhere' at law.toml:11: both hold for card in VT, 1 cents"
        " over 3 months on 2010-01-01; narrow one of them"
    )


def test_gap_is_refused_with_its_states(broken):
    everywhere, *vermont, _ = broken("law.toml").problems
    assert everywhere.path == "law.toml:2"
    assert everywhere.message == (
        "no row for cedar-bank, card, 250,001 to 300,000 cents, 1 to 12 months, from 2007-01-01,"
        f" in {' '.join(state for state in STATES if state != 'VT')};"
        " a no needs a row too, with is_allowed = false"
    )
    ranges = "no row for cedar-bank, card, 250,001 to 300,000 cents, "
    assert [problem.message.partition("; ")[0].removeprefix(ranges) for problem in vermont] == [
        "1 to 2 months, from 2007-01-01 until 2010-01-01, in VT",
        "1 to 2 months, from 2010-01-01, in VT",
        "3 to 12 months, from 2007-01-01 until 2010-01-01, in VT",
    ]


@pytest.fixture
def broken(repository):
    def load(name):
        with pytest.raises(CatalogueRefused) as caught:
            load_law(repository / "tests/sources/broken_catalogue" / name)
        return caught.value

    return load
