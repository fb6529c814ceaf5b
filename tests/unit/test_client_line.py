from __future__ import annotations

import asyncio
from typing import Any

import httpx_ws
import pytest
from wsproto.connection import ConnectionState
from wsproto.utilities import LocalProtocolError

from pytest_stt.client.inbox import Inbox
from pytest_stt.client.line import Line
from pytest_stt.client.timeline import Timeline
from pytest_stt.errors import ClosedError

pytestmark = pytest.mark.asyncio


class BrokenSession:
    """A session that fails to send before its close frame has been read."""

    def __init__(self, failure: Exception, *, close: httpx_ws.WebSocketDisconnect | None) -> None:
        self.failure = failure
        self.close_frame = close
        self.sent = asyncio.Event()
        self.connection = self
        self.state = ConnectionState.REMOTE_CLOSING

    async def send_bytes(self, data: bytes) -> None:
        self.sent.set()
        raise self.failure

    async def receive(self) -> None:
        await self.sent.wait()
        if self.close_frame is None:
            await asyncio.sleep(60)
        else:
            raise self.close_frame

    async def close(self, code: int) -> None:
        raise self.failure


@pytest.mark.parametrize("failure", [httpx_ws.WebSocketNetworkError(), LocalProtocolError("state")])
async def test_a_failed_send_is_told_with_the_reason_that_comes_after_it(failure: Exception) -> None:
    session: Any = BrokenSession(failure, close=httpx_ws.WebSocketDisconnect(1008, "quota"))
    async with Inbox(session) as inbox:
        line = Line(session=session, timeline=Timeline(), timeout=5, where="ws://host", inbox=inbox)
        with pytest.raises(ClosedError, match=r"while a frame was sent: code 1008 .*'quota'"):
            await line.send(b"audio")


async def test_a_failed_send_without_a_reason_is_a_broken_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.client.line._LAST_WORDS_S", 0.01)
    session: Any = BrokenSession(httpx_ws.WebSocketNetworkError(), close=None)
    async with Inbox(session) as inbox:
        line = Line(session=session, timeline=Timeline(), timeout=5, where="ws://host", inbox=inbox)
        with pytest.raises(ClosedError, match="no close frame") as raised:
            await line.send(b"audio")
    assert raised.value.code == 1006
