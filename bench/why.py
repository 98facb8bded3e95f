"""Explaining a change and finding raises: own time, against the bare executors on the same rows.

The floor of a raise is the columnar executor alone on the same grid, which is made beforehand; that
of a change one scalar decision for each state that it passes through. Both are timed beside ours,
person by person, so that the machine's noise falls on all. Every answer is decided again.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar

from bench.decide import BUNDLE
from bench.population import LOANS
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.counterfactuals import Taken, frame_of, grid_of, moved_facts
from wherewithal.qualify.decide import Applicant, decide
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.exposure import NO_EXPOSURE, Exposure
from wherewithal.qualify.powers_left import PowersLeft
from wherewithal.qualify.raises import Found, RaiseFinder
from wherewithal.qualify.why_changed import Powers, Seen, WhyChanged, why_changed
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.sources.lendingclub import read_lendingclub

_ON = date(2010, 12, 1)
_KNOWN = Exposure(first_booked_on=date(2009, 1, 1), on_time_payments=9)
_Answer = TypeVar("_Answer")
Facts = dict[str, Any]


def measure(*, people: int) -> dict[str, object]:
    """Return times of both questions and of their floors, over the same real borrowers."""
    bundle = load_bundle(BUNDLE)
    faces = _people(people)
    return {
        "benchmark": "why",
        "people": len(faces),
        **_raises(bundle, faces),
        **_changes(bundle, faces),
    }


def _people(people: int) -> list[Facts]:
    """Return the facts of real borrowers who are decided, drawn with a seed."""
    loans = read_lendingclub(LOANS)
    drawn = random.Random(1).sample(range(loans.height), people)
    found = [applicant_of(loans, row) for row in drawn]
    return [one.facts for one in found if one.failure is None]


def _raises(bundle: PolicyBundle, faces: Sequence[Facts]) -> dict[str, object]:
    finder, left = RaiseFinder(bundle=bundle), PowersLeft(bundle)
    finder.find(faces[0], exposure=_KNOWN, shown={}, on=_ON)
    ours, processor, plans, frames, rows = [], [], [], [], []
    told = agreed = refuted = 0
    for facts in faces:
        paths = grid_of(facts, bundle.raises)
        frame = frame_of(facts, paths)
        plan = bundle.edition(facts["as_of"]).standing_columnar
        plans.append(_timed(partial(plan.run, frame))[1])
        begun = time.process_time()
        found, seconds = _timed(partial(finder.find, facts, exposure=_KNOWN, shown={}, on=_ON))
        processor.append(time.process_time() - begun)
        frames.append(_timed(partial(decide_frame, frame, bundle))[1])
        ours.append(seconds)
        rows.append(len(paths))
        told += len(found.raises)
        refuted += found.refuted
        agreed += _agreed(found, facts, left)
    return {
        "grid_rows": statistics.mean(rows),
        "grid_rows_most": max(rows),
        "raises": told,
        "raises_agreed": agreed,
        "raises_refuted": refuted,
        **_percentiles("raises", ours),
        **_percentiles("raises_processor", processor),
        **_percentiles("columnar_call", plans),
        **_percentiles("decide_frame", frames),
        "raises_times_columnar_call": statistics.median(ours) / statistics.median(plans),
        "raises_times_decide_frame": statistics.median(ours) / statistics.median(frames),
        "aim_raises_p99_ms": 50.0,
    }


def _agreed(found: Found, facts: Facts, left: PowersLeft) -> int:
    """Return how many raises are what a decision on the moved facts says."""
    agreed = 0
    for raised in found.raises:
        taken = [Taken(left.terms.raises.move(one.code), one.amount) for one in raised.steps]
        moved = moved_facts(facts, taken)
        decision = decide(Applicant(applicant_id="", facts=moved or {}), left.terms)
        powers = left(decision.values, _KNOWN, terms_on=_ON, account_on=_ON)
        agreed += powers == raised.powers
    return agreed


def _changes(bundle: PolicyBundle, faces: Sequence[Facts]) -> dict[str, object]:
    powers = Powers({})
    ends = [_seen(facts, bundle, place) for place, facts in enumerate(faces)]
    pairs = list(itertools.pairwise(ends))
    _explained(pairs[0], powers)
    ours, floors, states, summed = [], [], [], 0
    for before, after in pairs:
        applicant = Applicant(applicant_id="", facts=dict(after.facts))
        floors.append(_timed(partial(decide, applicant, bundle))[1])
        why, seconds = _timed(partial(_explained, (before, after), powers))
        ours.append(seconds)
        # Both ends, and a state for each part that moved.
        states.append(2 + len(why.moved))
        summed += sum(one.change_cents or 0 for one in why.moved) == why.change_cents
    decided = statistics.mean(states) * statistics.median(floors)
    return {
        "changes": len(pairs),
        "changes_summed_exactly": summed,
        "states_of_a_change": statistics.mean(states),
        **_percentiles("change", ours),
        "scalar_decision_us": statistics.median(floors) * 1e6,
        "change_times_its_decisions": statistics.median(ours) / decided,
    }


def _explained(pair: tuple[Seen, Seen], powers: Powers) -> WhyChanged:
    return why_changed(*pair, groups=pair[1].policy.changes, powers=powers)


def _seen(facts: Facts, bundle: PolicyBundle, place: int) -> Seen:
    return Seen(
        facts=facts,
        failure=None,
        policy=bundle,
        decided_on=facts["as_of"],
        terms=bundle,
        terms_on=facts["as_of"],
        exposure=_KNOWN if place % 2 else NO_EXPOSURE,
        account_on=facts["as_of"],
    )


def _timed(work: Callable[[], _Answer]) -> tuple[_Answer, float]:
    begun = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - begun


def _percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"{name}_p50_ms": ordered[len(ordered) // 2] * 1e3,
        f"{name}_p99_ms": ordered[len(ordered) * 99 // 100] * 1e3,
    }
