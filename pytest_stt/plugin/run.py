from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_stt.plugin.embedded import LOCAL, EmbeddedServer
from pytest_stt.plugin.keys import RUN
from pytest_stt.plugin.options import keeps_records

if TYPE_CHECKING:
    import pytest

    from pytest_stt.plugin.lookahead import LookAhead
    from pytest_stt.plugin.settings import Settings
    from pytest_stt.runner import BackgroundLoop, Share
    from pytest_stt.runner.hearing import Hearing, Transcriber
    from pytest_stt.runner.replay import Recording
    from pytest_stt.runner.utterance import Utterance
    from pytest_stt.suite.model import Suite


class Run:
    """What one pytest process needs to obtain transcripts, made when it is first used.

    Attributes:
        suites: The suites that were collected, by their names in records.
        usage_errors: What is wrong with the command line, as the suites have shown.
        left_out: Whether cases, or tests of ours, were deselected.
        workers: In xdist's controller, the number of each worker that runs.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.worker: dict[str, Any] = getattr(config, "workerinput", {})
        self.embedded = EmbeddedServer(
            port=self.worker.get("stt_local_port"), elsewhere=self.worker.get("stt_elsewhere")
        )
        self.suites: dict[str, Suite] = {}
        self.usage_errors: list[str] = []
        self.left_out = False
        self.workers: dict[str, int] = {}
        self._settings: Settings | None = None
        self._background: BackgroundLoop | None = None
        self._transcriber: Transcriber | None = None
        self._look_ahead: LookAhead | None = None
        self._recording: Recording | None = None

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

    @cached_property
    def share(self) -> Share:
        """This process's part of what the servers were promised."""
        from pytest_stt.runner import Share

        count = self.worker.get("workercount", 1)
        return Share(index=self.worker.get("stt_index", 0) % count, count=count)

    @property
    def recording(self) -> Recording | None:
        """What `--stt-replay` names, None without it.

        Raises:
            SuiteError: The file can't be read.
        """
        from pytest_stt.plugin.files import replay_file

        path = replay_file(self.config)
        if self._recording is None and path is not None:
            from pytest_stt.records import read_results
            from pytest_stt.runner.replay import Recording

            self._recording = Recording.of(read_results(path).records, source=str(path))
        return self._recording

    @property
    def asks_servers(self) -> bool:
        """Whether cases of suites are sent to servers, all of them or those that a recording lacks."""
        option = self.config.option
        is_replay = getattr(option, "pytest_stt_replay", None) is not None
        return not is_replay or bool(option.pytest_stt_live_missing)

    @property
    def transcriber(self) -> Transcriber:
        """What gives transcripts: the servers, or a recording of them."""
        if self._transcriber is None:
            self._transcriber = self._new_transcriber()
        return self._transcriber

    def _new_transcriber(self) -> Transcriber:
        from pytest_stt.plugin.collection import display_path
        from pytest_stt.runner import LiveTranscriber

        live = LiveTranscriber(
            self.background, address=self.address, share=self.share, digests=keeps_records(self.config)
        )
        if self.recording is None:
            return live
        from pytest_stt.runner.replay import ReplayTranscriber

        return ReplayTranscriber(
            self.recording,
            live=live if self.asks_servers else None,
            suite_name=lambda path: display_path(path, self.config),
        )

    @property
    def look_ahead(self) -> LookAhead:
        """What begins transcriptions before their turn."""
        if self._look_ahead is None:
            from pytest_stt.plugin.lookahead import LookAhead

            self._look_ahead = LookAhead(self)
        return self._look_ahead

    def transcribe(self, utterance: Utterance) -> Hearing:
        """Obtain what was heard of a case."""
        return self.transcriber.take(utterance)

    def address(self, url: str) -> str:
        """Return the url to send to: the embedded server's for `local`."""
        return self.embedded.url() if url == LOCAL else url

    def close(self) -> None:
        """Close every connection and end the thread."""
        # A worker thread may wait for the engine: ending the engine ends the wait.
        self.embedded.give_up()
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
