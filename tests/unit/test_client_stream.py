from __future__ import annotations

from pytest_stt.audio import AudioEncoding
from pytest_stt.client.stream import StreamOptions


def test_gaps_are_filled_from_the_defaults() -> None:
    defaults = StreamOptions(chunk_ms=256, encoding=AudioEncoding.FLOAT32, pace=1.0)
    assert StreamOptions().over(defaults) == defaults


def test_what_is_set_stays_even_if_it_is_zero() -> None:
    chosen = StreamOptions(chunk_ms=100, encoding=AudioEncoding.PCM16, pace=0.0)
    assert chosen.over(StreamOptions(chunk_ms=1, encoding=AudioEncoding.FLOAT32, pace=1.0)) == chosen
