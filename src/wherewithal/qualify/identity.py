"""The decision's name: a digest of the bundle and every input, equal in both tempos.

MurmurHash3 x64 128 (A. Appleby, 2011) over 64-bit little-endian words: three of the bundle's
SHA-256, then the facts and the failure, packed. Each is a digit, 0 for null, in a mixed radix
given by its range in the catalogue of facts. One person is hashed by the mmh3 library, a frame by
the same algorithm on columns. It names a decision; it does not authenticate one.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import mmh3
import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.dmn.types import CALENDAR_MAX, CALENDAR_MIN
from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome

_DIGEST_WORDS = 3
_WORD_MAX = 2**63
_OUTCOMES = tuple(outcome.value for outcome in Outcome)
_EPOCH = datetime.date(1970, 1, 1)
FAILURE = Fact(name="failure", type=FactType.ENUMERATION, values=_OUTCOMES, meaning="a failure")
#: What a name is made of after the bundle, in this order.
LAYOUT: tuple[Fact, ...] = (*FACTS, FAILURE)
Words = npt.NDArray[np.uint64]
#: Values of a column, and what is taken from them.
_Digits = tuple[npt.NDArray[Any], int]
#: Rows that are hashed at once: their words stay in the cache.
_BLOCK_ROWS = 32_768


def decision_id(
    facts: Mapping[str, Any],
    *,
    failure: str | None,
    bundle_digest: str,
    layout: tuple[Fact, ...] = LAYOUT,
) -> str:
    """Return the 32 hexadecimal digits that name the decision on these facts.

    `layout` is the catalogue of facts that the name is made by: an older one names older decisions.
    Errors: ValueError, KeyError or TypeError where a value is none of that catalogue.
    """
    given = {**facts, "failure": failure}
    packing = _PACKING if layout is LAYOUT else _packing(layout)
    words = [
        sum(_digit(fact, given[fact.name]) * weight for fact, weight in packed)
        for packed in packing
    ]
    words = [*_digest_words(bundle_digest), *words]
    words += [0] * (len(words) % 2)
    return mmh3.hash_bytes(struct.pack(f"<{len(words)}q", *words), 0, x64arch=True).hex()


def decision_ids(facts: pl.DataFrame, *, bundle_digest: str) -> pl.Series:
    """Return the names of the decisions on a facts frame, as String, in row order.

    Texts may be String or Enum columns.
    """
    digest = [np.uint64(word % 2**64) for word in _digest_words(bundle_digest)]
    words = [
        [(_digits(facts[fact.name], fact), weight) for fact, weight in one] for one in _PACKING
    ]
    hashed = np.empty((facts.height, 2), np.uint64)
    for first in range(0, facts.height, _BLOCK_ROWS):
        block = slice(first, first + _BLOCK_ROWS)
        packed = [_packed(one, block) for one in words]
        hashed[block, 0], hashed[block, 1] = _murmur3_x64_128([*digest, *packed])
    return _hexadecimal(hashed)


def _digits(column: pl.Series, fact: Fact) -> _Digits | None:
    """Return the values, the base where they are null; None where all of them are."""
    if column.null_count() == len(column):
        return None
    if fact.type is FactType.ENUMERATION:
        column = column.cast(pl.Enum(fact.values)).to_physical()
    elif fact.type is FactType.DATE:
        column = column.to_physical()
    elif fact.type is FactType.BOOLEAN:
        column = column.cast(pl.Int8)
    base = _base(fact)
    if base < 0:
        # Unsigned codes have no room for the base.
        column = column.cast(pl.Int64)
    known = column.fill_null(base) if column.null_count() else column
    return known.to_numpy(), base


def _packed(digits: Sequence[tuple[_Digits | None, int]], block: slice) -> Words | np.uint64:
    """Return a word: the sum of its digits, each times its weight; a null adds nothing."""
    word: Any = np.int64(0)
    for known, weight in digits:
        if known is not None:
            values, base = known
            word = word + (values[block] - np.int64(base)) * np.int64(weight)
    packed: Words = word.view(np.uint64)
    return packed


def _digest_words(digest: str) -> tuple[int, ...]:
    return struct.unpack(f"<{_DIGEST_WORDS}q", bytes.fromhex(digest)[: 8 * _DIGEST_WORDS])


def _base(fact: Fact) -> int:
    """Return what is taken from a value so that the least is 1."""
    match fact.type:
        case FactType.INTEGER:
            return fact.minimum - 1
        case FactType.DATE:
            return (CALENDAR_MIN - _EPOCH).days - 1
    return -1


def _radix(fact: Fact) -> int:
    """Return how many digits a fact has, null among them."""
    match fact.type:
        case FactType.INTEGER:
            return fact.maximum - fact.minimum + 2
        case FactType.DATE:
            return (CALENDAR_MAX - CALENDAR_MIN).days + 2
        case FactType.BOOLEAN:
            return 3
        case FactType.ENUMERATION:
            return len(fact.values) + 1


@lru_cache(maxsize=8)
def _packing(layout: tuple[Fact, ...]) -> tuple[tuple[tuple[Fact, int], ...], ...]:
    """Return the facts of each word with their weights; a word never passes 63 bits."""
    words: list[list[tuple[Fact, int]]] = [[]]
    weight = 1
    for fact in layout:
        if weight * _radix(fact) > _WORD_MAX:
            words.append([])
            weight = 1
        words[-1].append((fact, weight))
        weight *= _radix(fact)
    return tuple(tuple(word) for word in words)


_PACKING = _packing(LAYOUT)


def _digit(fact: Fact, value: Any) -> int:
    if value is None:
        return 0
    match fact.type:
        case FactType.DATE:
            value = (value - _EPOCH).days
        case FactType.ENUMERATION:
            value = fact.values.index(value)
    return int(value) - _base(fact)


_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_FIVE, _N1, _N2 = np.uint64(5), np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_M1, _M2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)


def _murmur3_x64_128(words: list[Any]) -> tuple[Words, Words]:
    """Hash columns of words, each an array or one number for all."""
    words = words + [np.uint64(0)] * (len(words) % 2)
    h1: Any = np.uint64(0)
    h2: Any = np.uint64(0)
    with np.errstate(over="ignore"):
        for k1, k2 in zip(words[::2], words[1::2], strict=True):
            h1 = h1 ^ (_rotated(k1 * _C1, 31) * _C2)
            h1 = (_rotated(h1, 27) + h2) * _FIVE + _N1
            h2 = h2 ^ (_rotated(k2 * _C2, 33) * _C1)
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


def _hexadecimal(hashed: Words) -> pl.Series:
    """Return two words a row as 32 digits."""
    names = pl.Series("decision_id", hashed.view(np.uint8)).arr.to_list().cast(pl.Binary)
    return names.bin.encode("hex")
