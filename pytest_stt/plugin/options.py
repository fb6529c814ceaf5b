"""Command-line options and ini values.

The options are added after every other plugin and conftest has added its own, because pytest
ends the run when two plugins own one option. Where an owner is there already, ours steps back.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from pytest_stt.plugin.keys import STEPPED_BACK

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
    "--stt-worst": "the five worst transcripts are shown",
}

INI_VALUES = {
    "stt_url": ("Where fixtures, and suites without server.url, send audio.", "${STT_URL:-local}"),
    "stt_dialect": ("The dialect of fixtures and of suites without server.dialect.", "openai"),
    "stt_normalize": ("The normaliser of fixtures and of suites without normalize.", "basic"),
    "stt_timeout": ("Seconds that a transcription may take when the suite does not say.", "30"),
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
        if flag in OPTIONS and value in paths:
            paths.remove(value)


def _has_owner(parser: pytest.Parser, flag: str) -> bool:
    """Ask the parser itself: only a flag that nobody owns comes back as unknown."""
    probe = f"{flag}=0"
    try:
        return probe not in parser.parse_known_and_unknown_args([probe])[1]
    except pytest.UsageError:
        return True


def header_lines(config: pytest.Config) -> list[str]:
    """Say which options another plugin owns."""
    return [
        f"stt: {flag} belongs to another plugin here; {INSTEAD[flag]}"
        for flag in config.stash.get(STEPPED_BACK, [])
    ]
