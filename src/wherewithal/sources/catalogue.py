"""The catalogue's doors: products, law, reasons, merchants and programs.

Each reads whole files, reports every bad row with its line and field, and gives nothing of a bad
file: `CatalogueRefused` holds all problems.
"""

from wherewithal.sources.catalogue_directory import (
    load_directory,
    load_mcc_codes,
    load_programs,
)
from wherewithal.sources.catalogue_law import load_law
from wherewithal.sources.catalogue_products import load_catalogue
from wherewithal.sources.catalogue_reasons import load_reasons
from wherewithal.sources.catalogue_whole import check_catalogues

__all__ = [
    "check_catalogues",
    "load_catalogue",
    "load_directory",
    "load_law",
    "load_mcc_codes",
    "load_programs",
    "load_reasons",
]
