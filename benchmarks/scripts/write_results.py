"""Write the results that a run of a suite would have written, without the run.

Arguments: the suite, which is in the current directory; a JSON file of what is heard in each case; the file
to write.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from pytest_stt import AudioSample
from pytest_stt.records import AudioFacts, Counts, Event, Record, Try
from pytest_stt.records.header import Header, SuiteFacts, digest_of
from pytest_stt.records.writer import write_results
from pytest_stt.suite import Case, Defaults, Overrides, Suite, load_suite
from pytest_stt.text import find_normalizer
from pytest_stt.text.scoring import measure


@cache
def facts_of(path: Path) -> AudioFacts:
    sample = AudioSample.from_file(path)
    name = path.resolve().relative_to(Path.cwd()).as_posix()
    return AudioFacts(path=name, sha256=sample.sha256, seconds=sample.duration_ms / 1000)


def record_of(case: Case, suite: Suite, heard: str) -> Record:
    normalizer = find_normalizer(case.normalizer, case.language)
    return Record(
        id=f"{suite.path.name}::{case.id}",
        suite=suite.path.name,
        case=case.id,
        outcome="passed",
        dialect="openai",
        audio=facts_of(case.audio),
        references=case.references,
        hypothesis=heard,
        events=(Event(ms=52.5, kind="final", text=heard),),
        latency_ms=52.5,
        tries=(Try(ms=53.0),),
        counts=Counts.of(measure(heard, case.expected).metrics),
        normalizer=normalizer.label,
        limits=case.limits,
    )


def header_of(suite: Suite, records: list[Record]) -> Header:
    entries = [(one.case, one.server, one.audio.sha256 if one.audio else None) for one in records]
    facts = SuiteFacts(digest=digest_of(entries), ids=tuple(one.case for one in records))
    return Header(suites={suite.path.name: facts}, partial=False)


def main(suite_file: str, heard_file: str, results: str) -> None:
    suite = load_suite(Path(suite_file), environ={}, defaults=Defaults(), overrides=Overrides())
    heard = json.loads(Path(heard_file).read_text())
    records = [record_of(case, suite, heard[case.id]) for case in suite.cases]
    write_results(Path(results), header_of(suite, records), records)


if __name__ == "__main__":
    main(*sys.argv[1:])
