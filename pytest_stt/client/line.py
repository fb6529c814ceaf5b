from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import httpx_ws
from wsproto.utilities import LocalProtocolError

from pytest_stt.client.arguments import checked_timeout
from pytest_stt.client.endings import ended_error, message_words
from pytest_stt.client.failures import timeout_error
from pytest_stt.client.inbox import End, Inbox
from pytest_stt.client.masks import Mask
from pytest_stt.client.secrecy import HiddenFrames
from pytest_stt.errors import ProtocolError, STTError, SuiteError

if TYPE_CHECKING:
    from httpx_ws import AsyncWebSocketSession

    from pytest_stt.client.dialects.base import Said
    from pytest_stt.client.timeline import Timeline

DataT = TypeVar("DataT", str, bytes)

_FRAMES = {str: ("a text frame", "receive_text"), bytes: ("a binary frame", "receive_bytes")}
_LAST_WORDS_S = 1.0
_OTHER_LOOP = (
    "This session was opened in another event loop than the one that uses it, where it would wait for ever. "
    "Let the fixture and the test share a loop: the test's loop_scope, as in "
    '@pytest.mark.asyncio(loop_scope="function"), has to be that of the fixture.'
)


class Line:
    """An open WebSocket that is read all the time, belongs to one event loop, and fails in our words."""

    def __init__(
        self,
        *,
        session: AsyncWebSocketSession,
        timeline: Timeline,
        timeout: float,
        where: str,
        inbox: Inbox | None = None,
        mask: Mask | None = None,
    ) -> None:
        """Take an open session.

        Args:
            session: The connection. Whoever opened it closes it.
            timeline: Where received messages are noted and read.
            timeout: Seconds that sending a frame may take, and waiting for one where no limit is given.
            where: The address without secrets, for messages.
            inbox: Reader of `session` that runs already; without one, reading begins at the first use.
            mask: Covers secrets in what the server says, where that is quoted in an error.
        """
        self._mask = mask or Mask()
        self.timeline = timeline
        self.session = session
        self._timeout = timeout
        self._where = where
        self._loop = asyncio.get_running_loop() if inbox is not None else None
        self._inbox = inbox or Inbox(session)

    async def send(self, message: str | bytes) -> None:
        """Send a text or a binary frame.

        Raises:
            ClosedError: The connection has ended.
            STTTimeoutError: The server takes no more data.
        """
        with HiddenFrames(self._mask):
            await self._send(message)

    async def _send(self, message: str | bytes) -> None:
        self._enter()
        doing = "while a frame was sent"
        if self._inbox.end is not None:
            raise self._ended(doing)
        try:
            async with asyncio.timeout(self._timeout):
                await self._put(message)
        except TimeoutError:
            what = f"{self._where} took no data for {self._timeout:g} s."
            raise timeout_error(f"{what} {self.timeline}") from None
        except (httpx_ws.HTTPXWSException, LocalProtocolError):
            await self._hear_the_end()
            raise self._ended(doing) from None

    async def receive(self, kind: type[DataT], limit_s: float | None) -> DataT:
        """Take the next frame, which has to be of this kind, and note it.

        Raises:
            SuiteError: The limit is no number of seconds, or infinite.
            STTTimeoutError: Nothing came in time.
            ProtocolError: The next frame is of the other kind and stays, or breaks the protocol; or too
                much came.
            ClosedError: The connection has ended and every frame was taken.
        """
        with HiddenFrames(self._mask):
            return await self._receive(kind, limit_s)

    async def _receive(self, kind: type[DataT], limit_s: float | None) -> DataT:
        frame, _ = _FRAMES[kind]
        patience_s = self._timeout if limit_s is None else checked_timeout(limit_s, zero=True)
        if not await self.wait(patience_s, f"while {frame} was awaited"):
            what = f"{self._where} did not send {frame} within {patience_s:g} s."
            raise timeout_error(f"{what} {self.timeline}")
        arrival = self._inbox.arrivals[0]
        if not isinstance(arrival.data, kind):
            raise self._mismatch(frame, arrival.data)
        self._inbox.take()
        self.timeline.hear(arrival.data, arrival.at)
        return arrival.data

    async def wait(self, within_s: float, doing: str) -> bool:
        """Wait until there is a frame to take, and tell whether there is one.

        Raises:
            ProtocolError: A frame breaks the protocol, or too much came.
            ClosedError: The connection has ended and every frame was taken.
        """
        self._enter()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._inbox.wait()
        if self._inbox.end is not None and not self._inbox.arrivals:
            raise self._ended(doing)
        return bool(self._inbox.arrivals)

    def hear(self) -> list[Said]:
        """Take every frame that is there, without waiting, and return what they say."""
        sayings: list[Said] = []
        while self._inbox.arrivals:
            arrival = self._inbox.take()
            sayings += self.timeline.hear(arrival.data, arrival.at)
        return sayings

    async def _put(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self.session.send_text(message)
        else:
            await self.session.send_bytes(message)

    async def _hear_the_end(self) -> None:
        # A server that closes says why in a frame that may be on its way still.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._inbox.wait_for_end()

    def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        if loop is not self._loop:
            raise SuiteError(_OTHER_LOOP)
        self._inbox.start()

    def _mismatch(self, expected: str, data: str | bytes) -> ProtocolError:
        _, remedy = _FRAMES[type(data)]
        return ProtocolError(
            f"Expected {expected} from {self._where}, found {message_words(data)}. "
            f"It stays the next one: {remedy}() returns it."
        )

    def _ended(self, doing: str) -> STTError:
        end = self._inbox.end or End()
        return ended_error(end, self._where, doing, str(self.timeline))
