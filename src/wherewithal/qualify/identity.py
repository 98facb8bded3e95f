"""The decision's name: a digest of the bundle and every input, equal in both tempos.

MurmurHash3 x64 128 (A. Appleby, 2011) over fixed 64-bit little-endian words: three of the bundle's
SHA-256, then each fact, then the failure. One person is hashed by the mmh3 library, a frame by the
same algorithm on columns. It names a decision; it does not authenticate one.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Mapping
from typing import Any

import mmh3
import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome

_NULL = -(2**63)
_DIGEST_WORDS = 3
_OUTCOME_PLACES = {outcome.value: place for place, outcome in enumerate(Outcome)}
_EPOCH = datetime.date(1970, 1, 1)
Words = npt.NDArray[np.uint64]


def decision_id(facts: Mapping[str, Any], *, failure: str | None, bundle_digest: str) -> str:
    """Return the 32 hexadecimal digits that name the decision on these facts."""
    words = [*_digest_words(bundle_digest), *(_word(fact, facts[fact.name]) for fact in FACTS)]
    words.append(_NULL if failure is None else _OUTCOME_PLACES[failure])
    words += [0] * (len(words) % 2)
    return mmh3.hash_bytes(struct.pack(f"<{len(words)}q", *words), 0, x64arch=True).hex()


def decision_ids(facts: pl.DataFrame, *, bundle_digest: str) -> pl.Series:
    """Return the names of the decisions on a facts frame, as String, in row order."""
    columns = [_column(fact, facts[fact.name]) for fact in FACTS]
    failure = facts["failure"].cast(pl.Enum(list(_OUTCOME_PLACES)))
    columns.append(_filled(failure.to_physical().cast(pl.Int64)))
    constants = [np.uint64(word % 2**64) for word in _digest_words(bundle_digest)]
    words: list[Any] = [*constants, *columns]
    words += [np.uint64(0)] * (len(words) % 2)
    return _hexadecimal(*_murmur3_x64_128(words, rows=facts.height))


def _digest_words(digest: str) -> tuple[int, ...]:
    return struct.unpack(f"<{_DIGEST_WORDS}q", bytes.fromhex(digest)[: 8 * _DIGEST_WORDS])


def _word(fact: Fact, value: Any) -> int:
    if value is None:
        return _NULL
    match fact.type:
        case FactType.DATE:
            return int((value - _EPOCH).days)
        case FactType.ENUMERATION:
            return fact.values.index(value)
    return int(value)


def _column(fact: Fact, column: pl.Series) -> Words:
    if fact.type is FactType.ENUMERATION:
        return _filled(column.cast(pl.Enum(fact.values)).to_physical().cast(pl.Int64))
    if fact.type is FactType.DATE:
        return _filled(column.to_physical().cast(pl.Int64))
    return _filled(column.cast(pl.Int64))


def _filled(column: pl.Series) -> Words:
    filled = column.fill_null(_NULL) if column.null_count() else column
    return filled.to_numpy().view(np.uint64)


_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_FIVE, _N1, _N2 = np.uint64(5), np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_M1, _M2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)


def _murmur3_x64_128(words: list[Any], *, rows: int) -> tuple[Words, Words]:
    h1, h2 = np.zeros(rows, np.uint64), np.zeros(rows, np.uint64)
    with np.errstate(over="ignore"):
        for k1, k2 in zip(words[::2], words[1::2], strict=True):
            h1 ^= _rotated(k1 * _C1, 31) * _C2
            h1 = (_rotated(h1, 27) + h2) * _FIVE + _N1
            h2 ^= _rotated(k2 * _C2, 33) * _C1
            h2 = (_rotated(h2, 31) + h1) * _FIVE + _N2
        length = np.uint64(8 * len(words))
        h1, h2 = h1 ^ length, h2 ^ length
        h1 = h1 + h2
        h2 = h2 + h1
        h1, h2 = _finished(h1), _finished(h2)
        h1 = h1 + h2
        return h1, h2 + h1


def _rotated(value: Any, bits: int) -> Any:
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


def _finished(k: Words) -> Words:
    k = (k ^ (k >> _SHIFT)) * _M1
    k = (k ^ (k >> _SHIFT)) * _M2
    return k ^ (k >> _SHIFT)


_HEX = np.array(
    [int.from_bytes(f"{byte:02x}".encode(), "little") for byte in range(256)], np.uint16
)


def _hexadecimal(h1: Words, h2: Words) -> pl.Series:
    raw = np.stack([h1, h2], axis=1).view(np.uint8)
    text = _HEX[raw].view("S32").ravel()
    return pl.Series("decision_id", text.tolist(), dtype=pl.Binary).cast(pl.String)
