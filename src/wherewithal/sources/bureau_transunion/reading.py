"""Read a bureau's answer for a decision now: whose it is, how old it is, and what it says.

The same facts as from a file, with three things more: the report must be of the person asked for,
must be recent, and its facts are as of the day of the decision.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from wherewithal.service.bureau import ReadReport
from wherewithal.sources.bureau_transunion.document import header_of, open_document
from wherewithal.sources.bureau_transunion.elements import implausible
from wherewithal.sources.bureau_transunion.facts import FactValue, facts_of
from wherewithal.sources.bureau_transunion.identity_match import match_identity, need_evidence
from wherewithal.sources.bureau_transunion.parse import only_record, report_of
from wherewithal.sources.bureau_transunion.report import BureauReport
from wherewithal.vocabulary.consumer import Identity, age_years
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Failure
from wherewithal.vocabulary.stated import Stated

#: A report is reused for so many days; an older one is no answer to an inquiry of today.
REPORT_DAYS_MAX = 30
#: The bureau's day may have begun before ours.
DAYS_AHEAD_MAX = 1


class TransUnionReader:
    """Reads TU4 answers; the adapter of `service.bureau.ReadsReports`."""

    def __init__(self, *, own_member_codes: frozenset[str]) -> None:
        """Take our subscriber codes: what we report and ask ourselves counts for nothing."""
        self._own_member_codes = own_member_codes

    def read(
        self,
        raw: bytes,
        *,
        identity: Identity,
        stated: Stated,
        on: date,
        own_accounts: frozenset[str] | None = None,
    ) -> ReadReport:
        """Return what the answer says about the person on a day.

        Null:   what the file does not know; after a failure, every fact but `as_of`.
        Errors: none; a report older than 30 days, or from after the day, is implausible.
        Age is that of the person asked for: a file with another date of birth is a mismatch.
        """
        reported_on: date | None = None
        try:
            root = open_document(raw)
            header = header_of(root)
            reported_on = header.reported_on
            _refuse_by_age(reported_on, on=on)
            evidence = match_identity(only_record(root), identity)
            report = report_of(
                root,
                header,
                own_member_codes=self._own_member_codes,
                own_accounts=own_accounts,
            )
            need_evidence(evidence)
            facts = _facts_on(report, identity=identity, stated=stated, on=on)
        except Failure as failure:
            return ReadReport(
                facts={fact.name: None for fact in FACTS} | {"as_of": on},
                failure=failure.outcome,
                failure_cause=failure.cause,
                reported_on=reported_on,
                score=None,
                score_model=None,
                score_factors=(),
                flags=frozenset(),
            )
        score = report.scores[0] if report.scores else None
        return ReadReport(
            facts=facts,
            failure=None,
            failure_cause=None,
            reported_on=reported_on,
            score=None if score is None else score.value,
            score_model=None if score is None else score.model,
            score_factors=() if score is None else score.factor_codes,
            flags=frozenset(flag.value for flag in report.flags),
        )


def _refuse_by_age(reported_on: date, *, on: date) -> None:
    days_old = (on - reported_on).days
    if days_old > REPORT_DAYS_MAX:
        implausible(f"the report is more than {REPORT_DAYS_MAX} days old")
    if days_old < -DAYS_AHEAD_MAX:
        implausible("the report is dated after the day of the decision")


def _facts_on(
    report: BureauReport, *, identity: Identity, stated: Stated, on: date
) -> dict[str, FactValue]:
    """Return the facts as of the day: windows such as six months end on it.

    A report of tomorrow, by the bureau's zone, is read as of its own day: else an entry of that
    day would lie in the future.
    """
    read_on = max(on, report.header.reported_on)
    dated = replace(report, header=replace(report.header, reported_on=read_on))
    birth = identity.date_of_birth
    return facts_of(dated, stated=stated) | {
        "as_of": on,
        "age_years": age_years(birth, on) if birth <= on else None,
    }
