from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stt.client import STTClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.model import Server, Suite


class Lanes:
    """The clients of one server of a suite, one for each transcription in flight.

    Each has a connection pool of its own, because one pool costs every request time in proportion to
    the connections in it. The one that was used last is used next: its connection is warm.
    """

    def __init__(self, suite: Suite, server: Server, *, url: str) -> None:
        """Take the server of the suite, and the address to use in place of its own.

        Raises:
            SuiteError: The server can't be spoken to like this.
        """
        self._suite, self._server, self._url = suite, server, url
        self._clients: list[STTClient] = []
        self._idle = [self._new_client()]

    @property
    def url(self) -> str:
        """The address that is used, with its secrets."""
        return self._clients[0].url

    @contextmanager
    def lane(self) -> Iterator[STTClient]:
        """Lend a client that nobody else uses during the block."""
        client = self._idle.pop() if self._idle else self._new_client()
        try:
            yield client
        finally:
            self._idle.append(client)

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients:
            await client.aclose()

    def _new_client(self) -> STTClient:
        suite, server = self._suite, self._server
        client = STTClient(
            url=self._url,
            timeout=server.timeout,
            dialect=server.dialect,
            options=server.options,
            headers=server.headers,
            stream=suite.stream,
            normalizer=suite.normalizer,
            max_response_mb=server.max_response_mb,
        )
        self._clients.append(client)
        return client
