"""Write docs/scorecard.md: every number in it is measured by the run that writes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import Template

from training.data import Loans
from training.dmn_file import unary_tests
from training.fit import ANCHOR_YEAR_LAST, SMOOTHING_ROWS, Scorecard, points_of
from training.measure import (
    ORIGINS,
    Band,
    candidate_gains,
    ranking,
    rolling,
    rolling_boosting,
    score_bands,
    tier_bands,
)

#: The words of the page; `$name` stands for what is measured.
PAGE_TEMPLATE = Path(__file__).with_name("page.template")
PLOTS = {
    "calibration": "scorecard_calibration.svg",
    "ranking": "scorecard_ranking.svg",
    "points": "scorecard_points.svg",
}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def points_table(scorecard: Scorecard) -> str:
    """Return every rule of the shipped table, with what its bin held in training."""
    rows = []
    for part in scorecard.parts:
        tests = [*unary_tests(part.characteristic), "null"]
        for test, one in zip(tests, (*part.bins, part.null), strict=True):
            if test == "null" and not part.characteristic.scores_null:
                continue
            share = f"{100 * one.bad / one.rows:.1f}%" if one.rows else "-"
            rows.append(
                (
                    part.characteristic.label,
                    f"`{test}`",
                    f"{one.points:+d}" if one.points else "0",
                    f"{one.rows:,}",
                    share,
                    f"`{part.characteristic.reason}`",
                )
            )
    head = ("characteristic", "bin", "points", "loans", "ended badly", "reason")
    return f"Base: **{scorecard.base}**.\n\n{_table(head, rows)}"


def _bands_table(title: str, bands: list[Band]) -> str:
    rows = (
        (
            band.name,
            f"{band.rows:,}",
            f"{100 * band.share:.1f}%",
            f"{100 * band.expected_bad:.1f}%",
            f"{100 * band.realised_bad:.1f}%",
        )
        for band in bands
    )
    return _table((title, "loans", "share", "expected bad", "realised bad"), rows)


def _ranking_table(loans: Loans, early: Scorecard, final: Scorecard) -> str:
    def line(name: str, scorecard: Scorecard, chosen: Loans) -> tuple[str, ...]:
        found = ranking(points_of(scorecard, chosen.attributes), chosen.bad)
        bad = f"{100 * found.bad_share:.1f}%"
        return name, f"{found.rows:,}", bad, f"**{found.auc:.3f}**", f"{found.ks:.3f}"

    rows = (
        line("fitted to 2009, on 2007-2009 (seen)", early, loans.of_years(2007, 2009)),
        line("fitted to 2009, **on 2010 (not seen)**", early, loans.of_years(2010, 2010)),
        line("shipped: fitted on all, on all (seen)", final, loans),
    )
    return _table(("scorecard and loans", "loans", "ended badly", "AUC", "KS"), rows)


def _rolling_table(loans: Loans, scorecard_aucs: list[float]) -> str:
    rows = (
        (f"{first}-{last}", f"{test}", f"**{ours:.3f}**", f"{boosted:.3f}")
        for (first, last, test), ours, boosted in zip(
            ORIGINS, scorecard_aucs, rolling_boosting(loans), strict=True
        )
    )
    head = ("fitted on", "tested on", "scorecard AUC", "untuned boosting AUC, same columns")
    return _table(head, rows)


def _candidates_table(loans: Loans) -> str:
    rows = []
    for candidate, gains in candidate_gains(loans):
        cells = ("turned round" if gain is None else f"{gain:+.4f}" for gain in gains)
        rows.append((candidate.label, *cells))
    head = ("candidate", *(f"{first}-{last} on {test}" for first, last, test in ORIGINS))
    return _table(head, rows)


def write_report(loans: Loans, *, early: Scorecard, final: Scorecard) -> str:
    """Return the page; `early` is fitted to 2009 and `final` on all loans."""
    test = loans.of_years(2010, 2010)
    seen = score_bands(points_of(early, test.attributes), test.bad)
    tiers = tier_bands(points_of(final, loans.attributes), loans.bad)
    aucs = rolling(loans, tuple(part.characteristic for part in final.parts))
    return Template(PAGE_TEMPLATE.read_text("utf-8")).substitute(
        part_count=len(final.parts),
        loan_count=f"{len(loans.bad):,}",
        left_out=loans.left_out,
        ranking_table=_ranking_table(loans, early, final),
        rolling_table=_rolling_table(loans, aucs),
        calibration_table=_bands_table("points", seen),
        tier_table=_bands_table("tier by points", tiers),
        anchor_year=ANCHOR_YEAR_LAST,
        points_table=points_table(final),
        smoothing_rows=f"{SMOOTHING_ROWS:.0f}",
        candidates_table=_candidates_table(loans),
        **{f"{name}_plot": file for name, file in PLOTS.items()},
    )
