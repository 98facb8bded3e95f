"""The ladder of failures that a file's own statuses cause, in order.

1. `identity_mismatch`: the file may be someone else's, so nothing more of it is looked at;
2. `deceased`; 3. `suppressed`; 4. `minor`; 5. `frozen`, which the person can cure, stands before
6. `no_hit`, because a frozen file may come back without entries. `implausible` entries come last:
they are read only for a file that may be used. The earlier rungs, `malformed` and
`unknown_schema_version`, are climbed in `document`.
"""

from __future__ import annotations

from wherewithal.sources.bureau_transunion.elements import Node, malformed
from wherewithal.sources.bureau_transunion.subject import alert_codes_of
from wherewithal.vocabulary.outcome import Failure, Outcome

#: `regularHit` and `fileOnly` are in the published samples; the other words of both indicators are
#: those that users of the schema handle. A word that nobody knows is malformed, never a hit.
HITS = frozenset({"regularHit", "califHit", "subjectHit", "hit", "clear"})
NO_HITS = frozenset(
    {"regularNoHit", "noHit", "califNoHit", "fraudHit", "fraudNoHit", "privateNoHit"}
    | {"residentialNoHit", "businessNoHit", "noNameNoHit", "nonMailableNoHit"}
)
#: exact; fileOnly: we sent no number; inputOnly: the file has none; noSSN: neither has.
SSN_AGREES = frozenset({"exact", "fileOnly", "inputOnly", "noSSN"})
SSN_DIFFERS = frozenset({"noMatch", "oneDigitDiff", "twoDigitDiff"})
#: No file was found, so nothing was compared.
SSN_NOT_COMPARED = "noHit"
#: High Risk Fraud Alert: the number is on record as a deceased person's.
DECEASED_MESSAGE = "4001"


def refuse_by_status(record: Node) -> None:
    """Return if the file may be used; otherwise raise the first failure of the ladder."""
    summary = record.need("fileSummary")
    hit = summary.code("fileHitIndicator")
    ssn = summary.code("ssnMatchIndicator")
    if hit not in HITS | NO_HITS:
        malformed("fileSummary fileHitIndicator: no word of the schema, or an error")
    if ssn not in SSN_AGREES | SSN_DIFFERS | {SSN_NOT_COMPARED, None}:
        malformed("fileSummary ssnMatchIndicator: no word of the schema")
    if ssn in SSN_DIFFERS:
        raise Failure(
            Outcome.IDENTITY_MISMATCH, "the Social Security number differs from the file's"
        )
    if _says_deceased(record):
        raise Failure(Outcome.DECEASED, "the bureau reports the person as deceased")
    if summary.flag("creditDataStatus", "suppressed"):
        raise Failure(Outcome.SUPPRESSED, "the bureau suppresses this file")
    if summary.flag("creditDataStatus", "minor"):
        raise Failure(Outcome.MINOR, "the bureau reports the person as a minor")
    if summary.flag("creditDataStatus", "freeze", "indicator"):
        raise Failure(Outcome.FROZEN, "the person has frozen this file")
    if hit in NO_HITS or ssn == SSN_NOT_COMPARED:
        raise Failure(Outcome.NO_HIT, "the bureau found no file for this person")
    if ssn is None:
        malformed("fileSummary: no ssnMatchIndicator")


def _says_deceased(record: Node) -> bool:
    """Look in every place where the schema can say so (none is in a published sample).

    Beside the alert's message: a `decease` element with a date or a name (one that says only that
    the deceased file was searched proves nothing), a score withheld as `subjectDeceased`, and an
    account whose ECOA designator is `deceased`: by its definition that speaks of this person.
    """
    if DECEASED_MESSAGE in alert_codes_of(record):
        return True
    holders = [
        alert
        for product in record.all("addOnProduct")
        for alert in product.all("highRiskFraudAlert")
    ]
    if (indicative := record.get("indicative")) is not None:
        holders += indicative.all("socialSecurity")
    for holder in holders:
        for decease in holder.all("decease"):
            if decease.get("dateOfDeath") is not None or decease.get("name") is not None:
                return True
    for product in record.all("addOnProduct"):
        if product.text("scoreModel", "score", "noScoreReason") == "subjectDeceased":
            return True
    credit = record.get("custom", "credit")
    return credit is not None and any(
        trade.text("ECOADesignator") == "deceased" for trade in credit.all("trade")
    )
