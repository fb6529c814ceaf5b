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
    from collections.abc import AsyncIterator, Callable, Mapping

    from pytest_stt.client.address import Address
    from pytest_stt.client.connections import LoopClient

_CONNECTING = {"connection.connect_tcp.started", "connection.start_tls.started"}


class Progress:
    """Follow a request as a trace extension of httpcore.

    Attributes:
        connecting: Whether it waits for its connection.
        unanswered: Whether it has been sent, in part at least, and the head of its answer has not come.
        doing: What is done, as in "while the answer was awaited".
        status: The status of the answer, if it is a success.
    """

    def __init__(self, on_sent: Callable[[], None] | None = None) -> None:
        """Take what to call once, when the head of the request leaves."""
        self._on_sent = on_sent
        self._cut_short = False
        self.connecting = False
        self.unanswered = False
        self.doing = "while it was in use"
        self.status: int | None = None

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
        match event.split(".")[1:]:
            case "send_request_headers", "started":
                self._begin(info["request"].method)
            case "send_request_headers" | "send_request_body", "failed":
                # httpcore goes on and looks for an answer that was given early.
                self._cut_short = True
            case "receive_response_headers", "started" if not self._cut_short:
                self.doing = "while the answer was awaited"
            case "receive_response_headers", "complete":
                self.unanswered, self.doing = False, "while its answer came"

    def _begin(self, method: bytes) -> None:
        self.unanswered, self.doing, self._cut_short = True, "while the request was sent", False
        # A proxy is asked for a tunnel first.
        if self._on_sent is not None and method != b"CONNECT":
            on_sent, self._on_sent = self._on_sent, None
            on_sent()


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
        raise failure(error, where, doing=progress.doing, unanswered=progress.unanswered) from None


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
        progress.status = response.status_code
        body = cast("httpx.AsyncByteStream", response.stream)
        response.stream = TranslatedStream(body, request=response.request, client=client, limit_s=limit_s)
        try:
            yield response
        except httpx.DecodingError as error:
            raise failure(error, str(address)) from None
