"""Text to values, exactly: no binary float touches money or a rate. One expression for each kind.

Every expression is null where the text is not what the column expects; the caller tells that from
an empty cell. Rounding is done on the decimal digits themselves, so that the noise of a file once
written from floats (0.5579999999999999) rounds away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from wherewithal.sources.facts_check import DATE_MAX, DATE_MIN
from wherewithal.sources.lendingclub.columns import Column, Kind
from wherewithal.vocabulary.facts import FACTS_BY_NAME, STATES, FactType

#: A ratio above this is taken for percent points without their sign, and refused, never guessed.
RATIO_MAX_BPS = 100_000
_NO_YEARS = ("n/a", "na")
_WORDS: Mapping[str, Mapping[str, str | bool]] = {
    "state": {state: state for state in STATES},
    "home_ownership": {
        "OWN": "OWN",
        "MORTGAGE": "MORTGAGE",
        "RENT": "RENT",
        "OTHER": "OTHER",
        "NONE": "OTHER",
        "ANY": "OTHER",
    },
    "income_verified": {
        "VERIFIED": True,
        "SOURCE VERIFIED": True,
        "VERIFIED - INCOME": True,
        "VERIFIED - INCOME SOURCE": True,
        "NOT VERIFIED": False,
    },
}


def scaled(text: pl.Expr, places: int) -> pl.Expr:
    """Return decimal text times 10^places as Int64, rounded half to even on its digits.

    >>> frame = pl.DataFrame({"x": ["0.5579999999999999", "24000.0", "7", "-1", "1e400", "NaN"]})
    >>> frame.select(scaled(pl.col("x"), 4)).to_series().to_list()
    [5580, 240000000, 70000, -10000, None, None]
    """
    decimal = text.cast(pl.Decimal(38, places), strict=False)
    return decimal.to_physical().cast(pl.Int64, strict=False)


def _count(text: pl.Expr) -> pl.Expr:
    millionths = scaled(text, 6)
    return pl.when(millionths % 10**6 == 0).then(millionths // 10**6)


def _percent(text: pl.Expr) -> pl.Expr:
    return scaled(text.str.strip_suffix("%"), 2)


def _ratio(text: pl.Expr) -> pl.Expr:
    ratio = scaled(text, 4)
    signed = text.str.ends_with("%")
    return pl.when(signed).then(_percent(text)).when(ratio <= RATIO_MAX_BPS).then(ratio)


def _date(text: pl.Expr) -> pl.Expr:
    iso = pl.when(text.str.len_chars() == 10).then(text).str.to_date("%Y-%m-%d", strict=False)
    month = ("01-" + text).str.to_date("%d-%b-%Y", strict=False)
    day = iso.fill_null(month)
    return pl.when(day.is_between(DATE_MIN, DATE_MAX)).then(day)


def _years(text: pl.Expr) -> pl.Expr:
    under_one = text.str.contains(r"^< ?1( years?)?$")
    years = text.str.extract(r"^(\d{1,2})\+?(?: years?)?$", 1).cast(pl.Int64, strict=False)
    return pl.when(under_one).then(0).otherwise(years)


_NUMBERS: Mapping[Kind, Callable[[pl.Expr], pl.Expr]] = {
    Kind.COUNT: _count,
    Kind.DOLLARS: lambda text: scaled(text, 2),
    Kind.PERCENT: _percent,
    Kind.RATIO: _ratio,
    Kind.YEARS: _years,
}


def value_of(column: Column) -> pl.Expr:
    """Return the value of a column's text; null outside the range that FACTS sets."""
    text = pl.col(column.name)
    fact = FACTS_BY_NAME[column.fact]
    if column.kind is Kind.DATE:
        return _date(text)
    if column.kind is Kind.WORD:
        dtype = pl.Boolean if fact.type is FactType.BOOLEAN else pl.String
        words = _WORDS[column.fact]
        return text.str.to_uppercase().replace_strict(words, default=None, return_dtype=dtype)
    number = _NUMBERS[column.kind](text)
    return pl.when(number.is_between(fact.minimum, fact.maximum)).then(number)


def fault_of(column: Column, value: pl.Expr) -> pl.Expr:
    """Return what is wrong with a cell, null if nothing is; the cell's own text is never told."""
    text = pl.col(column.name)
    unread = text.is_not_null() & value.is_null()
    if column.kind is Kind.YEARS:
        unread &= ~text.str.to_lowercase().is_in(_NO_YEARS)
    if column.is_required:
        unread |= text.is_null()
    return pl.when(unread).then(pl.lit(f"{column.name}: expected {column.expected}"))
