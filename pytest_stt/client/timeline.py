from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_stt.client.dialects.base import Said, TimingDecoder
from pytest_stt.client.endings import message_words
from pytest_stt.client.masks import Mask
from pytest_stt.records import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.client.dialects.base import Decoder
    from pytest_stt.text.times import TimedWord


_TRANSCRIPT = {"partial", "final"}


class PlainDecoder:
    """Take every text message for a piece of the transcript, joined by a space."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def feed(self, message: str | bytes) -> list[Said]:
        """Return a text as final; a binary message says nothing."""
        if isinstance(message, bytes):
            return [Said(kind="info", text=f"{len(message)} bytes")]
        self._texts.append(message)
        return [Said(kind="final", text=message)]

    def end(self) -> list[Said]:
        """Return nothing: without a protocol every end is a good one."""
        return []

    @property
    def transcript(self) -> str:
        """The texts, joined by a space."""
        return " ".join(self._texts)


class Timeline:
    """Hold what a server said and when.

    The clock is `time.monotonic`; it is read when a message arrives, not when somebody looks at it.

    Attributes:
        chunks_received: Messages that were read.
        done: Whether the server has said that there is no more to come.
        fragments: Transcript texts in the order in which they came.
    """

    def __init__(self, decoder: Decoder | None = None, *, mask: Mask | None = None) -> None:
        """Take what reads messages, and what covers secrets in those that are no transcript."""
        self._decoder = decoder or PlainDecoder()
        self._mask = mask or Mask()
        self._began_at = time.monotonic()
        self._audio_at: float | None = None
        self._heard: list[tuple[float, Said]] = []
        self.chunks_received = 0
        self.done = False
        self.fragments: list[str] = []
        self._last: str | bytes | None = None
        self.last_text_at: float | None = None

    def start(self) -> None:
        """Set the zero of the clock: the request starts, or the first audio frame leaves."""
        if self._audio_at is None:
            self._audio_at = time.monotonic()

    def hear(self, message: str | bytes, at: float) -> list[Said]:
        """Read a message that arrived at `at` and return what it says."""
        self.chunks_received += 1
        self._last = message
        return self._note(self._decoder.feed(message), at)

    def end(self, at: float) -> list[Said]:
        """Read the end of the answer and return what it means."""
        return self._note(self._decoder.end(), at)

    @property
    def hypothesis(self) -> str:
        """The transcript so far."""
        return self._decoder.transcript

    @property
    def words(self) -> Sequence[TimedWord]:
        """The words so far with their times; empty where the protocol or the server gives none."""
        return self._decoder.words if isinstance(self._decoder, TimingDecoder) else ()

    @property
    def latency_ms(self) -> float:
        """Milliseconds from the start to the arrival of the last transcript message, 0.0 if none came."""
        return 0.0 if self.last_text_at is None else max(0.0, self._ms(self.last_text_at))

    @property
    def events(self) -> list[Event]:
        """What was said, timed from the start; what came before it has negative times."""
        return [self._event(said, at) for at, said in self._heard]

    def __str__(self) -> str:
        """Tell in a sentence what was received last."""
        if self._last is None:
            return "No whole message was received."
        return f"The last message received was {message_words(self._last)}."

    def _event(self, said: Said, at: float) -> Event:
        ms = self._ms(at)
        if said.kind in _TRANSCRIPT:
            return Event(ms=ms, kind=said.kind, text=said.text)
        return Event(
            ms=ms, kind="info" if said.kind == "ready" else said.kind, text=self._mask.over(said.text)
        )

    def _ms(self, at: float) -> float:
        return (at - (self._began_at if self._audio_at is None else self._audio_at)) * 1000

    def _note(self, sayings: Iterable[Said], at: float) -> list[Said]:
        sayings = list(sayings)
        for said in sayings:
            self._heard.append((at, said))
            self.done = self.done or said.kind == "done"
            if said.kind in _TRANSCRIPT:
                self.fragments.append(said.text)
                self.last_text_at = at
        return sayings
