"""One check of a facts frame for every source: what passes is within the catalogue's ranges.

A row that does not pass keeps its place and its day, loses its facts, and says which fact was wrong
and what was expected; the value itself is never told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.reason import FAILURE_CODES

DTYPES: dict[FactType, type[pl.DataType]] = {
    FactType.INTEGER: pl.Int64,
    FactType.BOOLEAN: pl.Boolean,
    FactType.DATE: pl.Date,
    FactType.ENUMERATION: pl.String,
}
#: The columns of a facts frame, in order.
FRAME_SCHEMA: dict[str, type[pl.DataType]] = {
    "applicant_id": pl.String,
    **{fact.name: DTYPES[fact.type] for fact in FACTS},
    "failure": pl.String,
    "failure_cause": pl.String,
}
#: An enumeration becomes its codes where every text of the column is listed.
ENUMERATIONS = {
    fact.name: pl.Enum(fact.values) for fact in FACTS if fact.type is FactType.ENUMERATION
}
#: The columns of a checked frame in which all texts are listed.
CODED_SCHEMA: dict[str, Any] = {**FRAME_SCHEMA, **ENUMERATIONS}
#: What a source may say instead of facts; anything else would be an outcome that nobody decided.
FAILURES = tuple(sorted(outcome.value for outcome in FAILURE_CODES))
DATE_MIN, DATE_MAX = date(1900, 1, 1), date(2099, 12, 31)
APPLICANT_ID_LENGTH_MAX = 64
_WORDS_SHOWN = 8


def expected_of(fact: Fact) -> str:
    """Return what a value of the fact must be, for a message."""
    match fact.type:
        case FactType.INTEGER:
            return f"expected a whole number from {fact.minimum} to {fact.maximum:,}"
        case FactType.BOOLEAN:
            return "expected true or false"
        case FactType.DATE:
            return f"expected a day of the calendar from {DATE_MIN} to {DATE_MAX}"
        case FactType.ENUMERATION:
            few = len(fact.values) <= _WORDS_SHOWN
            return f"expected {', '.join(fact.values) if few else 'a USPS code such as MI'}"


def checked(
    frame: pl.DataFrame, *, first_row: int = 0, extra_faults: Sequence[pl.Series] = ()
) -> pl.DataFrame:
    """Return the frame with every row that leaves the catalogue's ranges made `unreadable_row`.

    Shapes:  the columns of FRAME_SCHEMA, in and out, same rows in the same order; an enumeration
             comes back as in CODED_SCHEMA where every text of the column is listed.
    Null:    a failed row has null facts but its `as_of`, where that is a day in range.
    Errors:  InvariantBroken if columns or dtypes are not those of FRAME_SCHEMA.
    `extra_faults` are what the source itself found, by row, null where nothing; `first_row` is the
    number of the first row, which names rows whose own name cannot be used. A later row with the
    `applicant_id` of an earlier one is unreadable. Applying it twice changes nothing.
    """
    frame = _coded(frame)
    if frame.schema.keys() != FRAME_SCHEMA.keys() or any(
        dtype not in (FRAME_SCHEMA[name], CODED_SCHEMA[name])
        for name, dtype in frame.schema.items()
    ):
        message = "a source's facts frame has other columns than the catalogue of facts"
        raise InvariantBroken(message)
    if not extra_faults and _is_sound(frame):
        return frame
    named = [fault.alias(f"_extra_{place}") for place, fault in enumerate(extra_faults)]
    extras = [pl.col(fault.name) for fault in named]
    faults = _faults(extras)
    is_bad = pl.any_horizontal(
        pl.col("failure").is_not_null(),
        *(condition.fill_null(value=False) for condition, _ in faults),
        *(extra.is_not_null() for extra in extras),
    )
    # Nearly every row is sound, and words cost more than flags: only the others get a cause.
    wide = frame.with_columns(*named).with_row_index("_row", offset=first_row)
    wide = wide.with_columns(is_bad.alias("_bad"))
    if not wide["_bad"].any():
        return frame
    messages = [pl.when(condition).then(pl.lit(message)) for condition, message in faults]
    # A row that its source failed already keeps that cause.
    cause = pl.when(~pl.col("failure").is_in(FAILURES).fill_null(value=False)).then(
        _nothing_to_null(pl.concat_str([*extras, *messages], separator="; ", ignore_nulls=True))
    )
    wide = wide.with_columns(pl.when("_bad").then(cause).alias("_cause"))
    return wide.select(_name(), *map(_kept, FACTS), *_outcome())


def refuse_after(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the frame with rows dated after `as_of` made unreadable: the future is not decided.

    Null:   a row without a day stays as it is; it has failed already.
    """
    last = frame["as_of"].max()
    if not isinstance(last, date) or last <= as_of:
        return frame
    later = (pl.col("as_of") > as_of).fill_null(value=False)
    facts = [
        pl.when(~later).then(pl.col(fact.name)).alias(fact.name)
        for fact in FACTS
        if fact.name != "as_of"
    ]
    cause = pl.lit("as_of: dated after --as-of; a row from the future is never decided")
    return frame.with_columns(
        *facts,
        pl.when(later)
        .then(pl.lit(Outcome.UNREADABLE_ROW.value))
        .otherwise(pl.col("failure"))
        .alias("failure"),
        pl.when(later).then(cause).otherwise(pl.col("failure_cause")).alias("failure_cause"),
    )


def _coded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with an enumeration as codes where each of its texts is listed."""
    texts = [name for name in ENUMERATIONS if frame.schema.get(name) == pl.String]
    coded = frame.select(pl.col(name).cast(ENUMERATIONS[name], strict=False) for name in texts)
    whole = [name for name in texts if coded[name].null_count() == frame[name].null_count()]
    return frame.with_columns(coded[name] for name in whole)


def _is_sound(frame: pl.DataFrame) -> bool:
    """Return whether no row can have a fault: by extremes, which cost a tenth of flags by row."""
    failed = frame.filter(pl.col("failure").is_not_null())
    if not failed["failure"].is_in(FAILURES).all():
        return False
    kept = [fact.name for fact in FACTS if fact.name != "as_of"]
    if any(failed[name].null_count() < failed.height for name in kept):
        return False
    if frame["as_of"].null_count() > failed["as_of"].null_count():
        return False
    ids, outside = pl.col("applicant_id"), []
    for fact in FACTS:
        column = pl.col(fact.name)
        if fact.type is FactType.INTEGER:
            outside += [column.min() < fact.minimum, column.max() > fact.maximum]
        elif fact.type is FactType.DATE:
            outside += [column.min() < DATE_MIN, column.max() > DATE_MAX]
        elif frame.schema.get(fact.name) == pl.String:
            # Its texts would be codes by now if all of them were listed.
            return False
    lengths = ids.str.len_bytes()
    outside += [
        ids.null_count() > 0,
        lengths.min() < 1,
        # Bytes are at least as many as characters; longer names take the path that counts them.
        lengths.max() > APPLICANT_ID_LENGTH_MAX,
        (ids.str.strip_chars().str.len_bytes() != lengths).any(),
        # Two names of one hash are told apart by the path that looks at rows.
        ids.hash().n_unique() < pl.len(),
        (pl.col("oldest_trade_date") > pl.col("as_of")).any(),
    ]
    found = frame.select(flag.alias(str(place)) for place, flag in enumerate(outside))
    return not any(found.row(0))


def _faults(extras: Sequence[pl.Expr]) -> list[tuple[pl.Expr, str]]:
    """Return every condition that makes a row unreadable, with the words for it."""
    found = [
        (
            ~_is_named(),
            f"applicant_id: expected 1 to {APPLICANT_ID_LENGTH_MAX} characters, no spaces around",
        ),
        (
            _is_named() & ~pl.col("applicant_id").is_first_distinct(),
            "applicant_id: expected once; an earlier row has it",
        ),
        (~pl.col("failure").is_in(FAILURES), f"failure: expected {', '.join(FAILURES)}, or null"),
    ]
    for fact in FACTS:
        is_in_range = _is_in_range(fact)
        if is_in_range is not None:
            found.append((~is_in_range, f"{fact.name}: {expected_of(fact)}"))
    # A source that could not read the day has said so already.
    unsaid = [pl.col("failure").is_null(), *(extra.is_null() for extra in extras)]
    undated = pl.all_horizontal(pl.col("as_of").is_null(), *unsaid)
    found += [
        (undated, "as_of: expected the day on which the facts were true"),
        (
            pl.col("oldest_trade_date") > pl.col("as_of"),
            "oldest_trade_date: expected a day on or before as_of",
        ),
    ]
    return found


def _is_named() -> pl.Expr:
    identity = pl.col("applicant_id")
    fits = identity.str.len_chars().is_between(1, APPLICANT_ID_LENGTH_MAX)
    return (fits & (identity.str.strip_chars() == identity)).fill_null(value=False)


def _is_in_range(fact: Fact) -> pl.Expr | None:
    column = pl.col(fact.name)
    match fact.type:
        case FactType.INTEGER:
            return column.is_between(fact.minimum, fact.maximum)
        case FactType.DATE:
            return column.is_between(DATE_MIN, DATE_MAX)
        case FactType.ENUMERATION:
            return column.is_in(fact.values)
        case FactType.BOOLEAN:
            return None


def _nothing_to_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _name() -> pl.Expr:
    by_number = "row-" + pl.col("_row").cast(pl.String)
    return pl.when(_is_named()).then("applicant_id").otherwise(by_number).alias("applicant_id")


def _kept(fact: Fact) -> pl.Expr:
    """Return the fact, null in a failed row; its day stays where it is one."""
    keep = pl.col("_cause").is_null() & pl.col("failure").is_null()
    if fact.name == "as_of":
        keep = pl.col("as_of").is_between(DATE_MIN, DATE_MAX)
    return pl.when(keep).then(pl.col(fact.name)).alias(fact.name)


def _outcome() -> tuple[pl.Expr, pl.Expr]:
    cause = pl.col("_cause")
    unreadable = pl.lit(Outcome.UNREADABLE_ROW.value)
    return (
        pl.when(cause.is_not_null()).then(unreadable).otherwise(pl.col("failure")).alias("failure"),
        cause.fill_null(pl.col("failure_cause")).alias("failure_cause"),
    )
