"""Fit a points scorecard: smoothed evidence per bin, pooled to be monotone, then one logistic.

600 points are odds of 6 good to 1 bad, and 20 points more double the odds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.characteristics import Characteristic, Direction
from training.data import Loans

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ANCHOR_POINTS = 600
ANCHOR_ODDS = 6
POINTS_TO_DOUBLE = 20
FACTOR = POINTS_TO_DOUBLE / math.log(2)
#: Rows of average risk that are added to every bin, so that a thin bin does not shout.
SMOOTHING_ROWS = 100.0
#: The base is set on the loans to this year, the downturn: what 600 points promise must hold in a
#: bad year. Loans of 2010 then end better than promised, and docs/scorecard.md shows by how much.
ANCHOR_YEAR_LAST = 2009


@dataclass(frozen=True, slots=True, kw_only=True)
class BinFit:
    """What one bin held in training, and the points that it earns."""

    rows: int
    bad: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedCharacteristic:
    """A characteristic with the points of its bins, lowest first, and those of null."""

    characteristic: Characteristic
    bins: tuple[BinFit, ...]
    null: BinFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Base points and the points of every bin."""

    base: int
    parts: tuple[FittedCharacteristic, ...]


def bin_index(characteristic: Characteristic, values: pl.Series) -> Integers:
    """Return the bin of each value, -1 for null.

    Errors: ValueError if a word belongs to no bin.
    """
    if characteristic.words:
        known = {word: i for i, words in enumerate(characteristic.words) for word in words}
        found = values.replace_strict(known, return_dtype=pl.Int64)
        return found.fill_null(-1).to_numpy()
    index = np.searchsorted(
        np.array(characteristic.cuts), values.fill_null(0).to_numpy(), side="left"
    ).astype(np.int64)
    return np.where(values.is_null().to_numpy(), -1, index)


def pool_monotone(good: Floats, bad: Floats, *, rising: bool) -> list[int]:
    """Return the pool of each bin: neighbours that break the order, or are empty, are pooled.

    >>> pool_monotone(np.array([80.0, 95.0, 90.0]), np.array([20.0, 5.0, 10.0]), rising=True)
    [0, 1, 1]
    """
    pools = [[g, b, 1.0] for g, b in zip(good, bad, strict=True)]
    i = 0
    while i + 1 < len(pools):
        here, there = pools[i], pools[i + 1]
        gap = there[0] * here[1] - here[0] * there[1]
        is_wrong = gap < 0 if rising else gap > 0
        is_empty = not (here[0] + here[1] and there[0] + there[1])
        if is_wrong or is_empty:
            pools[i : i + 2] = [[x + y for x, y in zip(here, there, strict=True)]]
            i = max(i - 1, 0)
        else:
            i += 1
    return [number for number, pool in enumerate(pools) for _ in range(int(pool[2]))]


def evidence_by_bin(characteristic: Characteristic, index: Integers, bad: Integers) -> Floats:
    """Return the log odds of each bin less those of all, monotone; null's come last."""
    count = characteristic.bin_count
    place = np.where(index < 0, count, index)
    rows: Floats = np.bincount(place, minlength=count + 1).astype(np.float64)
    bads: Floats = np.bincount(place[bad == 1], minlength=count + 1).astype(np.float64)
    share = bad.mean()
    pool = np.arange(count + 1)
    if characteristic.direction is not Direction.FREE:
        free = characteristic.free_bins
        pooled = pool_monotone(
            (rows - bads)[free:count],
            bads[free:count],
            rising=characteristic.direction is Direction.RISING,
        )
        pool[free:count] = free + np.array(pooled)
    pool_rows = np.bincount(pool, weights=rows, minlength=count + 1)[pool]
    pool_bads = np.bincount(pool, weights=bads, minlength=count + 1)[pool]
    smooth_bads = pool_bads + SMOOTHING_ROWS * share
    smooth_goods = pool_rows - pool_bads + SMOOTHING_ROWS * (1 - share)
    evidence: Floats = np.log(smooth_goods / smooth_bads) - math.log((1 - share) / share)
    if not characteristic.scores_null:
        evidence[count] = 0.0
    return evidence


def fit_scorecard(
    loans: Loans,
    characteristics: tuple[Characteristic, ...],
    *,
    anchor_year_last: int = ANCHOR_YEAR_LAST,
) -> Scorecard:
    """Fit the points on all loans given, and the base on those of the anchor years.

    Errors: ValueError if a characteristic's weight is not positive: it would turn its order round.
    """
    indexes = [bin_index(c, loans.attributes[c.attribute]) for c in characteristics]
    evidence = [
        evidence_by_bin(c, index, loans.bad)
        for c, index in zip(characteristics, indexes, strict=True)
    ]
    design = np.column_stack([e[index] for e, index in zip(evidence, indexes, strict=True)])
    model = LogisticRegression(C=1e6, tol=1e-10, max_iter=1_000).fit(design, 1 - loans.bad)
    weights = model.coef_[0]
    if (weights <= 0).any():
        wrong = [c.attribute for c, w in zip(characteristics, weights, strict=True) if w <= 0]
        raise ValueError(f"weights that are not positive: {', '.join(wrong)}")
    parts = tuple(
        _merged(_fitted(c, index, loans.bad, FACTOR * weight * e))
        for c, index, weight, e in zip(characteristics, indexes, weights, evidence, strict=True)
    )
    anchor = loans.of_years(0, anchor_year_last)
    return Scorecard(base=_base(parts, anchor), parts=parts)


def expected_bad_share(points: Integers) -> Floats:
    """Return the share of bad loans that points stand for.

    >>> expected_bad_share(np.array([600, 620])).round(4).tolist()  # 1 of 7, 1 of 13
    [0.1429, 0.0769]
    """
    odds = ANCHOR_ODDS * np.exp2((points - ANCHOR_POINTS) / POINTS_TO_DOUBLE)
    share: Floats = 1 / (1 + odds)
    return share


def _base(parts: tuple[FittedCharacteristic, ...], anchor: Loans) -> int:
    """Return the base at which the loans of the anchor years are expected to end as they did."""
    without_base = points_of(Scorecard(base=0, parts=parts), anchor.attributes)
    misses = {
        base: abs(float(expected_bad_share(without_base + base).sum()) - float(anchor.bad.sum()))
        for base in range(ANCHOR_POINTS - 100, ANCHOR_POINTS + 100)
    }
    return min(misses, key=misses.__getitem__)


def _fitted(
    characteristic: Characteristic, index: Integers, bad: Integers, points: Floats
) -> FittedCharacteristic:
    def one(number: int, value: float) -> BinFit:
        inside = index == number
        return BinFit(rows=int(inside.sum()), bad=int(bad[inside].sum()), points=round(value))

    count = characteristic.bin_count
    return FittedCharacteristic(
        characteristic=characteristic,
        bins=tuple(one(i, float(points[i])) for i in range(count)),
        null=one(-1, float(points[count])),
    )


def _merged(part: FittedCharacteristic) -> FittedCharacteristic:
    """Return the part with neighbours of equal points made one bin; words stay as they are."""
    if part.characteristic.words:
        return part
    cuts: list[int] = []
    bins = [part.bins[0]]
    for cut, there in zip(part.characteristic.cuts, part.bins[1:], strict=True):
        here = bins[-1]
        if here.points == there.points:
            bins[-1] = BinFit(
                rows=here.rows + there.rows, bad=here.bad + there.bad, points=here.points
            )
        else:
            cuts.append(cut)
            bins.append(there)
    return replace(
        part, characteristic=replace(part.characteristic, cuts=tuple(cuts)), bins=tuple(bins)
    )


def points_of(scorecard: Scorecard, attributes: pl.DataFrame) -> Integers:
    """Return the points of each row, as the shipped table adds them up."""
    total = np.full(attributes.height, scorecard.base, dtype=np.int64)
    for part in scorecard.parts:
        index = bin_index(part.characteristic, attributes[part.characteristic.attribute])
        table = np.array([b.points for b in (*part.bins, part.null)], dtype=np.int64)
        total += table[index]
    return total
