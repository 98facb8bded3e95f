"""Merchant: who sells, and the directory of merchants and their programs."""

from datetime import date
from functools import cached_property

import msgspec

from wherewithal.vocabulary.program import Program


class Merchant(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who sells, under a merchant category code, with programs of their own."""

    merchant_id: str
    name: str
    #: Four digits, ISO 18245.
    mcc: str
    joined_on: date
    program_ids: tuple[str, ...]
    is_paused: bool = False


class Directory(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All merchants and the programs that they offer, in file order."""

    merchants: tuple[Merchant, ...]
    programs: tuple[Program, ...]

    @cached_property
    def merchants_by_id(self) -> dict[str, Merchant]:
        """Return the merchants by their key."""
        return {merchant.merchant_id: merchant for merchant in self.merchants}

    @cached_property
    def programs_by_id(self) -> dict[str, Program]:
        """Return the programs by their key."""
        return {program.program_id: program for program in self.programs}

    def programs_of(self, merchant: Merchant) -> tuple[Program, ...]:
        """Return a merchant's programs, in the merchant's own order."""
        return tuple(self.programs_by_id[program_id] for program_id in merchant.program_ids)
