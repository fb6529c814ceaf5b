"""Rows with named columns: which column is what, and the utterance that their values make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.seconds import read_duration, read_offset
from pytest_stt.suite.problems import found

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_stt.suite.manifests.source import Source

ROLES = ("audio", "reference", "id", "language", "offset", "duration", "speaker")
NEEDED = ("audio", "reference")

_LIKE_THE_ROLES = {role: (role,) for role in ROLES}
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "csv": _LIKE_THE_ROLES,
    "tsv": _LIKE_THE_ROLES,
    "common-voice": {
        "audio": ("path",),
        "reference": ("sentence",),
        "language": ("locale",),
        "speaker": ("client_id",),
    },
    "nemo": {
        "audio": ("audio_filepath",),
        "reference": ("text",),
        "language": ("lang", "language"),
        "offset": ("offset",),
        "duration": ("duration",),
        "speaker": ("speaker",),
    },
}
"""By format and role, the columns it may be in: the first one that is there."""


def columns_of(name: str, named: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the columns that a role may be in: the one that the suite names, else those of the format.

    Args:
        name: The format.
        named: What the suite says, role to column.
    """
    return {**COLUMNS.get(name, {}), **{role: (column,) for role, column in named.items()}}


def utterance(
    values: Mapping[str, Any],
    *,
    source: Source,
    file: Path,
    line: int,
    begins: str | None = None,
    meta: Mapping[str, str],
) -> Utterance:
    """Make an utterance of the values of a row.

    A duration without an offset most often says how long the file is, rounded: it is the field `duration`
    and takes no part of the file, unless the suite names its column.

    Args:
        values: By role; text or what JSON has, None or missing where the row has nothing.
        source: The data set.
        file: The file of the row.
        line: Its line.
        begins: Where relative audio paths begin, the manifest's folder if not given.
        meta: All else.

    Raises:
        BadRow: The audio or the reference is missing, or a value is not what it should be.
    """
    audio, reference, get = values.get("audio"), values.get("reference"), values.get
    if not isinstance(audio, str) or not audio:
        raise BadRow(f"expected the path of an audio file, found {_found(audio)}")
    if not isinstance(reference, str):
        raise BadRow(f'expected a reference (text, "" for silence), found {_found(reference)}')
    duration = read_duration(get("duration"))
    if duration is not None and get("offset") in (None, "") and "duration" not in source.columns:
        meta, duration = {"duration": str(get("duration")), **meta}, None
    return Utterance(
        source=file,
        line=line,
        audio=source.audio_path(audio, begins),
        reference=reference,
        id=_text(get("id"), "id") or "",
        language=_text(get("language"), "language"),
        offset_s=read_offset(get("offset")),
        duration_s=duration,
        speaker=_text(get("speaker"), "speaker"),
        meta=meta,
        written=audio,
    )


def _found(value: Any) -> str:
    return "nothing" if value is None else found(value)


def _text(value: Any, role: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadRow(f"expected text or a number as the {role}, found {found(value)}")
    return str(value)
