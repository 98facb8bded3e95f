"""The bundle that ships, real borrowers, and what was decided on them: read once a run."""

from __future__ import annotations

import polars as pl
import pytest

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
    """Return the facts of 20,814 real borrowers."""
    return read_lendingclub(repository / "examples" / "loans" / "lendingclub_2007_2010.csv.gz")


@pytest.fixture(scope="session")
def decisions(borrowers, bundle) -> pl.DataFrame:
    return decide_frame(borrowers, bundle)


@pytest.fixture(scope="session")
def directory(repository) -> Directory:
    examples = repository / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    return load_directory(examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes)
