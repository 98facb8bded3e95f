"""The console script `wherewithal`: constructs what the commands need and runs one of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from cyclopts import App

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.sources.bundle import files_of_bundle, load_bundle
from wherewithal.sources.bureau_transunion import read_transunion
from wherewithal.sources.cases import load_cases
from wherewithal.sources.facts_assumptions import assumptions_of
from wherewithal.sources.facts_check import checked, refuse_after
from wherewithal.sources.facts_json import read_json_facts
from wherewithal.sources.facts_parquet import read_parquet_facts
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.sources.tck_folder import read_tck_folder
from wherewithal.surfaces.cli.app import build_app, run
from wherewithal.surfaces.cli.ports import FactsFile, OfflineAnswer, Ports
from wherewithal.vocabulary.errors import BundleRefused, Problem
from wherewithal.wiring.directory import sample_directory_for
from wherewithal.wiring.offline import offline_run
from wherewithal.wiring.places import BUNDLE, shipped
from wherewithal.wiring.service_ports import (
    commitment_ports,
    demo_ports,
    ledger_ports,
    merchant_ports,
    publish_ports,
    replay_ports,
    service_ports,
    why_port,
)

_READERS = {
    "lendingclub": read_lendingclub,
    "json": read_json_facts,
    "parquet": read_parquet_facts,
}


def main() -> int:
    """Run the command that the arguments name, and return its exit code."""
    with_traceback = bool(os.environ.get("WHEREWITHAL_TRACEBACK"))
    return run(app_of(ports()), sys.argv[1:], with_traceback=with_traceback)


def app_of(ports: Ports) -> App:
    """Return the command line over these ports and the service's."""
    return build_app(
        ports,
        service=service_ports(),
        publish=publish_ports(),
        merchants=merchant_ports(),
        replay=replay_ports(),
        why=why_port(),
        ledger=ledger_ports(),
        commitments=commitment_ports(),
        demo=demo_ports(),
    )


def ports() -> Ports:
    """Return what the commands need, as it stands on this machine."""
    return Ports(
        read_facts=read_facts,
        applicant_of=applicant_of,
        assumptions_of=assumptions_of,
        load_bundle=load_bundle_or_shipped,
        read_bundle_files=files_of_bundle,
        load_cases=load_cases,
        load_directory=sample_directory_for,
        read_tck=read_tck_folder,
        run_offline=run_offline,
        shipped=shipped,
        workers=os.cpu_count() or 1,
        now=lambda: datetime.now(UTC),
    )


def read_facts(file: FactsFile) -> pl.DataFrame:
    """Return the facts frame of a file; every source passes the same check of ranges."""
    if file.source == "transunion":
        frame = read_transunion(file.path, stated=file.stated)
    else:
        frame = _READERS[file.source](file.path)
    return refuse_after(checked(frame), file.as_of)


def run_offline(
    file: FactsFile,
    *,
    bundle: Path | None,
    out: Path,
    workers: int,
    on_progress: Callable[[int, int], None],
) -> OfflineAnswer:
    """Decide every row of a file on this machine."""
    return offline_run(
        file,
        read_facts=read_facts,
        bundle_folder=folder_or_shipped(bundle),
        out=out,
        workers=workers,
        on_progress=on_progress,
    )


def folder_or_shipped(folder: Path | None) -> Path:
    """Return the folder of a bundle, or that of the one that ships."""
    folder = folder or shipped(BUNDLE)
    if folder is None:
        message = f"{BUNDLE} is not beside this program; name a folder with --bundle"
        raise BundleRefused([Problem(code="missing_bundle", path="--bundle", message=message)])
    return folder


def load_bundle_or_shipped(folder: Path | None) -> PolicyBundle:
    """Return the bundle of a folder, or the one that ships."""
    return load_bundle(folder_or_shipped(folder))


if __name__ == "__main__":
    sys.exit(main())
