from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from pytest_stt.errors import ConnectError, SuiteError
from pytest_stt.runner.breaker import Breaker

pytestmark = pytest.mark.asyncio


def case(name: str) -> Any:
    return cast("Any", name)


def fail(breaker: Breaker, *names: str) -> None:
    for name in names:
        breaker.failed(case(name), ConnectError(f"no connection for {name}"), "http://there")


async def test_three_failures_in_a_row_open_it() -> None:
    breaker = Breaker()
    fail(breaker, "a", "b")
    assert breaker.refusal is None
    fail(breaker, "c")
    assert str(breaker.refusal) == (
        "http://there was not asked: 3 connection failures in a row, the first: no connection for a"
    )
    assert isinstance(breaker.refusal, ConnectError)
    assert breaker.refusal is not breaker.refusal


async def test_an_answer_in_between_counts_for_the_server() -> None:
    breaker = Breaker()
    fail(breaker, "a", "b")
    breaker.answered()
    fail(breaker, "c", "d")
    assert breaker.refusal is None


async def test_a_case_counts_once_however_often_it_is_tried() -> None:
    breaker = Breaker()
    fail(breaker, "a", "a", "a", "b")
    assert breaker.refusal is None
    fail(breaker, "c")
    assert "the first: no connection for a" in str(breaker.refusal)


async def test_it_stays_open_for_its_first_cause() -> None:
    breaker = Breaker()
    breaker.open(SuiteError("first"))
    breaker.open(SuiteError("second"))
    breaker.answered()
    fail(breaker, "a", "b", "c")
    assert str(breaker.refusal) == "first"
    assert isinstance(breaker.refusal, SuiteError)


async def test_a_pause_ends_in_its_time() -> None:
    assert await Breaker().pause(0.01)


async def test_a_pause_ends_when_it_opens() -> None:
    breaker = Breaker()
    pauses = [asyncio.create_task(breaker.pause(600)) for _ in range(2)]
    await asyncio.sleep(0)
    breaker.open(ConnectError("gone"))
    async with asyncio.timeout(10):
        assert await asyncio.gather(*pauses) == [False, False]
