from __future__ import annotations

import dataclasses
import hashlib
import io
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pytest_stt import AudioEncoding, AudioError, AudioSample


def test_the_fields_say_what_the_caller_said() -> None:
    sample = AudioSample.from_array(
        np.zeros(800), 16_000, reference_text="Guten Tag.", language="de", name="greeting"
    )
    assert (sample.name, sample.language, sample.reference_text) == ("greeting", "de", "Guten Tag.")
    assert (sample.audio_path, sample.sample_rate, sample.duration_ms) == (None, 16_000, 50.0)


def test_an_array_has_a_name_and_no_text_when_none_is_given() -> None:
    sample = AudioSample.from_array([0.0], 16_000)
    assert (sample.name, sample.language, sample.reference_text) == ("array", None, "")


def test_a_sample_is_frozen_and_can_be_replaced_in_part() -> None:
    sample = AudioSample.from_array([0.5, -0.5], 16_000)
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample.name = "other"  # type: ignore[misc]
    other = dataclasses.replace(sample, reference_text="hello", language="en")
    assert (other.reference_text, other.language, other.name) == ("hello", "en", "array")
    assert other.pcm16() == sample.pcm16()
    assert other.sha256 == sample.sha256


def test_the_values_of_the_encodings_are_what_suites_write() -> None:
    assert [str(encoding) for encoding in AudioEncoding] == ["float32", "pcm16", "pcm16_base64"]


@pytest.mark.parametrize(
    ("given_samples", "expected"),
    [
        (np.array([0.5, -1, 1], np.float64), [0.5, -1, 1]),
        (np.array([0.5, -1, 1], np.float16), [0.5, -1, 1]),
        ([0.25, -0.25], [0.25, -0.25]),
        (np.array([-32768, 16384, 0, 32767], np.int16), [-1, 0.5, 0, 32767 / 32768]),
        (np.array([-(2**31), 2**30, 0], np.int32), [-1, 0.5, 0]),
        (np.array([0, 128, 192, 255], np.uint8), [-1, 0, 0.5, 127 / 128]),
        (np.array([[0.5, 0.0], [1.0, -1.0]]), [0.25, 0]),
        (np.array([[16384, 0], [-32768, -32768]], np.int16), [0.25, -1]),
        (np.array([[0.5], [0.25]]), [0.5, 0.25]),
        (np.array([1, 2, 3, 4], ">i2")[::2], [1 / 32768, 3 / 32768]),
    ],
)
def test_samples_of_every_type_are_scaled_to_one_and_mixed_down(
    given_samples: object, expected: object
) -> None:
    sample = AudioSample.from_array(given_samples, 16_000)  # type: ignore[arg-type]
    decoded = sample.float32()
    assert decoded.dtype == np.float32
    assert decoded.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ([], "at least one sample"),
        (np.zeros((0, 2)), "at least one sample"),
        (np.zeros((2, 0)), "at least one sample"),
        (np.zeros((2, 2, 2)), "3 dimensions"),
        (0.5, "0 dimensions"),
        (np.zeros((2, 16_000)), "transpose"),
        ([[0.0], [0.0, 1.0]], "no array of numbers"),
        (np.array([0.0, None], object), "found object"),
        ([True, False], "found bool"),
        (["a"], "found <U1"),
        ([1, 2, 3], "found int64"),
        ([1j], "found complex128"),
        ([0.0, float("nan")], "sample 1 is nan"),
        ([float("-inf")], "sample 0 is -inf"),
        ([0.0, 0.0, 1e300], "sample 2 is inf"),
        (np.full((1, 2), 3e38, np.float32), "sample 0 is inf"),
    ],
)
def test_what_is_no_audio_is_refused(samples: object, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        AudioSample.from_array(samples, 16_000)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0, -16_000, 999, 768_001, 16_000.5, 16_000.0, "16000", None, True])
def test_what_is_no_sample_rate_is_refused(rate: object) -> None:
    with pytest.raises(AudioError, match="whole number of hertz from 1000 to 768000"):
        AudioSample.from_array([0.0], rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0, -1, 12.5, "16000"])
def test_what_is_no_rate_to_resample_to_is_refused(rate: object) -> None:
    sample = AudioSample.from_array([0.0], 16_000)
    for method in (sample.float32, sample.pcm16, sample.wav_bytes):
        with pytest.raises(AudioError, match=r"found (0|-1|12\.5|'16000')"):
            method(rate)  # type: ignore[operator]


def test_a_numpy_integer_is_a_sample_rate() -> None:
    sample = AudioSample.from_array([0.0], np.int64(8000))  # type: ignore[arg-type]
    assert sample.sample_rate == 8000
    assert type(sample.sample_rate) is int


def test_the_callers_array_can_change_afterwards() -> None:
    samples = np.array([0.5, 0.5], np.float32)
    sample = AudioSample.from_array(samples, 16_000)
    samples[:] = 0
    decoded = sample.float32()
    decoded[:] = 0
    assert sample.float32().tolist() == [0.5, 0.5]


@given(hnp.arrays(np.float32, st.integers(1, 50), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_pcm16_is_scaled_rounded_and_clipped(samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    expected = [max(-32768, min(32767, round(value * 32767))) for value in samples.tolist()]
    pcm16 = AudioSample.from_array(samples, 16_000).pcm16()
    assert np.frombuffer(pcm16, "<i2").tolist() == expected


def test_full_scale_never_wraps() -> None:
    sample = AudioSample.from_array([1.0, 1.0001, 7.0, -1.0, -1.0001, -7.0], 16_000)
    assert np.frombuffer(sample.pcm16(), "<i2").tolist() == [32767, 32767, 32767, -32767, -32768, -32768]


def test_resampling_keeps_pitch_and_length() -> None:
    time = np.arange(48_000) / 48_000
    sample = AudioSample.from_array(np.sin(2 * np.pi * 1000 * time), 48_000)
    resampled = sample.float32(16_000)
    assert resampled.shape == (16_000,)
    spectrum = np.abs(np.fft.rfft(resampled))
    assert int(spectrum.argmax()) == 1000
    assert sample.duration_ms == 1000.0


def test_wav_bytes_are_a_mono_pcm16_file() -> None:
    sample = AudioSample.from_array(np.linspace(-1, 1, 4800), 48_000)
    with wave.open(io.BytesIO(sample.wav_bytes(16_000)), "rb") as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, 16_000)
        assert reader.readframes(reader.getnframes()) == sample.pcm16(16_000)


def test_the_hash_of_an_array_is_of_its_samples_and_its_rate() -> None:
    sample = AudioSample.from_array([0.5, -0.5], 16_000)
    expected = hashlib.sha256(np.array([0.5, -0.5], "<f4").tobytes() + b"16000").hexdigest()
    assert sample.sha256 == expected
    assert AudioSample.from_array([0.5, -0.5], 8000).sha256 != expected


def test_an_array_is_uploaded_as_a_wav_file() -> None:
    sample = AudioSample.from_array([0.5] * 100, 16_000, name="beep")
    with sample.open_upload() as (name, file, content_type):
        assert (name, content_type) == ("beep.wav", "audio/wav")
        assert file.read() == sample.wav_bytes()


def test_many_threads_read_one_array() -> None:
    sample = AudioSample.from_array(np.sin(np.arange(100_000)), 44_100)
    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(lambda _: sample.pcm16(16_000), range(16)))
    assert len(results) == 1
