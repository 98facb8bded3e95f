"""The one way in which a decision becomes bytes: what is kept and what is decided again, alike.

JSON without spaces, the names of every object in code-point order, numbers as whole numbers, days
as `2025-01-31`, null where something is unknown. Two decisions are the same if these bytes are.
The columns of the row are those that it had when it was recorded. docs/replay.md says it in words.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wherewithal.qualify.decide import Decision

_encode = msgspec.json.Encoder(order="sorted").encode


class DecidedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What of a decision is compared, in the order in which differences are told."""

    bundle_digest: str
    as_of: datetime.date | None
    outcome: str
    failure_cause: str | None
    reasons: Sequence[str]
    #: The columns of a decision row, by name.
    row: Mapping[str, Any]
    #: Decision -> numbers of the rules that matched; None where they are not kept.
    matched: Mapping[str, Sequence[int]] | None
    decision_id: str


def decided_row(decision: Decision) -> DecidedRow:
    """Return what of a decision is compared."""
    return DecidedRow(
        bundle_digest=decision.bundle_digest,
        as_of=decision.as_of,
        outcome=decision.outcome.value,
        failure_cause=decision.failure_cause,
        reasons=decision.reasons,
        row=decision.values,
        matched=decision.matched,
        decision_id=decision.decision_id,
    )


def canonical_bytes(decided: DecidedRow) -> bytes:
    """Return the bytes that stand for a decision."""
    return _encode(decided)


def canonical_sha256(decided: DecidedRow) -> bytes:
    """Return the 32 bytes of the SHA-256 of a decision's bytes."""
    return hashlib.sha256(canonical_bytes(decided)).digest()
