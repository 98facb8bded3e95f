"""Merchants to begin with: the sample that ships, or a generated directory of any size."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.catalogue import (
    check_catalogues,
    load_directory,
    load_mcc_codes,
    load_programs,
)
from wherewithal.sources.generated_directory import GeneratedDirectory, generated_directory
from wherewithal.vocabulary.merchant import Directory
from wherewithal.wiring.places import BUNDLE, needed, shipped

MERCHANTS, SAMPLE_PROGRAMS = "examples/merchants.csv", "examples/programs.csv"
MCC_CODES = "examples/mcc/mcc_codes.csv"
#: Of a generated directory.
PROGRAMS = 1_000
#: Those that the sample's law rows know.
ORIGINATORS = ("cedar-bank", "wherewithal-credit-nv")
_SEED = 2026
#: The same directory on every day: seasons and new merchants are as of this one.
_AS_OF = date(2026, 11, 1)


def made_directory(merchants: int) -> GeneratedDirectory:
    """Return so many fictional merchants and their programs, always the same ones."""
    return generated_directory(
        merchants=merchants,
        programs=PROGRAMS,
        chance=np.random.default_rng(_SEED),
        mccs=sorted(load_mcc_codes(needed(MCC_CODES))),
        originators=ORIGINATORS,
        as_of=_AS_OF,
    )


def sample_directory() -> GeneratedDirectory:
    """Return the sample merchants and programs that ship, as the store takes them.

    Errors: InputRefused, BundleRefused; all problems at once.
    """
    merchants, programs = needed(MERCHANTS), needed(SAMPLE_PROGRAMS)
    directory = read_directory(merchants, programs, bundle=load_bundle(needed(BUNDLE)))
    return GeneratedDirectory(merchants=merchants_frame(directory), programs=directory.programs)


def sample_directory_for(bundle: PolicyBundle) -> Directory | None:
    """Return the sample merchants and programs, checked with a bundle; None if not at hand."""
    merchants, programs = shipped(MERCHANTS), shipped(SAMPLE_PROGRAMS)
    if merchants is None or programs is None or shipped(MCC_CODES) is None:
        return None
    return read_directory(merchants, programs, bundle=bundle)


def read_directory(merchants: Path | None, programs: Path, *, bundle: PolicyBundle) -> Directory:
    """Return merchants and programs of two files, or programs alone, checked with a bundle.

    Errors: CatalogueRefused; all problems at once.
    """
    mcc_codes = load_mcc_codes(needed(MCC_CODES))
    if merchants is None:
        found = load_programs(programs, mcc_codes=mcc_codes)
        directory = Directory(merchants=(), programs=found)
    else:
        directory = load_directory(merchants, programs, mcc_codes=mcc_codes)
    check_catalogues(
        catalogue=bundle.catalogue, directory=directory, law=bundle.law, mcc_codes=mcc_codes
    )
    return directory
