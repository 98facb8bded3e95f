"""Values of a row as one line of text, by which millions of rows are kept in the open and small.

The columns stand in their order, once, with whatever the lines belong to. Between values stands a
bar; nothing is null; a text begins with a colon (days are texts), `t` and `f` are true and false,
the rest are whole numbers. A text with a bar in it may stand in the last column only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

_BAR: Final = "|"
#: The last column of a sealed line: 16 digits of a SHA-256 over the line and what stands beside it.
SEAL: Final = "sha256"
_SEAL_DIGITS: Final = 16


def lines_of(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return a line for each row, as String."""
    parts = [_part(name, frame.schema[name]).fill_null("") for name in columns]
    return frame.select(pl.concat_str(parts, separator=_BAR)).to_series()


def values_of(line: str, columns: Sequence[str]) -> dict[str, str | int | bool | None]:
    """Return the values of a line by column.

    Errors: ValueError if the line has not as many values, or one that is none.

    >>> values_of("6000||:CA|t", ["cents", "bps", "state", "is_new"])
    {'cents': 6000, 'bps': None, 'state': 'CA', 'is_new': True}
    """
    parts = line.split(_BAR, len(columns) - 1)
    return {name: _value(part) for name, part in zip(columns, parts, strict=True)}


def sealed_lines(rows: pl.Series, beside: pl.DataFrame) -> pl.Series:
    """Return lines with a seal as their last value.

    `beside` has the columns `decision_id`, `outcome`, `reasons` and `day` (Date). Facts need no
    seal: the decision's name is a digest of them.
    """
    columns = (
        rows,
        beside["decision_id"],
        beside["outcome"].cast(pl.String),
        beside["reasons"].list.join(","),
        beside["day"].cast(pl.String),
    )
    sealed = [
        f"{line}{_BAR}:{_seal(line, *others)}"
        for line, *others in zip(*(column.to_list() for column in columns), strict=True)
    ]
    return pl.Series(rows.name, sealed, dtype=pl.String)


def is_sealed(
    line: str,
    *,
    decision_id: str,
    outcome: str,
    reasons: Sequence[str],
    day: date | None,
) -> bool:
    """Return whether the seal of a line fits it and what stands beside it."""
    unsealed, _, seal = line.rpartition(f"{_BAR}:")
    return seal == _seal(unsealed, decision_id, outcome, ",".join(reasons), str(day))


def _seal(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:_SEAL_DIGITS]


def _part(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("t")).when(~column).then(pl.lit("f"))
    if dtype.is_integer() or dtype == pl.Null:
        return column.cast(pl.String)
    return pl.lit(":") + column.cast(pl.String)


def _value(part: str) -> str | int | bool | None:
    if not part:
        return None
    if part[0] == ":":
        return part[1:]
    if part in ("t", "f"):
        return part == "t"
    return int(part)
