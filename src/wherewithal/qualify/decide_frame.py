"""A frame of decisions, by the columnar executor."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.edition import Edition
from wherewithal.qualify.identity import decision_ids
from wherewithal.vocabulary.facts import FACTS, FactType

_ROW = "_row"


def decide_frame(facts: pl.DataFrame, bundle: PolicyBundle) -> pl.DataFrame:
    """Decide for every row of a facts frame.

    Shapes: facts (n, facts + 4); result (n, columns of a decision row), in the same order.
    Null:   unknown facts are null and stay so; a typed failure has null powers, not zero ones.
    Source: DESIGN 4, pipeline. The same graph as `decide`, rendered as Polars expressions.
    """
    begins = _begins(facts, bundle)
    if len(begins) == 1:
        return _decided(facts, bundle, bundle.edition(begins[0]))
    facts = facts.with_row_index(_ROW)
    parts = [
        _decided(part, bundle, bundle.edition(begin)).with_columns(part[_ROW])
        for begin in begins
        if (part := facts.filter(_holds(begin, bundle))).height
    ]
    return pl.concat(parts, how="vertical_relaxed").sort(_ROW).drop(_ROW)


def _begins(facts: pl.DataFrame, bundle: PolicyBundle) -> list[datetime.date]:
    """Return the editions that the rows need: one, unless law or programs changed between."""
    known = facts["as_of"].drop_nulls()
    days = [known.min(), known.max()]
    bounds = [day if isinstance(day, datetime.date) else datetime.date.min for day in days]
    first, last = (bundle.edition_begin(day) for day in bounds)
    if first == last and not facts["as_of"].null_count():
        return [first]
    return [datetime.date.min, *bundle.edition_begins]


def _holds(begin: datetime.date, bundle: PolicyBundle) -> pl.Expr:
    later = [other for other in bundle.edition_begins if other > begin]
    holds = pl.col("as_of") >= begin
    if later:
        holds &= pl.col("as_of") < later[0]
    return holds | pl.col("as_of").is_null() if begin == datetime.date.min else holds


def _decided(facts: pl.DataFrame, bundle: PolicyBundle, edition: Edition) -> pl.DataFrame:
    # Texts become codes once; both the program and the names of the decisions read them so.
    facts = facts.with_columns(
        pl.col(fact.name).cast(pl.Enum(fact.values))
        for fact in FACTS
        if fact.type is FactType.ENUMERATION
    )
    plan = edition.columnar
    widened = plan.widened(facts)
    shown = [expression for name, expression in plan.outputs.items() if name not in HIDDEN]
    decided = widened.select(
        facts["applicant_id"],
        decision_ids(facts, bundle_digest=bundle.digest),
        *shown,
        _reasons(widened, edition),
        facts["failure_cause"],
        # As a code: a text of 64 bytes a row takes four times as long to write.
        pl.lit(bundle.digest, dtype=pl.Categorical).alias("bundle_digest"),
        facts["as_of"],
    )
    named = [name for name in FIRST if name in decided.columns]
    products = [name for name in decided.columns if name.startswith("power_")]
    order = dict.fromkeys([*named, *products, *decided.columns, "bundle_digest", "as_of"])
    return decided.select(list(order))


def _reasons(widened: pl.DataFrame, edition: Edition) -> pl.Series:
    """Return the reasons of every row; only rows that have some are looked at."""
    outputs = edition.columnar.outputs
    flagged = widened.select(outputs["has_reasons"]).to_series()
    rows = flagged.arg_true()
    needed = list(dict.fromkeys(outputs["reason_key"].meta.root_names()))
    keys = widened.select(needed)[rows].select(outputs["reason_key"]).to_series()
    distinct, inverse = np.unique(keys.to_numpy(), return_inverse=True)
    # Joined and split again: polars makes one text a key much faster than one list a key.
    words = [",".join(edition.signature.explain(int(key))) for key in distinct]
    split = pl.Series([text for text in words if text], dtype=pl.String).str.split(",")
    # As codes while they are spread over the rows: lists of texts take ten times as long.
    codes = pl.List(pl.Enum(list(edition.signature.reasons.by_code)))
    lists = pl.concat([pl.Series([[]], dtype=REASONS), split]).cast(codes)
    # Position 0 is no reason; a key may stand for none, as where nothing but rules without one hit.
    has_words = np.array([bool(text) for text in words], bool)
    place_of = (np.cumsum(has_words) * has_words).astype(np.uint32)
    places = np.zeros(widened.height, np.uint32)
    places[rows.to_numpy()] = place_of[inverse.ravel()] if words else 0
    return lists.gather(pl.Series(places)).cast(REASONS).alias("reasons")


#: What the program computes for us alone.
HIDDEN = ("has_reasons", "reason_key")
REASONS = pl.List(pl.String)
#: A decision row begins with these.
FIRST = (
    "decision_id",
    "applicant_id",
    "outcome",
    "reasons",
    "score_points",
    "tier",
    "limit_total_cents",
    "capacity_cents",
    "power_total_cents",
)
