"""Threads for the engine, so that it never holds up the event loop."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stt.local.engine import Recognize

P = ParamSpec("P")
R = TypeVar("R")


class EnginePool:
    """A recognizer and one thread for each core that this process may use.

    Attributes:
        guesses: Held while an unfinished utterance is transcribed. It leaves a thread for what is
            finished, and gives every stream its turn.
    """

    def __init__(self, recognize: Recognize) -> None:
        self.recognize = recognize
        threads = _cores()
        self.guesses = asyncio.Semaphore(max(1, threads - 1))
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="stt-engine")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function on one of the threads; a cancelled call goes on there, unheard."""
        return await asyncio.wrap_future(self._executor.submit(function, *args, **kwargs))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
