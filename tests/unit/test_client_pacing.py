from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from pytest_stt.client.pacing import Pacer
from pytest_stt.errors import SuiteError


class Clock:
    """A clock that only sleeping and `work` move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.left_at: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def leave(self) -> None:
        self.left_at.append(round(self.now - 100.0, 6))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    stand_in = SimpleNamespace(get_running_loop=lambda: clock, sleep=clock.sleep)
    monkeypatch.setattr("pytest_stt.client.pacing.asyncio", stand_in)
    return clock


def send(clock: Clock, pace: float, work_s: list[float], *, frame_ms: float = 100) -> Pacer:
    pacer = Pacer(pace)

    async def frames() -> None:
        for work in work_s:
            await pacer.turn(frame_ms)
            clock.leave()
            clock.now += work

    asyncio.run(frames())
    return pacer


def test_frame_k_leaves_at_k_chunks(clock: Clock) -> None:
    send(clock, 1.0, [0.01] * 4)
    assert clock.left_at == [0.0, 0.1, 0.2, 0.3]


def test_twice_the_pace_takes_half_the_time(clock: Clock) -> None:
    send(clock, 2.0, [0.0] * 3)
    assert clock.left_at == [0.0, 0.05, 0.1]


def test_lateness_does_not_add_up(clock: Clock) -> None:
    send(clock, 1.0, [0.25, 0.0, 0.0, 0.0])
    assert clock.left_at == [0.0, 0.25, 0.25, 0.3]


def test_without_a_pace_nothing_waits(clock: Clock) -> None:
    pacer = send(clock, 0, [0.0] * 3)
    asyncio.run(pacer.rest())
    assert clock.left_at == [0.0, 0.0, 0.0]
    assert clock.now == 100.0


def test_rest_lasts_until_all_audio_has_gone_by(clock: Clock) -> None:
    pacer = send(clock, 1.0, [0.0] * 3)
    asyncio.run(pacer.rest())
    assert clock.now == pytest.approx(100.3)


def test_rest_without_any_audio_is_over_at_once(clock: Clock) -> None:
    asyncio.run(Pacer(1.0).rest())
    assert clock.now == 100.0


@pytest.mark.parametrize("pace", [-1.0, float("nan"), float("inf")])
def test_a_pace_that_is_no_speed_is_refused(pace: float) -> None:
    with pytest.raises(SuiteError, match="pace has to be 0"):
        Pacer(pace)
