from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import httpx_ws
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, TextMessage

if TYPE_CHECKING:
    from httpx_ws import AsyncWebSocketSession
    from wsproto.events import Event


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
        ours: Whether it was this side that closed.
        at: The moment (`time.monotonic`).
    """

    code: int = 1006
    reason: str = ""
    fault: str = ""
    ours: bool = False
    at: float


class Inbox:
    """Read a WebSocket all the time, whatever its user does, and keep the messages in their order.

    httpx-ws 0.9 keeps no messages: while one waits to be taken it answers no pings, and closes the
    healthy connection when it misses the pong of its own.
    """

    def __init__(self, session: AsyncWebSocketSession) -> None:
        self._session = session
        self._arrivals: deque[Arrival] = deque()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.end: End | None = None

    def start(self) -> None:
        """Begin to read, in the running event loop; a second call does nothing."""
        if self._task is None and self.end is None:
            self._task = asyncio.create_task(self._read(), name="stt-inbox")

    async def stop(self) -> None:
        """Stop reading; what has come stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def first(self) -> Arrival | None:
        """Return the oldest message and leave it where it is."""
        return self._arrivals[0] if self._arrivals else None

    def take(self) -> Arrival | None:
        """Return the oldest message and remove it."""
        return self._arrivals.popleft() if self._arrivals else None

    async def wait(self) -> None:
        """Wait until there is a message or the end."""
        while not self._arrivals and self.end is None:
            self._news.clear()
            await self._news.wait()

    async def wait_for_end(self) -> None:
        """Wait until nothing more will come."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _read(self) -> None:
        try:
            while True:
                self._put(await self._session.receive())
        except httpx_ws.WebSocketDisconnect as disconnect:
            self._finish(self._closed(disconnect))
            await self._answer_close(disconnect.code)
        except (httpx_ws.HTTPXWSException, anyio.EndOfStream, anyio.ClosedResourceError):
            self._finish(End(at=time.monotonic()))
        finally:
            self._finish(End(ours=True, at=time.monotonic()))

    def _put(self, event: Event) -> None:
        if isinstance(event, (TextMessage, BytesMessage)):
            data = event.data if isinstance(event, TextMessage) else bytes(event.data)
            self._arrivals.append(Arrival(data=data, at=time.monotonic()))
            self._news.set()

    def _closed(self, disconnect: httpx_ws.WebSocketDisconnect) -> End:
        # wsproto reports bad frames as a close too, but then no close frame has come: the state is open.
        bad_frame = self._session.connection.state is ConnectionState.OPEN
        return End(
            code=int(disconnect.code),
            reason="" if bad_frame else disconnect.reason,
            fault=disconnect.reason if bad_frame else "",
            at=time.monotonic(),
        )

    async def _answer_close(self, code: int) -> None:
        # A server waits for the answer to its close frame; httpx-ws sends it only when the session is left.
        with suppress(Exception):
            await self._session.close(code)

    def _finish(self, end: End) -> None:
        if self.end is None:
            self.end = end
        self._news.set()
