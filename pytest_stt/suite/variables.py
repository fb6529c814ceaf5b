"""`${VAR}` and `${VAR:-default}` in the text of a suite or an ini value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|(\{))")


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Replace the variables of a text by their values, and `$$` by `$`.

    `${VAR:-default}` is the default where VAR is not set or empty, as in a shell. A value is
    taken as it is: what looks like a variable inside it stays.

    Raises:
        SuiteError: A variable without a default is not set, or a `${` begins no variable.
    """
    if "$" not in text:
        return text
    problems: list[str] = []

    def value(match: re.Match[str]) -> str:
        dollar, name, default, stray = match.groups()
        if dollar:
            return "$"
        if stray:
            problems.append('"${" begins no variable: write ${NAME}, ${NAME:-default}, or $$ for a $')
            return ""
        if default is not None:
            return environ.get(name) or default.replace("$$", "$")
        if name not in environ:
            problems.append(_not_set(name))
        return environ.get(name, "")

    expanded = _VARIABLE.sub(value, text)
    if problems:
        raise SuiteError(*problems)
    return expanded


def _not_set(name: str) -> str:
    return f"the environment variable {name} is not set; set it, or write ${{{name}:-default}}"


def names_variables(text: str) -> bool:
    """Say whether a text holds a variable, whether it is set or not."""
    return any(match[2] for match in _VARIABLE.finditer(text))


def assume_set(text: str, environ: Mapping[str, str], value: str) -> dict[str, str]:
    """Return an environment in which each variable that the text needs is set, to `value` if it was not."""
    needed = {match[2] for match in _VARIABLE.finditer(text) if match[2] and match[3] is None}
    return {**dict.fromkeys(needed, value), **environ}
