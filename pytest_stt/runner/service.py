from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anyio import to_thread

from pytest_stt.client.address import adapt_scheme, redact
from pytest_stt.errors import STTError
from pytest_stt.runner.admission import Origin, Place, Quota
from pytest_stt.runner.breaker import Breaker
from pytest_stt.runner.lanes import LanePool, Lanes
from pytest_stt.runner.rate import RateLimiter
from pytest_stt.runner.readiness import wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stt.runner.share import Share
    from pytest_stt.runner.utterance import Utterance
    from pytest_stt.suite.model import Server, Suite


class Network:
    """What all services have in common: the addresses behind urls, and the origins they share."""

    def __init__(self, address: Callable[[str], str], share: Share) -> None:
        self._address = address
        self.share = share
        self._origins: defaultdict[str, Origin] = defaultdict(Origin)
        self._lane_pools: defaultdict[str, LanePool] = defaultdict(LanePool)
        self._found: dict[str, str | STTError] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def origin(self, url: str) -> Origin:
        """Return what all who ask at this scheme, host and port share."""
        return self._origins[_origin_of(url)]

    def lane_pool(self, url: str) -> LanePool:
        """Return what the lanes of all at this scheme, host and port share."""
        return self._lane_pools[_origin_of(url)]

    async def address(self, url: str) -> str:
        """Return the address behind a suite's url, which is found out once.

        Raises:
            STTError: There is none.
        """
        async with self._locks[url]:
            if url not in self._found:
                try:
                    # Abandoned, because it may wait for an engine that nobody needs any more.
                    self._found[url] = await to_thread.run_sync(self._address, url, abandon_on_cancel=True)
                except STTError as error:
                    self._found[url] = error
            found = self._found[url]
        if isinstance(found, STTError):
            raise found
        return found


class Service:
    """One server of one suite: its address, its lanes, what may be asked of it, and whether it is there.

    Attributes:
        server: What the suite says of it.
        where: The address without secrets, once it is open.
    """

    def __init__(self, suite: Suite, server: Server, network: Network) -> None:
        self.server = server
        self.where = redact(server.url)
        self._suite = suite
        self._network = network
        self._breaker = Breaker()
        limiter = None if server.rate is None else RateLimiter(network.share.rate(server.rate))
        self._quota = Quota(concurrency=network.share.concurrency(server.concurrency), limiter=limiter)
        self._opening = asyncio.Lock()
        self._origin = Origin()
        self._lanes: Lanes | None = None

    async def open(self) -> Lanes:
        """Find the address and wait until the server is ready, as far as that has not been done.

        Those who come here leave in the order of their coming.

        Raises:
            STTError: The server can't be asked.
        """
        async with self._opening:
            self.check()
            if self._lanes is None:
                try:
                    self._lanes = await self._opened()
                except STTError as error:
                    self._breaker.open(error)
                    raise
            return self._lanes

    async def _opened(self) -> Lanes:
        server = self.server
        lanes = Lanes(
            self._suite,
            server,
            url=await self._network.address(server.url),
            concurrency=self._quota.concurrency,
            pool=self._network.lane_pool,
        )
        self.where, self._origin = redact(lanes.url), self._network.origin(lanes.url)
        if server.wait:
            await wait_until_ready(lanes.url, headers=server.headers, within_s=server.wait)
        return lanes

    def check(self) -> None:
        """Raise the error of all cases of this server, if there is one.

        Raises:
            STTError: The server is not asked any more.
        """
        if (refusal := self._breaker.refusal) is not None:
            raise refusal

    def join(self) -> Place:
        """Return a place in the queue of those who want to ask."""
        return self._origin.join(self._quota)

    def answered(self) -> None:
        """Note that the server has answered something."""
        self._breaker.answered()

    def failed(self, utterance: Utterance, error: STTError) -> None:
        """Note that there was no connection for a case, which may end the waits of all others."""
        self._breaker.failed(utterance, error, self.where)
        if (refusal := self._breaker.refusal) is not None:
            self._origin.dismiss(self._quota, refusal)

    async def pause(self, pause_s: float) -> bool:
        """Wait, and tell whether the server may still be asked."""
        return await self._breaker.pause(pause_s)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._lanes is not None:
            await self._lanes.aclose()


def _origin_of(url: str) -> str:
    parts = urlsplit(adapt_scheme(url, "http"))
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}:{port}"
