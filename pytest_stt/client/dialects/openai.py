from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pytest_stt.client.dialects.base import Call, Dialect, chosen_language, raise_error
from pytest_stt.client.dialects.openai_answers import OpenAIDecoder, parsed_json, wrong_answer
from pytest_stt.client.responses import quoted
from pytest_stt.client.sources import is_event_stream, is_json
from pytest_stt.client.sse import EventData, EventSplitter
from pytest_stt.client.stream import StreamOptions
from pytest_stt.client.upload import form_with_file, open_upload
from pytest_stt.errors import ProtocolError, SuiteError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

    from pytest_stt.audio import AudioSample
    from pytest_stt.client.timeline import Timeline

_GRACE_S = 0.25
FormValue = str | int | float | bool


class OpenAIOptions(BaseModel):
    """Hold the options of the dialect `openai`; what is not set is not sent, apart from model and language.

    Attributes:
        model: Form field `model`; `null` leaves it out.
        language: ISO-639-1 code for samples that have no language; of a sample's own the first part is
            sent, `en` of `en-US`. An empty text leaves the field out, whatever the sample has.
        prompt: Text that guides the model.
        response_format: What the answer should be; the transcript is read from any of them.
        temperature: 0 to 1; 0 for answers that repeat.
        stream: Ask for server-sent events; a plain answer is read as well.
        timestamp_granularities: `segment`, `word` or both, with `verbose_json`; the times of words are read.
        path: Replaces the path of the url, as in `/inference` of whisper.cpp.
        extra: Further form fields; a list repeats its field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    model: str | None = "whisper-1"
    language: str | None = None
    prompt: str | None = None
    response_format: Literal["json", "text", "verbose_json"] | None = None
    temperature: float | None = Field(default=None, ge=0, le=1)
    stream: bool | None = None
    timestamp_granularities: list[Literal["word", "segment"]] | None = None
    path: str | None = None
    extra: dict[str, FormValue | list[FormValue]] = {}


class OpenAIDialect(Dialect[OpenAIOptions]):
    """Speak OpenAI's `POST /v1/audio/transcriptions`, and what the servers that imitate it make of it.

    OpenAI API reference, "Create transcription". The key goes into the header `Authorization`.
    """

    name = "openai"
    transport: ClassVar[Literal["http", "ws"]] = "http"
    default_path = "/v1/audio/transcriptions"
    Options = OpenAIOptions
    stream_defaults = StreamOptions()

    def check(self, options: OpenAIOptions, stream: StreamOptions) -> None:
        """Refuse to ask for times in an answer that has no place for them."""
        wanted = options.extra.get("response_format", options.response_format)
        if options.timestamp_granularities and wanted in ("json", "text"):
            raise SuiteError(
                f"timestamp_granularities asks for times, and an answer in the format {wanted} has none: "
                "write `response_format: verbose_json`, or leave timestamp_granularities out."
            )

    def decoder(self, options: OpenAIOptions, where: str) -> OpenAIDecoder:
        """Return a reader: an event is a `str`, a whole body that is no event stream is `bytes`."""
        return OpenAIDecoder(plain_text=options.response_format == "text", where=where)

    async def transcribe(self, call: Call[OpenAIOptions]) -> None:
        """Upload the file and read the answer."""
        async with open_upload(call.sample) as upload:
            call.timeline.start()
            form = form_with_file(form_fields(call.options, call.sample), upload)
            async with call.post(**form) as response:
                if is_event_stream(response):
                    await _read_events(response, call.timeline, call.where)
                else:
                    body = await response.aread()
                    if call.options.response_format == "text" and is_json(response):
                        _check_json(body, call.where)
                    raise_error(call.timeline.hear(body, time.monotonic()))


def form_fields(options: OpenAIOptions, sample: AudioSample) -> dict[str, Any]:
    """Return the form fields beside the file, named as OpenAI's own client does it."""
    fields = {
        "model": options.model,
        "language": chosen_language(options.language, sample.language),
        "prompt": options.prompt,
        "response_format": options.response_format,
        "temperature": options.temperature,
        "stream": options.stream,
        "timestamp_granularities[]": options.timestamp_granularities,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")} | options.extra


async def _read_events(response: httpx.Response, timeline: Timeline, where: str) -> None:
    splitter = EventSplitter()
    try:
        async with asyncio.timeout(None) as grace, aclosing(_pieces(response)) as pieces:
            async for piece in pieces:
                if not timeline.done and _hear(splitter.feed(piece), timeline):
                    # The rest of the body is read so that the connection can be used again.
                    grace.reschedule(asyncio.get_running_loop().time() + _GRACE_S)
        _hear(_whole(splitter.end(), where), timeline)
    except UnicodeDecodeError as error:
        raise ProtocolError(f"The event stream from {where} is not UTF-8: {error.reason}.") from None
    except TimeoutError:
        if not timeline.done:
            raise
    raise_error(timeline.end(time.monotonic()))


def _hear(events: list[EventData], timeline: Timeline) -> bool:
    """Read events up to the last one, and tell whether that has come."""
    at = time.monotonic()
    for event in events:
        if not timeline.done:
            raise_error(timeline.hear(event, at))
    return timeline.done


def _whole(rest: list[EventData], where: str) -> list[EventData]:
    """Return the event that lacks its blank line, if it is to be seen that nothing else is missing."""
    for event in rest:
        bare = not event.name and event.strip() not in ("", "[DONE]")
        if bare and not isinstance(parsed_json(event), dict):
            raise ProtocolError(
                f"The event stream from {where} ended in the middle of an event: '{quoted(event)}'. "
                "Look into the server's log."
            )
    return rest


def _check_json(body: bytes, where: str) -> None:
    # What says that it is JSON is no bare text, such as the number of a year.
    if not isinstance(parsed_json(body.decode("utf-8", "replace")), str | dict):
        raise wrong_answer(where, f"is JSON without a text: '{quoted(body.decode('utf-8', 'replace'))}'")


async def _pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for piece in response.aiter_bytes():
        yield piece
