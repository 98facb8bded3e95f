"""Read a request as the bureau would: who is asked for, by which inquiry, for which purpose."""

from __future__ import annotations

import re

import msgspec
from lxml import etree

from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

BYTES_MAX = 64_000
_NAMESPACE = "http://www.transunion.com/namespace"
_RECORD = "product/subject/subjectRecord/indicative"
_SSN = re.compile(r"[0-9]{9}")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that can be answered."""

    ssn: str
    #: The customer's own reference; None where it gave none, and then every attempt is an inquiry.
    inquiry_id: str | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


def read_request(body: bytes) -> Asked | str:
    """Return what is asked, or why it is no request, without quoting it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return "NOT WELL-FORMED XML"
    if root.tag != f"{{{_NAMESPACE}}}creditBureau" or _text(root, "document") != "request":
        return "NOT A REQUEST OF THIS SCHEMA"
    if _text(root, "product/code") != "07000":
        return "UNKNOWN PRODUCT"
    if _text(root, "product/permissiblePurpose/code") is None:
        return "NO PERMISSIBLE PURPOSE"
    if _text(root, "transactionControl/subscriber/memberCode") is None:
        return "NO SUBSCRIBER"
    needed = ("name/person/first", "name/person/last", "dateOfBirth", "address/location/state")
    missing = [path for path in needed if _text(root, f"{_RECORD}/{path}") is None]
    ssn = _text(root, f"{_RECORD}/socialSecurity/number") or ""
    if missing or not _SSN.fullmatch(ssn):
        return "INCOMPLETE IDENTITY"
    return Asked(ssn=ssn, inquiry_id=_text(root, "transactionControl/userRefNumber"))


def _text(root: etree._Element, path: str) -> str | None:
    found = root.findtext("/".join(f"{{{_NAMESPACE}}}{name}" for name in path.split("/")))
    return (found or "").strip() or None
