"""The embedded server's own mishaps, with an engine that fails on demand."""

from __future__ import annotations

import io

import httpx
import numpy as np
import pytest
import soundfile

from pytest_stt.local.app import build_app
from pytest_stt.local.pool import EnginePool
from pytest_stt.local.speech import SAMPLE_RATE, Samples


def broken(samples: Samples) -> str:
    raise MemoryError("no room")


def babble() -> bytes:
    time_s = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    samples = 0.2 * np.sin(np.pi * 4 * time_s) ** 2 * np.sin(2 * np.pi * 500 * time_s)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, SAMPLE_RATE, format="WAV")
    return buffer.getvalue()


@pytest.mark.asyncio
async def test_an_engine_that_fails_is_an_error_object_with_status_500() -> None:
    transport = httpx.ASGITransport(build_app(EnginePool(broken)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://engine") as client:
        answer = await client.post(
            "/v1/audio/transcriptions", files={"file": ("a.wav", babble())}, data={"model": "whisper-1"}
        )

    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "server_error"
    assert "MemoryError" in answer.json()["error"]["message"]
