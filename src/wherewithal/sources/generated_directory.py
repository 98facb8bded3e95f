"""A fictional directory of any size, from a seed: merchants over real categories, and programs.

Popularity is uneven, as it is in life: few programs are at most merchants, most programs at few.
Nobody in it exists. The same seed and sizes give the same directory.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.sources.generated_words import ENDINGS, FIRST, SECOND
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.program import PlanCode, ProductCode, Program

#: Programs of each product, in thousandths; of these the largest amount, and the plans.
_PROGRAMS = {
    ProductCode.PAY_IN_4: (150, 200_000),
    ProductCode.MONTHLY: (600, 2_000_000),
    ProductCode.ONE_TIME_CARD: (100, 250_000),
    ProductCode.CARD: (150, 300_000),
}
#: Share of merchants that have 0, 1, 2, ... programs of a product.
_COUNTS = {
    ProductCode.PAY_IN_4: (0.3, 0.65, 0.05),
    ProductCode.MONTHLY: (0.35, 0.4, 0.2, 0.05),
    ProductCode.ONE_TIME_CARD: (0.75, 0.25),
    ProductCode.CARD: (0.7, 0.28, 0.02),
}
_CARD_PLANS = (PlanCode.PAY_IN_4, PlanCode.M3, PlanCode.M6, PlanCode.M12)
_MONTHS = tuple(plan for plan in PlanCode if plan is not PlanCode.PAY_IN_4)
_EXCLUSIONS = (
    (),
    ("4829", "5933", "6051", "7995"),
    ("5944",),
    ("4829", "6051", "7995", "5993", "5921"),
    ("5813", "5921"),
)
_PROMOTIONS_BPS = (0, 399, 799, 999, 1_299)
_ZIPF = 1.1
_YEARS_OPEN = 12
Chance = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedDirectory:
    """Merchants as columns, and the programs that they name."""

    #: merchant_id, name, mcc, joined_on, program_ids, is_paused.
    merchants: pl.DataFrame
    programs: tuple[Program, ...]


def generated_directory(
    *,
    merchants: int,
    programs: int,
    chance: Chance,
    mccs: Sequence[str],
    originators: Sequence[str],
    as_of: datetime.date,
) -> GeneratedDirectory:
    """Return a fictional directory as it might stand on a day.

    `chance` is a seeded generator, which is all that the directory depends on besides its sizes;
    `mccs` are real category codes; `originators` are those that the law rows know.
    """
    made = _programs(chance, programs, originators, as_of)
    return GeneratedDirectory(
        merchants=_merchants(chance, merchants, made, mccs=mccs, as_of=as_of), programs=made
    )


def _programs(
    chance: Chance, count: int, originators: Sequence[str], as_of: datetime.date
) -> tuple[Program, ...]:
    made: list[Program] = []
    for product, (share, _) in _PROGRAMS.items():
        made += [
            _program(chance, product, number, originators, as_of)
            for number in range(max(1, count * share // 1_000))
        ]
    return tuple(made[:count])


def _program(
    chance: Chance,
    product: ProductCode,
    number: int,
    originators: Sequence[str],
    as_of: datetime.date,
) -> Program:
    most = _PROGRAMS[product][1]
    low = int(chance.integers(35, 300)) * 100
    high = min(most, max(low * 4, int(chance.integers(1, 41)) * most // 40))
    begins = as_of - datetime.timedelta(days=int(chance.integers(0, 365 * _YEARS_OPEN)))
    ends = None
    if chance.random() < 0.15:
        # A season's promotion: over, running or still to come.
        begins = as_of + datetime.timedelta(days=int(chance.integers(-120, 30)))
        ends = begins + datetime.timedelta(days=int(chance.integers(30, 120)))
    states: tuple[str, ...] = ()
    if chance.random() < 0.2:
        some = chance.choice(len(STATES), int(chance.integers(1, 30)), replace=False)
        states = tuple(STATES[place] for place in sorted(some.tolist()))
    is_promotion = product is not ProductCode.PAY_IN_4 and chance.random() < 0.35
    rate = _PROMOTIONS_BPS[int(chance.integers(len(_PROMOTIONS_BPS)))] if is_promotion else None
    is_down = product is ProductCode.MONTHLY and chance.random() < 0.15
    return Program(
        program_id=f"{product.value.replace('_', '-')}-{number:04d}",
        name=f"{FIRST[int(chance.integers(len(FIRST)))]} {product.value.replace('_', ' ')}",
        product=product,
        originator=originators[int(chance.integers(len(originators)))],
        basket_min_cents=low,
        basket_max_cents=high,
        plans=_plans(chance, product),
        note_rate_bps=0 if product is ProductCode.PAY_IN_4 else rate,
        down_payment_bps=2_500
        if product is ProductCode.PAY_IN_4
        else int(chance.integers(1, 5)) * 500 * is_down,
        states=states,
        date_from=begins,
        date_to=ends,
        mcc_exclusions=_EXCLUSIONS[int(chance.integers(len(_EXCLUSIONS)))],
        is_paused=bool(chance.random() < 0.02),
    )


def _plans(chance: Chance, product: ProductCode) -> tuple[PlanCode, ...]:
    if product is ProductCode.PAY_IN_4:
        return (PlanCode.PAY_IN_4,)
    plans = _MONTHS if product is ProductCode.MONTHLY else _CARD_PLANS
    kept = chance.choice(len(plans), int(chance.integers(1, len(plans) + 1)), replace=False)
    return tuple(plans[place] for place in sorted(kept.tolist()))


def _merchants(
    chance: Chance,
    count: int,
    programs: Sequence[Program],
    *,
    mccs: Sequence[str],
    as_of: datetime.date,
) -> pl.DataFrame:
    # A tenth joined in the last year, the others over twenty.
    days = np.where(
        chance.random(count) < 0.1,
        chance.integers(0, 365, count),
        chance.integers(365, 365 * 20, count),
    )
    joined = as_of.toordinal() - datetime.date(1970, 1, 1).toordinal() - days
    return pl.DataFrame(
        {
            "merchant_id": [f"m{number:07d}" for number in range(count)],
            "name": _names(chance, count),
            "mcc": pl.Series(mccs).gather(_zipf(chance, len(mccs), count)),
            "joined_on": pl.Series(joined.astype(np.int32)).cast(pl.Date),
            "program_ids": _menus(chance, count, programs),
            "is_paused": chance.random(count) < 0.01,
        }
    )


def _names(chance: Chance, count: int) -> pl.Series:
    parts = [
        pl.Series(list(words)).gather(chance.integers(0, len(words), count))
        for words in (FIRST, SECOND, ENDINGS)
    ]
    return (parts[0] + " " + parts[1] + parts[2]).alias("name")


def _menus(chance: Chance, count: int, programs: Sequence[Program]) -> pl.Series:
    """Return lists of program keys: few of each product, the popular ones oftener."""
    whole = pl.DataFrame(
        {"row": pl.Series([], dtype=pl.Int64), "id": pl.Series([], dtype=pl.String)}
    )
    for product, shares in _COUNTS.items():
        ids = [program.program_id for program in programs if program.product is product]
        sizes = chance.choice(len(shares), count, p=shares)
        rows = np.repeat(np.arange(count), sizes)
        if ids:
            chosen = pl.Series(ids).gather(_zipf(chance, len(ids), len(rows)))
            whole = pl.concat([whole, pl.DataFrame({"row": rows, "id": chosen})])
    menus = whole.unique(maintain_order=True).group_by("row", maintain_order=True).agg("id")
    every = pl.DataFrame({"row": np.arange(count)}).join(
        menus, on="row", how="left", maintain_order="left"
    )
    return every["id"].fill_null(pl.Series([[]], dtype=pl.List(pl.String)))


def _zipf(chance: Chance, kinds: int, count: int) -> npt.NDArray[np.int64]:
    """Return `count` places below `kinds`, the first most often."""
    weights = 1 / np.arange(1, kinds + 1) ** _ZIPF
    found: npt.NDArray[np.int64] = np.searchsorted(
        np.cumsum(weights / weights.sum()), chance.random(count)
    ).clip(0, kinds - 1)
    return found
