"""Write a credit file as a TU4 answer, in the order and form of the published one."""

from __future__ import annotations

from datetime import date
from typing import Any

from lxml import etree

from wherewithal.sources.bureau_simulator.credit_file import (
    CreditFile,
    FiledInquiry,
    FiledRecord,
    FiledTrade,
)
from wherewithal.vocabulary.consumer import Identity

_NAMESPACE = "http://www.transunion.com/namespace"
_NAMESPACES: dict[Any, str] = {None: _NAMESPACE}
#: Another subscriber than any that asks us, so that no entry is taken for our own.
_MEMBER_CODE = "F0000001"
_SCORE_PRODUCT = "00V60"
_ALERT_PRODUCT = "06500"


def write_report(file: CreditFile) -> bytes:
    """Return the answer as bytes; equal files give equal bytes."""
    root = _answer(version=file.version, reported_on=file.reported_on)
    product = _add(root, "product")
    _add(product, "code", "07000")
    subject = _add(product, "subject")
    _add(subject, "number", "1")
    record = _add(subject, "subjectRecord")
    _add(record, "fileNumber", "01")
    _add_summary(record, file)
    is_found = file.hit == "regularHit"
    if is_found:
        _add_indicative(record, file.identity)
    credit = _add(_add(record, "custom"), "credit")
    for trade in file.trades:
        _add_trade(credit, trade)
    for public in file.public_records:
        _add_public_record(credit, public)
    for inquiry in file.inquiries:
        _add_inquiry(credit, inquiry)
    _add_counts(credit, file)
    _add_products(record, file)
    return _bytes(root)


def write_error(*, reported_on: date, code: str, description: str) -> bytes:
    """Return an answer that is an error, as the bureau sends it: under HTTP status 200."""
    root = _answer(version="2.33", reported_on=reported_on)
    error = _add(_add(root, "product"), "error")
    _add(error, "code", code)
    _add(error, "description", description)
    return _bytes(root)


def _answer(*, version: str, reported_on: date) -> etree._Element:
    root = etree.Element(f"{{{_NAMESPACE}}}creditBureau", nsmap=_NAMESPACES)
    root.append(etree.Comment(" A simulation: this answer is made up, and so is its subject. "))
    _add(root, "document", "response")
    _add(root, "version", version)
    control = _add(root, "transactionControl")
    subscriber = _add(control, "subscriber")
    _add(subscriber, "industryCode", "F")
    _add(subscriber, "memberCode", _MEMBER_CODE)
    stamp = f"{reported_on.isoformat()}T12:00:00.000-05:00"
    _add(_add(control, "tracking"), "transactionTimeStamp", stamp)
    return root


def _add_summary(record: etree._Element, file: CreditFile) -> None:
    summary = _add(record, "fileSummary")
    _add(summary, "fileHitIndicator", file.hit)
    _add(summary, "ssnMatchIndicator", file.ssn_match)
    status = _add(summary, "creditDataStatus")
    _add(status, "suppressed", _flag(value=file.is_suppressed))
    _add(_add(status, "freeze"), "indicator", _flag(value=file.is_frozen))
    _add(status, "minor", _flag(value=file.is_minor))
    _add(status, "disputed", _flag(value=file.is_disputed))


def _add_indicative(record: etree._Element, identity: Identity) -> None:
    indicative = _add(record, "indicative")
    name = _add(indicative, "name", source="file")
    person = _add(name, "person")
    _add(person, "first", identity.given_name.upper())
    _add(person, "last", identity.family_name.upper())
    address = _add(indicative, "address", source="file")
    _add(address, "status", "current")
    _add(_add(address, "street"), "unparsed", identity.address.street.upper())
    location = _add(address, "location")
    _add(location, "city", identity.address.city.upper())
    _add(location, "state", identity.address.state)
    _add(location, "zipCode", identity.address.postal_code)
    _add(_add(indicative, "socialSecurity", source="file"), "number", identity.ssn)
    _add(indicative, "dateOfBirth", identity.date_of_birth.isoformat(), source="file")


def _add_trade(credit: etree._Element, trade: FiledTrade) -> None:
    element = _add(credit, "trade")
    _add_subscriber(element, trade.industry_code)
    _add(element, "portfolioType", trade.portfolio_type)
    _add(element, "ECOADesignator", "individual")
    _add(element, "dateOpened", trade.opened_on.isoformat())
    _add(element, "dateEffective", trade.effective_on.isoformat())
    if trade.closed_on is not None:
        _add(element, "dateClosed", trade.closed_on.isoformat())
        _add(element, "closedIndicator", "normal")
    _add_dollars(element, "currentBalance", trade.balance)
    _add_dollars(element, "creditLimit", trade.limit)
    _add(element, "accountRating", trade.rating)
    if trade.payment is not None:
        terms = _add(element, "terms")
        _add(terms, "paymentFrequency", "monthly")
        _add_dollars(terms, "scheduledMonthlyPayment", trade.payment)
    _add(_add(element, "account"), "type", trade.account_type)
    _add_dollars(element, "pastDue", trade.past_due)
    history = _add(element, "paymentHistory")
    if trade.pattern is not None:
        pattern = _add(history, "paymentPattern")
        _add(pattern, "startDate", trade.effective_on.isoformat())
        _add(pattern, "text", trade.pattern)
    if trade.worst_on is not None:
        worst = _add(history, "maxDelinquency")
        _add(worst, "date", trade.worst_on.isoformat())
        _add(worst, "accountRating", "02")


def _add_public_record(credit: etree._Element, public: FiledRecord) -> None:
    element = _add(credit, "publicRecord")
    _add_subscriber(element, "Z")
    _add(element, "type", public.record_type)
    if public.filed_on is not None:
        _add(element, "dateFiled", public.filed_on.isoformat())


def _add_inquiry(credit: etree._Element, inquiry: FiledInquiry) -> None:
    element = _add(credit, "inquiry")
    _add(element, "ECOADesignator", "individual")
    _add_subscriber(element, inquiry.industry_code)
    _add(element, "date", inquiry.asked_on.isoformat())


def _add_counts(credit: etree._Element, file: CreditFile) -> None:
    counts = _add(_add(credit, "creditSummary"), "recordCounts", reportingPeriod="totalHistory")
    _add(counts, "publicRecordCount", f"{len(file.public_records):03d}")
    _add(counts, "totalTradeCount", f"{len(file.trades):03d}")
    _add(counts, "totalInquiryCount", f"{len(file.inquiries):03d}")


def _add_products(record: etree._Element, file: CreditFile) -> None:
    if file.score is not None:
        product = _add(record, "addOnProduct")
        _add(product, "code", _SCORE_PRODUCT)
        score = _add(_add(product, "scoreModel"), "score")
        _add(score, "results", f"{file.score:+04d}")
        factors = _add(score, "factors")
        for rank, code in enumerate(file.score_factors, start=1):
            factor = _add(factors, "factor")
            _add(factor, "rank", str(rank))
            _add(factor, "code", code)
    if file.alert_codes:
        product = _add(record, "addOnProduct")
        _add(product, "code", _ALERT_PRODUCT)
        alert = _add(product, "highRiskFraudAlert")
        for code in file.alert_codes:
            _add(_add(alert, "message"), "code", code)


def _add_subscriber(parent: etree._Element, industry_code: str) -> None:
    subscriber = _add(parent, "subscriber")
    _add(subscriber, "industryCode", industry_code)
    _add(subscriber, "memberCode", f"0{ord(industry_code[0]):07d}")


def _add_dollars(parent: etree._Element, name: str, dollars: int | None) -> None:
    if dollars is not None:
        _add(parent, name, f"{dollars:09d}")


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attrib=attributes)
    element.text = text
    return element


def _flag(*, value: bool) -> str:
    return "true" if value else "false"


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
