from __future__ import annotations

import asyncio
import functools
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from pytest_stt.client.address import is_loopback
from pytest_stt.client.headers import checked_headers
from pytest_stt.client.responses import read_quietly
from pytest_stt.client.secrecy import remember_request
from pytest_stt.client.size import ACCEPTED_CODINGS, BoundedStream, SizeLimit
from pytest_stt.errors import SuiteError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from pytest_stt.client.address import Address

# Below the 5 s after which uvicorn and node drop an idle connection: a request must not meet that moment.
_KEEPALIVE_S = 3.0
_UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_KEEPALIVE_S)


class LoopClient(httpx.AsyncClient):
    """The httpx client of one event loop; closing it ends what waits for an answer or a connection.

    httpcore forgets a connection that is just being made when its pool is closed: its socket stayed open.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._waits: set[asyncio.Timeout] = set()

    @contextmanager
    def ending(self, wait: asyncio.Timeout) -> Iterator[None]:
        """Let the time of `wait` be over when this client is closed."""
        self._waits.add(wait)
        try:
            yield
        finally:
            self._waits.discard(wait)

    async def aclose(self) -> None:
        """Close all connections, and end the waits for them."""
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(asyncio.get_running_loop().time())
        await super().aclose()


_KeptClient = tuple["AsyncGenerator[LoopClient, None]", LoopClient]


class Connections:
    """Keep one httpx client for each event loop, opened at its first use.

    A client's sockets belong to the loop that opened them. When a loop ends with
    `shutdown_asyncgens`, as those of `asyncio.run` and of pytest-asyncio do, its client is closed in it.
    """

    def __init__(
        self,
        *,
        address: Address,
        headers: Mapping[str, str] | None,
        timeout: float,
        limit: SizeLimit | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take what every request has in common.

        Args:
            address: The server's.
            headers: Sent with every request and handshake.
            timeout: Seconds for each step of a request.
            limit: For the body of every response.
            transport: Instead of the network.

        Raises:
            SuiteError: A header can't be sent.
        """
        self._address = address
        self._headers = checked_headers(headers)
        self._headers.setdefault("Accept-Encoding", ACCEPTED_CODINGS)
        self._timeout = timeout
        self._limit = limit or SizeLimit()
        self._transport = transport
        self._clients: dict[asyncio.AbstractEventLoop, _KeptClient] = {}
        self._closed = False

    async def client(self) -> LoopClient:
        """Return the client of the running event loop.

        Raises:
            SuiteError: `aclose` was called before.
        """
        if self._closed:
            raise SuiteError(
                "This STTClient is closed: after aclose() it can't be used again, make a new one."
            )
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._forget_closed_loops()
            keeper = _kept(self._new_client(), weakref.ref(self))
            self._clients[loop] = keeper, await anext(keeper)
        return self._clients[loop][1]

    async def aclose(self) -> None:
        """Close the running loop's client now, and those of other loops when these let it be done."""
        self._closed = True
        own = self._clients.pop(asyncio.get_running_loop(), None)
        # A generator that is dropped is closed by the loop it belongs to, if that still runs.
        self._clients.clear()
        if own is not None:
            await own[0].aclose()

    def forget(self, loop: asyncio.AbstractEventLoop) -> None:
        """Drop the client of a loop that is about to close it."""
        self._clients.pop(loop, None)

    def _forget_closed_loops(self) -> None:
        # Left by loops that were closed without closing their async generators. Other threads may be in here.
        for loop in list(self._clients):
            if loop.is_closed():
                self.forget(loop)

    def _new_client(self) -> LoopClient:
        return LoopClient(
            headers=self._headers,
            timeout=self._timeout,
            limits=_UNLIMITED,
            verify=_tls(),
            trust_env=not is_loopback(self._address.reveal()),
            transport=self._transport,
            event_hooks={
                "request": [remember_request],
                # A method of this object would keep it, and with it the client, alive for each other.
                "response": [functools.partial(_bound_body, self._limit), _read_refused_upgrade],
            },
        )


async def _kept(client: LoopClient, owner: weakref.ref[Connections]) -> AsyncGenerator[LoopClient, None]:
    # An async generator, because a loop closes those it knows of before it closes itself. Its owner is weak,
    # so that an owner that is dropped drops this at once, and the loop closes it.
    try:
        yield client
    finally:
        connections = owner()
        if connections is not None:
            connections.forget(asyncio.get_running_loop())
        await client.aclose()


async def _bound_body(limit: SizeLimit, response: httpx.Response) -> None:
    response.stream = BoundedStream(response, limit)


async def _read_refused_upgrade(response: httpx.Response) -> None:
    # httpx-ws closes the answer of a refused handshake before its body can be quoted.
    if response.request.headers.get("upgrade") == "websocket" and response.status_code != 101:
        await read_quietly(response)


@functools.cache
def _tls() -> ssl.SSLContext:
    # Loading the certificates takes about 30 ms: once for all clients.
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise SuiteError(
            f"The certificate authorities can't be loaded: {error}. Check the environment variables "
            "SSL_CERT_FILE and SSL_CERT_DIR."
        ) from None
