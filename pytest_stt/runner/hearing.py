"""What the runner hands over for one utterance, and who obtains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import logging

    from pytest_stt.client import STTResult
    from pytest_stt.errors import STTError
    from pytest_stt.records import Try
    from pytest_stt.runner.utterance import Utterance


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One transcription: a result or an error, never both.

    Attributes:
        result: What was heard, unscored.
        error: Why nothing was heard.
        tries: Every request that was made for it, in order; those that were tried again have an error.
    """

    result: STTResult | None = None
    error: STTError | None = None
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """All transcriptions of one utterance: one, or as many as its repetition says.

    Attributes:
        attempts: In the order in which they were begun, at least one.
        began_at: When the first request left, in seconds since the epoch.
        ended_at: When the last answer was there, in seconds since the epoch.
        log: What was logged for it in the runner's thread, for the report of its own case.
    """

    attempts: tuple[Attempt, ...]
    began_at: float
    ended_at: float
    log: tuple[logging.LogRecord, ...] = ()


class Transcriber(Protocol):
    """Obtain what was heard of utterances, live or from a file."""

    def prefetch(self, utterance: Utterance) -> None:
        """Begin to transcribe an utterance that will be taken soon; a second call for it does nothing."""

    def take(self, utterance: Utterance) -> Hearing:
        """Return what was heard, waiting for it where needed, and forget it: the next call asks anew."""

    def drop(self, utterance: Utterance) -> None:
        """Forget an utterance that nobody will take, and end what is in flight for it.

        One that was taken, or never prefetched, is no matter.
        """

    @property
    def ahead(self) -> int:
        """How many utterances were prefetched and not taken yet."""

    def close(self) -> None:
        """End what is in flight, and close every connection."""
