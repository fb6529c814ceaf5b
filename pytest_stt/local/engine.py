"""The speech engine: samples in, text out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pytest_stt.local.model import ModelFiles, write_tokens
from pytest_stt.local.speech import RECORDING_PAUSE_S, SAMPLE_RATE, Samples, cut_out, find_pieces

Recognize = Callable[[Samples], str]
"""Hears one piece of speech, cut out with its margins: never less than 1.3 s."""


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """What was said from `start_s` to `end_s`, in seconds from the beginning of the recording."""

    start_s: float
    end_s: float
    text: str


def transcribe(recognize: Recognize, samples: Samples) -> Iterator[Utterance]:
    """Yield what is said in a recording of any length, one piece of speech after the other."""
    for piece in find_pieces(samples, pause_s=RECORDING_PAUSE_S):
        if text := recognize(cut_out(samples, piece)):
            yield Utterance(start_s=piece.start / SAMPLE_RATE, end_s=piece.end / SAMPLE_RATE, text=text)


def load_recognizer(model: ModelFiles) -> Recognize:
    """Load the model and give the function that hears with it.

    The function may be called from several threads, and gives the same text each time. Each call
    computes on one thread: two calls at once on two cores take less time than two in a row on both.
    """
    import sherpa_onnx

    with tempfile.TemporaryDirectory(prefix="pytest-stt-") as directory:
        tokens = Path(directory) / "tokens.txt"
        write_tokens(model.tokenizer, tokens)
        recognizer = sherpa_onnx.OfflineRecognizer.from_moonshine_v2(
            encoder=str(model.encoder), decoder=str(model.decoder), tokens=str(tokens), num_threads=1
        )

    def recognize(samples: Samples) -> str:
        stream = recognizer.create_stream()
        stream.accept_waveform(SAMPLE_RATE, samples)
        recognizer.decode_stream(stream)
        return spoken(stream.result.text)

    # The first call allocates; it is not to be the user's.
    recognize(np.random.default_rng(0).normal(0, 0.01, SAMPLE_RATE).astype(np.float32))
    return recognize


def spoken(text: str) -> str:
    """Drop a text without a single letter or digit, which is how the model writes music ("♪")."""
    text = text.strip()
    return text if any(character.isalnum() for character in text) else ""
