from __future__ import annotations

import asyncio
import math

from pytest_stt.errors import SuiteError


class Pacer:
    """Hold frames back until their time, by absolute deadlines, so that lateness never adds up.

    The clock starts at the first frame. A frame that is late leaves at once, and the next ones
    are on time again.
    """

    def __init__(self, pace: float) -> None:
        """Take the speed against real time; 0 means no waiting.

        Raises:
            SuiteError: The pace is negative or no finite number.
        """
        if not (math.isfinite(pace) and pace >= 0):
            raise SuiteError(
                f"The pace has to be 0 (no waiting) or a speed such as 1.0 (real time), not {pace}."
            )
        self._pace = pace
        self._start: float | None = None
        self._audio_ms = 0.0

    async def turn(self, frame_ms: float) -> None:
        """Wait until the frame, which holds `frame_ms` milliseconds of audio, is due to leave."""
        now = asyncio.get_running_loop().time()
        self._start = now if self._start is None else self._start
        due_ms, self._audio_ms = self._audio_ms, self._audio_ms + frame_ms
        await self._sleep_until(due_ms, now)

    async def rest(self) -> None:
        """Wait until all audio that had its turn has gone by."""
        await self._sleep_until(self._audio_ms, asyncio.get_running_loop().time())

    async def _sleep_until(self, audio_ms: float, now: float) -> None:
        if self._pace == 0 or self._start is None:
            return
        delay_s = self._start + audio_ms / 1000 / self._pace - now
        if delay_s > 0:
            await asyncio.sleep(delay_s)
