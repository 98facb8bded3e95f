"""Read the entries of a file: trades, inquiries, public records, collections and scores."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from wherewithal.sources.bureau_transunion.elements import Node, implausible, malformed
from wherewithal.sources.bureau_transunion.member_codes import member_key
from wherewithal.sources.bureau_transunion.report import (
    Collection,
    Inquiry,
    PublicRecord,
    Score,
)

#: Consumer score models run from 300 to 850; a product on another scale gets its own row.
SCORE_RANGE_DEFAULT = (300, 850)
SCORE_RANGES: dict[str, tuple[int, int]] = {}
_SCORE = re.compile(r"([+-]?)([0-9]{1,9})")
_SCORE_SHOWN_MAX = 9_999
#: Counts in the summary, and the entries that they count.
_COUNTED = {
    "totalTradeCount": "trade",
    "totalInquiryCount": "inquiry",
    "publicRecordCount": "publicRecord",
    "collectionCount": "collection",
}
_ENTRIES_MAX = 9_999

Entry = TypeVar("Entry")


def read_all(credit: Node, name: str, read: Callable[[Node], Entry]) -> tuple[Entry, ...]:
    """Return every entry of that name, read."""
    return tuple(read(node) for node in credit.all(name))


def check_counts(credit: Node) -> None:
    """Refuse a file that lists fewer entries than its own summary counts: part of it is missing.

    More entries than counted are fine: the published file counts four inquiries and lists five,
    the fifth being the one that produced the report.
    """
    for counter, name in _COUNTED.items():
        listed = len(credit.all(name))
        if listed > _ENTRIES_MAX:
            implausible(f"{name}: more than {_ENTRIES_MAX:,} entries")
        counts = credit.get("creditSummary", "recordCounts")
        counted = None if counts is None else counts.whole(counter, maximum=_ENTRIES_MAX)
        if counted is not None and listed < counted:
            malformed(f"the summary counts {counted} of {name}, the file lists {listed}")


def is_own(entry: Node, own_keys: frozenset[str]) -> bool:
    """Return whether the entry's subscriber is ourselves."""
    code = entry.code("subscriber", "memberCode")
    return code is not None and member_key(code) in own_keys


def inquiry_of(node: Node, *, latest: date, own_keys: frozenset[str]) -> Inquiry:
    """Return one inquiry; an inquiry without a date is malformed."""
    asked_on = node.day("date", latest=latest)
    if asked_on is None:
        malformed(f"{node.where}: no date")
    return Inquiry(
        is_own=is_own(node, own_keys),
        asked_on=asked_on,
        industry_code=node.code("subscriber", "industryCode"),
        account_type=node.code("accountType"),
        ecoa_designator=node.code("ECOADesignator"),
    )


def public_record_of(node: Node, *, latest: date) -> PublicRecord:
    """Return one public record."""
    return PublicRecord(
        record_type=node.need_code("type"),
        filed_on=node.day("dateFiled", latest=latest),
        paid_on=node.day("datePaid", latest=latest),
        reported_on=node.day("dateReported", latest=latest),
    )


def collection_of(node: Node, *, latest: date, own_keys: frozenset[str]) -> Collection:
    """Return one collection; unless the file says medical, it is not."""
    classification = node.code("original", "creditorClassification") or ""
    return Collection(
        is_own=is_own(node, own_keys),
        is_medical="medical" in classification.lower()
        or node.code("account", "type") in {"MD", "MH"},
        ecoa_designator=node.code("ECOADesignator"),
        opened_on=node.day("dateOpened", latest=latest),
        effective_on=node.day("dateEffective", latest=latest),
        closed_on=node.day("dateClosed", latest=latest),
        balance_cents=node.cents("currentBalance"),
        past_due_cents=node.cents("pastDue"),
        rating=node.code("accountRating"),
    )


def scores_of(record: Node) -> tuple[Score, ...]:
    """Return the scores in file order; a product that delivered no score has none."""
    scores = []
    for product in record.all("addOnProduct"):
        score = product.get("scoreModel", "score")
        if score is None or score.text("results") is None:
            continue
        model = product.need_code("code")
        factors = score.get("factors")
        ranked = [] if factors is None else factors.all("factor")
        scores.append(
            Score(
                model=model,
                value=_score_value(score, model),
                factor_codes=tuple(filter(None, (factor.code("code") for factor in ranked))),
            )
        )
    return tuple(scores)


def _score_value(score: Node, model: str) -> int:
    parts = _SCORE.fullmatch(score.text("results") or "")
    if parts is None:
        malformed(f"{score.where} results: not a score")
    value = int(parts[2]) * (-1 if parts[1] == "-" else 1)
    low, high = SCORE_RANGES.get(model, SCORE_RANGE_DEFAULT)
    if not low <= value <= high:
        # A longer number could be an identity number in the wrong place: it is not repeated.
        shown = f"score {value}" if abs(value) <= _SCORE_SHOWN_MAX else "a score"
        implausible(f"{shown} is outside {low}..{high}")
    return value
