"""Merchants that answer alike: same programs in the same order, share, exclusions and pause.

For each product merchants fall into *offers* (the gates and the share): a few thousand of them,
however many merchants there are. A merchant's *class* is its offers for all products together.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchants import Gate, candidates, gates_of
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import Program

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
_KEY_MAX = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantColumns:
    """What of merchants decides their answers, by position."""

    #: Positions in `menus`, `mccs` and `shares_bps`.
    menu: Places
    mcc: Places
    share: Places
    is_paused: npt.NDArray[np.bool_]
    #: The different lists of program ids, in the merchant's own order.
    menus: tuple[tuple[str, ...], ...]
    mccs: tuple[str, ...]
    #: Shares of the total limit that occur, in basis points.
    shares_bps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The different answers that merchants can give for one product."""

    #: By offer, those with more gates first: gates in the order of choice, the place of the share.
    gates: tuple[tuple[Gate, ...], ...]
    share: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesByOffer:
    """The classes that make each offer of a product, one list after another."""

    classes: Places
    begins: Numbers
    #: How many merchants make each offer; whole numbers, as float64 that a histogram adds up.
    merchants: npt.NDArray[np.float64]

    def of(self, offers: npt.NDArray[np.intp]) -> Places:
        """Return the classes that make some offers."""
        return listed(self.classes, self.begins, offers)


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantClasses:
    """Merchants by class, and what each class offers."""

    #: By merchant.
    class_of: Places
    #: By product: its offers, and by class which of them it makes.
    offers: tuple[Offers, ...]
    #: (64 bits wide, as numpy reads places: a narrower array is widened at every reading.)
    offer_of: tuple[Numbers, ...]
    #: By product, the other way round.
    listed: tuple[ClassesByOffer, ...]
    #: Merchants in order of class, ascending within one; where each class begins, and the end.
    members: Places
    begins: Numbers
    #: How many merchants each class has; whole numbers, as float64 that a histogram adds up.
    sizes: npt.NDArray[np.float64]


def merchant_columns(
    merchants: pl.DataFrame, bundle: PolicyBundle, on: datetime.date
) -> MerchantColumns:
    """Return what decides the answers of merchants on a day, in the frame's order.

    Columns: mcc String, joined_on Date, program_ids List(String), is_paused Boolean.
    """
    menus = merchants["program_ids"].list.join(";")
    menu_names, menu = _coded(menus)
    mccs, mcc = _coded(merchants["mcc"])
    days = merchants["joined_on"].to_physical().to_numpy().astype(np.int64)
    limits = bundle.catalogue.merchant_limits
    # The share depends on the category only by whether it is one of the risky ones.
    is_risky = np.array([name in limits.high_risk_mccs for name in mccs])
    keys, first, each = np.unique(days * 2 + is_risky[mcc], return_index=True, return_inverse=True)
    epoch = datetime.date(1970, 1, 1).toordinal()
    shares = np.array(
        [
            limits.share_bps(
                mcc=mccs[mcc[merchant]],
                joined_on=datetime.date.fromordinal(epoch + key // 2),
                on=on,
            )
            for key, merchant in zip(keys.tolist(), first.tolist(), strict=True)
        ],
        np.int64,
    )
    found, share = np.unique(shares, return_inverse=True)
    return MerchantColumns(
        menu=menu,
        mcc=mcc,
        share=share.astype(np.int32)[each],
        is_paused=merchants["is_paused"].to_numpy(),
        menus=tuple(tuple(name.split(";")) if name else () for name in menu_names),
        mccs=tuple(mccs),
        shares_bps=tuple(found.tolist()),
    )


def merchant_classes(
    columns: MerchantColumns, bundle: PolicyBundle, programs: Mapping[str, Program]
) -> MerchantClasses:
    """Return the classes of merchants under these programs.

    Errors: DomainError if a merchant names a program that is not there.
    """
    missing = {name for menu in columns.menus for name in menu} - set(programs)
    if missing:
        names = ", ".join(sorted(missing)[:5])
        raise DomainError(f"merchants name {len(missing)} programs that are not there: {names}")
    offers: list[Offers] = []
    offer_of: list[Numbers] = []
    for product in bundle.catalogue.products:
        own, numbers = _offers(columns, product, programs)
        offers.append(own)
        offer_of.append(numbers)
    whole = np.zeros(len(columns.menu), np.int64)
    # Classes in the order of the product with most offers: reading its offers is then a walk.
    for place in sorted(range(len(offers)), key=lambda one: -len(offers[one].gates)):
        whole = _joined(whole, offer_of[place], len(offers[place].gates))
    _, first, class_of = np.unique(whole, return_index=True, return_inverse=True)
    sizes = np.bincount(class_of, minlength=len(first)).astype(np.float64)
    members, begins = _grouped(class_of, len(first))
    by_class = tuple(numbers[first] for numbers in offer_of)
    return MerchantClasses(
        class_of=class_of.astype(np.int32),
        offers=tuple(offers),
        offer_of=by_class,
        listed=tuple(
            _by_offer(numbers, sizes, len(own.gates))
            for own, numbers in zip(offers, by_class, strict=True)
        ),
        members=members,
        begins=begins,
        sizes=sizes,
    )


def listed(members: Places, begins: Numbers, chosen: npt.NDArray[np.integer[Any]]) -> Places:
    """Return the members of some groups, group by group; `begins` is where each one begins."""
    sizes = begins[chosen + 1] - begins[chosen]
    ends = np.cumsum(sizes)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    found: Places = members[np.repeat(begins[chosen], sizes) + within]
    return found


def _by_offer(offer_of: Numbers, sizes: npt.NDArray[np.float64], offers: int) -> ClassesByOffer:
    classes, begins = _grouped(offer_of, offers)
    merchants = np.bincount(offer_of, sizes, offers).astype(np.float64)
    return ClassesByOffer(classes=classes, begins=begins, merchants=merchants)


def _grouped(group_of: npt.NDArray[np.integer[Any]], groups: int) -> tuple[Places, Numbers]:
    """Return members in the order of their groups, and where each group begins, and the end."""
    members = np.argsort(group_of, kind="stable").astype(np.int32)
    sizes = np.bincount(group_of, minlength=groups)
    return members, np.concatenate([[0], np.cumsum(sizes)])


def _offers(
    columns: MerchantColumns, product: Product, programs: Mapping[str, Program]
) -> tuple[Offers, Numbers]:
    """Return a product's offers, and by merchant which of them it makes."""
    # Menus differ in programs that are not the product's; what is left of them is fewer.
    own_ids = {name for name, program in programs.items() if program.product is product.code}
    places: dict[tuple[str, ...], int] = {}
    part_of = np.array(
        [
            places.setdefault(tuple(filter(own_ids.__contains__, menu)), len(places))
            for menu in columns.menus
        ],
        np.int64,
    )
    chosen = [candidates((programs[name] for name in names), product) for names in places]
    key = part_of[columns.menu]
    key = _joined(key, columns.share, len(columns.shares_bps))
    key = _joined(key, columns.is_paused, 2)
    # An offer's gates depend on the category only by what each program excludes.
    for bits in _exclusions(columns, chosen, part_of):
        key = _joined(key, bits, 2)
    _, first, numbers = np.unique(key, return_index=True, return_inverse=True)
    # Offers with more gates come first, so that those that have a second gate are a slice.
    depth = np.array([len(own) for own in chosen], np.int64)[part_of[columns.menu[first]]]
    order = np.argsort(-depth, kind="stable")
    place_of = np.empty(len(order), np.int64)
    place_of[order] = np.arange(len(order))
    first, numbers = first[order], place_of[numbers]
    gates = tuple(
        tuple(
            gates_of(
                chosen[part_of[columns.menu[merchant]]],
                mcc=columns.mccs[columns.mcc[merchant]],
                is_paused=bool(columns.is_paused[merchant]),
            )
        )
        for merchant in first.tolist()
    )
    return Offers(gates=gates, share=columns.share[first]), numbers


def _exclusions(
    columns: MerchantColumns, chosen: Sequence[Sequence[Program]], part_of: Numbers
) -> list[npt.NDArray[np.bool_]]:
    """Return, for each place in a list of candidates, whether a merchant's category is excluded."""
    known: dict[tuple[str, ...], int] = {(): 0}
    widest = max((len(own) for own in chosen), default=0)
    sets = np.zeros((len(chosen), widest), np.int64)
    for part, own in enumerate(chosen):
        for place, program in enumerate(own):
            sets[part, place] = known.setdefault(program.mcc_exclusions, len(known))
    excluded = np.array([[mcc in one for mcc in columns.mccs] for one in known], np.bool_)
    parts = part_of[columns.menu]
    return [excluded[sets[parts, place], columns.mcc] for place in range(widest)]


def _joined(key: Numbers, part: npt.NDArray[np.generic], size: int) -> Numbers:
    """Return a key that tells apart what either of two keys does."""
    size = max(size, 1)
    if len(key) and int(key.max()) >= _KEY_MAX // size:
        key = np.unique(key, return_inverse=True)[1].astype(np.int64)
    found: Numbers = key * size + part.astype(np.int64)
    return found


def _coded(texts: pl.Series) -> tuple[list[str], Places]:
    """Return the different texts, sorted, and by row which of them it is."""
    distinct = texts.unique().sort()
    numbers = pl.DataFrame({"text": distinct}).with_row_index("number")
    joined = pl.DataFrame({"text": texts}).join(
        numbers, on="text", how="left", maintain_order="left"
    )
    return distinct.to_list(), joined["number"].to_numpy().astype(np.int32)
