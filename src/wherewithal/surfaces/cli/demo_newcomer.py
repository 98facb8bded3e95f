"""What a decision leaves to a newcomer: the share of each limit with which everybody begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.person import PERSON_COLUMNS
from wherewithal.qualify.plans import Plans
from wherewithal.service.person_left import left_without_account
from wherewithal.service.standing import PersonStanding
from wherewithal.service.standing_products import ProductAnswers

#: A decision row as a newcomer can use it: the same columns, those of products lowered.
Lowered = Callable[[Mapping[str, Any], date], dict[str, Any]]


#: Made once for a bundle: its programs are compiled at the first use.
_MADE: dict[str, Lowered] = {}


def newcomers(bundle: PolicyBundle) -> Lowered:
    """Return what lowers a decision row to what somebody without an account can spend on a day."""
    if bundle.digest not in _MADE:
        _MADE[bundle.digest] = _made(bundle)
    return _MADE[bundle.digest]


def _made(bundle: PolicyBundle) -> Lowered:
    products = ProductAnswers(bundle, Plans(bundle))

    def lowered(row: Mapping[str, Any], on: date) -> dict[str, Any]:
        standing = msgspec.convert(
            {name: row[name] for name in (*PERSON_COLUMNS, "state")}, PersonStanding
        )
        left = left_without_account(standing, catalogue=bundle.catalogue, on=on)
        if left.is_whole or not products.knows(standing):
            return dict(row)
        found = dict(row) | products.row(standing, left, on=on)
        powers = [found[f"power_{one.code.value}_cents"] or 0 for one in bundle.catalogue.products]
        return found | {"power_total_cents": max(powers)}

    return lowered
