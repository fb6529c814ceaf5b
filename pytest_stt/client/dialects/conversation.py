from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, Literal

from pytest_stt.client.dialects.base import OptionsT, raise_error
from pytest_stt.client.failures import timeout_error
from pytest_stt.client.frames import made_ahead
from pytest_stt.client.pacing import Pacer
from pytest_stt.errors import ClosedError

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_stt.client.dialects.base import Call, Said
    from pytest_stt.client.line import Line


class Conversation(Generic[OptionsT]):
    """Talk over one WebSocket, in the steps that socket protocols are made of.

    Messages are received all the time; each step first reads those that have come, so that an error which
    the server reports ends the conversation, whatever it is doing.
    """

    def __init__(self, call: Call[OptionsT], line: Line) -> None:
        self.call = call
        self._line = line
        self._pacer = Pacer(call.stream.pace or 0.0)

    async def say(self, message: str | bytes) -> None:
        """Send a text or a binary frame."""
        self.listen()
        try:
            await self._line.send(message)
        except ClosedError:
            # What the server said before it closed tells more than the close.
            self.listen()
            raise

    async def stream(self, frames: Generator[str | bytes, None, None], frame_ms: float) -> None:
        """Send frames of audio, each at its time; the first one starts the clock of the latency.

        Args:
            frames: Made in a worker thread, ahead of their time, and closed in the end.
            frame_ms: Milliseconds of audio in a frame.
        """
        async with aclosing(made_ahead(frames, frame_ms)) as made:
            async for frame in made:
                await self._pacer.turn(frame_ms)
                self.call.timeline.start()
                await self.say(frame)

    def listen(self) -> list[Said]:
        """Read the messages that have come.

        Raises:
            STTError: The server reported one.
        """
        sayings = self._line.hear()
        raise_error(sayings)
        return sayings

    async def until(self, kind: Literal["ready", "done"], *, within_s: float, option: str) -> None:
        """Wait until the server is `ready` or `done`.

        Args:
            kind: What to wait for.
            within_s: Seconds to wait at most.
            option: The option that sets this time, for the message.

        Raises:
            STTTimeoutError: It took too long.
            STTError: The server reported one, or closed.
        """
        deadline = time.monotonic() + within_s
        while not any(said.kind == kind for said in self.listen()):
            doing = f"before it was {kind}"
            if not await self._line.wait(deadline - time.monotonic(), doing):
                raise timeout_error(
                    f"{self.call.where} was not {kind} within {within_s:g} s (`{option}`). "
                    f"{self.call.timeline}"
                )

    async def settle(self, idle_s: float) -> None:
        """Wait until all audio has gone by and no new text has come for `idle_s` seconds.

        Raises:
            STTTimeoutError: There is still new text when the client's timeout is over as well.
            STTError: The server reported one, or closed.
        """
        await self._pacer.rest()
        silent_from = time.monotonic()
        patience_s = idle_s + self.call.timeout_s
        while (left_s := self._settled_at(silent_from) + idle_s - time.monotonic()) > 0:
            if time.monotonic() - silent_from > patience_s:
                what = f"{self.call.where} still sent new text {patience_s:g} s after the end of the audio."
                raise timeout_error(f"{what} {self.call.timeline}")
            await self._line.wait(left_s, "before its text had settled")

    def _settled_at(self, silent_from: float) -> float:
        self.listen()
        return max(silent_from, self.call.timeline.last_text_at or silent_from)
