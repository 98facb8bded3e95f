"""Write the TU4 request for one person's report."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from wherewithal.sources.bureau_transunion.elements import NAMESPACE
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

SCHEMA_VERSION = "2.33"
#: A full credit report with its entries.
CREDIT_REPORT_PRODUCT = "07000"
_NAMESPACES: dict[Any, str] = {None: NAMESPACE}
_INQUIRY_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
#: What XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, as the bureau knows us. That an inquiry is soft goes with the member code."""

    industry_code: str
    member_code: str
    prefix_code: str
    password: str
    #: `production` or `standardTest`.
    environment: str
    #: Permissible purpose: CI, a transaction that the consumer began (15 U.S.C. 1681b(a)).
    purpose_code: str = "CI"

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes to send; they hold personal data, so they show nowhere."""

    content: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


def write_request(identity: Identity, *, subscriber: Subscriber, inquiry_id: str) -> Request:
    """Return a request for a person's report.

    `inquiry_id` travels as `userRefNumber`, the customer's own reference, so that the bureau can
    tell a repeated attempt from a second inquiry.
    Errors: DomainError if the id is not 1 to 64 letters, digits and hyphens.
    Source: the published requests of schema 2.33; no password or name is ever written elsewhere.
    """
    if not _INQUIRY_ID.fullmatch(inquiry_id):
        raise DomainError("inquiry_id must be 1 to 64 letters, digits and hyphens")
    root = etree.Element(f"{{{NAMESPACE}}}creditBureau", nsmap=_NAMESPACES)
    _add(root, "document", "request")
    _add(root, "version", SCHEMA_VERSION)
    control = _add(root, "transactionControl")
    _add(control, "userRefNumber", inquiry_id)
    asking = _add(control, "subscriber")
    _add(asking, "industryCode", subscriber.industry_code)
    _add(asking, "memberCode", subscriber.member_code)
    _add(asking, "inquirySubscriberPrefixCode", subscriber.prefix_code)
    _add(asking, "password", subscriber.password)
    options = _add(control, "options")
    _add(options, "processingEnvironment", subscriber.environment)
    _add(options, "country", "us")
    _add(options, "language", "en")
    _add(options, "contractualRelationship", "individual")
    _add(options, "pointOfSaleIndicator", "none")
    product = _add(root, "product")
    _add(product, "code", CREDIT_REPORT_PRODUCT)
    subject = _add(product, "subject")
    _add(subject, "number", "1")
    _add_indicative(_add(subject, "subjectRecord"), identity)
    _add(_add(product, "responseInstructions"), "returnErrorText", "true")
    purpose = _add(product, "permissiblePurpose")
    _add(purpose, "code", subscriber.purpose_code)
    _add(purpose, "inquiryECOADesignator", "individual")
    return Request(content=etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add_indicative(record: etree._Element, identity: Identity) -> None:
    indicative = _add(record, "indicative")
    person = _add(_add(indicative, "name"), "person")
    first, _, middle = identity.given_name.partition(" ")
    _add(person, "first", first.upper())
    if middle.strip():
        _add(person, "middle", middle.strip().upper())
    _add(person, "last", identity.family_name.upper())
    address = _add(indicative, "address")
    _add(address, "status", "current")
    _add(_add(address, "street"), "unparsed", identity.address.street.upper())
    location = _add(address, "location")
    _add(location, "city", identity.address.city.upper())
    _add(location, "state", identity.address.state)
    _add(location, "zipCode", identity.address.postal_code)
    _add(_add(indicative, "socialSecurity"), "number", identity.ssn)
    _add(indicative, "dateOfBirth", identity.date_of_birth.isoformat())


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        element.text = _UNWRITABLE.sub("", text)
    return element
