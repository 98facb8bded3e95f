"""The table that ships is what training on the shipped loans gives, and it ranks as its page says."""

import polars as pl
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from training.characteristics import CHARACTERISTICS, Direction
from training.data import read_loans
from training.dmn_file import render_dmn
from training.fit import fit_scorecard, points_of
from training.measure import ranking, rolling, tier_bands
from training.report import points_table
from wherewithal.dmn import types
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.reader import read_model

LOANS = "examples/loans/lendingclub_2007_2010.csv.gz"


@pytest.fixture(scope="module")
def loans(repository):
    return read_loans(repository / LOANS)


@pytest.fixture(scope="module")
def scorecard(loans):
    with threadpool_limits(limits=1):
        return fit_scorecard(loans, CHARACTERISTICS)


@pytest.fixture(scope="module")
def shipped(repository):
    return (repository / "policies/everyday/scorecard.dmn").read_text("utf-8")


def test_the_shipped_table_is_what_training_gives(scorecard, shipped):
    assert render_dmn(scorecard) == shipped


def test_the_page_shows_the_shipped_points(repository, scorecard):
    page = (repository / "docs/scorecard.md").read_text("utf-8")
    assert points_table(scorecard) in page
    assert "not applicants" in page


def test_the_shipped_model_adds_the_points_that_were_measured(loans, scorecard, shipped):
    model, diagnostics = read_model(shipped.encode(), file="scorecard.dmn")
    assert model is not None
    graph = Graph()
    names = [c.attribute for c in CHARACTERISTICS]
    number = types.number(0, 10**10, nullable=True)
    inputs = {name: graph.input(name, number) for name in names}
    program = compile_models([model], graph=graph, inputs=inputs)
    plan = compile_columnar({"points": program.node("Points")}, inputs=names)
    assert (diagnostics, program.diagnostics) == ([], ())
    assert plan.run(loans.attributes)["points"].to_list() == (
        points_of(scorecard, loans.attributes).tolist()
    )


def test_a_year_that_was_not_seen_is_ranked(loans):
    test = loans.of_years(2010, 2010)
    early = fit_scorecard(loans.of_years(2007, 2009), CHARACTERISTICS)
    found = ranking(points_of(early, test.attributes), test.bad)
    assert (round(found.auc, 3), round(found.ks, 2), found.rows) == (0.649, 0.21, 12_537)


def test_two_early_years_rank_each_later_one(loans):
    assert [round(auc, 3) for auc in rolling(loans, CHARACTERISTICS)] == [0.606, 0.635, 0.649]


def test_tiers_by_points_end_worse_one_by_one(loans, scorecard):
    bands = tier_bands(points_of(scorecard, loans.attributes), loans.bad)
    realised = [band.realised_bad for band in bands]
    assert realised == sorted(realised)
    assert sum(band.rows for band in bands) == 20_785


def test_points_follow_the_order_that_the_field_expects(scorecard):
    for part in scorecard.parts:
        points = [b.points for b in part.bins][part.characteristic.free_bins :]
        is_falling = part.characteristic.direction is Direction.FALLING
        assert points == sorted(points, reverse=is_falling), part.characteristic.label


def test_nothing_that_law_or_the_loan_keeps_out_is_scored(shipped):
    model, _ = read_model(shipped.encode(), file="scorecard.dmn")
    assert model is not None
    assert [element.name for element in model.inputs] == [
        "inquiries_6m",
        "utilisation_bps",
        "annual_income_cents",
        "obligations_to_income_bps",
        "oldest_trade_months",
        "total_trades",
        "public_records",
    ]


def test_a_loan_that_has_not_ended_is_no_training_data(tmp_path, repository):
    table = pl.read_csv(repository / LOANS, infer_schema=False).head(3)
    path = tmp_path / "loans.csv"
    table.with_columns(loan_status=pl.lit("Current")).write_csv(path)
    with pytest.raises(ValueError, match="3 loans have not ended"):
        read_loans(path)
