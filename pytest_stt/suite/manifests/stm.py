"""Segment time marks, as NIST's sclite reads them: `FILE CHANNEL SPEAKER BEGIN END <LABELS> TEXT`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.lines import read_lines
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.seconds import read_offset, read_span
from pytest_stt.suite.manifests.source import AUDIO_SUFFIXES
from pytest_stt.suite.problems import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.manifests.source import Source

_BLANKS = re.compile(r"[ \t]+")
_LABELS = re.compile(r"<([^<>]*)>[ \t]*")
_NOT_SCORED = "ignore_time_segment_in_scoring"


def read_stm(source: Source) -> Iterator[Utterance]:
    """Read an .stm file, or all of a folder.

    Comments (`;;`) and segments that are not to be scored are left out. The text is taken literally, what
    sclite calls alternatives too. The audio is the file of that name, with a suffix we know.
    """
    recordings = _Recordings(source)
    for file in sorted(source.path.glob("*.stm")) if source.path.is_dir() else [source.path]:
        for number, line in read_lines(file, source.faults):
            try:
                if not line.startswith(";;"):
                    yield from _segment(line.strip(), file, number, recordings)
            except BadRow as error:
                source.faults.add(file, number, str(error))


def _segment(line: str, file: Path, number: int, recordings: _Recordings) -> Iterator[Utterance]:
    words = _BLANKS.split(line, 5)
    if len(words) < 5:
        raise BadRow(f"expected file, channel, speaker, begin, end and text, found {quoted(line)}")
    name, channel, speaker, begin, end, text = (*words, "")[:6]
    labels = _LABELS.match(text)
    text = text[labels.end() :] if labels else text
    if text.lower() == _NOT_SCORED:
        return
    if channel not in ("1", "A", "a"):
        advice = "write each channel to a file of its own"
        raise BadRow(f"expected the channel 1 or A, found {quoted(channel)}; {advice}")
    offset = read_offset(begin)
    yield Utterance(
        source=file,
        line=number,
        audio=recordings.find(name),
        reference=text,
        offset_s=offset,
        duration_s=read_span(offset, end),
        speaker=speaker,
        meta={"labels": labels[1]} if labels and labels[1] else {},
    )


@dataclass(frozen=True)
class _Recordings:
    """The audio files by the names that the segments call them; each is looked for once."""

    source: Source
    _known: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """Return the path of a recording, without a suffix if there is none with any."""
        if name not in self._known:
            path = self.source.audio_path(name)
            suffixes = ("",) if path.lower().endswith(AUDIO_SUFFIXES) else AUDIO_SUFFIXES
            there = (path + suffix for suffix in suffixes if Path(path + suffix).is_file())
            self._known[name] = next(there, path)
        return self._known[name]
