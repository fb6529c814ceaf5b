"""Bodies that report failures in our words while they are read."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

import httpx
from httpx_sse import EventSource

from pytest_stt.client.address import redact
from pytest_stt.client.failures import closed_by_us, failure, timeout_error
from pytest_stt.client.masks import Mask
from pytest_stt.client.responses import body_words, read_quietly
from pytest_stt.client.secrecy import HiddenFrames
from pytest_stt.errors import ProtocolError, STTError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

    from httpx_sse import ServerSentEvent

    from pytest_stt.client.connections import LoopClient

T = TypeVar("T")


async def each_within(pieces: AsyncIterable[T], limit_s: float | None, missing: str) -> AsyncIterator[T]:
    """Pass on what comes, and wait for each piece this many seconds at most, for ever with `None`.

    Raises:
        STTTimeoutError: One took longer; the message begins with what is `missing`.
    """
    iterator = aiter(pieces)
    while True:
        try:
            async with asyncio.timeout(limit_s):
                piece = await anext(iterator)
        except StopAsyncIteration:
            return
        except STTError:
            raise
        except TimeoutError:
            raise timeout_error(f"{missing} for {limit_s:g} s.") from None
        yield piece


class TranslatedStream(httpx.AsyncByteStream):
    """Pass a body on; what httpx raises on the way becomes an `STTError`."""

    def __init__(
        self,
        stream: httpx.AsyncByteStream,
        *,
        request: httpx.Request,
        client: LoopClient,
        limit_s: float | None,
    ) -> None:
        """Take the body of the answer that `client` got; `limit_s` is for each piece of it."""
        self._stream = stream
        self._request = request
        self._client = client
        self._limit_s = limit_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the pieces of the body as they come."""
        where = redact(str(self._request.url))
        with HiddenFrames(Mask.of(self._request)):
            try:
                async for piece in each_within(self._stream, self._limit_s, f"Nothing came from {where}"):
                    yield piece
            except httpx.HTTPError as error:
                if self._client.is_closed:
                    raise closed_by_us(where) from None
                error.request = self._request
                raise failure(error, where) from None

    async def aclose(self) -> None:
        """Close the body."""
        await self._stream.aclose()


class CheckedEventSource(EventSource):
    """Give the events of a response, or say what came instead."""

    def __init__(self, response: httpx.Response, *, limit_s: float | None) -> None:
        """Take an answer whose body comes; `limit_s` is for each event of it."""
        super().__init__(response)
        self._limit_s = limit_s

    async def aiter_sse(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Give the events as they come.

        Raises:
            ProtocolError: The answer is no event stream.
            STTTimeoutError: There was no event for too long; a comment that keeps the stream alive is none.
        """
        where = redact(str(self.response.url))
        if not is_event_stream(self.response):
            await read_quietly(self.response)
            found = printable(self.response.headers.get("content-type", "no content type"))
            raise ProtocolError(
                Mask.of(self.response.request).over(
                    f"Expected an event stream (text/event-stream) from {where}, "
                    f"found {found}{body_words(self.response)}"
                )
            )
        async with aclosing(super().aiter_sse()) as events:
            async for event in each_within(events, self._limit_s, f"No event came from {where}"):
                yield event


def is_event_stream(response: httpx.Response) -> bool:
    """Tell whether the answer calls itself an event stream."""
    return _content_type(response) == "text/event-stream"


def is_json(response: httpx.Response) -> bool:
    """Tell whether the answer calls itself JSON."""
    return _content_type(response) == "application/json"


def _content_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()
