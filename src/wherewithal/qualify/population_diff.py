"""What another policy changes for a population: every person decided by both, and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.vocabulary.outcome import Outcome

EXAMPLES: Final = 20
_REASONS: Final = 10
#: Rows decided at once.
_ROWS: Final = 262_144
_TOTAL: Final = "power_total_cents"
_APPROVED: Final = Outcome.APPROVED.value


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """So many people went from one word to another; equal words are people who stayed."""

    before: str | None
    after: str | None
    people: int


class PowerMoved(msgspec.Struct, frozen=True, kw_only=True):
    """All power in one product, and how many people have some."""

    product: str
    before_cents: int
    after_cents: int
    people_before: int
    people_after: int


class PopulationDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two policies over the same people."""

    people: int
    #: Whose decision row differs in any field.
    changed: int
    #: By total power, where one of them may be nothing.
    up: int
    down: int
    outcomes: tuple[Moved, ...]
    tiers: tuple[Moved, ...]
    power: tuple[PowerMoved, ...]
    #: Approved by both, by the first alone, by the second alone, by none.
    swap: dict[str, int]
    #: Reasons that people have now, or no longer; the most frequent first.
    reasons_gained: dict[str, int]
    reasons_lost: dict[str, int]
    #: Those whose power changes most, by applicant.
    examples: tuple[dict[str, Any], ...]


def population_diff(
    facts: pl.DataFrame,
    before: PolicyBundle,
    after: PolicyBundle,
    *,
    on_progress: Callable[[int, int], None],
) -> PopulationDiff:
    """Decide everybody by both policies and compare.

    Shapes: facts (n, facts + 4). Null: what was not decided has no power, and counts as none.
    """
    parts: list[pl.DataFrame] = []
    for first in range(0, facts.height, _ROWS):
        chunk = facts.slice(first, _ROWS)
        was, now = decide_frame(chunk, before), decide_frame(chunk, after)
        parts.append(_beside(was, now))
        on_progress(first + chunk.height, facts.height)
    both = pl.concat(parts, how="diagonal_relaxed")
    gain = pl.col(f"{_TOTAL}_after").fill_null(0) - pl.col(f"{_TOTAL}_before").fill_null(0)
    both = both.with_columns(gain.alias("gain"))
    return PopulationDiff(
        people=both.height,
        changed=int(both["differs"].sum()),
        up=both.filter(pl.col("gain") > 0).height,
        down=both.filter(pl.col("gain") < 0).height,
        outcomes=_moved(both, "outcome"),
        tiers=_moved(both, "tier"),
        power=_power(both),
        swap=_swap(both),
        reasons_gained=_reasons(both, "after", "before"),
        reasons_lost=_reasons(both, "before", "after"),
        examples=_examples(both),
    )


def _beside(was: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return both decisions of each person, side by side, in text and numbers alone."""
    shared = [
        name for name in was.columns if name in now.columns and name not in _NAMES_OF_DECISION
    ]
    plain = [frame.select(_plain(frame, name) for name in shared) for frame in (was, now)]
    same = pl.Series("same", [True], dtype=pl.Boolean).new_from_index(0, was.height)
    for left, right in zip(plain[0].iter_columns(), plain[1].iter_columns(), strict=True):
        same = same & left.eq_missing(right)
    kept = [
        name
        for name in shared
        if name in ("outcome", "tier", "reasons") or name.startswith("power_")
    ]
    return pl.concat(
        [
            was.select("applicant_id"),
            plain[0].select(pl.col(kept).name.suffix("_before")),
            plain[1].select(pl.col(kept).name.suffix("_after")),
            (~same).alias("differs").to_frame(),
        ],
        how="horizontal",
    )


#: They hold the bundle's own digest, and differ always.
_NAMES_OF_DECISION: Final = ("decision_id", "bundle_digest", "applicant_id")


def _plain(frame: pl.DataFrame, name: str) -> pl.Expr:
    dtype = frame.schema[name]
    column = pl.col(name)
    return column.cast(pl.String) if isinstance(dtype, pl.Enum | pl.Categorical) else column


def _moved(both: pl.DataFrame, name: str) -> tuple[Moved, ...]:
    columns = [f"{name}_before", f"{name}_after"]
    counted = both.group_by(columns).len().sort([*columns], nulls_last=True)
    return tuple(
        Moved(before=was, after=now, people=people) for was, now, people in counted.iter_rows()
    )


def _power(both: pl.DataFrame) -> tuple[PowerMoved, ...]:
    names = [name.removesuffix("_before") for name in both.columns if name.endswith("_before")]
    return tuple(
        PowerMoved(
            product=name.removeprefix("power_").removesuffix("_cents"),
            before_cents=int(both[f"{name}_before"].sum() or 0),
            after_cents=int(both[f"{name}_after"].sum() or 0),
            people_before=int((both[f"{name}_before"] > 0).sum() or 0),
            people_after=int((both[f"{name}_after"] > 0).sum() or 0),
        )
        for name in names
        if name.startswith("power_")
    )


def _swap(both: pl.DataFrame) -> dict[str, int]:
    was, now = (both[f"outcome_{when}"] == _APPROVED for when in ("before", "after"))
    return {
        "approved_by_both": int((was & now).sum()),
        "swapped_out": int((was & ~now).sum()),
        "swapped_in": int((~was & now).sum()),
        "approved_by_none": int((~was & ~now).sum()),
    }


def _reasons(both: pl.DataFrame, there: str, not_there: str) -> dict[str, int]:
    found = both.select(
        pl.col(f"reasons_{there}").list.set_difference(f"reasons_{not_there}").alias("code")
    )
    counted = found.explode("code").drop_nulls().group_by("code").len()
    ordered = counted.sort(["len", "code"], descending=[True, False]).head(_REASONS)
    return dict(ordered.iter_rows())


def _examples(both: pl.DataFrame) -> tuple[dict[str, Any], ...]:
    chosen = (
        both.filter("differs")
        .sort([pl.col("gain").abs(), pl.col("applicant_id")], descending=[True, False])
        .head(EXAMPLES)
        .sort("applicant_id")
    )
    names = ("outcome", "tier", _TOTAL, "reasons")
    return tuple(
        {
            "applicant_id": row["applicant_id"],
            **{
                name: {when: row[f"{name}_{when}"] for when in ("before", "after")}
                for name in names
            },
        }
        for row in chosen.iter_rows(named=True)
    )
