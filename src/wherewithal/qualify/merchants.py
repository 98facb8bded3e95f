"""Power at every merchant: the person's part meets the program's part when it is read.

Merchants with the same program and the same share of the limit give the same answer, so the work is
programs x shares, not merchants. Source: DESIGN 1.2 and 4, power.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import Any

import polars as pl

from wherewithal.dmn.columnar import ColumnarPlan, compile_columnar
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.exposure import MERCHANT_BASE, MERCHANT_USED
from wherewithal.qualify.person import (
    INPUTS,
    MERCHANT_SHARE,
    PERSON_COLUMNS,
    person_inputs,
    standing_inputs,
    tiers_of,
)
from wherewithal.qualify.power import program_power
from wherewithal.qualify.pricing import UNREACHABLE_CENTS, Pricer
from wherewithal.vocabulary.merchant import Directory, Merchant
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import Product, ProductCode
from wherewithal.vocabulary.program import Program

__all__ = [
    "ANSWER",
    "INPUTS",
    "PASSED",
    "PERSON_COLUMNS",
    "Answer",
    "Gate",
    "ProgramBook",
    "candidates",
    "gates_at",
    "gates_of",
    "merchant_answers",
    "merchant_frame",
    "pricer_of",
    "product_of",
    "share_bps",
]

#: By merchant, of somebody who owes nothing and holds nothing.
NOTHING_USED: Mapping[str, int] = MappingProxyType({})
ANSWER = ("power_cents", "financed_cents", "plan", "note_rate_bps", "reason")
#: These products are spent at any merchant, by the house program where the merchant has none.
CARDS = (ProductCode.ONE_TIME_CARD, ProductCode.CARD)
#: How many gates a person has passed who is told this reason; power, without one, has passed all.
PASSED: dict[str | None, int] = {
    code: passed
    for passed, code in enumerate(
        (
            "P_NOT_OFFERED",
            "P_PAUSED",
            "P_MCC",
            "P_CLOSED",
            "P_STATE",
            "P_TIER",
            "L_UNKNOWN",
            "L_STATE",
            "P_LIMIT",
            "R09",
            None,
        )
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a product can buy at a merchant; zero has its reason."""

    merchant_id: str
    product: ProductCode
    program_id: str | None
    power_cents: int
    financed_cents: int
    plan: str | None
    note_rate_bps: int | None
    reason: str | None


@dataclass(slots=True)
class ProgramBook:
    """Compiled programs of one bundle on one day, made when they are first asked for."""

    bundle: PolicyBundle
    on: datetime.date
    pricer: Pricer = field(init=False)
    _nodes: dict[str, dict[str, Node]] = field(default_factory=dict)
    _functions: dict[str, Callable[..., tuple[Any, ...]]] = field(default_factory=dict)
    _plans: dict[str, ColumnarPlan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep what the programs have in common."""
        self.pricer = pricer_of(self.bundle, self.on)

    def function(self, program: Program) -> Callable[..., tuple[Any, ...]]:
        """Return the program's answer as a function of INPUTS."""
        if program.program_id not in self._functions:
            self._functions[program.program_id] = compile_scalar(self.nodes(program), inputs=INPUTS)
        return self._functions[program.program_id]

    def plan(self, program: Program) -> ColumnarPlan:
        """Return the program's answer as a plan over the columns INPUTS."""
        if program.program_id not in self._plans:
            self._plans[program.program_id] = compile_columnar(self.nodes(program), inputs=INPUTS)
        return self._plans[program.program_id]

    def nodes(self, program: Program) -> dict[str, Node]:
        """Return the nodes of the answer."""
        if program.program_id not in self._nodes:
            graph = Graph()
            product = product_of(self.bundle, program.product)
            standing = standing_inputs(graph, self.bundle)
            power = program_power(graph, self.pricer.table(program, product), standing)
            self._nodes[program.program_id] = {name: getattr(power, name) for name in ANSWER}
        return self._nodes[program.program_id]


def pricer_of(bundle: PolicyBundle, on: datetime.date) -> Pricer:
    """Return what makes a bundle's price tables on a day."""
    return Pricer(grid=bundle.grid, tiers=tiers_of(bundle), law=bundle.law, on=on)


def product_of(bundle: PolicyBundle, code: ProductCode) -> Product:
    """Return a product of the bundle's catalogue; KeyError if the lender does not offer it."""
    product = bundle.catalogue.product(code)
    if product is None:
        message = f"the catalogue has no product {code.value}"
        raise KeyError(message)
    return product


def merchant_answers(
    person: Mapping[str, Any],
    directory: Directory,
    book: ProgramBook,
    *,
    used_at: Mapping[str, int] = NOTHING_USED,
) -> list[Answer]:
    """Return every product's answer at every merchant for one decided person.

    `person` has the PERSON_COLUMNS, `state` and `outcome` of a decision row, or what is left of
    them (`person_left`); then `used_at` says what is used by key of merchant, in cents.
    Null:   a person who was not decided has no answers: unknown is not zero.
    """
    if person["outcome"] not in (Outcome.APPROVED.value, Outcome.DECLINED.value):
        return []
    given = person_inputs(person)
    known: dict[tuple[str, int, int], tuple[Any, ...]] = {}

    def answer(merchant: Merchant, product: Product, gate: Gate) -> Answer:
        if gate.program is None or gate.reason is not None:
            values: tuple[Any, ...] = (0, 0, None, None, gate.reason)
        else:
            used = min(used_at.get(merchant.merchant_id, 0), UNREACHABLE_CENTS)
            key = (gate.program.program_id, used, share_bps(merchant, book))
            if key not in known:
                known[key] = book.function(gate.program)(*given, *key[1:])
            values = known[key]
        return Answer(
            merchant_id=merchant.merchant_id,
            product=product.code,
            program_id=gate.program.program_id if gate.program else None,
            **dict(zip(ANSWER, values, strict=True)),
        )

    return [
        max(
            (answer(merchant, product, gate) for gate in gates_at(merchant, product, directory)),
            key=lambda found: (found.power_cents, PASSED[found.reason]),
        )
        for merchant in directory.merchants
        for product in book.bundle.catalogue.products
    ]


def merchant_frame(people: pl.DataFrame, directory: Directory, book: ProgramBook) -> pl.DataFrame:
    """Return every product's answer at every merchant for a frame of decided persons.

    Shapes: people (n,) with `applicant_id`, `state`, `outcome` and PERSON_COLUMNS; result
            (n x merchants x products,), ordered by person, merchant and product as in the
            catalogue.
    Null:   persons who were not decided have no rows.
    Nothing is in use: this is about decisions, before anybody has bought.
    """
    decided = people.filter(
        pl.col("outcome").cast(pl.String).is_in(["approved", "declined"])
    ).with_columns(
        pl.col("limit_total_cents").alias(MERCHANT_BASE), pl.lit(0, pl.Int64).alias(MERCHANT_USED)
    )
    known: dict[tuple[str, int], pl.DataFrame] = {}

    def answer(merchant: Merchant, gate: Gate) -> pl.DataFrame:
        if gate.program is None or gate.reason is not None:
            found = _zero_frame(decided.height, gate.reason)
        else:
            key = (gate.program.program_id, share_bps(merchant, book))
            if key not in known:
                share = pl.lit(key[1], pl.Int64).alias(MERCHANT_SHARE)
                known[key] = _as_text(book.plan(gate.program).run(decided.with_columns(share)))
            found = known[key]
        name = gate.program.program_id if gate.program else None
        return found.with_columns(pl.lit(name, pl.String).alias("program_id"))

    parts: list[pl.DataFrame] = []
    for merchant in directory.merchants:
        for product in book.bundle.catalogue.products:
            gates = gates_at(merchant, product, directory)
            best = reduce(_better, (answer(merchant, gate) for gate in gates))
            parts.append(
                best.select(
                    decided["applicant_id"],
                    pl.lit(merchant.merchant_id).alias("merchant_id"),
                    pl.lit(product.code.value).alias("product"),
                    "program_id",
                    *ANSWER,
                    pl.int_range(pl.len()).alias("_person"),
                    pl.lit(len(parts)).alias("_place"),
                )
            )
    return pl.concat(parts).sort("_person", "_place").drop("_person", "_place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A program that may serve a product at a merchant, and why it cannot, whoever asks."""

    program: Program | None
    reason: str | None


def gates_at(merchant: Merchant, product: Product, directory: Directory) -> list[Gate]:
    """Return the programs for a product at a merchant, in the merchant's order; at least one gate.

    Power there is the greatest of their powers; of equal ones, the first. Where all are zero, the
    reason is that of the program whose gates the person passed furthest.
    """
    return gates_of(
        candidates(directory.programs_of(merchant), product),
        mcc=merchant.mcc,
        is_paused=merchant.is_paused,
    )


def candidates(programs: Iterable[Program], product: Product) -> list[Program]:
    """Return which of a merchant's programs may serve a product: for cards, at least our own."""
    own = [program for program in programs if program.product is product.code]
    return [product.house_program] if not own and product.code in CARDS else own


def gates_of(programs: Sequence[Program], *, mcc: str, is_paused: bool) -> list[Gate]:
    """Return the gates of the candidates for a product; without any there is one all the same."""
    if not programs:
        return [Gate(program=None, reason="P_PAUSED" if is_paused else "P_NOT_OFFERED")]
    return [
        Gate(
            program=program,
            reason="P_PAUSED" if is_paused else "P_MCC" if mcc in program.mcc_exclusions else None,
        )
        for program in programs
    ]


def share_bps(merchant: Merchant, book: ProgramBook) -> int:
    """Return the share of a person's total limit that may be spent at a merchant."""
    return book.bundle.catalogue.merchant_limits.share_bps(
        mcc=merchant.mcc, joined_on=merchant.joined_on, on=book.on
    )


def _zero_frame(height: int, reason: str | None) -> pl.DataFrame:
    return pl.DataFrame({"_": pl.Series([0] * height, dtype=pl.Int64)}).select(
        pl.col("_").alias("power_cents"),
        pl.col("_").alias("financed_cents"),
        pl.lit(None, pl.String).alias("plan"),
        pl.lit(None, pl.Int64).alias("note_rate_bps"),
        pl.lit(reason, pl.String).alias("reason"),
    )


def _as_text(answer: pl.DataFrame) -> pl.DataFrame:
    return answer.with_columns(
        pl.col("plan", "reason").cast(pl.String), pl.col("note_rate_bps").cast(pl.Int64)
    )


def _better(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Return, row by row, the answer with more power; of zeros the one that passed more gates."""
    passed = pl.col("reason").replace_strict(PASSED, return_dtype=pl.Int64)
    rank = pl.col("power_cents") * len(PASSED) + passed
    keep = left.select(rank).to_series() >= right.select(rank).to_series()
    return pl.DataFrame([left[name].zip_with(keep, right[name]) for name in left.columns])
