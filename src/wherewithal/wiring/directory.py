"""Merchants to begin with: the sample that ships, or a generated directory of any size."""

from __future__ import annotations

from datetime import date

import numpy as np

from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.sources.generated_directory import GeneratedDirectory, generated_directory
from wherewithal.wiring.places import needed

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
    """Return the sample merchants and programs that ship, as the store takes them."""
    merchants, programs = needed("examples/merchants.csv"), needed("examples/programs.csv")
    directory = load_directory(merchants, programs, mcc_codes=load_mcc_codes(needed(MCC_CODES)))
    return GeneratedDirectory(merchants=merchants_frame(directory), programs=directory.programs)
