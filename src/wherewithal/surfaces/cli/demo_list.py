"""The demo's list of all merchants: 400,000 of them, for one person, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from rich.box import SIMPLE_HEAD
from rich.table import Table

from wherewithal.surfaces.cli import demo_http, demo_print
from wherewithal.surfaces.cli.demo_asked import Say
from wherewithal.surfaces.cli.demo_ports import DemoService, MadeDirectory

MERCHANTS = 400_000
BASKET_CENTS = 50_000
_PAGE = 5
_AGAIN = 20


def show_list(
    service: DemoService, answer: Mapping[str, Any], made: MadeDirectory, say: Say
) -> bool:
    """Print a person's first page, a search and a basket; False if the list is not whole."""
    lists = f"/v1/consumers/{answer['consumer_id']}/spending-power/merchants"
    first = demo_http.get(service, f"{lists}?sort=power&page_size={_PAGE}")
    again = sorted(
        demo_http.get(service, f"{lists}?sort=power&page_size={_PAGE}").milliseconds
        for _ in range(_AGAIN)
    )
    page = first.data
    say(
        demo_print.said(
            f"{made.merchants:,} merchants with {made.programs:,} programs, all fictional, fall"
            f" into {made.classes:,} classes whose answers are alike. Nothing is kept of people"
            f" times merchants: this is worked out when it is read, for one who can spend"
            f" {demo_print.dollars(answer['power_total_cents'])}. The first page, most first:"
            f" {first.milliseconds:.1f} ms with this person's prices still to be found, then"
            f" {again[len(again) // 2]:.1f} ms (the middle of {_AGAIN}). A merchant's down payment"
            " can carry a basket above that."
        )
    )
    say(demo_print.indented(_page(page["rows"], made.categories)))
    word = page["rows"][0]["name"].split()[0]
    search = demo_http.get(service, f"{lists}?name={quote(word)}&page_size={_PAGE}")
    say(
        demo_print.said(
            f"Searched by name, {word!r}: {search.data['total']:,} merchants in"
            f" {search.milliseconds:.1f} ms; the first, {search.data['rows'][0]['name']}, up to"
            f" {demo_print.dollars(search.data['rows'][0]['power_cents'])}."
        )
    )
    merchant = page["rows"][0]["merchant_id"]
    basket = demo_http.get(service, f"{lists}/{merchant}?amount_cents={BASKET_CENTS}")
    say(
        demo_print.said(
            f"What {demo_print.dollars(BASKET_CENTS)} costs at {basket.data['name']}"
            f" ({basket.milliseconds:.1f} ms):"
        )
    )
    say(demo_print.indented(_plans(basket.data["products"])))
    return page["total"] == made.merchants and bool(search.data["rows"])


def _page(rows: list[Mapping[str, Any]], categories: Mapping[str, str]) -> Table:
    table = Table("merchant", "category", "can spend", "with", "APR", box=SIMPLE_HEAD)
    for name in (2, 4):
        table.columns[name].justify = "right"
    for row in rows:
        table.add_row(
            row["name"],
            categories.get(row["mcc"], row["mcc"]),
            demo_print.dollars(row["power_cents"]),
            str(row["product"]).replace("_", " "),
            f"{row['apr_bps'] / 100:.2f}%",
        )
    return table


def _plans(products: list[Mapping[str, Any]]) -> Table:
    table = Table("product", "plan, or why not", box=SIMPLE_HEAD)
    for product in products:
        plans = [demo_print.plan_line(one["plan"]) for one in product["plans"]]
        reason = product["reason"]["wording"] if product["reason"] else "-"
        table.add_row(product["name"], "\n".join(plans) or reason)
    return table
