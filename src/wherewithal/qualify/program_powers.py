"""One person's power under all programs of a product at once: the graph of power over arrays.

Prices stand in arrays by cell, leg and program; a cell's are views, so that a request copies
nothing. Legs that no program has in a cell are left out of the graph that is compiled for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from wherewithal.dmn.ir import Graph
from wherewithal.dmn.vector import Vector, VectorPlan, compile_vector
from wherewithal.qualify import price_nodes
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.exposure import MERCHANT_USED
from wherewithal.qualify.person import (
    MERCHANT_SHARE,
    PERSON_INPUTS,
    merchant_used_cents,
    person_inputs,
    standing_inputs,
    tiers_of,
)
from wherewithal.qualify.power import power_of
from wherewithal.qualify.price_nodes import is_short
from wherewithal.qualify.pricing import (
    REFUSALS,
    UNREACHABLE_CENTS,
    PriceTable,
    Terms,
    preferred,
)
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PlanCode

Cents = npt.NDArray[np.int64]
_BOUNDS = ("power_cents", "financed_cents", "headroom_cents", "affordable_cents")
_OUTPUTS = (*_BOUNDS, "leg", "note_rate_bps", "reason")
#: In a column where every leg of its program counts.
_EVERY_LEG = -1


class Bound(StrEnum):
    """What keeps an amount financed from being larger; the first that does."""

    LIMITS = "limits"
    CAPACITY = "capacity"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegPower:
    """The most that one leg carries."""

    power_cents: int
    financed_cents: int
    bound: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """Answers by share and program: arrays of shape (shares, programs)."""

    power_cents: Cents
    financed_cents: Cents
    #: The leg, counted from 1 as in `ProductPrices.legs`; 0 where power is zero.
    leg: npt.NDArray[np.int64]
    #: 0 where power is zero.
    note_rate_bps: npt.NDArray[np.int64]
    #: The position in `reasons`, where power is zero; -1 where there is power.
    reason: npt.NDArray[np.int64]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowersAt:
    """Answers at one merchant, under some programs."""

    #: Of shape (1, programs).
    powers: Powers
    #: By program: what each leg carries, as if the program had that leg alone. Legs by their place
    #: in the program's table; those with no power are left out.
    by_leg: tuple[dict[int, LegPower], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a leg costs somewhere, besides its amounts; programs share a few hundred of them."""

    plan: PlanCode
    note_rate_bps: int
    numerator: int
    denominator: int
    apr_cap_bps: int
    requires_full_ability: bool


@dataclass(slots=True, kw_only=True)
class ProductPrices:
    """The prices of all programs of a product, by cell; the last cell is the unknown one."""

    bundle: PolicyBundle
    product: Product
    tiers: tuple[str, ...]
    tables: tuple[PriceTable, ...]
    #: The plan of each leg, in order of preference.
    legs: tuple[PlanCode, ...]
    #: By program, the places of its table's legs among them.
    places: tuple[tuple[int, ...], ...]
    #: By number; 0 stands for none, where a leg is not allowed.
    rates: tuple[Rate | None, ...]
    #: Of each rate: the term in months, 0 for pay in four, and the cap of its APR.
    term_of_rate: Cents
    cap_of_rate: Cents
    #: (legs, 1, programs)
    least: Cents
    most: Cents
    #: (1, programs): what is lent of a basket under monthly plans, in basis points.
    share: Cents
    #: (cells, legs, 1, programs)
    payment: Cents
    #: The number of the leg's rate.
    kind: npt.NDArray[np.int32]
    #: (cells, legs): whether any program has the leg there.
    is_active: npt.NDArray[np.bool_]
    #: (cells, 1, programs): whether pay in four must fit full capacity; why nothing is allowed.
    full: npt.NDArray[np.bool_]
    refusal: npt.NDArray[np.int64]
    #: Likewise: the least amount financed of any leg that is allowed, by family.
    least_short: Cents
    least_months: Cents
    #: Views of the arrays above, by cell: made once, read by every request.
    _views: dict[int, dict[str, npt.NDArray[Any]]] = field(default_factory=dict)
    #: By the legs that some program has in a cell.
    _plans: dict[tuple[int, ...], VectorPlan] = field(default_factory=dict)

    def cell(self, person: Mapping[str, Any]) -> int:
        """Return where a person stands; the last cell where tier or state is unknown."""
        tier, state = person["pricing_tier"], person["state"]
        if tier not in self.tiers or state not in STATES:
            return len(self.tiers) * len(STATES)
        return self.tiers.index(tier) * len(STATES) + STATES.index(state)

    def powers(
        self,
        person: Mapping[str, Any],
        *,
        shares: Sequence[int],
        used: Sequence[int] | None = None,
        only: Sequence[int] | None = None,
    ) -> Powers:
        """Return the person's power at each share under each program, or under `only` some.

        Shapes: shares (s,), in basis points; used (s,), cents in use at merchants of that share, 0
                where it is left out; result (s, programs).
        Null:   an amount of the person that is unknown is null in the graph, never zero.
        """
        cell = self.cell(person)
        given = self._columns(cell) if only is None else self._chosen(cell, only)
        found = self._run(cell, person, given, shares=shares, used=used)
        return self._powers(cell, found, (len(shares), given[price_nodes.SHARE].shape[1]))

    def powers_at(
        self, person: Mapping[str, Any], *, share_bps: int, programs: Sequence[int]
    ) -> PowersAt:
        """Return the person's power at a merchant under its programs, and under each leg alone.

        One run answers both: a column for each program, then one for each leg that it has.
        What is in use at the merchant is a column of the person's: MERCHANT_USED.
        """
        cell = self.cell(person)
        legs = [
            (number, place, leg)
            for number, program in enumerate(programs)
            for place, leg in enumerate(self.places[program])
            if self.kind[cell, leg, 0, program]
        ]
        given = self._chosen(
            cell,
            (*programs, *(programs[number] for number, _, _ in legs)),
            alone=(*(_EVERY_LEG,) * len(programs), *(leg for _, _, leg in legs)),
        )
        used = [merchant_used_cents(person)]
        found = self._run(cell, person, given, shares=[share_bps], used=used)
        by_leg: tuple[dict[int, LegPower], ...] = tuple({} for _ in programs)
        columns = (
            np.broadcast_to(found[name][0], (1, len(programs) + len(legs)))[0, len(programs) :]
            for name in _BOUNDS
        )
        for (number, place, _), power, financed, headroom, affordable in zip(
            legs, *(column.tolist() for column in columns), strict=True
        ):
            if power:
                bound = Bound.PROGRAM
                if financed == headroom:
                    bound = Bound.LIMITS
                elif financed == affordable:
                    bound = Bound.CAPACITY
                by_leg[number][place] = LegPower(
                    power_cents=power, financed_cents=financed, bound=bound
                )
        return PowersAt(powers=self._powers(cell, found, (1, len(programs))), by_leg=by_leg)

    def _powers(self, cell: int, found: Mapping[str, Vector], shape: tuple[int, int]) -> Powers:
        """Return the first columns of a run, so many as the shape has."""

        def whole(name: str, unknown: int) -> npt.NDArray[np.int64]:
            values, known = found[name]
            if known is not None:
                values = np.where(known, values, unknown)
            values = values[:, : shape[1]]
            return values if values.shape == shape else np.broadcast_to(values, shape).copy()

        legs = np.array((0, *(leg + 1 for leg in self._active(cell))), np.int64)
        return Powers(
            power_cents=whole("power_cents", 0),
            financed_cents=whole("financed_cents", 0),
            leg=legs.take(whole("leg", 0)),
            note_rate_bps=whole("note_rate_bps", 0),
            reason=whole("reason", -1),
            reasons=self._plan(cell).texts,
        )

    def _columns(self, cell: int) -> dict[str, npt.NDArray[Any]]:
        if cell not in self._views:
            self._views[cell] = self._columns_of(cell)
        return self._views[cell]

    def _chosen(
        self, cell: int, programs: Sequence[int], *, alone: Sequence[int] | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of some programs; of each, every leg but one may be out of reach."""
        names, chosen = price_nodes, np.array(programs, np.intp)
        payment = self.payment[cell].take(chosen, axis=2)
        if alone is not None:
            of = np.array(alone, np.int64)
            own = (of == _EVERY_LEG) | (of == np.arange(len(self.legs)).reshape(-1, 1, 1))
            payment = np.where(own, payment, UNREACHABLE_CENTS)
        least, most = self.least.take(chosen, axis=2), self.most.take(chosen, axis=2)
        kind = self.kind[cell].take(chosen, axis=2)
        given: dict[str, npt.NDArray[Any]] = {
            names.SHARE: self.share.take(chosen, axis=1),
            names.FULL: self.full[cell].take(chosen, axis=1),
            names.REFUSAL: self.refusal[cell].take(chosen, axis=1),
            names.LEAST_SHORT: self.least_short[cell].take(chosen, axis=1),
            names.LEAST_MONTHS: self.least_months[cell].take(chosen, axis=1),
        }
        for leg in self._active(cell):
            given[f"{names.LEAST}{leg}"] = least[leg]
            given[f"{names.MOST}{leg}"] = most[leg]
            given[f"{names.PAYMENT}{leg}"] = payment[leg]
            given[f"{names.KIND}{leg}"] = kind[leg]
        return given

    def _columns_of(self, cell: int) -> dict[str, npt.NDArray[Any]]:
        names = price_nodes
        given: dict[str, npt.NDArray[Any]] = {
            names.SHARE: self.share,
            names.FULL: self.full[cell],
            names.REFUSAL: self.refusal[cell],
            names.LEAST_SHORT: self.least_short[cell],
            names.LEAST_MONTHS: self.least_months[cell],
        }
        for leg in self._active(cell):
            given[f"{names.LEAST}{leg}"] = self.least[leg]
            given[f"{names.MOST}{leg}"] = self.most[leg]
            given[f"{names.PAYMENT}{leg}"] = self.payment[cell, leg]
            given[f"{names.KIND}{leg}"] = self.kind[cell, leg]
        return given

    def _active(self, cell: int) -> tuple[int, ...]:
        return tuple(np.flatnonzero(self.is_active[cell]).tolist())

    def _run(
        self,
        cell: int,
        person: Mapping[str, Any],
        given: Mapping[str, npt.NDArray[Any]],
        *,
        shares: Sequence[int],
        used: Sequence[int] | None,
    ) -> dict[str, Vector]:
        plan = self._plan(cell)
        amounts = dict(zip(PERSON_INPUTS, person_inputs(person), strict=True))
        # Tier and state have chosen the cell; the graph reads amounts alone.
        del amounts["pricing_tier"], amounts["state"]
        amounts[MERCHANT_SHARE] = np.array(shares, np.int64).reshape(-1, 1)
        amounts[MERCHANT_USED] = 0 if used is None else np.array(used, np.int64).reshape(-1, 1)
        return plan.run({**amounts, **given})

    def compile(self) -> None:
        """Compile the graph of every cell, so that no request has to."""
        for cell in np.unique(self.is_active, axis=0, return_index=True)[1].tolist():
            self._plan(cell)

    def _plan(self, cell: int) -> VectorPlan:
        legs = self._active(cell)
        if legs not in self._plans:
            self._plans[legs] = self._compiled(legs)
        return self._plans[legs]

    def _compiled(self, legs: Sequence[int]) -> VectorPlan:
        graph = Graph()
        rates = price_nodes.Rates(
            note_rate_bps=tuple(t.note_rate_bps if t else None for t in self.rates),
            numerators=tuple(t.numerator if t else 1 for t in self.rates),
            denominators=tuple(t.denominator if t else 1 for t in self.rates),
        )
        prices = price_nodes.input_nodes(
            graph, self.product, {leg: self.legs[leg] for leg in legs}, rates
        )
        power = power_of(graph, prices, standing_inputs(graph, self.bundle))
        return compile_vector({name: getattr(power, name) for name in _OUTPUTS})


def product_prices(
    bundle: PolicyBundle, product: Product, tables: Sequence[PriceTable]
) -> ProductPrices:
    """Return the tables of a product's programs as arrays; at least one table."""
    tiers, count = tiers_of(bundle), len(tables)
    cells = len(tiers) * len(STATES) + 1
    legs, places = _legs(product, tables)
    least = np.full((len(legs), 1, count), UNREACHABLE_CENTS, np.int64)
    most = np.zeros((len(legs), 1, count), np.int64)
    payment = np.full((cells, len(legs), 1, count), UNREACHABLE_CENTS, np.int64)
    kind = np.zeros((cells, len(legs), 1, count), np.int32)
    refusal = np.full((cells, 1, count), REFUSALS.index("L_UNKNOWN") + 1, np.int64)
    rates: dict[Rate | None, int] = {None: 0}
    refusals: dict[int, npt.NDArray[np.int64]] = {}
    for program, table in enumerate(tables):
        if id(table.refusals) not in refusals:
            numbers = [REFUSALS.index(one) + 1 if one else 0 for one in table.refusals]
            refusals[id(table.refusals)] = np.array(numbers, np.int64)
        refusal[:-1, 0, program] = refusals[id(table.refusals)]
        for leg, place in zip(table.legs, places[program], strict=True):
            least[place, 0, program] = leg.financed_min_cents
            most[place, 0, program] = leg.financed_max_cents
            numbers = [rates.setdefault(_rate(leg.plan, one), len(rates)) for one in leg.kinds]
            kind_of = np.array(leg.kind_of)
            payments = [one.least_payment_cents if one else UNREACHABLE_CENTS for one in leg.kinds]
            payment[:-1, place, 0, program] = np.array(payments, np.int64).take(kind_of)
            kind[:-1, place, 0, program] = np.array(numbers, np.int32).take(kind_of)
    shorts = np.array([is_short(plan) for plan in legs])
    allowed = np.where(kind > 0, least, UNREACHABLE_CENTS)
    needs = np.array([bool(rate and rate.requires_full_ability) for rate in rates])
    return ProductPrices(
        bundle=bundle,
        product=product,
        tiers=tiers,
        tables=tuple(tables),
        legs=legs,
        places=tuple(tuple(one) for one in places),
        rates=tuple(rates),
        term_of_rate=np.array([(one and one.plan.term_months) or 0 for one in rates], np.int64),
        cap_of_rate=np.array([one.apr_cap_bps if one else 0 for one in rates], np.int64),
        least=least,
        most=most,
        share=np.array([[10_000 - table.program.down_payment_bps for table in tables]], np.int64),
        payment=payment,
        kind=kind,
        is_active=np.any(kind > 0, axis=(2, 3), keepdims=True)[..., 0, 0],
        full=np.any(needs[kind[:, shorts]], axis=1, keepdims=True)[:, 0],
        refusal=refusal,
        least_short=allowed[:, shorts].min(axis=1, initial=UNREACHABLE_CENTS),
        least_months=allowed[:, ~shorts].min(axis=1, initial=UNREACHABLE_CENTS),
    )


def _legs(
    product: Product, tables: Sequence[PriceTable]
) -> tuple[tuple[PlanCode, ...], list[list[int]]]:
    """Return the legs that some program has, in order of preference, and each table's places."""
    bands = Counter[PlanCode]()
    for table in tables:
        bands |= Counter(leg.plan for leg in table.legs)
    plans = preferred(product, product.plans)
    legs = tuple(plan for plan in plans for _ in range(bands[plan]))
    places = []
    for table in tables:
        seen = Counter[PlanCode]()
        own = []
        for leg in table.legs:
            own.append(legs.index(leg.plan) + seen[leg.plan])
            seen[leg.plan] += 1
        places.append(own)
    return legs, places


def _rate(plan: PlanCode, terms: Terms | None) -> Rate | None:
    if terms is None:
        return None
    return Rate(
        plan=plan,
        note_rate_bps=terms.note_rate_bps,
        numerator=terms.numerator,
        denominator=terms.denominator,
        apr_cap_bps=terms.apr_cap_bps,
        requires_full_ability=terms.requires_full_ability,
    )
