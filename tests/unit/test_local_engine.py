from __future__ import annotations

import numpy as np
import pytest

from pytest_stt.local.engine import Utterance, spoken, transcribe
from pytest_stt.local.speech import SAMPLE_RATE, Samples


def babble(seconds: float) -> Samples:
    time_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.2 * np.sin(np.pi * 4 * time_s) ** 2 * np.sin(2 * np.pi * 500 * time_s)).astype(np.float32)


RECORDING = np.concatenate((babble(1), np.zeros(4 * SAMPLE_RATE, dtype=np.float32), babble(2)))


def test_each_utterance_is_heard_with_its_time() -> None:
    texts = iter(["red door", "blue door"])

    heard = list(transcribe(lambda samples: next(texts), RECORDING))

    first, second = heard
    assert (first.text, second.text) == ("red door", "blue door")
    assert (first.start_s, first.end_s) == pytest.approx((0, 1), abs=0.1)
    assert (second.start_s, second.end_s) == pytest.approx((5, 7), abs=0.1)


def test_an_utterance_without_words_is_left_out() -> None:
    texts = iter(["", "blue door"])
    (heard,) = transcribe(lambda samples: next(texts), RECORDING)
    assert heard.text == "blue door"


def test_the_engine_is_not_asked_about_silence() -> None:
    asked: list[Samples] = []

    def recognize(samples: Samples) -> str:
        asked.append(samples)
        return "You"

    nothing: list[Utterance] = list(transcribe(recognize, np.zeros(SAMPLE_RATE, dtype=np.float32)))
    assert (nothing, asked) == ([], [])


@pytest.mark.parametrize(
    ("text", "expected"), [(" Yes. ", "Yes."), ("♪♪♪", ""), ("...", ""), ("", ""), (" 42", "42")]
)
def test_text_without_a_letter_or_digit_is_nothing(text: str, expected: str) -> None:
    assert spoken(text) == expected
