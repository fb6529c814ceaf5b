from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.runner.caselog import Diversion
from pytest_stt.runner.hearings import Hearings
from pytest_stt.runner.share import Share

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from pytest_stt.runner.background import BackgroundLoop
    from pytest_stt.runner.hearing import Hearing
    from pytest_stt.runner.utterance import Utterance

_WHOLE = Share()


class LiveTranscriber:
    """Ask the servers of suites for transcripts, ahead of those who take them; for one thread.

    What is logged meanwhile in the loop's thread comes with each hearing and nowhere else.
    """

    def __init__(
        self,
        background: BackgroundLoop,
        *,
        address: Callable[[str], str],
        share: Share = _WHOLE,
        digests: bool = True,
    ) -> None:
        """Take the loop to work in.

        Args:
            background: The loop; whoever made it closes it after this.
            address: Returns the url to send to for one of a suite; called once for each, in another thread.
                It may raise an `STTError`, which becomes that of every case.
            share: This process's part of concurrency and rate.
            digests: Whether results get the `audio_sha256` of their files.
        """
        self._background = background
        self._hearings = Hearings(address, share, digests=digests)
        self._ahead: dict[Utterance, Future[Hearing]] = {}
        self._diversion = Diversion()

    def prefetch(self, utterance: Utterance) -> None:
        """Begin to transcribe an utterance, behind those before it; a second call for it does nothing."""
        if utterance not in self._ahead:
            self._ahead[utterance] = self._background.submit(self._hearings.hear, utterance)

    def take(self, utterance: Utterance) -> Hearing:
        """Return what was heard, waiting for it where needed, and forget it: the next call asks anew.

        Whatever ends the wait early cancels the transcription.
        """
        self.prefetch(utterance)
        return self._background.wait(self._ahead.pop(utterance))

    def drop(self, utterance: Utterance) -> None:
        """Forget an utterance that nobody will take, and cancel its transcription; else do nothing."""
        future = self._ahead.pop(utterance, None)
        if future is not None:
            future.cancel()

    @property
    def ahead(self) -> int:
        """How many utterances were prefetched and not taken yet."""
        return len(self._ahead)

    def close(self) -> None:
        """End what is in flight, and close every connection."""
        self._ahead.clear()
        if self._background.started:
            self._background.run(self._hearings.aclose)
        self._diversion.remove()
