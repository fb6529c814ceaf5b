from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from pytest_stt.audio import AudioEncoding
from pytest_stt.client.arguments import checked_audio, checked_sample, checked_text
from pytest_stt.client.frames import made_ahead
from pytest_stt.client.line import Line
from pytest_stt.client.pacing import Pacer
from pytest_stt.client.result import STTResult, describe, fill, score_unasked
from pytest_stt.client.timeline import Timeline

if TYPE_CHECKING:
    from httpx_ws import AsyncWebSocketSession

    from pytest_stt.audio import AudioSample


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
        line: Line | None = None,
        result: STTResult | None = None,
    ) -> None:
        """Take a session of httpx-ws that is open.

        Args:
            session: The open connection. Whoever opened it closes it.
            sample: What will be said; `result` is scored against its reference text.
            line: What reads `session` already; without one, reading begins at the first use, every text is
                a piece of the transcript, and 30 s is the limit for sending and for receiving a frame.
            result: What `result` fills; by default a new one.
        """
        self._line = line or Line(session=session, timeline=Timeline(), timeout=30.0, where="the server")
        self._sample = sample
        self._result = result or STTResult()
        if sample is not None:
            describe(self._result, sample)

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame; the first one starts the clock of `latency_ms`.

        Raises:
            SuiteError: The data is no bytes.
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
        """
        frame = checked_audio(data)
        self._line.timeline.start()
        await self._line.send(frame)

    async def send_text(self, data: str) -> None:
        """Send a text frame.

        Raises:
            SuiteError: The data is no text, or has half of a surrogate pair.
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
        """
        await self._line.send(checked_text(data))

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
            AudioError: The audio can't be read, `chunk_ms`, `encoding` or `sample_rate` is none.
            SuiteError: `pace` is negative or no finite number, `sample` no AudioSample.
        """
        checked_sample(sample)
        if self._sample is None:
            describe(self._result, sample)
        pacer, as_text = Pacer(pace), encoding == AudioEncoding.PCM16_BASE64
        chunks = sample.chunks(chunk_ms=chunk_ms, encoding=encoding, sample_rate=sample_rate)
        async with aclosing(made_ahead(chunks, chunk_ms)) as frames:
            async for frame in frames:
                await pacer.turn(chunk_ms)
                self._line.timeline.start()
                await self._line.send(frame.decode("ascii") if as_text else frame)

    async def receive_text(self, *, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """Return the next text frame and count it into `result`.

        Args:
            timeout: Seconds to wait at most, 0 for not at all; `None` for the client's timeout.

        Raises:
            SuiteError: The timeout is negative, infinite or no number.
            STTTimeoutError: Nothing came in time.
            ProtocolError: The next frame is binary (it stays, `receive_bytes` returns it), or is not UTF-8.
            ClosedError: The connection has ended and every frame was received.
        """
        return await self._line.receive(str, timeout)

    async def receive_bytes(self, *, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return the next binary frame.

        Args:
            timeout: Seconds to wait at most, 0 for not at all; `None` for the client's timeout.

        Raises:
            SuiteError: The timeout is negative, infinite or no number.
            STTTimeoutError: Nothing came in time.
            ProtocolError: The next frame is a text (it stays, `receive_text` returns it), or is not UTF-8.
            ClosedError: The connection has ended and every frame was received.
        """
        return await self._line.receive(bytes, timeout)

    def result(self) -> STTResult:
        """Return what was received so far, scored if there is a reference.

        It is the same object each time, brought up to date.
        """
        result, timeline = self._result, self._line.timeline
        stale = result.text_metrics is None or result.chunks_received != timeline.chunks_received
        fill(result, timeline)
        reference = result.reference
        if reference is None and self._sample is not None:
            reference = self._sample.reference_text
        if stale and reference is not None:
            score_unasked(result, reference)
        return result
