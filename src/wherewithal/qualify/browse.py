"""The list of merchants for one person: searched, filtered, sorted, a page at a time.

What is asked is `merchant_query.py`, the order is `merchant_order.py`'s; here pages are made of it,
with their rows and their cursors.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec
import numpy as np

from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.merchant_names import Mask
from wherewithal.qualify.merchant_order import next_of_all, next_of_some, ranks_of
from wherewithal.qualify.merchant_query import PAGE_SIZE_MAX, Order, Query
from wherewithal.qualify.shelf import Shelf, ShelfAnswer
from wherewithal.vocabulary.errors import CursorRefused, DomainError, InvariantBroken
from wherewithal.vocabulary.product import ProductCode

_NONE_OF_OURS = "the cursor is none of ours; ask for the first page"


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
    # One more than the page shows whether there is another.
    need = query.page_size + 1
    if mask is None and query.order is Order.NAME and not query.is_filtered:
        start = 0 if after is None else after + 1
        positions, total = list(range(start, min(start + need, index.count))), index.count
    else:
        ranks = ranks_of(shelf, query)
        if mask is None:
            positions, total = next_of_all(index, ranks, after=after, need=need)
        else:
            among = np.flatnonzero(mask)
            positions, total = next_of_some(index, ranks, among, after=after, need=need)
    shown = positions[: query.page_size]
    has_more = len(positions) > query.page_size
    return Page(
        rows=tuple(_rows(shelf, query, shown)),
        total=total,
        next_cursor=cursor_after(index, query, shown[-1]) if has_more else None,
    )


def _check(query: Query) -> None:
    if not 1 <= query.page_size <= PAGE_SIZE_MAX:
        raise DomainError(f"page_size must be from 1 to {PAGE_SIZE_MAX}")
    for name in ("power_min_cents", "apr_max_bps"):
        value = getattr(query, name)
        if value is not None and value < 0:
            raise DomainError(f"{name} must not be negative")


# ---------------------------------------------------------------------------- searches


def _mask(index: MerchantIndex, query: Query) -> Mask | None:
    mask: Mask | None = None
    if query.name is not None:
        mask = index.names.matching(query.name)
    if query.mccs:
        inside = index.names.in_categories(query.mccs)
        mask = inside if mask is None else mask & inside
    return mask


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
