"""One utterance of a data set: as its manifest has it, and as a suite takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_stt.suite.model import EmbeddedAudio


class Utterance(NamedTuple):
    """What one row of a manifest says: a tuple, since there are many and few may be chosen.

    Attributes:
        source: The file that `line` is a line of.
        line: Counted from 1.
        audio: The path of the audio file, as `Source.audio_path` made it; for embedded audio its name.
        reference: The transcript, literally; `""` for silence.
        id: The format's own name of the utterance, `""` when it has none.
        language: As the manifest has it, None when it is silent.
        offset_s: Where in the file the utterance begins, in seconds, 0 or more.
        duration_s: How long it is, above 0; None for up to the end of the file.
        speaker: As the manifest has it, None when it is silent.
        meta: All else it says, as text; what is empty is left out.
        embedded: The audio where it is not a file of its own.
        written: The path of the audio as the manifest has it, `""` where it has none.
    """

    source: Path
    line: int
    audio: str
    reference: str
    id: str = ""
    language: str | None = None
    offset_s: float = 0.0
    duration_s: float | None = None
    speaker: str | None = None
    meta: Mapping[str, str] = {}
    embedded: EmbeddedAudio | None = None
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One chosen utterance, its audio file known to be there.

    Attributes:
        id: Unique in its manifest, fit for a node id, with the manifest's name in front if asked for.
        line: The line of `source`, counted from 1.
        source: The manifest, or the one of its files that has the line.
        audio: The audio file; the name alone where the audio is embedded.
        reference: The transcript, literally: braces and parentheses are no alternatives. `""` for silence.
        language: As the manifest has it, None when it is silent.
        offset_s: Where in the file the utterance begins, in seconds.
        duration_s: How long the manifest says it is, in seconds; None when it is silent.
        speaker: As the manifest has it, None when it is silent.
        meta: All else the manifest says about it, as text.
        embedded: The audio where it is not a file of its own, None where `audio` is one.
    """

    id: str
    line: int
    source: Path
    audio: Path
    reference: str
    language: str | None = None
    offset_s: float = 0.0
    duration_s: float | None = None
    speaker: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    embedded: EmbeddedAudio | None = None
