from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pytest_stt.audio import AudioEncoding
from pytest_stt.client.dialects.base import Call, Dialect, chosen_language
from pytest_stt.client.dialects.conversation import Conversation
from pytest_stt.client.dialects.whisperlive_segments import WhisperLiveDecoder
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Generator

_SAMPLE_RATE = 16000
_BYTES_PER_SAMPLE = {AudioEncoding.FLOAT32: 4, AudioEncoding.PCM16: 2}
_END_OF_AUDIO = b"END_OF_AUDIO"


class WhisperLiveOptions(BaseModel):
    """Hold the options of the dialect `whisperlive`.

    Attributes:
        model: Whisper model that the server loads for this session.
        language: Code such as `en` for samples that have no language; of a sample's own the first part is
            sent, `en` of `en-US`. Without any, and with an empty text here, the server detects it.
        task: `transcribe`, or `translate` to English.
        use_vad: Skip stretches without speech.
        initial_prompt: Text that guides the model.
        word_timestamps: Ask for the times of words, which only newer servers have.
        path: Replaces the path of the url.
        ready_timeout: Seconds until the server has loaded its model.
        pad_after_ms: Milliseconds of silence after the audio: its last second is not transcribed.
        settle_ms: Milliseconds without a new text after which the transcript is taken for whole; the
            protocol has no other sign of it.
        extra: Further keys of the handshake.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    model: str = "small"
    language: str | None = None
    task: Literal["transcribe", "translate"] = "transcribe"
    use_vad: bool = True
    initial_prompt: str | None = None
    word_timestamps: bool = False
    path: str | None = None
    ready_timeout: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    pad_after_ms: int = Field(default=2000, ge=0)
    settle_ms: int = Field(default=4000, gt=0)
    extra: dict[str, Any] = {}


class WhisperLiveDialect(Dialect[WhisperLiveOptions]):
    """Speak WhisperLive's WebSocket: a handshake, audio in real time, segments back.

    collabora/WhisperLive, `whisper_live/server.py` and `client.py`. Pace in real time: a server that falls
    45 s behind drops audio.
    """

    name = "whisperlive"
    transport: ClassVar[Literal["http", "ws"]] = "ws"
    default_path = "/"
    Options = WhisperLiveOptions
    # 4096 samples at 16 kHz, as the reference client sends them.
    stream_defaults = StreamOptions(chunk_ms=256, encoding=AudioEncoding.FLOAT32, pace=1.0)

    def check(self, options: WhisperLiveOptions, stream: StreamOptions) -> None:
        """Refuse base64: audio goes as binary frames."""
        if stream.encoding not in _BYTES_PER_SAMPLE:
            raise SuiteError(
                f"The dialect whisperlive takes audio as float32 or pcm16, not as {stream.encoding}: "
                "change `encoding`."
            )

    def decoder(self, options: WhisperLiveOptions, where: str) -> WhisperLiveDecoder:
        """Return a reader of the server's JSON messages."""
        return WhisperLiveDecoder(where=where)

    def allowance_s(self, call: Call[WhisperLiveOptions]) -> float:
        """Count loading the model, the audio and the silence after it, and waiting for the text to settle."""
        options, pace = call.options, call.stream.pace
        audio_ms = call.sample.duration_ms + options.pad_after_ms
        paced_ms = audio_ms / pace if pace else 0.0
        return options.ready_timeout + (paced_ms + options.settle_ms) / 1000

    async def transcribe(self, call: Call[WhisperLiveOptions]) -> None:
        """Shake hands, send audio and silence, and wait until the text has settled."""
        options, chunk_ms = call.options, call.stream.chunk_ms or 256
        async with call.connect(timeline=call.timeline) as line:
            talk = Conversation(call, line)
            await talk.say(json.dumps(handshake(options, call.sample.language)))
            await talk.until("ready", within_s=options.ready_timeout, option="options.ready_timeout")
            await talk.stream(audio_frames(call), chunk_ms)
            await talk.settle(options.settle_ms / 1000)
            # The server discards what it has not transcribed yet and closes: there is no answer to wait for.
            await talk.say(_END_OF_AUDIO)


def handshake(options: WhisperLiveOptions, language: str | None) -> dict[str, Any]:
    """Return the first message of a session."""
    chosen = chosen_language(options.language, language)
    message: dict[str, Any] = {
        "uid": str(uuid.uuid4()),
        "language": chosen or None,
        "task": options.task,
        "model": options.model,
        "use_vad": options.use_vad,
        "send_last_n_segments": 10,
        "no_speech_thresh": 0.45,
        "clip_audio": False,
        "same_output_threshold": 10,
    }
    if options.initial_prompt is not None:
        message["initial_prompt"] = options.initial_prompt
    if options.word_timestamps:
        message["word_timestamps"] = True
    return message | options.extra


def audio_frames(call: Call[WhisperLiveOptions]) -> Generator[bytes, None, None]:
    """Give the audio at 16 kHz, and then silence, frame by frame."""
    encoding, chunk_ms = call.stream.encoding or AudioEncoding.FLOAT32, call.stream.chunk_ms or 256
    yield from call.sample.chunks(chunk_ms=chunk_ms, encoding=encoding, sample_rate=_SAMPLE_RATE)
    frame = bytes(chunk_ms * _SAMPLE_RATE // 1000 * _BYTES_PER_SAMPLE[encoding])
    for _ in range(0, call.options.pad_after_ms, chunk_ms):
        yield frame
