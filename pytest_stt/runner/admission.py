"""Who may send a request to a server, and when."""

from __future__ import annotations

import asyncio
import copy
import itertools
import math
from bisect import insort
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pytest_stt.errors import STTError
    from pytest_stt.runner.rate import RateLimiter


@dataclass(frozen=True, kw_only=True, eq=False)
class Quota:
    """What the cases of one suite may ask of one server; equal only to itself.

    Attributes:
        concurrency: They begin when fewer transcriptions than this are in flight at the origin.
        limiter: When requests may leave, None for at any time.
    """

    concurrency: int
    limiter: RateLimiter | None = None

    def delay_s(self) -> float:
        """Return the seconds until the rate lets a request leave, infinite until another one has left."""
        return 0.0 if self.limiter is None else self.limiter.delay_s()


class Place:
    """The place of one transcription: first in the queue of its origin, then in flight; a context.

    Attributes:
        quota: What holds for it.
        number: Its place in the order of coming.
        admitted: Done when a request may leave; None while none is asked for.
        in_flight: Whether it counts as in flight.
        is_due: Whether a request was admitted that has not left yet.
    """

    def __init__(self, origin: Origin, quota: Quota, number: int) -> None:
        self._origin = origin
        self.quota = quota
        self.number = number
        self.admitted: asyncio.Future[None] | None = None
        self.in_flight = False
        self.is_due = False

    async def turn(self) -> None:
        """Wait until a request may leave, the first one or a further one of the same transcription.

        Raises:
            STTError: What `Origin.dismiss` was given.
        """
        self.admitted = asyncio.get_running_loop().create_future()
        self._origin.ask(self)
        await self.admitted

    def sent(self) -> None:
        """Note that the request leaves just now."""
        self._origin.sent(self)

    def ended(self) -> None:
        """Note that the request has ended, be it without having left."""
        self._origin.ended(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._origin.leave(self)


class Origin:
    """One server, by scheme, host and port: whoever comes first may send first.

    Suites that share a server share what it can take. One that has to wait for its own rate, or for its
    audio, holds up nobody else.
    """

    def __init__(self) -> None:
        self._queue: list[Place] = []
        self._in_flight = 0
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def join(self, quota: Quota) -> Place:
        """Return a place at the end of the queue, which has to be left in the end."""
        place = Place(self, quota, next(self._numbers))
        self._queue.append(place)
        return place

    def ask(self, place: Place) -> None:
        """Admit a place as soon as it can be; one that was in flight comes before those that came later."""
        if place.in_flight:
            self._land(place)
            insort(self._queue, place, key=attrgetter("number"))
        self._admit()

    def sent(self, place: Place) -> None:
        """Let the rate's period of a request begin."""
        if place.is_due and place.quota.limiter is not None:
            place.is_due = False
            place.quota.limiter.leave()
            self._admit()

    def ended(self, place: Place) -> None:
        """Let another request have what the rate had for one that has not left."""
        if place.is_due:
            self._give_up(place)
            self._admit()

    def leave(self, place: Place) -> None:
        """Take a place out, wherever it is."""
        if place.in_flight:
            self._land(place)
        elif place in self._queue:
            self._queue.remove(place)
        self._admit()

    def dismiss(self, quota: Quota, error: STTError) -> None:
        """Let every wait under a quota end with an error, each with a copy of it."""
        for place in self._queue:
            if place.quota is quota and place.admitted is not None and not place.admitted.done():
                place.admitted.set_exception(copy.copy(error))

    def _land(self, place: Place) -> None:
        place.in_flight = False
        self._in_flight -= 1
        self._give_up(place)

    def _give_up(self, place: Place) -> None:
        if place.is_due and place.quota.limiter is not None:
            place.is_due = False
            place.quota.limiter.give_up()

    def _admit(self) -> None:
        held_up: set[Quota] = set()
        delays_s: list[float] = []
        for place in tuple(self._queue):
            if place.quota in held_up:
                continue
            if place.admitted is None:
                held_up.add(place.quota)
            elif place.admitted.done():
                # Dismissed or cancelled: it is about to leave.
                continue
            elif (delay_s := place.quota.delay_s()) > 0:
                held_up.add(place.quota)
                delays_s.append(delay_s)
            elif self._in_flight >= place.quota.concurrency:
                break
            else:
                self._launch(place, place.admitted)
        self._wake_up_in(min(delays_s, default=math.inf))

    def _launch(self, place: Place, admitted: asyncio.Future[None]) -> None:
        self._queue.remove(place)
        self._in_flight += 1
        place.in_flight = True
        if place.quota.limiter is not None:
            place.is_due = True
            place.quota.limiter.admit()
        admitted.set_result(None)

    def _wake_up_in(self, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if math.isfinite(delay_s):
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._admit)
