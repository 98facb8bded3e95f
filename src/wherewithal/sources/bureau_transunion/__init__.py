"""TransUnion credit reports: bytes to a typed report or a typed failure, and to facts.

The client that asks for one is in `client.py` and not imported here: reading a file needs no HTTP.
"""

from wherewithal.sources.bureau_transunion.facts import facts_of
from wherewithal.sources.bureau_transunion.frame import read_transunion
from wherewithal.sources.bureau_transunion.parse import parse_report
from wherewithal.sources.bureau_transunion.reading import TransUnionReader
from wherewithal.sources.bureau_transunion.report import BureauReport, Flag

__all__ = [
    "BureauReport",
    "Flag",
    "TransUnionReader",
    "facts_of",
    "parse_report",
    "read_transunion",
]
