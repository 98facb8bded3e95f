"""The bundle that a process is to decide by: loaded, and through the gate once a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.gate import pass_at_start
from wherewithal.sources.bundle import load_bundle

#: Digests and editions that have passed in this process: a worker opens its desk again and again.
_passed: set[tuple[str, date]] = set()


def served_bundle(folder: Path, *, on: date | None = None) -> PolicyBundle:
    """Return the bundle of a folder, whose executors agree on the edition of a day, None for all.

    The first time it takes about a second of work; `policy check` tries far more rows.
    Errors: BundleRefused, also where the gate fails.
    """
    bundle = load_bundle(folder)
    days: Sequence[date] = bundle.edition_begins if on is None else [bundle.edition_begin(on)]
    new = [day for day in days if (bundle.digest, day) not in _passed]
    if new:
        pass_at_start(bundle, days=new)
        _passed.update((bundle.digest, day) for day in new)
    return bundle
