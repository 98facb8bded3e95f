"""Finish a prequalification that had to wait: ask again with the same inquiry id, and record once.

What runs this runs it until it answers True, with pauses. Two workers that finish the same inquiry
have one effect: the write begins by looking whether it is still waited for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from wherewithal.service.errors import ConsentRefused, TooMany
from wherewithal.service.inquiry_records import PendingInquiry
from wherewithal.service.own_reasons import PROOF, REVIEW
from wherewithal.service.own_reasons import UNAVAILABLE as NO_ANSWER
from wherewithal.service.ports import PrequalifyPorts
from wherewithal.service.prequalify_answer import Case, Finding, recording_of
from wherewithal.service.prequalify_stages import find
from wherewithal.service.prequalify_words import UNAVAILABLE
from wherewithal.vocabulary.outcome import Outcome

#: The longest pause between two attempts (surfaces/jobs) and the longest call of a bureau: a job
#: that comes back within this of the last moment might come too late for it the next time.
LAST_CALL: Final = timedelta(seconds=120)


async def finish_prequalification(
    *, consumer_id: UUID, prequalification_id: UUID, ports: PrequalifyPorts
) -> bool:
    """Decide what waits; return False if it has to wait on.

    At its last moment nothing is decided, and the person is told so: `unavailable`, ask again.
    Errors: Unavailable if the database does not answer.
    """
    at = ports.clock()
    pending = await ports.ledger.open_pending(
        consumer_id=consumer_id, prequalification_id=prequalification_id, at=at
    )
    if pending is None:
        return True
    case = Case(
        inquiry=pending.inquiry,
        account=pending.account,
        prequalification_id=prequalification_id,
        credential_id=pending.credential_id,
        consent_id=pending.consent_id,
        new_consent=None,
        asked_at=pending.asked_at,
        at=at,
    )
    finding = await _find(case, pending, ports)
    if finding is None:
        return False
    if await ports.ledger.finish(recording_of(case, finding, ports)):
        ports.count_outcome(finding.outcome or "pending")
    return True


async def _find(case: Case, pending: PendingInquiry, ports: PrequalifyPorts) -> Finding | None:
    """Return what the stages come to; None while there is time left to wait."""
    deadline_s = ports.settings.job_pull_deadline_s
    try:
        if _is_consent_dead(case):
            return Finding(outcome=UNAVAILABLE, reasons=(REVIEW,))
        finding = await find(case, ports, deadline_s=deadline_s)
    except (ConsentRefused, TooMany):
        # Revoked while we waited, or spent by another inquiry: nothing may be asked any more.
        return Finding(outcome=UNAVAILABLE, reasons=(REVIEW,))
    if finding.outcome is not None:
        return finding
    if ports.clock() < pending.final_by - LAST_CALL:
        return None
    if finding.waits_for == "identity_check":
        return Finding(outcome=Outcome.STEP_UP.value, reasons=(PROOF,))
    return Finding(outcome=UNAVAILABLE, reasons=(NO_ANSWER,))


def _is_consent_dead(case: Case) -> bool:
    consent = case.account.consent
    return consent is None or consent.revoked_at is not None or consent.expires_at <= case.at
