"""What may be asked of the list of merchants: which of them, and in which order."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from wherewithal.vocabulary.product import ProductCode

PAGE_SIZE_MAX = 100


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

    @property
    def is_filtered(self) -> bool:
        """Return whether what can be bought at a merchant decides whether it is found."""
        return bool(self.power_min_cents) or self.apr_max_bps is not None
