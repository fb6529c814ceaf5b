"""Utterances that nobody will take."""

from __future__ import annotations

from typing import Any, cast

from pytest_stt.runner.replay import Recording, ReplayTranscriber


class Live:
    """A transcriber that notes what it is to forget."""

    def __init__(self) -> None:
        self.dropped: list[str] = []

    def drop(self, utterance: str) -> None:
        self.dropped.append(utterance)


def test_a_replay_lets_the_live_transcriber_forget_too() -> None:
    live, recording = Live(), Recording.of([], source="a.jsonl")
    replay = ReplayTranscriber(recording, live=cast("Any", live), suite_name=str)
    replay.drop(cast("Any", "hello"))
    assert live.dropped == ["hello"]


def test_without_a_live_transcriber_there_is_nothing_to_forget() -> None:
    recording = Recording.of([], source="a.jsonl")
    ReplayTranscriber(recording, live=None, suite_name=str).drop(cast("Any", "hello"))
