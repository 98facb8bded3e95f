"""Whether products, directory and law fit each other; each file alone is sound by now."""

from collections.abc import Collection, Iterator

from wherewithal.sources.catalogue_text import hint, refuse_if_any
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.law import Law
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.product import Catalogue
from wherewithal.vocabulary.program import PlanCode, Program


def check_catalogues(
    *, catalogue: Catalogue, directory: Directory, law: Law, mcc_codes: Collection[str]
) -> None:
    """Check what no file can say alone.

    Every program's product and plans are on offer, its baskets are within the house program's, its
    originator has a law row for all that it can lend, and merchant category codes exist.
    Errors: CatalogueRefused with every problem, by program.
    """
    problems = [
        Problem(
            code="unknown_code",
            path="products.toml merchant_limits.high_risk_mccs",
            message=f"unknown merchant category code {mcc!r}",
        )
        for mcc in catalogue.merchant_limits.high_risk_mccs
        if mcc not in mcc_codes
    ]
    houses = [product.house_program for product in catalogue.products]
    house_ids = {program.program_id for program in houses}
    for program in (*houses, *directory.programs):
        problems += _program_problems(program, catalogue, law)
    problems += [
        Problem(
            code="duplicate_id",
            path=f"program {program.program_id}",
            message="a house program has this program_id",
        )
        for program in directory.programs
        if program.program_id in house_ids
    ]
    refuse_if_any(problems)


def _program_problems(program: Program, catalogue: Catalogue, law: Law) -> Iterator[Problem]:
    path = f"program {program.program_id}"
    product = catalogue.product(program.product)
    if product is None:
        message = f"product {program.product} is not in the catalogue"
        yield Problem(code="unknown_code", path=f"{path} product", message=message)
        return
    others = [plan for plan in program.plans if plan not in product.plans]
    if others:
        message = f"{', '.join(others)}: not among the product's {', '.join(product.plans)}"
        yield Problem(code="plan_not_of_product", path=f"{path} plans", message=message)
    house = product.house_program
    baskets_cents = (program.basket_min_cents, program.basket_max_cents)
    if baskets_cents[0] < house.basket_min_cents or baskets_cents[1] > house.basket_max_cents:
        message = (
            f"baskets of {baskets_cents[0]:,} to {baskets_cents[1]:,} cents, but the product has"
            f" {house.basket_min_cents:,} to {house.basket_max_cents:,}"
        )
        yield Problem(code="out_of_range", path=f"{path} basket_max_cents", message=message)
    originators = {row.originator for row in law.rows}
    if program.originator not in originators:
        message = f"no law row for {program.originator!r}{hint(program.originator, originators)}"
        yield Problem(code="unknown_code", path=f"{path} originator", message=message)
        return
    for plan in program.plans:
        states = [
            state for state in program.states or STATES if not _has_law(program, plan, law, state)
        ]
        if states:
            message = f"no law row for {plan} in {' '.join(states)}"
            yield Problem(code="law_incomplete", path=path, message=message)


def _has_law(program: Program, plan: PlanCode, law: Law, state: str) -> bool:
    """Return whether a row holds for the least and the greatest amount financed, at the start."""
    lent_bps = 10_000 - program.down_payment_bps_of(plan)
    return all(
        law.find(
            originator=program.originator,
            state=state,
            product=program.product,
            amount_cents=basket_cents * lent_bps // 10_000,
            term_months=plan.law_term_months,
            on=program.date_from,
        )
        for basket_cents in (program.basket_min_cents, program.basket_max_cents)
    )
