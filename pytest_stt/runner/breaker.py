from __future__ import annotations

import asyncio
import copy
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_stt.errors import ConnectError, STTError

if TYPE_CHECKING:
    from pytest_stt.runner.utterance import Utterance

FAILURES = 3


class Breaker:
    """Stop asking a server that can't be reached: a dead one must not cost every case its time.

    It opens after `FAILURES` connection failures of cases in a row, and stays open.
    """

    def __init__(self) -> None:
        self._failures: dict[Utterance, STTError] = {}
        self._cause: STTError | None = None
        self._opened = asyncio.Event()

    @property
    def refusal(self) -> STTError | None:
        """The error of a case for which the server is not asked, each time a new one; None while it is."""
        return copy.copy(self._cause)

    def open(self, cause: STTError) -> None:
        """Open, for a cause that is the error of all further cases."""
        self._cause = self._cause or cause
        self._opened.set()

    def answered(self) -> None:
        """Note that the server has answered something."""
        self._failures.clear()

    def failed(self, utterance: Utterance, error: STTError, where: str) -> None:
        """Note that there was no connection for a case, which counts once however often it is tried.

        Args:
            utterance: The case.
            error: Why.
            where: The address without secrets.
        """
        self._failures.setdefault(utterance, error)
        if len(self._failures) >= FAILURES:
            first = next(iter(self._failures.values()))
            what = f"{where} was not asked: {FAILURES} connection failures in a row, the first: {first}"
            self.open(ConnectError(what))

    async def pause(self, pause_s: float) -> bool:
        """Wait, and tell whether the server may still be asked; once that is not so the wait ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._opened.wait()
        return self._cause is None
