"""The breaker and the retry budget by themselves, on a clock that is told the time."""

import pytest

from wherewithal.sources.circuit_breaker import BreakerSettings, BreakerState, CircuitBreaker
from wherewithal.sources.retry_budget import RetryBudget, pause_s

SETTINGS = BreakerSettings(
    window_s=30, calls_min=4, failed_pct_max=50, open_s=2, open_s_max=5, calls_max=10
)


class Timed:
    """A breaker and its clock."""

    def __init__(self):
        self.now_s = 0.0
        self.breaker = CircuitBreaker(SETTINGS, monotonic=lambda: self.now_s)

    def ends(self, *, marks):
        """Make calls that end as marked: + answered, - failed, ? given up, x not let through."""
        for mark in marks:
            permit = self.breaker.enter()
            assert (permit is None) is (mark == "x"), (marks, mark)
            if permit is not None:
                permit.settle(is_answered={"+": True, "-": False, "?": None}[mark])
        return self.breaker.state


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ("---", BreakerState.CLOSED),  # too few to judge by
        ("----", BreakerState.OPEN),
        ("++--", BreakerState.OPEN),  # half
        ("+++--", BreakerState.CLOSED),
        ("???????", BreakerState.CLOSED),
        ("----x", BreakerState.OPEN),
        ("++++++++++-----", BreakerState.OPEN),  # the last ten count
    ],
)
def test_it_opens_when_half_of_enough_calls_failed(marks, state):
    assert Timed().ends(marks=marks) is state


def test_what_is_long_past_is_forgotten():
    timed = Timed()
    timed.ends(marks="---")
    timed.now_s = 31
    assert timed.ends(marks="-") is BreakerState.CLOSED


def test_a_probe_that_is_answered_closes_it():
    timed = Timed()
    timed.ends(marks="----x")
    timed.now_s = 2
    assert timed.breaker.state is BreakerState.HALF_OPEN
    assert timed.ends(marks="+") is BreakerState.CLOSED
    assert timed.ends(marks="---") is BreakerState.CLOSED  # it begins anew


def test_each_failed_probe_doubles_the_pause_up_to_the_bound():
    timed = Timed()
    timed.ends(marks="----")
    pauses = []
    for _ in range(4):
        pauses.append(timed.breaker.wait_s)
        timed.now_s += pauses[-1]
        timed.ends(marks="-x")
    assert pauses == [2, 4, 5, 5]


def test_only_one_probe_at_a_time_and_a_given_up_one_makes_room():
    timed = Timed()
    timed.ends(marks="----")
    timed.now_s = 2
    probe = timed.breaker.enter()
    assert probe is not None
    assert timed.breaker.enter() is None
    probe.settle(is_answered=None)
    assert timed.ends(marks="+") is BreakerState.CLOSED


def test_a_call_from_before_it_opened_changes_nothing():
    timed = Timed()
    early = timed.breaker.enter()
    timed.ends(marks="----")
    assert early is not None
    early.settle(is_answered=True)
    assert timed.breaker.state is BreakerState.OPEN


def test_retries_are_a_tenth_of_the_calls_beside_those_saved_up():
    budget = RetryBudget(share_pct=10, retries_max=3)
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    taken = 0
    for _ in range(1_000):
        budget.pay_in()
        taken += budget.take()
    assert taken == 100


def test_pauses_are_anything_up_to_a_doubling_bound():
    assert pause_s(1, base_s=0.1, pause_s_max=9, uniform=lambda: 0.0) == 0
    assert pause_s(3, base_s=0.1, pause_s_max=9, uniform=lambda: 0.5) == pytest.approx(0.2)
    assert pause_s(99, base_s=0.1, pause_s_max=9, uniform=lambda: 1.0) == 9
