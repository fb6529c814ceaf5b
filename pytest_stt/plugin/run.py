from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.plugin.embedded import LOCAL, EmbeddedServer
from pytest_stt.plugin.keys import RUN

if TYPE_CHECKING:
    import pytest

    from pytest_stt.client import STTResult
    from pytest_stt.plugin.settings import Settings
    from pytest_stt.runner import BackgroundLoop, LiveTranscriber
    from pytest_stt.suite.model import Case, Suite


class Run:
    """What one pytest process needs to obtain transcripts, made when it is first used."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker = getattr(config, "workerinput", None)
        self.embedded = EmbeddedServer(port=worker.get("stt_local_port") if worker else None)
        self._settings: Settings | None = None
        self._background: BackgroundLoop | None = None
        self._transcriber: LiveTranscriber | None = None

    @property
    def settings(self) -> Settings:
        """The resolved options and ini values."""
        if self._settings is None:
            from pytest_stt.plugin.settings import settings_of

            self._settings = settings_of(self.config)
        return self._settings

    @property
    def background(self) -> BackgroundLoop:
        """The event loop in its own thread."""
        if self._background is None:
            from pytest_stt.runner import BackgroundLoop

            self._background = BackgroundLoop()
        return self._background

    def transcribe(self, suite: Suite, case: Case) -> STTResult:
        """Obtain a case's transcript."""
        if self._transcriber is None:
            from pytest_stt.runner import LiveTranscriber

            self._transcriber = LiveTranscriber(self.background)
        return self._transcriber.take(suite, case, url=self.address(suite.servers[0].url))

    def address(self, url: str) -> str:
        """Return the url to send to: the embedded server's for `local`."""
        return self.embedded.url() if url == LOCAL else url

    def close(self) -> None:
        """Close every connection and end the thread."""
        if self._transcriber is not None:
            self._transcriber.close()
            self._transcriber = None
        if self._background is not None:
            self._background.close()
            self._background = None


def run_of(config: pytest.Config) -> Run:
    """Return the run of this pytest process, which begins when it is first asked for."""
    if RUN not in config.stash:
        config.stash[RUN] = Run(config)
    return config.stash[RUN]
