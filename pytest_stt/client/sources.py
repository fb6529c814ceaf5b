"""Bodies that report failures in our words while they are read."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import httpx
from httpx_sse import EventSource

from pytest_stt.client.address import redact
from pytest_stt.client.failures import closed_by_us, failure
from pytest_stt.client.responses import body_words, read_quietly
from pytest_stt.client.secrecy import HiddenFrames
from pytest_stt.errors import ProtocolError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from httpx_sse import ServerSentEvent

    from pytest_stt.client.connections import LoopClient


class TranslatedStream(httpx.AsyncByteStream):
    """Pass a body on; what httpx raises on the way becomes an `STTError`."""

    def __init__(self, stream: httpx.AsyncByteStream, request: httpx.Request, client: LoopClient) -> None:
        self._stream = stream
        self._request = request
        self._client = client

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the pieces of the body as they come."""
        with HiddenFrames():
            try:
                async for piece in self._stream:
                    yield piece
            except httpx.HTTPError as error:
                where = redact(str(self._request.url))
                if self._client.is_closed:
                    raise closed_by_us(where) from None
                error.request = self._request
                raise failure(error, where) from None

    async def aclose(self) -> None:
        """Close the body."""
        await self._stream.aclose()


class CheckedEventSource(EventSource):
    """Give the events of a response, or say what came instead."""

    async def aiter_sse(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Give the events as they come.

        Raises:
            ProtocolError: The answer is no event stream.
        """
        if not is_event_stream(self.response):
            await read_quietly(self.response)
            found = printable(self.response.headers.get("content-type", "no content type"))
            raise ProtocolError(
                f"Expected an event stream (text/event-stream) from {redact(str(self.response.url))}, "
                f"found {found}{body_words(self.response)}"
            )
        async with aclosing(super().aiter_sse()) as events:
            async for event in events:
                yield event


def is_event_stream(response: httpx.Response) -> bool:
    """Tell whether the answer calls itself an event stream."""
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == "text/event-stream"
