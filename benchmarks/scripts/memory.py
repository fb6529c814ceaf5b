"""Stream one file as fast as it goes and print by how many MB the peak of memory grew.

Arguments: `ours` and a WebSocket url, or `peer` and anything; the audio file. The peer can't stream faster
than real time: measured is what its `send_sample` makes of the file before the first frame leaves.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


def peak_mb() -> float:
    """Return the peak of resident memory; unlike ru_maxrss it owes nothing to the parent process."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def ours(url: str, path: Path) -> float:
    from pytest_stt import AudioEncoding, AudioSample, STTClient

    client = STTClient(url=url)
    async with client.ws() as session:
        await session.send_text('{"uid": "0"}')
        await session.receive_text()
        before_mb = peak_mb()
        sample = AudioSample.from_file(path)
        await session.send_sample(sample, chunk_ms=100, encoding=AudioEncoding.PCM16, pace=0)
        after_mb = peak_mb()
    await client.aclose()
    return after_mb - before_mb


async def peers(_: str, path: Path) -> float:
    from pytest_audioeval.samples.registry import AudioSample, SampleLang

    before_mb = peak_mb()
    AudioSample(name="hour", lang=SampleLang.EN, reference_text="", audio_path=path).chunks_pcm16(100)
    return peak_mb() - before_mb


if __name__ == "__main__":
    measure = ours if sys.argv[1] == "ours" else peers
    print(asyncio.run(measure(sys.argv[2], Path(sys.argv[3]))))
