"""The same cases as the peer's users write them: one parametrised test over `cases.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_audioeval.samples.registry import AudioSample, SampleLang
from pytest_audioeval.stt import STTResult

CASES = json.loads(Path(__file__).with_name("cases.json").read_text())


@pytest.mark.parametrize("name", CASES["texts"])
async def test_case(audioeval, name):
    sample = AudioSample(
        name=name,
        lang=SampleLang.EN,
        reference_text=CASES["texts"][name],
        audio_path=Path(CASES["audio"], name),
    )
    # Its `post` hands `data` to httpx as the body, so the form's fields go with the files.
    upload = {"file": (name, sample.audio_bytes(), "audio/wav"), "model": (None, "whisper-1")}
    response = await audioeval.stt.post(files=upload)
    result = STTResult(hypothesis_text=response.json()["text"])
    result.compute_metrics(sample.reference_text).assert_quality()
