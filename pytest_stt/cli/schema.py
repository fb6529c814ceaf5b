"""`python -m pytest_stt schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_stt.cli.command import Command

if TYPE_CHECKING:
    import argparse


def _configure(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--results", action="store_true", help="that of a line of results.jsonl")


def _run(_options: argparse.Namespace) -> int:
    from pytest_stt.records import results_schema

    print(json.dumps(results_schema(), indent=2))
    return 0


COMMAND = Command(
    name="schema",
    help="Print the JSON Schema of a file format.",
    configure=_configure,
    run=_run,
)
