"""How long something takes: the median of some rounds."""

from __future__ import annotations

import statistics
from collections.abc import Callable


def median_seconds(work: Callable[[], object], *, rounds: int, clock: Callable[[], float]) -> float:
    """Return the median time of several rounds, by the processor's clock or that on the wall."""
    times = []
    for _ in range(rounds):
        begin = clock()
        work()
        times.append(clock() - begin)
    return statistics.median(times)
