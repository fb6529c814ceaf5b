from __future__ import annotations

import asyncio
import io
import secrets
from contextlib import ExitStack, asynccontextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pytest_stt.audio import AudioSample

_JOINED_BYTES = 4_000_000


@asynccontextmanager
async def open_upload(sample: AudioSample) -> AsyncIterator[tuple[str, IO[bytes], str]]:
    """Do what the sample's `open_upload` does, and make a WAV file for it in a worker thread.

    Raises:
        AudioError: The file can't be opened.
    """
    with ExitStack() as stack:
        if not sample.goes_as_it_is:
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
    file = upload[1]
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > _JOINED_BYTES:
        return {"data": fields, "files": {"file": upload}}
    boundary = secrets.token_hex(16)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return {"data": multipart(fields, upload, boundary=boundary), "headers": headers}


def multipart(fields: Mapping[str, Any], upload: tuple[str, IO[bytes], str], *, boundary: str) -> bytes:
    """Return the body of a form with one file, as RFC 7578 and WHATWG's HTML, "Multipart form data", have it.

    Args:
        fields: Texts, numbers and booleans (`true`, `false`); a list repeats its field.
        upload: The file's name, the file and its content type; the field is called `file`.
        boundary: What stands between the parts, and nowhere in them.
    """
    name, file, content_type = upload
    parts = [_part(f'name="{_quoted(key)}"', text) for key, value in fields.items() for text in _texts(value)]
    about_file = f'name="file"; filename="{_quoted(name)}"\r\nContent-Type: {content_type}'
    parts.append(_part(about_file, file.read()))
    between = b"--" + boundary.encode("ascii")
    return b"".join(piece for part in parts for piece in (between, part)) + between + b"--\r\n"


def _part(about: str, content: bytes) -> bytes:
    return b"".join(
        (
            b"\r\nContent-Disposition: form-data; ",
            about.encode("utf-8", "backslashreplace"),
            b"\r\n\r\n",
            content,
            b"\r\n",
        )
    )


def _texts(value: Any) -> list[bytes]:
    values = value if isinstance(value, list | tuple) else [value]
    return [
        (str(one).lower() if isinstance(one, bool) else str(one)).encode("utf-8", "backslashreplace")
        for one in values
    ]


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
