"""The ids of a manifest's rows: the format's own, else made of the name of the audio file."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from pytest_stt.suite.problems import quoted
from pytest_stt.suite.schema import check_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.suite.manifests.faults import Faults
    from pytest_stt.suite.manifests.row import Utterance


def row_ids(utterances: Sequence[Utterance], faults: Faults) -> list[str]:
    """Return an id for each row.

    A row without an id of its own gets the stem of its audio file, and `stem-ROW`, ROW counted from 1
    in the manifest, where another row has that id.

    Args:
        utterances: All rows of a manifest, so that an id does not change with what is chosen.
        faults: Gets ids of the format's own that are there twice, and all that can't be in a node id.
    """
    ids = _unique(utterances)
    seen: dict[str, Utterance] = {}
    for name, row in zip(ids, utterances, strict=True):
        problem = check_name(name, "an id")
        if problem:
            faults.add(row.source, row.line, f"{problem}, found {quoted(name)}{_origin(row)}")
        elif seen.setdefault(name, row) is not row:
            first = faults.place(seen[name].source, seen[name].line)
            faults.add(row.source, row.line, f"the id {quoted(name)} is there twice, first in {first}")
    return ids


def sampling_name(row: Utterance, folders: Sequence[str]) -> str:
    """Return what a row is known by when rows are chosen by chance.

    That is its own id, else which part it is of which audio file: unlike `stem-ROW` this stays when rows
    are added before it, and unlike a stem it is hardly another row's too.

    Args:
        row: Any row.
        folders: The file counts from the first of them that it is in, so that the same rows are chosen on
            every machine; from nowhere, its name alone, where it is in none or inside of a table.
    """
    if row.id:
        return row.id
    stem = os.path.splitext(audio_in(row, folders))[0]  # noqa: PTH122 - speed
    if not row.offset_s and row.duration_s is None:
        return stem
    return f"{stem} {row.offset_s:.6f} {'' if row.duration_s is None else f'{row.duration_s:.6f}'}"


def audio_in(row: Utterance, folders: Sequence[str]) -> str:
    """Return the path of a row's audio in the first of some folders that it is in, with slashes.

    It is the name of the file alone where it is in none or inside of a table.
    """
    begins = [] if row.embedded else [folder for folder in folders if row.audio.startswith(folder + os.sep)]
    name = row.audio[len(begins[0]) + 1 :] if begins else os.path.basename(row.audio)  # noqa: PTH119 - speed
    return name.replace(os.sep, "/")


def _stem(audio: str) -> str:
    return os.path.splitext(os.path.basename(audio))[0]  # noqa: PTH119, PTH122 - speed


def _origin(row: Utterance) -> str:
    return "" if row.id else " (from the name of the audio file)"


def _unique(utterances: Sequence[Utterance]) -> list[str]:
    """Name the rows, with the row's number after each name that another row has; own ids stay as they are."""
    names = [row.id or _stem(row.audio) for row in utterances]
    counts = Counter(names)
    while len(counts) < len(names):
        # Again and again, since "a-2" may be the stem of a file as well.
        shared = [at for at, name in enumerate(names) if counts[name] > 1 and not utterances[at].id]
        if not shared:
            break
        for at in shared:
            names[at] += f"-{at + 1}"
        counts = Counter(names)
    return names
