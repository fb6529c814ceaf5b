from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_stt.client.dialects.base import Said, failed
from pytest_stt.client.dialects.word_times import finite_number, read_words
from pytest_stt.client.responses import quoted
from pytest_stt.errors import BusyError, ClosedError, ProtocolError, ServerError

if TYPE_CHECKING:
    from pytest_stt.text.times import TimedWord

_LONGEST_WAIT_MINUTES = 60 * 24 * 365


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One segment as the server gives it; times in seconds of the audio."""

    start: float
    end: float
    text: str
    completed: bool
    words: tuple[TimedWord, ...] = ()


class WhisperLiveDecoder:
    """Read WhisperLive's messages: the last completed segments, repeated, and at most one open one.

    Completed segments are kept by their start. One that begins before the end of the last accepted one is a
    repeat, except that a known start may come with a better text. The open segment is whatever the last
    message said of it. The transcript is all of them, stripped and joined by a space. A later version of a
    segment replaces its words; one that becomes complete with the same text may come without them and then
    keeps those it had when it was open.
    """

    def __init__(self, *, where: str) -> None:
        """Take the address for messages."""
        self._where = where
        self._completed: dict[float, Segment] = {}
        self._accepted_until = -math.inf
        self._open = ""
        self._open_segments: list[Segment] = []

    @property
    def transcript(self) -> str:
        """The completed segments and the open one."""
        texts = [segment.text for segment in self._completed.values()]
        return " ".join(text for text in (*texts, self._open) if text)

    @property
    def words(self) -> list[TimedWord]:
        """The words of the completed segments and of the open one, as far as they came with times."""
        segments = (*self._completed.values(), *self._open_segments)
        return [word for segment in segments for word in segment.words]

    def feed(self, message: str | bytes) -> list[Said]:
        """Take one message and return the texts that it changed."""
        if isinstance(message, bytes):
            return [self._wrong(f"a binary frame of {len(message)} bytes")]
        try:
            content = json.loads(message)
        except (ValueError, RecursionError):
            return [self._wrong(quoted(message))]
        if not isinstance(content, dict):
            return [self._wrong(quoted(message))]
        if "status" in content:
            return [self._status(content)]
        if "segments" in content:
            return self._segments(content["segments"], message)
        return [self._note(content, message)]

    def end(self) -> list[Said]:
        """Return nothing: the protocol has no last message."""
        return []

    def _note(self, content: dict[str, Any], message: str) -> Said:
        if content.get("message") == "SERVER_READY":
            return Said(kind="ready", text=quoted(message))
        if content.get("message") == "DISCONNECT":
            return failed(
                ClosedError(
                    f"{self._where} ended the session before the transcript was whole (DISCONNECT): it has "
                    "a limit of time for each connection, 600 s by default. Use shorter audio, or raise it.",
                    code=1000,
                    reason="DISCONNECT",
                )
            )
        return Said(kind="info", text=quoted(message))

    def _status(self, content: dict[str, Any]) -> Said:
        said = content.get("message")
        words = quoted(said if isinstance(said, str) else json.dumps(said))
        if content["status"] == "WAIT":
            return self._busy(said, words)
        if content["status"] == "ERROR":
            return failed(
                ServerError(f"{self._where} reported an error: {words}. Look into the server's log.")
            )
        return Said(kind="info", text=words)

    def _busy(self, minutes: object, words: str) -> Said:
        error = BusyError(
            f"{self._where} has all its places taken and asks to wait {words} minutes. "
            "Lower `concurrency`, or raise the server's number of clients."
        )
        wait = finite_number(minutes)
        if wait is not None and wait <= _LONGEST_WAIT_MINUTES:
            error.retry_after_s = max(0.0, wait * 60)
        return failed(error)

    def _segments(self, entries: object, message: str) -> list[Said]:
        segments = _read_segments(entries)
        if segments is None:
            return [self._wrong(quoted(message))]
        said = [Said(kind="final", text=segment.text) for segment in segments if self._accept(segment)]
        self._open_segments = [segment for segment in segments if not segment.completed]
        open_text = " ".join(segment.text for segment in self._open_segments)
        if open_text != self._open:
            self._open = open_text
            # A tail that has become a final text has said it already.
            said += [Said(kind="partial", text=open_text)] if open_text or not said else []
        return said

    def _accept(self, segment: Segment) -> bool:
        known = self._completed.get(segment.start)
        if not segment.completed or (known is None and segment.start < self._accepted_until):
            return False
        if known is not None and known.text == segment.text:
            self._completed[segment.start] = replace(known, words=segment.words or known.words)
            return False
        self._completed[segment.start] = replace(segment, words=segment.words or self._words_so_far(segment))
        self._accepted_until = max(self._accepted_until, segment.end)
        return True

    def _words_so_far(self, segment: Segment) -> tuple[TimedWord, ...]:
        return next((former.words for former in self._open_segments if former.text == segment.text), ())

    def _wrong(self, found: str) -> Said:
        return failed(
            ProtocolError(
                f"Expected a JSON message of WhisperLive from {self._where}, found: {found}. "
                "Check that the url is a WhisperLive server."
            )
        )


def _read_segments(entries: object) -> list[Segment] | None:
    if not isinstance(entries, list):
        return None
    segments = []
    for entry in entries:
        # Servers before 2024-11 don't say what is completed: there only the last one is open.
        segment = _read_segment(entry, completed=entry is not entries[-1])
        if segment is None:
            return None
        segments.append(segment)
    return segments


def _read_segment(entry: object, *, completed: bool) -> Segment | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return None
    start, end = finite_number(entry.get("start")), finite_number(entry.get("end"))
    if start is None or end is None:
        return None
    return Segment(
        start=start,
        end=end,
        text=entry["text"].strip(),
        completed=bool(entry.get("completed", completed)),
        words=read_words(entry.get("words")),
    )
