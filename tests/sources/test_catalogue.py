"""The catalogue that ships: it loads whole, its files fit each other, and it says what it should."""

import json
import re
from datetime import date
from itertools import pairwise

import pytest

from wherewithal.sources.catalogue import (
    check_catalogues,
    load_catalogue,
    load_directory,
    load_law,
    load_mcc_codes,
    load_reasons,
)
from wherewithal.vocabulary.errors import CatalogueRefused
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import LimitNode, PlanCode, ProductCode
from wherewithal.vocabulary.reason import FAILURE_CODES, REGB_C1_TEXTS, ReasonKind

#: The knock-outs and caps of the policy outline.
POLICY_CODES = {
    *("R17a", "R17b", "R17c", "R17d", "R21a", "R21b", "R22a", "R22b"),
    *("R15a", "R15b", "R08", "R09", "R24u", "R00", "R16"),
}


@pytest.fixture(scope="module")
def catalogue(repository):
    return load_catalogue(repository / "policies/everyday/products.toml")


@pytest.fixture(scope="module")
def reasons(repository):
    return load_reasons(repository / "policies/everyday/reasons.toml")


@pytest.fixture(scope="module")
def mcc_codes(repository):
    return load_mcc_codes(repository / "examples/mcc/mcc_codes.csv")


@pytest.fixture(scope="module")
def directory(repository, mcc_codes):
    examples = repository / "examples"
    return load_directory(
        examples / "merchants.csv", examples / "programs.csv", mcc_codes=mcc_codes
    )


def test_four_products_with_their_amounts_and_plans(catalogue):
    found = {
        product.code: (
            product.house_program.basket_min_cents,
            product.house_program.basket_max_cents,
            " ".join(product.plans),
            product.default_plan,
        )
        for product in catalogue.products
    }
    assert found == {
        "pay_in_4": (3_500, 200_000, "pay_in_4", "pay_in_4"),
        "monthly": (15_000, 2_000_000, "3m 6m 12m 18m 24m 36m 48m 60m", "36m"),
        "one_time_card": (3_500, 250_000, "pay_in_4 3m 6m 12m", "12m"),
        "card": (3_500, 300_000, "pay_in_4 3m 6m 12m", "12m"),
    }


def test_decision_about_sixty_months_stands_three_days(catalogue):
    monthly = catalogue.product(ProductCode.MONTHLY)
    assert [monthly.ttl_days_of(PlanCode.M48), monthly.ttl_days_of(PlanCode.M60)] == [7, 3]


def test_nodes_are_total_family_and_own(catalogue):
    card = catalogue.product(ProductCode.CARD)
    assert card.nodes_of(PlanCode.PAY_IN_4) == (
        LimitNode.TOTAL,
        LimitNode.SHORT_TERM,
        LimitNode.CARD,
    )


def test_house_programs_are_open_from_2007_without_end(catalogue):
    for product in catalogue.products:
        house = product.house_program
        assert not house.is_open(date(2006, 12, 31))
        assert house.is_open(date(2007, 1, 1))
        assert house.is_open(date(2099, 12, 31))


def test_program_is_no_longer_open_on_its_date_to(directory):
    holidays = directory.programs_by_id["holidays-2010"]
    days = [date(2010, 11, 14), date(2010, 11, 15), date(2011, 1, 5), date(2011, 1, 6)]
    assert [holidays.is_open(day) for day in days] == [False, True, True, False]


def test_down_payment_of_pay_in_4_is_the_first_quarter_wherever_it_is_delivered(catalogue):
    house = catalogue.product(ProductCode.CARD).house_program
    assert house.down_payment_bps_of(PlanCode.PAY_IN_4) == 2_500
    assert house.down_payment_bps_of(PlanCode.M6) == 0


def test_sixty_merchants_over_real_categories_and_a_dozen_programs(directory, mcc_codes):
    assert (len(directory.merchants), len(directory.programs)) == (60, 12)
    assert len({merchant.mcc for merchant in directory.merchants}) > 50
    assert all(merchant.mcc in mcc_codes for merchant in directory.merchants)


def test_directory_finds_a_merchants_programs_in_its_own_order(directory):
    merchant = directory.merchants_by_id["hearth-and-hollow"]
    assert [program.program_id for program in directory.programs_of(merchant)] == [
        "standard-monthly",
        "home-long",
        "standard-one-time-card",
    ]


def test_directory_shows_each_kind_of_program(directory):
    programs = directory.programs
    assert any(program.states for program in programs)
    assert any(program.date_to for program in programs)
    assert any(program.mcc_exclusions for program in programs)
    assert any(program.is_paused for program in programs)
    assert any(program.note_rate_bps == 0 for program in programs)
    assert any(0 < program.down_payment_bps < 2_500 for program in programs)
    assert any(merchant.is_paused for merchant in directory.merchants)


def test_high_risk_and_new_merchants_take_a_smaller_share(catalogue, directory):
    limits = catalogue.merchant_limits

    def share(merchant, on):
        return limits.share_bps(mcc=merchant.mcc, joined_on=merchant.joined_on, on=on)

    by_id = directory.merchants_by_id
    assert share(by_id["gilded-wren-jewellers"], date(2022, 1, 27)) == 3_000
    assert share(by_id["drift-and-dune-surf"], date(2022, 1, 27)) == 5_000
    assert share(by_id["oakmere-furnishings"], date(2022, 1, 27)) == 10_000


def test_products_directory_and_law_fit_each_other(repository, catalogue, directory, mcc_codes):
    law = load_law(repository / "policies/everyday/law.toml")
    check_catalogues(catalogue=catalogue, directory=directory, law=law, mcc_codes=mcc_codes)


def test_directory_that_does_not_fit_is_refused_with_every_problem(
    repository, tmp_path, catalogue, mcc_codes
):
    text = (repository / "examples/programs.csv").read_text("utf-8")
    edits = {
        "standard-monthly,Monthly payments,monthly,wherewithal-credit-nv": "standard-monthly,"
        "Monthly payments,monthly,wherewithal-credit-vn",
        "standard-card,Wherewithal card": "house-card,Wherewithal card",
        "3500,250000,pay_in_4;3m;6m;12m": "3500,250001,pay_in_4;3m;6m;24m",
    }
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "programs.csv").write_text(text, "utf-8")
    (tmp_path / "merchants.csv").write_text(
        "merchant_id,name,mcc,joined_on,program_ids,is_paused\na,A,5712,2005-01-01,zero-6,false\n"
    )
    directory = load_directory(
        tmp_path / "merchants.csv", tmp_path / "programs.csv", mcc_codes=mcc_codes
    )
    law = load_law(repository / "policies/everyday/law.toml")
    with pytest.raises(CatalogueRefused) as caught:
        check_catalogues(catalogue=catalogue, directory=directory, law=law, mcc_codes=mcc_codes)
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [
        ("program standard-monthly originator", "unknown_code"),
        ("program standard-one-time-card plans", "plan_not_of_product"),
        ("program standard-one-time-card basket_max_cents", "out_of_range"),
        ("program standard-one-time-card", "law_incomplete"),  # 3m, for the cent above 250,000
        ("program standard-one-time-card", "law_incomplete"),  # 6m, the same
        ("program standard-one-time-card", "law_incomplete"),  # 24m
        ("program house-card", "duplicate_id"),
    ]
    assert "did you mean wherewithal-credit-nv?" in caught.value.problems[0].message


# ------------------------------------------------------------------------------------- reasons


def test_every_code_of_the_policy_has_its_reason(reasons):
    assert set(reasons.by_code) >= POLICY_CODES


def test_every_typed_failure_has_its_reason(reasons):
    decided = {"approved", "declined", "incomplete", "step_up", "refused_identity"}
    assert {outcome.value for outcome in Outcome} - decided == {
        outcome.value for outcome in FAILURE_CODES
    }
    kinds = {reasons.by_code[code].kind for code in FAILURE_CODES.values()}
    assert kinds == {ReasonKind.FAILURE}


def test_wording_of_form_c1_is_the_regulations_own(shared):
    text = (shared / "data/law/regb_c1_reasons.json").read_text("utf-8")
    assert tuple(reason["text"] for reason in json.loads(text)["reasons"]) == REGB_C1_TEXTS


def test_every_decline_cap_and_lost_point_names_a_reason_of_form_c1(reasons):
    kinds = {ReasonKind.DECLINE, ReasonKind.CAP, ReasonKind.SCORE}
    found = [reason for reason in reasons.reasons if reason.kind in kinds]
    assert [reason.code for reason in found if reason.regb_number is None] == []


def test_wordings_are_sentences_and_none_names_a_score_or_tier(reasons):
    for reason in reasons.reasons:
        for text in filter(None, (reason.wording, reason.cure)):
            assert text[0].isupper(), reason.code
            assert text.endswith("."), reason.code
            assert not re.search(r"\b(scor|tier|points)", text, re.IGNORECASE), reason.code


def test_no_cure_suggests_to_restate_income_or_housing(reasons):
    cures = {
        reason.code
        for reason in reasons.reasons
        if reason.cure
        and re.search(r"\b(income|rent|housing|home|mortgage)", reason.cure, re.IGNORECASE)
    }
    assert cures == {"I_INCOME"}  # the one that is missing it altogether


def test_reasons_come_in_the_order_of_the_ladder(reasons):
    assert all(a.precedence < b.precedence for a, b in pairwise(reasons.reasons))
    ordered = reasons.ordered(["P_LIMIT", "R17a", "F_NO_HIT", "R17a"])
    assert [reason.code for reason in ordered] == ["F_NO_HIT", "R17a", "P_LIMIT"]
