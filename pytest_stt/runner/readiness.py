from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from pytest_stt.client.address import Address, adapt_scheme
from pytest_stt.client.connections import Connections
from pytest_stt.client.failures import WAIT_ADVICE, failure
from pytest_stt.client.secrecy import HiddenFrames
from pytest_stt.client.size import SizeLimit
from pytest_stt.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import Mapping

POLL_S = 3.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0

_NOT_READY = {502, 503, 504}


async def wait_until_ready(url: str, *, headers: Mapping[str, str], within_s: float) -> None:
    """Ask a server with plain GETs until it answers anything but 502, 503 or 504.

    Of a WebSocket server it is enough that it closes the connection without HTTP.

    Raises:
        ConnectError: It is not ready in time.
    """
    with HiddenFrames():
        poll = _Poll(url, headers)
        try:
            async with asyncio.timeout(within_s):
                await poll.until_ready()
        except TimeoutError:
            what = f"{poll.address} was not ready within {within_s:g} s (`wait`): {poll.cause}"
            raise ConnectError(what) from None
        finally:
            await poll.connections.aclose()


class _Poll:
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._is_socket = url.startswith("ws")
        self.address = Address(adapt_scheme(url, "http"))
        self.connections = Connections(
            address=self.address, headers=headers, timeout=POLL_S, limit=SizeLimit()
        )
        self.cause = "It gave no answer."

    async def until_ready(self) -> None:
        pause_s = FIRST_PAUSE_S
        while (cause := await self._why_not_ready()) is not None:
            self.cause = cause.removesuffix(WAIT_ADVICE).rstrip()
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 1.5)

    async def _why_not_ready(self) -> str | None:
        client, url = await self.connections.client(), self.address.reveal()
        try:
            # Only the status is waited for: what is there may be a stream without an end.
            async with asyncio.timeout(POLL_S), client.stream("GET", url) as response:
                status = response.status_code
        except TimeoutError:
            return f"It gave no answer for {POLL_S:g} s."
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            return None if self._is_socket else str(failure(error, str(self.address)))
        except httpx.HTTPError as error:
            return str(failure(error, str(self.address)))
        return f"It answered {status}." if status in _NOT_READY else None
