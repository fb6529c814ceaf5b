from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pytest_stt.local import inbox
from pytest_stt.local.inbox import Inbox
from pytest_stt.local.speech import Samples


def samples(seconds: float) -> Samples:
    return np.zeros(round(seconds * 16_000), dtype=np.float32)


@pytest.mark.asyncio
async def test_small_frames_are_taken_together() -> None:
    box = Inbox()
    for _ in range(6):
        await box.put(samples(0.1))

    taken, quiet = await box.take()
    assert len(taken) == 9600
    assert not quiet


@pytest.mark.asyncio
async def test_less_than_a_step_is_taken_once_when_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "QUIET_S", 0.01)
    box = Inbox()
    await box.put(samples(0.1))

    taken, quiet = await box.take()
    assert len(taken) == 1600
    assert quiet

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await box.take()


@pytest.mark.asyncio
async def test_an_end_that_was_already_taken_is_looked_at_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "QUIET_S", 0.01)
    box = Inbox()
    await box.put(samples(0.5))

    assert (len((await box.take())[0]), (await box.take())[1]) == (8000, True)


@pytest.mark.asyncio
async def test_who_sends_too_much_at_once_has_to_wait() -> None:
    box = Inbox()
    sending = asyncio.create_task(box.put(samples(61)))
    await asyncio.sleep(0)
    assert not sending.done()

    taken, _ = await box.take()
    await sending
    assert len(taken) == 61 * 16_000
