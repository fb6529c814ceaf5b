"""Where records are written and read; light, because an ini value alone makes every run ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def results_folder(config: pytest.Config) -> Path | None:
    """Return where records are written, None where nobody asked for them; a worker of xdist writes none.

    Raises:
        SuiteError: A variable in the ini value is not set.
    """
    if hasattr(config, "workerinput"):
        return None
    folder: str | None = getattr(config.option, "pytest_stt_results", None)
    if folder is not None:
        return config.invocation_params.dir / folder
    folder = _ini_folder(config)
    return config.rootpath / folder if folder else None


def _ini_folder(config: pytest.Config) -> str:
    text: str = config.getini("stt_results")
    if "$" not in text:
        return text
    from pytest_stt.plugin.settings import expanded

    return expanded(config, "stt_results")


def replay_file(config: pytest.Config) -> Path | None:
    """Return the records that are judged instead of asking servers, None without `--stt-replay`."""
    # A worker of xdist may have been started in another folder, and xdist changes paths on its command line.
    if hasattr(config, "workerinput"):
        path: str | None = config.workerinput.get("stt_replay")
        return None if path is None else Path(path)
    name: str | None = getattr(config.option, "pytest_stt_replay", None)
    return None if name is None else config.invocation_params.dir / name
