"""Lines of styled text, which the terminal writer of pytest can write as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a line.

    Attributes:
        text: Printable text.
        style: Markup names of pytest's terminal writer, such as `red` or `bold`.
    """

    text: str
    style: Mapping[str, bool] = field(default_factory=dict)


Line = tuple[Span, ...]


def plain(text: str, **style: bool) -> Line:
    """Make a line of one piece."""
    return (Span(text=text, style=style),)
