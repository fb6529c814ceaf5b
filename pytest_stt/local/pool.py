"""Threads for the engine, so that it never holds up the event loop."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stt.local.engine import Recognize

P = ParamSpec("P")
R = TypeVar("R")


class EnginePool:
    """A recognizer and one thread for each core that this process may use."""

    def __init__(self, recognize: Recognize) -> None:
        self.recognize = recognize
        self._threads = _cores()
        self._executor = ThreadPoolExecutor(self._threads, thread_name_prefix="stt-engine")
        self._calls: set[Future[Any]] = set()

    @property
    def busy(self) -> bool:
        """Whether a new call would have to wait for another one."""
        return sum(not call.done() for call in self._calls) >= self._threads

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function on one of the threads; a cancelled call goes on there, unheard."""
        self._calls = {call for call in self._calls if not call.done()}
        call = self._executor.submit(function, *args, **kwargs)
        self._calls.add(call)
        return await asyncio.wrap_future(call)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
