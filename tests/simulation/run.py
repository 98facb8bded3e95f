"""Run seeds from the command line.

python -m tests.simulation.run --seed 7            # one seed, as a failing test names it
python -m tests.simulation.run --seed 7 --system read_then_insert
python -m tests.simulation.run --minutes 10        # seed after seed from --seed on
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter

from tests.simulation.mutants import MUTANTS
from tests.simulation.runner import Outcome, Plan, Simulation


def plan_of(seed: int, *, system: str = "real", seconds: float = 2.0) -> Plan:
    """Return how a seed is run: every third has its server killed, every second a process."""
    is_real = system == "real"
    return Plan(
        system=system,
        seconds=seconds,
        cuts=0.04 if is_real else 0.0,
        kills_process=is_real and seed % 2 == 1,
        kills_postmaster=is_real and seed % 3 == 0,
    )


def command_of(outcome: Outcome, plan: Plan) -> str:
    """Return the command that runs a seed again."""
    more = "" if plan.system == "real" else f" --system {plan.system}"
    return f"python -m tests.simulation.run --seed {outcome.seed} --seconds {plan.seconds}{more}"


def main() -> int:
    """Run, print what was found and what was reached; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one seed")
    parser.add_argument("--minutes", type=float, default=0.0, help="seed after seed for so long")
    parser.add_argument("--system", choices=["real", *MUTANTS], default="real")
    given = parser.parse_args()
    # The driver tells of every connection that we cut.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    until, seed, broken = time.monotonic() + given.minutes * 60, given.seed, 0
    counts: Counter[str] = Counter()
    with Simulation.open() as simulation:
        while True:
            plan = plan_of(seed, system=given.system, seconds=given.seconds)
            outcome = simulation.run(seed, plan)
            counts.update(outcome.counts)
            for finding in outcome.findings[:10]:
                print(f"seed {seed}: {finding.promise}: {finding.what}")  # noqa: T201 - a command
            if outcome.findings:
                broken += 1
                print(command_of(outcome, plan))  # noqa: T201 - as above
            seed += 1
            if time.monotonic() > until:
                break
    for name, number in sorted(counts.items()):
        print(f"{number:>9,}  {name}")  # noqa: T201 - as above
    print(f"{seed - given.seed} seeds, {broken} with a broken promise")  # noqa: T201 - as above
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
