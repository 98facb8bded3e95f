"""Facts of real borrowers, and the bundle that decides on them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.service.tills import Till, at_till
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.vocabulary.merchant import Directory


@pytest.fixture(scope="session")
def bundle(repository) -> PolicyBundle:
    return load_bundle(repository / "policies" / "everyday")


@pytest.fixture(scope="session")
def borrowers(repository) -> pl.DataFrame:
    return read_lendingclub(repository / "examples" / "loans" / "lendingclub_2007_2010.csv.gz")


@pytest.fixture(scope="session")
def directory(repository) -> Directory:
    examples = repository / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    return load_directory(examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes)


@pytest.fixture(scope="session")
def row(borrowers: pl.DataFrame, bundle) -> dict[str, Any]:
    """Return the borrower of the first 300 who can spend most."""
    decided = decide_frame(borrowers.head(300), bundle).filter(pl.col("outcome") == "approved")
    return decided.sort("power_total_cents", "applicant_id", descending=True).row(0, named=True)


@pytest.fixture
def till(database, bundle, directory, row):
    """Return a function that runs `work(till, who)` for a person who was told their power."""

    def run(work):
        async def inside(till: Till):
            return await work(till, await till.ask(row))

        return at_till(database, bundle, directory, inside)

    return run
