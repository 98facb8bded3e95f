"""Write docs/scorecard.md: every number in it is measured by the run that writes it."""

from __future__ import annotations

from collections.abc import Iterable

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
    early_points = points_of(early, test.attributes)
    final_points = points_of(final, loans.attributes)
    aucs = rolling(loans, tuple(part.characteristic for part in final.parts))
    return f"""# The scorecard

*Written by `scripts/train_scorecard`; change that, not this page.*

`policies/everyday/scorecard.dmn` adds whole points for {len(final.parts)} characteristics of a
person. 600 points stand for odds of 6 good loans to 1 bad, and 20 points more double the odds. A
loan is bad if it was charged off or in default.

```
.venv/bin/pip install -e '.[train]'          # once: scikit-learn and matplotlib
.venv/bin/python scripts/train_scorecard     # writes the table, this page and its plots
.venv/bin/python scripts/train_scorecard --check   # exit 1 if what is shipped is not what it gives
```

## What it is trained on, and what that means
{len(loans.bad):,} LendingClub loans of 2007-2010 (`examples/loans`). **They are borrowers whom a
lender had approved once, not applicants.** Nothing is inferred for those who were declined. So the
default that is shown for low points is understated against what applicants with such points would
do, and "share" means share of an approved book. The years hold a crisis: defaults are lifetime
defaults of those vintages. Rows without a bureau block are left out ({loans.left_out} of them).

Only columns known before any loan was chosen are read. Amount, term, purpose, grade, rate and
verification status follow the loan; age, state and ZIP are not read at all. The reader of facts
cannot see an outcome; the training script alone reads `loan_status`.

## How well it ranks
{_ranking_table(loans, early, final)}

Fitted on the past, tested on a year that it has not seen:

{_rolling_table(loans, aucs)}

Boosting has more freedom and fewer loans than it needs; bins that are few, smoothed and held to the
order that the field expects carry better from one year to the next.

![Two panels. Left, the ROC curve on loans of 2010 lies above the diagonal everywhere. Right, the
share of bad loans at or below each number of points rises earlier than that of good loans; the
widest gap between them is KS.](plots/{PLOTS["ranking"]})

## How well it promises
Fitted to 2009, on the loans of 2010:

{_bands_table("points", score_bands(early_points, test.bad))}

![Bars of the realised share of bad loans in 2010, lower in every higher band of points, beside a
line of the share that the points promise.](plots/{PLOTS["calibration"]})

The shipped table on all loans, in the bands that the tiers cut, before knock-outs and caps:

{_bands_table("tier by points", tier_bands(final_points, loans.bad))}

The base is set on the loans to {ANCHOR_YEAR_LAST}, the downturn: what points promise should hold
in a bad year. Loans of 2010 ended better, so there the promise is on the careful side.

## Points
{points_table(final)}

A missing value earns no points, neither good nor bad, as many values are missing by vintage. Only a
person without any revolving limit has a bin of their own (`null`).

![Panels of bars, one a characteristic: points fall with inquiries, with use of revolving credit
beyond none, with obligations and with public records; they rise with income, with the age of the
oldest trade and with the number of trades.](plots/{PLOTS["points"]})

## How it is fitted
1. Each characteristic is cut into a few bins. Neighbouring bins that break the order that the field
   expects are pooled until none does.
2. The evidence of a bin is its log odds less those of all loans. {SMOOTHING_ROWS:.0f} loans of
   average risk are added to each bin first, so that a thin bin does not shout.
3. One logistic regression weighs the characteristics; a weight that is not positive is refused, for
   it would turn the order round.
4. Points are rounded to whole numbers, and neighbours with equal points become one bin.
5. All of this is done to 2009 and tested on 2010; then the same is done on all loans, and shipped.

## What was offered and left out
AUC that each candidate adds on the year tested; *turned round* means that its weight came out
negative, so it could not be fitted. None of them adds what lasts from year to year. Recent
delinquencies still cap tiers in the policy: the lender had already turned away most of those whom
they would have told apart.

{_candidates_table(loans)}
"""
