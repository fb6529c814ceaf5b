"""Command-line options and ini values.

The options are added after every other plugin and conftest has added its own, because pytest
ends the run when two plugins own one option. Where an owner is there already, ours steps back.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from itertools import pairwise
from typing import Any

import pytest

from pytest_stt.plugin.keys import STEPPED_BACK


def _from_1(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def _named(text: str) -> str:
    if not text:
        raise ArgumentTypeError("expected a name, found nothing (a variable of the shell that is not set?)")
    return text


# Plain data: this module is imported in everybody's pytest run, and a dataclass costs a millisecond.
OPTIONS: dict[str, dict[str, Any]] = {
    "--stt-url": {
        "dest": "pytest_stt_url",
        "metavar": "URL",
        "help": "Send the audio here instead of where suites and stt_url say: scheme, host and port "
        "are replaced, the path too if this one has one. `local` is the embedded engine.",
    },
    "--stt-dialect": {
        "dest": "pytest_stt_dialect",
        "metavar": "NAME",
        "help": "Speak this dialect instead of the one that suites and stt_dialect name; the "
        "dialect options of suites are dropped.",
    },
    "--stt-server": {
        "dest": "pytest_stt_server",
        "type": _named,
        "metavar": "NAME",
        "help": "Run suites that have several `servers` against this one only.",
    },
    "--stt-concurrency": {
        "dest": "pytest_stt_concurrency",
        "metavar": "N",
        "type": _from_1,
        "help": "Keep up to N transcriptions in flight at each server, whatever suites say (default: 4).",
    },
    "--stt-repeat": {
        "dest": "pytest_stt_repeat",
        "metavar": "N",
        "type": _from_1,
        "help": "Transcribe every case N times. The share that has to be within the limits is that of the "
        "suite's `repeat`, otherwise all.",
    },
    "--stt-results": {
        "dest": "pytest_stt_results",
        "type": _named,
        "metavar": "DIR",
        "help": "Write results.jsonl into this folder, a line for each case as it completes.",
    },
    "--stt-replay": {
        "dest": "pytest_stt_replay",
        "type": _named,
        "metavar": "FILE",
        "help": "Judge what this results.jsonl holds instead of asking the servers, under today's "
        "references, normaliser and limits.",
    },
    "--stt-live-missing": {
        "dest": "pytest_stt_live_missing",
        "action": "store_true",
        "help": "With --stt-replay: ask the server for cases that the file lacks, or whose audio changed.",
    },
    "--stt-replay-strict": {
        "dest": "pytest_stt_replay_strict",
        "action": "store_true",
        "help": "With --stt-replay: Python tests that would ask a server end in an error.",
    },
    "--stt-shard": {
        "dest": "pytest_stt_shard",
        "metavar": "K/N",
        "help": "Run the K-th of N parts, balanced by the length of the audio; "
        "`python -m pytest_stt merge` puts the results together.",
    },
    "--stt-by": {
        "dest": "pytest_stt_by",
        "action": "append",
        "type": _named,
        "metavar": "FIELD",
        "help": "Show the figures of each value of this field in the summary: language, tag, server, "
        "dialect, suite, or a field of `meta`, such as accent or speaker.sex; may be given several times.",
    },
    "--stt-worst": {
        "dest": "pytest_stt_worst",
        "metavar": "N",
        "type": int,
        "help": "Show the N worst transcripts in the summary (default: 5, 0 for none).",
    },
}

INSTEAD = {
    "--stt-url": "set the ini value stt_url or the suite's server.url",
    "--stt-dialect": "set the ini value stt_dialect or the suite's server.dialect",
    "--stt-server": "all servers of a suite are asked",
    "--stt-concurrency": "set the suite's server.concurrency",
    "--stt-repeat": "set the suite's repeat",
    "--stt-results": "set the ini value stt_results",
    "--stt-replay": "servers are asked",
    "--stt-live-missing": "cases that are missing in a replay are errors",
    "--stt-replay-strict": "Python tests ask their server",
    "--stt-shard": "all cases are run",
    "--stt-by": "the summary has no slices",
    "--stt-worst": "the five worst transcripts are shown",
}

INI_VALUES = {
    "stt_url": ("Where fixtures, and suites without server.url, send audio.", "${STT_URL:-local}"),
    "stt_dialect": ("The dialect of fixtures and of suites without server.dialect.", "openai"),
    "stt_normalize": ("The normaliser of fixtures and of suites without normalize.", "basic"),
    "stt_timeout": ("Seconds that a transcription may take when the suite does not say.", "30"),
    "stt_results": ("The folder for results.jsonl, relative to the rootdir; none is written when empty.", ""),
}


def add_ini_values(parser: pytest.Parser) -> None:
    """Register the ini values."""
    for name, (text, default) in INI_VALUES.items():
        parser.addini(name, f"{text} Default: {default}", default=default)


def add_options(parser: pytest.Parser, config: pytest.Config) -> None:
    """Add the options that nobody owns yet; remember the others for the header."""
    group = parser.getgroup("stt", "speech-to-text regression testing")
    taken = [flag for flag in OPTIONS if _has_owner(parser, flag)]
    for flag, attributes in OPTIONS.items():
        if flag not in taken:
            group.addoption(flag, default=None, **attributes)
    config.stash[STEPPED_BACK] = taken


def leave_out_values(config: pytest.Config, args: list[str]) -> None:
    """Take the values of our options out of the paths that pytest has seen so far.

    Until our options are added, the value in `--stt-url local` is one more path to it, and with a path on the
    command line the conftests of `testpaths` are not loaded.
    """
    paths = getattr(config.known_args_namespace, "file_or_dir", [])
    for flag, value in pairwise(args):
        if flag in OPTIONS and OPTIONS[flag].get("action") != "store_true" and value in paths:
            paths.remove(value)


def _has_owner(parser: pytest.Parser, flag: str) -> bool:
    """Ask the parser itself: only a flag that nobody owns comes back as unknown."""
    probe = f"{flag}=0"
    try:
        return probe not in parser.parse_known_and_unknown_args([probe])[1]
    except pytest.UsageError:
        return True


def header_lines(config: pytest.Config) -> list[str]:
    """Say which options another plugin owns, and what makes this run an unusual one."""
    lines = [
        f"stt: {flag} belongs to another plugin here; {INSTEAD[flag]}"
        for flag in config.stash.get(STEPPED_BACK, [])
    ]
    given = vars(config.option)
    if given.get("pytest_stt_replay") is not None:
        servers = "asked for what is missing" if given.get("pytest_stt_live_missing") else "not asked"
        lines.append(f"stt: suites are judged by {given['pytest_stt_replay']}, servers are {servers}")
    if given.get("pytest_stt_shard") is not None:
        lines.append(f"stt: shard {given['pytest_stt_shard']}")
    return lines


def needs_check(config: pytest.Config) -> bool:
    """Tell whether the command line has an option that can be wrong in more than its form."""
    names = ("replay", "live_missing", "replay_strict", "shard")
    return any(getattr(config.option, f"pytest_stt_{name}", None) is not None for name in names)


def keeps_records(config: pytest.Config) -> bool:
    """Tell whether the run writes its records, in this process or in xdist's controller."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        return bool(worker.get("stt_results"))
    return bool(getattr(config.option, "pytest_stt_results", None) or config.getini("stt_results"))
