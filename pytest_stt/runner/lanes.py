from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pytest_stt.client import STTClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pytest_stt.suite.model import Server, Suite


class LanePool:
    """The lanes of all services at one origin: how many are busy, and which are idle.

    An idle connection can hold a worker of the server, which nobody else gets then.
    """

    def __init__(self) -> None:
        self._busy = 0
        # The longest idle first.
        self._idle: dict[STTClient, Lanes] = {}
        self._closing = asyncio.Lock()

    def take(self, lanes: Lanes) -> STTClient | None:
        """Count a lane as busy, and return the one that was idle for the shortest time, if there is any."""
        self._busy += 1
        for client, owner in reversed(self._idle.items()):
            if owner is lanes:
                del self._idle[client]
                return client
        return None

    def put_back(self, lanes: Lanes, client: STTClient) -> None:
        """Count a lane as idle."""
        self._busy -= 1
        self._idle[client] = lanes

    async def make_room(self, lanes: Lanes, concurrency: int) -> None:
        """Close idle lanes of others, the longest idle first, until there are no more than these in all."""
        async with self._closing:
            while others := [client for client, owner in self._idle.items() if owner is not lanes]:
                if self._busy + len(others) <= concurrency:
                    break
                await self._idle.pop(others[0]).close(others[0])


class Lanes:
    """The clients of one server of a suite, one for each transcription in flight.

    Each has a connection pool of its own, because one pool costs every request time in proportion to
    the connections in it. The one that was used last is used next: its connection is warm.

    Attributes:
        url: The address that is used, with its secrets.
    """

    def __init__(
        self,
        suite: Suite,
        server: Server,
        *,
        url: str,
        concurrency: int,
        pool: Callable[[str], LanePool],
    ) -> None:
        """Take the server of the suite.

        Args:
            suite: How it cuts audio and normalises.
            server: How it is spoken to.
            url: The address to use in place of its own.
            concurrency: How many connections there may be at its origin.
            pool: Returns what all lanes at the origin of a url share.

        Raises:
            SuiteError: The server can't be spoken to like this.
        """
        self._suite, self._server, self._url = suite, server, url
        self._concurrency = concurrency
        self._clients: set[STTClient] = set()
        self._unused: STTClient | None = self._new_client()
        self.url = self._unused.url
        self._pool = pool(self.url)

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[STTClient]:
        """Lend a client that nobody else uses during the block."""
        client = self._pool.take(self) or self._first_client() or self._new_client()
        try:
            await self._pool.make_room(self, self._concurrency)
            yield client
        finally:
            self._pool.put_back(self, client)

    async def close(self, client: STTClient) -> None:
        """Close an idle client, and forget it."""
        await client.aclose()
        self._clients.discard(client)

    async def aclose(self) -> None:
        """Close every connection."""
        for client in tuple(self._clients):
            await client.aclose()

    def _first_client(self) -> STTClient | None:
        client, self._unused = self._unused, None
        return client

    def _new_client(self) -> STTClient:
        suite, server = self._suite, self._server
        client = STTClient(
            url=self._url,
            timeout=server.timeout,
            dialect=server.dialect,
            options=server.options,
            headers=server.headers,
            stream=suite.stream,
            max_response_mb=server.max_response_mb,
        )
        self._clients.add(client)
        return client
