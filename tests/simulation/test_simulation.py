"""Concurrent clients, expiries, decisions, publications and kills on a real Postgres, checked whole.

What is not reached proves nothing: every interesting state is counted, and must have occurred.
"""

from __future__ import annotations

import logging
import time
from collections import Counter

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.run import command_of, plan_of
from tests.simulation.runner import Simulation

#: What a run must have come through.
REACHED = (
    "hold_placed",
    "hold_captured",
    "hold_voided",
    "hold_expired",
    "hold_released",
    "loan_refunded",
    "payment_made",
    "expired under the lock",
    "refused: over_power",
    "refused: hold_expired",
    "refused: reference_reused",
    "refused for a block",
    "asked again, answered the same",
    "asked where a decision fell below what is used",
    "cleared after the end, on card rails",
    "decisions that came late",
    "publications seen by a reader",
    "unknown, applied",
    "unknown, not applied",
    "backends killed",
    "processes killed",
    "servers killed",
)
#: Seeds that are always run, about a minute with the mutants; more are, if not everything was reached.
SEEDS, SEEDS_MAX = 12, 24
MUTANT_SEEDS_MAX = 6


@pytest.fixture(scope="module")
def simulation():
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    with Simulation.open() as opened:
        yield opened


def missing_after(simulation: Simulation, *, is_enough) -> list[str]:
    """Run seed after seed; return the states that none of them reached.

    Fails with the command that repeats a seed that broke a promise.
    """
    counts: Counter[str] = Counter()
    seed, missing = 0, list(REACHED)
    while not is_enough(seed, missing):
        seed += 1
        plan = plan_of(seed)
        outcome = simulation.run(seed, plan)
        counts.update(outcome.counts)
        assert not outcome.findings, (command_of(outcome, plan), outcome.findings[:5])
        missing = [name for name in REACHED if not counts[name]]
    return missing


def test_every_promise_holds_and_every_state_is_reached(simulation):
    def is_enough(seed, missing):
        return seed >= SEEDS_MAX or (seed >= SEEDS and not missing)

    assert missing_after(simulation, is_enough=is_enough) == []


@pytest.mark.parametrize("system", list(MUTANTS))
def test_a_deliberate_bug_is_caught(simulation, system):
    found: set[str] = set()
    seed = 0
    while seed < MUTANT_SEEDS_MAX and not found & MUTANTS[system]:
        seed += 1
        outcome = simulation.run(seed, plan_of(seed, system=system, seconds=1.2))
        found |= {finding.promise for finding in outcome.findings}
    assert found & MUTANTS[system], f"{system} was not caught in {seed} seeds: {found}"


@pytest.mark.nightly
def test_every_promise_holds_for_ten_minutes(simulation):
    until = time.monotonic() + 600
    missing = missing_after(simulation, is_enough=lambda _seed, _missing: time.monotonic() > until)
    assert missing == []
