"""Tables of the bundle's catalogue: products, law rows, reasons, golden cases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from docs.tables.markdown import code, dollars, percent, plain, table
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.sources.cases import load_cases
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.reason import ReasonKind


def products(bundle: PolicyBundle) -> str:
    """Return the products with the terms of their house programs."""
    rows = [_product(product) for product in bundle.catalogue.products]
    head = ("product", "basket", "plans", "default", "least amount financed", "limits", "stands")
    return table((*head, "originator"), rows)


def _product(product: Product) -> tuple[str, ...]:
    house = product.house_program
    least: dict[int, list[str]] = {}
    for plan, cents in product.plan_minimums_cents.items():
        least.setdefault(cents, []).append(plan.value)
    nodes = dict.fromkeys(node.value for plan in product.plans for node in product.nodes_of(plan))
    stands = f"{product.ttl_days} day{'' if product.ttl_days == 1 else 's'}"
    shorter = [f"{days} for {plan.value}" for plan, days in product.ttl_days_by_plan.items()]
    return (
        f"{code(product.code.value)} {product.name}",
        f"{dollars(house.basket_min_cents)} to {dollars(house.basket_max_cents)}",
        ", ".join(plan.value for plan in product.plans),
        product.default_plan.value,
        "; ".join(f"{dollars(cents)} ({', '.join(plans)})" for cents, plans in least.items()),
        ", ".join(name.replace("_", " ") for name in nodes),
        ", ".join([stands, *shorter]),
        house.originator,
    )


def law(bundle: PolicyBundle) -> str:
    """Return what the law rows come to: by originator, product and the days on which they hold."""
    keys = dict.fromkeys(
        (row.originator, product, row.date_from, row.date_to)
        for row in bundle.law.rows
        for product in row.products
    )
    rows = []
    for originator, product, begin, end in keys:
        held = [
            row
            for row in bundle.law.rows
            if (row.originator, row.date_from, row.date_to) == (originator, begin, end)
            and product in row.products
        ]
        allowed = {state for row in held if row.is_allowed for state in row.states}
        full = {s for row in held if row.requires_full_ability_to_pay for s in row.states}
        caps = sorted({row.apr_cap_bps for row in held if row.is_allowed})
        rows.append(
            (
                originator,
                code(product.value),
                f"{begin} to {end or 'further notice'}",
                str(len(held)),
                str(len(allowed)),
                " to ".join(percent(cap) for cap in dict.fromkeys((caps[0], caps[-1])))
                if caps
                else "-",
                ", ".join(state for state in STATES if state in full) or "none",
            )
        )
    head = ("originator", "product", "holds", "rows", "states where some purchase is allowed")
    return table((*head, "APR caps", "full ability to pay asked in"), rows)


def reasons(bundle: PolicyBundle) -> str:
    """Return every reason in order of precedence, each with an anchor of its code."""
    rows = [
        (
            str(reason.precedence),
            f'<a id="{reason.code}"></a>{code(reason.code)}',
            reason.kind.value.replace("_", " "),
            plain(reason.wording),
            f"{reason.regb_number}: {plain(reason.regb_text)}" if reason.regb_number else "-",
            plain(reason.cure) or "-",
        )
        for reason in sorted(bundle.reasons.reasons, key=lambda one: one.precedence)
    ]
    return table(("order", "code", "kind", "wording", "Regulation B, form C-1", "cure"), rows)


def reason_kinds(bundle: PolicyBundle) -> str:
    """Return how many reasons there are of each kind."""
    counted = Counter(reason.kind for reason in bundle.reasons.reasons)
    words = ", ".join(f"{counted[kind]} {kind.value.replace('_', ' ')}" for kind in ReasonKind)
    return f"{len(bundle.reasons.reasons)} reasons: {words}."


def cases(folder: Path) -> str:
    """Return the golden cases by file and by outcome."""
    found = load_cases(folder)
    by_file: dict[str, Counter[str]] = {}
    for case in found:
        by_file.setdefault(case.place.partition(":")[0], Counter())[case.outcome.value] += 1
    rows = [
        (
            code(name),
            str(counted.total()),
            ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items())),
        )
        for name, counted in by_file.items()
    ]
    return table(("file", "cases", "outcomes"), [*rows, ("in all", str(len(found)), "")])
