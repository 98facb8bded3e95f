"""Programs: read alike from a house program's table and from a line of a CSV file."""

from collections.abc import Collection

from wherewithal.sources.catalogue_fields import Fields
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.program import (
    PAY_IN_4_DOWN_PAYMENT_BPS,
    RATE_MAX_BPS,
    PlanCode,
    ProductCode,
    Program,
)

STATE_EXPECTED = "USPS codes such as MI"
MCC_EXPECTED = "merchant category codes of four digits, such as 5712"
FOUR_DIGITS = frozenset(f"{number:04d}" for number in range(10_000))
#: Of `Program`, every field that a table may leave out.
OPTIONAL = ("note_rate_bps", "states", "date_to", "mcc_exclusions", "is_paused")
#: How a CSV cell of a column reads; every other column is text.
CELL_KINDS = {
    "basket_min_cents": "integer",
    "basket_max_cents": "integer",
    "plans": "list",
    "note_rate_bps": "integer",
    "down_payment_bps": "integer",
    "states": "list",
    "date_from": "day",
    "date_to": "day",
    "mcc_exclusions": "list",
    "is_paused": "flag",
}


def read_program(
    fields: Fields,
    *,
    house_product: ProductCode | None,
    mcc_codes: Collection[str] | None,
) -> Program:
    """Read one program; throw it away if anything was refused.

    A house program has its product's code. Without `mcc_codes` only the shape of a code is checked.
    """
    program_id = fields.identifier("program_id")
    name = fields.text("name")
    product = fields.word("product", ProductCode) if house_product is None else house_product
    originator = fields.identifier("originator")
    baskets_cents = (
        fields.cents("basket_min_cents", minimum=1),
        fields.cents("basket_max_cents", minimum=1),
    )
    fields.ascending("basket_min_cents", "basket_max_cents", baskets_cents)
    plans = read_plans(fields, "plans")
    note_rate_bps = None
    if fields.has("note_rate_bps"):
        note_rate_bps = fields.integer(
            "note_rate_bps", minimum=0, maximum=RATE_MAX_BPS, unit="basis points"
        )
    down_payment_bps = fields.integer(
        "down_payment_bps", minimum=0, maximum=9_999, unit="basis points"
    )
    states = fields.codes("states", STATES, STATE_EXPECTED) if fields.has("states") else ()
    date_from, date_to = fields.period()
    exclusions: tuple[str, ...] = ()
    if fields.has("mcc_exclusions"):
        exclusions = read_mccs(fields, "mcc_exclusions", mcc_codes)
    is_paused = fields.flag("is_paused") if fields.has("is_paused") else False
    program = Program(
        program_id=program_id,
        name=name,
        product=product,
        originator=originator,
        basket_min_cents=baskets_cents[0],
        basket_max_cents=baskets_cents[1],
        plans=plans,
        note_rate_bps=note_rate_bps,
        down_payment_bps=down_payment_bps,
        states=states,
        date_from=date_from,
        date_to=date_to,
        mcc_exclusions=exclusions,
        is_paused=is_paused,
    )
    if fields.is_sound_in("product", "plans", "note_rate_bps", "down_payment_bps"):
        _check_product_terms(fields, program)
    fields.finish()
    return program


def read_plans(fields: Fields, name: str) -> tuple[PlanCode, ...]:
    """Read plans, at least one, in ascending order."""
    plans = fields.words(name, PlanCode)
    ascending = tuple(plan for plan in PlanCode if plan in plans)
    if fields.is_sound_in(name) and plans != ascending:
        message = f"expected ascending plans: {', '.join(ascending)}"
        fields.refuse(name, "not_ascending", message)
    return plans


def read_mccs(fields: Fields, name: str, mcc_codes: Collection[str] | None) -> tuple[str, ...]:
    """Read merchant category codes; where none are known, any four digits are one."""
    known = FOUR_DIGITS if mcc_codes is None else mcc_codes
    return fields.codes(name, known, MCC_EXPECTED)


def _check_product_terms(fields: Fields, program: Program) -> None:
    """Note terms that the product itself rules out."""
    product, plans = program.product, program.plans
    if product is ProductCode.MONTHLY and PlanCode.PAY_IN_4 in plans:
        fields.refuse("plans", "plan_not_of_product", "monthly has no plan pay_in_4")
    if product is not ProductCode.PAY_IN_4:
        return
    if plans != (PlanCode.PAY_IN_4,):
        fields.refuse("plans", "plan_not_of_product", "pay_in_4 has just the plan pay_in_4")
    if program.note_rate_bps != 0:
        fields.refuse("note_rate_bps", "rate_not_of_product", "pay_in_4 carries no interest: 0")
    if program.down_payment_bps != PAY_IN_4_DOWN_PAYMENT_BPS:
        message = f"pay_in_4 takes the first quarter: {PAY_IN_4_DOWN_PAYMENT_BPS}"
        fields.refuse("down_payment_bps", "down_payment_not_of_product", message)
