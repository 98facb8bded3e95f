"""The table of personas: who they are, what the bureau does, what comes of it, what they read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from docs.tables.markdown import code, plain, table
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.service.bureau import ReadReport
from wherewithal.service.own_reasons import OWN_REASONS
from wherewithal.service.own_reasons import UNAVAILABLE as NO_ANSWER_REASON
from wherewithal.sources.bureau_simulator import PERSONAS, Manner, Pace, Persona, build_app
from wherewithal.sources.bureau_transunion.reading import TransUnionReader
from wherewithal.surfaces.cli.demo import REPORT
from wherewithal.vocabulary.reason import Reason

#: Any day does: reports are dated by it.
ON = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
LATE, UNAVAILABLE = "late", "unavailable"
#: Manners after which there is no answer to read.
NO_ANSWER = {
    **dict.fromkeys((Manner.DRIPPING, Manner.HANGING, Manner.SILENT), LATE),
    **dict.fromkeys((Manner.RESETTING, Manner.REFUSING, Manner.REDIRECTING), UNAVAILABLE),
}
HEAD = ("persona", "ask for", "the bureau", "outcome", "reason", "the consumer reads", "cure")


def decision_of(read: ReadReport, bundle: PolicyBundle) -> Decision:
    """Return what is decided on a report that was read."""
    applicant = Applicant(
        applicant_id="0",
        facts=read.facts,
        failure=read.failure,
        failure_cause=read.failure_cause,
    )
    return decide(applicant, bundle)


def row_of(persona: Persona, decision: Decision, bundle: PolicyBundle) -> tuple[str, ...]:
    """Return the row of a persona whose report was decided on."""
    reasons = [bundle.reasons.by_code[one] for one in decision.reasons]
    return (*_asked(persona), decision.outcome.value, *_told(reasons))


def row_without_answer(persona: Persona, outcome: str) -> tuple[str, ...]:
    """Return the row of a persona for whom no answer comes; the reason is that of giving up."""
    return (*_asked(persona), outcome, *_told([OWN_REASONS[NO_ANSWER_REASON]]))


def personas(bundle: PolicyBundle, root: Path) -> str:
    """Return the table, decided on the very bytes that the simulator serves."""
    app = build_app(
        published_report=root / REPORT,
        loans=None,
        clock=lambda: NOON,
        pace=Pace(),
        is_redated=True,
    )
    reader = TransUnionReader(own_member_codes=frozenset())
    rows = []
    for persona in PERSONAS:
        if persona.manner in NO_ANSWER:
            rows.append(row_without_answer(persona, NO_ANSWER[persona.manner]))
            continue
        raw = app.bureau.document(persona.name) or b""
        read = reader.read(raw, identity=persona.identity, stated=persona.stated, on=ON)
        rows.append(row_of(persona, decision_of(read, bundle), bundle))
    return table(HEAD, rows)


def _told(reasons: Sequence[Reason]) -> tuple[str, str, str]:
    return (
        " ".join(code(reason.code) for reason in reasons) or "none",
        " ".join(plain(reason.wording) for reason in reasons) or "-",
        " ".join(plain(reason.cure) for reason in reasons if reason.cure) or "-",
    )


def _asked(persona: Persona) -> tuple[str, str, str]:
    who = persona.identity
    name = f"{who.given_name} {who.family_name}, {who.date_of_birth.isoformat()}, {who.ssn}"
    return code(persona.name), name, plain(persona.meaning)
