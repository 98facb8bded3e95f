"""Parse a TU4 answer to a typed report, or raise the failure that it is."""

from __future__ import annotations

from functools import partial

from wherewithal.sources.bureau_transunion.countable import countable_trades
from wherewithal.sources.bureau_transunion.document import header_of, open_document
from wherewithal.sources.bureau_transunion.elements import Node, malformed
from wherewithal.sources.bureau_transunion.entries import (
    check_counts,
    collection_of,
    inquiry_of,
    public_record_of,
    read_all,
    scores_of,
)
from wherewithal.sources.bureau_transunion.member_codes import member_keys
from wherewithal.sources.bureau_transunion.report import (
    THIN_BELOW_TRADES,
    BureauReport,
    Header,
)
from wherewithal.sources.bureau_transunion.statuses import refuse_by_status
from wherewithal.sources.bureau_transunion.subject import (
    flags_of,
    statement_kinds_of,
    subject_of,
)
from wherewithal.sources.bureau_transunion.trades import trade_of

#: Scores and summaries without the entries that facts are made of.
MODEL_REPORT_PRODUCT = "08000"


def parse_report(data: bytes, *, own_member_codes: frozenset[str]) -> BureauReport:
    """Return the report in the bureau's answer.

    Entries of the asking subscriber, and of any of `own_member_codes`, are marked as our own.
    Errors: Failure, by this ladder: malformed, unknown_schema_version, identity_mismatch, deceased,
            suppressed, minor, frozen, no_hit, then malformed or implausible entries. Its cause
            names places, never values that could be personal.
    Not checked: whether the report is recent, or the person the one who asked (`reading` does).
    """
    root = open_document(data)
    return report_of(root, header_of(root), own_member_codes=own_member_codes)


def report_of(
    root: Node,
    header: Header,
    *,
    own_member_codes: frozenset[str],
    own_accounts: frozenset[str] | None = None,
) -> BureauReport:
    """Return the report below a header that was read already; `own_accounts` as in `trade_of`."""
    if header.product_code == MODEL_REPORT_PRODUCT:
        malformed(f"product {MODEL_REPORT_PRODUCT} is a model report: it lists no entries")
    record = only_record(root)
    refuse_by_status(record)
    latest = header.reported_on
    own_keys = member_keys(own_member_codes) | {header.member_key}
    credit = record.need("custom", "credit")
    check_counts(credit)
    trades = read_all(
        credit,
        "trade",
        partial(trade_of, latest=latest, own_keys=own_keys, own_accounts=own_accounts),
    )
    return BureauReport(
        header=header,
        subject=subject_of(record, latest=latest),
        trades=trades,
        inquiries=read_all(
            credit, "inquiry", partial(inquiry_of, latest=latest, own_keys=own_keys)
        ),
        public_records=read_all(credit, "publicRecord", partial(public_record_of, latest=latest)),
        collections=read_all(
            credit, "collection", partial(collection_of, latest=latest, own_keys=own_keys)
        ),
        scores=scores_of(record),
        statement_kinds=statement_kinds_of(record),
        flags=flags_of(record, trades, is_thin=len(countable_trades(trades)) < THIN_BELOW_TRADES),
    )


def only_record(root: Node) -> Node:
    """Return the one subject's record; a joint report is for two and must be asked for apart."""
    subject = root.need("product", "subject")
    if not subject.all("subjectRecord"):
        malformed("product subject: no subjectRecord")
    return subject.need("subjectRecord")
