"""Command-line options and ini values, and the settings they come to.

The options are added after every other plugin and conftest has added its own, because pytest
ends the run when two plugins own one option. Where an owner is there already, ours steps back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, kw_only=True)
class Option:
    """A command-line option of ours."""

    flag: str
    dest: str
    help: str
    type: type = str
    metavar: str = "VALUE"
    instead: str


OPTIONS = (
    Option(
        flag="--stt-url",
        dest="pytest_stt_url",
        metavar="URL",
        help="Send the audio here instead of where suites and stt_url say: scheme, host and port "
        "are replaced, the path too if this one has one. `local` is the embedded engine.",
        instead="set the ini value stt_url or the suite's server.url",
    ),
    Option(
        flag="--stt-dialect",
        dest="pytest_stt_dialect",
        metavar="NAME",
        help="Speak this dialect instead of the one that suites and stt_dialect name; the "
        "dialect options of suites are dropped.",
        instead="set the ini value stt_dialect or the suite's server.dialect",
    ),
    Option(
        flag="--stt-worst",
        dest="pytest_stt_worst",
        metavar="N",
        type=int,
        help="Show the N worst transcripts in the summary (default: 5, 0 for none).",
        instead="the five worst transcripts are shown",
    ),
)

INI_VALUES = {
    "stt_url": ("Where fixtures, and suites without server.url, send audio.", "${STT_URL:-local}"),
    "stt_dialect": ("The dialect of fixtures and of suites without server.dialect.", "openai"),
    "stt_normalize": ("The normaliser of fixtures and of suites without normalize.", "basic"),
    "stt_timeout": ("Seconds that a transcription may take when the suite does not say.", "30"),
}

STEPPED_BACK = pytest.StashKey[list[Option]]()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the command line and the ini file come to."""

    url: str
    dialect: str
    normalizer: str
    timeout: float
    url_override: str | None
    dialect_override: str | None
    worst: int


def add_ini_values(parser: pytest.Parser) -> None:
    """Register the ini values."""
    for name, (text, default) in INI_VALUES.items():
        parser.addini(name, f"{text} Default: {default}", default=default)


def add_options(parser: pytest.Parser, config: pytest.Config) -> None:
    """Add the options that nobody owns yet; remember the others for the header."""
    group = parser.getgroup("stt", "speech-to-text regression testing")
    taken = [option for option in OPTIONS if _has_owner(parser, option.flag)]
    for option in OPTIONS:
        if option not in taken:
            group.addoption(
                option.flag,
                dest=option.dest,
                type=option.type,
                metavar=option.metavar,
                default=None,
                help=option.help,
            )
    config.stash[STEPPED_BACK] = taken


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
        f"stt: {option.flag} belongs to another plugin here; {option.instead}"
        for option in config.stash.get(STEPPED_BACK, [])
    ]


def settings(config: pytest.Config) -> Settings:
    """Resolve every setting: command line, then ini, then the default.

    Raises:
        SuiteError: A value is not what it must be.
    """
    worst: Any = _command_line(config, "pytest_stt_worst")
    url: Any = _command_line(config, "pytest_stt_url")
    return Settings(
        url=url or _expanded(config, "stt_url"),
        dialect=_expanded(config, "stt_dialect"),
        normalizer=_expanded(config, "stt_normalize"),
        timeout=_seconds(config, "stt_timeout"),
        url_override=url,
        dialect_override=_command_line(config, "pytest_stt_dialect"),
        worst=5 if worst is None else worst,
    )


def _command_line(config: pytest.Config, dest: str) -> Any:
    return getattr(config.option, dest, None)


def _expanded(config: pytest.Config, name: str) -> str:
    from pytest_stt.errors import SuiteError
    from pytest_stt.suite.environment import expand

    try:
        return expand(config.getini(name), os.environ)
    except SuiteError as error:
        raise SuiteError(f"ini value {name}: {error}") from None


def _seconds(config: pytest.Config, name: str) -> float:
    from pytest_stt.errors import SuiteError

    text = _expanded(config, name)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise SuiteError(f"ini value {name}: expected a number of seconds above 0, found {text!r}")
    return seconds
