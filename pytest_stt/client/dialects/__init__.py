from __future__ import annotations

from difflib import get_close_matches

from pytest_stt.client.dialects.base import Dialect
from pytest_stt.client.dialects.openai import OpenAIDialect
from pytest_stt.client.dialects.whisperlive import WhisperLiveDialect
from pytest_stt.errors import SuiteError

__all__ = ["Dialect", "dialect_names", "find_dialect"]

_DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (OpenAIDialect(), WhisperLiveDialect())}


def dialect_names() -> list[str]:
    """Return the names of all dialects, sorted."""
    return sorted(_DIALECTS)


def find_dialect(name: str) -> Dialect:
    """Return the dialect of that name.

    Raises:
        SuiteError: There is none; the message has the nearest name and all names.
    """
    if name in _DIALECTS:
        return _DIALECTS[name]
    near = get_close_matches(name, _DIALECTS, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise SuiteError(f"There is no dialect {name!r}.{hint} Dialects: {', '.join(dialect_names())}.")
