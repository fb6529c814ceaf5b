"""Stream a file over many WebSockets at once, as a user's script does it, with our client or the peer's.

Arguments: `ours` or `peer`, url, audio file, number of streams, milliseconds a frame.
Prints JSON: for each `uid` the monotonic clock in seconds when `send_sample` was called.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any


def our_client(url: str, path: Path) -> tuple[Any, Any, Any]:
    from pytest_stt import AudioEncoding, AudioSample, STTClient

    return STTClient(url=url), AudioSample.from_file(path), AudioEncoding.PCM16


def peers_client(url: str, path: Path) -> tuple[Any, Any, Any]:
    from pytest_audioeval.samples.registry import AudioSample, SampleLang
    from pytest_audioeval.stt import AudioEncoding, STTClient

    sample = AudioSample(name=path.stem, lang=SampleLang.EN, reference_text="", audio_path=path)
    return STTClient(url=url), sample, AudioEncoding.PCM16


async def main(maker: Any, url: str, path: Path, streams: int, chunk_ms: int) -> dict[str, float]:
    client, sample, encoding = maker(url, path)
    began: dict[str, float] = {}

    async def talk(uid: str) -> None:
        async with client.ws(sample=sample) as session:
            await session.send_text(json.dumps({"uid": uid}))
            await session.receive_text(timeout=60)
            began[uid] = time.monotonic()
            await session.send_sample(sample, chunk_ms=chunk_ms, encoding=encoding)

    await asyncio.gather(*(talk(str(number)) for number in range(streams)))
    await client.aclose()
    return began


if __name__ == "__main__":
    who, address, audio, count, frame_ms = sys.argv[1:]
    make = our_client if who == "ours" else peers_client
    print(json.dumps(asyncio.run(main(make, address, Path(audio), int(count), int(frame_ms)))))
