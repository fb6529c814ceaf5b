"""Transcripts from a file of records instead of a server."""

from __future__ import annotations

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pytest_stt.client import STTResult
from pytest_stt.errors import AudioError, SuiteError
from pytest_stt.records import AudioFacts, Repeat, plain_text
from pytest_stt.runner.digests import digest_of_case
from pytest_stt.runner.hearing import Attempt, Hearing
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_stt.records import Record, Try
    from pytest_stt.runner.hearing import Transcriber
    from pytest_stt.runner.utterance import Utterance
    from pytest_stt.suite.model import Case

REMEDY = "record it again, or add --stt-live-missing to ask the server for it"

_MESSAGE_SHOWN = 300
_NAMES_SHOWN = 3
_BEGIN_TOLERANCE_S = 0.001
# A segment may be said to end 10 ms after its file does, and both its ends are rounded to frames.
_LENGTH_TOLERANCE_S = 0.011


class Recording:
    """Find records by suite, case and server; where there are two of a case, the later one counts.

    A suite that has another path here, since the rootdir was another one, is found by the end of its path.

    Attributes:
        source: The file they are from, as messages name it.
    """

    def __init__(self, records: dict[tuple[str, str, str], Record], *, source: str) -> None:
        self._records = records
        self._alike: dict[str, tuple[str, ...]] = {}
        self.source = source

    @classmethod
    def of(cls, records: Iterable[Record], *, source: str) -> Self:
        """Index the records of the file `source`, in its order."""
        return cls({(one.suite, one.case, one.server): one for one in records}, source=source)

    def find(self, suite: str, case: str, server: str) -> Record | None:
        """Return the record of a case at a server, None when there is none."""
        return self._records.get((self._recorded_name(suite), plain_text(case), plain_text(server)))

    def absence(self, suite: str, case: str, server: str) -> str:
        """Say that there is no such record and what there is instead, as the rest of a sentence."""
        if len(alike := self._names_like(suite)) > 1:
            return f"has {suite} under several names, {_listed(alike)} (name the rootdir with --rootdir)"
        suite = self._recorded_name(suite)
        if suite not in self._suites:
            return f"has no case of {suite}" + (f", only of {_listed(self._suites)}" if self._suites else "")
        if servers := self._servers.get((suite, plain_text(case))):
            return f'has case "{case}" of {suite} from the server {_listed(servers)}, not from {server}'
        return f'has no case "{case}" of {suite}'

    def _recorded_name(self, suite: str) -> str:
        alike = self._names_like(suite)
        return alike[0] if len(alike) == 1 else plain_text(suite)

    def _names_like(self, suite: str) -> tuple[str, ...]:
        """Return the suite if it was recorded, else those of which one path is the end of the other."""
        if suite not in self._alike:
            here = plain_text(suite)
            self._alike[suite] = (
                (here,)
                if here in self._suites
                else tuple(name for name in self._suites if _is_end(name, here) or _is_end(here, name))
            )
        return self._alike[suite]

    @cached_property
    def _suites(self) -> dict[str, None]:
        return dict.fromkeys(suite for suite, _, _ in self._records)

    @cached_property
    def _servers(self) -> dict[tuple[str, str], dict[str, None]]:
        found: dict[tuple[str, str], dict[str, None]] = {}
        for suite, case, server in self._records:
            found.setdefault((suite, case), {})[server] = None
        return found


def _is_end(path: str, longer: str) -> bool:
    return longer.endswith(f"/{path}")


class ReplayTranscriber:
    """Take what was heard from a recording, and ask `live`, where there is one, for what is lacking.

    That is a case that was not recorded, or with other audio, without a transcript, without the latency
    that is to be judged, or less often than it is to be repeated now. A record that contradicts itself is an
    error also where `live` could be asked, so that no correction by hand is overlooked.

    Args:
        recording: The transcripts; the counts, outcomes and references in it are not used.
        live: Asked for what is lacking; None makes that an error.
        suite_name: Returns the name that a suite file has in records.
    """

    def __init__(
        self, recording: Recording, *, live: Transcriber | None, suite_name: Callable[[Path], str]
    ) -> None:
        self._recording = recording
        self._live = live
        self._suite_name = suite_name
        self._names: dict[Path, str] = {}

    def prefetch(self, utterance: Utterance) -> None:
        """Begin to ask for what is lacking; what was recorded needs no beginning."""
        _, is_lacking = self._attempts(utterance)
        if self._live is not None and is_lacking:
            self._live.prefetch(utterance)

    def take(self, utterance: Utterance) -> Hearing:
        """Return what was heard when it was recorded, the first of its repeats if there are too many.

        Where one of several attempts has no transcript, `live` makes all of them anew.
        """
        began_at = time.time()
        attempts, is_lacking = self._attempts(utterance)
        if self._live is not None and is_lacking:
            return self._live.take(utterance)
        return Hearing(attempts=attempts, began_at=began_at, ended_at=time.time())

    def drop(self, utterance: Utterance) -> None:
        """Let `live` forget an utterance that nobody will take."""
        if self._live is not None:
            self._live.drop(utterance)

    @property
    def ahead(self) -> int:
        """How many utterances `live` has begun that nobody has taken yet."""
        return 0 if self._live is None else self._live.ahead

    def close(self) -> None:
        """Close `live`."""
        if self._live is not None:
            self._live.close()

    def _attempts(self, utterance: Utterance) -> tuple[tuple[Attempt, ...], bool]:
        """Return what was recorded of every attempt, and whether some of it is lacking."""
        key = self._name(utterance.suite.path), utterance.case.id, utterance.server.name
        record = self._recording.find(*key)
        if record is None:
            return self._lacking(self._recording.absence(*key), utterance), True
        if contradiction := _contradiction(record):
            error = SuiteError(f"{self._recording.source} {contradiction}")
            return (Attempt(error=error),) * utterance.repetition.times, False
        if lack := _lack(record, utterance):
            return self._lacking(lack, utterance), True
        attempts = tuple(self._replayed(record, utterance))
        return attempts, any(attempt.error for attempt in attempts)

    def _name(self, path: Path) -> str:
        if path not in self._names:
            self._names[path] = self._suite_name(path)
        return self._names[path]

    def _lacking(self, lack: str, utterance: Utterance) -> tuple[Attempt, ...]:
        return (Attempt(error=self._error(lack)),) * utterance.repetition.times

    def _replayed(self, record: Record, utterance: Utterance) -> Iterator[Attempt]:
        repeats = _repeats(record)
        parts = _shared_out(record.tries, [repeat.hypothesis is not None for repeat in repeats])
        for number in range(utterance.repetition.times):
            repeat, tries = repeats[number], parts[number]
            if repeat.hypothesis is None:
                lack = f"has no transcript of attempt {number + 1} of {_case(record)}"
                yield Attempt(error=self._error(lack), tries=tries)
            else:
                yield Attempt(result=_result(repeat.hypothesis, repeat, record, utterance), tries=tries)

    def _error(self, lack: str) -> SuiteError:
        return SuiteError(f"{self._recording.source} {lack}: {REMEDY}")


def _contradiction(record: Record) -> str | None:
    """Say that a hypothesis was corrected where a replay doesn't look, None when there is no such one."""
    heard = {repeat.hypothesis for repeat in record.repeats}
    if not heard or record.hypothesis is None or record.hypothesis in heard:
        return None
    return (
        f"has a hypothesis of {_case(record)} that is none of its repeats, such as one changed by hand: "
        "a record with repeats is replayed from these; correct repeats[i].hypothesis too"
    )


def _lack(record: Record, utterance: Utterance) -> str | None:
    """Say why a record can't be replayed as a whole, None when it can."""
    repeats, times = _repeats(record), utterance.repetition.times
    if all(repeat.hypothesis is None for repeat in repeats):
        return f"has no transcript of {_case(record)}, {_ending(record)}"
    if change := _change_of_audio(record, utterance):
        return change
    if len(repeats) < times:
        return f"has {len(repeats)} of the {times} transcripts of {_case(record)} that are needed now"
    if utterance.case.limits.max_latency_ms is not None and any(
        repeat.latency_ms is None for repeat in repeats[:times] if repeat.hypothesis is not None
    ):
        return f"has no latency of {_case(record)}, which is to be judged by its max_latency_ms"
    return None


def _change_of_audio(record: Record, utterance: Utterance) -> str | None:
    facts, case = record.audio, utterance.case
    if facts is None or not facts.sha256:
        return None
    audio, of_other_audio = case.audio, f"has a transcript of other audio for {_case(record)}"
    try:
        if digest_of_case(case) != facts.sha256.lower():
            return f"{of_other_audio}: {audio} has changed since it was recorded"
        if _is_same_part(facts, case):
            return None
    except (OSError, AudioError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"can't be compared with the audio of {_case(record)}, {audio}, which can't be read ({reason})"
    return f"{of_other_audio}: the segment (offset or duration) of {audio} has changed since it was recorded"


def _is_same_part(facts: AudioFacts, case: Case) -> bool:
    """Tell whether a record is of the very part of the file that a case asks for.

    Raises:
        AudioError: The file, or the part of it, is none.
    """
    if not math.isclose(facts.offset_s or 0.0, case.offset_s, abs_tol=_BEGIN_TOLERANCE_S):
        return False
    # A case that is written in a suite is a whole file, and so was its record: nobody opens the file.
    if facts.seconds is None or case.source is None:
        return True
    length_s = _length_s(case) if case.duration_s is None else case.duration_s
    return math.isclose(facts.seconds, length_s, rel_tol=0.0, abs_tol=_LENGTH_TOLERANCE_S)


def _length_s(case: Case) -> float:
    from pytest_stt.runner.hearings import load  # brings what decodes audio, and most replays need none

    return load(case, digest=False).duration_ms / 1000


def _ending(record: Record) -> str:
    message = f": {printable(record.message, _MESSAGE_SHOWN)}" if record.message else ""
    if record.outcome == "skipped":
        return f"which was skipped{message}"
    return f"whose recording ended as {record.outcome}{message}"


def _case(record: Record) -> str:
    return f'case "{record.case}" of {record.suite}'


def _repeats(record: Record) -> Sequence[Repeat]:
    return record.repeats or (Repeat(hypothesis=record.hypothesis, latency_ms=record.latency_ms),)


def _shared_out(tries: Iterable[Try], heard: Sequence[bool]) -> list[tuple[Try, ...]]:
    """Share out a record's tries to its attempts, in order: the last try of one that was heard has no error.

    Of attempts that were not heard only the last gets any: it can't be seen where others end.
    """
    waiting = iter(tries)
    parts = [tuple(_up_to_success(waiting)) if was_heard else () for was_heard in heard]
    parts[-1] += tuple(waiting)
    return parts


def _up_to_success(waiting: Iterator[Try]) -> Iterator[Try]:
    for one in waiting:
        yield one
        if one.error is None:
            return


def _result(hypothesis: str, repeat: Repeat, record: Record, utterance: Utterance) -> STTResult:
    # The record has the events of one of its repeats only.
    is_recorded = (hypothesis, repeat.latency_ms) == (record.hypothesis, record.latency_ms)
    events = list(record.events) if is_recorded else []
    audio = record.audio or AudioFacts()
    return STTResult(
        hypothesis_text=hypothesis,
        # Not a number is no latency: it is never judged, and becomes null in records.
        latency_ms=math.nan if repeat.latency_ms is None else repeat.latency_ms,
        chunks_received=len({event.ms for event in events}),
        fragments=[event.text for event in events if event.kind in ("partial", "final")],
        events=events,
        normalizer=utterance.case.normalizer,
        audio_s=audio.seconds or 0.0,
        audio_path=utterance.case.audio.absolute(),
        words=list(record.words) if is_recorded else [],
        audio_sha256=audio.sha256,
        language=utterance.case.language,
        dialect=record.dialect,
    )


def _listed(names: Iterable[str]) -> str:
    shown = [printable(name, 80) for name in names]
    more = f" and {len(shown) - _NAMES_SHOWN} more" if len(shown) > _NAMES_SHOWN else ""
    return ", ".join(shown[:_NAMES_SHOWN]) + more
