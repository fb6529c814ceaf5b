"""Many cases at once: in which order, how many, and what is handed over."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from faulty_server import FaultyServer, answers, closes, hangs, hears, refusing_port
from runner_suites import alone, error_of, hear, only, repeated, text_of, transcriber, utterances

from pytest_stt.errors import AudioError, ConnectError, STTError, SuiteError
from pytest_stt.runner import Share, readiness
from pytest_stt.runner.lanes import LanePool
from pytest_stt.suite.model import Rate


def test_each_case_gets_its_own_transcript(tmp_path: Path) -> None:
    own = {f"c{number}": [hears(f"text {number}", after_s=0.01 * (7 - number))] for number in range(8)}
    with FaultyServer(of=own) as faulty, transcriber() as live:
        heard = hear(live, utterances(tmp_path, 8, url=faulty.url, concurrency=8))
    assert [text_of(hearing) for hearing in heard] == [f"text {number}" for number in range(8)]
    for hearing in heard:
        result = only(hearing).result
        assert result is not None
        assert result.dialect == "openai"
        assert result.normalizer == "basic"
        assert result.text_metrics is None


def test_the_hash_of_the_audio_comes_with_the_result(tmp_path: Path) -> None:
    import hashlib

    with FaultyServer() as faulty, transcriber() as live:
        (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url))
    result = only(hearing).result
    assert result is not None
    assert result.audio_sha256 == hashlib.sha256((tmp_path / "c0.wav").read_bytes()).hexdigest()


def test_requests_leave_in_the_order_of_prefetching(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        hear(live, utterances(tmp_path, 30, url=faulty.url, concurrency=1))
    assert faulty.seen.names == [f"c{number}" for number in range(30)]
    assert faulty.seen.connections == 1


def test_as_many_are_in_flight_as_the_server_allows(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.05)) as faulty, transcriber() as live:
        hear(live, utterances(tmp_path, 20, url=faulty.url, concurrency=5))
    assert faulty.seen.most_in_flight == 5
    assert faulty.seen.connections == 5


def test_suites_that_share_a_server_do_not_exceed_it_together(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.05)) as faulty, transcriber() as live:
        one = utterances(tmp_path, 8, name="one", url=faulty.url, concurrency=3)
        two = utterances(tmp_path, 8, name="two", url=f"{faulty.url}/v1", concurrency=3)
        hear(live, [each for pair in zip(one, two, strict=True) for each in pair])
    assert faulty.seen.most_in_flight == 3


def test_idle_connections_of_one_suite_keep_no_worker_from_another(tmp_path: Path) -> None:
    """A worker of cpp-httplib serves one connection until it is closed, or idle for 5 seconds."""
    with FaultyServer(workers=4) as faulty, transcriber() as live:
        for name in ("one", "two", "three", "four"):
            wanted = utterances(tmp_path, 12, name=name, url=faulty.url, concurrency=4)
            assert [text_of(hearing) for hearing in hear(live, wanted)] == ["red door"] * 12
        assert faulty.seen.connections <= 16


def test_suites_side_by_side_never_have_more_connections_than_there_may_be(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.01), workers=3) as faulty, transcriber() as live:
        suites = [
            utterances(tmp_path, 12, name=name, url=faulty.url, concurrency=3)
            for name in ("one", "two", "three", "four")
        ]
        heard = hear(live, [each for group in zip(*suites, strict=True) for each in group])
    assert [text_of(hearing) for hearing in heard] == ["red door"] * 48
    assert faulty.seen.most_in_flight == 3


def test_the_connections_of_a_suite_stay_warm_where_there_is_room(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        one = utterances(tmp_path, 6, name="one", url=faulty.url, concurrency=2)
        two = utterances(tmp_path, 6, name="two", url=faulty.url, concurrency=2)
        for each in zip(one, two, strict=True):
            for utterance in each:
                live.take(utterance)
        assert faulty.seen.connections == 2


def test_suites_with_servers_of_their_own_don_t_wait_for_each_other(tmp_path: Path) -> None:
    with FaultyServer(default=hangs()) as stuck, FaultyServer() as faulty, transcriber() as live:
        for utterance in utterances(tmp_path, 4, name="one", url=stuck.url, concurrency=2):
            live.prefetch(utterance)
        heard = hear(live, utterances(tmp_path, 4, name="two", url=faulty.url))
    assert [text_of(hearing) for hearing in heard] == ["red door"] * 4


def test_this_process_keeps_to_its_share(tmp_path: Path) -> None:
    with (
        FaultyServer(default=hears(after_s=0.05)) as faulty,
        transcriber(share=Share(index=1, count=2)) as live,
    ):
        hear(live, utterances(tmp_path, 8, url=faulty.url, concurrency=5))
    assert faulty.seen.most_in_flight == 2


def test_an_exclusive_case_runs_alone_in_its_place(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.05)) as faulty, transcriber() as live:
        before, between, *behind = utterances(tmp_path, 5, url=faulty.url)
        heard = hear(live, [before, alone(between), *behind])
    spans = [(hearing.began_at, hearing.ended_at) for hearing in heard]
    assert spans[0][1] <= spans[1][0]
    assert all(spans[1][1] <= began_at for began_at, _ in spans[2:])
    assert faulty.seen.names[:2] == ["c0", "c1"]
    assert faulty.seen.most_in_flight == 3


def test_a_repeated_case_is_transcribed_several_times_at_once(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.05)) as faulty, transcriber() as live:
        (utterance,) = utterances(tmp_path, 1, url=faulty.url)
        hearing = live.take(repeated(utterance, 3))
    assert [attempt.result is not None for attempt in hearing.attempts] == [True] * 3
    assert faulty.seen.most_in_flight == 3


def test_an_exclusive_case_is_repeated_one_by_one(tmp_path: Path) -> None:
    words = [hears(text, after_s=0.02) for text in ("one", "two", "three")]
    with FaultyServer(*words) as faulty, transcriber() as live:
        (utterance,) = utterances(tmp_path, 1, url=faulty.url)
        hearing = live.take(alone(repeated(utterance, 3)))
    assert [attempt.result and attempt.result.hypothesis_text for attempt in hearing.attempts] == [
        "one",
        "two",
        "three",
    ]
    assert faulty.seen.most_in_flight == 1


def test_a_rate_holds_over_all_lanes_in_any_window(tmp_path: Path) -> None:
    rate = Rate(count=3, period_s=0.4)
    with FaultyServer() as faulty, transcriber() as live:
        hear(live, utterances(tmp_path, 10, url=faulty.url, concurrency=8, rate=rate))
    at = [request.at for request in faulty.requests]
    # They left in time; on a busy machine one may arrive later than the next.
    assert all(at[number + 3] - at[number] >= 0.25 for number in range(len(at) - 3))


def test_a_rate_holds_for_requests_that_need_a_while_to_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those do that need a connection of their own."""
    waits_s = iter([0.5, 0.5, 0.5])

    async def make_room(*_: object) -> None:
        await asyncio.sleep(next(waits_s, 0.0))

    monkeypatch.setattr(LanePool, "make_room", make_room)
    rate = Rate(count=3, period_s=0.6)
    with FaultyServer() as faulty, transcriber() as live:
        hear(live, utterances(tmp_path, 7, url=faulty.url, concurrency=8, rate=rate))
    at = [request.at for request in faulty.requests]
    assert all(at[number + 3] - at[number] >= 0.4 for number in range(len(at) - 3))


def test_what_never_left_does_not_count_for_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.runner.retries.BACKOFF_S", 0.001)
    with refusing_port() as port, transcriber() as live:
        url, rate = f"http://127.0.0.1:{port}", Rate(count=1, period_s=3600)
        (hearing,) = hear(live, utterances(tmp_path, 1, url=url, retries=4, rate=rate))
    assert len(only(hearing).tries) == 5


def test_tries_count_for_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.runner.retries.BACKOFF_S", 0.001)
    with FaultyServer(answers(503), answers(503)) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 1, url=faulty.url, retries=2, rate=Rate(count=1, period_s=0.4))
        assert text_of(hear(live, wanted)[0]) == "red door"
    first, second, third = [request.at for request in faulty.requests]
    assert min(second - first, third - second) >= 0.25


def test_waiting_for_the_rate_is_no_part_of_the_timeout(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        rate = Rate(count=1, period_s=0.3)
        heard = hear(live, utterances(tmp_path, 4, url=faulty.url, timeout=0.5, rate=rate))
    assert [text_of(hearing) for hearing in heard] == ["red door"] * 4


def test_a_case_that_waits_for_its_rate_holds_up_no_other_suite(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        rate = Rate(count=1, period_s=60)
        for utterance in utterances(tmp_path, 4, name="slow", url=faulty.url, concurrency=2, rate=rate):
            live.prefetch(utterance)
        heard = hear(live, utterances(tmp_path, 6, name="quick", url=faulty.url, concurrency=2))
    assert [text_of(hearing) for hearing in heard] == ["red door"] * 6


def test_what_is_taken_is_forgotten(tmp_path: Path) -> None:
    """Asking for it again, as a rerun does, is a new request."""
    with FaultyServer() as faulty, transcriber() as live:
        (utterance,) = utterances(tmp_path, 1, url=faulty.url)
        live.prefetch(utterance)
        live.prefetch(utterance)
        assert live.ahead == 1
        live.take(utterance)
        assert live.ahead == 0
        live.take(utterance)
    assert len(faulty.requests) == 2


def test_the_time_of_a_case_is_from_its_request_to_its_answer(tmp_path: Path) -> None:
    with FaultyServer(default=hears(after_s=0.1)) as faulty, transcriber() as live:
        began = time.time()
        heard = hear(live, utterances(tmp_path, 3, url=faulty.url, concurrency=1))
    spans = [(hearing.began_at, hearing.ended_at) for hearing in heard]
    assert began <= spans[0][0]
    assert all(ended_at - began_at >= 0.1 for began_at, ended_at in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_an_address_is_found_out_once_and_in_another_thread(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []
    with FaultyServer() as faulty:

        def address(url: str) -> str:
            asked.append((url, threading.current_thread().name))
            return faulty.url

        with transcriber(address=address) as live:
            first = utterances(tmp_path, 3, name="one", url="local")
            second = utterances(tmp_path, 3, name="two", url="local")
            heard = hear(live, [*first, *second])
    assert [text_of(hearing) for hearing in heard] == ["red door"] * 6
    ((url, thread),) = asked
    assert url == "local"
    assert thread not in ("stt", threading.current_thread().name)


@pytest.mark.parametrize("kind", [ConnectError, SuiteError])
def test_without_an_address_every_case_has_that_error(tmp_path: Path, kind: type[STTError]) -> None:
    def address(url: str) -> str:
        raise kind(f"there is no {url}")

    with transcriber(address=address) as live:
        began = time.time()
        heard = hear(live, utterances(tmp_path, 3, url="local"))
    errors = [error_of(hearing) for hearing in heard]
    assert [(type(error), str(error)) for error in errors] == [(kind, "there is no local")] * 3
    assert len({id(error) for error in errors}) == 3
    assert all(began <= hearing.began_at <= hearing.ended_at for hearing in heard)


def test_what_is_no_error_of_ours_is_raised(tmp_path: Path) -> None:
    def address(url: str) -> str:
        raise LookupError("a bug")

    with transcriber(address=address) as live, pytest.raises(LookupError, match="a bug"):
        hear(live, utterances(tmp_path, 1, url="local"))


def test_audio_that_can_t_be_read_is_the_error_of_its_case(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 3, url=faulty.url, retries=2, rate=Rate(count=100, period_s=1))
        (tmp_path / "c1.wav").write_bytes(b"no audio at all")
        before, broken, after = hear(live, wanted)
    assert text_of(before) == text_of(after) == "red door"
    assert isinstance(error_of(broken), AudioError)
    assert only(broken).tries == ()
    assert sorted(faulty.seen.names) == ["c0", "c2"]


def test_options_that_do_not_fit_are_the_error_of_every_case(tmp_path: Path) -> None:
    with transcriber() as live:
        heard = hear(live, utterances(tmp_path, 2, url="http://127.0.0.1:9", options={"nonsense": "1"}))
    assert all(isinstance(error_of(hearing), SuiteError) for hearing in heard)


class TestWait:
    def test_cases_are_sent_when_the_server_is_ready(self, tmp_path: Path) -> None:
        probes = [answers(503), closes(), answers(502), answers(404)]
        with FaultyServer(probes=probes) as faulty, transcriber() as live:
            wanted = utterances(
                tmp_path, 4, url=f"{faulty.url}?key=secret", wait=20.0, headers={"X-Key": "k"}
            )
            heard = hear(live, wanted)
        assert [text_of(hearing) for hearing in heard] == ["red door"] * 4
        methods = [request.method for request in faulty.requests]
        assert methods == ["GET"] * 4 + ["POST"] * 4
        probe = faulty.requests[0]
        assert probe.headers["x-key"] == "k"
        assert probe.target == "/v1/audio/transcriptions?key=secret"

    def test_waiting_is_no_part_of_the_timeout(self, tmp_path: Path) -> None:
        with FaultyServer(probes=[answers(503)] * 3) as faulty, transcriber() as live:
            (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url, wait=20.0, timeout=0.5))
        assert text_of(hearing) == "red door"

    def test_a_socket_that_closes_without_http_is_ready(self, tmp_path: Path) -> None:
        with FaultyServer(probes=[closes()], default=answers(403)) as faulty, transcriber() as live:
            wanted = utterances(tmp_path, 1, url=faulty.url, wait=20.0, dialect="whisperlive")
            (hearing,) = hear(live, wanted)
        assert [one.status for one in only(hearing).tries] == [403]

    def test_a_server_that_never_is_ready_is_the_error_of_every_case(self, tmp_path: Path) -> None:
        with refusing_port() as port, transcriber() as live:
            url = f"http://127.0.0.1:{port}/?key=secret"
            heard = hear(live, utterances(tmp_path, 5, url=url, wait=0.3))
        for hearing in heard:
            error = error_of(hearing)
            assert isinstance(error, ConnectError)
            assert "was not ready within 0.3 s (`wait`): " in str(error)
            assert "refused the connection" in str(error)
            assert "secret" not in str(error)
            assert only(hearing).tries == ()

    def test_a_status_that_stays_is_named(self, tmp_path: Path) -> None:
        with FaultyServer(probes=[answers(503)] * 100) as faulty, transcriber() as live:
            (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url, wait=0.3))
        assert "(`wait`): It answered 503." in str(error_of(hearing))

    def test_a_server_that_gives_no_answer_is_asked_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(readiness, "POLL_S", 0.1)
        with FaultyServer(probes=[hangs()]) as faulty, transcriber() as live:
            (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url, wait=20.0))
        assert text_of(hearing) == "red door"
        with FaultyServer(probes=[hangs()] * 100) as faulty, transcriber() as live:
            (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url, wait=0.3))
        assert "It gave no answer for 0.1 s." in str(error_of(hearing))


class TestLog:
    def test_what_is_logged_comes_with_its_case(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with FaultyServer() as faulty, transcriber() as live:
            heard = hear(live, utterances(tmp_path, 3, url=f"{faulty.url}?key=secret"))
            ours = [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]
        assert ours == []
        for hearing in heard:
            names = {record.name for record in hearing.log}
            assert {"httpx", "httpcore.http11"} <= names
            (line,) = [record.getMessage() for record in hearing.log if record.name == "httpx"]
            assert line.startswith(f"HTTP Request: POST {faulty.url}/v1/audio/transcriptions?key=*** ")

    def test_where_nothing_is_logged_nothing_comes(self, tmp_path: Path) -> None:
        with FaultyServer() as faulty, transcriber() as live:
            (hearing,) = hear(live, utterances(tmp_path, 1, url=faulty.url))
        assert hearing.log == ()

    def test_the_filters_are_gone_afterwards(self) -> None:
        before = {name: list(logging.getLogger(name).filters) for name in ("httpx", "asyncio", "pytest_stt")}
        with transcriber():
            assert logging.getLogger("asyncio").filters != before["asyncio"]
        assert {name: logging.getLogger(name).filters for name in before} == before
