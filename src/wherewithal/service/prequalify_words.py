"""The words of a prequalification: what it came to, and what it still waits for."""

from __future__ import annotations

from typing import Final

from wherewithal.service.answers import Pending
from wherewithal.vocabulary.outcome import Outcome

#: The word for an inquiry that a bureau never answered: nothing was decided.
UNAVAILABLE: Final = "unavailable"

_NO_HARM: Final = "Asking us does not affect your credit score."
_WORDINGS: Final = {
    Outcome.APPROVED.value: (
        "You are prequalified: this is what you can spend now, by what we know of you today. It is"
        " no loan yet; the terms of a purchase are agreed when you make it. " + _NO_HARM
    ),
    Outcome.DECLINED.value: (
        "We cannot offer you anything at present; the reasons stand beside this. " + _NO_HARM
    ),
    Outcome.INCOMPLETE.value: "Something is missing before we can decide; see what we ask for.",
    Outcome.STEP_UP.value: "Before we decide, we need proof that it is you who asks.",
    Outcome.REFUSED_IDENTITY.value: "We could not complete this request online.",
    UNAVAILABLE: "The bureau did not answer, so nothing was decided. Please ask again later.",
}
_UNDECIDED: Final = "We could not decide on your credit file; the reason says what may help."
_TOO_YOUNG: Final = (
    "The law of your state asks for a greater age before you can take up credit, so nothing was"
    " asked of a bureau."
)
_PENDING: Final = "We are still waiting for an answer; ask for this result again in a moment."
_WAITS: Final = {
    "bureau_report": Pending(
        what="bureau_report", who="us", wording="We are waiting for the credit bureau's answer."
    ),
    "identity_check": Pending(
        what="identity_check", who="us", wording="We are still checking who asks."
    ),
    "proof_of_identity": Pending(
        what="proof_of_identity",
        who="consumer",
        wording="Show us who you are; the reason says how.",
    ),
    "stated_income": Pending(
        what="stated_income",
        who="consumer",
        wording="Tell us your yearly income from all lawful sources.",
    ),
    "open_accounts": Pending(
        what="open_accounts",
        who="consumer",
        wording="We need a credit report that lists your open accounts.",
    ),
    "state_of_residence": Pending(
        what="state_of_residence", who="consumer", wording="Tell us in which state you live."
    ),
}
_ASKED_FOR: Final = {
    "I_INCOME": "stated_income",
    "I_OBLIGATIONS": "open_accounts",
    "I_STATE": "state_of_residence",
}


def wording_of(outcome: str | None, reasons: tuple[str, ...] = ()) -> str:
    """Return what an outcome means, in words; None is an inquiry that waits."""
    if outcome == Outcome.MINOR.value and "L_AGE" in reasons:
        # Their age by what they said; a file that a bureau keeps as a minor's has F_MINOR.
        return _TOO_YOUNG
    return _PENDING if outcome is None else _WORDINGS.get(outcome, _UNDECIDED)


def pending_of(
    outcome: str | None, reasons: tuple[str, ...], waits_for: str | None
) -> tuple[Pending, ...]:
    """Return what an answer waits for: for us where it is not final, else for the person.

    `waits_for` is a word of ours, such as `bureau_report`; None where the answer is final.
    """
    if waits_for is not None:
        return (_WAITS[waits_for],)
    if outcome == Outcome.STEP_UP.value:
        return (_WAITS["proof_of_identity"],)
    if outcome == Outcome.INCOMPLETE.value:
        return tuple(_WAITS[_ASKED_FOR[code]] for code in reasons if code in _ASKED_FOR)
    return ()
