from __future__ import annotations

from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
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

    def run(
        self, function: Callable[Args, Awaitable[Value]], *args: Args.args, **kwargs: Args.kwargs
    ) -> Value:
        """Run a coroutine function in the loop and wait for its value.

        Whatever ends the wait early, Ctrl-C and timeout plugins included, cancels the task: it
        would otherwise hold its connection until its own deadline.
        """
        portal = self._started()
        future: Future[Value] = portal.start_task_soon(lambda: function(*args, **kwargs))
        try:
            # An unbounded wait can't be interrupted by Ctrl-C on Windows, and no wait ends when a
            # future is cancelled that nobody has begun to run.
            while not future.done():
                wait([future], timeout=WAKE_UP_S)
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def _started(self) -> BlockingPortal:
        if self._portal is None:
            self._context = start_blocking_portal(name="stt")
            self._portal = self._context.__enter__()
        return self._portal

    @property
    def started(self) -> bool:
        """Whether the thread runs."""
        return self._portal is not None

    def close(self) -> None:
        """Cancel what is in flight and end the thread; closing twice is harmless."""
        context, portal = self._context, self._portal
        self._context = self._portal = None
        if context is not None and portal is not None:
            portal.call(portal.stop, True)
            context.__exit__(None, None, None)
