"""What the command line needs from outside; `wiring` constructs it, nothing here looks it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from wherewithal.dmn.tck import TckFile
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.cases import GoldenCase
from wherewithal.qualify.decide import Applicant
from wherewithal.service.offline import Counts
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
class OfflineAnswer:
    """What an offline run came to."""

    counts: Counts
    bundle_digest: str
    #: What was assumed for at least one row, one sentence each.
    assumptions: list[str]


class RunsOffline(Protocol):
    """Decides every row of a file into Parquet files of a folder."""

    def __call__(
        self,
        file: FactsFile,
        *,
        bundle: Path | None,
        out: Path,
        workers: int,
        on_progress: Callable[[int, int], None],
    ) -> OfflineAnswer:
        """Write the decisions to `out/decisions`; `on_progress` gets rows done and rows in all."""
        ...


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
    #: The bytes of a bundle's files, by name. Errors: BundleRefused.
    read_bundle_files: Callable[[Path], Mapping[str, bytes]]
    #: The golden cases in a bundle's folder. Errors: BundleRefused.
    load_cases: Callable[[Path], Sequence[GoldenCase]]
    #: The sample merchants, checked against the bundle's products; None where they are not at hand.
    load_directory: Callable[[PolicyBundle], Directory | None]
    run_offline: RunsOffline
    #: The files of test cases under a folder of the DMN TCK.
    read_tck: Callable[[Path], Iterable[TckFile]]
    #: A file or folder that ships, such as `examples/bureau`; None where it is not at hand.
    shipped: Callable[[str], Path | None]
    now: Callable[[], datetime]
    #: How many processes may work at once.
    workers: int
