"""WhisperLive's WebSocket: audio in as it is spoken, segments out as they are heard.

Source: collabora/WhisperLive, `whisper_live/server.py`, `backend/base.py` and `client.py`.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from pytest_stt.local.live import STEP, LiveStream, Progress
from pytest_stt.local.speech import SAMPLE_RATE, Samples, sanitize

if TYPE_CHECKING:
    from pytest_stt.local.engine import Utterance
    from pytest_stt.local.pool import EnginePool

REQUIRED = ("uid", "language", "task", "model")
END_OF_AUDIO = b"END_OF_AUDIO"
# WhisperLive's own client keeps finished segments only from a server with this backend.
BACKEND = "faster_whisper"
SEGMENTS_SENT = 10

# When no frame came for so long, the last words are transcribed without waiting for a whole step.
QUIET_S = 0.5
# A client that sends a file at once is slowed down by its own socket, instead of by our memory.
MOST_PENDING = 60 * SAMPLE_RATE

UNSUPPORTED_DATA = 1003
POLICY_VIOLATION = 1008


class BadMessageError(Exception):
    """The client broke the protocol: the connection is closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


async def serve_whisperlive(websocket: WebSocket) -> None:
    """Hold one conversation, from the handshake to the close."""
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        try:
            options = read_options(await _receive(websocket))
            if refusal := why_refused(options):
                await _send(websocket, options, status="ERROR", message=refusal)
            else:
                await _send(websocket, options, message="SERVER_READY", backend=BACKEND)
                await Conversation(websocket, options).hold()
            await websocket.close()
        except BadMessageError as error:
            await websocket.close(error.code, str(error))


def read_options(message: str | bytes) -> dict[str, Any]:
    """Read the first message of a client."""
    try:
        options = json.loads(message) if isinstance(message, str) else None
    except (ValueError, RecursionError):
        options = None
    if not isinstance(options, dict):
        raise BadMessageError(POLICY_VIOLATION, "the first message is not a text of one JSON object")
    if missing := [key for key in REQUIRED if key not in options]:
        raise BadMessageError(POLICY_VIOLATION, f"the first message lacks {', '.join(missing)}")
    return options


def why_refused(options: dict[str, Any]) -> str | None:
    """Say what this engine can't do of what the client wants, or None when it can do all."""
    language = options["language"]
    if language is not None and str(language).split("-")[0].lower() not in {"en", "english"}:
        return "this engine hears English only"
    if options["task"] != "transcribe":
        return "this engine transcribes only"
    if options.get("audio_format", "float32") != "float32":
        return "this engine takes float32 only"
    return None


def read_frame(message: str | bytes) -> Samples:
    """Read the samples of an audio frame: float32, little endian, 16 kHz."""
    if isinstance(message, str):
        raise BadMessageError(UNSUPPORTED_DATA, "audio and END_OF_AUDIO come in binary messages")
    if len(message) % 4:
        raise BadMessageError(UNSUPPORTED_DATA, f"a frame of {len(message)} bytes is not float32 audio")
    return sanitize(np.frombuffer(message, dtype="<f4").astype(np.float32))


class Conversation:
    """The part after the handshake: one task reads audio while another one transcribes it."""

    def __init__(self, websocket: WebSocket, options: dict[str, Any]) -> None:
        self._websocket = websocket
        self._options = options
        self._pool: EnginePool = websocket.app.state.pool
        self._stream = LiveStream(self._pool.recognize)
        self._inbox = Inbox()
        self._completed: list[dict[str, Any]] = []
        self._open: dict[str, Any] | None = None

    async def hold(self) -> None:
        """Return at END_OF_AUDIO; what isn't transcribed by then is discarded."""
        reader = asyncio.create_task(self._read())
        writer = asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
        for task in done:
            task.result()

    async def _read(self) -> None:
        while (message := await _receive(self._websocket)) != END_OF_AUDIO:
            await self._inbox.put(read_frame(message))

    async def _write(self) -> None:
        while True:
            samples, quiet = await self._inbox.take()
            # A guess may be left out when others wait for the engine, but not the last one.
            guess = quiet or not self._pool.busy
            progress = await self._pool.run(self._stream.advance, samples, guess=guess, to_the_end=quiet)
            if progress.finished or guess:
                await self._report(progress)

    async def _report(self, progress: Progress) -> None:
        finished = [segment(utterance, completed=True) for utterance in progress.finished]
        guess = segment(progress.open, completed=False) if progress.open else None
        changed = finished or guess != self._open
        self._completed += finished
        self._open = guess
        segments = [*self._completed[-segments_sent(self._options) :], *([guess] if guess else [])]
        if changed and segments:
            await self._name_language()
            await _send(self._websocket, self._options, segments=segments)

    async def _name_language(self) -> None:
        """Tell the language, once, to a client that asked to have it detected."""
        if self._options["language"] is None:
            await _send(self._websocket, self._options, language="en", language_prob=1.0)
            self._options = {**self._options, "language": "en"}


class Inbox:
    """Audio that was received and isn't transcribed yet."""

    def __init__(self) -> None:
        self._frames: list[Samples] = []
        self._settled = True
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def put(self, frame: Samples) -> None:
        """Add a frame; wait while too much is there."""
        self._frames.append(frame)
        self._settled = False
        self._arrived.set()
        if self._waiting > MOST_PENDING:
            self._taken.clear()
            await self._taken.wait()

    async def take(self) -> tuple[Samples, bool]:
        """Wait for a step's worth of audio, or for what there is when no more comes: then True."""
        quiet = False
        while self._waiting < STEP and not quiet:
            self._arrived.clear()
            try:
                async with asyncio.timeout(None if self._settled else QUIET_S):
                    await self._arrived.wait()
            except TimeoutError:
                quiet = True
        samples = np.concatenate(self._frames or [np.empty(0, dtype=np.float32)])
        self._frames.clear()
        self._settled = quiet
        self._taken.set()
        return samples, quiet

    @property
    def _waiting(self) -> int:
        return sum(len(frame) for frame in self._frames)


def segment(utterance: Utterance, *, completed: bool) -> dict[str, Any]:
    """Describe an utterance as WhisperLive does: times are strings, the text begins with a blank."""
    return {
        "start": f"{utterance.start_s:.3f}",
        "end": f"{utterance.end_s:.3f}",
        "text": f" {utterance.text}",
        "completed": completed,
    }


def segments_sent(options: dict[str, Any]) -> int:
    """Tell how many completed segments the client wants to be sent each time."""
    wanted = options.get("send_last_n_segments", SEGMENTS_SENT)
    return wanted if isinstance(wanted, int) and wanted > 0 else SEGMENTS_SENT


async def _receive(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    content: str | bytes | None = message.get("bytes")
    return content if content is not None else message["text"]


async def _send(websocket: WebSocket, options: dict[str, Any], **content: Any) -> None:
    await websocket.send_text(json.dumps({"uid": options["uid"], **content}))
