from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

from pytest_stt.client.dialects.base import Said, failed
from pytest_stt.client.dialects.word_times import words_of
from pytest_stt.client.responses import message_in, quoted
from pytest_stt.client.sse import EventData
from pytest_stt.errors import ProtocolError, ServerError

if TYPE_CHECKING:
    from pytest_stt.text.times import TimedWord

# A text may begin with a bracket, as Whisper's "[Music]" does.
_LIKE_JSON = re.compile(r"""\s*(\{|\[\s*([\[\]{"]|-?\d))""")
_PATH_ADVICE = "Check the path of the url and `options.response_format`."


class OpenAIDecoder:
    """Read the answers of OpenAI's transcription API and of its imitators.

    The shape is recognised, because servers differ and change: OpenAI's event types, chat chunks (vLLM),
    segments (WhisperLive), bare text (transformers), all with or without `[DONE]`. Whether events are JSON
    objects or bare text is decided by the first one; whatever then doesn't fit is an error.
    """

    def __init__(self, *, plain_text: bool, where: str) -> None:
        """Take whether a body is the transcript itself, and the address for messages."""
        self._plain_text = plain_text
        self._where = where
        self._pieces: list[str] = []
        self._joiner = ""
        self._whole: str | None = None
        self._complete = False
        self._shape: Literal["objects", "text"] | None = None
        self._words: tuple[TimedWord, ...] = ()

    @property
    def transcript(self) -> str:
        """The text, without the white space around it."""
        whole = self._joiner.join(self._pieces) if self._whole is None else self._whole
        return whole.strip()

    @property
    def words(self) -> tuple[TimedWord, ...]:
        """The words that the answer has times of; those of a stream's last event, else of all its events."""
        return self._words

    def feed(self, message: str | bytes) -> list[Said]:
        """Take the data of one event, or as bytes a whole body."""
        return self._body(message) if isinstance(message, bytes) else self._event(message)

    def end(self) -> list[Said]:
        """Take the end of the stream, which is an error before the server has said that it is done."""
        if self._complete:
            return []
        heard = f" after '{quoted(self.transcript)}'" if self.transcript else ""
        return [
            failed(
                ProtocolError(
                    f"The event stream from {self._where} ended{heard} without its last event "
                    "(transcript.text.done, or [DONE]). Look into the server's log."
                )
            )
        ]

    def _body(self, body: bytes) -> list[Said]:
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            return [self._wrong(f"is not UTF-8 ({error.reason} at byte {error.start})")]
        parsed = parsed_json(text)
        if isinstance(parsed, dict):
            return self._object(parsed)
        if not self._plain_text:
            return [self._wrong(f"is not a JSON object: '{quoted(text)}'" if text.strip() else "is empty")]
        if what := _no_speech(text):
            return [self._wrong(what)]
        # FastAPI writes a text that is returned as it is as a JSON string.
        return self._finish(parsed if isinstance(parsed, str) else text)

    def _object(self, answer: dict[str, Any]) -> list[Said]:
        text = answer.get("text")
        if isinstance(text, str):
            self._words = words_of(answer)
            return self._finish(text)
        if _is_error(answer):
            return [self._server_error(answer)]
        if "text" in answer:
            return [self._wrong(f"has a `text` that is no text: {quoted(json.dumps(text))}")]
        return [self._wrong(f"has no `text`, only {quoted(', '.join(answer)) or 'nothing'}")]

    def _event(self, data: str) -> list[Said]:
        if data.strip() == "[DONE]":
            self._complete = True
            return [Said(kind="done")]
        event = parsed_json(data)
        name = data.name if isinstance(data, EventData) else ""
        if name == "error" or (isinstance(event, dict) and _is_error(event)):
            return [self._server_error(event if isinstance(event, dict) else {"message": data})]
        if not isinstance(event, dict):
            return [_info(data)] if name else self._bare(data, event)
        if self._shape == "text":
            return [self._wrong(f"has an object between events of text: {quoted(data)}")]
        self._shape, self._complete = "objects", False
        words = words_of(event)
        is_last = event.get("type") == "transcript.text.done"
        self._words = (words or self._words) if is_last else self._words + words
        return self._shaped(event)

    def _bare(self, data: str, value: object) -> list[Said]:
        if not data.strip() and self._shape is None:
            # A heartbeat, or all there is to say of silence.
            self._complete = True
            return []
        if self._shape == "objects":
            return (
                [self._wrong(f"has an event that is no JSON object: '{quoted(data)}'")]
                if data.strip()
                else []
            )
        if self._shape is None and (what := _no_speech(data, value)):
            return [self._wrong(f"has an event that {what}")]
        # Bare text has no end mark: there the end of the stream is the end.
        self._shape, self._complete = "text", True
        return self._add(data)

    def _shaped(self, event: dict[str, Any]) -> list[Said]:
        if "type" in event:
            return self._named(event)
        if "choices" in event:
            return self._add("".join(_contents(event)))
        if isinstance(event.get("text"), str):
            self._joiner = " "
            return self._add(event["text"].strip())
        return [_info(json.dumps(event))]

    def _named(self, event: dict[str, Any]) -> list[Said]:
        kind, text = event["type"], event.get("text")
        if kind == "transcript.text.delta" and isinstance(event.get("delta"), str):
            return self._add(event["delta"])
        if kind == "transcript.text.done" and isinstance(text, str | None):
            return self._finish(text or "".join(self._pieces))
        if kind in ("transcript.text.delta", "transcript.text.done"):
            return [self._wrong(f"has an event without a text: {quoted(json.dumps(event))}")]
        if kind == "error":
            return [self._server_error(event)]
        return [_info(json.dumps(event))]

    def _add(self, piece: str) -> list[Said]:
        if not piece:
            return []
        self._pieces.append(piece)
        return [Said(kind="partial", text=piece)]

    def _finish(self, text: str) -> list[Said]:
        self._whole = text
        self._complete = True
        return [Said(kind="final", text=text), Said(kind="done")]

    def _wrong(self, what: str) -> Said:
        return failed(wrong_answer(self._where, what))

    def _server_error(self, answer: dict[str, Any]) -> Said:
        words = message_in(answer) or json.dumps(answer)
        return failed(
            ServerError(f"{self._where} reported an error: {quoted(words)}. Look into the server's log.")
        )


def wrong_answer(where: str, what: str) -> ProtocolError:
    """Return the error of an answer that can't be understood; `what` says why, after "The answer"."""
    return ProtocolError(f"The answer of {where} {what}. {_PATH_ADVICE}")


def parsed_json(text: str) -> object:
    """Return what a text means as JSON, `None` if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_error(answer: dict[str, Any]) -> bool:
    # The flat one is vLLM's.
    return bool(answer.get("error")) or answer.get("object") == "error"


def _no_speech(text: str, value: object = "") -> str:
    """Say what a text is that can't be a transcript, else return an empty text.

    `value` is what it means as JSON, where a number would be no transcript either.
    """
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        return f"is a web page: '{quoted(text)}'"
    if (
        _LIKE_JSON.match(text)
        or isinstance(value, int | float | list)
        or (value is None and text.strip() == "null")
    ):
        return f"is neither text nor a JSON object: '{quoted(text)}'"
    return ""


def _info(data: str) -> Said:
    return Said(kind="info", text=quoted(data))


def _contents(chunk: dict[str, Any]) -> list[str]:
    # vLLM's usage chunk has no choices, its last one no content.
    choices = chunk["choices"] if isinstance(chunk["choices"], list) else []
    deltas = [choice.get("delta") for choice in choices[:1] if isinstance(choice, dict)]
    contents = [delta.get("content") for delta in deltas if isinstance(delta, dict)]
    return [content for content in contents if isinstance(content, str)]
