"""A thousand short requests to a server that answers in 50 ms: wall clock and CPU of the whole process."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import material
from processes import pytest_command, run, script, serving
from rows import Command, Cost, Line, Plan, Row, fastest, fastest_s, times

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = 1000
LANES = 64
_PATH = "/v1/audio/transcriptions"
# Its fixture is asynchronous and of the session; one loop for all tests is the fastest for it.
_PEERS_INI = """\
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session"""
_PEERS_TEST = Path(__file__).parent / "scripts" / "peers_test.py"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is measured: `folder` has the audio, the suites and the test of the peer."""

    plan: Plan
    folder: Path
    url: str

    def ours(self, suite: str) -> Command:
        options = ("--stt-concurrency", str(LANES), "--stt-url", self.url)
        return pytest_command(self.plan.ours, self.folder, suite, *options)

    def peers(self, cases: int) -> Command:
        folder = self.plan.place(f"peer-{cases}")
        texts = {material.audio_name(number): material.sentence(number) for number in range(cases)}
        (folder / "cases.json").write_text(json.dumps({"audio": str(self.folder / "audio"), "texts": texts}))
        (folder / "test_peer.py").write_text(_PEERS_TEST.read_text())
        material.write_ini(folder, _PEERS_INI)
        return pytest_command(self.plan.peer, folder, "test_peer.py", "--stt-url", self.url + _PATH)

    def bare(self) -> Command:
        audio = str(self.folder / "audio")
        return script(self.plan.ours, "bare_loop.py", self.folder, self.url + _PATH, audio, str(LANES))


@contextmanager
def site(plan: Plan) -> Iterator[Site]:
    folder = plan.place("http")
    material.write_audios(folder, CASES, seconds=2)
    cases = [(material.audio_name(number), number) for number in range(CASES)]
    material.write_suite(folder, cases)
    material.write_suite(folder, cases[:1], name="one")
    texts = folder / "texts.json"
    texts.write_text(json.dumps({audio: material.misheard(number) for audio, number in cases}))
    with serving("http_server.py", "50", str(texts)) as port:
        yield Site(plan=plan, folder=folder, url=f"http://127.0.0.1:{port}")


@dataclass(frozen=True, kw_only=True)
class Runs:
    """What was run: `cases` are those of a long run, `one` has the runs of a single case."""

    cases: int
    many: list[Cost]
    one: list[Cost]

    def more_s(self) -> float:
        """Return the seconds of wall clock that a case adds."""
        return (fastest_s(self.many) - fastest_s(self.one)) / (self.cases - 1)

    def more_cpu_ms(self) -> float:
        """Return the milliseconds of CPU that a case adds."""
        least = min(cost.cpu_s for cost in self.many) - min(cost.cpu_s for cost in self.one)
        return 1000 * least / (self.cases - 1)


def measure(plan: Plan) -> list[Line]:
    ours = Runs(cases=CASES, many=[], one=[])
    peer = Runs(cases=CASES if plan.full else 100, many=[], one=[])
    bare_s: list[float] = []
    with site(plan) as at:
        run(at.ours("one.stt.yaml"))
        run(at.peers(1))
        for _ in range(plan.rounds(2, 5)):
            bare_s.append(float(run(at.bare()).output))
            ours.many.append(run(at.ours("suite.stt.yaml")))
            ours.one.append(run(at.ours("one.stt.yaml")))
            if not (plan.full and peer.many):
                peer.many.append(run(at.peers(peer.cases)))
                peer.one.append(run(at.peers(1)))
    return _lines(ours, peer, min(bare_s))


def _lines(ours: Runs, peer: Runs, floor_s: float) -> list[Line]:
    wall_s, cpu_ms = fastest_s(ours.many), ours.more_cpu_ms()
    peers_wall_s, peers_cpu_ms = fastest_s(peer.one) + (CASES - 1) * peer.more_s(), peer.more_cpu_ms()
    most_s = 2 * floor_s + 0.6
    what = f"{CASES} HTTP cases, 50 ms each, {LANES} lanes"
    return [
        Line(
            measure=f"{what}: wall of the pytest process, against the peer",
            other=f"peer {peers_wall_s:.1f} s ({1000 * peer.more_s():.0f} ms a case)",
            ours=fastest(ours.many),
            ratio=f"{peers_wall_s / wall_s:.1f} times faster",
            limit="at least 30 times faster",
            met=peers_wall_s / wall_s >= 30,
        ),
        Line(
            measure=f"{what}: the same, against a bare loop over lanes",
            other=f"bare loop {floor_s:.2f} s",
            ours=fastest(ours.many),
            ratio=times(wall_s, floor_s),
            limit=f"2.0 x + 0.6 s = {most_s:.2f} s",
            met=wall_s <= most_s,
        ),
        Line(
            measure="CPU of the harness per case, start-up left out",
            other=f"peer {peers_cpu_ms:.1f} ms",
            ours=f"{cpu_ms:.2f} ms",
            ratio=times(cpu_ms, peers_cpu_ms),
            limit="3 ms",
            met=cpu_ms <= 3,
        ),
    ]


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    with site(plan) as at:
        yield at.ours("suite.stt.yaml")


ROW = Row(name="http", measure=measure, prepare=prepare)
