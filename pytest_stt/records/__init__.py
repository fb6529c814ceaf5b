"""One utterance's outcome as plain data, and the files that hold many."""

from __future__ import annotations

from pytest_stt.records.header import SCHEMA, Header, SuiteFacts, digest_of
from pytest_stt.records.measures import measures_of
from pytest_stt.records.merging import Merged, in_order, merge, missing_of
from pytest_stt.records.reader import Results, read_results
from pytest_stt.records.record import (
    AudioFacts,
    Counts,
    Event,
    Outcome,
    Record,
    Repeat,
    Try,
    plain_text,
)
from pytest_stt.records.schema import results_schema
from pytest_stt.records.writer import FILE_NAME, ResultsFile, write_results

__all__ = [
    "FILE_NAME",
    "SCHEMA",
    "AudioFacts",
    "Counts",
    "Event",
    "Header",
    "Merged",
    "Outcome",
    "Record",
    "Repeat",
    "Results",
    "ResultsFile",
    "SuiteFacts",
    "Try",
    "digest_of",
    "in_order",
    "measures_of",
    "merge",
    "missing_of",
    "plain_text",
    "read_results",
    "results_schema",
    "write_results",
]
