"""WebSockets up to the moment where their user takes over; imported when one is opened."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx_ws

from pytest_stt.client.headers import checked_headers
from pytest_stt.client.heartbeats import HeartbeatSession
from pytest_stt.client.inbox import Inbox
from pytest_stt.client.line import Line
from pytest_stt.client.masks import Mask
from pytest_stt.client.opening import Progress, limited
from pytest_stt.client.ownership import in_own_task
from pytest_stt.client.responses import status_error
from pytest_stt.client.secrecy import HiddenFrames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from httpx_ws import AsyncWebSocketSession

    from pytest_stt.client.address import Address
    from pytest_stt.client.connections import Connections, LoopClient
    from pytest_stt.client.size import SizeLimit
    from pytest_stt.client.timeline import Timeline

_UPGRADE = "101 Switching Protocols, as a WebSocket server does"


@asynccontextmanager
async def open_line(
    connections: Connections,
    address: Address,
    *,
    timeline: Timeline,
    limit_s: float | None,
    patience_s: float,
    size: SizeLimit,
    in_all: bool,
    **kwargs: Any,
) -> AsyncIterator[Line]:
    """Open a WebSocket and read it all the time; it is closed at the end of the block.

    Args:
        connections: Have the httpx client of the running loop.
        address: Where to.
        timeline: Where messages are noted.
        limit_s: Seconds for opening it, `None` for no limit.
        patience_s: Seconds that sending a frame may take, and waiting for one.
        size: How much the server may send at once.
        in_all: Whether that is the limit of the whole conversation.
        **kwargs: Passed to `httpx_ws.aconnect_ws`.

    Raises:
        STTError: The server can't be reached, or refuses the handshake.
    """
    async with AsyncExitStack() as stack:
        with HiddenFrames():
            kwargs["headers"] = checked_headers(kwargs.get("headers"))
            client = await connections.client()
            mask = Mask(address.reveal(), client.headers, kwargs["headers"])
        with HiddenFrames(mask):
            kwargs.setdefault("session_class", partial(HeartbeatSession, limit=size))
            opened = _open_socket(client, address, limit_s, **kwargs)
            session = await stack.enter_async_context(opened)
        inbox = Inbox(session, is_closed=lambda: client.is_closed, limit=size, in_all=in_all)
        await stack.enter_async_context(inbox)
        yield Line(
            session=session,
            timeline=timeline,
            timeout=patience_s,
            where=str(address),
            inbox=inbox,
            mask=mask,
        )


@asynccontextmanager
async def _open_socket(
    client: LoopClient, address: Address, limit_s: float | None, **kwargs: Any
) -> AsyncIterator[AsyncWebSocketSession]:
    progress = Progress.of(kwargs)
    socket = in_own_task(lambda: httpx_ws.aconnect_ws(address.reveal(), client, **kwargs))
    async with AsyncExitStack() as stack:
        async with limited(client, str(address), limit_s, "did not open a WebSocket", progress=progress):
            try:
                session = await stack.enter_async_context(socket)
            except httpx_ws.WebSocketUpgradeError as refusal:
                raise status_error(refusal.response, expected=_UPGRADE) from None
        yield session
