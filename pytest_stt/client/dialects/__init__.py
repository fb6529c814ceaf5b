from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from pytest_stt.client.dialects.base import Dialect
from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

__all__ = ["Dialect", "dialect_names", "find_dialect", "read_options"]

# Where each lives: a suite that speaks one need not load the others.
_DIALECTS = {
    "openai": "pytest_stt.client.dialects.openai:OpenAIDialect",
    "whisperlive": "pytest_stt.client.dialects.whisperlive:WhisperLiveDialect",
}


def dialect_names() -> list[str]:
    """Return the names of all dialects, sorted."""
    return sorted(_DIALECTS)


def find_dialect(name: str) -> Dialect[Any]:
    """Return the dialect of that name.

    Raises:
        SuiteError: There is none; the message has the nearest name and all names.
    """
    if name in _DIALECTS:
        return _load(_DIALECTS[name])
    raise SuiteError(
        f"There is no dialect '{printable(name, 60)}'.{_nearest(name, _DIALECTS)} "
        f"Dialects: {', '.join(dialect_names())}."
    )


@cache
def _load(home: str) -> Dialect[Any]:
    module, _, name = home.partition(":")
    dialect: Dialect[Any] = getattr(import_module(module), name)()
    return dialect


def read_options(dialect: Dialect[Any], options: Mapping[str, Any]) -> BaseModel:
    """Return the checked options of a dialect; numbers and booleans may come as text.

    Raises:
        SuiteError: One line for each option that is unknown or has a wrong value.
    """
    try:
        checked: BaseModel = dialect.Options.model_validate(dict(options))
    except ValidationError as error:
        raise SuiteError(*(_problem(dialect, details) for details in error.errors())) from None
    return checked


def _problem(dialect: Dialect[Any], details: ErrorDetails) -> str:
    name = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        known = dialect.Options.model_fields
        return (
            f"The dialect {dialect.name} has no option '{printable(name, 60)}'.{_nearest(name, known)} "
            f"Options: {', '.join(known)}."
        )
    found = printable(repr(details["input"]), 60)
    return f"Option '{printable(name, 60)}' of the dialect {dialect.name}: {details['msg']}, found {found}."


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
