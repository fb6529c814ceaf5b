from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_stt.errors import STTError
from pytest_stt.records import Try
from pytest_stt.runner.hearing import Attempt
from pytest_stt.runner.retries import (
    asked_wait,
    is_answer,
    is_connection_failure,
    may_pass,
    pause_s,
    status_of,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from pytest_stt.audio import AudioSample
    from pytest_stt.client import STTClient, STTResult
    from pytest_stt.runner.admission import Place
    from pytest_stt.runner.lanes import Lanes
    from pytest_stt.runner.service import Service
    from pytest_stt.runner.utterance import Utterance

_LEAST_LIMIT_S = 0.001


class Span:
    """From when the first request leaves to when the last answer is there, in seconds since the epoch.

    The wall clock is read once: what is set meanwhile can't make the span longer, or negative.
    """

    # As defaults the clocks are the real ones also while freezegun has replaced those of the modules.
    def __init__(
        self, *, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the clocks: one of the seconds since the epoch, and one that nobody sets."""
        self._wall = wall
        self._steady = steady
        self._began_at: float | None = None
        self._began_s = self._ended_s = 0.0

    def now_s(self) -> float:
        """Return the seconds of the clock that nobody sets."""
        return self._steady()

    def begin(self) -> None:
        """Note that a request leaves."""
        if self._began_at is None:
            self._began_at, self._began_s = self._wall(), self._steady()
            self._ended_s = self._began_s

    def end(self) -> None:
        """Note that an answer is there."""
        self._ended_s = self._steady()

    @property
    def moments(self) -> tuple[float, float]:
        """The beginning and the end; where nothing left, it is now that both are."""
        began_at = self._wall() if self._began_at is None else self._began_at
        return began_at, began_at + self._ended_s - self._began_s


class Attempting:
    """Try to obtain one transcript, with pauses between the tries, within one deadline.

    What counts for the deadline are tries and pauses. A try's audio in real time, and other waiting that its
    protocol wants, does not count, nor does waiting for a lane or for the rate.
    """

    def __init__(
        self,
        utterance: Utterance,
        *,
        service: Service,
        lanes: Lanes,
        audio: asyncio.Future[AudioSample],
        span: Span,
    ) -> None:
        self._utterance = utterance
        self._service = service
        self._lanes = lanes
        self._audio = audio
        self._span = span
        self._left_s = service.server.timeout
        self._tries: list[Try] = []
        self._began = 0.0

    async def run(self) -> Attempt:
        """Return a transcript, or the error of the last try. It has its place in the queue at once."""
        try:
            with self._service.join() as place:
                sample = await self._audio
                result = await self._until_heard(sample, place)
        except STTError as error:
            # Frames would keep the audio.
            return Attempt(error=error.with_traceback(None), tries=tuple(self._tries))
        return Attempt(result=result, tries=tuple(self._tries))

    async def _until_heard(self, sample: AudioSample, place: Place) -> STTResult:
        while True:
            self._service.check()
            await place.turn()
            try:
                async with self._lanes.lane() as client:
                    return await self._ask(client, sample, place)
            except STTError as error:
                await self._pause(error)

    async def _ask(self, client: STTClient, sample: AudioSample, place: Place) -> STTResult:
        intended_s, began = client.allowance_s(sample), self._span.now_s()
        self._began = self._began or began
        self._span.begin()
        try:
            limit_s = max(round(self._left_s, 3), _LEAST_LIMIT_S)
            result = await client.hear(sample, limit_s=limit_s, on_sent=place.sent)
        except STTError as error:
            self._note(self._span.now_s() - began, intended_s, error)
            raise
        finally:
            place.ended()
        self._note(self._span.now_s() - began, intended_s, status=result.http_status)
        result.normalizer = self._utterance.case.normalizer
        return result

    def _note(
        self, took_s: float, intended_s: float, error: STTError | None = None, *, status: int | None = None
    ) -> None:
        self._span.end()
        self._left_s -= max(0.0, took_s - intended_s)
        if error is None or is_answer(error):
            self._service.answered()
        text = None
        if error is not None:
            text, status = str(error).partition("\n")[0], status_of(error)
        self._tries.append(Try(error=text, status=status, ms=took_s * 1000))

    async def _pause(self, error: STTError) -> None:
        """Wait until it is time for the next try, or raise the error if there is to be none."""
        pause, server = pause_s(error, len(self._tries)), self._service.server
        if not may_pass(error) or len(self._tries) > server.retries:
            raise self._final(error)
        if pause >= self._left_s:
            raise self._final(error, self._no_time(error))
        self._left_s -= pause
        if not await self._service.pause(pause):
            raise self._final(
                error, "It was not tried again, because there is no connection for other cases."
            )

    def _no_time(self, error: STTError) -> str:
        left = f"the {max(0.0, self._left_s):.1f} s that are left of `timeout`"
        if asked := asked_wait(error):
            return f"The server asked to wait for {asked}, longer than {left}."
        return f"For another try there is too little of {left}."

    def _final(self, error: STTError, *why: str) -> STTError:
        """Return the error; its first line tells also what was tried."""
        tries = len(self._tries)
        tried = f"(tried {tries} times in {self._span.now_s() - self._began:.1f} s)" if tries > 1 else ""
        first, *rest = str(error).split("\n")
        error.args = ("\n".join([" ".join(filter(None, (first, *why, tried))), *rest]),)
        if is_connection_failure(error):
            self._service.failed(self._utterance, error)
        return error
