"""The demo at a till: power before a hold, while it stands, when it is captured and when voided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from wherewithal.surfaces.cli import demo_http, demo_print
from wherewithal.surfaces.cli.demo_asked import Say
from wherewithal.surfaces.cli.demo_ports import DemoService

#: Of the largest basket that is told, a third is bought.
_SHARE = 3


class _Till:
    """One person at one merchant, and what was read of them after each step."""

    def __init__(self, service: DemoService, answer: Mapping[str, Any]) -> None:
        """Begin with what they can spend."""
        self._service = service
        self._person = f"/v1/consumers/{answer['consumer_id']}"
        self.table = Table("at the till", "held", "owed", "can spend", "ms", box=SIMPLE_HEAD)
        for column in self.table.columns[1:]:
            column.justify = "right"
        self.powers: list[int] = []
        self.used: list[tuple[int, int]] = []
        self.read("before")

    def post(self, path: str, body: Mapping[str, Any]) -> demo_http.Reply:
        """Ask the API to do something."""
        return demo_http.post(self._service, path, body)

    def read(self, step: str, *, milliseconds: float | None = None) -> None:
        """Read power, and add a line to the table."""
        power = demo_http.get(self._service, f"{self._person}/spending-power").data
        used, cents = power["used"], power["power_total_cents"] or 0
        self.powers.append(cents)
        self.used.append((used["held_cents"], used["drawn_cents"]))
        took = "" if milliseconds is None else f"{milliseconds:.1f}"
        dollars = demo_print.dollars
        self.table.add_row(
            step, dollars(used["held_cents"]), dollars(used["drawn_cents"]), dollars(cents), took
        )


def show_till(service: DemoService, answer: Mapping[str, Any], say: Say) -> bool:
    """Hold, capture and void at a till; return whether power fell and came back as it should."""
    till = _Till(service, answer)
    basket, merchant = _basket(service, answer)
    first = till.post("/v1/holds", basket | {"reference": "demo-1"})
    till.read("a basket is held", milliseconds=first.milliseconds)
    again = till.post("/v1/holds", basket | {"reference": "demo-1"})
    where = f"/v1/holds/{first.data['hold_id']}"
    captured = till.post(f"{where}/capture", {"reference": "demo-1"})
    till.read("it is captured: a loan", milliseconds=captured.milliseconds)
    another, _ = _basket(service, answer)
    second = till.post("/v1/holds", another | {"reference": "demo-2"})
    till.read("another is held", milliseconds=second.milliseconds)
    voided = till.post(f"/v1/holds/{second.data['hold_id']}/void", {})
    till.read("that one is voided", milliseconds=voided.milliseconds)
    say(demo_print.said(_bought(basket, merchant, first.data["plan"])))
    say(demo_print.indented(till.table))
    lent, more = (one.data["plan"]["amount_financed_cents"] for one in (first, second))
    is_once = (first.status, again.status, again.data) == (201, 200, first.data)
    before, during, bought, both, after = till.powers
    is_well = is_once and till.used == [(0, 0), (lent, 0), (0, lent), (more, lent), (0, lent)]
    is_well &= during < before and both < bought == after
    text = "what is held or owed is not spent twice; what is voided is power again"
    say(demo_print.verdict(f"{text}; asked twice, held once", is_well=is_well))
    return is_well


def _bought(basket: Mapping[str, Any], merchant: str, plan: Mapping[str, Any]) -> str:
    price, lent = (
        demo_print.dollars(cents)
        for cents in (basket["basket_cents"], plan["amount_financed_cents"])
    )
    product = str(basket["product"]).replace("_", " ")
    return (
        f"The same person buys for {price} at {merchant}, by {product}:"
        f" {demo_print.plan_line(plan)}. The till asks, and the number holds; {lent} is lent."
    )


def _basket(service: DemoService, answer: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a basket of a third of what can be spent where most can, on the lightest plan.

    Errors: AnsweredOtherwise if nothing can be bought anywhere.
    """
    lists = f"/v1/consumers/{answer['consumer_id']}/spending-power/merchants"
    [row] = demo_http.get(service, f"{lists}?sort=power&page_size=1").data["rows"]
    cents = (row["power_cents"] or 0) // _SHARE
    found = demo_http.get(service, f"{lists}/{row['merchant_id']}?amount_cents={cents or 1}")
    plans = [
        (one["plan"]["payment_cents"], product["product"], one["plan"]["plan"])
        for product in found.data["products"]
        for one in product["plans"]
    ]
    if not plans:
        raise demo_http.AnsweredOtherwise("the API told no plan for a third of what it told")
    _, product, plan = min(plans)
    ids = {name: answer[name] for name in ("consumer_id", "prequalification_id")}
    basket = {"product": product, "plan": plan, "basket_cents": cents}
    return {**ids, "merchant_id": row["merchant_id"], **basket}, row["name"]
