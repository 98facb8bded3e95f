"""From a row of a facts frame to the applicant that the scalar core decides on."""

from __future__ import annotations

import polars as pl

from wherewithal.qualify.decide import Applicant
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Outcome


def applicant_of(frame: pl.DataFrame, row: int) -> Applicant:
    """Return the applicant of a row, counted from 0.

    Null:   unknown facts are None.
    Errors: SourceRefused if the file has no such row.
    """
    if not 0 <= row < frame.height:
        last = frame.height - 1
        message = (
            f"the file has the rows 0 to {last:,}" if last else "the file has one row, number 0"
        )
        raise SourceRefused([Problem(code="no_such_row", path="--row", message=message)])
    values = frame.row(row, named=True)
    failure = values["failure"]
    return Applicant(
        applicant_id=values["applicant_id"],
        facts={fact.name: values[fact.name] for fact in FACTS},
        failure=None if failure is None else Outcome(failure),
        failure_cause=values["failure_cause"],
    )
