from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_stt.plugin.collection import SttItem
from pytest_stt.plugin.outcomes import end_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_stt.plugin.run import Run
    from pytest_stt.suite.model import Server

# One slow answer must not keep the other lanes idle.
WINDOW_PER_LANE = 8


class LookAhead:
    """Begin the transcriptions of the items about to run.

    It begins where an item's turn begins and not at the end of the collection, because then
    deselection, reordering and plans without execution have had their say.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        option = run.config.option
        self._is_off = bool(
            getattr(option, "usepdb", False)
            or getattr(option, "trace", False)
            or getattr(option, "setuponly", False)
            # A child process has none of the parent's threads.
            or getattr(option, "forked", False)
            or not run.asks_servers
        )
        # What is ahead is wasted when the run stops at a failure.
        stops_early = option.maxfail or getattr(option, "stepwise", False)
        self._window_per_lane = 1 if stops_early else WINDOW_PER_LANE
        self._upcoming = _upcoming_of(run.config)
        self._ahead: dict[tuple[object, str], set[SttItem]] = {}
        self._full: set[int] = set()

    def begin(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Fill the window, from `item` on, whose turn it is.

        It ends before an exclusive case, and before a Python test: that may send something itself, patch
        whatever the runner uses, or stop the clock.
        """
        if self._is_off or item.session.shouldstop or item.session.shouldfail:
            return
        for upcoming in self._upcoming.after(item, nextitem):
            if not isinstance(upcoming, SttItem) or upcoming.case.exclusive or not self._begin(upcoming):
                self._upcoming.stay_at(upcoming)
                return

    def _begin(self, item: SttItem) -> bool:
        """Begin a case if it will be sent; tell whether there was room for it."""
        server = item.utterance.server
        ahead = self._ahead.setdefault((item.path, server.name), set())
        if item in ahead or not _is_sent(item):
            return True
        if not self._has_room(len(ahead), server):
            return False
        ahead.add(item)
        self._run.transcriber.prefetch(item.utterance)
        return True

    def _has_room(self, ahead: int, server: Server) -> bool:
        """Tell whether one more may begin; a window that was full is filled again when it is half empty.

        Beginning many at once wakes the loop once for all of them.
        """
        window = self._run.share.concurrency(server.concurrency) * self._window_per_lane
        if ahead >= window:
            self._full.add(id(server))
        elif ahead <= window // 2 or self._window_per_lane == 1:
            self._full.discard(id(server))
        return id(server) not in self._full

    def end(self, item: pytest.Item) -> None:
        """Forget an item whose turn is over."""
        if isinstance(item, SttItem):
            self._ahead.get((item.path, item.utterance.server.name), set()).discard(item)
            if not self._is_off:
                # A hook may have skipped it before its setup.
                self._run.transcriber.drop(item.utterance)
            end_turn(item)


def _is_sent(item: pytest.Item) -> bool:
    """Tell whether a case is certain to be run as far as its marks say; the others are sent in their turn."""
    if any(item.get_closest_marker(name) for name in ("skip", "skipif", "forked")):
        return False
    return all(mark.kwargs.get("run", True) for mark in item.iter_markers("xfail"))


class SessionItems:
    """The items of a session from the current one on; each is given once, unless the reader stays at it."""

    def __init__(self) -> None:
        self._positions: dict[int, int] = {}
        self._next = 0

    def after(self, item: pytest.Item, _nextitem: pytest.Item | None) -> Iterator[pytest.Item]:
        """Give the current item and those that follow, as far as they were not given before."""
        items = item.session.items
        if len(self._positions) != len(items):
            self._positions = {id(one): position for position, one in enumerate(items)}
        self._next = max(self._next, self._positions.get(id(item), 0))
        while self._next < len(items):
            self._next += 1
            yield items[self._next - 1]

    def stay_at(self, item: pytest.Item) -> None:
        """Give this item again the next time, if it has not had its turn by then."""
        self._next = self._positions[id(item)]


class WorkerItems:
    """The items that an xdist worker is going to run: its queue, as far as xdist shows it."""

    def __init__(self, config: pytest.Config) -> None:
        # A queue from which other workers may steal is only sure of its next item.
        self._queue = None if _may_lose_items(config) else _queue_of(config)

    def after(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[pytest.Item]:
        """Give the current item, the next one and what is queued behind it."""
        yield item
        if nextitem is not None:
            yield nextitem
            items = item.session.items
            yield from (items[index] for index in self._queued() if index < len(items))

    def _queued(self) -> list[int]:
        if self._queue is None:
            return []
        with self._queue.lock() as queued:
            return [index for index in islice(queued, 1000) if isinstance(index, int)]

    def stay_at(self, _item: pytest.Item) -> None:
        """Do nothing: all are given each time."""


def _upcoming_of(config: pytest.Config) -> SessionItems | WorkerItems:
    return WorkerItems(config) if hasattr(config, "workerinput") else SessionItems()


def _may_lose_items(config: Any) -> bool:
    return bool(config.workerinput.get("stt_dist") == "worksteal")


def _queue_of(config: pytest.Config) -> Any:
    """Return the queue of xdist's worker object, None where it is not as we know it."""
    for plugin in config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            queue = getattr(plugin, "torun", None)
            return queue if callable(getattr(queue, "lock", None)) else None
    return None
