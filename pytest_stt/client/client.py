from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx
import httpx_ws

from pytest_stt.client.address import adapt_scheme, redact, resolve_address, split_address
from pytest_stt.client.connections import Connections
from pytest_stt.client.dialects import Dialect, find_dialect, read_options
from pytest_stt.client.dialects.base import Call
from pytest_stt.client.failures import failure, timeout_error
from pytest_stt.client.heartbeats import HeartbeatSession
from pytest_stt.client.inbox import Inbox
from pytest_stt.client.ownership import in_own_task
from pytest_stt.client.responses import read_quietly, status_error
from pytest_stt.client.result import STTResult
from pytest_stt.client.session import STTSession
from pytest_stt.client.sources import CheckedEventSource, TranslatedStream
from pytest_stt.client.stream import StreamOptions
from pytest_stt.client.timeline import Timeline
from pytest_stt.errors import STTTimeoutError, SuiteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from httpx_sse import EventSource
    from httpx_ws import AsyncWebSocketSession

    from pytest_stt.audio import AudioSample

_UPGRADE = "101 Switching Protocols, as a WebSocket server does"


class STTClient:
    """Send audio to one speech-to-text server, over HTTP, SSE or WebSocket.

    Connections are kept and reused until `aclose`. One client serves any number of event loops one after
    the other, and any number of requests at once. Every failure is an `STTError`.

    Attributes:
        url: The address that is used.
        timeout: Seconds.
    """

    def __init__(
        self,
        *,
        url: str,
        timeout: float = 30.0,
        dialect: str | None = None,
        options: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        stream: StreamOptions | None = None,
        normalizer: str = "none",
        on_score: Callable[[STTResult], None] | None = None,
    ) -> None:
        """Describe the server; nothing is sent yet.

        Args:
            url: `http(s)://` or `ws(s)://`. With a dialect, an address without a path gets the dialect's.
            timeout: Seconds for a whole call of `post` and, on top of what pacing takes, of `transcribe`; of
                `stream`, `sse` and `ws`: for opening, and for each message.
            dialect: Name of the wire protocol that `transcribe` speaks.
            options: Options of the dialect.
            headers: Sent with every request and handshake.
            transport: An httpx transport to use instead of the network.
            stream: How `transcribe` cuts and paces audio; gaps are filled by the dialect.
            normalizer: Name of the normaliser for results of this client.
            on_score: Called with each result that is scored.

        Raises:
            SuiteError: One of the values can't be used.
        """
        if not (isinstance(timeout, int | float) and math.isfinite(timeout) and timeout > 0):
            raise SuiteError(f"timeout has to be a number of seconds above 0, not {timeout!r}.")
        self.timeout = timeout
        self._dialect: Dialect[Any] | None = find_dialect(dialect) if dialect is not None else None
        self._options, self.url = self._resolve(url, options)
        self._stream = (stream or StreamOptions()).over(
            self._dialect.stream_defaults if self._dialect else StreamOptions()
        )
        if self._dialect is not None:
            self._dialect.check(self._options, self._stream)
        self._normalizer = normalizer
        self._on_score = on_score
        self._connections = Connections(
            url=self.url, headers=headers or {}, timeout=timeout, transport=transport
        )

    async def post(self, *, data: bytes | Mapping[str, Any] | None = None, **kwargs: Any) -> httpx.Response:
        """Send a POST and return the whole answer.

        Args:
            data: Bytes are the body as they are; a mapping becomes form fields, as httpx has it.
            **kwargs: Passed to `httpx.AsyncClient.post`. A number as `timeout` replaces the client's; with an
                `httpx.Timeout` or `None` there is no limit for the whole call.

        Raises:
            STTError: There is no answer, or none with a status 2xx; in that case the error is an
                `httpx.HTTPStatusError` too and has `.response`.
        """
        client = await self._connections.client()
        url, limit_s = self._http_url(), self._limit_s(kwargs)
        try:
            async with asyncio.timeout(limit_s):
                response = await client.post(url, **_body(data), **kwargs)
        except TimeoutError:
            raise timeout_error(
                f"{redact(url)} did not give its whole answer within {limit_s:g} s."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failure(error, url) from None
        if not response.is_success:
            raise status_error(response)
        return response

    @asynccontextmanager
    async def stream(
        self, *, data: bytes | Mapping[str, Any] | None = None, **kwargs: Any
    ) -> AsyncIterator[httpx.Response]:
        """Send a POST and give the answer while its body still comes.

        Args:
            data: Bytes are the body as they are; a mapping becomes form fields, as httpx has it.
            **kwargs: Passed to `httpx.AsyncClient.stream`.

        Raises:
            STTError: There is no answer, none with a status 2xx, or its body breaks off.
        """
        client = await self._connections.client()
        request = client.stream("POST", self._http_url(), **_body(data), **kwargs)
        async with AsyncExitStack() as stack:
            response = await self._answered(stack, request, self._limit_s(kwargs))
            try:
                yield response
            except httpx.DecodingError as error:
                raise failure(error, self._http_url()) from None

    @asynccontextmanager
    async def sse(
        self, *, data: bytes | Mapping[str, Any] | None = None, **kwargs: Any
    ) -> AsyncIterator[EventSource]:
        """Send a POST and give the answer as a source of server-sent events.

        An answer of another type is reported at the first event.

        Args:
            data: Bytes are the body as they are; a mapping becomes form fields, as httpx has it.
            **kwargs: Passed to `httpx.AsyncClient.stream`.

        Raises:
            STTError: There is no answer, none with a status 2xx, or its body breaks off.
        """
        headers = httpx.Headers(kwargs.pop("headers", None))
        headers.setdefault("Accept", "text/event-stream")
        headers.setdefault("Cache-Control", "no-store")
        async with self.stream(data=data, headers=headers, **kwargs) as response:
            yield CheckedEventSource(response)

    @asynccontextmanager
    async def ws(self, *, sample: AudioSample | None = None, **kwargs: Any) -> AsyncIterator[STTSession]:
        """Open a WebSocket and give it as a session, closed at the end of the block.

        With the dialect of a WebSocket, its decoder makes the transcript of what the session receives;
        messages are still sent and received by hand.

        Args:
            sample: What will be said; `result()` is scored against its reference text.
            **kwargs: Passed to `httpx_ws.aconnect_ws`.

        Raises:
            STTError: The server can't be reached, or refuses the handshake.
        """
        dialect = self._dialect
        decoder = (
            dialect.decoder(self._options, redact(self.url))
            if dialect and dialect.transport == "ws"
            else None
        )
        async with self._connect(timeline=Timeline(decoder), sample=sample, **kwargs) as session:
            yield session

    async def transcribe(self, sample: AudioSample) -> STTResult:
        """Have the whole conversation of the dialect and return the transcript, scored.

        It is scored against `sample.reference_text`, also where that is empty and means silence.

        Raises:
            STTTimeoutError: There was no whole transcript within `timeout`, not counting the time that the
                dialect takes on purpose: real-time audio, silence after it, waiting for text to settle.
            STTError: There is no transcript.
        """
        result = await self.hear(sample)
        result.score_unasked(sample.reference_text)
        return result

    async def hear(self, sample: AudioSample) -> STTResult:
        """Do what `transcribe` does, without scoring."""
        call = self._call(sample)
        limit_s = self.timeout + self._speaking().allowance_s(call)
        # Opened here, so that the latency is the server's.
        await self._connections.client()
        try:
            async with asyncio.timeout(limit_s):
                await self._speaking().transcribe(call)
        except STTTimeoutError:
            raise
        except TimeoutError:
            raise timeout_error(
                f"{call.where} gave no whole transcript within {limit_s:g} s. {call.timeline.last_words()}"
            ) from None
        result = self._new_result()
        result.describe(sample)
        result.take(call.timeline)
        return result

    async def aclose(self) -> None:
        """Close all connections; the client can't be used after that."""
        await self._connections.aclose()

    def _resolve(self, url: str, options: Mapping[str, Any] | None) -> tuple[Any, str]:
        dialect = self._dialect
        if dialect is None:
            if options:
                raise SuiteError(
                    f"options {', '.join(options)} need a dialect that knows them: give dialect=."
                )
            split_address(url)
            return None, url
        values = read_options(dialect, options or {})
        address = resolve_address(
            url,
            transport=dialect.transport,
            default_path=dialect.default_path,
            path=getattr(values, "path", None),
        )
        return values, address

    def _speaking(self) -> Dialect[Any]:
        if self._dialect is None:
            raise SuiteError("transcribe() needs to know the protocol: STTClient(url=..., dialect='openai').")
        return self._dialect

    def _call(self, sample: AudioSample) -> Call[Any]:
        where = redact(self.url)
        return Call(
            post=self.stream,
            connect=self._connect,
            where=where,
            sample=sample,
            options=self._options,
            stream=self._stream,
            timeline=Timeline(self._speaking().decoder(self._options, where)),
        )

    def _new_result(self) -> STTResult:
        dialect = self._dialect.name if self._dialect else None
        return STTResult(normalizer=self._normalizer, dialect=dialect, _on_score=self._on_score)

    def _http_url(self) -> str:
        return adapt_scheme(self.url, "http")

    def _limit_s(self, kwargs: Mapping[str, Any]) -> float | None:
        given = kwargs.get("timeout", self.timeout)
        return given if isinstance(given, int | float) else None

    async def _answered(
        self,
        stack: AsyncExitStack,
        request: AbstractAsyncContextManager[httpx.Response],
        limit_s: float | None,
    ) -> httpx.Response:
        url = self._http_url()
        try:
            async with asyncio.timeout(limit_s):
                response = await stack.enter_async_context(request)
        except TimeoutError:
            raise timeout_error(f"{redact(url)} did not answer within {limit_s:g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failure(error, url) from None
        if not response.is_success:
            await read_quietly(response)
            raise status_error(response)
        response.stream = TranslatedStream(cast("httpx.AsyncByteStream", response.stream), response.request)
        return response

    @asynccontextmanager
    async def _connect(
        self, *, timeline: Timeline, sample: AudioSample | None = None, **kwargs: Any
    ) -> AsyncIterator[STTSession]:
        url = adapt_scheme(self.url, "ws")
        async with AsyncExitStack() as stack:
            raw = await self._shaken_hands(stack, url, kwargs)
            inbox = Inbox(raw)
            inbox.start()
            stack.push_async_callback(inbox.stop)
            yield STTSession(
                session=raw,
                sample=sample,
                timeout=self.timeout,
                where=redact(url),
                inbox=inbox,
                timeline=timeline,
                result=self._new_result(),
            )

    async def _shaken_hands(
        self, stack: AsyncExitStack, url: str, kwargs: dict[str, Any]
    ) -> AsyncWebSocketSession:
        client, limit_s = await self._connections.client(), self._limit_s(kwargs)
        # httpx-ws writes into the headers that it is given.
        kwargs["headers"] = httpx.Headers(kwargs.get("headers"))
        kwargs.setdefault("session_class", HeartbeatSession)
        socket = in_own_task(lambda: httpx_ws.aconnect_ws(url, client, **kwargs), open_s=limit_s)
        try:
            return await stack.enter_async_context(socket)
        except TimeoutError:
            raise timeout_error(f"{redact(url)} did not open a WebSocket within {limit_s:g} s.") from None
        except httpx_ws.WebSocketUpgradeError as refusal:
            raise status_error(refusal.response, expected=_UPGRADE) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failure(error, url) from None


def _body(data: bytes | Mapping[str, Any] | None) -> dict[str, Any]:
    if data is None:
        return {}
    return {"data": data} if isinstance(data, Mapping) else {"content": data}
