"""Build the records of cases and of Python tests; imported when there is something to record."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from pytest_stt.plugin.collection import SttItem, display_path
from pytest_stt.plugin.options import keeps_records
from pytest_stt.records import AudioFacts, Counts, Outcome, Record
from pytest_stt.records.measures import measures_of
from pytest_stt.runner.digests import digest_of_case, digest_of_file
from pytest_stt.text import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from pytest_stt.client import STTResult
    from pytest_stt.plugin.judging import Judged
    from pytest_stt.runner.hearing import Hearing
    from pytest_stt.suite.model import Case


def record_of_case(
    item: SttItem, *, hearing: Hearing | None, judged: Judged | None, outcome: Outcome, message: str
) -> Record:
    """Record a case of a suite.

    Args:
        item: The case.
        hearing: What was heard, None when nobody got so far.
        judged: What was judged, None when there is no transcript.
        outcome: How the case ended.
        message: The verdict or the error; where there is none, that of the repeats is taken.
    """
    case = item.case
    if judged is None or judged.result is None:
        facts: dict[str, Any] = {"audio": _audio_of_nothing_heard(case, item.config)}
    else:
        facts = _heard(judged.result, case.audio, item.config, offset_s=case.offset_s)
    return Record(
        id=item.nodeid,
        suite=display_path(item.path, item.config),
        case=case.id,
        outcome=outcome,
        server=item.utterance.server.name,
        dialect=item.utterance.server.dialect,
        language=case.language,
        tags=case.tags,
        meta=case.meta,
        references=case.references,
        alternatives=case.alternatives,
        normalizer=find_normalizer(case.normalizer, case.language).label,
        limits=case.limits,
        message=message or (judged.sentence if judged else ""),
        tries=() if hearing is None else tuple(chain.from_iterable(one.tries for one in hearing.attempts)),
        repeats=() if judged is None else judged.repeats,
        **facts,
    )


def _audio_of_nothing_heard(case: Case, config: pytest.Config) -> AudioFacts:
    digest = _digest(lambda: digest_of_case(case), config)
    return AudioFacts(path=display_path(case.audio, config), sha256=digest, offset_s=case.offset_s or None)


def record_of_test(
    item: pytest.Item, result: STTResult | None, *, number: int, outcome: Outcome, message: str
) -> Record:
    """Record the `number`-th result (from 1) that a Python test scored, or that it has none."""
    record = Record(
        id=item.nodeid,
        suite=display_path(item.path, item.config),
        case=item.name if number == 1 else f"{item.name}#{number}",
        outcome=outcome,
        message=message,
    )
    if result is None:
        return record
    return replace(
        record,
        dialect=result.dialect,
        language=result.language,
        references=() if result.reference is None else (result.reference,),
        normalizer=find_normalizer(result.normalizer, result.language).label,
        **_heard(result, result.audio_path, item.config),
    )


def _heard(
    result: STTResult, audio: Path | None, config: pytest.Config, *, offset_s: float = 0.0
) -> dict[str, Any]:
    score = result.score
    return {
        "audio": _audio_facts(result, audio, config, offset_s=offset_s),
        "hypothesis": result.hypothesis_text,
        "events": tuple(result.events),
        "latency_ms": None if math.isnan(result.latency_ms) else result.latency_ms,
        "words": tuple(result.words),
        "counts": None if result.text_metrics is None else Counts.of(result.text_metrics),
        "measures": {} if score is None else measures_of(score),
        "terms": () if score is None else score.terms,
    }


def _audio_facts(
    result: STTResult, path: Path | None, config: pytest.Config, *, offset_s: float
) -> AudioFacts:
    if path is None:
        return AudioFacts(seconds=result.audio_s)
    digest = result.audio_sha256 or _digest(lambda: digest_of_file(path), config)
    return AudioFacts(
        path=display_path(path, config), sha256=digest, seconds=result.audio_s, offset_s=offset_s or None
    )


def _digest(compute: Callable[[], str], config: pytest.Config) -> str | None:
    """Return the sha256 of some audio if records are kept, else None.

    The test may have made the file for itself, and may have patched whatever opens files: nothing
    of that may end the run.
    """
    if not keeps_records(config):
        return None
    try:
        return compute()
    except Exception:
        return None
