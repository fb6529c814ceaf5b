"""Where the plugin keeps its state: pytest's stashes, under these keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_stt.client import STTResult
    from pytest_stt.plugin.judging import Judged
    from pytest_stt.plugin.reporting import Reporter
    from pytest_stt.plugin.run import Run
    from pytest_stt.records import Record
    from pytest_stt.runner.hearing import Hearing

OUR_FIXTURES = frozenset(["stt_client", "stt_session", "stt_transcribe"])


def uses_our_fixtures(item: pytest.Item) -> bool:
    """Tell whether a test asks for one of our fixtures, itself or through another."""
    return not OUR_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


# Of the config.
RUN: pytest.StashKey[Run] = pytest.StashKey()
REPORTER: pytest.StashKey[Reporter] = pytest.StashKey()
STEPPED_BACK: pytest.StashKey[list[str]] = pytest.StashKey()

# Of an item: what was heard of a case and how it was judged, what a Python test scored, and what of it
# has been reported.
HEARING: pytest.StashKey[Hearing] = pytest.StashKey()
JUDGED: pytest.StashKey[Judged] = pytest.StashKey()
SCORED: pytest.StashKey[list[STTResult]] = pytest.StashKey()
REPORTED: pytest.StashKey[list[Record]] = pytest.StashKey()
