from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httpx_ws import AsyncWebSocketSession
from wsproto.connection import Connection, ConnectionType
from wsproto.events import Ping, Pong

if TYPE_CHECKING:
    from collections.abc import Generator

    from wsproto.events import Event


class HeartbeatSession(AsyncWebSocketSession):
    """A session that outlives a pong it did not ask for, which httpx-ws 0.9 dies of.

    Such pongs are a heartbeat in one direction (RFC 6455, section 5.5.3).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = _Connection()


class _Connection(Connection):
    def __init__(self) -> None:
        super().__init__(ConnectionType.CLIENT)
        self._awaited: set[bytes] = set()

    def send(self, event: Event) -> bytes:
        if isinstance(event, Ping):
            self._awaited.add(bytes(event.payload))
        return super().send(event)

    def events(self) -> Generator[Event, None, None]:
        for event in super().events():
            if not isinstance(event, Pong):
                yield event
            elif bytes(event.payload) in self._awaited:
                self._awaited.remove(bytes(event.payload))
                yield event
