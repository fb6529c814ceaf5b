from __future__ import annotations

import asyncio
import concurrent.futures
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

Args = ParamSpec("Args")
Value = TypeVar("Value")

WAKE_UP_S = 0.5


class BackgroundLoop:
    """An event loop in a thread of its own, named "stt".

    It never touches the loop of the main thread, so it runs beside pytest-asyncio and anyio.
    """

    def __init__(self) -> None:
        self._context: AbstractContextManager[BlockingPortal] | None = None
        self._portal: BlockingPortal | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(
        self, function: Callable[Args, Coroutine[Any, Any, Value]], *args: Args.args, **kwargs: Args.kwargs
    ) -> Future[Value]:
        """Let the loop run a coroutine function, behind those submitted before, and return at once.

        Cancelling the future cancels the task.
        """
        # The portal's own start_task_soon waits until the loop has begun the task.
        return asyncio.run_coroutine_threadsafe(function(*args, **kwargs), self._running())

    def wait(self, future: Future[Value]) -> Value:
        """Wait for the value of what was submitted.

        Whatever ends the wait early, Ctrl-C and timeout plugins included, cancels the task: it
        would otherwise hold its connection until its own deadline.
        """
        try:
            # An unbounded wait can't be interrupted by Ctrl-C on Windows.
            while not future.done():
                # Unlike the future's own methods this raises nothing by itself: a TimeoutError that comes
                # out of it is that of a signal handler.
                concurrent.futures.wait([future], timeout=WAKE_UP_S)
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def run(
        self, function: Callable[Args, Coroutine[Any, Any, Value]], *args: Args.args, **kwargs: Args.kwargs
    ) -> Value:
        """Run a coroutine function in the loop and wait for its value, as `wait` does."""
        return self.wait(self.submit(function, *args, **kwargs))

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._context = start_blocking_portal(name="stt")
            self._portal = self._context.__enter__()
            self._loop = self._portal.call(asyncio.get_running_loop)
        return self._loop

    @property
    def started(self) -> bool:
        """Whether the thread runs."""
        return self._loop is not None

    def close(self) -> None:
        """Cancel what is in flight and end the thread; closing twice is harmless."""
        context, portal = self._context, self._portal
        self._context = self._portal = self._loop = None
        if context is not None and portal is not None:
            portal.call(portal.stop, True)
            context.__exit__(None, None, None)
