from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stt.suite.model import Rate

# Requests don't take equally long to the server: one may need a new connection, the next one none.
_JITTER_SHARE = 0.02
_JITTER_S = (0.02, 1.0)


class RateLimiter:
    """Let at most `rate.count` requests leave in any `rate.period_s` seconds.

    It keeps the moments of the last requests. A bucket of tokens, which fills while it is used, lets up to
    twice as many leave in its first period.

    A request leaves some time after it was admitted, as it may need a connection first. Until then it
    counts, and its period has not begun.
    """

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        least_s, most_s = _JITTER_S
        self._window_s = rate.period_s + min(max(least_s, rate.period_s * _JITTER_SHARE), most_s)
        self._count = rate.count
        self._due = 0
        self._left_at: deque[float] = deque(maxlen=rate.count)
        self._clock = clock

    def delay_s(self) -> float:
        """Return the seconds until the next request may be admitted, 0 if it may be so now.

        They are infinite while as many as there may be have been admitted and not left yet.
        """
        free = self._count - self._due
        if free <= 0:
            return math.inf
        if len(self._left_at) < free:
            return 0.0
        return max(0.0, self._left_at[-free] + self._window_s - self._clock())

    def admit(self) -> None:
        """Note that a request is about to leave; `leave` or `give_up` is to follow."""
        self._due += 1

    def leave(self) -> None:
        """Note that a request that was admitted leaves now."""
        self._due -= 1
        self._left_at.append(self._clock())

    def give_up(self) -> None:
        """Note that a request that was admitted will never leave."""
        self._due -= 1
