"""How the demo shows decisions: tables and plain sentences, money in dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wherewithal.surfaces.cli.demo_agreement import Agreement
from wherewithal.surfaces.cli.demo_outcomes import TierOutcome
from wherewithal.vocabulary.program import PlanCode

_WIDTH_WITHOUT_TERMINAL = 100


def console_of(file: Any) -> Console:
    """Return a console; away from a terminal it is wide enough for the tables, and plain."""
    console = Console(file=file, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console


def dollars(cents: int) -> str:
    """Return cents as dollars.

    >>> dollars(919484), dollars(5)
    ('$9,194.84', '$0.05')
    """
    return f"${cents // 100:,}.{cents % 100:02d}"


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal, rounded half up; a dash for none of nothing.

    >>> percent(69, 1000), percent(0, 0)
    ('6.9%', '-')
    """
    if not whole:
        return "-"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def heading(title: str) -> RenderableType:
    """Return a heading with a line above."""
    return Group(Text(""), Text(title, style="bold cyan"))


def said(text: str) -> RenderableType:
    """Return a paragraph."""
    return indented(Text(text))


def typed(text: str) -> RenderableType:
    """Return a command to type: one line, however long."""
    return Text(f"  {text}", style="bold", no_wrap=True, overflow="ignore")


def points(lines: Sequence[str]) -> RenderableType:
    """Return lines of which the first heads the rest."""
    first, *rest = lines
    return indented(
        Group(Text(first, style="bold"), *(Padding(Text(t), (0, 0, 0, 2)) for t in rest))
    )


def verdict(text: str, *, is_well: bool) -> RenderableType:
    """Return a sentence that says whether things agree."""
    return indented(Text(text, style="bold green" if is_well else "bold red"))


def indented(content: RenderableType) -> RenderableType:
    """Return something two places to the right."""
    return Padding(content, (0, 0, 0, 2), expand=False)


def person_lines(answer: Mapping[str, Any]) -> RenderableType:
    """Return what was decided for one person and why."""
    lines = [
        Text(
            f"{answer['outcome'].upper()}, tier {answer['tier']}, {answer['score_points']} points;"
            f" limit in all {dollars(answer['limit_total_cents'])},"
            f" payments in any 30 days up to {dollars(answer['capacity_cents'])}",
            style="bold",
        )
    ]
    for reason in answer["reasons"]:
        form = f" (Regulation B, reason {reason['regb_number']}: {reason['regb_text']})"
        lines.append(Text(f"why   {reason['wording']}{form if reason['regb_number'] else ''}"))
        if reason["cure"]:
            lines.append(Text(f"cure  {reason['cure']}", style="green"))
    return indented(Group(*lines))


def products_table(products: Mapping[str, Mapping[str, Any]]) -> RenderableType:
    """Return a table of products: power and its plan, or why it is zero."""
    table = Table("product", "can spend", "on this plan, or why not", box=SIMPLE_HEAD)
    table.columns[1].justify = "right"
    for product in products.values():
        cents = product["power_cents"]
        power = "unknown" if cents is None else dollars(cents)
        table.add_row(product["name"], power, _plan_or_reason(product))
    return indented(table)


def merchants_table(merchants: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> RenderableType:
    """Return a table of merchants by product."""
    table = Table("merchant", *(code.replace("_", " ") for code in codes), box=SIMPLE_HEAD)
    table.show_lines = True
    for merchant in merchants:
        cells = []
        for code in codes:
            product = merchant["products"][code]
            amount = f"up to {dollars(product['power_cents'])}\n" if product["power_cents"] else ""
            cells.append(amount + _plan_or_reason(product))
        table.add_row(merchant["name"], *cells)
    return indented(table)


def _plan_or_reason(product: Mapping[str, Any]) -> str:
    plan, reason = product["best_plan"], product["reason"]
    if plan is None:
        return str(reason["wording"]) if reason else "-"
    return plan_line(plan)


def plan_line(plan: Mapping[str, Any]) -> str:
    """Return how often and how much is paid, and what it costs."""
    price = f"APR {plan['apr_bps'] / 100:.2f}%, costs {dollars(plan['finance_charge_cents'])}"
    if plan["finance_charge_cents"] == 0:
        price = "no charge"
    count, payment, first = plan["payments_count"], plan["payment_cents"], _first_cents(plan)
    if first != payment:
        return f"{dollars(first)}, then {count - 1} x {dollars(payment)}, {price}"
    return f"{count} x {dollars(payment)}, {price}"


def _first_cents(plan: Mapping[str, Any]) -> int:
    """Return the first payment: of pay in four it has the cents that do not divide by four."""
    is_at_till = plan["plan"] == PlanCode.PAY_IN_4.value
    return int(plan["down_payment_cents"] if is_at_till else plan["payment_cents"])


def schedule_line(plan: Mapping[str, Any]) -> str:
    """Return the payments of a plan, the first and the last, as a sentence."""
    payments = plan["payments"]
    first, last = payments[0], payments[-1]
    lent, paid = plan["amount_financed_cents"], plan["total_of_payments_cents"]
    return (
        f"{len(payments)} payments from {first['date']} ({dollars(first['amount_cents'])}) to"
        f" {last['date']} ({dollars(last['amount_cents'])}); {dollars(lent)} lent,"
        f" {dollars(paid)} paid back."
    )


def tiers_table(tiers: Sequence[TierOutcome], *, rows: int) -> RenderableType:
    """Return a table of tiers with their share and what became of their loans."""
    table = Table(
        "tier", "borrowers", "share", "of them defaulted", "median power", box=SIMPLE_HEAD
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for tier in tiers:
        power = "unknown" if tier.median_power_cents is None else dollars(tier.median_power_cents)
        table.add_row(
            tier.name,
            f"{tier.rows:,}",
            percent(tier.rows, rows),
            percent(tier.defaulted, tier.rows),
            power,
        )
    return indented(table)


def agreement_line(agreement: Agreement) -> RenderableType:
    """Return the sentence about both executors; where they differ, by field."""
    text = (
        f"scalar and columnar agree on {agreement.agreeing:,} of {agreement.rows:,} rows,"
        f" field by field ({agreement.fields} fields)"
    )
    differing = ", ".join(f"{name} in {rows:,} rows" for name, rows in agreement.differing.items())
    if differing:
        text += f"; they differ in {differing}"
    return verdict(text, is_well=agreement.is_total)
