"""Audio between the socket it came from and the stream it goes to."""

from __future__ import annotations

import asyncio

import numpy as np

from pytest_stt.local.live import STEP
from pytest_stt.local.speech import SAMPLE_RATE, Samples

# When no frame came for so long, the last words are transcribed without waiting for a whole step.
QUIET_S = 0.5
# A client that sends a file at once is slowed down by its own socket, instead of by our memory.
MOST_PENDING = 60 * SAMPLE_RATE


class Inbox:
    """Audio that was received and isn't transcribed yet."""

    def __init__(self) -> None:
        self._frames: list[Samples] = []
        self._settled = True
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def put(self, frame: Samples) -> None:
        """Add a frame; wait while too much is there."""
        self._frames.append(frame)
        self._settled = False
        self._arrived.set()
        if self._waiting > MOST_PENDING:
            self._taken.clear()
            await self._taken.wait()

    async def take(self) -> tuple[Samples, bool]:
        """Wait for a step's worth of audio, or for what there is when no more comes: then True."""
        quiet = False
        while self._waiting < STEP and not quiet:
            self._arrived.clear()
            try:
                async with asyncio.timeout(None if self._settled else QUIET_S):
                    await self._arrived.wait()
            except TimeoutError:
                quiet = True
        samples = np.concatenate(self._frames or [np.empty(0, dtype=np.float32)])
        self._frames.clear()
        self._settled = quiet
        self._taken.set()
        return samples, quiet

    @property
    def _waiting(self) -> int:
        return sum(len(frame) for frame in self._frames)
