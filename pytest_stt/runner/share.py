from __future__ import annotations

from dataclasses import dataclass

from pytest_stt.suite.model import Rate


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part that one of several processes has in what a server allows.

    Attributes:
        index: The process's number, from 0.
        count: How many processes share, 1 or more.
    """

    index: int = 0
    count: int = 1

    def concurrency(self, whole: int) -> int:
        """Return this process's part of `whole` lanes; the parts add up to it, but none is below 1."""
        return max(1, whole // self.count + (self.index < whole % self.count))

    def rate(self, whole: Rate) -> Rate:
        """Return this process's part of a rate; the parts together never exceed it."""
        if whole.count >= self.count:
            return Rate(count=whole.count // self.count, period_s=whole.period_s)
        return Rate(count=1, period_s=whole.period_s * self.count / whole.count)
