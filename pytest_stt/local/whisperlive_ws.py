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

from pytest_stt.local.inbox import Inbox
from pytest_stt.local.live import LiveStream
from pytest_stt.local.speech import Samples, sanitize

if TYPE_CHECKING:
    from pytest_stt.local.engine import Utterance
    from pytest_stt.local.pool import EnginePool

REQUIRED = ("uid", "language", "task", "model")
END_OF_AUDIO = b"END_OF_AUDIO"
# WhisperLive's own client keeps finished segments only from a server with this backend.
BACKEND = "faster_whisper"
SEGMENTS_SENT = 10

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
    """The part after the handshake: audio is received, finished and guessed at by a task each."""

    def __init__(self, websocket: WebSocket, options: dict[str, Any]) -> None:
        self._websocket = websocket
        self._options = options
        self._pool: EnginePool = websocket.app.state.pool
        self._stream = LiveStream(self._pool.recognize)
        self._stream_lock = asyncio.Lock()
        self._inbox = Inbox()
        self._news = asyncio.Event()
        self._quiet = False
        self._completed: list[dict[str, Any]] = []
        self._open: dict[str, Any] | None = None

    async def hold(self) -> None:
        """Return at END_OF_AUDIO; what isn't transcribed by then is discarded."""
        tasks = [asyncio.create_task(work) for work in (self._receive(), self._finish(), self._guess())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _receive(self) -> None:
        while (message := await _receive(self._websocket)) != END_OF_AUDIO:
            await self._inbox.put(read_frame(message))

    async def _finish(self) -> None:
        while True:
            samples, self._quiet = await self._inbox.take()
            async with self._stream_lock:
                finished = await self._pool.run(self._stream.advance, samples)
                if finished:
                    self._completed += [segment(utterance, completed=True) for utterance in finished]
                    await self._report(None)
            self._news.set()

    async def _guess(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            async with self._pool.guesses, self._stream_lock:
                guess = await self._pool.run(self._stream.guess, to_the_end=self._quiet)
                open_segment = segment(guess, completed=False) if guess else None
                if open_segment != self._open:
                    await self._report(open_segment)

    async def _report(self, open_segment: dict[str, Any] | None) -> None:
        self._open = open_segment
        segments = self._completed[-segments_sent(self._options) :]
        if open_segment:
            segments = [*segments, open_segment]
        if segments:
            await self._name_language()
            await _send(self._websocket, self._options, segments=segments)

    async def _name_language(self) -> None:
        """Tell the language, once, to a client that asked to have it detected."""
        if self._options["language"] is None:
            await _send(self._websocket, self._options, language="en", language_prob=1.0)
            self._options = {**self._options, "language": "en"}


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
