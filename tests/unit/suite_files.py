"""Suite files for tests: written with the audio they name, loaded, and their problems listed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.suite import Defaults, Overrides, Suite, load_suite

AUDIO = ("hello", "b", "c")


def write(folder: Path, text: str | bytes) -> Path:
    """Write `s.stt.yaml` into the folder, and beside it empty audio files: hello, b and c (`.flac`)."""
    for name in AUDIO:
        (folder / f"{name}.flac").touch()
    path = folder / "s.stt.yaml"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return path


def load(
    folder: Path,
    text: str | bytes,
    *,
    environ: dict[str, str] | None = None,
    overrides: Overrides | None = None,
    **defaults: Any,
) -> Suite:
    """Load a suite of this text; keyword arguments are ini values."""
    return load_suite(
        write(folder, text),
        environ=environ or {},
        defaults=Defaults(**defaults),
        overrides=overrides or Overrides(),
        display="s.stt.yaml",
    )


def problems(folder: Path, text: str | bytes, **kwargs: Any) -> list[str]:
    """Load a suite that is wrong and return the lines of its error."""
    with pytest.raises(SuiteError) as caught:
        load(folder, text, **kwargs)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def with_case(head: str = "", **case: str) -> str:
    """Return a suite of these first lines and one good case, some keys of which are replaced or added."""
    keys = {"audio": "hello.flac", "reference": "hello"} | case
    lines = "\n    ".join(f"{key}: {value}" for key, value in keys.items())
    return f"{dedent(head)}\ncases:\n  - {lines}\n"
