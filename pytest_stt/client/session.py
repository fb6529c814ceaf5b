from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import httpx_ws
from wsproto.events import BytesMessage, TextMessage
from wsproto.utilities import LocalProtocolError

from pytest_stt.audio import AudioEncoding
from pytest_stt.client.endings import ended_error, message_words
from pytest_stt.client.failures import timeout_error
from pytest_stt.client.inbox import End, Inbox
from pytest_stt.client.pacing import Pacer
from pytest_stt.client.result import STTResult
from pytest_stt.client.timeline import Timeline
from pytest_stt.errors import ProtocolError, STTError, SuiteError

if TYPE_CHECKING:
    from httpx_ws import AsyncWebSocketSession
    from wsproto.events import Message

    from pytest_stt.audio import AudioSample
    from pytest_stt.client.dialects.base import Said

DataT = TypeVar("DataT", str, bytes)

_FRAMES = {str: ("a text frame", "receive_text"), bytes: ("a binary frame", "receive_bytes")}
_LAST_WORDS_S = 1.0
_OTHER_LOOP = (
    "This session was opened in another event loop than the one that uses it, where it would wait for ever. "
    "Let the fixture and the test share a loop: the test's loop_scope, as in "
    '@pytest.mark.asyncio(loop_scope="function"), has to be that of the fixture.'
)


class STTSession:
    """Talk over an open WebSocket.

    Messages are read all the time, also while audio is sent, and wait in their order until they are
    received. A session belongs to the event loop that opened it. It is not for concurrent receivers.
    """

    def __init__(
        self,
        *,
        session: AsyncWebSocketSession,
        sample: AudioSample | None,
        timeout: float = 30.0,
        where: str = "the server",
        inbox: Inbox | None = None,
        timeline: Timeline | None = None,
        result: STTResult | None = None,
    ) -> None:
        """Take a session of httpx-ws that is open.

        Args:
            session: The open connection. Whoever opened it closes it.
            sample: What will be said; `result` is scored against its reference text.
            timeout: Seconds that sending a frame may take, and receiving one where no other limit is given.
            where: The address without secrets, for messages.
            inbox: Reader of `session` that runs already; without one, reading begins at the first use.
            timeline: Where messages are noted and read; by default their texts are the transcript.
            result: What `result` fills; by default a new one.
        """
        self._session = session
        self._sample = sample
        self._timeout = timeout
        self._where = where
        self._loop = asyncio.get_running_loop() if inbox is not None else None
        self._inbox = inbox or Inbox(session)
        self._timeline = timeline or Timeline()
        self._result = result or STTResult()
        if sample is not None:
            self._result.describe(sample)

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame; the first one starts the clock of `latency_ms`.

        Raises:
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
        """
        self._enter()
        self._timeline.start()
        await self._send(BytesMessage(data=data))

    async def send_text(self, data: str) -> None:
        """Send a text frame.

        Raises:
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
        """
        self._enter()
        await self._send(TextMessage(data=data))

    async def send_sample(
        self,
        sample: AudioSample,
        *,
        chunk_ms: int = 200,
        encoding: AudioEncoding = AudioEncoding.FLOAT32,
        sample_rate: int | None = None,
        pace: float = 1.0,
    ) -> None:
        """Send the audio of a sample in frames, as it would come from a microphone.

        Frame k leaves `k * chunk_ms / pace` after frame 0, which leaves at once; lateness never adds up.
        Base64 goes as text frames, the other encodings as binary ones. The last frame may be short.

        Args:
            sample: The audio.
            chunk_ms: Milliseconds of audio in a frame, from 1.
            encoding: Format of the samples.
            sample_rate: Samples per second to resample to; `None` for the sample's own rate.
            pace: Speed against real time; 0 as fast as the server takes it.

        Raises:
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
            AudioError: The audio can't be read.
            SuiteError: `pace` is negative or no finite number.
        """
        if self._sample is None:
            self._result.describe(sample)
        pacer = Pacer(pace)
        for chunk in sample.chunks(chunk_ms=chunk_ms, encoding=encoding, sample_rate=sample_rate):
            await pacer.turn(chunk_ms)
            self._timeline.start()
            if encoding is AudioEncoding.PCM16_BASE64:
                await self.send_text(chunk.decode("ascii"))
            else:
                await self.send_bytes(chunk)

    async def receive_text(self, *, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """Return the next text frame and count it into `result`.

        Args:
            timeout: Seconds to wait at most; `None` for the client's timeout.

        Raises:
            STTTimeoutError: Nothing came in time.
            ProtocolError: The next frame is binary (it stays, `receive_bytes` returns it), or is not UTF-8.
            ClosedError: The connection has ended and every frame was received.
        """
        return await self._receive(str, timeout)

    async def receive_bytes(self, *, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return the next binary frame.

        Args:
            timeout: Seconds to wait at most; `None` for the client's timeout.

        Raises:
            STTTimeoutError: Nothing came in time.
            ProtocolError: The next frame is a text (it stays, `receive_text` returns it), or is not UTF-8.
            ClosedError: The connection has ended and every frame was received.
        """
        return await self._receive(bytes, timeout)

    def result(self) -> STTResult:
        """Return what was received so far, scored if there is a reference.

        It is the same object each time, brought up to date.
        """
        result, timeline = self._result, self._timeline
        stale = result.text_metrics is None or result.chunks_received != timeline.chunks_received
        result.take(timeline)
        reference = result.reference
        if reference is None and self._sample is not None:
            reference = self._sample.reference_text
        if stale and reference is not None:
            result.score_unasked(reference)
        return result

    def hear(self) -> list[Said]:
        """Receive every frame that is there, without waiting, and return what they say in the dialect."""
        sayings: list[Said] = []
        while (arrival := self._inbox.take()) is not None:
            sayings += self._timeline.hear(arrival.data, arrival.at)
        return sayings

    async def news(self, within_s: float, doing: str) -> bool:
        """Wait until a frame is there, and tell whether one is.

        Raises:
            ClosedError: The connection has ended and every frame was received.
        """
        self._enter()
        try:
            async with asyncio.timeout(within_s):
                await self._inbox.wait()
        except TimeoutError:
            return False
        if self._inbox.first() is None:
            raise self._ended(doing)
        return True

    async def _receive(self, kind: type[DataT], limit_s: float | None) -> DataT:
        self._enter()
        frame, _ = _FRAMES[kind]
        patience_s = self._timeout if limit_s is None else limit_s
        if self._inbox.first() is None and not await self.news(patience_s, f"while {frame} was awaited"):
            what = f"{self._where} did not send {frame} within {patience_s:g} s."
            raise timeout_error(f"{what} {self._timeline.last_words()}")
        first = self._inbox.first()
        if first is None or not isinstance(first.data, kind):
            raise self._mismatch(kind, first.data if first else b"")
        self._inbox.take()
        self._timeline.hear(first.data, first.at)
        return first.data

    def _mismatch(self, kind: type[str | bytes], data: str | bytes) -> ProtocolError:
        frame, _ = _FRAMES[kind]
        _, remedy = _FRAMES[type(data)]
        return ProtocolError(
            f"Expected {frame} from {self._where}, found {message_words(data)}. "
            f"It stays the next one: {remedy}() returns it."
        )

    async def _send(self, message: Message[Any]) -> None:
        doing = "while a frame was sent"
        if self._inbox.end is not None:
            raise self._ended(doing)
        try:
            async with asyncio.timeout(self._timeout):
                await self._session.send(message)
        except TimeoutError:
            raise timeout_error(
                f"{self._where} took no data for {self._timeout:g} s. {self._timeline.last_words()}"
            ) from None
        except (httpx_ws.HTTPXWSException, LocalProtocolError):
            await self._hear_the_end()
            raise self._ended(doing) from None

    async def _hear_the_end(self) -> None:
        # A server that closes says why in a frame that may be on its way still.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._inbox.wait_for_end()

    def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        if loop is not self._loop:
            raise SuiteError(_OTHER_LOOP)
        self._inbox.start()

    def _ended(self, doing: str) -> STTError:
        end = self._inbox.end or End(at=time.monotonic())
        return ended_error(end, self._where, doing, self._timeline.last_words())
