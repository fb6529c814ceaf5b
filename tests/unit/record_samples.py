"""Records and results files for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pytest_stt.limits import Limits
from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.records import (
    AudioFacts,
    Counts,
    Event,
    Header,
    Record,
    Repeat,
    SuiteFacts,
    Try,
    digest_of,
    write_results,
)
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import TimedWord

SUITE = "a.stt.yaml"


def heard(case: str, said: str = "one two", text: str = "one two", **more: Any) -> Record:
    """Make the record of a case with a transcript."""
    server = more.get("server", "default")
    name = case if server == "default" else f"{case}[{server}]"
    values: dict[str, Any] = {
        "id": f"{SUITE}::{name}",
        "suite": SUITE,
        "case": case,
        "outcome": "passed",
        "dialect": "openai",
        "audio": AudioFacts(path=f"{case}.wav", sha256=sha(case), seconds=1.5),
        "references": (said,),
        "hypothesis": text,
        "latency_ms": 12.3,
        "counts": Counts.of(TextMetrics.compute(said, text)),
    }
    return Record(**(values | more))


def python_test(name: str, *, file: str = "test_a.py", **more: Any) -> Record:
    """Make the record of a Python test."""
    values = {"id": f"{file}::{name}", "suite": file, "case": name.rpartition("::")[2], "outcome": "passed"}
    return Record(**(values | more))


def sha(name: str) -> str:
    return name.encode().hex().ljust(64, "0")


def facts(*ids: str, digest: str | None = "") -> SuiteFacts:
    """Make the facts of a suite whose audio is that of `heard`."""
    made = digest_of((name, "default", sha(name)) for name in ids) if digest == "" else digest
    return SuiteFacts(digest=made, ids=ids)


def header(*ids: str, **more: Any) -> Header:
    return Header(**({"suites": {SUITE: facts(*ids)}, "partial": False} | more))


def results_file(path: Path, head: Header, *records: Record) -> Path:
    write_results(path, head, records)
    return path


def write_lines(path: Path, *lines: str | bytes | dict[str, Any], end: bytes = b"\n") -> Path:
    """Write a file line by line, right or wrong."""
    path.write_bytes(b"\n".join(map(_bytes, lines)) + end)
    return path


def _bytes(line: str | bytes | dict[str, Any]) -> bytes:
    if isinstance(line, dict):
        line = json.dumps(line)
    return line.encode() if isinstance(line, str) else line


def ids_of(records: Sequence[Record]) -> list[str]:
    return [record.id for record in records]


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_counts = st.builds(
    Counts,
    words=st.none() | st.builds(EditCounts, hits=st.integers(0, 99), deletions=st.integers(0, 2**70)),
    chars=st.builds(EditCounts, insertions=st.integers(0, 99), substitutions=st.integers(0, 9)),
)
_outcomes = st.sampled_from(["passed", "failed", "error", "skipped", "xfailed", "xpassed"])
_meta = st.recursive(
    st.none() | st.booleans() | st.integers() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=5,
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


any_record = st.builds(
    Record,
    id=_texts,
    suite=_texts,
    case=_texts,
    outcome=_outcomes,
    server=_texts,
    dialect=_maybe(_texts),
    audio=_maybe(
        st.builds(
            AudioFacts,
            path=_maybe(_texts),
            sha256=_maybe(_texts),
            seconds=_maybe(_numbers),
            offset_s=_maybe(_numbers),
        )
    ),
    language=_maybe(_texts),
    tags=_some(_texts),
    meta=st.dictionaries(_texts, _meta, max_size=3),
    references=_some(_texts),
    alternatives=st.booleans(),
    hypothesis=_maybe(_texts),
    events=_some(st.builds(Event, ms=_numbers, kind=_texts, text=_texts)),
    latency_ms=_maybe(_numbers),
    words=_some(st.builds(TimedWord, word=_texts, start_s=_numbers, end_s=_maybe(_numbers))),
    measures=st.dictionaries(_texts, _maybe(_numbers), max_size=3),
    terms=_some(
        st.builds(
            TermCounts,
            text=_texts,
            kind=st.sampled_from(["keyword", "forbidden", "entity"]),
            weight=_numbers,
            group=_texts,
            said=st.integers(0, 9),
            heard=st.integers(0, 9),
            hits=st.integers(0, 9),
        )
    ),
    tries=_some(
        st.builds(Try, error=_maybe(_texts), status=_maybe(st.integers(100, 599)), ms=_maybe(_numbers))
    ),
    repeats=_some(
        st.builds(
            Repeat,
            hypothesis=_maybe(_texts),
            counts=_maybe(_counts),
            latency_ms=_maybe(_numbers),
            outcome=_outcomes,
        )
    ),
    counts=_maybe(_counts),
    normalizer=_texts,
    limits=st.builds(Limits, max_wer=_maybe(_numbers), max_errors=_maybe(st.integers(0, 9))),
    message=_texts,
)
