"""The event loop in its own thread."""

from __future__ import annotations

import asyncio
import signal
import threading
from concurrent.futures import CancelledError

import pytest

from pytest_stt.runner import BackgroundLoop, background


async def nothing() -> str:
    return threading.current_thread().name


def test_runs_in_a_thread_of_its_own_name() -> None:
    loop = BackgroundLoop()
    assert "stt" in loop.run(nothing)
    loop.close()
    loop.close()
    assert not loop.started


def test_what_is_in_flight_is_cancelled_when_the_wait_is_left() -> None:
    """As by Ctrl-C, or by a timeout plugin."""
    loop = BackgroundLoop()
    ended = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    class Left(BaseException):
        pass

    def leave(*_: object) -> None:
        raise Left

    old = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(Left):
            loop.run(hang)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert ended.wait(5)
    loop.close()


def test_a_timeout_error_of_a_signal_handler_ends_the_wait() -> None:
    """As that of a test which limits its own time with an alarm."""
    loop = BackgroundLoop()

    def leave(*_: object) -> None:
        raise TimeoutError("of the alarm")

    old = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(TimeoutError, match="of the alarm"):
            loop.run(asyncio.sleep, 10)
    finally:
        signal.signal(signal.SIGALRM, old)
    loop.close()


def test_a_timeout_error_of_the_task_is_its_own() -> None:
    async def fail() -> None:
        raise TimeoutError("of the task")

    loop = BackgroundLoop()
    with pytest.raises(TimeoutError, match="of the task"):
        loop.run(fail)
    loop.close()


def test_submitting_does_not_wait_and_keeps_the_order() -> None:
    loop, begun, go = BackgroundLoop(), [], threading.Event()

    async def begin(number: int) -> int:
        begun.append(number)
        while not go.is_set():
            await asyncio.sleep(0.005)
        return number

    futures = [loop.submit(begin, number) for number in range(20)]
    assert not any(future.done() for future in futures)
    go.set()
    assert [loop.wait(future) for future in futures] == list(range(20))
    assert begun == list(range(20))
    loop.close()


def test_cancelling_a_future_cancels_its_task() -> None:
    loop, started, ended = BackgroundLoop(), threading.Event(), threading.Event()

    async def hang() -> None:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    future = loop.submit(hang)
    assert started.wait(5)
    future.cancel()
    assert ended.wait(5)
    with pytest.raises(CancelledError):
        loop.wait(future)
    loop.close()


def test_a_wait_outlasts_its_own_wake_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAKE_UP_S", 0.01)
    loop = BackgroundLoop()
    assert loop.run(asyncio.sleep, 0.1, "done") == "done"
    loop.close()


def test_closing_cancels_what_is_in_flight() -> None:
    loop = BackgroundLoop()
    started = threading.Event()
    seen: list[BaseException] = []

    async def hang() -> None:
        started.set()
        await asyncio.sleep(60)

    def wait() -> None:
        try:
            loop.run(hang)
        except BaseException as error:
            seen.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert started.wait(5)
    loop.close()
    thread.join(5)
    assert len(seen) == 1
