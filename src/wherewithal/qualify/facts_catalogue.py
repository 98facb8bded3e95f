"""The catalogue of facts as it is kept: the layout that the name of a decision depends on.

A new fact changes every name (docs/decisions/0009). So that an old decision's name can still be
computed, the catalogue of its day is kept by digest: names, types and ranges in their order, with
the failure last. Wording and purpose are no part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from wherewithal.qualify.identity import LAYOUT
from wherewithal.vocabulary.facts import Fact, FactType

_FIELDS = ("name", "type", "minimum", "maximum", "values")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    type: FactType
    minimum: int
    maximum: int
    values: tuple[str, ...]


_decode = msgspec.json.Decoder(tuple[_Kept, ...]).decode


def encode_catalogue(layout: Sequence[Fact]) -> bytes:
    """Return a catalogue as canonical JSON."""
    kept: list[dict[str, Any]] = [
        {name: getattr(fact, name) for name in _FIELDS} for fact in layout
    ]
    return msgspec.json.encode(kept, order="sorted")


def decode_catalogue(kept: bytes) -> tuple[Fact, ...]:
    """Return a kept catalogue; its facts have no meaning in words.

    Errors: msgspec.MsgspecError where it is not one.
    """
    return tuple(
        Fact(
            name=one.name,
            type=one.type,
            minimum=one.minimum,
            maximum=one.maximum,
            values=one.values,
            meaning="",
        )
        for one in _decode(kept)
    )


def catalogue_digest(kept: bytes) -> str:
    """Return the SHA-256 of an encoded catalogue."""
    return hashlib.sha256(kept).hexdigest()


#: This program's own.
CATALOGUE = encode_catalogue(LAYOUT)
CATALOGUE_DIGEST = catalogue_digest(CATALOGUE)
