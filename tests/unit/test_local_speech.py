"""Where speech is found: in what rises and falls as syllables do."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_stt.local.speech import (
    LEAD,
    LONGEST_PIECE,
    SAMPLE_RATE,
    TAIL,
    Piece,
    Samples,
    cut_out,
    find_pieces,
    sanitize,
)

LONGEST = LONGEST_PIECE * 320


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def noise(seconds: float, amplitude: float) -> Samples:
    samples = np.random.default_rng(0).normal(0, amplitude, round(seconds * SAMPLE_RATE))
    return samples.astype(np.float32)


def babble(seconds: float, amplitude: float = 0.1) -> Samples:
    """A buzz that swells and fades four times a second, as syllables do."""
    time_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * pitch * time_s) for pitch in (300, 600, 900))
    return (amplitude * np.sin(np.pi * 4 * time_s) ** 2 * buzz).astype(np.float32)


def spans(*parts: Samples, pause_s: float = 1.0) -> list[tuple[float, float]]:
    pieces = find_pieces(np.concatenate(parts), pause_s=pause_s)
    return [(round(piece.start / SAMPLE_RATE, 1), round(piece.end / SAMPLE_RATE, 1)) for piece in pieces]


@pytest.mark.parametrize(
    "samples",
    [
        silence(0),
        silence(0.01),
        silence(3),
        noise(3, 0.0001),
        noise(3, 0.01),
        noise(3, 0.3),
        np.concatenate((silence(2), noise(2, 0.01), silence(2))),
        np.concatenate((noise(2, 0.0001), noise(2, 0.05))),
        np.full(SAMPLE_RATE, 0.3, dtype=np.float32),
        (0.3 * np.sin(np.arange(SAMPLE_RATE) * 0.2)).astype(np.float32),
        np.concatenate((silence(1), np.ones(10, dtype=np.float32), silence(1))),
    ],
    ids=[
        "nothing",
        "a hundredth of a second",
        "digital silence",
        "room tone",
        "hiss",
        "loud noise",
        "hiss amid silence",
        "noise that grows",
        "offset",
        "hum",
        "click",
    ],
)
def test_what_is_not_speech_gives_no_piece(samples: Samples) -> None:
    assert find_pieces(samples, pause_s=1.0) == []


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 1.0])
def test_speech_is_found_at_any_volume(amplitude: float) -> None:
    assert spans(silence(1), babble(2, amplitude), silence(1)) == [(1.0, 3.0)]


def test_speech_is_found_in_noise() -> None:
    speech = np.concatenate((silence(1), babble(2), silence(1)))
    ((start, end),) = spans(speech + noise(4, 0.03))
    assert start == pytest.approx(1.0, abs=0.15)
    assert end == pytest.approx(3.0, abs=0.15)


def test_a_long_pause_separates_and_a_short_one_does_not() -> None:
    parts = (babble(1), silence(0.5), babble(1), silence(1.5), babble(1))
    assert spans(*parts, pause_s=1.0) == [(0.0, 2.5), (4.0, 5.0)]
    assert spans(*parts, pause_s=3.0) == [(0.0, 5.0)]


def test_a_piece_is_finished_when_a_pause_follows_it() -> None:
    assert [piece.finished for piece in find_pieces(babble(1), pause_s=1.0)] == [False]
    followed = np.concatenate((babble(1), silence(1.2)))
    assert [piece.finished for piece in find_pieces(followed, pause_s=1.0)] == [True]


def test_a_piece_that_is_too_long_is_cut_in_its_longest_pause() -> None:
    pieces = find_pieces(np.concatenate((babble(18), silence(0.8), babble(20))), pause_s=1.0)

    assert pieces[0].end == pytest.approx(18.4 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert [piece.finished for piece in pieces] == [True, False]
    assert all(piece.end - piece.start <= LONGEST for piece in pieces)


def test_pieces_cut_for_their_length_leave_nothing_out() -> None:
    pieces = find_pieces(babble(100), pause_s=1.0)

    assert pieces[0].start < SAMPLE_RATE / 10
    assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    assert pieces[-1].end > 99.9 * SAMPLE_RATE
    assert all(piece.end - piece.start <= LONGEST for piece in pieces)


def test_a_piece_is_cut_out_with_the_same_quiet_around_it_wherever_it_was() -> None:
    at_the_edge = babble(1)
    amid_silence = np.concatenate((silence(2), at_the_edge, silence(2)))

    (bare,) = find_pieces(at_the_edge, pause_s=1.0)
    (surrounded,) = find_pieces(amid_silence, pause_s=1.0)

    heard = cut_out(at_the_edge, bare)
    assert len(heard) == LEAD + (bare.end - bare.start) + TAIL
    assert np.array_equal(heard, cut_out(amid_silence, surrounded))


def test_what_is_cut_out_has_nothing_of_its_neighbours_in_it() -> None:
    samples = np.arange(1, 10 * SAMPLE_RATE, dtype=np.float32)
    piece = Piece(start=50_000, end=60_000, quiet_start=49_000, quiet_end=60_000, finished=True)

    heard = cut_out(samples, piece)

    assert len(heard) == LEAD + 10_000 + TAIL
    assert not heard[: LEAD - 1000].any()
    assert np.array_equal(heard[LEAD - 1000 : -TAIL], samples[49_000:60_000])
    assert not heard[-TAIL:].any()


def test_samples_that_are_no_numbers_become_silence_and_loud_ones_are_clipped() -> None:
    strange = np.array([np.nan, np.inf, -np.inf, 2.0, -1e30, 0.5], dtype=np.float32)
    assert sanitize(strange).tolist() == [0.0, 0.0, 0.0, 1.0, -1.0, 0.5]
