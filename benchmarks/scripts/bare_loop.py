"""The least that can be done: upload every file of a folder over lanes, and nothing else.

Arguments: url, folder, number of lanes. Prints the seconds from the first client made to the last answer,
start-up of the process left out.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


async def lane(url: str, paths: Iterator[Path], context: ssl.SSLContext, texts: list[str]) -> None:
    async with httpx.AsyncClient(verify=context, timeout=30) as client:
        for path in paths:
            with path.open("rb") as file:
                upload = {"file": (path.name, file, "audio/wav")}
                form = {"model": "whisper-1", "response_format": "json"}
                response = await client.post(url, data=form, files=upload)
            texts.append(response.raise_for_status().json()["text"])


async def main(url: str, paths: list[Path], lanes: int) -> float:
    texts, context = list[str](), httpx.create_ssl_context()
    began, queue = time.perf_counter(), iter(paths)
    await asyncio.gather(*(lane(url, queue, context, texts) for _ in range(lanes)))
    took_s = time.perf_counter() - began
    if len(texts) != len(paths):
        raise SystemExit("an answer is missing")
    return took_s


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], sorted(Path(sys.argv[2]).iterdir()), int(sys.argv[3]))))
