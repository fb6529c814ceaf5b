from __future__ import annotations

import time

from pytest_stt.client.dialects.base import Said
from pytest_stt.client.timeline import Timeline
from pytest_stt.text.times import TimedWord


class LastOneDecoder:
    """A protocol whose messages replace each other; "..." says nothing, "ready" is the handshake."""

    transcript = ""

    def feed(self, message: str | bytes) -> list[Said]:
        if message == "ready":
            return [Said(kind="ready", text="ready")]
        if isinstance(message, bytes) or message == "...":
            return []
        self.transcript = message
        return [Said(kind="partial", text=message)]

    def end(self) -> list[Said]:
        return [Said(kind="final", text=self.transcript), Said(kind="done")]


def test_without_a_decoder_every_text_is_a_piece() -> None:
    timeline = Timeline()
    now = time.monotonic()
    timeline.hear("red", now)
    timeline.hear(b"\x00\x01", now)
    timeline.hear("door", now)
    assert timeline.end(now) == []
    assert timeline.hypothesis == "red door"
    assert timeline.fragments == ["red", "door"]
    assert timeline.chunks_received == 3
    assert [(event.kind, event.text) for event in timeline.events] == [
        ("final", "red"),
        ("info", "2 bytes"),
        ("final", "door"),
    ]


def test_with_a_decoder_only_transcript_text_counts() -> None:
    timeline = Timeline(LastOneDecoder())
    now = time.monotonic()
    for message in ("ready", "red", "...", "red door"):
        timeline.hear(message, now)
    assert not timeline.done
    timeline.end(now)
    assert timeline.hypothesis == "red door"
    assert timeline.fragments == ["red", "red door", "red door"]
    assert [event.kind for event in timeline.events] == ["info", "partial", "partial", "final", "done"]
    assert timeline.done


def test_latency_runs_from_the_first_start_to_the_last_text() -> None:
    timeline = Timeline(LastOneDecoder())
    timeline.hear("ready", time.monotonic() - 1)
    timeline.start()
    start = time.monotonic()
    timeline.hear("red", start + 2)
    timeline.hear("...", start + 5)
    timeline.start()
    assert 2000 <= timeline.latency_ms < 2100
    ready, partial = timeline.events
    assert -1100 < ready.ms <= -1000
    assert partial.ms == timeline.latency_ms


def test_nothing_heard_has_no_latency() -> None:
    timeline = Timeline(LastOneDecoder())
    timeline.hear("ready", time.monotonic() + 9)
    assert timeline.latency_ms == 0.0


def test_without_a_start_the_clock_runs_from_the_opening() -> None:
    began = time.monotonic()
    timeline = Timeline()
    timeline.hear("red", began + 3)
    assert 2900 < timeline.latency_ms <= 3000


def test_the_last_message_is_told_printable_and_cut() -> None:
    timeline = Timeline()
    assert str(timeline) == "No whole message was received."
    timeline.hear("\x1b[31m" + "x" * 400, time.monotonic())
    assert "\\x1b[31mxxx" in str(timeline)
    assert len(str(timeline)) < 400
    timeline.hear(b"1234", time.monotonic())
    assert "a binary frame of 4 bytes" in str(timeline)


class TimedDecoder(LastOneDecoder):
    @property
    def words(self) -> list[TimedWord]:
        return [TimedWord(word=word, start_s=float(at)) for at, word in enumerate(self.transcript.split())]


def test_words_are_those_of_a_decoder_that_knows_their_times() -> None:
    timed, untimed, bare = Timeline(TimedDecoder()), Timeline(LastOneDecoder()), Timeline()
    for timeline in (timed, untimed, bare):
        timeline.hear("red", time.monotonic())
        timeline.hear("red door", time.monotonic())
    assert [(word.word, word.start_s) for word in timed.words] == [("red", 0.0), ("door", 1.0)]
    assert list(untimed.words) == list(bare.words) == []
