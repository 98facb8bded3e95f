"""The list of merchants for a person: one statement for the person, then what is held in memory."""

from __future__ import annotations

from uuid import UUID

import msgspec

from wherewithal.qualify.browse import Page, Row, browse
from wherewithal.qualify.merchant_query import Order, Query
from wherewithal.service.answers import ClaimType
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.directory import Held, HeldDirectory
from wherewithal.service.errors import DirectoryChanged, RequestRefused
from wherewithal.service.merchant_answers import (
    MerchantProduct,
    MerchantRow,
    MerchantsPage,
    MerchantsQuery,
)
from wherewithal.service.person_left import PersonLeft
from wherewithal.service.person_shelves import PersonShelf, PersonShelves
from wherewithal.service.read_spending_power import (
    Status,
    asking_status,
    expired_products,
    left_now,
    status_of,
    wording_of,
)
from wherewithal.service.standing import CurrentDecision, PersonRow, ReadsPeople
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.errors import CursorRefused, DomainError, Problem
from wherewithal.vocabulary.product import ProductCode


async def browse_merchants(
    consumer_id: UUID,
    query: MerchantsQuery,
    *,
    people: ReadsPeople,
    directory: HeldDirectory,
    products: ProductAnswers,
    shelves: PersonShelves,
) -> MerchantsPage | None:
    """Return a page of all merchants with what the person can spend at each; None: no such person.

    Null:   where nothing may be told of the person the page has no rows, and says why.
    Errors: RequestRefused for a query that cannot be; DirectoryChanged if what makes the list
            has changed since the cursor was given; Unavailable.
    """
    wanted = _query(query)
    row = await people.read_person(consumer_id)
    if row is None:
        return None
    held = await directory.at(row.directory, on=calendar_day(row.read_at))
    status, decision = status_of(row, products), row.decision
    if decision is None or status != "available":
        return _page(consumer_id, status, row, held)
    left = left_now(row, decision, products)
    shelf = shelves.of(left, decision, held)
    expired = expired_products(row, decision)
    standing = _without(wanted, expired, products)
    if standing is None:
        return _page(consumer_id, "expired", row, held)
    standing = msgspec.structs.replace(
        standing,
        asked=_asked(consumer_id, wanted),
        context=_context(left, decision, held, expired=expired),
    )
    try:
        found = browse(shelf.left, standing)
    except CursorRefused as error:
        raise _refused_cursor(error) from None
    except DomainError as error:
        # Of what is left to be wrong, only the name is not checked in form by now.
        problem = Problem(code="unusable_name", path="$query.name", message=str(error))
        raise RequestRefused([problem]) from None
    return _page(consumer_id, status, row, held, shelf=shelf, found=found)


def _query(query: MerchantsQuery) -> Query:
    """Return the query in the index's words. Errors: RequestRefused with all that is wrong."""
    codes = [code.value for code in ProductCode]
    problems = [
        Problem(code="unknown_product", path="$query.product", message=f"one of {', '.join(codes)}")
        for name in query.products
        if name not in codes
    ]
    problems += [
        Problem(code="out_of_range", path=f"$query.{name}", message=expected)
        for name, value, least, most, expected in (
            ("page_size", query.page_size, 1, 100, "from 1 to 100"),
            ("power_min_cents", query.power_min_cents or 0, 0, None, "0 or more"),
            ("apr_max_bps", query.apr_max_bps or 0, 0, None, "0 or more"),
        )
        if value < least or (most is not None and value > most)
    ]
    if problems:
        raise RequestRefused(problems)
    return Query(
        name=query.name,
        mccs=query.mccs,
        products=tuple(ProductCode(name) for name in query.products),
        power_min_cents=query.power_min_cents,
        apr_max_bps=query.apr_max_bps,
        order=Order(query.sort.value),
        cursor=query.cursor,
        page_size=query.page_size,
    )


def _without(query: Query, expired: frozenset[str], products: ProductAnswers) -> Query | None:
    """Return the query without products that no longer stand; None if it asks for no others."""
    if not expired:
        return query
    asked = query.products or tuple(one.code for one in products.bundle.catalogue.products)
    standing = tuple(code for code in asked if code.value not in expired)
    return msgspec.structs.replace(query, products=standing) if standing else None


def _asked(consumer_id: UUID, query: Query) -> str:
    """Return who asks for what; a cursor goes on there and nowhere else."""
    whole = msgspec.structs.replace(query, cursor=None, page_size=1)
    return f"{consumer_id} {msgspec.json.encode(whole).decode()}"


def _context(
    left: PersonLeft, decision: CurrentDecision, held: Held, *, expired: frozenset[str]
) -> str:
    """Return what the list is made from beside the merchants; pages of one text are one list."""
    parts = (
        held.name,
        decision.tempo,
        decision.decision_id,
        decision.as_of.isoformat(),
        decision.standing,
        # Only its digest goes into a cursor.
        msgspec.json.encode(left).decode(),
        *sorted(expired),
    )
    return "\n".join(parts)


def _refused_cursor(error: CursorRefused) -> DirectoryChanged | RequestRefused:
    if error.code == "directory_changed":
        return DirectoryChanged(str(error))
    return RequestRefused([Problem(code=error.code, path="$query.cursor", message=str(error))])


def _page(
    consumer_id: UUID,
    status: Status,
    row: PersonRow,
    held: Held,
    *,
    shelf: PersonShelf | None = None,
    found: Page | None = None,
) -> MerchantsPage:
    decision = row.decision
    is_shown = shelf is not None and found is not None and decision is not None
    means, cause = asking_status(status)
    return MerchantsPage(
        consumer_id=str(consumer_id),
        status=means,
        cause=cause,
        read_at=row.read_at,
        decision_id=decision.decision_id if decision and is_shown else None,
        receipt_id=None,
        claim=ClaimType(decision.claim) if decision and is_shown else None,
        expires_at=decision.expires_at if decision and is_shown else None,
        directory_version=held.name,
        total=found.total if found else None,
        rows=_rows(found.rows, shelf) if found and shelf else (),
        next_cursor=found.next_cursor if found else None,
        wording=wording_of(status, decision),
    )


def _rows(rows: tuple[Row, ...], shelf: PersonShelf) -> tuple[MerchantRow, ...]:
    return tuple(_row(row, told) for row, told in zip(rows, shelf.told_rows(rows), strict=True))


def _row(row: Row, told: tuple[MerchantProduct, ...]) -> MerchantRow:
    best = next(one for one in told if one.product == row.product.value)
    is_known = any(one.power_cents is not None for one in told)
    return MerchantRow(
        merchant_id=row.merchant_id,
        name=row.name,
        mcc=row.mcc,
        power_cents=row.power_cents if is_known else None,
        product=best.product if best.plan else None,
        plan=best.plan,
        apr_bps=best.apr_bps,
        products=told,
    )
