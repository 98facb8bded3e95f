"""Why a payment, a refund or a charge-off is not recorded: one code each; nothing was changed."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from wherewithal.service.errors import RequestRefused
from wherewithal.vocabulary.errors import Problem

#: code -> where in the request, and what to do.
LOAN_REFUSALS: Final = MappingProxyType(
    {
        "unknown_loan": ("$.loan_id", "there is no such loan, or it is not yours"),
        "loan_reference_reused": (
            "$.reference",
            "it stands for another payment or refund of the loan; a reference is used once",
        ),
        "above_owed": ("$.amount_cents", "it is more than is owed; `payoff_cents` of the loan is"),
        "loan_ended": ("$.loan_id", "the loan has ended; nothing is owed on it"),
        "paid_in_future": ("$.paid_on", "this day has not come yet in the calendar zone"),
        "paid_before_booked": ("$.paid_on", "the loan was not yet booked on this day"),
        "above_basket": (
            "$.amount_cents",
            "it is more than what was bought, refunds before it counted in",
        ),
    }
)


class LoanRefused(RequestRefused):
    """Nothing is recorded of a loan; nothing was changed."""

    def __init__(self, code: str) -> None:
        """Take one of LOAN_REFUSALS."""
        path, message = LOAN_REFUSALS[code]
        self.code = code
        super().__init__([Problem(code=code, path=path, message=message)])


class UnknownLoan(LoanRefused):
    """There is no such loan, or it is another merchant's: the answer is the same."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("unknown_loan")
