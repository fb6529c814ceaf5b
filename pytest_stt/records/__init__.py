"""One utterance's outcome as plain data, and the files that hold many."""

from __future__ import annotations

from pytest_stt.records.record import AudioFacts, Counts, Event, Outcome, Record, Repeat, Try

__all__ = ["AudioFacts", "Counts", "Event", "Outcome", "Record", "Repeat", "Try"]
