"""Program: financing terms for one product, and the plans that it may offer."""

from datetime import date
from enum import StrEnum

import msgspec

#: Of a pay-in-four basket, the first quarter is paid at the till, wherever the plan is delivered.
PAY_IN_4_DOWN_PAYMENT_BPS = 2_500
#: No note rate and no cap of a law row is ever above this.
RATE_MAX_BPS = 3_600


class ProductCode(StrEnum):
    """A way to borrow; all of them closed-end."""

    PAY_IN_4 = "pay_in_4"
    MONTHLY = "monthly"
    #: One merchant, 24 hours; delivers pay in four or a monthly plan.
    ONE_TIME_CARD = "one_time_card"
    #: Reusable; each purchase is its own closed-end plan.
    CARD = "card"


class LimitNode(StrEnum):
    """One of the ceilings that a purchase falls under; amounts financed, never baskets."""

    TOTAL = "total"
    SHORT_TERM = "short_term"
    INSTALMENT = "instalment"
    CARD = "card"
    ONE_TIME_CARD = "one_time_card"


class PlanCode(StrEnum):
    """How a purchase is paid back, in ascending length."""

    PAY_IN_4 = "pay_in_4"
    M3 = "3m"
    M6 = "6m"
    M12 = "12m"
    M18 = "18m"
    M24 = "24m"
    M36 = "36m"
    M48 = "48m"
    M60 = "60m"

    @property
    def term_months(self) -> int | None:
        """Return the number of monthly payments; None for pay in four.

        >>> PlanCode.M18.term_months, PlanCode.PAY_IN_4.term_months
        (18, None)
        """
        return None if self is PlanCode.PAY_IN_4 else int(self.value[:-1])

    @property
    def law_term_months(self) -> int:
        """Return the term by which law rows are found: pay in four's 42 days are 1 whole month.

        >>> PlanCode.M18.law_term_months, PlanCode.PAY_IN_4.law_term_months
        (18, 1)
        """
        return self.term_months or 1

    @property
    def family_node(self) -> LimitNode:
        """Return the limit of the plan's family, whatever product delivers it.

        >>> PlanCode.PAY_IN_4.family_node.value, PlanCode.M3.family_node.value
        ('short_term', 'instalment')
        """
        return LimitNode.SHORT_TERM if self is PlanCode.PAY_IN_4 else LimitNode.INSTALMENT


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """Financing terms that a merchant offers for one product, or the house's own terms of it."""

    #: Stable key; offers and decisions name it.
    program_id: str
    name: str
    product: ProductCode
    #: The lender of record.
    originator: str
    #: Smallest and largest basket, both inclusive.
    basket_min_cents: int
    basket_max_cents: int
    #: Plans on offer, ascending.
    plans: tuple[PlanCode, ...]
    #: None: by tier and term, from the bundle's grid. A number: a fixed promotional note rate,
    #: which never raises the grid's. Pay in four carries no interest, whatever stands here.
    note_rate_bps: int | None
    #: What the consumer pays at the till, of the basket; see `down_payment_bps_of`.
    down_payment_bps: int
    #: States of residence; empty means all.
    states: tuple[str, ...]
    #: First day on which the program is open, and the first on which it no longer is.
    date_from: date
    date_to: date | None
    #: Merchant categories at which the program is not available.
    mcc_exclusions: tuple[str, ...]
    is_paused: bool = False

    def is_open(self, on: date) -> bool:
        """Return whether `on` lies within the program's dates; a pause is a different answer."""
        return self.date_from <= on and (self.date_to is None or on < self.date_to)

    def is_in_state(self, state: str) -> bool:
        """Return whether residents of `state` are offered the program."""
        return not self.states or state in self.states

    def down_payment_bps_of(self, plan: PlanCode) -> int:
        """Return what is paid at the till under `plan`: pay in four's first quarter, or our own."""
        return PAY_IN_4_DOWN_PAYMENT_BPS if plan is PlanCode.PAY_IN_4 else self.down_payment_bps
