"""One version of the directory in memory, ready to answer for any person in milliseconds.

Merchants are held as columns and classes, programs as prices by cell; nothing is held of persons.
A change of programs makes another index that shares all that did not change, and is swapped in.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_classes import (
    MerchantClasses,
    MerchantColumns,
    Numbers,
    Offers,
    Places,
    merchant_classes,
    merchant_columns,
)
from wherewithal.qualify.merchant_names import (
    MerchantNames,
    Texts,
    in_order_of_names,
    merchant_names,
    texts_of,
)
from wherewithal.qualify.merchants import Gate, pricer_of
from wherewithal.qualify.pricing import Pricer, PriceTable
from wherewithal.qualify.program_powers import ProductPrices, product_prices
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import Program

#: What a merchant has; `joined_on` is a Date, `program_ids` a List(String) in the merchant's order.
MERCHANT_COLUMNS = ("merchant_id", "name", "mcc", "joined_on", "program_ids", "is_paused")
#: Reasons of a gate that stand whoever asks.
FIXED = ("P_NOT_OFFERED", "P_PAUSED", "P_MCC")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOffers:
    """A product's offers as arrays of gates: one array for each place in the order of choice."""

    product: Product
    prices: ProductPrices
    #: Programs by column of the answers; the house program is the first.
    program_ids: tuple[str, ...]
    #: The column of each program of the product among the prices.
    column_of: Mapping[str, int]
    #: Those of `program_ids`; None: all of them.
    only: tuple[int, ...] | None = None
    shares_count: int
    #: Where the answer of each place's gate stands: share x programs + program, and after all of
    #: them, what stands whoever asks: reason x (programs + 1) + program + 1. The first place has
    #: all offers, later ones a beginning of them.
    answer: tuple[Numbers, ...]

    @property
    def answers_count(self) -> int:
        """Return how many answers there are that depend on the person."""
        return self.shares_count * len(self.program_ids)

    def program_of(self, answer: int) -> str | None:
        """Return the program of an answer; None where a merchant has none."""
        programs = len(self.program_ids)
        if answer < self.answers_count:
            return self.program_ids[answer % programs]
        place = (answer - self.answers_count) % (programs + 1)
        return self.program_ids[place - 1] if place else None

    def fixed_reason_of(self, answer: int) -> str | None:
        """Return the reason of an answer that stands whoever asks."""
        place = answer - self.answers_count
        return FIXED[place // (len(self.program_ids) + 1)] if place >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantIndex:
    """A directory's merchants and programs on one day, under one bundle."""

    bundle: PolicyBundle
    on: datetime.date
    #: Digest of the merchants in the order of names: what a position means.
    merchants_version: str
    #: By position, the order of names.
    merchant_ids: Texts
    merchant_names: Texts
    columns: MerchantColumns
    names: MerchantNames
    programs: Mapping[str, Program]
    classes: MerchantClasses
    #: In the order of the catalogue.
    products: tuple[ProductOffers, ...]
    #: Every program that has a price, and what prices more of them.
    pricer: Pricer
    tables: Mapping[str, PriceTable]
    _places: npt.NDArray[np.uint64]
    _places_of: Places

    def __repr__(self) -> str:
        """Return its size; all of it would fill a library."""
        return f"<MerchantIndex {self.count} merchants, {len(self.programs)} programs>"

    @property
    def count(self) -> int:
        """Return how many merchants there are."""
        return len(self.columns.menu)

    def mcc(self, position: int) -> str:
        """Return a merchant's category code."""
        return self.columns.mccs[int(self.columns.mcc[position])]

    def position(self, merchant_id: str) -> int | None:
        """Return where a merchant stands in the order of names; None if there is none such."""
        wanted = np.uint64(_number(merchant_id))
        place = int(np.searchsorted(self._places, wanted))
        while place < len(self._places) and self._places[place] == wanted:
            position = int(self._places_of[place])
            if self.merchant_ids[position] == merchant_id:
                return position
            place += 1
        return None

    def gates_at(self, position: int, product: int) -> tuple[int, tuple[Gate, ...]]:
        """Return the share at a merchant, in basis points, and its gates for a product.

        `product` counts in the order of the catalogue. A gate's program may be an older one of the
        same key: look the program up by it.
        """
        offer = int(self.classes.offer_of[product][self.classes.class_of[position]])
        offers = self.classes.offers[product]
        return self.columns.shares_bps[int(offers.share[offer])], offers.gates[offer]

    def offers_of(self, positions: Sequence[int]) -> tuple[ProductOffers, ...]:
        """Return by product the offers of some merchants, each its own with a share of its own."""
        return tuple(
            own_offers(offers, [self.gates_at(one, number)[1] for one in positions])
            for number, offers in enumerate(self.products)
        )

    def with_programs(self, programs: Iterable[Program]) -> MerchantIndex:
        """Return the index under other programs; only what differs is made again.

        Errors: DomainError if a merchant names a program that is no longer there.
        """
        found = {program.program_id: program for program in programs}
        classes = self.classes
        if _gating(found) != _gating(self.programs):
            classes = merchant_classes(self.columns, self.bundle, found)
        products, tables = _products(self, found, classes)
        return replace(self, programs=found, classes=classes, products=products, tables=tables)


def merchant_index(
    merchants: pl.DataFrame, programs: Iterable[Program], *, bundle: PolicyBundle, on: datetime.date
) -> MerchantIndex:
    """Return the index of merchants (MERCHANT_COLUMNS) and programs, as of a day.

    Errors: DomainError if merchant keys repeat, or a merchant names a program that is not there.
    """
    if merchants["merchant_id"].n_unique() != merchants.height:
        raise DomainError("merchant keys repeat")
    ordered = in_order_of_names(merchants.select(MERCHANT_COLUMNS))
    found = {program.program_id: program for program in programs}
    columns = merchant_columns(ordered, bundle, on)
    ids = ordered["merchant_id"].to_list()
    numbers = np.fromiter((_number(one) for one in ids), np.uint64, len(ids))
    order = np.argsort(numbers, kind="stable").astype(np.int32)
    index = MerchantIndex(
        bundle=bundle,
        on=on,
        merchants_version=hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16],
        merchant_ids=texts_of(ordered["merchant_id"]),
        merchant_names=texts_of(ordered["name"]),
        columns=columns,
        names=merchant_names(ordered),
        programs=found,
        classes=merchant_classes(columns, bundle, found),
        products=(),
        pricer=pricer_of(bundle, on),
        tables={},
        _places=numbers[order],
        _places_of=order,
    )
    products, tables = _products(index, found, index.classes)
    return replace(index, products=products, tables=tables)


def merchants_frame(directory: Directory) -> pl.DataFrame:
    """Return a directory's merchants as the columns that an index is made of."""
    return pl.DataFrame(
        {name: [getattr(one, name) for one in directory.merchants] for name in MERCHANT_COLUMNS},
        schema={
            **dict.fromkeys(("merchant_id", "name", "mcc"), pl.String),
            "joined_on": pl.Date,
            "program_ids": pl.List(pl.String),
            "is_paused": pl.Boolean,
        },
    )


def _products(
    index: MerchantIndex, programs: Mapping[str, Program], classes: MerchantClasses
) -> tuple[tuple[ProductOffers, ...], dict[str, PriceTable]]:
    tables: dict[str, PriceTable] = {}
    found: list[ProductOffers] = []
    known = {one.product.code: one for one in index.products}
    for product, offers in zip(index.bundle.catalogue.products, classes.offers, strict=True):
        own = [product.house_program]
        own += [program for program in programs.values() if program.product is product.code]
        for program in own:
            old = index.tables.get(program.program_id)
            is_same = old is not None and old.program == program
            tables[program.program_id] = (
                old if old is not None and is_same else index.pricer.table(program, product)
            )
        mine = tuple(tables[program.program_id] for program in own)
        before = known.get(product.code)
        if before is not None and before.prices.tables == mine:
            prices = before.prices
        else:
            prices = product_prices(index.bundle, product, mine)
            prices.compile()
        found.append(_offers(product, prices, offers, len(index.columns.shares_bps)))
    return tuple(found), tables


def _offers(product: Product, prices: ProductPrices, offers: Offers, shares: int) -> ProductOffers:
    columns = {table.program.program_id: n for n, table in enumerate(prices.tables)}
    widest = max((len(gates) for gates in offers.gates), default=1)
    fixed = shares * len(columns)
    answer: list[list[int]] = [[] for _ in range(widest)]
    for gates, share in zip(offers.gates, offers.share.tolist(), strict=True):
        for place, gate in enumerate(gates):
            answer[place].append(_place(gate, columns, share=share, fixed=fixed))
    return ProductOffers(
        product=product,
        prices=prices,
        program_ids=tuple(columns),
        column_of=columns,
        shares_count=shares,
        answer=tuple(np.array(one, np.int64) for one in answer),
    )


def own_offers(offers: ProductOffers, gates: Sequence[Sequence[Gate]]) -> ProductOffers:
    """Return one offer for each merchant's gates, over no other programs than theirs."""
    ids = {gate.program.program_id for own in gates for gate in own if gate.program is not None}
    only = sorted(offers.column_of[program_id] for program_id in ids) or [0]
    columns = {offers.program_ids[n]: place for place, n in enumerate(only)}
    fixed = len(gates) * len(columns)
    # A merchant with fewer gates has its first one again: of equal answers the first is chosen.
    places = [
        [
            _place(own[place] if place < len(own) else own[0], columns, share=share, fixed=fixed)
            for share, own in enumerate(gates)
        ]
        for place in range(max(len(own) for own in gates))
    ]
    return replace(
        offers,
        program_ids=tuple(columns),
        only=tuple(only),
        shares_count=len(gates),
        answer=tuple(np.array(one, np.int64) for one in places),
    )


def _place(gate: Gate, columns: Mapping[str, int], *, share: int, fixed: int) -> int:
    """Return where a gate's answer stands; `fixed` is where those begin that no person changes."""
    column = columns[gate.program.program_id] if gate.program is not None else -1
    if gate.reason is None:
        return share * len(columns) + column
    return fixed + FIXED.index(gate.reason) * (len(columns) + 1) + column + 1


def _gating(programs: Mapping[str, Program]) -> list[tuple[object, ...]]:
    """Return what of programs decides the classes of merchants."""
    return [(one.program_id, one.product, one.mcc_exclusions) for one in programs.values()]


def _number(merchant_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(merchant_id.encode(), digest_size=8).digest(), "big")
