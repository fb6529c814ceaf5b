from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from pytest_stt.client.ownership import in_own_task

pytestmark = pytest.mark.asyncio

Journal = list[str]


def context(
    journal: Journal,
    *,
    opening: Callable[[], object] = lambda: None,
    closing: Callable[[], object] = lambda: None,
) -> Callable[[], AbstractAsyncContextManager[str]]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[str]:
        task = asyncio.current_task()
        await asyncio.sleep(0)
        opening()
        journal.append("open")
        try:
            yield "value"
        finally:
            assert asyncio.current_task() is task
            await asyncio.sleep(0)
            journal.append("closed")
            closing()

    return opened


async def test_the_context_is_entered_and_left_by_one_task_of_its_own() -> None:
    journal: Journal = []
    async with in_own_task(context(journal)) as value:
        assert value == "value"
    assert journal == ["open", "closed"]


async def test_an_error_of_the_block_comes_out_as_it_is() -> None:
    journal: Journal = []
    with pytest.raises(AssertionError, match="the test's own"):
        async with in_own_task(context(journal)):
            raise AssertionError("the test's own")
    assert journal == ["open", "closed"]


def fail(error: BaseException) -> Callable[[], object]:
    def raises() -> None:
        raise error

    return raises


async def test_an_error_of_opening_comes_out_of_its_groups() -> None:
    wrapped = ExceptionGroup("outer", [ExceptionGroup("inner", [OSError("no way")])])
    with pytest.raises(OSError, match="no way"):
        async with in_own_task(context([], opening=fail(wrapped))):
            pass


async def test_an_error_of_closing_is_logged_and_replaces_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "pytest_stt.client"):
        async with in_own_task(context([], closing=fail(OSError("too late")))):
            pass
    assert "too late" in caplog.text


async def test_opening_that_takes_too_long_is_given_up() -> None:
    journal: Journal = []

    @asynccontextmanager
    async def never() -> AsyncIterator[None]:
        try:
            await asyncio.sleep(60)
            yield
        finally:
            journal.append("given up")

    async def enter() -> None:
        async with asyncio.timeout(0.01), in_own_task(never):
            pass

    with pytest.raises(TimeoutError):
        await enter()
    assert journal == ["given up"]


async def test_cancelled_while_opening_it_leaves_no_task() -> None:
    @asynccontextmanager
    async def never() -> AsyncIterator[None]:
        await asyncio.sleep(60)
        yield

    async def enter() -> None:
        async with in_own_task(never):
            pass

    task = asyncio.create_task(enter())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelled_at_the_moment_of_opening_it_closes() -> None:
    journal: Journal = []
    gate = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        await gate
        try:
            yield
        finally:
            journal.append("closed")

    async def enter() -> None:
        async with in_own_task(opened):
            journal.append("inside")

    task = asyncio.create_task(enter())
    await asyncio.sleep(0.01)
    gate.set_result(None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert journal == ["closed"]


async def test_cancelled_inside_it_still_closes() -> None:
    journal: Journal = []

    async def use() -> None:
        async with in_own_task(context(journal)):
            await asyncio.sleep(60)

    task = asyncio.create_task(use())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert journal == ["open", "closed"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_opening_that_is_cancelled_from_within_is_a_cancellation() -> None:
    with pytest.raises(asyncio.CancelledError):
        async with in_own_task(context([], opening=fail(asyncio.CancelledError()))):
            pass


async def test_closing_that_hangs_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.client.ownership._CLOSE_S", 0.01)

    @asynccontextmanager
    async def stuck() -> AsyncIterator[None]:
        yield
        await asyncio.sleep(60)

    async with in_own_task(stuck):
        pass
    assert asyncio.all_tasks() == {asyncio.current_task()}
