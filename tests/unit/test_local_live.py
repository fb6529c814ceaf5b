"""A stream is heard the same, however its audio arrives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt.local.engine import Utterance
from pytest_stt.local.live import LiveStream
from pytest_stt.local.speech import SAMPLE_RATE, Samples


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def babble(seconds: float) -> Samples:
    time_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.2 * np.sin(np.pi * 4 * time_s) ** 2 * np.sin(2 * np.pi * 500 * time_s)).astype(np.float32)


def energy(samples: Samples) -> str:
    """Stand in for the engine: another text for other audio."""
    return f"{np.square(samples, dtype=np.float64).sum():.3f}"


SPEECH = np.concatenate((babble(1.5), silence(1.4), babble(0.8), silence(0.4), babble(2), silence(2.5)))


def hear(stream: LiveStream, *parts: Samples) -> list[Utterance]:
    return [utterance for part in parts for utterance in stream.advance(part)]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, len(SPEECH)), max_size=20))
def test_finished_utterances_do_not_depend_on_how_the_audio_was_split(places: list[int]) -> None:
    parts = np.split(SPEECH, sorted(places))

    heard = hear(LiveStream(energy), *parts)

    assert heard == hear(LiveStream(energy), SPEECH)
    assert len(heard) == 2


def test_an_utterance_stays_open_until_a_pause_follows() -> None:
    stream = LiveStream(energy)

    assert stream.advance(babble(2)) == []
    guess = stream.guess()
    assert guess is not None
    assert guess.end_s == pytest.approx(2, abs=0.1)

    (finished,) = stream.advance(silence(1.5))
    assert finished.end_s == pytest.approx(2, abs=0.1)
    assert stream.guess() is None


def test_the_end_is_heard_when_no_more_comes() -> None:
    stream = LiveStream(energy)
    stream.advance(babble(2.3))

    before, after = stream.guess(), stream.guess(to_the_end=True)

    assert before is not None
    assert after is not None
    assert after.end_s > before.end_s


def test_less_than_a_second_is_not_heard() -> None:
    stream = LiveStream(energy)
    stream.advance(babble(0.99))
    assert stream.guess(to_the_end=True) is None


def test_what_was_guessed_rightly_is_not_heard_again() -> None:
    asked: list[Samples] = []

    def recognize(samples: Samples) -> str:
        asked.append(samples)
        return "red door"

    stream = LiveStream(recognize)
    stream.advance(np.concatenate((babble(2), silence(0.5))))
    guess = stream.guess()

    assert stream.advance(silence(1)) == [guess]
    assert len(asked) == 1


def test_what_the_engine_does_not_understand_is_left_out() -> None:
    stream = LiveStream(lambda samples: "")
    assert hear(stream, SPEECH) == []
    stream.advance(babble(2))
    assert stream.guess() is None


def test_speech_after_long_silence_is_heard_at_its_time() -> None:
    (heard,) = hear(LiveStream(energy), silence(31), babble(2), silence(2))
    assert heard.start_s == pytest.approx(31, abs=0.1)
    assert heard.end_s == pytest.approx(33, abs=0.1)


def test_speech_without_a_pause_is_cut_before_it_is_too_long() -> None:
    heard = hear(LiveStream(energy), babble(60), silence(2))

    assert len(heard) >= 3
    assert all(utterance.end_s - utterance.start_s <= 24 for utterance in heard)
    assert all(second.start_s - first.end_s < 0.2 for first, second in pairwise(heard))
