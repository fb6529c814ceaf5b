"""However a run ends, nothing is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from faulty_server import FaultyServer, answers, drips, hangs, hears, opens_socket
from runner_suites import alone, hear, only, text_of, transcriber, utterances

from pytest_stt.runner import BackgroundLoop, LiveTranscriber
from pytest_stt.suite.model import Rate


class Left(BaseException):
    """As Ctrl-C, or a timeout plugin."""


@pytest.fixture
def leave_soon() -> object:
    """Raise `Left` in the main thread after a moment."""

    def leave(*_: object) -> None:
        raise Left

    old = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, old)


def test_a_wait_that_is_left_ends_its_request_and_no_other(tmp_path: Path, leave_soon: object) -> None:
    with FaultyServer(of={"c0": [hangs()], "c1": [hears(after_s=0.6)]}) as faulty, transcriber() as live:
        stuck, good = utterances(tmp_path, 2, url=faulty.url)
        live.prefetch(stuck)
        live.prefetch(good)
        with pytest.raises(Left):
            live.take(stuck)
        faulty.wait_for(lambda seen: seen.in_flight <= 1)
        assert text_of(live.take(good)) == "red door"
        assert live.ahead == 0


def test_what_is_dropped_frees_its_lane(tmp_path: Path) -> None:
    with FaultyServer(of={"c0": [hangs()]}) as faulty, transcriber() as live:
        skipped, wanted = utterances(tmp_path, 2, url=faulty.url, concurrency=1)
        live.prefetch(skipped)
        live.prefetch(wanted)
        faulty.wait_for(lambda seen: seen.in_flight == 1)
        live.drop(skipped)
        assert live.ahead == 1
        assert text_of(live.take(wanted)) == "red door"
        live.drop(wanted)
        assert live.ahead == 0


def test_what_is_dropped_frees_its_turn(tmp_path: Path) -> None:
    with FaultyServer(of={"c0": [hangs()]}) as faulty, transcriber() as live:
        first, second, third = utterances(tmp_path, 3, url=faulty.url)
        running, waiting = alone(first), alone(second)
        for utterance in (running, waiting, third):
            live.prefetch(utterance)
        faulty.wait_for(lambda seen: seen.in_flight == 1)
        live.drop(waiting)
        live.drop(running)
        assert text_of(live.take(third)) == "red door"
        assert faulty.seen.names == ["c0", "c2"]


@pytest.mark.parametrize("dialect", ["openai", "whisperlive"])
def test_closing_ends_everything_in_flight(tmp_path: Path, dialect: str) -> None:
    silent = opens_socket(then="hang") if dialect == "whisperlive" else hangs()
    with FaultyServer(default=silent) as faulty, transcriber() as live:
        wanted = utterances(tmp_path, 80, url=faulty.url, concurrency=64, dialect=dialect)
        for utterance in wanted:
            live.prefetch(utterance)
        faulty.wait_for(lambda seen: seen.in_flight == 64)
        live.close()
        faulty.wait_for(lambda seen: seen.open == 0)
        assert live.ahead == 0


def test_closing_ends_what_waits_for_anything(tmp_path: Path) -> None:
    """For a lane, its turn, the rate, a pause, the server to be ready, or an address."""
    stop = threading.Event()

    def address(url: str) -> str:
        return faulty.url if url == "up" else str(stop.wait(30))

    with (
        FaultyServer(of={"c0": [answers(503, Retry_After="100")]}, default=hangs(), probes=[]) as faulty,
        transcriber(address=address) as live,
    ):
        paused, *queued = utterances(tmp_path, 5, name="a", url="up", timeout=600, retries=3, concurrency=2)
        limited = utterances(tmp_path, 3, name="b", url="up", rate=Rate(count=1, period_s=600))
        nowhere = utterances(tmp_path, 2, name="c", url="nowhere")
        live.prefetch(paused)
        faulty.wait_for(lambda seen: seen.requests)
        for utterance in [*queued, *limited, *nowhere, alone(paused), *queued]:
            live.prefetch(utterance)
        live.close()
        faulty.wait_for(lambda seen: seen.open == 0)
        stop.set()


def test_closing_while_the_server_is_waited_for(tmp_path: Path) -> None:
    with FaultyServer(probes=[answers(503)] * 1000) as faulty, transcriber() as live:
        for utterance in utterances(tmp_path, 5, url=faulty.url, wait=600):
            live.prefetch(utterance)
        faulty.wait_for(lambda seen: seen.requests)
        live.close()
        faulty.wait_for(lambda seen: seen.open == 0)


def test_closing_while_an_answer_drips(tmp_path: Path) -> None:
    with FaultyServer(default=drips()) as faulty, transcriber() as live:
        for utterance in utterances(tmp_path, 5, url=faulty.url):
            live.prefetch(utterance)
        faulty.wait_for(lambda seen: seen.in_flight == 4)
        live.close()
        faulty.wait_for(lambda seen: seen.open == 0)


def test_closing_before_anything_was_asked_starts_nothing() -> None:
    background = BackgroundLoop()
    live = LiveTranscriber(background, address=str)
    live.close()
    live.close()
    assert not background.started


def test_connections_are_closed_behind_the_last_case(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        hear(live, utterances(tmp_path, 8, url=faulty.url))
        live.close()
        faulty.wait_for(lambda seen: seen.open == 0)


def test_a_waiting_exclusive_case_that_is_left_lets_the_others_go_on(
    tmp_path: Path, leave_soon: object
) -> None:
    with FaultyServer(of={"c0": [hears(after_s=1.0)]}) as faulty, transcriber() as live:
        first, second, third = utterances(tmp_path, 3, url=faulty.url)
        live.prefetch(first)
        with pytest.raises(Left):
            live.take(alone(second))
        assert text_of(live.take(third)) == "red door"
        assert only(live.take(first)).error is None


RUN = """
import logging, sys
# That a step of a loop takes long on a busy machine is worth a line in this mode.
logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing "))
sys.path[:0] = sys.argv[1:2]
from pathlib import Path
from faulty_server import FaultyServer, hangs, opens_socket
from runner_suites import transcriber, utterances
silent = opens_socket(then="hang") if sys.argv[3] == "whisperlive" else hangs()
with FaultyServer(default=silent) as faulty, transcriber() as live:
    for utterance in utterances(Path(sys.argv[2]), 64, url=faulty.url, concurrency=64, dialect=sys.argv[3]):
        live.prefetch(utterance)
    faulty.wait_for(lambda seen: seen.in_flight == 64)
"""


@pytest.mark.parametrize("dialect", ["openai", "whisperlive"])
def test_nothing_is_reported_in_development_mode(tmp_path: Path, dialect: str) -> None:
    """Warnings that come as the interpreter ends are seen by nobody else."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", RUN, str(Path(__file__).parent)]
    command += [str(tmp_path), dialect]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
