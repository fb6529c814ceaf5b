"""From what was heard of a case to its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.client.result import hold, score_by
from pytest_stt.errors import LimitExceeded, STTError
from pytest_stt.gates.repeats import RepeatVerdict, judge_repeats
from pytest_stt.plugin.keys import JUDGED

if TYPE_CHECKING:
    from pytest_stt.client import STTResult
    from pytest_stt.plugin.collection import SttItem
    from pytest_stt.records import Repeat
    from pytest_stt.runner.hearing import Hearing


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the record of a case shows of its verdict.

    Attributes:
        result: The transcript that stands for the case; None when there is none.
        repeats: Every transcription, where the case was transcribed more than once.
        sentence: What the repeats come to; empty for a single transcription.
    """

    result: STTResult | None
    repeats: tuple[Repeat, ...] = ()
    sentence: str = ""


def raise_outage(item: SttItem, hearing: Hearing) -> None:
    """Raise the error that keeps a case from being judged, if there is one.

    Raises:
        STTError: There is no transcript, or too few of those that were to be repeated.
    """
    errors = [attempt.error for attempt in hearing.attempts if attempt.error is not None]
    if not errors:
        return
    if len(hearing.attempts) == 1:
        raise errors[0]
    verdict = _judge_repeats(item, hearing)
    if verdict.outcome == "error":
        raise STTError(verdict.sentence) from errors[0]


def judge(item: SttItem, hearing: Hearing) -> None:
    """Score what was heard against the references and hold it against the limits.

    Raises:
        LimitExceeded: It is past a limit; the first line of the text is the verdict.
    """
    if len(hearing.attempts) > 1:
        _judge_all(item, hearing)
        return
    result = hearing.attempts[0].result
    item.stash[JUDGED] = Judged(result=result)
    if result is not None:
        _judge_one(item, result)


def _judge_one(item: SttItem, result: STTResult) -> None:
    hold(result, score_by(result, item.case.expected), item.case.limits)


def _judge_all(item: SttItem, hearing: Hearing) -> None:
    verdict = _judge_repeats(item, hearing)
    if verdict.outcome == "failed":
        raise LimitExceeded("\n".join([verdict.sentence, *_details(item, hearing, verdict)]))


def _judge_repeats(item: SttItem, hearing: Hearing) -> RepeatVerdict:
    verdict = judge_repeats(
        hearing.attempts,
        expected=item.case.expected,
        limits=item.case.limits,
        needed=item.utterance.repetition.needed,
    )
    is_heard = verdict.representative is not None and verdict.outcome != "error"
    shown = hearing.attempts[verdict.representative or 0].result if is_heard else None
    item.stash[JUDGED] = Judged(result=shown, repeats=verdict.repeats, sentence=verdict.sentence)
    return verdict


def _details(item: SttItem, hearing: Hearing, verdict: RepeatVerdict) -> list[str]:
    """Return what stands below the verdict: the worst transcript, aligned."""
    worst = None if verdict.worst is None else hearing.attempts[verdict.worst].result
    if worst is None:
        return []
    try:
        _judge_one(item, worst)
    except LimitExceeded as error:
        return str(error).splitlines()[1:]
    return []
