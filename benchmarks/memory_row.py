"""One hour of audio streamed as fast as it goes: how far the memory grows."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from processes import pytest_command, run, script, serving
from rows import Command, Line, MeasureError, Plan, Row, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REPORT = "report.jsonl"
_SUITE = """\
server: {dialect: whisperlive, url: 'ws://127.0.0.1:9', options: {pad_after_ms: 0, settle_ms: 200}}
stream: {chunk_ms: 100, encoding: pcm16, pace: 0}
assert_quality: {max_wer: 2, max_cer: 5}
"""


@contextmanager
def site(plan: Plan) -> Iterator[tuple[Path, str]]:
    folder = plan.place("memory")
    material.write_audio(folder / "audio" / "second.wav", 1)
    material.write_audio(folder / "audio" / "hour.wav", 3600)
    for name in ("second", "hour"):
        material.write_suite(folder, [(f"{name}.wav", 0)], _SUITE, name=name)
    with serving("websocket_server.py", str(folder / _REPORT)) as port:
        yield folder, f"ws://127.0.0.1:{port}/"


def measure(plan: Plan) -> Iterator[Line]:
    with site(plan) as (folder, url):
        audio = str(folder / "audio" / "hour.wav")
        peer_mb = float(run(script(plan.peer, "memory.py", folder, "peer", url, audio)).output)
        ours_mb = float(run(script(plan.ours, "memory.py", folder, "ours", url, audio)).output)
        _check_arrived(folder / _REPORT)
        yield _line("one hour of audio streamed with pace 0, a script", ours_mb, peer_mb)
        second_mb, hour_mb = (run(_suite(plan, folder, name, url)).peak_mb for name in ("second", "hour"))
        _check_arrived(folder / _REPORT)
        yield _line("the same, a suite, against one of a second", hour_mb - second_mb, peer_mb)


def _check_arrived(report: Path) -> None:
    """Make sure that the server has heard the whole hour in the last conversation."""
    arrivals = json.loads(report.read_text().splitlines()[-1])["arrivals"]
    if len(arrivals) != 36_000:
        raise MeasureError(f"{len(arrivals)} of 36000 frames arrived")


def _suite(plan: Plan, folder: Path, name: str, url: str) -> Command:
    return pytest_command(plan.ours, folder, f"{name}.stt.yaml", "--stt-url", url)


def _line(what: str, ours_mb: float, peer_mb: float) -> Line:
    return Line(
        measure=f"{what}: growth of memory",
        other=f"peer {peer_mb:.0f} MB",
        ours=f"{ours_mb:.1f} MB",
        ratio=times(ours_mb, peer_mb),
        limit="64 MB",
        met=ours_mb <= 64,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    with site(plan) as (folder, url):
        yield _suite(plan, folder, "hour", url)


ROW = Row(name="memory", measure=measure, prepare=prepare)
