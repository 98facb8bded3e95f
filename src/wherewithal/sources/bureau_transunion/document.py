"""Open a bureau's answer safely: bytes of unknown honesty become a bounded tree, or a failure.

Refused before anything is parsed: an empty or oversized body, bytes that are not UTF-8, any
document type or entity declaration (so no entity can expand or reach out). The parser itself loads
nothing, resolves nothing and has no network.
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from wherewithal.sources.bureau_transunion.elements import (
    NAMESPACE,
    Node,
    day_of,
    malformed,
)
from wherewithal.sources.bureau_transunion.member_codes import member_key
from wherewithal.sources.bureau_transunion.report import Header
from wherewithal.vocabulary.outcome import Failure, Outcome

#: A published report of 32 trades takes 112 KB; eight megabytes would hold two thousand.
BYTES_MAX = 8_000_000
#: A real report is 12 deep.
DEPTH_MAX = 40
KNOWN_VERSIONS = frozenset({"2.33"})
#: Start and end tags together; the published report has about 3,300.
MARKS_MAX = 250_000
_ENCODING = re.compile(r"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_TIME_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:]{8}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii"})


def open_document(data: bytes) -> Node:
    """Return the root of a TransUnion answer.

    Errors: Failure(malformed) for everything that is not one; its cause quotes nothing.
    """
    if not data.strip():
        malformed("the answer is empty")
    if len(data) > BYTES_MAX:
        malformed(f"the answer is larger than {BYTES_MAX:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        malformed("the answer is not UTF-8")
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() not in _ENCODINGS:
        malformed("the answer declares an encoding other than UTF-8")
    if text.count("<") > MARKS_MAX:
        malformed(f"the answer holds more than {MARKS_MAX:,} tags")
    if _DECLARATION.search(text):
        malformed("the answer declares a document type or an entity; a TU4 report has none")
    root = _parse(data)
    if root.tag != f"{{{NAMESPACE}}}creditBureau":
        malformed("the root element is not TransUnion's creditBureau")
    return Node(element=root, where="creditBureau")


def header_of(root: Node) -> Header:
    """Return the header, the first thing to be read: it says whether the rest can be understood."""
    if root.code("document") != "response":
        malformed("creditBureau document: not a response")
    version = root.text("version")
    if version is None:
        malformed("creditBureau: no version")
    if version not in KNOWN_VERSIONS:
        raise Failure(
            Outcome.UNKNOWN_SCHEMA_VERSION,
            f"this reader knows {', '.join(sorted(KNOWN_VERSIONS))}, the answer has another",
        )
    if root.get("error") is not None or root.get("product", "error") is not None:
        malformed("the bureau answered with an error, not with a report")
    control = root.need("transactionControl")
    industry_code = control.need_code("subscriber", "industryCode")
    return Header(
        schema_version=version,
        product_code=root.need_code("product", "code"),
        reported_on=_reported_on(control),
        member_key=member_key(control.need_code("subscriber", "memberCode")),
        industry_code=industry_code,
    )


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # The parser's own message quotes the file, so only the line is passed on.
        line = getattr(error, "lineno", None)
        raise Failure(
            Outcome.MALFORMED, f"not well-formed XML{f' at line {line}' if line else ''}"
        ) from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        malformed("the answer declares a document type; a TU4 report has none")
    if root.xpath(f"boolean({'/*' * (DEPTH_MAX + 1)})"):
        malformed(f"elements are nested deeper than {DEPTH_MAX}")
    return root


def _reported_on(control: Node) -> date:
    """Return the day of the time stamp in the zone that it names."""
    text = control.text("tracking", "transactionTimeStamp")
    where = "transactionControl transactionTimeStamp"
    stamp = _TIME_STAMP.fullmatch(text or "")
    if stamp is None:
        malformed(f"{where}: not a time stamp")
    return day_of(stamp[1], where=where, latest=None)
