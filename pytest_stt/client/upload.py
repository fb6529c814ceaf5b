from __future__ import annotations

import asyncio
import io
from contextlib import ExitStack, asynccontextmanager
from typing import IO, TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pytest_stt.audio import AudioSample

_JOINED_BYTES = 4_000_000


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


def form_with_file(fields: Mapping[str, Any], upload: tuple[str, IO[bytes], str]) -> dict[str, Any]:
    """Return the keywords of `STTClient.stream` that send form fields and a file.

    httpx writes every piece of a form to the socket by itself, which takes more time than all the rest of
    a request. So a form is made one piece, unless its file is so large that it is better read as it is sent.

    Args:
        fields: Values as httpx takes them in `data`.
        upload: The file's name, the file, open at its beginning, and its content type.
    """
    parts: dict[str, Any] = {"data": fields, "files": {"file": upload}}
    file = upload[1]
    if file.seek(0, io.SEEK_END) > _JOINED_BYTES:
        file.seek(0)
        return parts
    file.seek(0)
    # The address is of no matter: only the body and its type are taken.
    request = httpx.Request("POST", "http://localhost", **parts)
    return {"data": request.read(), "headers": {"Content-Type": request.headers["Content-Type"]}}
