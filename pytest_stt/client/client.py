from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from pytest_stt.audio import AudioSample
from pytest_stt.client.address import Address, Transport, adapt_scheme, resolve_address, split_address
from pytest_stt.client.arguments import (
    checked_megabytes,
    checked_normalizer,
    checked_sample,
    checked_timeout,
    checked_type,
)
from pytest_stt.client.connections import Connections
from pytest_stt.client.dialects import Dialect, find_dialect, read_options
from pytest_stt.client.dialects.base import Call
from pytest_stt.client.headers import checked_headers
from pytest_stt.client.masks import Mask
from pytest_stt.client.opening import Progress, limited, open_answer
from pytest_stt.client.responses import status_error
from pytest_stt.client.result import STTResult, describe, fill, score_unasked
from pytest_stt.client.secrecy import HiddenFrames
from pytest_stt.client.size import SizeLimit
from pytest_stt.client.sources import CheckedEventSource
from pytest_stt.client.stream import StreamOptions
from pytest_stt.client.timeline import Timeline
from pytest_stt.errors import STTError, SuiteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx
    from httpx_sse import EventSource

    from pytest_stt.client.line import Line
    from pytest_stt.client.session import STTSession


class STTClient:
    """Send audio to one speech-to-text server, over HTTP, SSE or WebSocket.

    Connections are kept and reused until `aclose`. One client serves any number of event loops one after
    the other, and any number of requests at once. Every failure is an `STTError`.

    Attributes:
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
        normalizer: str | list[Any] = "none",
        max_response_mb: float = 16.0,
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
            normalizer: The normaliser for results of this client: a name, or a list of steps as in a suite,
                `["basic", {"drop": ["uh"]}]`.
            max_response_mb: Megabytes (10^6 bytes, decompressed) that the server may send: as one response,
                as one WebSocket message, as all messages of one `transcribe`, and as messages of a session
                that wait to be received.
            on_score: Called with each result that is scored.

        Raises:
            SuiteError: One of the values can't be used.
        """
        with HiddenFrames():
            self.timeout = checked_timeout(timeout)
            self._limit = SizeLimit(checked_megabytes("max_response_mb", max_response_mb))
            checked_type("url", url, str, "a text such as 'http://127.0.0.1:8000'")
            checked_type("dialect", dialect, (str, NoneType), "a name such as 'openai'")
            checked_type("options", options, (Mapping, NoneType), "a mapping such as {'language': 'en'}")
            checked_type("stream", stream, (StreamOptions, NoneType), "a StreamOptions")
            self._dialect: Dialect[Any] | None = find_dialect(dialect) if dialect is not None else None
            self._options, self._address = self._resolve(url, options)
            self._stream = (stream or StreamOptions()).over(
                self._dialect.stream_defaults if self._dialect else StreamOptions()
            )
            if self._dialect is not None:
                self._dialect.check(self._options, self._stream)
            self._normalizer = checked_normalizer("normalizer", normalizer)
            self._on_score = on_score
            self._mask = Mask(self.url, checked_headers(headers))
            self._connections = Connections(
                address=self._address,
                headers=headers,
                timeout=timeout,
                limit=self._limit,
                transport=transport,
            )

    @property
    def url(self) -> str:
        """The address that is used, with its secrets."""
        return self._address.reveal()

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
        with HiddenFrames(self._mask):
            kwargs["headers"] = checked_headers(kwargs.get("headers"))
            client, address = await self._connections.client(), self._adapted("http")
            missing, progress = "did not give its whole answer", Progress.of(kwargs)
            async with limited(client, str(address), self._limit_s(kwargs), missing, progress=progress):
                response = await client.post(address.reveal(), **_body(data), **kwargs)
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
        async with AsyncExitStack() as stack:
            with HiddenFrames(self._mask):
                kwargs["headers"] = checked_headers(kwargs.get("headers"))
                client, address = await self._connections.client(), self._adapted("http")
                answer = open_answer(client, address, self._limit_s(kwargs), **_body(data), **kwargs)
                response = await stack.enter_async_context(answer)
            yield response

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
        with HiddenFrames(self._mask):
            headers, limit_s = checked_headers(kwargs.pop("headers", None)), self._limit_s(kwargs)
        headers.setdefault("Accept", "text/event-stream")
        headers.setdefault("Cache-Control", "no-store")
        async with self.stream(data=data, headers=headers, **kwargs) as response:
            yield CheckedEventSource(response, limit_s=limit_s)

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
        from pytest_stt.client.session import STTSession

        with HiddenFrames(self._mask):
            checked_type("sample", sample, (AudioSample, NoneType), "an AudioSample")
        dialect = self._dialect
        reads = dialect is not None and dialect.transport == "ws"
        timeline = self._timeline() if reads else Timeline(mask=self._mask)
        async with self._connect(timeline=timeline, **kwargs) as line:
            yield STTSession(session=line.session, sample=sample, line=line, result=self._new_result())

    async def transcribe(self, sample: AudioSample) -> STTResult:
        """Have the whole conversation of the dialect and return the transcript, scored.

        It is scored against `sample.reference_text`, also where that is empty and means silence.

        Raises:
            STTTimeoutError: There was no whole transcript within `timeout`, not counting the time that the
                dialect takes on purpose: real-time audio, silence after it, waiting for text to settle.
            STTError: There is no transcript.
        """
        result = await self.hear(sample)
        score_unasked(result, sample.reference_text)
        return result

    def allowance_s(self, sample: AudioSample) -> float:
        """Return the seconds that `transcribe` may take for a sample on top of the timeout.

        It is what the dialect takes on purpose: real-time audio, silence after it, waiting for text to
        settle; 0.0 without a dialect.

        Raises:
            SuiteError: `sample` is no AudioSample.
        """
        if self._dialect is None:
            return 0.0
        return self._dialect.allowance_s(self._call(checked_sample(sample), self.timeout, Progress()))

    async def hear(
        self,
        sample: AudioSample,
        *,
        limit_s: float | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> STTResult:
        """Do what `transcribe` does, without scoring.

        Args:
            sample: The audio.
            limit_s: Seconds for this call in place of the client's timeout.
            on_sent: Called once, over the network, when the connection is made and the head of the request
                or of the handshake leaves.
        """
        with HiddenFrames(self._mask):
            timeout_s = self.timeout if limit_s is None else checked_timeout(limit_s)
            progress = Progress(on_sent)
            dialect, call = self._speaking(), self._call(checked_sample(sample), timeout_s, progress)
            limit_s = timeout_s + dialect.allowance_s(call)
            # Opened before the clock starts, so that the latency is the server's.
            client = await self._connections.client()
            try:
                missing, story = "gave no whole transcript", call.timeline
                async with limited(client, call.where, limit_s, missing, progress=progress, story=story):
                    await dialect.transcribe(call)
            except STTError:
                # What goes wrong behind the last word is no matter.
                if not call.timeline.done:
                    raise
        result = self._new_result()
        describe(result, sample)
        fill(result, call.timeline)
        result.http_status = progress.status
        return result

    async def aclose(self) -> None:
        """Close all connections; the client can't be used after that."""
        await self._connections.aclose()

    def _resolve(self, url: str, options: Mapping[str, Any] | None) -> tuple[Any, Address]:
        dialect = self._dialect
        if dialect is None:
            if options:
                raise SuiteError(
                    f"options {', '.join(options)} need a dialect that knows them: give dialect=."
                )
            split_address(url)
            return None, Address(url)
        values = read_options(dialect, options or {})
        address = resolve_address(
            url,
            transport=dialect.transport,
            default_path=dialect.default_path,
            path=getattr(values, "path", None),
        )
        return values, Address(address)

    def _adapted(self, transport: Transport) -> Address:
        return Address(adapt_scheme(self.url, transport))

    def _speaking(self) -> Dialect[Any]:
        if self._dialect is None:
            raise SuiteError("transcribe() needs to know the protocol: STTClient(url=..., dialect='openai').")
        return self._dialect

    def _call(self, sample: AudioSample, timeout_s: float, progress: Progress) -> Call[Any]:
        extensions = {"trace": progress}
        return Call(
            post=partial(self.stream, timeout=timeout_s, extensions=extensions),
            connect=partial(
                self._connect,
                patience_s=timeout_s,
                limit_in_all=True,
                timeout=timeout_s,
                extensions=extensions,
            ),
            where=str(self._address),
            sample=sample,
            options=self._options,
            stream=self._stream,
            timeout_s=timeout_s,
            timeline=self._timeline(),
        )

    def _timeline(self) -> Timeline:
        return Timeline(self._speaking().decoder(self._options, str(self._address)), mask=self._mask)

    def _new_result(self) -> STTResult:
        dialect = self._dialect.name if self._dialect else None
        return STTResult(normalizer=self._normalizer, dialect=dialect, _on_score=self._on_score)

    def _limit_s(self, kwargs: Mapping[str, Any]) -> float | None:
        given = kwargs.get("timeout", self.timeout)
        return checked_timeout(given) if isinstance(given, int | float) else None

    @asynccontextmanager
    async def _connect(
        self,
        *,
        timeline: Timeline,
        patience_s: float | None = None,
        limit_in_all: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[Line]:
        # What speaks WebSocket takes a while to import, and most clients never do.
        from pytest_stt.client.sockets import open_line

        with HiddenFrames(self._mask):
            address, limit_s = self._adapted("ws"), self._limit_s(kwargs)
        opened = open_line(
            self._connections,
            address,
            timeline=timeline,
            limit_s=limit_s,
            patience_s=patience_s or self.timeout,
            size=self._limit,
            in_all=limit_in_all,
            **kwargs,
        )
        async with opened as line:
            yield line


def _body(data: bytes | Mapping[str, Any] | None) -> dict[str, Any]:
    if data is None:
        return {}
    return {"data": data} if isinstance(data, Mapping) else {"content": data}
