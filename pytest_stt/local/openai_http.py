"""The transcription endpoint of the OpenAI API, as api.openai.com answers it.

Source: openai/openai-openapi, `createTranscription`, and the types of openai/openai-python.
"""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from pytest_stt.local.engine import Utterance, transcribe
from pytest_stt.local.speech import SAMPLE_RATE, Samples, sanitize

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from pytest_stt.local.pool import EnginePool

MODEL = "moonshine-tiny-en"
FORMATS = ("json", "text", "verbose_json")
ENGLISH = frozenset({"", "en", "english"})
BOOLEANS = {"true": True, "1": True, "false": False, "0": False, "": False}

LARGEST_UPLOAD = 25 * 1024 * 1024
LONGEST_S = 2 * 60 * 60


class RefusedError(HTTPException):
    """A request that can't be served, with what OpenAI's error object says about it."""

    def __init__(self, message: str, *, param: str | None = None, status: int = 400) -> None:
        super().__init__(status, message)
        self.param = param


@dataclass(frozen=True, kw_only=True)
class TranscriptionRequest:
    """What the form asks for."""

    upload: bytes
    response_format: str
    stream: bool


async def list_models(_request: Request) -> Response:
    """Answer `GET /v1/models` with the one model there is."""
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "moonshine-ai"}
    return JSONResponse({"object": "list", "data": [model]})


async def create_transcription(request: Request) -> Response:
    """Answer `POST /v1/audio/transcriptions`."""
    pool: EnginePool = request.app.state.pool
    async with request.form() as form:
        wanted = await read_form(form)
    samples = await pool.run(decode, wanted.upload)
    if wanted.stream:
        return StreamingResponse(server_sent_events(pool, samples), media_type="text/event-stream")
    utterances = await pool.run(lambda: list(transcribe(pool.recognize, samples)))
    return answer(utterances, wanted.response_format, len(samples) / SAMPLE_RATE)


async def read_form(form: FormData) -> TranscriptionRequest:
    """Read and check the fields that this engine knows; the others are ignored, as OpenAI does."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise RefusedError("A file of audio is required, as a form part with a file name.", param="file")
    if (upload.size or 0) > LARGEST_UPLOAD:
        raise RefusedError(f"The file is larger than {LARGEST_UPLOAD} bytes.", param="file", status=413)
    if not _field(form, "model"):
        raise RefusedError("You must provide a model parameter.", param="model")
    if _field(form, "language").split("-")[0].lower() not in ENGLISH:
        raise RefusedError(
            f"Language {_field(form, 'language')!r}: this engine hears English only.", param="language"
        )
    if "word" in form.getlist("timestamp_granularities[]"):
        raise RefusedError("This engine has no times of words.", param="timestamp_granularities")
    stream = BOOLEANS.get(_field(form, "stream").lower())
    if stream is None:
        raise RefusedError(f"stream is true or false, not {_field(form, 'stream')!r}.", param="stream")
    return TranscriptionRequest(
        upload=await upload.read(), response_format=_response_format(form, stream=stream), stream=stream
    )


def _response_format(form: FormData, *, stream: bool) -> str:
    wanted = _field(form, "response_format") or "json"
    if wanted not in FORMATS:
        expected = ", ".join(FORMATS)
        raise RefusedError(f"response_format {wanted!r} is not one of {expected}.", param="response_format")
    if stream and wanted == "verbose_json":
        raise RefusedError("verbose_json can't be streamed.", param="response_format")
    return wanted


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def decode(upload: bytes) -> Samples:
    """Decode any file that libsndfile reads to mono at 16 kHz."""
    try:
        with soundfile.SoundFile(io.BytesIO(upload)) as audio:
            if audio.frames > LONGEST_S * audio.samplerate:
                raise RefusedError(f"The audio is longer than {LONGEST_S} seconds.", param="file")
            channels = audio.read(dtype="float32", always_2d=True)
            rate = audio.samplerate
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        raise RefusedError("The file is not audio that can be decoded.", param="file") from error
    if not len(channels):
        raise RefusedError("The audio is empty.", param="file")
    mono = channels.mean(axis=1, dtype=np.float32)
    return sanitize(soxr.resample(mono, rate, SAMPLE_RATE))


def answer(utterances: list[Utterance], response_format: str, duration_s: float) -> Response:
    """Build the answer in one of the formats."""
    text = " ".join(utterance.text for utterance in utterances)
    usage = {"type": "duration", "seconds": math.ceil(duration_s)}
    if response_format == "text":
        return PlainTextResponse(text + "\n")
    if response_format == "json":
        return JSONResponse({"text": text, "usage": usage})
    body = {
        "task": "transcribe",
        "language": "english",
        "duration": duration_s,
        "text": text,
        "segments": [segment(number, utterance) for number, utterance in enumerate(utterances)],
        "usage": usage,
    }
    return JSONResponse(body)


def segment(number: int, utterance: Utterance) -> dict[str, Any]:
    """Describe an utterance as a segment of `verbose_json`.

    Clients require the fields after `tokens`, which only Whisper's decoder has values for.
    """
    return {
        "id": number,
        "seek": 0,
        "start": utterance.start_s,
        "end": utterance.end_s,
        "text": f" {utterance.text}",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


async def server_sent_events(pool: EnginePool, samples: Samples) -> AsyncIterator[str]:
    """Yield a delta for each word as soon as its utterance is heard, then the whole text."""
    heard = transcribe(pool.recognize, samples)
    words: list[str] = []
    while utterance := await pool.run(lambda: next(heard, None)):
        for word in utterance.text.split():
            yield event("transcript.text.delta", delta=f" {word}" if words else word)
            words.append(word)
    yield event("transcript.text.done", text=" ".join(words))


def event(kind: str, **fields: str) -> str:
    """Write one server-sent event."""
    return f"data: {json.dumps({'type': kind, **fields})}\n\n"


def error_response(status: int, message: str, *, param: str | None = None) -> Response:
    """Build OpenAI's error object."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    error = {"message": message, "type": kind, "param": param, "code": None}
    return JSONResponse({"error": error}, status_code=status)
