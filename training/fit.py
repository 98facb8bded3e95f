"""Fit a points scorecard: smoothed evidence per bin, pooled to be monotone, then one logistic.

600 points are odds of 6 good to 1 bad, and 20 points more double the odds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.characteristics import Characteristic, Direction

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ANCHOR_POINTS = 600
ANCHOR_ODDS = 6
POINTS_TO_DOUBLE = 20
FACTOR = POINTS_TO_DOUBLE / math.log(2)
#: Rows of average risk that are added to every bin, so that a thin bin does not shout.
SMOOTHING_ROWS = 100.0


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
    """Return the pool of each bin: neighbours that break the order are pooled until none does.

    >>> pool_monotone(np.array([80.0, 95.0, 90.0]), np.array([20.0, 5.0, 10.0]), rising=True)
    [0, 1, 1]
    """
    pools = [[g, b, 1.0] for g, b in zip(good, bad, strict=True)]
    i = 0
    while i + 1 < len(pools):
        here, there = pools[i], pools[i + 1]
        gap = there[0] * here[1] - here[0] * there[1]
        if (gap < 0) if rising else (gap > 0):
            pools[i : i + 2] = [[x + y for x, y in zip(here, there, strict=True)]]
            i = max(i - 1, 0)
        else:
            i += 1
    return [number for number, pool in enumerate(pools) for _ in range(int(pool[2]))]


def evidence_by_bin(characteristic: Characteristic, index: Integers, bad: Integers) -> Floats:
    """Return the log odds of each bin less those of all, monotone; null's come last."""
    count = characteristic.bin_count
    rows = np.bincount(np.where(index < 0, count, index), minlength=count + 1).astype(np.float64)
    bads = np.bincount(
        np.where(index < 0, count, index), weights=bad.astype(np.float64), minlength=count + 1
    )
    share = bad.mean()
    pool = np.arange(count + 1)
    if characteristic.direction is not Direction.FREE:
        free = characteristic.free_bins
        pooled = pool_monotone(
            (rows - bads)[free:count] + 1e-9,
            bads[free:count] + 1e-9,
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
    attributes: pl.DataFrame, bad: Integers, characteristics: tuple[Characteristic, ...]
) -> Scorecard:
    """Fit base and points on the rows given; a weight that comes out negative is refused.

    Shapes: attributes (n, any), bad (n,) of 0 and 1.
    Errors: ValueError if a characteristic's weight is not positive: it would turn its order round.
    """
    indexes = [bin_index(c, attributes[c.attribute]) for c in characteristics]
    evidence = [
        evidence_by_bin(c, index, bad) for c, index in zip(characteristics, indexes, strict=True)
    ]
    design = np.column_stack([e[index] for e, index in zip(evidence, indexes, strict=True)])
    model = LogisticRegression(C=1e6, tol=1e-10, max_iter=1_000).fit(design, 1 - bad)
    weights = model.coef_[0]
    if (weights <= 0).any():
        wrong = [c.attribute for c, w in zip(characteristics, weights, strict=True) if w <= 0]
        message = f"weights that are not positive: {', '.join(wrong)}"
        raise ValueError(message)
    base = ANCHOR_POINTS + FACTOR * (float(model.intercept_[0]) - math.log(ANCHOR_ODDS))
    parts = tuple(
        _fitted(c, index, bad, FACTOR * weight * e)
        for c, index, weight, e in zip(characteristics, indexes, weights, evidence, strict=True)
    )
    return Scorecard(base=round(base), parts=parts)


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


def points_of(scorecard: Scorecard, attributes: pl.DataFrame) -> Integers:
    """Return the points of each row, as the shipped table adds them up."""
    total = np.full(attributes.height, scorecard.base, dtype=np.int64)
    for part in scorecard.parts:
        index = bin_index(part.characteristic, attributes[part.characteristic.attribute])
        table = np.array([b.points for b in (*part.bins, part.null)], dtype=np.int64)
        total += table[index]
    return total
