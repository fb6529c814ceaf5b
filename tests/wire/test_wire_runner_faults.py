"""A server that fails costs what it must, and no other case."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from faulty_server import (
    Answer,
    FaultyServer,
    answers,
    closes,
    drips,
    full_port,
    hangs,
    hears,
    opens_socket,
    refusing_port,
    resets,
)
from runner_suites import error_of, hear, only, repeated, text_of, transcriber, utterances

from pytest_stt.errors import (
    BusyError,
    ClosedError,
    ConnectError,
    ProtocolError,
    RejectedError,
    ServerError,
    STTTimeoutError,
)
from pytest_stt.runner import retries
from pytest_stt.runner.hearing import Hearing


@pytest.fixture(autouse=True)
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "BACKOFF_S", 0.02)


def one_of_three(folder: Path, *script: Answer, **server: Any) -> tuple[Hearing, FaultyServer]:
    """Let a server do this with the second of three cases; the others are heard."""
    with FaultyServer(of={"c1": script}) as faulty, transcriber() as live:
        before, hearing, after = hear(live, utterances(folder, 3, url=faulty.url, **server))
    assert text_of(before) == text_of(after) == "red door"
    assert len(only(before).tries) == len(only(after).tries) == 1
    return hearing, faulty


def statuses(hearing: Hearing) -> list[int | None]:
    return [one.status for one in only(hearing).tries]


def test_a_server_that_is_busy_twice_is_asked_three_times(tmp_path: Path) -> None:
    hearing, _ = one_of_three(tmp_path, answers(503), answers(503), retries=2)
    assert text_of(hearing) == "red door"
    assert statuses(hearing) == [503, 503, 200]
    first, _, last = only(hearing).tries
    assert first.error is not None
    assert "answered 503" in first.error
    assert last.error is None
    assert all(one.ms is not None and one.ms > 0 for one in only(hearing).tries)


def test_what_stays_busy_tells_how_often_it_was_tried(tmp_path: Path) -> None:
    hearing, faulty = one_of_three(tmp_path, answers(503), answers(502), answers(504), retries=2)
    assert isinstance(error_of(hearing), ServerError)
    assert "answered 504" in str(error_of(hearing))
    assert "(tried 3 times in " in str(error_of(hearing))
    assert faulty.seen.names.count("c1") == 3


def test_a_server_error_is_not_asked_again(tmp_path: Path) -> None:
    """500 five times, then it would be well: each case is told its own error."""
    with FaultyServer(*[answers(500)] * 5) as faulty, transcriber() as live:
        heard = hear(live, utterances(tmp_path, 7, url=faulty.url, retries=2, concurrency=1))
    assert [statuses(hearing) for hearing in heard] == [[500]] * 5 + [[200]] * 2
    assert all(isinstance(error_of(hearing), ServerError) for hearing in heard[:5])
    assert text_of(heard[5]) == text_of(heard[6]) == "red door"
    assert "tried" not in str(error_of(heard[0]))


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422])
def test_a_refusal_is_not_asked_again(tmp_path: Path, status: int) -> None:
    hearing, _ = one_of_three(tmp_path, answers(status), retries=2)
    assert isinstance(error_of(hearing), RejectedError)
    assert statuses(hearing) == [status]


def test_an_answer_that_makes_no_sense_is_not_asked_again(tmp_path: Path) -> None:
    hearing, _ = one_of_three(tmp_path, answers(200, {"nothing": 1}), retries=2)
    assert isinstance(error_of(hearing), ProtocolError)
    assert len(only(hearing).tries) == 1


@pytest.mark.parametrize("seconds", ["1", "date"])
def test_retry_after_is_the_least_wait(tmp_path: Path, seconds: str) -> None:
    header = formatdate(time.time() + 2, usegmt=True) if seconds == "date" else seconds
    hearing, faulty = one_of_three(tmp_path, answers(429, Retry_After=header), retries=1)
    assert text_of(hearing) == "red door"
    first, second = [request.at for request in faulty.requests if request.name == "c1"]
    # A date has whole seconds: of the two, one may be over already.
    assert second - first >= 0.95


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_retry_after_beyond_the_deadline_is_not_waited_for(tmp_path: Path, status: int) -> None:
    hearing, faulty = one_of_three(tmp_path, answers(status, Retry_After="120"), retries=5)
    error = error_of(hearing)
    assert isinstance(error, BusyError | ServerError)
    assert "asked to wait for 120 s, longer than the " in str(error)
    assert "left of `timeout`" in str(error)
    assert faulty.seen.names.count("c1") == 1


@pytest.mark.parametrize("seconds", ["250000000000", "9" * 400])
def test_a_silly_retry_after_is_told_as_what_it_is(tmp_path: Path, seconds: str) -> None:
    hearing, _ = one_of_three(tmp_path, answers(503, Retry_After=seconds), retries=5)
    assert "asked to wait for more than a day, longer than the " in str(error_of(hearing))


def test_a_pause_that_would_end_too_late_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "BACKOFF_S", 60.0)
    hearing, _ = one_of_three(tmp_path, answers(503), retries=2)
    assert "For another try there is too little of the " in str(error_of(hearing))


@pytest.mark.parametrize("fault", [resets(), resets(b""), closes()])
def test_a_connection_that_breaks_is_made_again(tmp_path: Path, fault: Answer) -> None:
    hearing, _ = one_of_three(tmp_path, fault, retries=1)
    assert text_of(hearing) == "red door"
    assert len(only(hearing).tries) == 2


def test_a_connection_that_always_breaks_is_an_error(tmp_path: Path) -> None:
    hearing, _ = one_of_three(tmp_path, resets(), resets(), resets(), retries=2)
    assert isinstance(error_of(hearing), ClosedError)
    assert "(tried 3 times in " in str(error_of(hearing))


@pytest.mark.parametrize(
    "fault",
    [
        hangs(),
        hangs(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n"),
        drips(),
        hears("too late", after_s=30),
    ],
)
def test_what_takes_too_long_ends_at_its_deadline_and_is_not_asked_again(
    tmp_path: Path, fault: Answer
) -> None:
    with FaultyServer(of={"c1": [fault]}) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 3, url=faulty.url, timeout=1.5, retries=2)
        before, hearing, after = hear(live, wanted)
    assert text_of(before) == text_of(after) == "red door"
    assert isinstance(error_of(hearing), STTTimeoutError)
    assert "within 1.5 s" in str(error_of(hearing))
    assert len(only(hearing).tries) == 1


def test_the_deadline_is_one_for_all_tries(tmp_path: Path) -> None:
    """What the first try has used is lacking to the second."""

    async def slow(request: Any, writer: Any) -> None:
        await hears(after_s=1.0)(request, writer)

    async def slowly_busy(request: Any, writer: Any) -> None:
        await asyncio.sleep(1.0)
        await answers(503)(request, writer)

    with FaultyServer(slowly_busy, default=slow) as faulty, transcriber() as live:
        (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url, timeout=1.6, retries=2))
    assert isinstance(error_of(hearing), STTTimeoutError)
    assert statuses(hearing) == [503, None]
    assert "(tried 2 times in " in str(error_of(hearing))


def test_a_server_that_refuses_connections_is_tried_again(tmp_path: Path) -> None:
    with refusing_port() as port, transcriber() as live:
        wanted = utterances(tmp_path, 1, url=f"http://127.0.0.1:{port}", retries=2)
        (hearing,) = hear(live, wanted)
    assert isinstance(error_of(hearing), ConnectError)
    assert len(only(hearing).tries) == 3
    assert "(tried 3 times in " in str(error_of(hearing))


def test_a_dead_server_is_not_asked_for_every_case(tmp_path: Path) -> None:
    with refusing_port() as port, transcriber() as live:
        wanted = utterances(tmp_path, 40, url=f"http://127.0.0.1:{port}", retries=1, concurrency=1)
        heard = hear(live, wanted)
    assert [len(only(hearing).tries) for hearing in heard] == [2, 2, 2] + [0] * 37
    for hearing in heard[3:]:
        error = error_of(hearing)
        assert isinstance(error, ConnectError)
        assert "was not asked: 3 connection failures in a row, the first: " in str(error)
        assert "refused the connection" in str(error)
        assert "(tried 2 times in " in str(error)
    assert len({id(error_of(hearing)) for hearing in heard}) == 40


def test_a_host_that_never_connects_counts_as_dead(tmp_path: Path) -> None:
    with full_port() as port, transcriber() as live:
        wanted = utterances(tmp_path, 12, url=f"http://127.0.0.1:{port}", timeout=0.4, concurrency=3)
        heard = hear(live, wanted)
    assert all(isinstance(error_of(hearing), ConnectError) for hearing in heard)
    assert sum(len(only(hearing).tries) for hearing in heard) <= 6


@pytest.mark.parametrize("dialect", ["openai", "whisperlive"])
@pytest.mark.parametrize("fault", [resets(b""), closes()])
def test_a_dead_server_behind_one_that_accepts_is_not_asked_for_every_case(
    tmp_path: Path, fault: Answer, dialect: str
) -> None:
    """As behind docker-proxy or ssh -L, which accept a connection and close it."""
    with FaultyServer(default=fault) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 12, url=faulty.url, retries=1, concurrency=1, dialect=dialect)
        heard = hear(live, wanted)
    assert [len(only(hearing).tries) for hearing in heard] == [2, 2, 2] + [0] * 9
    assert all(isinstance(error_of(hearing), ClosedError) for hearing in heard[:3])
    for hearing in heard[3:]:
        error = error_of(hearing)
        assert isinstance(error, ConnectError)
        assert "was not asked: 3 connection failures in a row, the first: " in str(error)


def test_half_an_answer_is_of_a_server_that_is_there(tmp_path: Path) -> None:
    with FaultyServer(default=resets()) as faulty, transcriber() as live:
        heard = hear(live, utterances(tmp_path, 6, url=faulty.url, concurrency=1))
    assert [len(only(hearing).tries) for hearing in heard] == [1] * 6
    assert all(isinstance(error_of(hearing), ClosedError) for hearing in heard)


def test_half_an_answer_ends_a_row_of_connection_failures(tmp_path: Path) -> None:
    own = {"c2": [resets()]}
    with FaultyServer(of=own, default=closes()) as faulty, transcriber() as live:
        heard = hear(live, utterances(tmp_path, 7, url=faulty.url, concurrency=1))
    assert [len(only(hearing).tries) for hearing in heard] == [1] * 6 + [0]


def test_those_in_a_pause_or_in_the_queue_end_when_the_server_is_given_up(tmp_path: Path) -> None:
    """The first case is asked to wait for five minutes, and then the server dies."""
    busy = answers(503, Retry_After="300")
    with FaultyServer(busy, dies_after=1) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 20, url=faulty.url, timeout=600, retries=1, concurrency=2)
        live.prefetch(wanted[0])
        faulty.wait_for(lambda seen: seen.requests and not seen.open)
        paused, *rest = hear(live, wanted)
    assert isinstance(error_of(paused), BusyError)
    assert "It was not tried again, because there is no connection for other cases." in str(error_of(paused))
    assert statuses(paused) == [503]
    assert [len(only(hearing).tries) for hearing in rest] == [2, 2, 2] + [0] * 16
    assert all(isinstance(error_of(hearing), ConnectError) for hearing in rest)


def test_a_server_that_dies_costs_only_what_was_behind(tmp_path: Path) -> None:
    with FaultyServer(dies_after=10) as faulty, transcriber() as live:
        heard = hear(live, utterances(tmp_path, 40, url=faulty.url, retries=1, concurrency=2))
    assert [text_of(hearing) for hearing in heard[:10]] == ["red door"] * 10
    rest = [only(hearing) for hearing in heard[11:]]
    assert all(isinstance(attempt.error, ConnectError | ClosedError) for attempt in rest)
    assert sum(bool(attempt.tries) for attempt in rest) <= 5


def test_a_refused_handshake_of_a_busy_server_is_tried_again(tmp_path: Path) -> None:
    with FaultyServer(answers(503), answers(429), default=answers(403)) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 1, url=faulty.url, dialect="whisperlive", retries=5)
        (hearing,) = hear(live, wanted)
    assert statuses(hearing) == [503, 429, 403]
    assert isinstance(error_of(hearing), RejectedError)


def test_a_socket_that_breaks_is_opened_again(tmp_path: Path) -> None:
    with FaultyServer(default=opens_socket()) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 1, url=faulty.url, dialect="whisperlive", retries=1)
        (hearing,) = hear(live, wanted)
    assert isinstance(error_of(hearing), ClosedError)
    assert len(only(hearing).tries) == 2


def test_a_socket_server_that_says_wait_is_busy(tmp_path: Path) -> None:
    wait = opens_socket('{"uid": "x", "status": "WAIT", "message": 0.01}', then="hang")
    with FaultyServer(default=wait) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 1, url=faulty.url, dialect="whisperlive", retries=1, timeout=5)
        (hearing,) = hear(live, wanted)
    assert isinstance(error_of(hearing), BusyError)
    assert len(only(hearing).tries) == 2


def test_every_attempt_of_a_repetition_has_its_own_tries(tmp_path: Path) -> None:
    with FaultyServer(of={"c0": [answers(503), answers(500)]}) as faulty, transcriber() as live:
        (utterance,) = utterances(tmp_path, 1, url=faulty.url, retries=1, concurrency=1)
        hearing = live.take(repeated(utterance, 3))
    outcomes = [attempt.error is None for attempt in hearing.attempts]
    assert outcomes == [False, True, True]
    assert [one.status for one in hearing.attempts[0].tries] == [503, 500]
