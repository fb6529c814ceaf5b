from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient, STTResult

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.runner.background import BackgroundLoop
    from pytest_stt.suite.model import Case, Suite


class LiveTranscriber:
    """Ask the servers of suites for transcripts, keeping one client for each."""

    def __init__(self, background: BackgroundLoop) -> None:
        self._background = background
        self._clients: dict[tuple[Path, str], STTClient] = {}

    def take(self, suite: Suite, case: Case, *, url: str) -> STTResult:
        """Send a case's audio to `url` in the suite's dialect; return what was heard, unscored.

        Raises:
            STTError: There is no transcript: the audio can't be read, or the server did not answer.
        """
        return self._background.run(self._hear, suite, case, url)

    async def _hear(self, suite: Suite, case: Case, url: str) -> STTResult:
        sample = await asyncio.to_thread(
            AudioSample.from_file, case.audio, language=case.language, name=case.id
        )
        return await self._client(suite, url).hear(sample)

    def _client(self, suite: Suite, url: str) -> STTClient:
        key = (suite.path, url)
        if key not in self._clients:
            self._clients[key] = client_of(suite, url)
        return self._clients[key]

    def close(self) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        if self._background.started:
            for client in clients:
                self._background.run(client.aclose)


def client_of(suite: Suite, url: str) -> STTClient:
    """Build the client that a suite describes, with `url` instead of the suite's own."""
    server = suite.servers[0]
    return STTClient(
        url=url,
        timeout=server.timeout,
        dialect=server.dialect,
        options=server.options,
        headers=server.headers,
        stream=suite.stream,
        normalizer=suite.normalizer,
    )
