from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from pytest_stt.client.frames import made_ahead
from pytest_stt.errors import AudioError

pytestmark = pytest.mark.asyncio


class Maker:
    """Make numbered frames, and note where that was done and whether it was ended."""

    def __init__(
        self, frames: int, *, fails_at: int | None = None, gate: threading.Event | None = None
    ) -> None:
        self.frames, self.fails_at, self.gate = frames, fails_at, gate
        self.made = 0
        self.threads: set[int] = set()
        self.closed = False

    def __iter__(self) -> Generator[int, None, None]:
        try:
            for number in range(self.frames):
                if self.gate is not None and number:
                    self.gate.wait(10)
                if number == self.fails_at:
                    raise AudioError("truncated")
                self.threads.add(threading.get_ident())
                self.made += 1
                yield number
        finally:
            self.closed = True


@pytest.mark.parametrize("frame_ms", [1, 20, 999, 2000, 60_000])
@pytest.mark.parametrize("frames", [0, 1, 7, 300])
async def test_frames_come_in_their_order_and_from_another_thread(frames: int, frame_ms: float) -> None:
    maker = Maker(frames)
    assert [frame async for frame in made_ahead(iter(maker), frame_ms)] == list(range(frames))
    assert threading.get_ident() not in maker.threads
    assert maker.closed or not frames


async def test_no_more_than_some_seconds_are_made_ahead() -> None:
    maker = Maker(100_000)
    async with aclosing(made_ahead(iter(maker), 20)) as frames:
        async for frame in frames:
            if frame == 1000:
                break
    assert maker.made < 1000 + 2 * 2000 / 20 + 2
    assert maker.closed


async def test_an_error_comes_after_frames_that_were_made_before() -> None:
    maker = Maker(1000, fails_at=500)
    heard: list[int] = []

    async def consume() -> None:
        async for frame in made_ahead(iter(maker), 20):
            heard.append(frame)

    with pytest.raises(AudioError, match="truncated"):
        await consume()
    assert heard == list(range(len(heard)))
    assert 500 - 2000 / 20 <= len(heard) <= 500
    assert maker.closed


async def test_an_error_that_nobody_waits_for_any_more_is_no_matter() -> None:
    maker = Maker(1000, fails_at=101)
    async with aclosing(made_ahead(iter(maker), 20)) as frames:
        assert await anext(frames) == 0
    assert maker.closed


async def test_a_cancelled_wait_ends_when_the_thread_is_done() -> None:
    gate = threading.Event()
    maker = Maker(1000, gate=gate)

    async def consume() -> None:
        async with aclosing(made_ahead(iter(maker), 20)) as frames:
            async for _ in frames:
                pass

    task = asyncio.create_task(consume())
    while not maker.made:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    gate.set()
    await asyncio.wait({task})
    assert task.cancelled()
    assert maker.closed
