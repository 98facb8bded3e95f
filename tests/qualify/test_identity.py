"""A decision has one name, whether one person is decided or a frame."""

from __future__ import annotations

import datetime
import hashlib
import random
import struct

import mmh3
import numpy as np
import polars as pl
import pytest

from wherewithal.dmn import types as t
from wherewithal.qualify import identity
from wherewithal.qualify.identity import decision_id, decision_ids
from wherewithal.vocabulary.facts import FACTS, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome

DIGEST = hashlib.sha256(b"a bundle").hexdigest()
COLUMNS = {
    FactType.INTEGER: pl.Int64,
    FactType.BOOLEAN: pl.Boolean,
    FactType.DATE: pl.Date,
    FactType.ENUMERATION: pl.String,
}
SCHEMA = {**{fact.name: COLUMNS[fact.type] for fact in FACTS}, "failure": pl.String}


def ends(fact: Fact) -> list[object]:
    """Return a fact's null, its least and its greatest value, and a few between."""
    match fact.type:
        case FactType.INTEGER:
            low, high = fact.minimum, fact.maximum
            return [None, low, high, (low + high) // 2, min(low + 1, high)]
        case FactType.BOOLEAN:
            return [None, True, False]
        case FactType.DATE:
            days = (t.CALENDAR_MIN, t.CALENDAR_MAX, datetime.date(1970, 1, 1))
            return [None, *days, datetime.date(1969, 12, 31)]
    return [None, *fact.values]


def people(count: int, *, seed: int) -> list[dict[str, object]]:
    chance = random.Random(seed)
    failures = [None, *(outcome.value for outcome in Outcome)]
    return [
        {fact.name: chance.choice(ends(fact)) for fact in FACTS}
        | {"failure": chance.choice(failures)}
        for _ in range(count)
    ]


def name_of(person: dict[str, object]) -> str:
    failure = person["failure"]
    assert failure is None or isinstance(failure, str)
    return decision_id(person, failure=failure, bundle_digest=DIGEST)


def nobody() -> dict[str, object]:
    return dict.fromkeys(SCHEMA)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_and_a_frame_give_the_same_names(seed):
    given = people(500, seed=seed)
    frame = pl.DataFrame(given, schema=SCHEMA)
    names = decision_ids(frame, bundle_digest=DIGEST)
    assert names.to_list() == [name_of(person) for person in given]
    assert names.name == "decision_id"
    assert names.dtype == pl.String


def test_of_nobody_known():
    frame = pl.DataFrame([nobody()], schema=SCHEMA)
    assert decision_ids(frame, bundle_digest=DIGEST).to_list() == [name_of(nobody())]
    assert decision_ids(frame.clear(), bundle_digest=DIGEST).to_list() == []


def test_texts_may_be_enums():
    frame = pl.DataFrame(people(50, seed=4), schema=SCHEMA)
    enums = {f.name: pl.Enum(f.values) for f in FACTS if f.type is FactType.ENUMERATION}
    coded = decision_ids(frame.cast(enums), bundle_digest=DIGEST)  # type: ignore[arg-type]
    assert coded.to_list() == decision_ids(frame, bundle_digest=DIGEST).to_list()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_value_of_a_fact_counts(fact):
    values = ends(fact)
    names = {name_of({**nobody(), fact.name: value}) for value in values}
    assert len(names) == len(set(values))


def test_failures_and_bundles_count():
    failures = [None, *(outcome.value for outcome in Outcome)]
    names = {name_of({**nobody(), "failure": failure}) for failure in failures}
    other = decision_id(nobody(), failure=None, bundle_digest=hashlib.sha256(b"b").hexdigest())
    assert len(names | {other}) == len(failures) + 1


def test_a_word_holds_its_facts_apart():
    """In each word the greatest number of all lower digits is below the next weight."""
    for word in identity._PACKING:
        reach = 0
        for fact, weight in word:
            assert weight == reach + 1
            reach += (identity._radix(fact) - 1) * weight
        assert reach < 2**63


@pytest.mark.parametrize("count", [2, 4, 10, 32])
def test_the_hash_on_columns_is_murmur3(count):
    chance = np.random.default_rng(count)
    words = [chance.integers(0, 2**64, 200, dtype=np.uint64) for _ in range(count)]
    words[0][:3], words[-1][:3] = [0, 1, 2**64 - 1], [2**63, 0, 2**64 - 1]
    columns = identity._hexadecimal(np.stack(identity._murmur3_x64_128(list(words)), axis=1))
    rows = zip(*words, strict=True)
    assert columns.to_list() == [
        mmh3.hash_bytes(struct.pack(f"<{count}Q", *map(int, row)), 0, x64arch=True).hex()
        for row in rows
    ]


def test_the_library_hashes_as_published():
    """The published answers of x64 128: of nothing, and of the pangram."""
    assert mmh3.hash_bytes(b"", 0, x64arch=True).hex() == "0" * 32
    assert mmh3.hash_bytes(b"The quick brown fox jumps over the lazy dog", 0).hex() == (
        "6c1b07bc7bbc4be347939ac4a93c437a"
    )
