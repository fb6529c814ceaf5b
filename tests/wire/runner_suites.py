"""Suites for the runner, and a runner that is closed at the end of its test."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import STTError
from pytest_stt.limits import NO_LIMITS
from pytest_stt.runner import BackgroundLoop, LiveTranscriber, Share
from pytest_stt.runner.hearing import Attempt, Hearing
from pytest_stt.runner.utterance import Utterance
from pytest_stt.suite.model import Case, Repetition, Server, Suite


def utterances(folder: Path, count: int, *, name: str = "s", **server: Any) -> list[Utterance]:
    """Return the cases c0, c1, … of a suite, each with a tenth of a second of audio in a file of its own."""
    described = Server(**{"dialect": "openai", "timeout": 10.0, "retries": 0} | server)
    cases = tuple(_case(folder, number) for number in range(count))
    suite = Suite(
        path=folder / f"{name}.stt.yaml",
        servers=(described,),
        stream=StreamOptions(),
        cases=cases,
    )
    return [Utterance(suite=suite, server=described, case=case) for case in cases]


def _case(folder: Path, number: int) -> Case:
    path = folder / f"c{number}.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(3200))
    return Case(id=path.stem, line=number, audio=path, references=("red door",), limits=NO_LIMITS)


def alone(utterance: Utterance) -> Utterance:
    """Return the same, exclusive."""
    return replace(utterance, case=replace(utterance.case, exclusive=True))


def repeated(utterance: Utterance, times: int) -> Utterance:
    """Return the same, to be transcribed several times."""
    return replace(utterance, case=replace(utterance.case, repeat=Repetition(times=times)))


@contextmanager
def transcriber(
    *, address: Callable[[str], str] = lambda url: url, share: Share | None = None
) -> Iterator[LiveTranscriber]:
    """Run a transcriber with a loop of its own."""
    background = BackgroundLoop()
    live = LiveTranscriber(background, address=address, share=share or Share())
    try:
        yield live
    finally:
        live.close()
        background.close()


def hear(live: LiveTranscriber, wanted: Sequence[Utterance]) -> list[Hearing]:
    """Prefetch all, and take all in their order."""
    for utterance in wanted:
        live.prefetch(utterance)
    return [live.take(utterance) for utterance in wanted]


def only(hearing: Hearing) -> Attempt:
    """Return the one attempt."""
    (attempt,) = hearing.attempts
    return attempt


def text_of(hearing: Hearing) -> str:
    """Return what was heard."""
    attempt = only(hearing)
    if attempt.result is None:
        raise AssertionError(f"nothing was heard: {attempt.error!r}")
    return attempt.result.hypothesis_text


def error_of(hearing: Hearing) -> STTError:
    """Return why nothing was heard."""
    error = only(hearing).error
    if error is None:
        raise AssertionError("something was heard")
    return error
