"""Merchants by name and by category: sorted once, searched in microseconds.

Positions are places in the order of names: folded (case and accents do not count), then the name as
it is written, then the key. Every list of positions here is ascending.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.letters import PLAIN_LETTERS

Positions = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
#: A search is by so many words at most, and of so many characters.
WORDS_MAX = 8
TEXT_MAX = 120
_WORD = re.compile(r"\w+")
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
#: Sorts after every character of a folded word.
_LAST = "\U0010ffff"


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and compatibility forms.

    >>> folded("Ægir & Søn, Café"), folded("STRAẞE")
    ('aegir & son, cafe', 'strasse')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded; an apostrophe parts none.

    >>> words_of("Little Quillwort Children's Wear")
    ['little', 'quillwort', 'childrens', 'wear']
    """
    return _WORD.findall(
        folded(text).replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )


def _words_of_folded(text: str) -> list[str]:
    return _WORD.findall(text.replace("'", "").replace(_APOSTROPHE, ""))


def in_order_of_names(merchants: pl.DataFrame) -> pl.DataFrame:
    """Return the merchants (merchant_id, name, ...) in the order of names, with `folded` names."""
    names = pl.Series("folded", [folded(name) for name in merchants["name"].to_list()])
    return merchants.with_columns(names).sort("folded", "name", "merchant_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts by position, in one piece: half the memory of as many texts, and as quick to read."""

    data: bytes
    begins: npt.NDArray[np.int64]

    def __getitem__(self, position: int) -> str:
        """Return the text at a position."""
        return self.data[self.begins[position] : self.begins[position + 1]].decode()


def texts_of(column: pl.Series) -> Texts:
    """Return a column of texts in one piece."""
    encoded = [text.encode() for text in column.to_list()]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return Texts(data=b"".join(encoded), begins=np.concatenate([[0], ends]).astype(np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """Positions by number, one list after another."""

    positions: Positions
    begins: npt.NDArray[np.int64]

    def between(self, first: int, after: int) -> Positions:
        """Return the positions under the numbers from `first` to before `after`."""
        return self.positions[self.begins[first] : self.begins[after]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantNames:
    """Words and categories of merchants, with the positions that have them."""

    count: int
    #: Sorted.
    words: list[str]
    by_word: Postings
    #: Sorted.
    mccs: list[str]
    by_mcc: Postings

    def matching(self, text: str) -> Mask:
        """Return whether each merchant's name has, for every word of a text, one that begins so.

        Errors: DomainError for a text without a word, or one that is too long.
        """
        if len(text) > TEXT_MAX:
            raise DomainError(f"a search for a name has at most {TEXT_MAX} characters")
        wanted = sorted(set(words_of(text)), key=len, reverse=True)
        if not 0 < len(wanted) <= WORDS_MAX:
            raise DomainError(f"a search for a name has from 1 to {WORDS_MAX} words")
        masks = [
            self._mask(
                self.by_word.between(
                    bisect_left(self.words, word), bisect_left(self.words, word + _LAST)
                )
            )
            for word in wanted
        ]
        found = masks[0]
        for mask in masks[1:]:
            found &= mask
        return found

    def in_categories(self, mccs: Sequence[str]) -> Mask:
        """Return whether each merchant is in one of the categories; unknown ones have none."""
        found = np.zeros(self.count, np.bool_)
        for mcc in set(mccs):
            place = bisect_left(self.mccs, mcc)
            if place < len(self.mccs) and self.mccs[place] == mcc:
                found[self.by_mcc.between(place, place + 1)] = True
        return found

    def _mask(self, positions: Positions) -> Mask:
        found = np.zeros(self.count, np.bool_)
        found[positions] = True
        return found


def merchant_names(merchants: pl.DataFrame) -> MerchantNames:
    """Return the index of merchants (folded, mcc) that are in the order of names already."""
    numbers: dict[str, int] = {}
    of_word: list[int] = []
    sizes: list[int] = []
    for name in merchants["folded"].to_list():
        own = {numbers.setdefault(word, len(numbers)) for word in _words_of_folded(name)}
        of_word += own
        sizes.append(len(own))
    positions = np.repeat(np.arange(merchants.height, dtype=np.int32), sizes)
    words, by_word = _postings(list(numbers), np.array(of_word, np.int64), positions)
    mccs = merchants["mcc"].unique().to_list()
    places = {mcc: place for place, mcc in enumerate(mccs)}
    of_mcc = np.array([places[mcc] for mcc in merchants["mcc"].to_list()], np.int64)
    sorted_mccs, by_mcc = _postings(mccs, of_mcc, np.arange(merchants.height, dtype=np.int32))
    return MerchantNames(
        count=merchants.height, words=words, by_word=by_word, mccs=sorted_mccs, by_mcc=by_mcc
    )


def _postings(
    keys: list[str], numbers: npt.NDArray[np.int64], positions: Positions
) -> tuple[list[str], Postings]:
    """Return the keys sorted, and under each of them the positions that have it, ascending."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place_of = np.empty(len(keys), np.int64)
    place_of[order] = np.arange(len(keys))
    places = place_of[numbers] if len(keys) else numbers
    sizes = np.bincount(places, minlength=len(keys))
    begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    listed = positions[np.argsort(places, kind="stable")]
    return [keys[place] for place in order], Postings(positions=listed, begins=begins)
