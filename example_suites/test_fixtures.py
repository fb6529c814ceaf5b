"""The fixtures of pytest-stt, one after the other. Read it from top to bottom.

They send audio to `--stt-url`, else to the ini value `stt_url`, else to the embedded engine.
What these tests score stands in the summary and in JUnit beside the YAML cases.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_stt import AudioSample, STTResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stt import STTClient, STTSession

AUDIO = Path(__file__).parent / "audio"


# `stt_transcribe`: no async, one line.


def test_one_line(stt_transcribe: Callable[..., STTResult]) -> None:
    result = stt_transcribe(
        "audio/first-letter.flac", reference="Who wrote the first letter, and when did it arrive?"
    )

    result.assert_quality(max_wer=0.1)


@pytest.mark.parametrize(
    ("recording", "reference"),
    [
        ("kubernetes", "Kubernetes restarted the container because the health check failed."),
        ("court-costs", "The court dismissed the appeal and ordered the defendant to pay the costs."),
    ],
    ids=["kubernetes", "court-costs"],
)
def test_a_table_of_recordings(
    stt_transcribe: Callable[..., STTResult], recording: str, reference: str
) -> None:
    stt_transcribe(f"audio/{recording}.flac", reference=reference, language="en").assert_quality(max_wer=0.12)


def test_what_the_text_says(stt_transcribe: Callable[..., STTResult]) -> None:
    heard = stt_transcribe("audio/boiling-point.flac").hypothesis_text.lower()

    assert "salt water" in heard
    assert heard.endswith("temperature.")


# `stt_client`: the whole client, for async tests.


@pytest.mark.asyncio
async def test_the_dialect_does_the_talking(stt_client: STTClient) -> None:
    sample = AudioSample.from_file(
        AUDIO / "memory-leak.flac",
        reference_text="The compiler reports a memory leak in the network driver.",
        language="en",
    )

    result = await stt_client.transcribe(sample)

    result.assert_quality(max_wer=0.1)
    assert result.latency_ms > 0


@pytest.mark.asyncio
async def test_the_request_made_by_hand(stt_client: STTClient) -> None:
    audio = (AUDIO / "flight.flac").read_bytes()

    response = await stt_client.post(
        files={"file": ("flight.flac", audio, "audio/flac")},
        data={"model": "whisper-1", "response_format": "json"},
    )

    # A result of one's own: the strings are scored as they are, and stay out of the summary.
    result = STTResult(hypothesis_text=response.json()["text"].lower())
    result.compute_metrics("flight 237 to chicago is now boarding at gate 12.").assert_quality(max_wer=0.1)


# `stt_session`: an open WebSocket. The marker says which protocol the server speaks.


@pytest.mark.asyncio
@pytest.mark.stt(dialect="whisperlive")
async def test_a_conversation_by_hand(stt_session: STTSession) -> None:
    config = {"uid": "by-hand", "language": "en", "task": "transcribe", "model": "tiny", "use_vad": True}
    await stt_session.send_text(json.dumps(config))
    while "SERVER_READY" not in await stt_session.receive_text(timeout=60):
        pass

    await stt_session.send_sample(AudioSample.from_file(AUDIO / "thank-you.flac"), chunk_ms=256)
    await stt_session.send_bytes(np.zeros(16_000, dtype="<f4").tobytes())
    while "very much" not in (await stt_session.receive_text(timeout=10)).lower():
        pass
    await stt_session.send_bytes(b"END_OF_AUDIO")

    stt_session.result().compute_metrics("Thank you very much.").assert_quality(max_wer=0.25)
