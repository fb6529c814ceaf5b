from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.suite.model import repetition_of

if TYPE_CHECKING:
    from pytest_stt.suite.model import Case, Repetition, Server, Suite


@dataclass(frozen=True, kw_only=True, eq=False)
class Utterance:
    """One case that one server is to transcribe; equal only to itself."""

    suite: Suite
    server: Server
    case: Case

    @property
    def repetition(self) -> Repetition:
        """How often it is transcribed."""
        return repetition_of(self.suite, self.server, self.case)
