from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from typing import TYPE_CHECKING

from pytest_stt.audio import AudioSample
from pytest_stt.errors import STTError
from pytest_stt.runner.attempt import Attempting, Span
from pytest_stt.runner.caselog import case_log
from pytest_stt.runner.exclusivity import Turns
from pytest_stt.runner.hearing import Attempt, Hearing
from pytest_stt.runner.service import Network, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pytest_stt.runner.share import Share
    from pytest_stt.runner.utterance import Utterance
    from pytest_stt.suite.model import Case, EmbeddedAudio


# Each further thread takes the interpreter's lock from the loop at every system call: with two, 1 000 small
# files cost 0.4 ms each, with one 0.2.
AUDIO_THREADS = 1


class Hearings:
    """Ask the servers of suites for transcripts, many at once; everything here is for one event loop."""

    def __init__(self, address: Callable[[str], str], share: Share, *, digests: bool) -> None:
        self._digests = digests
        self._network = Network(address, share)
        self._services: dict[tuple[Path, str], Service] = {}
        self._turns = Turns()
        self._tasks: set[asyncio.Task[Hearing] | None] = set()
        self._readers = ThreadPoolExecutor(AUDIO_THREADS, thread_name_prefix="stt-audio")

    async def hear(self, utterance: Utterance) -> Hearing:
        """Return what was heard of an utterance; whoever comes first sends first.

        What goes wrong with the audio or the server is in the attempts.
        """
        task, span = asyncio.current_task(), Span()
        self._tasks.add(task)
        try:
            with case_log() as log:
                async with self._turns.turn(alone=utterance.case.exclusive):
                    attempts = await self._attempts(utterance, span)
        finally:
            self._tasks.discard(task)
        began_at, ended_at = span.moments
        return Hearing(attempts=attempts, began_at=began_at, ended_at=ended_at, log=tuple(log))

    async def aclose(self) -> None:
        """End what is in flight, and close every connection."""
        tasks = {task for task in self._tasks if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for service in self._services.values():
            await service.aclose()
        self._readers.shutdown(wait=False, cancel_futures=True)

    async def _attempts(self, utterance: Utterance, span: Span) -> tuple[Attempt, ...]:
        service = self._service(utterance)
        try:
            lanes = await service.open()
        except STTError as error:
            return (Attempt(error=error),) * utterance.repetition.times
        audio = asyncio.get_running_loop().run_in_executor(self._readers, self._load, utterance.case)
        try:
            times = utterance.repetition.times
            every = [
                Attempting(utterance, service=service, lanes=lanes, audio=audio, span=span)
                for _ in range(times)
            ]
            return await _run(every, at_once=not utterance.case.exclusive)
        finally:
            audio.cancel()

    def _load(self, case: Case) -> AudioSample:
        return load(case, digest=self._digests)

    def _service(self, utterance: Utterance) -> Service:
        key = utterance.suite.path, utterance.server.name
        if key not in self._services:
            self._services[key] = Service(utterance.suite, utterance.server, self._network)
        return self._services[key]


async def _run(every: Sequence[Attempting], *, at_once: bool) -> tuple[Attempt, ...]:
    if len(every) == 1 or not at_once:
        return tuple([await one.run() for one in every])
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.run()) for one in every]
    return tuple(task.result() for task in tasks)


def load(case: Case, *, digest: bool) -> AudioSample:
    """Return the audio of a case.

    Args:
        case: Has the file, or the table with the file in it.
        digest: Whether to compute its hash here, so that nobody has to read the file for it again.

    Raises:
        AudioError: The file is no audio, or not whole, or shorter than the case's segment of it.
    """
    sample = _sample_in_file(case) if case.embedded is None else _sample_in_table(case, case.embedded)
    if digest:
        _ = sample.sha256
    return sample


def _sample_in_file(case: Case) -> AudioSample:
    return AudioSample.from_file(
        case.audio,
        language=case.language,
        name=case.id,
        offset_s=case.offset_s,
        duration_s=case.duration_s,
    )


def _sample_in_table(case: Case, audio: EmbeddedAudio) -> AudioSample:
    file_name, content = audio.read()
    return AudioSample.from_bytes(
        content,
        file_name=case.audio.with_name(PurePath(file_name).name or case.audio.name),
        language=case.language,
        name=case.id,
        offset_s=case.offset_s,
        duration_s=case.duration_s,
    )
