"""What the command line needs from outside; `wiring` constructs it, nothing here looks it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant
from wherewithal.vocabulary.merchant import Directory

#: The sources that read files, by the names that `--source` takes.
SOURCES = ("transunion", "lendingclub", "json", "parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsFile:
    """A file of applicants as a command names it, checked in form only."""

    source: str
    path: Path
    #: What the applicant states, beside a bureau file.
    stated: Path | None
    #: Rows dated later are not decided.
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that the commands reach for."""

    #: Errors: SourceRefused; a row that cannot be read is a row of the frame.
    read_facts: Callable[[FactsFile], pl.DataFrame]
    applicant_of: Callable[[pl.DataFrame, int], Applicant]
    #: What is assumed for a facts frame, one sentence each.
    assumptions_of: Callable[[pl.DataFrame], list[str]]
    #: None is the bundle that ships. Errors: BundleRefused.
    load_bundle: Callable[[Path | None], PolicyBundle]
    #: The sample merchants, checked against the bundle's products; None where they are not at hand.
    load_directory: Callable[[PolicyBundle], Directory | None]
    today: Callable[[], date]
