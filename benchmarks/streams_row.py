"""Streams in real time: how many frames are late at the server.

A frame is late against frame 0 of its stream plus k times the length of a frame, by the arrival at the
server: decoding and the way through the sockets count too.
"""

from __future__ import annotations

import json
import statistics
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import material
from processes import cores, pytest_command, run, script, serving
from rows import Command, Line, MeasureError, Plan, Row, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STREAMS = 200
_SUITE = """\
server:
  dialect: whisperlive
  url: ws://127.0.0.1:9
  timeout: 60
  options: {pad_after_ms: 0, settle_ms: 500}
stream: {chunk_ms: 100, encoding: pcm16}
assert_quality: {max_wer: 2, max_cer: 5}
"""


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """How late frames arrived.

    Attributes:
        share: Those more than 50 ms late against frame 0 of their stream.
        worst_ms: The latest of all against frame 0 of its stream.
        start_ms: The latest frame 0 against the start of its stream.
        last_ms: The median of the last frames against the start of their streams.
        busy: The share of its core that the process used, its own start and end included.
    """

    share: float
    worst_ms: float
    start_ms: float
    last_ms: float
    busy: float

    @classmethod
    def of(cls, streams: list[list[float]], busy: float) -> Lateness:
        frames = [late_ms - stream[0] for stream in streams for late_ms in stream]
        return cls(
            share=sum(late_ms > 50 for late_ms in frames) / len(frames),
            worst_ms=max(frames),
            start_ms=max(stream[0] for stream in streams),
            last_ms=statistics.median(stream[-1] for stream in streams),
            busy=busy,
        )

    def __str__(self) -> str:
        return f"{self.share:.2%}, worst {self.worst_ms:.0f} ms, core {self.busy:.0%} busy"


def read_lateness(report: Path, began: Mapping[str, float], chunk_ms: int) -> list[list[float]]:
    """Return milliseconds after the time of each frame, a list for each stream.

    A stream starts when `send_sample` is called, or with frame 0 where that is not known.
    """
    streams = []
    for line in report.read_text().splitlines():
        conversation = json.loads(line)
        arrivals = conversation["arrivals"]
        start = began.get(conversation["uid"], arrivals[0])
        streams.append([1000 * (at - start) - index * chunk_ms for index, at in enumerate(arrivals)])
    return streams


def stream(plan: Plan, who: str, *, seconds: int, streams: int, chunk_ms: int) -> Lateness:
    """Let a script of ours or of the peer's stream, pinned to one core, to a server on another."""
    folder = plan.place("streams")
    report, audio = folder / f"{who}.jsonl", folder / "audio" / f"{seconds}.wav"
    report.unlink(missing_ok=True)
    material.write_audio(audio, seconds)
    own_core, servers_core = cores()
    python = plan.ours if who == "ours" else plan.peer
    with serving("websocket_server.py", str(report), core=servers_core) as port:
        url = f"ws://127.0.0.1:{port}/"
        arguments = (who, url, str(audio), str(streams), str(chunk_ms))
        cost = run(replace(script(python, "stream.py", folder, *arguments), core=own_core))
    began = json.loads(cost.output)
    late = read_lateness(report, began, chunk_ms)
    if sum(map(len, late)) != streams * seconds * 1000 // chunk_ms:
        raise MeasureError(f"{who}: {sum(map(len, late))} frames of {len(late)} streams arrived")
    return Lateness.of(late, cost.cpu_s / seconds)


def stream_suite(plan: Plan, *, seconds: int) -> Lateness:
    """Let a suite of the dialect whisperlive stream, a case for each stream, all at once."""
    folder = plan.place("stream-suite")
    report = folder / "report.jsonl"
    report.unlink(missing_ok=True)
    with suite_site(plan, folder, report, seconds) as command:
        cost = run(command)
    return Lateness.of(read_lateness(report, {}, 100), cost.cpu_s / seconds)


@contextmanager
def suite_site(plan: Plan, folder: Path, report: Path, seconds: int) -> Iterator[Command]:
    material.write_audio(folder / "audio" / "noise.wav", seconds)
    material.write_suite(folder, [("noise.wav", number) for number in range(STREAMS)], _SUITE)
    own_core, servers_core = cores()
    with serving("websocket_server.py", str(report), core=servers_core) as port:
        options = ("--stt-concurrency", str(STREAMS), "--stt-url", f"ws://127.0.0.1:{port}")
        yield replace(pytest_command(plan.ours, folder, "suite.stt.yaml", *options), core=own_core)


def measure(plan: Plan) -> Iterator[Line]:
    seconds = 5 if plan.quick else 15
    peer = stream(plan, "peer", seconds=seconds, streams=STREAMS, chunk_ms=100)
    rounds = range(plan.rounds(1, 3))
    ours = [stream(plan, "ours", seconds=seconds, streams=STREAMS, chunk_ms=100) for _ in rounds]
    others = f"peer {peer.share:.0%}, ends {peer.last_ms / seconds / 10:.1f} % late"
    what = f"{STREAMS} WebSocket streams at once, one core, a script"
    yield _line(what, ours, others, peer)
    start_ms = statistics.median(late.start_ms for late in ours)
    yield Line(
        measure="the same: from send_sample to frame 0, the slowest stream",
        other=f"peer {peer.start_ms:.0f} ms",
        ours=f"{start_ms:.0f} ms",
        ratio=times(start_ms, peer.start_ms),
    )
    suites = [stream_suite(plan, seconds=seconds) for _ in rounds]
    yield _line("the same, a suite with the dialect whisperlive", suites, others, peer)


def _line(what: str, rounds: list[Lateness], others: str, peer: Lateness) -> Line:
    ours = sorted(rounds, key=lambda late: late.share)[len(rounds) // 2]
    return Line(
        measure=f"{what}: frames more than 50 ms late",
        other=others,
        ours=str(ours),
        ratio=times(ours.share, peer.share) if peer.share else "",
        limit="under 1 %",
        met=ours.share < 0.01,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    folder = plan.place("stream-suite")
    with suite_site(plan, folder, folder / "report.jsonl", 5) as command:
        yield command


ROW = Row(name="streams", measure=measure, prepare=prepare)
