from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.runner.rate import RateLimiter
from pytest_stt.suite.model import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def moments(limiter: RateLimiter, clock: Clock, pauses: list[float]) -> list[float]:
    """Let a request leave as soon as it may, after each of these pauses."""
    left = []
    for pause_s in pauses:
        clock.now += pause_s
        while (delay_s := limiter.delay_s()) > 0:
            clock.now += delay_s
        limiter.admit()
        limiter.leave()
        left.append(clock.now)
    return left


@given(
    count=st.integers(1, 8),
    period_s=st.floats(0.01, 4000),
    pauses=st.lists(st.floats(0, 2) | st.just(0.0), max_size=60),
)
def test_no_window_has_more_than_the_rate_allows(count: int, period_s: float, pauses: list[float]) -> None:
    clock = Clock()
    left = moments(RateLimiter(Rate(count=count, period_s=period_s), clock=clock), clock, pauses)
    assert all(left[number + count] - left[number] > period_s for number in range(len(left) - count))


@given(
    count=st.integers(1, 5),
    steps=st.lists(st.tuples(st.floats(0, 0.7), st.sampled_from(["admit", "leave", "give up"])), max_size=80),
)
def test_it_holds_however_long_a_request_needs_to_leave(count: int, steps: list[tuple[float, str]]) -> None:
    clock, left, due = Clock(), [], 0
    limiter = RateLimiter(Rate(count=count, period_s=1.0), clock=clock)
    for pause_s, step in steps:
        clock.now += pause_s
        if step == "admit" and limiter.delay_s() == 0:
            limiter.admit()
            due += 1
        elif step == "leave" and due:
            limiter.leave()
            left.append(clock.now)
            due -= 1
        elif step == "give up" and due:
            limiter.give_up()
            due -= 1
    assert all(left[number + count] - left[number] > 1.0 for number in range(len(left) - count))


def test_the_period_begins_when_a_request_leaves() -> None:
    clock = Clock()
    limiter = RateLimiter(Rate(count=2, period_s=1.0), clock=clock)
    limiter.admit()
    limiter.admit()
    assert limiter.delay_s() == math.inf
    clock.now += 10.0
    limiter.leave()
    assert round(limiter.delay_s(), 6) == 1.02
    clock.now += 1.5
    assert limiter.delay_s() == 0
    limiter.admit()
    assert limiter.delay_s() == math.inf


def test_a_request_that_never_leaves_costs_nothing() -> None:
    limiter = RateLimiter(Rate(count=1, period_s=1.0), clock=Clock())
    limiter.admit()
    limiter.give_up()
    assert limiter.delay_s() == 0


def test_the_first_period_begins_at_once_and_the_second_is_not_doubled() -> None:
    clock = Clock()
    left = moments(RateLimiter(Rate(count=3, period_s=1.0), clock=clock), clock, [0.0] * 7)
    assert [round(at - 1000, 2) for at in left] == [0, 0, 0, 1.02, 1.02, 1.02, 2.04]


def test_the_margin_is_small_against_every_period() -> None:
    for period_s, margin_s in ((0.1, 0.02), (60.0, 1.0), (3600.0, 1.0)):
        clock = Clock()
        left = moments(RateLimiter(Rate(count=1, period_s=period_s), clock=clock), clock, [0.0] * 3)
        assert all(abs(later - one - period_s - margin_s) < 0.001 for one, later in pairwise(left))
