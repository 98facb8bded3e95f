"""A decision as people read it: tables and plain sentences, made from the same data as the JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wherewithal.surfaces.cli.demo_print import (
    console_of,
    dollars,
    heading,
    indented,
    products_table,
    said,
)

Data = Mapping[str, Any]
_MORE = "Payments, matched rules, attributes and every merchant: the same command with --json."


def print_decision(answer: Data, *, file: Any) -> None:
    """Write what was decided; `answer` is what the command writes as JSON.

    Null: what is unknown is said to be unknown, never zero.
    """
    console = console_of(file)
    for part in _parts(answer):
        console.print(part)


def _parts(answer: Data) -> list[RenderableType]:
    parts: list[RenderableType] = [
        heading(f"Applicant {answer['applicant_id']}, as of {answer['as_of'] or 'no day'}"),
        indented(_verdict(answer)),
        heading("Limits"),
        indented(_limits(answer)),
        heading("What they can spend"),
        products_table(answer["products"]),
    ]
    if answer["reasons"]:
        parts += [heading("Why"), indented(_reasons(answer["reasons"]))]
    if answer["merchants"]:
        merchants = answer["merchants"]
        parts += [
            heading(f"At the {len(merchants)} sample merchants"),
            indented(_merchants(merchants, answer["products"])),
        ]
    if answer["assumptions"]:
        parts += [heading("Assumed"), *(said(sentence) for sentence in answer["assumptions"])]
    return [*parts, Text(""), said(_MORE)]


def _verdict(answer: Data) -> RenderableType:
    lines = [Text(str(answer["outcome"]).replace("_", " ").upper(), style="bold")]
    if answer["tier"] is not None:
        tiers = f"tier {answer['tier']}, priced as {answer['pricing_tier']}"
        lines.append(Text(f"{tiers}; {answer['score_points']} points"))
    if answer["failure_cause"]:
        lines.append(Text(f"because {answer['failure_cause']}"))
    lines.append(Text(f"decision {answer['decision_id']}, policy {answer['bundle_digest'][:12]}"))
    return Group(*lines)


def _limits(answer: Data) -> RenderableType:
    table = Table("of", "at most", box=SIMPLE_HEAD)
    table.columns[1].justify = "right"
    for name, cents in answer["limits"].items():
        table.add_row("all together" if name == "total" else name.replace("_", " "), _money(cents))
    table.add_row("payments in any 30 days", _money(answer["capacity_cents"]))
    return table


def _reasons(reasons: Sequence[Data]) -> RenderableType:
    lines = []
    for reason in reasons:
        number = reason["regb_number"]
        form = f" (Regulation B, reason {number}: {reason['regb_text']})" if number else ""
        lines.append(Text(f"{reason['code']}  {reason['wording']}{form}"))
        if reason["cure"]:
            lines.append(Text(f"  cure: {reason['cure']}", style="green"))
    return Group(*lines)


def _merchants(merchants: Sequence[Data], products: Data) -> RenderableType:
    """Return by product at how many merchants something can be spent, and where the most."""
    table = Table("product", "merchants", "the most", "where", box=SIMPLE_HEAD)
    table.columns[1].justify = table.columns[2].justify = "right"
    for code, product in products.items():
        able = [one for one in merchants if _power(one, code)]
        if able:
            best = max(able, key=lambda one: _power(one, code))
            most, where = dollars(_power(best, code)), best["name"]
        else:
            most, where = "-", "nowhere"
        table.add_row(product["name"], f"{len(able)}", most, where)
    return table


def _power(merchant: Data, code: str) -> int:
    return int(merchant["products"][code]["power_cents"])


def _money(cents: int | None) -> str:
    return "unknown" if cents is None else dollars(cents)
