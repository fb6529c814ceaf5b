from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Let utterances be transcribed side by side, and exclusive ones alone, in the order of their coming.

    An exclusive one begins when those before it have ended, and those behind it begin when it has ended.
    """

    def __init__(self) -> None:
        self._running = 0
        self._alone = False
        self._waiting: deque[tuple[asyncio.Future[None], bool]] = deque()

    @asynccontextmanager
    async def turn(self, *, alone: bool) -> AsyncIterator[None]:
        """Wait for a turn, and have it during the block."""
        if self._waiting or not self._is_free(alone):
            await self._wait(alone)
        else:
            self._begin(alone)
        try:
            yield
        finally:
            self._end()

    def _is_free(self, alone: bool) -> bool:
        return not self._alone and not (alone and self._running)

    def _begin(self, alone: bool) -> None:
        self._running += 1
        self._alone = alone

    def _end(self) -> None:
        self._running -= 1
        self._alone = False
        self._call_next()

    async def _wait(self, alone: bool) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = called, alone
        self._waiting.append(entry)
        try:
            await called
        except asyncio.CancelledError:
            if called.cancelled():
                self._waiting.remove(entry)
                self._call_next()
            else:
                self._end()
            raise

    def _call_next(self) -> None:
        while self._waiting and self._is_free(self._waiting[0][1]):
            called, alone = self._waiting[0]
            if called.cancelled():
                # Its task takes it out and calls the next one.
                return
            self._waiting.popleft()
            self._begin(alone)
            called.set_result(None)
