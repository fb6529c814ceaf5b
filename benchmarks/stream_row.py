"""One long stream in small frames: whether lateness adds up."""

from __future__ import annotations

import statistics
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import material
from processes import cores, script, serving
from rows import Command, Line, Plan, Row, times
from streams_row import stream

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(plan: Plan) -> list[Line]:
    seconds = 10 if plan.quick else 60
    peer = stream(plan, "peer", seconds=seconds, streams=1, chunk_ms=20)
    ours = [stream(plan, "ours", seconds=seconds, streams=1, chunk_ms=20) for _ in range(plan.rounds(1, 2))]
    last_ms = statistics.median(late.last_ms for late in ours)
    return [
        Line(
            measure=f"one stream of {seconds} s, 20 ms frames: lateness of the last frame",
            other=f"peer {peer.last_ms:.0f} ms ({peer.last_ms / seconds / 10:.1f} % of the duration)",
            ours=f"{last_ms:.1f} ms",
            ratio=times(last_ms, peer.last_ms),
            limit="under 20 ms",
            met=last_ms < 20,
        )
    ]


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    folder = plan.place("stream")
    own_core, servers_core = cores()
    audio = folder / "audio" / "noise.wav"
    material.write_audio(audio, 10)
    with serving("websocket_server.py", str(folder / "report.jsonl"), core=servers_core) as port:
        url = f"ws://127.0.0.1:{port}/"
        command = script(plan.ours, "stream.py", folder, "ours", url, str(audio), "1", "20")
        yield replace(command, core=own_core)


ROW = Row(name="stream", measure=measure, prepare=prepare)
