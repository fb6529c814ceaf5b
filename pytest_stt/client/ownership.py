from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

T = TypeVar("T")

_CLOSE_S = 2.0
_LOG = logging.getLogger("pytest_stt.client")


@asynccontextmanager
async def in_own_task(
    open_: Callable[[], AbstractAsyncContextManager[T]],
) -> AsyncIterator[T]:
    """Open and close a context in a task of its own.

    httpx-ws has an anyio task group inside, which must be left by the task that entered it (a fixture's
    teardown runs in another one), cancels that task when the connection fails, and wraps the errors of
    the block in an ExceptionGroup. None of that reaches the caller from here.
    """
    ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    leave = asyncio.Event()
    task = asyncio.create_task(_own(open_, ready, leave), name="stt-session")
    try:
        value = await ready
    except BaseException:
        task.cancel()
        await _ended(task, None)
        raise
    try:
        yield value
    finally:
        leave.set()
        await _ended(task, _CLOSE_S)


async def _own(
    open_: Callable[[], AbstractAsyncContextManager[T]], ready: asyncio.Future[T], leave: asyncio.Event
) -> None:
    try:
        async with open_() as value:
            if not ready.done():
                ready.set_result(value)
            await leave.wait()
    except asyncio.CancelledError:
        ready.cancel()
        raise
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(_single(error))


async def _ended(task: asyncio.Task[None], patience_s: float | None) -> None:
    done, _ = await asyncio.wait({task}, timeout=patience_s)
    if not done:
        # The server takes no more data, not even the close frame.
        task.cancel()
        await asyncio.wait({task})
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _LOG.debug("closing the connection failed: %r", error)


def _single(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
