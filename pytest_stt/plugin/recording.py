"""Build the records of cases and of Python tests; imported when there is something to record."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stt.plugin.collection import SttItem, display_path
from pytest_stt.records import AudioFacts, Counts, Outcome, Record
from pytest_stt.text import find_normalizer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pytest_stt.client import STTResult


def record_of_case(item: SttItem, result: STTResult | None, *, outcome: Outcome, message: str) -> Record:
    """Record a case of a suite; `result` is None when there is no transcript."""
    case, suite = item.case, item.suite
    record = Record(
        id=item.nodeid,
        suite=display_path(item.path, item.config),
        case=case.id,
        outcome=outcome,
        dialect=suite.servers[0].dialect,
        language=case.language,
        tags=case.tags,
        meta=case.meta,
        references=case.references,
        normalizer=find_normalizer(suite.normalizer).label,
        limits=case.limits,
        message=message,
    )
    if result is None:
        return record
    return replace(record, **_heard(result, case.audio, item.config))


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
        normalizer=find_normalizer(result.normalizer).label,
        **_heard(result, result.audio_path, item.config),
    )


def _heard(result: STTResult, audio: Path | None, config: pytest.Config) -> dict[str, Any]:
    return {
        "audio": _audio_facts(result, audio, config),
        "hypothesis": result.hypothesis_text,
        "events": tuple(result.events),
        "latency_ms": result.latency_ms,
        "counts": None if result.text_metrics is None else Counts.of(result.text_metrics),
    }


def _audio_facts(result: STTResult, path: Path | None, config: pytest.Config) -> AudioFacts:
    if path is None:
        return AudioFacts(seconds=result.audio_s)
    return AudioFacts(path=display_path(path, config), sha256=_digest(path), seconds=result.audio_s)


def _digest(path: Path) -> str | None:
    """Return the file's sha256, or None.

    The test may have made the file for itself, and may have patched whatever opens files: nothing
    of that may end the run.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except Exception:
        return None
