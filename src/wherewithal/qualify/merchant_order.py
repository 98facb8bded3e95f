"""The order of merchants for one person: offers are ranked first (thousands), then classes.

A class stands by the best of its offers. Where every merchant is found, the beginning of the list
is read from the classes of the best offers, and the others are never ranked. Else all classes are:
how many are found is part of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wherewithal.qualify.merchant_classes import MerchantClasses, Places, listed
from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.merchant_names import Mask
from wherewithal.qualify.merchant_query import Order, Query
from wherewithal.qualify.shelf import Numbers, ProductShelf, Shelf, aprs_by_answer
from wherewithal.vocabulary.program import RATE_MAX_BPS

Ranked: TypeAlias = npt.NDArray[Any]
#: Merchants with one rank, few enough to be sorted; more are met soon on a walk by name.
_FEW = 4_096
_BLOCK = 16_384
#: The first block of a walk whose classes are ranked as they are met; each is twice the one before.
_FIRST_BLOCK = 512
#: Merchants that such a walk meets at most, before all classes are ranked instead.
_WALKED_MAX = 32_768
#: To read so many times fewer classes one by one takes as long as to read all of them in order.
_SPARSE = 4
#: Room for every APR in basis points, beside the rank of the power that it belongs to.
_APR_BITS = 13
_APR_MASK = 2**_APR_BITS - 1
#: No APR of an offer is above the highest cap, and that is never above this.
_APR_TOP = RATE_MAX_BPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """How merchants stand in the order: 0 is not found, a greater rank comes first."""

    query: Query
    classes: MerchantClasses
    #: Products that are asked for, by their number, and how each of their offers ranks;
    #: with the APR in the lower bits where it counts.
    numbers: tuple[int, ...]
    by_offer: tuple[Ranked, ...]
    count: int
    #: By position, merchants where something is in use: they stand apart from their class.
    apart: Mapping[int, int]

    def of_classes(self, chosen: npt.NDArray[np.integer[Any]] | None = None) -> Ranked:
        """Return the ranks of some classes; None: of all."""
        places = (self.classes.offer_of[number] for number in self.numbers)
        own = (
            ranks.take(each if chosen is None else each.take(chosen))
            for each, ranks in zip(places, self.by_offer, strict=True)
        )
        return _best(self.query, own, count=len(self.classes.sizes))

    def of(self, position: int) -> int:
        """Return the rank of one merchant."""
        if position in self.apart:
            return self.apart[position]
        return int(self.of_classes(self.classes.class_of[position : position + 1])[0])

    def levels(self) -> list[Ranked]:
        """Return by product the rank that each offer gives its classes, unless another does."""
        if self.query.order is Order.APR:
            return [one & _APR_MASK for one in self.by_offer]
        return [one >> _APR_BITS if _is_by_apr(self.query) else one for one in self.by_offer]


def ranks_of(shelf: Shelf, query: Query) -> Ranks:
    """Rank the offers: by what each is worth to the query."""
    asked = [
        number
        for number, one in enumerate(shelf.products)
        if not query.products or one.offers.product.code in query.products
    ]
    least = query.power_min_cents or 0
    shelves = [shelf.products[number] for number in asked]
    apart = [shelf.used_products[number] for number in asked] if shelf.used_positions else []
    powers = [np.where(one.power_cents >= least, one.power_cents, -1) for one in shelves + apart]
    distinct = np.unique(np.concatenate([[-1], *powers]))
    ranked = [
        _by_offer(query, one, distinct, power)
        for one, power in zip(shelves + apart, powers, strict=True)
    ]
    own = _best(query, ranked[len(shelves) :], count=len(shelf.used_positions))
    return Ranks(
        query=query,
        classes=shelf.index.classes,
        numbers=tuple(asked),
        by_offer=tuple(ranked[: len(shelves)]),
        count=_APR_TOP + 3 if query.order is Order.APR else len(distinct),
        apart=dict(zip(shelf.used_positions, own.tolist(), strict=True)),
    )


def _is_by_apr(query: Query) -> bool:
    return query.apr_max_bps is not None or query.order is Order.APR


def _by_offer(query: Query, one: ProductShelf, distinct: Numbers, power: Numbers) -> Ranked:
    """Return how the offers of a product rank; with the APR in the lower bits where it counts."""
    rank = np.searchsorted(distinct, power)
    if not _is_by_apr(query):
        return one.most_by_offer(rank.astype(np.uint16 if len(distinct) < 2**16 else np.int64))
    chosen = one.chosen_by_offer()
    ranks = _with_aprs(query, rank, aprs_by_answer(one, chosen))
    return ranks.astype(np.int32 if len(distinct) < 2**17 else np.int64).take(chosen)


def _best(query: Query, ranks: Iterable[Ranked], *, count: int) -> Ranked:
    """Return the best rank of several products, as the order of the query has it."""
    best: Ranked | None = None
    for own in ranks:
        best = own if best is None else np.maximum(best, own)
    if best is None:
        return np.zeros(count, np.uint16)
    if query.order is Order.APR:
        best &= _APR_MASK
    elif _is_by_apr(query):
        best >>= _APR_BITS
    return best


def _with_aprs(query: Query, rank: Numbers, apr: Numbers) -> Numbers:
    """Return ranks by power, then by APR: of equal powers the lower APR names the row's plan."""
    if query.apr_max_bps is not None:
        rank = np.where((apr >= 0) & (apr <= query.apr_max_bps), rank, 0)
    # By APR, the lowest has the highest rank; what has no power follows, at 1.
    worth = np.where(apr >= 0, _APR_TOP - apr + 2, 1)
    return np.where(rank > 0, rank << _APR_BITS | worth, 0)


# ---------------------------------------------------------------------------- all merchants


def next_of_all(
    index: MerchantIndex, ranks: Ranks, *, after: int | None, need: int
) -> tuple[list[int], int]:
    """Return the next positions of all merchants, and how many are found at all."""
    # As many more as may have to leave their class.
    more = need + len(ranks.apart)
    found = None
    if not ranks.query.is_filtered and ranks.query.order is not Order.NAME:
        found = _nearest(index, ranks, after=after, need=more)
    if found is not None:
        positions, total = found, index.count
    else:
        by_class = ranks.of_classes()
        positions, total = _from_classes(index, ranks, by_class, after=after, need=more)
        total += sum(
            int(rank > 0) - int(by_class[index.classes.class_of[one]] > 0)
            for one, rank in ranks.apart.items()
        )
    return _with_apart(ranks, positions, after=after)[:need], total


def _nearest(
    index: MerchantIndex, ranks: Ranks, *, after: int | None, need: int
) -> list[int] | None:
    """Return the next positions where every merchant is found, ranking no more than it takes.

    Null: None where too many classes would be looked at; then all of them are ranked at once.
    """
    levels = ranks.levels()
    lists = [index.classes.listed[number] for number in ranks.numbers]
    # At most so many merchants have each rank: one counts for every offer that its class makes.
    bound = np.zeros(ranks.count)
    for level, one in zip(levels, lists, strict=True):
        bound += np.bincount(level, one.merchants, ranks.count)
    found: list[int] = []
    below, start = ranks.count, 0
    if after is not None:
        # The rank of the last merchant that was shown goes on after it.
        below, start = ranks.of(after) + 1, after + 1
    while len(found) < need and below > 1:
        # The ranks of a cursor's merchant, then as many at once as may fill the page.
        descending = np.cumsum(bound[1:below][::-1]) if not start else bound[below - 1 : below]
        if descending[0] > _FEW:
            lowest = below - 1
            own = _met(index, ranks, lowest, start=start, need=need - len(found))
            if own is None:
                return None
            found += own
        else:
            enough = int(np.searchsorted(descending, need - len(found))) + 1
            fitting = int(np.searchsorted(descending, _FEW, side="right"))
            lowest = below - min(enough, fitting, len(descending))
            classes = [
                one.of(np.flatnonzero((level >= lowest) & (level < below)))
                for level, one in zip(levels, lists, strict=True)
            ]
            found += _sorted_members(
                index, ranks, np.unique(np.concatenate(classes)), (lowest, below), start=start
            )
        below, start = lowest, 0
    return found[:need]


def _met(
    index: MerchantIndex, ranks: Ranks, rank: int, *, start: int, need: int
) -> list[int] | None:
    """Return the first positions from `start` on that have a rank, by the order of names.

    Null: None if a walk does not find them soon.
    """
    class_of = index.classes.class_of
    found: list[int] = []
    begin, size = start, _FIRST_BLOCK
    while len(found) < need and begin < len(class_of):
        if begin - start >= _WALKED_MAX:
            return None
        own = ranks.of_classes(class_of[begin : begin + size]) == rank
        found += (np.flatnonzero(own)[: need - len(found)] + begin).tolist()
        begin, size = begin + size, size * 2
    return found


def _sorted_members(
    index: MerchantIndex,
    ranks: Ranks,
    classes: Numbers,
    between: tuple[int, int],
    *,
    start: int,
) -> list[int]:
    """Return the merchants of some classes whose rank lies between two, best first."""
    own = ranks.of_classes(classes)
    inside = (own >= between[0]) & (own < between[1])
    classes, own = classes[inside], own[inside]
    members = _members(index, classes)
    begins = index.classes.begins
    rank = np.repeat(own, begins[classes + 1] - begins[classes])
    if start:
        later = members >= start
        members, rank = members[later], rank[later]
    order = np.lexsort((members, -rank.astype(np.int64)))
    found: list[int] = members[order].tolist()
    return found


def _from_classes(
    index: MerchantIndex, ranks: Ranks, by_class: Ranked, *, after: int | None, need: int
) -> tuple[list[int], int]:
    """Return the next positions of all merchants, and how many are found at all."""
    classes = index.classes
    sizes = np.bincount(by_class, classes.sizes, ranks.count).astype(np.int64)
    total = int(sizes[1:].sum())
    if ranks.query.order is Order.NAME:
        start = 0 if after is None else after + 1
        return _walk(index, by_class > 0, start, need), total
    found: list[int] = []
    below = ranks.count
    if after is not None:
        below = ranks.of(after)
        # A merchant that is found no longer stands after all that are.
        if below > 0:
            found = _of_rank(index, by_class == below, int(sizes[below]), after + 1, need)
    # Whole ranks that fit the page, then as much as it needs of the next one.
    descending = np.cumsum(sizes[1:below][::-1])
    whole = int(np.searchsorted(descending, need - len(found)))
    cut = below - 1 - whole
    if whole and descending[whole - 1]:
        members = _members(index, np.flatnonzero((by_class > cut) & (by_class < below)))
        order = np.lexsort((members, -by_class[classes.class_of[members]].astype(np.int64)))
        found += members[order].tolist()
    if cut > 0 and len(found) < need:
        found += _of_rank(index, by_class == cut, int(sizes[cut]), 0, need - len(found))
    return found[:need], total


def _with_apart(ranks: Ranks, positions: list[int], *, after: int | None) -> list[int]:
    """Return positions with those that stand apart from their class put where they belong."""
    if not ranks.apart:
        return positions

    def key(position: int) -> tuple[int, int]:
        rank = 0 if ranks.query.order is Order.NAME else ranks.of(position)
        return -rank, position

    own = [
        one
        for one, rank in ranks.apart.items()
        if rank > 0 and (after is None or key(one) > key(after))
    ]
    return sorted([*own, *(one for one in positions if one not in ranks.apart)], key=key)


def _of_rank(index: MerchantIndex, flags: Mask, size: int, start: int, need: int) -> list[int]:
    if size > _FEW:
        return _walk(index, flags, start, need)
    members = np.sort(_members(index, np.flatnonzero(flags)))
    first = int(np.searchsorted(members, start))
    found: list[int] = members[first : first + need].tolist()
    return found


def _walk(index: MerchantIndex, flags: Mask, start: int, need: int) -> list[int]:
    """Return the first positions from `start` on whose class is flagged, by the order of names."""
    class_of = index.classes.class_of
    found: list[int] = []
    for begin in range(start, len(class_of), _BLOCK):
        block = np.flatnonzero(flags[class_of[begin : begin + _BLOCK]]) + begin
        found += block[: need - len(found)].tolist()
        if len(found) >= need:
            break
    return found


def _members(index: MerchantIndex, chosen: Numbers) -> Places:
    """Return the merchants of some classes, class by class."""
    return listed(index.classes.members, index.classes.begins, chosen)


# ---------------------------------------------------------------------------- some merchants


def next_of_some(
    index: MerchantIndex,
    ranks: Ranks,
    positions: npt.NDArray[np.intp],
    *,
    after: int | None,
    need: int,
) -> tuple[list[int], int]:
    """Return the next of some merchants, and how many of them are found at all."""
    class_of = index.classes.class_of[positions]
    if len(positions) < len(index.classes.sizes) // _SPARSE:
        rank = ranks.of_classes(class_of)
    else:
        rank = ranks.of_classes()[class_of]
    if ranks.apart:
        # Of another kind than what was read: a copy that may be written to.
        rank = rank.astype(np.int64)
        for one, own in ranks.apart.items():
            rank[positions == one] = own
    is_found = rank > 0
    positions, rank = positions[is_found], rank[is_found]
    total = len(positions)
    if ranks.query.order is Order.NAME:
        first = 0 if after is None else int(np.searchsorted(positions, after, side="right"))
        names: list[int] = positions[first : first + need].tolist()
        return names, total
    if after is not None:
        own = ranks.of(after)
        later = (rank < own) | ((rank == own) & (positions > after))
        positions, rank = positions[later], rank[later]
    if len(positions) > need:
        # The rank of the last row: everything above it is shown, of itself the first by name.
        sizes = np.bincount(rank, minlength=ranks.count)
        descending = np.cumsum(sizes[::-1])
        whole = int(np.searchsorted(descending, need))
        cut = ranks.count - 1 - whole
        above = np.flatnonzero(rank > cut)
        equal = np.flatnonzero(rank == cut)[: need - len(above)]
        chosen = np.concatenate([above, equal])
        positions, rank = positions[chosen], rank[chosen]
    order = np.lexsort((positions, -rank.astype(np.int64)))
    found: list[int] = positions[order][:need].tolist()
    return found, total
