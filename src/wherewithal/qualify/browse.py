"""The list of merchants for one person: searched, filtered, sorted, a page at a time.

Offers are ranked first (thousands), then classes; merchants are read from lists that were sorted
when the index was made, and only as far as the page needs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.merchant_names import Mask
from wherewithal.qualify.shelf import (
    Numbers,
    ProductShelf,
    Shelf,
    ShelfAnswer,
    aprs_by_answer,
)
from wherewithal.vocabulary.errors import CursorRefused, DomainError, InvariantBroken
from wherewithal.vocabulary.product import ProductCode
from wherewithal.vocabulary.program import RATE_MAX_BPS

PAGE_SIZE_MAX = 100
#: Merchants with one rank, few enough to be sorted; more are met soon on a walk by name.
_FEW = 4_096
_BLOCK = 16_384
#: Room for every APR in basis points, beside the rank of the power that it belongs to.
_APR_BITS = 13
#: No APR of an offer is above the highest cap, and that is never above this.
_APR_TOP = RATE_MAX_BPS
_NONE_OF_OURS = "the cursor is none of ours; ask for the first page"


class Order(StrEnum):
    """How the list is sorted; equals follow by name, then by key."""

    #: Most power first.
    POWER = "power"
    NAME = "name"
    #: Least APR of the plan that the row's power names; merchants without power last.
    APR = "apr"


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which merchants, in which order, from where on.

    A merchant is found if one of the products asked for has enough power there at an APR that is
    low enough; its power is then the greatest of those products'.
    """

    #: Every word must begin a word of the name; None: every name.
    name: str | None = None
    #: Merchant category codes; empty: every category.
    mccs: tuple[str, ...] = ()
    #: Empty: every product.
    products: tuple[ProductCode, ...] = ()
    #: None: merchants where nothing can be bought are in the list too.
    power_min_cents: int | None = None
    #: Regulation Z APR of the plan that power names; what has no power has no APR.
    apr_max_bps: int | None = None
    order: Order = Order.POWER
    #: What a cursor belongs to beside the merchants: whatever else makes this list what it is, such
    #: as the programs, the day, and what stands for the person. Another one is another list.
    context: str = ""
    #: Who asks for what, in words of the caller; empty: the query itself is its name.
    asked: str = ""
    #: `next_cursor` of the page before.
    cursor: str | None = None
    #: 1 to PAGE_SIZE_MAX.
    page_size: int = 50


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant of the list."""

    merchant_id: str
    name: str
    mcc: str
    #: The largest single purchase, by `product`; of equal ones the lower APR, then the first.
    power_cents: int
    product: ProductCode
    apr_bps: int | None
    #: Of the products asked for, in the order of the catalogue; also of those that are not found.
    answers: tuple[ShelfAnswer, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    rows: tuple[Row, ...]
    #: How many merchants the query finds.
    total: int
    #: None on the last page.
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranks:
    """How merchants stand in the order: 0 is not found, a greater rank comes first."""

    by_class: npt.NDArray[np.integer[Any]]
    count: int
    #: By position, merchants where something is in use: they stand apart from their class.
    apart: Mapping[int, int]

    def of(self, index: MerchantIndex, position: int) -> int:
        """Return the rank of one merchant."""
        if position in self.apart:
            return self.apart[position]
        return int(self.by_class[index.classes.class_of[position]])


def browse(shelf: Shelf, query: Query) -> Page:
    """Return a page of the merchants for a person.

    A cursor holds no amount of the person: it names the merchant after which the list goes on, at
    the place that the merchant has. It stays good over restarts, and belongs to one query, one
    state of the merchants and one `context`: there the pages are one list.
    Errors: DomainError for a query outside its domain; CursorRefused for a cursor that is none, is
            of another query, or of a list that has changed since.
    """
    _check(query)
    index = shelf.index
    after = _read_cursor(index, query) if query.cursor is not None else None
    mask = _mask(index, query)
    ranks = None if mask is None and _is_whole(query) else _ranks(shelf, query)
    # One more than the page shows whether there is another.
    need = query.page_size + 1
    if ranks is None:
        start = 0 if after is None else after + 1
        positions, total = list(range(start, min(start + need, index.count))), index.count
    elif mask is None:
        # As many more as may have to leave their class.
        more = need + len(ranks.apart)
        positions, total = _from_classes(index, query, ranks, after=after, need=more)
        positions = _with_apart(index, query, ranks, positions, after=after)[:need]
        total += sum(
            int(rank > 0) - int(ranks.by_class[index.classes.class_of[one]] > 0)
            for one, rank in ranks.apart.items()
        )
    else:
        among = np.flatnonzero(mask)
        positions, total = _from_positions(index, query, ranks, among, after=after, need=need)
    shown = positions[: query.page_size]
    has_more = len(positions) > query.page_size
    return Page(
        rows=tuple(_rows(shelf, query, shown)),
        total=total,
        next_cursor=cursor_after(index, query, shown[-1]) if has_more else None,
    )


def _is_whole(query: Query) -> bool:
    """Return whether the query is for every merchant by name, whatever can be bought there."""
    is_filtered = query.power_min_cents or query.apr_max_bps is not None
    return query.order is Order.NAME and not is_filtered


def _check(query: Query) -> None:
    if not 1 <= query.page_size <= PAGE_SIZE_MAX:
        raise DomainError(f"page_size must be from 1 to {PAGE_SIZE_MAX}")
    for name in ("power_min_cents", "apr_max_bps"):
        value = getattr(query, name)
        if value is not None and value < 0:
            raise DomainError(f"{name} must not be negative")


# ---------------------------------------------------------------------------- the order


def _ranks(shelf: Shelf, query: Query) -> _Ranks:
    """Rank the classes: the best of what each of a class's offers is worth to the query."""
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
    places = shelf.index.classes.offer_of
    by_class = _best(
        query,
        (
            _by_offer(query, one, distinct, power).take(places[number])
            for number, one, power in zip(asked, shelves, powers, strict=False)
        ),
        count=len(shelf.index.classes.sizes),
    )
    own = _best(
        query,
        (
            _by_offer(query, one, distinct, power)
            for one, power in zip(apart, powers[len(shelves) :], strict=True)
        ),
        count=len(shelf.used_positions),
    )
    return _Ranks(
        by_class=by_class,
        count=_APR_TOP + 3 if query.order is Order.APR else len(distinct),
        apart=dict(zip(shelf.used_positions, own.tolist(), strict=True)),
    )


def _is_by_apr(query: Query) -> bool:
    return query.apr_max_bps is not None or query.order is Order.APR


def _by_offer(
    query: Query, one: ProductShelf, distinct: Numbers, power: Numbers
) -> npt.NDArray[Any]:
    """Return how the offers of a product rank; with the APR in the lower bits where it counts."""
    rank = np.searchsorted(distinct, power)
    if not _is_by_apr(query):
        return one.most_by_offer(rank.astype(np.uint16 if len(distinct) < 2**16 else np.int64))
    chosen = one.chosen_by_offer()
    ranks = _with_aprs(query, rank, aprs_by_answer(one, chosen))
    return ranks.astype(np.int32 if len(distinct) < 2**17 else np.int64).take(chosen)


def _best(query: Query, ranks: Iterable[npt.NDArray[Any]], *, count: int) -> npt.NDArray[Any]:
    """Return the best rank of several products, as the order of the query has it."""
    best: npt.NDArray[Any] | None = None
    for own in ranks:
        best = own if best is None else np.maximum(best, own)
    if best is None:
        return np.zeros(count, np.uint16)
    if query.order is Order.APR:
        best &= 2**_APR_BITS - 1
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


def _from_classes(
    index: MerchantIndex, query: Query, ranks: _Ranks, *, after: int | None, need: int
) -> tuple[list[int], int]:
    """Return the next positions of all merchants, and how many are found at all."""
    classes, by_class = index.classes, ranks.by_class
    sizes = np.bincount(by_class, classes.sizes, ranks.count).astype(np.int64)
    total = int(sizes[1:].sum())
    if query.order is Order.NAME:
        start = 0 if after is None else after + 1
        return _walk(index, by_class > 0, start, need), total
    found: list[int] = []
    below = ranks.count
    if after is not None:
        below = ranks.of(index, after)
        # A merchant that is found no longer stands after all that are.
        if below > 0:
            found = _of_rank(index, by_class == below, int(sizes[below]), after + 1, need)
    # Whole ranks that fit the page, then as much as it needs of the next one.
    descending = np.cumsum(sizes[1:below][::-1])
    whole = int(np.searchsorted(descending, need - len(found)))
    cut = below - 1 - whole
    if whole and descending[whole - 1]:
        members = _members(index, np.flatnonzero((by_class > cut) & (by_class < below)))
        order = np.lexsort((members, -by_class[classes.class_of[members]]))
        found += members[order].tolist()
    if cut > 0 and len(found) < need:
        found += _of_rank(index, by_class == cut, int(sizes[cut]), 0, need - len(found))
    return found[:need], total


def _with_apart(
    index: MerchantIndex,
    query: Query,
    ranks: _Ranks,
    positions: list[int],
    *,
    after: int | None,
) -> list[int]:
    """Return positions with those that stand apart from their class put where they belong."""
    if not ranks.apart:
        return positions

    def key(position: int) -> tuple[int, int]:
        rank = 0 if query.order is Order.NAME else ranks.of(index, position)
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


def _members(index: MerchantIndex, chosen: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
    """Return the merchants of some classes, class by class."""
    begins = index.classes.begins
    sizes = begins[chosen + 1] - begins[chosen]
    ends = np.cumsum(sizes)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    members: npt.NDArray[np.int32] = index.classes.members[
        np.repeat(begins[chosen], sizes) + within
    ]
    return members


# ---------------------------------------------------------------------------- searches


def _mask(index: MerchantIndex, query: Query) -> Mask | None:
    mask: Mask | None = None
    if query.name is not None:
        mask = index.names.matching(query.name)
    if query.mccs:
        inside = index.names.in_categories(query.mccs)
        mask = inside if mask is None else mask & inside
    return mask


def _from_positions(
    index: MerchantIndex,
    query: Query,
    ranks: _Ranks,
    positions: npt.NDArray[np.intp],
    *,
    after: int | None,
    need: int,
) -> tuple[list[int], int]:
    """Return the next of some merchants, and how many of them are found at all."""
    rank = ranks.by_class[index.classes.class_of[positions]]
    if ranks.apart:
        # Of another kind than what was read: a copy that may be written to.
        rank = rank.astype(np.int64)
        for one, own in ranks.apart.items():
            rank[positions == one] = own
    is_found = rank > 0
    positions, rank = positions[is_found], rank[is_found]
    total = len(positions)
    if query.order is Order.NAME:
        first = 0 if after is None else int(np.searchsorted(positions, after, side="right"))
        names: list[int] = positions[first : first + need].tolist()
        return names, total
    if after is not None:
        own = ranks.of(index, after)
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
    order = np.lexsort((positions, -rank))
    found: list[int] = positions[order][:need].tolist()
    return found, total


# ---------------------------------------------------------------------------- rows and cursors


def _rows(shelf: Shelf, query: Query, positions: list[int]) -> list[Row]:
    if not positions:
        return []
    index, found = shelf.index, shelf.answers_at(positions, query.products)
    rows: list[Row] = []
    least, most = query.power_min_cents or 0, query.apr_max_bps
    for position, answers in zip(positions, found, strict=True):
        best: ShelfAnswer | None = None
        for one in answers:
            power, apr = one.power_cents, one.apr_bps
            if power < least or (most is not None and (apr is None or apr > most)):
                continue
            if best is None or (power, -(apr or 0)) > (best.power_cents, -(best.apr_bps or 0)):
                best = one
        if best is None:
            raise InvariantBroken("a merchant is in the list of a query that does not find it")
        rows.append(
            Row(
                merchant_id=index.merchant_ids[position],
                name=index.merchant_names[position],
                mcc=index.mcc(position),
                power_cents=best.power_cents,
                product=best.product,
                apr_bps=best.apr_bps,
                answers=tuple(answers),
            )
        )
    return rows


class _Cursor(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    state: str
    query: str
    position: int


def cursor_after(index: MerchantIndex, query: Query, position: int) -> str:
    """Return the cursor with which a query goes on after a merchant."""
    return _written(_Cursor(state=_state(index, query), query=_name(query), position=position))


def _written(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode().rstrip("=")


def _read_cursor(index: MerchantIndex, query: Query) -> int:
    cursor = _decoded(query.cursor or "")
    if cursor is None:
        raise CursorRefused("cursor_malformed", _NONE_OF_OURS)
    if cursor.query != _name(query):
        message = "the cursor belongs to another query; send the query that it came from"
        raise CursorRefused("cursor_of_another_query", message)
    if cursor.state != _state(index, query):
        message = "the list has changed since the cursor was given; begin with its first page"
        raise CursorRefused("directory_changed", message)
    if not 0 <= cursor.position < index.count:
        raise CursorRefused("cursor_malformed", _NONE_OF_OURS)
    return cursor.position


def _decoded(text: str) -> _Cursor | None:
    """Return what a cursor says; None if it is not spelled exactly as we spell it."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.msgpack.decode(data, type=_Cursor)
    except (ValueError, msgspec.MsgspecError):
        return None
    return cursor if _written(cursor) == text else None


def _state(index: MerchantIndex, query: Query) -> str:
    """Return the name of what the list is made from."""
    return _digest([index.merchants_version, query.context])


def _name(query: Query) -> str:
    """Return the name of a query; the page's size may change on the way."""
    whole = msgspec.structs.replace(query, cursor=None, page_size=1, context="")
    return _digest(query.asked or whole)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:16]
