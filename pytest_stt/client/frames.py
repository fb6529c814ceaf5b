from __future__ import annotations

import asyncio
import random
import threading
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

T = TypeVar("T")

# Enough to be ahead of real time under load, and little to hold: half a megabyte of float32 at 48 kHz.
_BATCH_MS = 2000
# The first frame need not wait for more than it takes to stay ahead.
_FIRST_MS = 200

# Numbers of our own: those of the user's tests may be seeded.
_CHANCE = random.Random()

# Frames leave late where the event loop shares its core with a crowd; one thread may wait for a slow disk.
_WORKERS = threading.Semaphore(2)


async def made_ahead(frames: Generator[T, None, None], frame_ms: float) -> AsyncGenerator[T, None]:
    """Give frames that a worker thread makes, some seconds of audio ahead of the one that is taken.

    Left early, it waits for the thread and closes `frames`: no file stays open.

    Args:
        frames: Decodes and encodes as it goes; what it raises is raised in place of the last seconds.
        frame_ms: Milliseconds of audio in a frame.
    """
    loop, most = asyncio.get_running_loop(), max(1, int(_BATCH_MS / frame_ms))

    def make(number: int) -> list[T]:
        with _WORKERS:
            return list(islice(frames, number))

    making = loop.run_in_executor(None, make, max(1, int(_FIRST_MS / frame_ms)))
    try:
        while batch := await asyncio.shield(making):
            # By chance, so that streams that began together don't all ask for their next batch together.
            making = loop.run_in_executor(None, make, _CHANCE.randint(most // 2 + 1, most))
            for frame in batch:
                yield frame
    finally:
        # A generator can't be closed while a thread runs it.
        await asyncio.wait({making})
        making.exception()
        frames.close()
