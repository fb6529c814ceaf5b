"""Punctuation and case, scored on the texts as they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.metrics import EditCounts


@dataclass(frozen=True, kw_only=True)
class FormCounts:
    """Count the errors in form.

    Attributes:
        punctuation: Edits between the punctuation marks of both sides.
        case: Words that were heard right: `hits` are written alike, `substitutions` differ in case.
    """

    punctuation: EditCounts
    case: EditCounts
