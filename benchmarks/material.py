"""Audio, sentences, suites and test files to measure with."""

from __future__ import annotations

import random
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RATE = 16000
_WORDS = """
about after again answer because before between better could every family garden happen kitchen letter
little market morning never number people please question river second should station summer telephone
thank their thousand through today together tomorrow water weather where window
"""


def sentence(number: int) -> str:
    """Return ten words, other ones for each number."""
    return " ".join(random.Random(number).choices(_WORDS.split(), k=10))


def misheard(number: int) -> str:
    """Return the sentence as a server hears it: every fourth one has a wrong word."""
    text = sentence(number)
    return text if number % 4 else text[:-1]


def case_name(number: int) -> str:
    return f"case-{number:05}"


def write_audio(path: Path, seconds: int, *, seed: int = 0) -> None:
    """Write noise as a mono WAV of 16 kHz; of each length, the seconds after the first are the same."""
    second = random.Random(seed).randbytes(2 * RATE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(seconds):
            file.writeframesraw(second)


def audio_name(number: int) -> str:
    return f"{number:05}.wav"


def write_audios(folder: Path, count: int, *, seconds: int) -> None:
    for number in range(count):
        write_audio(folder / "audio" / audio_name(number), seconds, seed=number)


def write_suite(folder: Path, cases: Iterable[tuple[str, int]], head: str = "", name: str = "suite") -> str:
    """Write a suite of (audio file, number of the sentence) and return its file name."""
    lines = [
        f"- {{id: {case_name(number)}, audio: audio/{audio}, reference: {sentence(number)}}}"
        for audio, number in cases
    ]
    file = folder / f"{name}.stt.yaml"
    file.write_text("\n".join([head or "server: {url: 'http://127.0.0.1:9'}", "cases:", *lines, ""]))
    write_ini(folder)
    return file.name


def write_noops(folder: Path, count: int) -> str:
    """Write a test that does nothing, as often as that, and return its file name."""
    file = folder / "test_noop.py"
    file.write_text(
        "import pytest\n\n\n"
        f'@pytest.mark.parametrize("number", range({count}))\n'
        "def test_noop(number):\n    pass\n"
    )
    write_ini(folder)
    return file.name


def write_ini(folder: Path, ini: str = "asyncio_default_fixture_loop_scope = function") -> None:
    (folder / "pytest.ini").write_text(f"[pytest]\n{ini}\n")
