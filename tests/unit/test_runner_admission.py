from __future__ import annotations

import asyncio

import pytest

from pytest_stt.errors import ConnectError
from pytest_stt.runner.admission import Origin, Place, Quota
from pytest_stt.runner.rate import RateLimiter
from pytest_stt.suite.model import Rate

pytestmark = pytest.mark.asyncio


def slow(concurrency: int = 10) -> Quota:
    """A quota that lets one request leave, and the next in a minute."""
    limiter = RateLimiter(Rate(count=1, period_s=60.0))
    return Quota(concurrency=concurrency, limiter=limiter)


class Queue:
    """Places that wait, and the order in which they are admitted."""

    def __init__(self, *, leaves_at_once: bool = True) -> None:
        self.leaves_at_once = leaves_at_once
        self.origin = Origin()
        self.admitted: list[str] = []
        self.places: dict[str, Place] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def join(self, quota: Quota, *names: str, asks: bool = True) -> None:
        for name in names:
            self.places[name] = self.origin.join(quota)
            if asks:
                self._ask(name)
        await settle()

    async def ask(self, *names: str) -> None:
        for name in names:
            self._ask(name)
        await settle()

    def _ask(self, name: str) -> None:
        self.tasks[name] = asyncio.create_task(self._wait(name))

    async def _wait(self, name: str) -> None:
        await self.places[name].turn()
        self.admitted.append(name)
        if self.leaves_at_once:
            self.places[name].sent()

    async def leave(self, *names: str) -> None:
        for name in names:
            with self.places[name]:
                pass
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_are_admitted_than_the_quota_says_and_in_their_order() -> None:
    queue = Queue()
    await queue.join(Quota(concurrency=2), "a", "b", "c", "d")
    assert queue.admitted == ["a", "b"]
    await queue.leave("b")
    assert queue.admitted == ["a", "b", "c"]
    await queue.leave("a", "c")
    assert queue.admitted == ["a", "b", "c", "d"]


async def test_quotas_of_one_origin_share_it_and_nobody_is_passed_by() -> None:
    queue, one, two = Queue(), Quota(concurrency=1), Quota(concurrency=3)
    await queue.join(two, "a", "b")
    await queue.join(one, "x")
    await queue.join(two, "c")
    assert queue.admitted == ["a", "b"]
    await queue.leave("a")
    assert queue.admitted == ["a", "b"]
    await queue.leave("b")
    assert queue.admitted == ["a", "b", "x", "c"]


async def test_who_is_not_ready_keeps_its_place_and_holds_up_no_other_quota() -> None:
    queue, one, two = Queue(), Quota(concurrency=1), Quota(concurrency=2)
    await queue.join(one, "a", asks=False)
    await queue.join(one, "b")
    await queue.join(two, "x")
    assert queue.admitted == ["x"]
    await queue.leave("x")
    await queue.ask("a")
    assert queue.admitted == ["x", "a"]
    await queue.leave("a")
    assert queue.admitted == ["x", "a", "b"]


async def test_who_leaves_the_queue_holds_up_nobody() -> None:
    queue, quota = Queue(), Quota(concurrency=1)
    await queue.join(quota, "a", "b", "c")
    queue.tasks["b"].cancel()
    await queue.leave("b", "a")
    assert queue.admitted == ["a", "c"]
    await queue.leave("c", "c")


async def test_one_that_is_cancelled_as_it_is_admitted_frees_its_slot() -> None:
    queue, quota = Queue(), Quota(concurrency=1)
    await queue.join(quota, "a", "b", "c")
    with queue.places["a"]:
        pass
    queue.tasks["b"].cancel()
    await settle()
    assert queue.admitted == ["a"]
    await queue.leave("b")
    assert queue.admitted == ["a", "c"]


async def test_the_rate_holds_up_its_own_quota_only() -> None:
    queue, limited, free = Queue(), slow(), Quota(concurrency=10)
    await queue.join(limited, "a", "b", "c")
    await queue.join(free, "x", "y")
    assert queue.admitted == ["a", "x", "y"]
    await queue.leave("a", "b", "c", "x", "y")


async def test_the_next_one_is_admitted_when_the_rate_lets_it() -> None:
    queue = Queue()
    limiter = RateLimiter(Rate(count=1, period_s=0.05))
    await queue.join(Quota(concurrency=10, limiter=limiter), "a", "b", "c")
    assert queue.admitted == ["a"]
    async with asyncio.timeout(10):
        await asyncio.gather(*queue.tasks.values())
    assert queue.admitted == ["a", "b", "c"]


async def test_a_request_that_ends_without_having_left_lets_the_next_one_leave() -> None:
    queue = Queue(leaves_at_once=False)
    await queue.join(slow(), "a", "b", "c", "d")
    assert queue.admitted == ["a"]
    queue.places["a"].ended()
    await settle()
    assert queue.admitted == ["a", "b"]
    await queue.leave("b")
    assert queue.admitted == ["a", "b", "c"]
    queue.places["c"].sent()
    queue.places["c"].sent()
    queue.places["c"].ended()
    await settle()
    assert queue.admitted == ["a", "b", "c"]
    await queue.leave("a", "c", "d")


async def test_a_further_request_of_one_in_flight_comes_before_those_behind_it() -> None:
    queue, quota = Queue(), Quota(concurrency=1)
    await queue.join(quota, "a", "b")
    queue.admitted.clear()
    await queue.ask("a")
    assert queue.admitted == ["a"]
    await queue.leave("a")
    assert queue.admitted == ["a", "b"]


async def test_a_further_request_has_to_wait_for_the_rate_and_lets_others_pass_meanwhile() -> None:
    queue, limited, free = Queue(), slow(concurrency=1), Quota(concurrency=1)
    await queue.join(limited, "a")
    await queue.join(free, "x")
    assert queue.admitted == ["a"]
    await queue.ask("a")
    assert queue.admitted == ["a", "x"]
    await queue.leave("a", "x")


async def test_dismissal_ends_the_waits_of_a_quota_each_with_an_error_of_its_own() -> None:
    queue, gone, free = Queue(), slow(), Quota(concurrency=10)
    await queue.join(gone, "a", "b", "c")
    await queue.join(gone, "d", asks=False)
    await queue.join(free, "x")
    queue.origin.dismiss(gone, ConnectError("gone"))
    results = await asyncio.gather(queue.tasks["b"], queue.tasks["c"], return_exceptions=True)
    assert [repr(error) for error in results] == ["ConnectError('gone')"] * 2
    assert results[0] is not results[1]
    assert queue.admitted == ["a", "x"]
    await queue.leave("a", "b", "c", "d", "x")


async def test_the_dismissed_are_passed_by_until_they_leave() -> None:
    queue, gone, free = Queue(), Quota(concurrency=1), Quota(concurrency=1)
    await queue.join(gone, "a", "b")
    await queue.join(free, "x")
    queue.origin.dismiss(gone, ConnectError("gone"))
    await queue.leave("a")
    assert queue.admitted == ["a", "x"]
    assert isinstance(queue.tasks["b"].exception(), ConnectError)
    await queue.leave("b", "x")
