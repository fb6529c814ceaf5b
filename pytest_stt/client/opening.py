"""Requests up to the moment where their user takes over."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Self, cast

import httpx

from pytest_stt.client.failures import closed_by_us, connect_timeout, failure, timeout_error
from pytest_stt.client.responses import read_quietly, status_error
from pytest_stt.client.sources import TranslatedStream
from pytest_stt.errors import STTError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pytest_stt.client.address import Address
    from pytest_stt.client.connections import LoopClient

_CONNECTING = {"connection.connect_tcp.started", "connection.start_tls.started"}


class Progress:
    """Follow a request as a trace extension of httpcore.

    Attributes:
        connecting: Whether it waits for its connection.
    """

    def __init__(self) -> None:
        self.connecting = False

    @classmethod
    def of(cls, kwargs: dict[str, Any]) -> Self:
        """Return what follows the request that is made with these arguments of httpx, and see to it."""
        extensions = dict(kwargs.get("extensions") or {})
        trace = extensions.setdefault("trace", cls())
        kwargs["extensions"] = extensions
        return trace if isinstance(trace, cls) else cls()

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take the name of the step that begins or has ended; one that fails is still the last one."""
        if not event.endswith(".failed"):
            self.connecting = event in _CONNECTING


@asynccontextmanager
async def limited(
    client: LoopClient,
    where: str,
    limit_s: float | None,
    missing: str,
    *,
    progress: Progress,
    story: object = "",
) -> AsyncIterator[None]:
    """Limit the time of a block that uses a client, and let only errors of ours out of it.

    Args:
        client: Ends the block when it is closed.
        where: The address without secrets, for messages.
        limit_s: Seconds, `None` for no limit.
        missing: What did not happen when the time is over, as in "did not answer".
        progress: Follows the request that is made in the block.
        story: Added to that message; made a `str` only then.

    Raises:
        STTTimeoutError: The time is over; a `ConnectTimeoutError` when there was no connection yet.
        ClosedError: The client was closed.
        STTError: httpx raised something.
    """
    try:
        async with asyncio.timeout(limit_s) as wait:
            with client.ending(wait):
                yield
    except STTError:
        raise
    except (TimeoutError, RuntimeError, httpx.HTTPError, httpx.InvalidURL) as error:
        if client.is_closed:
            raise closed_by_us(where) from None
        if isinstance(error, RuntimeError):
            raise
        if isinstance(error, TimeoutError):
            if progress.connecting:
                raise connect_timeout(where, f"{limit_s:g} s") from None
            late = f"{where} {missing} within {limit_s:g} s. {story}"
            raise timeout_error(late.rstrip()) from None
        raise failure(error, where) from None


@asynccontextmanager
async def open_answer(
    client: LoopClient, address: Address, limit_s: float | None, **kwargs: Any
) -> AsyncIterator[httpx.Response]:
    """Send a POST and give the answer while its body still comes; all failures are ours.

    Raises:
        STTError: There is no answer, none with a status 2xx, or its body breaks off.
    """
    progress = Progress.of(kwargs)
    async with AsyncExitStack() as stack:
        async with limited(client, str(address), limit_s, "did not answer", progress=progress):
            response = await stack.enter_async_context(client.stream("POST", address.reveal(), **kwargs))
        if not response.is_success:
            await read_quietly(response)
            raise status_error(response)
        body = cast("httpx.AsyncByteStream", response.stream)
        response.stream = TranslatedStream(body, request=response.request, client=client, limit_s=limit_s)
        try:
            yield response
        except httpx.DecodingError as error:
            raise failure(error, str(address)) from None
