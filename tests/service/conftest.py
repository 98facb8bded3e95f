"""Facts of real borrowers, and the bundle that decides on them."""

from __future__ import annotations

import polars as pl
import pytest

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.lendingclub import read_lendingclub


@pytest.fixture(scope="session")
def bundle(repository) -> PolicyBundle:
    return load_bundle(repository / "policies" / "everyday")


@pytest.fixture(scope="session")
def borrowers(repository) -> pl.DataFrame:
    return read_lendingclub(repository / "examples" / "loans" / "lendingclub_2007_2010.csv.gz")
