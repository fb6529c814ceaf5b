from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import numpy as np
import pytest

from pytest_stt.audio import AudioSample


@pytest.fixture
def tone() -> AudioSample:
    """Half a second of a 440 Hz tone at 16 kHz, said to be "red door"."""
    samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
    return AudioSample.from_array(samples, 16000, reference_text="red door", language="en-US", name="tone")


@pytest.fixture(autouse=True, scope="module")
def quick_collection() -> Iterator[None]:
    """Leave everything that is there already out of the collections below."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_complaint_of_asyncio(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that leaves a pending task or an exception nobody has seen: asyncio only logs those."""
    yield
    gc.collect()
    records = [record for record in caplog.get_records("call") if record.name == "asyncio"]
    assert not [record.getMessage() for record in records if record.levelno >= logging.ERROR]
