"""When a case began and ended."""

from __future__ import annotations

import time

import pytest

from pytest_stt.runner.attempt import Span


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_clock_that_is_set_back_makes_no_span_negative() -> None:
    wall, steady = Clock(1_000_000.0), Clock(50.0)
    span = Span(wall=wall, steady=steady)
    span.begin()
    wall.now, steady.now = 5.0, 52.5
    span.end()
    assert span.moments == (1_000_000.0, 1_000_002.5)


def test_it_is_from_the_first_request_to_the_last_answer() -> None:
    wall, steady = Clock(100.0), Clock(1.0)
    span = Span(wall=wall, steady=steady)
    for _ in range(3):
        span.begin()
        steady.now += 1.0
        span.end()
        steady.now += 1.0
    assert span.moments == (100.0, 105.0)


def test_where_nothing_left_it_is_now() -> None:
    wall = Clock(100.0)
    span = Span(wall=wall)
    wall.now = 101.0
    assert span.moments == (101.0, 101.0)


def test_a_test_that_stops_the_clocks_of_its_modules_stops_no_span(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does, whose clocks start anywhere."""
    span = Span()
    span.begin()
    monkeypatch.setattr(time, "time", lambda: -1.0)
    monkeypatch.setattr(time, "monotonic", lambda: -1.0)
    span.end()
    began_at, ended_at = span.moments
    assert 0 < began_at <= ended_at < began_at + 600
