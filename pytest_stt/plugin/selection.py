"""Which of the collected items are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stt.errors import STTError
from pytest_stt.plugin.collection import SttItem
from pytest_stt.plugin.keys import RUN, uses_our_fixtures
from pytest_stt.plugin.settings import shard

if TYPE_CHECKING:
    from pytest_stt.plugin.run import Run
    from pytest_stt.suite.model import Case


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the items that this run is to run, in their order.

    Raises:
        UsageError: The suites can't be run with this command line.
    """
    if RUN in config.stash and config.stash[RUN].usage_errors:
        _refuse(config.stash[RUN], items)
    part = shard(config)
    if part is not None:
        _keep_shard(config, items, *part)


def _refuse(run: Run, items: list[pytest.Item]) -> None:
    if not run.worker:
        raise pytest.UsageError("\n".join(run.usage_errors))
    # The error of the file, and the exit status that the controller makes of it, are told already.
    items.clear()


def _keep_shard(config: pytest.Config, items: list[pytest.Item], number: int, of: int) -> None:
    """Deselect what belongs to other shards; tests that have nothing to do with us belong to all."""
    from pytest_stt.runner.shards import shard_of

    seconds = {item.nodeid: _seconds(item) for item in items if _is_dealt_out(item)}
    ours = shard_of(seconds, number=number, of=of)
    others = [item for item in items if item.nodeid in seconds and item.nodeid not in ours]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.nodeid not in seconds or item.nodeid in ours]


def _is_dealt_out(item: pytest.Item) -> bool:
    return isinstance(item, SttItem) or uses_our_fixtures(item)


def _seconds(item: pytest.Item) -> float | None:
    """Return how much audio an item takes, None where nobody knows."""
    if not isinstance(item, SttItem):
        return None
    seconds = _length(item.case)
    return None if seconds is None else seconds * item.utterance.repetition.times


def _length(case: Case) -> float | None:
    """Return the length of a case's audio: what its manifest says, else what the header of its file gives.

    What is wrong with a file its case will say.
    """
    from pytest_stt.audio import AudioSample

    if case.duration_s is not None:
        return case.duration_s
    told_s = _told_s(case)
    if told_s is not None or case.embedded is not None:
        return told_s
    try:
        return AudioSample.from_file(case.audio, offset_s=case.offset_s).duration_ms / 1000
    except STTError:
        return None


def _told_s(case: Case) -> float | None:
    """Return the length that a manifest gives, which spares a look into each of its files."""
    try:
        return float(case.meta["duration"]) if case.source is not None else None
    except (KeyError, TypeError, ValueError):
        return None
