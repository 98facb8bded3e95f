"""What the file says about the person: state, date of birth, statements, alerts and flags."""

from __future__ import annotations

from datetime import date

from wherewithal.sources.bureau_transunion.elements import Node, implausible
from wherewithal.sources.bureau_transunion.months import years_between
from wherewithal.sources.bureau_transunion.report import Flag, Subject, Trade
from wherewithal.vocabulary.facts import FACTS_BY_NAME, STATES

#: High Risk Fraud Alert messages (product 06500; not in a published sample; from the list that
#: users of the schema share). 9003 security alert, 9005 initial and 9006 extended fraud alert;
#: 6000 is a number used in a death benefit claim: it asks for proof, it is no proof of death.
FRAUD_MESSAGES = frozenset({"9003", "9005", "9006", "6000"})
ACTIVE_DUTY_MESSAGES = frozenset({"9004"})
#: Remarks by which a furnisher says that the consumer disputes the account.
DISPUTE_REMARKS = frozenset(
    {"AID", "CAD", "CFD"}
    | {"BCD", "BKD", "CDC", "CDL", "CDR", "CDT", "CRC", "CTC", "WCD", "WPD"}  # in bankruptcy
)
_KIND_LENGTH_MAX = 40
_AGE_MAX = FACTS_BY_NAME["age_years"].maximum


def subject_of(record: Node, *, latest: date) -> Subject:
    """Return the person's state and date of birth; names and numbers beside them stay unread."""
    birth = None
    if (indicative := record.get("indicative")) is not None:
        birth = _date_of_birth(indicative, latest=latest)
    return Subject(
        state=None if indicative is None else _current_state(indicative),
        date_of_birth=birth,
        in_file_since=record.day("fileSummary", "inFileSinceDate", latest=latest),
    )


def statement_kinds_of(record: Node) -> tuple[str, ...]:
    """Return the kinds of consumer statement; what the consumer wrote is not kept."""
    consumer = record.get("consumerFileData")
    if consumer is None:
        return ()
    kinds = (one.text("type") or "unspecified" for one in consumer.all("consumerStatement"))
    return tuple("".join(filter(str.isalnum, kind))[:_KIND_LENGTH_MAX] for kind in kinds)


def alert_codes_of(record: Node) -> frozenset[str]:
    """Return the message codes of every High Risk Fraud Alert on the file."""
    return frozenset(
        code
        for product in record.all("addOnProduct")
        for alert in product.all("highRiskFraudAlert")
        for message in alert.all("message")
        if (code := message.code("code")) is not None
    )


def flags_of(record: Node, trades: tuple[Trade, ...], *, is_thin: bool) -> frozenset[Flag]:
    """Return the flags; none of them fails a report, policy caps or steps up."""
    kinds = statement_kinds_of(record)
    codes = alert_codes_of(record)
    status = record.get("fileSummary", "creditDataStatus")
    is_disputed = status is not None and status.flag("disputed") is True
    is_private = status is not None and status.flag("doNotPromote", "indicator") is True
    says = {
        Flag.THIN: is_thin,
        Flag.FRAUD_ALERT: bool(codes & FRAUD_MESSAGES) or any(map(_tells_of_fraud, kinds)),
        Flag.ACTIVE_DUTY_ALERT: bool(codes & ACTIVE_DUTY_MESSAGES)
        or any("activeduty" in kind.lower() for kind in kinds),
        Flag.DISPUTED: is_disputed
        or any(DISPUTE_REMARKS.intersection(trade.remark_codes) for trade in trades),
        Flag.CONSUMER_STATEMENT: bool(kinds),
        Flag.DO_NOT_PROMOTE: is_private,
    }
    return frozenset(flag for flag, said in says.items() if said)


def _tells_of_fraud(kind: str) -> bool:
    """Only the kind `regular` was seen in a published sample; a kind that warns is a warning."""
    return any(word in kind.lower() for word in ("fraud", "security", "victim", "theft"))


def _on_file(nodes: list[Node]) -> list[Node]:
    """Return what the bureau has on file, without the echo of what we sent (`source="input"`)."""
    return [node for node in nodes if node.element.get("source") != "input"]


def _date_of_birth(indicative: Node, *, latest: date) -> date | None:
    """Return the one date on file; several dates, or an estimated year, are no date."""
    births = set()
    for node in _on_file(indicative.all("dateOfBirth")):
        birth = node.day(latest=latest)
        if birth is not None and years_between(birth, latest) > _AGE_MAX:
            implausible(f"{node.where}: more than {_AGE_MAX} years ago")
        is_guess = "true" in {
            node.element.get("estimatedYear"),
            node.element.get("estimatedCentury"),
        }
        births.add(None if is_guess else birth)
    return births.pop() if len(births) == 1 else None


def _current_state(indicative: Node) -> str | None:
    """Return the state of the current address, if there is one and it is one that law rows know."""
    states = {
        address.text("location", "state")
        for address in _on_file(indicative.all("address"))
        if address.text("status") == "current"
    }
    state = states.pop() if len(states) == 1 else None
    return state if state in STATES else None
