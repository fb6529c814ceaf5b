"""What xdist's workers are told, and what they tell."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_stt.plugin import options
from pytest_stt.plugin.files import replay_file
from pytest_stt.plugin.run import Run, run_of

if TYPE_CHECKING:
    import pytest


def prepare(node: Any) -> None:
    """Tell a worker where the embedded server listens, and what it can't see from its own place.

    Builtins only: they cross to the worker. `node` is xdist's WorkerController.
    """
    run, config = run_of(node.config), node.config
    replay = replay_file(config)
    node.workerinput.update(
        stt_local_port=run.embedded.listen(),
        stt_elsewhere=_elsewhere(node),
        stt_dist=config.getoption("dist", "no"),
        stt_index=_take_index(run, node.gateway.id),
        stt_replay=None if replay is None else str(replay.absolute()),
        stt_results=options.keeps_records(config),
    )


def _elsewhere(node: Any) -> str | None:
    """Name the first worker that may be on another host: a run with one is refused as a whole."""
    for spec in node.nodemanager.specs:
        if not spec.popen or getattr(spec, "via", None):
            return f"{spec.id} ({spec.socket or spec.ssh or spec})"
    return None


def _take_index(run: Run, worker: str) -> int:
    """Give a worker the lowest number that no other has: one that replaces another takes over its share."""
    taken = set(run.workers.values())
    run.workers[worker] = next(index for index in count() if index not in taken)
    return run.workers[worker]


def forget(node: Any) -> None:
    """Let the share of a worker that has ended go to the one that replaces it."""
    run_of(node.config).workers.pop(node.gateway.id, None)


def report_back(run: Run, session: pytest.Session) -> None:
    """Send from a worker what belongs to no test."""
    output = vars(run.config)["workeroutput"]
    output["stt_usage_errors"] = run.usage_errors
    output["stt_left_out"] = run.left_out
    if run.worker.get("stt_results"):
        from pytest_stt.plugin.inventory import inventory_of, with_digests

        # The files may not be where the controller is. What is selected has its digests in its records.
        inventory = inventory_of(run)
        is_first = run.share.index == 0
        output["stt_inventory"] = with_digests(inventory, session) if is_first else inventory
