"""What xdist's workers are told, and what they tell."""

from __future__ import annotations

from typing import Any

from pytest_stt.plugin import options
from pytest_stt.plugin.run import Run, run_of


def prepare(node: Any) -> None:
    """Tell a worker where the embedded server listens, and what it can't see from its own place.

    Builtins only: they cross to the worker. `node` is xdist's WorkerController.
    """
    spec = node.gateway.spec
    is_here = bool(spec.popen) and not getattr(spec, "via", None)
    node.workerinput.update(
        stt_local_port=run_of(node.config).embedded.listen() if is_here else None,
        stt_elsewhere=None if is_here else f"{node.gateway.id} ({spec.socket or spec.ssh or spec})",
        stt_dist=node.config.getoption("dist", "no"),
        stt_folder=str(node.config.invocation_params.dir),
        stt_results=options.keeps_records(node.config),
    )


def report_back(run: Run) -> None:
    """Send from a worker what belongs to no test."""
    output = vars(run.config)["workeroutput"]
    output["stt_usage_errors"] = run.usage_errors
    if run.worker.get("stt_results"):
        from pytest_stt.plugin.inventory import inventory_of

        output["stt_inventory"] = inventory_of(run)
