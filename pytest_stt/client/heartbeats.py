from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import anyio
from httpx_ws import AsyncWebSocketSession, HTTPXWSException
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping, Pong, TextMessage

from pytest_stt.client.size import SizeLimit, weight_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from wsproto.events import Event


class MessageTooLarge(HTTPXWSException):
    """One message, in one frame or in many, is larger than a message may be."""


class HeartbeatSession(AsyncWebSocketSession):
    """A session that outlives what httpx-ws 0.9 dies of.

    A pong that it did not ask for is a heartbeat in one direction (RFC 6455, section 5.5.3). A message
    without end, or in a million of fragments, raises `MessageTooLarge` from `receive`.
    """

    def __init__(self, *args: Any, limit: SizeLimit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = _Connection(limit or SizeLimit())
        # The usual lock lets every other task go first, at each frame.
        self._write_lock = anyio.Lock(fast_acquire=True)


class _Connection(Connection):
    def __init__(self, limit: SizeLimit) -> None:
        super().__init__(ConnectionType.CLIENT)
        self._most_bytes = limit.most_bytes
        self._awaited: set[bytes] = set()
        self._fragments: list[Any] = []
        self._bytes = 0
        self._too_large = False

    def send(self, event: Event) -> bytes:
        if isinstance(event, Ping):
            self._awaited.add(bytes(event.payload))
        return super().send(event)

    def events(self) -> Generator[Event, None, None]:
        for event in super().events():
            if isinstance(event, TextMessage | BytesMessage):
                yield from self._whole(event)
            elif not isinstance(event, Pong):
                yield event
            elif bytes(event.payload) in self._awaited:
                self._awaited.remove(bytes(event.payload))
                yield event

    def _whole(self, message: TextMessage | BytesMessage) -> Iterator[Event]:
        """Join the fragments of a message; httpx-ws would copy all that has come with each of them."""
        self._bytes += weight_bytes(message.data)
        if self._too_large or self._bytes > self._most_bytes:
            if not self._too_large:
                # What it doesn't know httpx-ws hands to `receive`, which raises exceptions of this kind.
                yield cast("Event", MessageTooLarge())
            self._too_large = True
            self._fragments.clear()
            return
        self._fragments.append(message.data)
        if message.message_finished:
            data = self._fragments[0][:0].join(self._fragments)
            self._fragments.clear()
            self._bytes = 0
            yield type(message)(data=data)
