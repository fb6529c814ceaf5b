from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

import anyio
import httpx_ws
from wsproto.connection import ConnectionState
from wsproto.frame_protocol import CloseReason

from pytest_stt.client.heartbeats import MessageTooLarge
from pytest_stt.client.size import SizeLimit, weight_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx_ws import AsyncWebSocketSession
    from wsproto.events import BytesMessage, Event, TextMessage


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One message and the moment (`time.monotonic`) at which it was there."""

    data: str | bytes
    at: float


@dataclass(frozen=True, kw_only=True)
class End:
    """Why there are no more messages.

    Attributes:
        code: The close code, 1006 for a connection that broke without a close frame.
        reason: What the server gave as the reason, as it came.
        fault: What the server did against the WebSocket protocol, if that is why.
        excess: That it sent too much, said as it follows its address, if that is why.
        ours: Whether it was this side that closed.
    """

    code: int = 1006
    reason: str = ""
    fault: str = ""
    excess: str = ""
    ours: bool = False


class Inbox:
    """Read a WebSocket all the time, whatever its user does.

    httpx-ws 0.9 keeps no messages: while one waits to be taken it answers no pings, and closes the
    healthy connection when it misses the pong of its own.

    Attributes:
        arrivals: The messages that nobody has taken yet, oldest first.
        end: Why no more will come, once that is so.
    """

    def __init__(
        self,
        session: AsyncWebSocketSession,
        *,
        is_closed: Callable[[], bool] = lambda: False,
        limit: SizeLimit | None = None,
        in_all: bool = False,
    ) -> None:
        """Take an open session.

        Args:
            session: The connection.
            is_closed: Tells whether the client that opened it was closed.
            limit: For the messages that wait to be taken.
            in_all: Let the limit be for all messages, also those that were taken.
        """
        self._session = session
        self._is_closed = is_closed
        self._limit = limit or SizeLimit()
        self._in_all = in_all
        self._bytes = 0
        self.arrivals: deque[Arrival] = deque()
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.end: End | None = None

    def start(self) -> None:
        """Begin to read, in the running event loop; a second call does nothing."""
        if self._task is None and self.end is None:
            self._task = asyncio.create_task(self._read(), name="stt-inbox")

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        # What has come stays.
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def take(self) -> Arrival:
        """Return the oldest message and forget it; there has to be one."""
        arrival = self.arrivals.popleft()
        if not self._in_all:
            self._bytes -= weight_bytes(arrival.data)
        return arrival

    async def wait(self) -> None:
        """Wait until there is a message or the end."""
        while not self.arrivals and self.end is None:
            self._news.clear()
            await self._news.wait()

    async def wait_for_end(self) -> None:
        """Wait until nothing more will come."""
        await self._over.wait()

    async def _read(self) -> None:
        try:
            while self._put(await self._session.receive()):
                pass
            await self._refuse("messages, in all" if self._in_all else "messages that nobody received")
        except MessageTooLarge:
            await self._refuse("one message")
        except httpx_ws.WebSocketDisconnect as disconnect:
            self._finish(self._closed(disconnect))
            # A server waits for the answer; httpx-ws sends it only when the session is left.
            await self._close(disconnect.code)
        except httpx_ws.HTTPXWSException:
            self._finish(End(ours=self._is_closed()))
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            # The session was left.
            pass
        finally:
            self._finish(End(ours=True))

    def _put(self, event: Event) -> bool:
        """Keep a message, and tell whether there may come more."""
        # Pings, pongs and closes don't come here.
        data = cast("TextMessage | BytesMessage", event).data
        whole = data if isinstance(data, str) else bytes(data)
        self._bytes += weight_bytes(whole)
        if self._bytes > self._limit.most_bytes:
            return False
        self.arrivals.append(Arrival(data=whole, at=time.monotonic()))
        self._news.set()
        return True

    async def _refuse(self, what: str) -> None:
        # The next one to look gets the error, and the memory is free.
        self.arrivals.clear()
        self._finish(End(excess=self._limit.words(what)))
        await self._close(CloseReason.MESSAGE_TOO_BIG)

    def _closed(self, disconnect: httpx_ws.WebSocketDisconnect) -> End:
        # wsproto reports bad frames as a close too, but then no close frame has come: the state is open.
        bad_frame = self._session.connection.state is ConnectionState.OPEN
        return End(
            code=int(disconnect.code),
            reason="" if bad_frame else disconnect.reason,
            fault=disconnect.reason if bad_frame else "",
        )

    async def _close(self, code: int) -> None:
        with suppress(Exception):
            await self._session.close(code)

    def _finish(self, end: End) -> None:
        if self.end is None:
            self.end = end
        self._news.set()
        self._over.set()
