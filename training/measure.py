"""How well points rank and promise: AUC, KS, bands, rolling origins, and what boosting reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score, roc_curve

from training.characteristics import CANDIDATES, CHARACTERISTICS, Characteristic
from training.data import Loans
from training.fit import Floats, Integers, expected_bad_share, fit_scorecard, points_of

#: First and last year of training, and the year of test.
ORIGINS = ((2007, 2008, 2009), (2007, 2008, 2010), (2007, 2009, 2010))
TIERS = (("A", 612), ("B", 602), ("C", 592), ("D", 580), ("E", 570), ("below 570", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How well points tell good from bad."""

    rows: int
    bad_share: float
    auc: float
    ks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Loans whose points lie in one band, and how they were expected to end and did."""

    name: str
    rows: int
    share: float
    expected_bad: float
    realised_bad: float


def ranking(points: Integers | Floats, bad: Integers) -> Ranking:
    """Return the ranking of points against outcomes; more points are better."""
    false_rate, true_rate, _ = roc_curve(1 - bad, points)
    return Ranking(
        rows=len(bad),
        bad_share=float(bad.mean()),
        auc=float(roc_auc_score(1 - bad, points)),
        ks=float((true_rate - false_rate).max()),
    )


def tier_bands(points: Integers, bad: Integers) -> list[Band]:
    """Return the bands that the tiers of the policy cut, before knock-outs and caps."""
    edges = [floor for _, floor in TIERS]
    tops = [10_000, *edges]
    return [
        _band(name, (points >= low) & (points < high), points, bad)
        for (name, low), high in zip(TIERS, tops, strict=False)
    ]


def score_bands(points: Integers, bad: Integers) -> list[Band]:
    """Return bands of ten points, those at the ends open."""
    bands = [_band("below 570", points < 570, points, bad)]
    bands += [
        _band(f"{low}-{low + 9}", (points >= low) & (points < low + 10), points, bad)
        for low in range(570, 620, 10)
    ]
    return [*bands, _band("620 and more", points >= 620, points, bad)]


def _band(name: str, inside: NDArray[np.bool_], points: Integers, bad: Integers) -> Band:
    rows = int(inside.sum())
    return Band(
        name=name,
        rows=rows,
        share=rows / len(points),
        expected_bad=float(expected_bad_share(points[inside]).mean()) if rows else 0.0,
        realised_bad=float(bad[inside].mean()) if rows else 0.0,
    )


def rolling(loans: Loans, characteristics: tuple[Characteristic, ...]) -> list[float]:
    """Return the AUC on the year after, for each origin."""
    found = []
    for first, last, test_year in ORIGINS:
        test = loans.of_years(test_year, test_year)
        scorecard = fit_scorecard(loans.of_years(first, last), characteristics)
        found.append(ranking(points_of(scorecard, test.attributes), test.bad).auc)
    return found


def rolling_boosting(loans: Loans) -> list[float]:
    """Return the same for untuned gradient boosting on the same columns."""
    names = [c.attribute for c in CHARACTERISTICS]
    found = []
    for first, last, test_year in ORIGINS:
        train, test = loans.of_years(first, last), loans.of_years(test_year, test_year)
        model = HistGradientBoostingClassifier(random_state=0)
        model.fit(train.attributes.select(names).cast(pl.Float64).to_numpy(), 1 - train.bad)
        good = model.predict_proba(test.attributes.select(names).cast(pl.Float64).to_numpy())[:, 1]
        found.append(ranking(good, test.bad).auc)
    return found


def candidate_gains(loans: Loans) -> list[tuple[Characteristic, list[float | None]]]:
    """Return what each candidate adds to the AUC of each origin; None where it cannot be fitted."""
    found: list[tuple[Characteristic, list[float | None]]] = []
    for candidate in CANDIDATES:
        gains: list[float | None] = []
        for first, last, test_year in ORIGINS:
            train, test = loans.of_years(first, last), loans.of_years(test_year, test_year)
            plain = fit_scorecard(train, CHARACTERISTICS)
            before = ranking(points_of(plain, test.attributes), test.bad).auc
            try:
                richer = fit_scorecard(train, (*CHARACTERISTICS, candidate))
            except ValueError:
                gains.append(None)
                continue
            gains.append(ranking(points_of(richer, test.attributes), test.bad).auc - before)
        found.append((candidate, gains))
    return found
