from __future__ import annotations

import random
import time
from email.utils import formatdate

import httpx
import pytest

from pytest_stt.client.responses import status_error
from pytest_stt.errors import (
    AudioError,
    BusyError,
    ClosedError,
    ConnectError,
    ConnectTimeoutError,
    ProtocolError,
    RejectedError,
    ServerError,
    STTError,
    STTTimeoutError,
    SuiteError,
)
from pytest_stt.runner.retries import (
    asked_wait,
    asked_wait_s,
    is_answer,
    is_connection_failure,
    may_pass,
    pause_s,
    status_of,
)


def answer(status: int, **headers: str) -> STTError:
    request = httpx.Request("POST", "http://there/")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status_error(httpx.Response(status, request=request, headers=named, content=b""))


def busy(retry_after_s: float | None = None) -> BusyError:
    error = BusyError("full")
    error.retry_after_s = retry_after_s
    return error


def unanswered() -> ClosedError:
    return ClosedError("gone", unanswered=True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectError("refused"), True),
        (ClosedError("broke"), True),
        (ClosedError("broke", code=1006), True),
        (ClosedError("restarts", code=1012), True),
        (ClosedError("later", code=1013), True),
        (ClosedError("ours", code=1000), False),
        (ClosedError("policy", code=1008), False),
        (ClosedError("internal", code=1011), False),
        (busy(), True),
        *((answer(status), True) for status in (429, 502, 503, 504)),
        *((answer(status), False) for status in (301, 400, 401, 404, 408, 409, 413, 422, 500, 501)),
        (ServerError("by a message"), False),
        (RejectedError("no"), False),
        (ProtocolError("nonsense"), False),
        (AudioError("no audio"), False),
        (SuiteError("wrong"), False),
        (STTTimeoutError("silence"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: STTError, expected: bool) -> None:
    assert may_pass(error) is expected


def test_an_answer_is_whatever_the_server_has_said() -> None:
    for error in (
        answer(404),
        answer(429),
        answer(500),
        ProtocolError("x"),
        BusyError("x"),
        ServerError("x"),
        ClosedError("in the middle"),
    ):
        assert is_answer(error)
    for error in (ConnectError("x"), unanswered(), STTTimeoutError("x"), AudioError("x")):
        assert not is_answer(error)


def test_nobody_may_be_there_when_there_is_no_connection_or_nothing_comes_of_it() -> None:
    for error in (ConnectError("x"), ConnectTimeoutError("x"), unanswered()):
        assert is_connection_failure(error)
    for error in (ClosedError("in the middle"), STTTimeoutError("x"), answer(502), AudioError("x")):
        assert not is_connection_failure(error)


def test_the_status_is_known_of_answers_over_http() -> None:
    assert status_of(answer(504)) == 504
    assert status_of(busy()) is None


def test_a_pause_doubles_up_to_a_cap_and_is_between_half_and_all() -> None:
    for tries, full_s in ((1, 0.5), (2, 1.0), (3, 2.0), (7, 30.0), (5000, 30.0)):
        pauses = [pause_s(ConnectError("x"), tries) for _ in range(200)]
        assert min(pauses) >= full_s / 2
        assert max(pauses) <= full_s
        assert max(pauses) - min(pauses) > full_s / 4


def test_the_random_numbers_of_tests_are_left_alone() -> None:
    before = random.getstate()
    pause_s(ConnectError("x"), 1)
    assert random.getstate() == before


def test_what_the_server_asks_for_is_the_least_pause() -> None:
    assert pause_s(busy(90.0), 1) == 90.0
    assert pause_s(busy(0.0), 1) >= 0.25
    assert pause_s(busy(), 1) <= 0.5


def test_the_wait_that_is_asked_for_may_come_with_any_status() -> None:
    assert asked_wait_s(answer(429, Retry_After="7")) == 7.0
    assert asked_wait_s(answer(502, Retry_After="7")) == 7.0
    soon = formatdate(time.time() + 60, usegmt=True)
    assert 50 < asked_wait_s(answer(504, Retry_After=soon)) <= 60
    assert asked_wait_s(answer(504, Retry_After="some day")) == 0.0
    assert asked_wait_s(busy(3.0)) == 3.0
    assert asked_wait_s(ConnectError("x")) == 0.0


def test_the_wait_that_is_asked_for_is_told_in_numbers_that_mean_something() -> None:
    assert asked_wait(busy()) == ""
    assert asked_wait(busy(1.5)) == "1.5 s"
    assert asked_wait(busy(86400.0)) == "86400 s"
    for seconds in (86401.0, 2.5e11, float("inf")):
        assert asked_wait(busy(seconds)) == "more than a day"
