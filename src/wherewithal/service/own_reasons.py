"""Reasons that no policy gives: identity, blocks, and what we ourselves could not do.

One wording serves every refusal of the gate and every block on credit. Whoever is refused for
fraud, a death or a sanctions list must not learn which; nor may a stranger who asks in another's
name.
"""

from __future__ import annotations

from typing import Final

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.service.answers import ReasonAnswer
from wherewithal.vocabulary.reason import Reason, ReasonKind

REVIEW: Final = "G_REVIEW"
PROOF: Final = "G_PROOF"
UNAVAILABLE: Final = "G_UNAVAILABLE"

OWN_REASONS: Final = {
    reason.code: reason
    for reason in (
        Reason(
            code=REVIEW,
            kind=ReasonKind.FAILURE,
            wording="We could not complete this request online.",
            regb_number=None,
            regb_text=None,
            cure="Write or call us, and a person will look at it with you.",
            precedence=50,
        ),
        Reason(
            code=PROOF,
            kind=ReasonKind.STEP_UP,
            wording="We must first make sure that it is you who asks.",
            regb_number=None,
            regb_text=None,
            cure="Prove who you are; then we decide.",
            precedence=60,
        ),
        Reason(
            code=UNAVAILABLE,
            kind=ReasonKind.FAILURE,
            wording="The credit bureau did not answer in time, so nothing was decided.",
            regb_number=None,
            regb_text=None,
            cure="Nothing is needed from you; ask again later.",
            precedence=70,
        ),
    )
}


def reason_answer(code: str, bundle: PolicyBundle) -> ReasonAnswer:
    """Return a reason in the consumer's words.

    A code that the bundle no longer has, of a decision made under an older one, keeps its code and
    says that a person can explain it.
    """
    reason = bundle.reasons.by_code.get(code) or OWN_REASONS.get(code)
    if reason is None:
        return ReasonAnswer(
            code=code,
            kind=ReasonKind.FAILURE.value,
            wording="This reason belongs to an earlier policy; ask us, and we will explain it.",
            regb_number=None,
            regb_text=None,
            cure=None,
        )
    return ReasonAnswer(
        code=reason.code,
        kind=reason.kind.value,
        wording=reason.wording,
        regb_number=reason.regb_number,
        regb_text=reason.regb_text,
        cure=reason.cure,
    )
