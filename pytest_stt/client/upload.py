from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_stt.audio import AudioSample


@asynccontextmanager
async def open_upload(sample: AudioSample) -> AsyncIterator[tuple[str, IO[bytes], str]]:
    """Do what the sample's `open_upload` does, and make the WAV file of an array in a worker thread.

    Raises:
        AudioError: The file can't be opened.
    """
    with ExitStack() as stack:
        if sample.audio_path is None:
            upload = await asyncio.to_thread(stack.enter_context, sample.open_upload())
        else:
            # To open a file takes less time than to ask a thread for it.
            upload = stack.enter_context(sample.open_upload())
        yield upload
