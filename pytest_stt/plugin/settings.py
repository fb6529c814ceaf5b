"""What the command line and the ini file come to; imported when a suite or a fixture asks."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.suite.model import Overrides
from pytest_stt.suite.variables import expand

if TYPE_CHECKING:
    import pytest

WORST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The resolved options and ini values.

    Attributes:
        url: Where audio goes when nothing nearer says it, as written: `fixture_url` has the variables
            replaced, and suites replace them only where they need the value.
        dialect: The dialect when nothing nearer says it.
        normalizer: The normaliser when nothing nearer says it.
        timeout: Seconds for one transcription when nothing nearer says it.
        overrides: The options that win over every suite.
    """

    url: str
    dialect: str
    normalizer: str
    timeout: float
    overrides: Overrides


def settings_of(config: pytest.Config) -> Settings:
    """Resolve every setting: command line, then ini, then the default.

    Raises:
        SuiteError: A value is not what it must be.
    """
    return Settings(
        url=config.getini("stt_url"),
        dialect=expanded(config, "stt_dialect"),
        normalizer=expanded(config, "stt_normalize"),
        timeout=_seconds(config, "stt_timeout"),
        overrides=Overrides(
            **{field.name: command_line(config, f"pytest_stt_{field.name}") for field in fields(Overrides)}
        ),
    )


def fixture_url(config: pytest.Config) -> str:
    """Return the url of fixtures whose test names none.

    Raises:
        SuiteError: A variable in the ini value is not set.
    """
    return command_line(config, "pytest_stt_url") or expanded(config, "stt_url")


def worst_shown(config: pytest.Config) -> int:
    """Return how many of the worst transcripts the summary shows."""
    number = command_line(config, "pytest_stt_worst")
    return WORST_SHOWN if number is None else max(0, number)


def slice_fields(config: pytest.Config) -> list[str]:
    """Return the fields that the summary slices the run by."""
    return command_line(config, "pytest_stt_by") or []


def shard(config: pytest.Config) -> tuple[int, int] | None:
    """Return which part of how many is to be run, None for everything.

    Raises:
        SuiteError: The option is no such part.
    """
    from pytest_stt.runner.shards import parse_shard

    text = command_line(config, "pytest_stt_shard")
    return None if text is None else parse_shard(text)


def command_line(config: pytest.Config, dest: str) -> Any:
    """Return an option of ours, None where it was not given or belongs to another plugin."""
    return getattr(config.option, dest, None)


def expanded(config: pytest.Config, name: str) -> str:
    """Return an ini value with its variables replaced.

    Raises:
        SuiteError: One of them is not set.
    """
    try:
        return expand(config.getini(name), os.environ)
    except SuiteError as error:
        raise SuiteError(f"ini option {name}: {error}") from None


def _seconds(config: pytest.Config, name: str) -> float:
    text = expanded(config, name)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise SuiteError(f"ini option {name}: expected a number of seconds above 0, found {text!r}")
    return seconds
