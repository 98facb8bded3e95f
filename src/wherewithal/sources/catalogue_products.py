"""Products: `products.toml`, with each product's house program."""

from collections.abc import Mapping
from pathlib import Path

from wherewithal.sources.catalogue_fields import CENTS_MAX, Fields
from wherewithal.sources.catalogue_programs import read_mccs, read_plans, read_program
from wherewithal.sources.catalogue_text import Row, note_duplicates, refuse_if_any
from wherewithal.sources.catalogue_toml import Toml, read_toml
from wherewithal.vocabulary.errors import InvariantBroken, Problem
from wherewithal.vocabulary.product import (
    Catalogue,
    ExposureLimits,
    MerchantLimits,
    ObligationRule,
    Product,
)
from wherewithal.vocabulary.program import LimitNode, PlanCode, ProductCode

_TTL_DAYS_MAX = 90


def load_catalogue(products_toml: Path) -> Catalogue:
    """Read the product catalogue.

    Errors: CatalogueRefused with every problem, by the line of the table's header and field.
    """
    problems: list[Problem] = []
    toml = read_toml(products_toml, problems)
    products: list[Product] = []
    limits: MerchantLimits | None = None
    exposure: ExposureLimits | None = None
    if toml is not None:
        Fields(Row(toml.name, toml.values), problems).finish(
            ignore=("merchant_limits", "exposure_limits", "product")
        )
        row = toml.table("merchant_limits", problems)
        limits = None if row is None else _merchant_limits(Fields(row, problems))
        row = toml.table("exposure_limits", problems)
        exposure = None if row is None else _exposure_limits(row, problems)
        rows = toml.tables("product", problems)
        products = [_product(toml, index, row, problems) for index, row in enumerate(rows)]
        codes = [(row.place, str(row.values.get("code", ""))) for row in rows]
        note_duplicates(codes, name="code", problems=problems)
        house_ids = [
            (toml.place(_house(index)), product.house_program.program_id)
            for index, product in enumerate(products)
        ]
        note_duplicates(house_ids, name="program_id", problems=problems)
    refuse_if_any(problems)
    if limits is None or exposure is None:
        raise InvariantBroken("a catalogue without limits was not refused")
    return Catalogue(products=tuple(products), merchant_limits=limits, exposure_limits=exposure)


def _house(index: int) -> str:
    return f"product[{index}].house_program"


def _merchant_limits(fields: Fields) -> MerchantLimits:
    def share(name: str) -> int:
        return fields.integer(name, minimum=1, maximum=10_000, unit="basis points")

    limits = MerchantLimits(
        default_bps=share("default_bps"),
        new_merchant_bps=share("new_merchant_bps"),
        new_merchant_days=fields.integer(
            "new_merchant_days", minimum=0, maximum=3_650, unit="days"
        ),
        high_risk_bps=share("high_risk_bps"),
        high_risk_mccs=read_mccs(fields, "high_risk_mccs", None),
    )
    fields.finish()
    return limits


def _exposure_limits(row: Row, problems: list[Problem]) -> ExposureLimits:
    fields = Fields(row, problems)
    by_tier = fields.inner("open_plans_max")
    limits = ExposureLimits(
        first_purchases_share_bps=fields.integer(
            "first_purchases_share_bps", minimum=1, maximum=10_000, unit="basis points"
        ),
        first_purchases_days=fields.integer(
            "first_purchases_days", minimum=0, maximum=3_650, unit="days"
        ),
        first_purchases_payments=fields.integer(
            "first_purchases_payments", minimum=0, maximum=100, unit="payments"
        ),
        late_days_max=fields.integer("late_days_max", minimum=0, maximum=3_650, unit="days"),
        open_plans_max={
            tier: by_tier.integer(tier, minimum=0, maximum=1_000, unit="plans")
            for tier in by_tier.names()
        },
    )
    by_tier.finish()
    fields.finish()
    return limits


def _product(toml: Toml, index: int, row: Row, problems: list[Problem]) -> Product:
    fields = Fields(row, problems)
    code = fields.word("code", ProductCode)
    name = fields.text("name")
    plans = read_plans(fields, "plans")
    default_plan = fields.word("default_plan", PlanCode)
    limit_nodes = _own_nodes(fields)
    limit_step_cents = fields.cents("limit_step_cents", minimum=1)
    ttl_days = fields.integer("ttl_days", minimum=1, maximum=_TTL_DAYS_MAX, unit="days")
    ttl_days_by_plan = _by_plan(fields, "ttl_days_by_plan", unit="days", maximum=_TTL_DAYS_MAX)
    obligation_rule = fields.word("obligation_rule", ObligationRule)
    minimums = _by_plan(fields, "plan_minimums_cents", unit="cents", maximum=CENTS_MAX)
    if fields.is_sound_in("plans", "default_plan", "ttl_days_by_plan", "plan_minimums_cents"):
        _check_plans(
            fields,
            plans=plans,
            default_plan=default_plan,
            tables={"ttl_days_by_plan": ttl_days_by_plan, "plan_minimums_cents": minimums},
        )
    house = fields.inner("house_program", place=toml.place(_house(index)))
    house_program = read_program(house, house_product=code, mcc_codes=None)
    if fields.is_sound_in("plans") and house.is_sound_in("plans"):
        for plan in house_program.plans:
            if plan not in plans:
                message = f"{plan} is not a plan of the product"
                house.refuse("plans", "plan_not_of_product", message)
    fields.finish()
    return Product(
        code=code,
        name=name,
        plans=plans,
        default_plan=default_plan,
        limit_nodes=limit_nodes,
        limit_step_cents=limit_step_cents,
        ttl_days=ttl_days,
        ttl_days_by_plan=ttl_days_by_plan,
        obligation_rule=obligation_rule,
        plan_minimums_cents=minimums,
        house_program=house_program,
    )


def _own_nodes(fields: Fields) -> tuple[LimitNode, ...]:
    """Read the product's own limits; total and the families are every product's, unsaid."""
    own = [LimitNode.CARD.value, LimitNode.ONE_TIME_CARD.value]
    found = fields.codes("limit_nodes", own, f"some of {', '.join(own)}, or none")
    return tuple(LimitNode(value) for value in found)


def _by_plan(fields: Fields, name: str, *, unit: str, maximum: int) -> dict[PlanCode, int]:
    """Read a table of whole numbers by plan."""
    inner = fields.inner(name)
    found = {
        plan: inner.integer(plan.value, minimum=1, maximum=maximum, unit=unit)
        for plan in PlanCode
        if inner.has(plan.value)
    }
    inner.finish()
    if inner.refused:
        fields.refused.add(name)
    return found


def _check_plans(
    fields: Fields,
    *,
    plans: tuple[PlanCode, ...],
    default_plan: PlanCode,
    tables: Mapping[str, Mapping[PlanCode, int]],
) -> None:
    """Note plans that are named and not on offer, and those on offer that have no minimum."""
    among = f"not among plans: {', '.join(plans)}"
    if default_plan not in plans:
        fields.refuse("default_plan", "plan_not_of_product", f"{default_plan} is {among}")
    for name, table in tables.items():
        for plan in table:
            if plan not in plans:
                fields.refuse(name, "plan_not_of_product", f"{plan} is {among}")
    for plan in plans:
        if plan not in tables["plan_minimums_cents"]:
            message = f"missing; expected the smallest amount financed of {plan}"
            fields.refuse("plan_minimums_cents", "missing_field", message)
