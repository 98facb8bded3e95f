"""Read a TU4 file to a facts frame of one row: facts, or the typed failure that it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from wherewithal.sources.bureau_transunion.document import BYTES_MAX, header_of, open_document
from wherewithal.sources.bureau_transunion.facts import FactValue, facts_of
from wherewithal.sources.bureau_transunion.parse import report_of
from wherewithal.sources.facts_check import FRAME_SCHEMA
from wherewithal.sources.stated import load_stated
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.outcome import Failure
from wherewithal.vocabulary.stated import Stated

#: A bureau file has no applicant id of its own: the row's number, as text.
APPLICANT_ID = "0"


def read_transunion(
    path: Path, *, stated: Path | None, own_member_codes: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Return a facts frame of one row.

    Null:   a failed report has no facts, but its `as_of` where the header could be read.
    Errors: SourceRefused if either file cannot be read at all or `stated` is wrong, all problems
            at once; a bad report is no error but a row with `failure` and `failure_cause`.
    """
    problems: list[Problem] = []
    data, income = b"", None
    try:
        data = _read_bounded(path)
    except SourceRefused as refused:
        problems += refused.problems
    try:
        income = None if stated is None else load_stated(stated)
    except SourceRefused as refused:
        problems += refused.problems
    if problems:
        raise SourceRefused(problems)
    return _one_row(_row(data, stated=income, own_member_codes=own_member_codes))


def _row(
    data: bytes, *, stated: Stated | None, own_member_codes: frozenset[str]
) -> dict[str, FactValue]:
    as_of: date | None = None
    try:
        root = open_document(data)
        header = header_of(root)
        as_of = header.reported_on
        return facts_of(report_of(root, header, own_member_codes=own_member_codes), stated=stated)
    except Failure as failure:
        return {
            "as_of": as_of,
            "failure": failure.outcome.value,
            "failure_cause": failure.cause,
        }


def _one_row(row: dict[str, FactValue]) -> pl.DataFrame:
    values = {"applicant_id": APPLICANT_ID, **row}
    return pl.DataFrame({name: [values.get(name)] for name in FRAME_SCHEMA}, schema=FRAME_SCHEMA)


def _read_bounded(path: Path) -> bytes:
    """Return the bytes, but never more than one beyond the cap: a huge file is not read whole."""
    try:
        if not path.is_file():
            raise FileNotFoundError
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except OSError:
        problem = Problem(
            code="unreadable_file",
            path=path.name,
            message="no such file, or it may not be read; name a TU4 credit report in XML",
        )
        raise SourceRefused([problem]) from None
