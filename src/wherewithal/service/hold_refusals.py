"""Why a hold is not placed, captured or voided: one code each, in words that a merchant may read.

Nothing here tells a merchant more of a person than that it does not go; the person reads why in
their own account.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from wherewithal.service.errors import RequestRefused
from wherewithal.vocabulary.errors import Problem

#: code -> where in the request, and what to do.
REFUSALS: Final = MappingProxyType(
    {
        "unknown_consumer": ("$.consumer_id", "there is no such consumer"),
        "unknown_merchant": ("$.merchant_id", "there is no such merchant, or it is not yours"),
        "unknown_prequalification": (
            "$.prequalification_id",
            "the consumer has no such prequalification; ask for one first",
        ),
        "prequalification_expired": (
            "$.prequalification_id",
            "it has expired for this product; ask for a new one",
        ),
        "ask_first": (
            "$.prequalification_id",
            "nothing stands for the consumer by which to lend; ask for a prequalification",
        ),
        "not_available": ("$", "the consumer cannot buy with this product here now"),
        "too_many_holds": (
            "$.merchant_id",
            "the consumer has as many active holds here as may be; capture or void one",
        ),
        "plan_not_offered": (
            "$.plan",
            "this plan is not offered for this basket; ask which are at the merchant's route",
        ),
        "over_power": ("$.basket_cents", "the basket is above what the consumer can spend here"),
        "over_program": ("$.basket_cents", "the basket is above what the merchant's terms carry"),
        "below_least": ("$.basket_cents", "the basket is below what any plan carries"),
        "between_plans": ("$.basket_cents", "no plan carries this basket, though others do"),
        "reference_reused": (
            "$.reference",
            "this reference stands for another request; a reference is used once, for ever",
        ),
        "unknown_commitment": (
            "$.commitment_id",
            "the consumer has no such commitment of this prequalification",
        ),
        "commitment_of_another_product": (
            "$.commitment_id",
            "it was made for another product; it holds for that one alone",
        ),
        "commitment_expired": ("$.commitment_id", "it has expired; ask for a new one"),
        "commitment_not_honoured": (
            "$.commitment_id",
            "it does not hold any more; the consumer reads why in their own account",
        ),
        "unknown_hold": ("$.hold_id", "there is no such hold, or it is not yours"),
        "hold_captured": ("$.hold_id", "the hold has been captured; refund its loan instead"),
        "hold_voided": ("$.hold_id", "the hold was voided; place a new one"),
        "hold_expired": ("$.hold_id", "the hold has expired; place a new one"),
        "above_hold": ("$.amount_cents", "more than what is still held cannot be captured"),
        "too_small": (
            "$.amount_cents",
            "a part is $1.00 at least, unless it is all that is left of the basket",
        ),
    }
)


class HoldRefused(RequestRefused):
    """A hold cannot be placed, captured or voided; nothing was reserved, owed or given back."""

    def __init__(self, code: str) -> None:
        """Take one of REFUSALS."""
        path, message = REFUSALS[code]
        self.code = code
        super().__init__([Problem(code=code, path=path, message=message)])


class UnknownHold(HoldRefused):
    """There is no such hold, or it is another merchant's: the answer is the same."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("unknown_hold")


class CommitmentNotHonoured(HoldRefused):
    """A commitment does not hold any more: a merchant hears a class of causes, and no cause."""

    def __init__(self, cause_class: str, *, still_stands_cents: int | None = None) -> None:
        """Take `changed_facts`, `terms_closed` or `identity`.

        Null: the amount that still stands is None unless the consumer shares amounts.
        """
        self.cause_class = cause_class
        self.still_stands_cents = still_stands_cents
        super().__init__("commitment_not_honoured")
