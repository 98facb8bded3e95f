"""Decisions worked out by hand: plain Python from the text of the design and of the policy.

Nothing of the core is used, neither its tables nor its graph: rules are written out here again, law
and programs are read from their files as plain rows, amounts are whole cents and exact fractions.
What is taken from a decision is the points alone, because a trained table is its own definition.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

TIERS = "ABCDEX"
#: Percent of monthly income: all debt service, our payments alone; of yearly income: the limit.
BACK_END = dict(zip(TIERS, (55, 52, 48, 45, 45, 0), strict=True))
PAYMENT = dict(zip(TIERS, (12, 10, 8, 5, 3, 0), strict=True))
OF_INCOME = dict(zip(TIERS, (25, 20, 12, 6, 2, 0), strict=True))
#: Amounts financed in dollars: total, instalment, short term (75% of a basket), card, one-time card.
LIMITS = {
    "A": (20_000, 20_000, 1_500, 5_000, 2_500),
    "B": (12_000, 12_000, 1_125, 3_000, 2_000),
    "C": (6_000, 6_000, 750, 1_500, 1_000),
    "D": (1_500, 1_500, 450, 500, 500),
    "E": (250, 0, 150, 0, 0),
    "X": (0, 0, 0, 0, 0),
}
NODES = ("total", "instalment", "short_term", "card", "one_time_card")
PLANS = ("pay_in_4", "3m", "6m", "12m", "18m", "24m", "36m", "48m", "60m")


@dataclass(frozen=True, kw_only=True)
class Person:
    """What power needs to know of a person."""

    tier: str
    points: int
    state: str
    limits: Mapping[str, int]
    capacity: int
    small_capacity: int
    #: What shares of merchants are taken of; None: of the total, for nothing is in use.
    merchant_base: int | None = None
    #: At the merchant that is asked about.
    merchant_used: int = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The best basket at a merchant by a product."""

    power_cents: int
    financed_cents: int
    program_id: str | None
    plan: str | None
    note_rate_bps: int | None
    reason: str | None


def person_of(facts: Mapping[str, Any], points: int) -> Person:
    """Work out tier, limits and capacity: the credit policy's sections 2 to 5."""
    counted = 300_000_00 if facts["income_verified"] else 150_000_00
    income = min(facts["stated_income_cents"], counted) // 12
    tier = TIERS[max(_tier_of_points(points), _cap(facts))]
    residual = BACK_END[tier] * income // 100 - _housing(facts, income) - _obligations(facts)
    capacity = max(0, min(residual, PAYMENT[tier] * income // 100)) // 100 * 100
    small = 0 if tier == "X" else max(capacity, 2 * income // 100 // 100 * 100)
    total = min(
        LIMITS[tier][0] * 100,
        20_000_00 if facts["income_verified"] else 10_000_00,
        12 * OF_INCOME[tier] * income // 100,
    )
    total = total // 50_00 * 50_00
    limits = {
        node: min(total, dollars * 100) for node, dollars in zip(NODES, LIMITS[tier], strict=True)
    }
    return Person(
        tier=tier,
        points=points,
        state=facts["state"],
        limits=limits,
        capacity=capacity,
        small_capacity=small,
    )


def _tier_of_points(points: int) -> int:
    return sum(points < least for least in (612, 602, 592, 580, 570))


def _cap(facts: Mapping[str, Any]) -> int:
    """Return the worst place in TIERS that a knock-out or cap asks for."""

    def number(name: str, otherwise: int = 0) -> int:
        return otherwise if facts[name] is None else int(facts[name])

    oldest, on = facts["oldest_trade_date"], facts["as_of"]
    age = None if oldest is None else 12 * (on.year - oldest.year) + on.month - oldest.month
    utilisation = facts["revolving_utilisation_bps"]
    if utilisation is None and facts["revolving_limit_cents"]:
        utilisation = 10_000 * facts["revolving_balance_cents"] // facts["revolving_limit_cents"]
    late_long = number("worst_past_due_days") >= 60 or number("past_due_cents") >= 500_00
    never = 10_000
    rules = [
        (bool(facts["own_charged_off"]) or number("own_days_late") > 5, "X"),
        (late_long, "X"),
        (number("trades_past_due") >= 1 and not late_long, "E"),
        (number("chargeoffs_12m") >= 1 or number("collections_12m") >= 1, "X"),
        (number("months_since_delinquency", never) <= 6, "C"),
        (number("delinquencies_24m") >= 3, "D"),
        (number("months_since_bankruptcy", never) < 24, "X"),
        (number("public_records") >= 1, "D"),
        (number("inquiries_6m") >= 6, "X"),
        (number("inquiries_6m") in (4, 5), "D"),
        ((age is not None and age < 12) or number("total_trades", never) < 3, "E"),
        (age is not None and 12 <= age <= 23, "D"),
        (facts["stated_income_cents"] < 15_000_00, "E"),
        (utilisation is not None and utilisation > 10_000, "D"),
    ]
    return max((TIERS.index(tier) for holds, tier in rules if holds), default=0)


def _housing(facts: Mapping[str, Any], income: int) -> int:
    for name in ("mortgage_payments_cents", "stated_housing_cents"):
        if facts[name] is not None:
            return int(facts[name])
    share, low, high = {"OWN": (8, 150, 600), "MORTGAGE": (22, 600, 3_000)}.get(
        facts["home_ownership"], (22, 450, 2_000)
    )
    return max(low * 100, min(high * 100, share * income // 100))


def _obligations(facts: Mapping[str, Any]) -> int:
    if facts["scheduled_payments_cents"] is not None:
        return int(facts["scheduled_payments_cents"])
    return int(facts["debt_to_income_bps"] * facts["stated_income_cents"] // 120_000)


# ---------------------------------------------------------------------------- what merchants offer


class Book:
    """Law, products, programs and merchants as the files have them, on one day."""

    def __init__(self, repository: Path, on: date) -> None:
        """Read the files."""
        everyday, examples = repository / "policies" / "everyday", repository / "examples"
        self.on = on
        self.law = tomllib.loads((everyday / "law.toml").read_text("utf-8"))["row"]
        products = tomllib.loads((everyday / "products.toml").read_text("utf-8"))
        self.shares = products["merchant_limits"]
        self.products = {product["code"]: product for product in products["product"]}
        self.programs = {
            row["program_id"]: {
                **row,
                "basket_min_cents": int(row["basket_min_cents"]),
                "basket_max_cents": int(row["basket_max_cents"]),
                "plans": row["plans"].split(";"),
                "note_rate_bps": int(row["note_rate_bps"]) if row["note_rate_bps"] else None,
                "down_payment_bps": int(row["down_payment_bps"]),
                "states": [state for state in row["states"].split(";") if state],
                "date_from": date.fromisoformat(row["date_from"]),
                "date_to": date.fromisoformat(row["date_to"]) if row["date_to"] else None,
                "mcc_exclusions": row["mcc_exclusions"].split(";"),
                "is_paused": row["is_paused"] == "true",
            }
            for row in _rows(examples / "programs.csv")
        }
        self.merchants = _rows(examples / "merchants.csv")

    def programs_at(self, merchant: Mapping[str, Any], product: str) -> list[dict[str, Any]]:
        """Return a merchant's programs for a product; cards are taken everywhere."""
        named = [self.programs[one] for one in merchant["program_ids"].split(";")]
        own = [program for program in named if program["product"] == product]
        return own or ([self.house(product)] if product in ("card", "one_time_card") else [])

    def house(self, product: str) -> dict[str, Any]:
        """Return the house program of a product."""
        missing = {"states": [], "mcc_exclusions": [], "is_paused": False, "date_to": None}
        program = self.products[product]["house_program"]
        return {"note_rate_bps": None, **missing, **program, "product": product}

    def share_bps(self, merchant: Mapping[str, Any]) -> int:
        """Return the share of the total limit that the merchant may take."""
        age_days = (self.on - date.fromisoformat(merchant["joined_on"])).days
        is_new = age_days < self.shares["new_merchant_days"]
        is_risky = merchant["mcc"] in self.shares["high_risk_mccs"]
        return min(10_000, 5_000 if is_new else 10_000, 3_000 if is_risky else 10_000)

    def law_rows(self, program: Mapping[str, Any], state: str, months: int) -> Iterator[Any]:
        """Yield the rows of law for every range of amounts."""
        for row in self.law:
            if (
                row["originator"] == program["originator"]
                and state in row["states"]
                and program["product"] in row["products"]
                and row["term_min_months"] <= months <= row["term_max_months"]
                and row["date_from"] <= self.on < row.get("date_to", date.max)
            ):
                yield row


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answer_at(person: Person, merchant: Mapping[str, Any], product: str, book: Book) -> Answer:
    """Try every program, plan and range of amounts; the largest basket wins."""
    found = [
        (
            power_under(person, program, book, share_bps=book.share_bps(merchant))
            if merchant["is_paused"] == "false" and merchant["mcc"] not in program["mcc_exclusions"]
            else _zero(program, "P_PAUSED" if merchant["is_paused"] == "true" else "P_MCC")
        )
        for program in book.programs_at(merchant, product)
    ]
    if not found:
        return _zero(None, "P_PAUSED" if merchant["is_paused"] == "true" else "P_NOT_OFFERED")
    most = max(one.power_cents for one in found)
    if most:
        return next(one for one in found if one.power_cents == most)
    # Told is the gate that was reached last.
    gates = [
        "P_PAUSED",
        "P_MCC",
        "P_CLOSED",
        "P_STATE",
        "P_TIER",
        "L_UNKNOWN",
        "L_STATE",
        "P_LIMIT",
        "R09",
    ]
    last = max(gates.index(one.reason or "") for one in found)
    return next(one for one in found if one.reason == gates[last])


def power_under(
    person: Person, program: Mapping[str, Any], book: Book, *, share_bps: int
) -> Answer:
    """Return the answer of one program: its default plan, else shorter ones, else longer ones."""
    if program["is_paused"]:
        return _zero(program, "P_PAUSED")
    if not program["date_from"] <= book.on < (program["date_to"] or date.max):
        return _zero(program, "P_CLOSED")
    if program["states"] and person.state not in program["states"]:
        return _zero(program, "P_STATE")
    offered = [plan for plan in program["plans"] if grid_rate(person, plan) is not None]
    if not offered:
        return _zero(program, "P_TIER")
    product = book.products[program["product"]]
    default = PLANS.index(product["default_plan"])
    order = sorted(offered, key=lambda plan: _distance(PLANS.index(plan), default))
    lawful, fits_limit = False, False
    for plan in order:
        best, at_rate = 0, 0
        for low, high, rate in amounts(person, program, plan, book):
            lawful = True
            room = _headroom(person, product, plan, share_bps)
            fits_limit = fits_limit or low <= room
            most = min(room, high, affordable(person, program, plan, rate, book))
            if most >= max(low, 1) and most > best:
                best, at_rate = most, rate
        if best:
            basket = best * 10_000 // (10_000 - _down(program, plan))
            return Answer(
                power_cents=basket,
                financed_cents=best,
                program_id=program["program_id"],
                plan=plan,
                note_rate_bps=at_rate,
                reason=None,
            )
    if not lawful:
        return _zero(program, "L_STATE")
    own = [person.limits[node] for node in product["limit_nodes"]]
    if person.limits["total"] and 0 in own:
        return _zero(program, "P_TIER")
    return _zero(program, "R09" if fits_limit else "P_LIMIT")


def amounts(
    person: Person, program: Mapping[str, Any], plan: str, book: Book
) -> Iterator[tuple[int, int, int]]:
    """Yield each range of amounts financed that law, grid and program allow, with its note rate."""
    share = 10_000 - _down(program, plan)
    product = book.products[program["product"]]
    low = -(-program["basket_min_cents"] * share // 10_000)
    low = max(low, product["plan_minimums_cents"].get(plan, 0))
    high = program["basket_max_cents"] * share // 10_000
    rate = grid_rate(person, plan)
    if rate is None:
        return
    if program["note_rate_bps"] is not None:
        rate = min(rate, program["note_rate_bps"])
    for row in book.law_rows(program, person.state, _months(plan)):
        cap = min(row["apr_cap_bps"], 3_600)
        first, last = max(low, row["amount_min_cents"]), min(high, row["amount_max_cents"])
        if row["is_allowed"] and rate <= cap + 300 and first <= last:
            yield first, last, min(rate, cap)


def grid_rate(person: Person, plan: str) -> int | None:
    """Return the note rate by tier and term: the credit policy's section 5."""
    if plan == "pay_in_4":
        return None if person.tier == "X" else 0
    months = _months(plan)
    columns = {3: 0, 6: 0, 12: 0, 18: 1, 24: 1, 36: 2, 48: 3, 60: 4}
    rows = {
        "A": (999, 1199, 1399, 1899, 1899 if person.points >= 616 else None),
        "B": (1499, 1699, 1899, 2299, None),
        "C": (2199, 2399, None, None, None),
        "D": (2999, None, None, None, None),
    }
    return rows[person.tier][columns[months]] if person.tier in rows else None


def payment(financed_cents: int, rate_bps: int, months: int) -> int:
    """Return the level payment, rounded up to the cent."""
    exact = financed_cents * factor(rate_bps, months)
    return -(-exact.numerator // exact.denominator)


@lru_cache
def factor(rate_bps: int, months: int) -> Fraction:
    """Return the exact payment of one cent. (Sixteen decimals differ first far beyond $1,000,000.)"""
    rate = Fraction(rate_bps, 120_000)
    return rate / (1 - (1 + rate) ** -months) if rate else Fraction(1, months)


def affordable(
    person: Person, program: Mapping[str, Any], plan: str, rate_bps: int, book: Book
) -> int:
    """Return the largest amount financed whose payments in any 30 days fit: by halving, not by formula."""
    if plan == "pay_in_4":
        # Its three payments fall within 28 days.
        rows = book.law_rows(program, person.state, 1)
        is_full = any(row["requires_full_ability_to_pay"] for row in rows)
        return person.capacity if is_full else person.small_capacity
    return _halved(person.capacity, rate_bps, _months(plan))


@cache
def _halved(capacity: int, rate_bps: int, months: int) -> int:
    low, high = 0, 10**8
    while low < high:
        middle = (low + high + 1) // 2
        if payment(middle, rate_bps, months) <= capacity:
            low = middle
        else:
            high = middle - 1
    return low


def _headroom(person: Person, product: Mapping[str, Any], plan: str, share_bps: int) -> int:
    family = "short_term" if plan == "pay_in_4" else "instalment"
    nodes = ["total", family, *product["limit_nodes"]]
    base = person.limits["total"] if person.merchant_base is None else person.merchant_base
    merchant = max(0, base * share_bps // 10_000 - person.merchant_used)
    return min(merchant, *(person.limits[node] for node in nodes))


def _months(plan: str) -> int:
    return 1 if plan == "pay_in_4" else int(plan[:-1])


def _down(program: Mapping[str, Any], plan: str) -> int:
    return 2_500 if plan == "pay_in_4" else int(program["down_payment_bps"])


def _distance(place: int, default: int) -> tuple[int, int]:
    return (0, default - place) if place <= default else (1, place - default)


def _zero(program: Mapping[str, Any] | None, reason: str) -> Answer:
    return Answer(
        power_cents=0,
        financed_cents=0,
        program_id=program["program_id"] if program else None,
        plan=None,
        note_rate_bps=None,
        reason=reason,
    )
