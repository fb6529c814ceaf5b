"""What pydantic found, in words for the author of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_stt.suite.problems import found, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

_EXPECTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}
_MISFITS = frozenset(["type", "parsing", "parsing_size", "from_float", "attributes_type", "number"])
_BOUNDS = {
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of {ge:g} or more",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number of {le:g} or less",
    "too_short": "a list of {min_length} or more",
    "string_too_short": "text of {min_length} or more characters",
}
_PERCENTAGE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(%?)")
# 1.5 is as likely a slip as it is a percentage.
_LEAST_PER_CENT = 5
_NUMBER_MISFITS = frozenset(["float_parsing", "less_than_equal"])
_SECRET = re.compile("key(?!word)|token|secret|password|auth|credential", re.IGNORECASE)


@dataclass(frozen=True)
class Owner:
    """What holds keys, for the sentence about one that it does not have.

    Attributes:
        lacks: The beginning of that sentence: `a case has no key`.
        names: The keys it could have had.
        elsewhere: Keys that belong into a section, and its name.
    """

    lacks: str
    names: tuple[str, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def sentence(
    details: ErrorDetails, place: tuple[int | str, ...], value: Any, owners: Mapping[str, Owner]
) -> str:
    """Say what was expected at a place, what was found and what is nearest.

    Args:
        details: One error of pydantic's.
        place: Keys and indices from the root to the value.
        value: The value as it was typed, variables not expanded.
        owners: By the key of each mapping, `""` for the root.
    """
    names = [step for step in place if isinstance(step, str)]
    if details["type"] == "extra_forbidden":
        return _unknown_key(names[-1], names[-2] if len(names) > 1 else "", owners)
    if details["type"] == "missing":
        return f'"{details["loc"][-1]}" is needed here'
    expected = _expected(details)
    is_key = details["loc"][-1:] == ("[key]",)  # a key was refused, not its value
    shown = _shown_key(names.pop()) if is_key else _shown(names, value)
    label = names[-1] if names else "the value"
    if details["type"] in ("value_error", "assertion_error"):
        return f"{label}: {expected}"
    hint = _suggestion(details, value) or _as_share(details, value)
    return f"{label}: expected {expected}, found {shown}{hint}"


def _unknown_key(key: str, owner_name: str, owners: Mapping[str, Owner]) -> str:
    owner = owners.get(owner_name) or Owner(f"{owner_name} has no key", ())
    if key in owner.elsewhere:
        return f'{owner.lacks} "{key}"; write it under "{owner.elsewhere[key]}"'
    return f'{owner.lacks} "{key}"{nearest(key, owner.names)}'


def _expected(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "unexpected":
        return str(context["expected"])
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind in ("enum", "literal_error"):
        return f"one of {', '.join(_choices(details))}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    name, _, misfit = kind.partition("_")
    if name in _EXPECTED and misfit in _MISFITS:
        return _EXPECTED[name]
    message = details["msg"].removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def _choices(details: ErrorDetails) -> list[str]:
    return re.findall("'([^']*)'", details.get("ctx", {})["expected"])


def _suggestion(details: ErrorDetails, value: Any) -> str:
    if details["type"] not in ("enum", "literal_error") or not isinstance(value, str):
        return ""
    hint = nearest(value, _choices(details))
    return hint if "did you mean" in hint else ""


def _as_share(details: ErrorDetails, value: Any) -> str:
    """Say what a percentage is as the fraction that was expected."""
    match = _PERCENTAGE.fullmatch(value) if isinstance(value, str) else None
    is_share = details["type"] == "less_than_equal" and details.get("ctx", {}).get("le") == 1
    if match is None or not (match[2] or (is_share and _LEAST_PER_CENT <= float(match[1]) <= 100)):
        return ""
    return f"; {match[1]}% is {float(match[1]) / 100:g}" if details["type"] in _NUMBER_MISFITS else ""


def _shown_key(key: str) -> str:
    """Show a key up to a colon: with a misplaced quote the value of a header is a part of its name."""
    name, colon, _ = key.partition(":")
    return found(f"{name}:…" if colon else name)


def _shown(names: list[str], value: Any) -> str:
    if not isinstance(value, str) or value == "":
        return found(value)
    is_secret = "headers" in names or any(map(_SECRET.search, names))
    return "a value that is not shown" if is_secret else "an address" if "://" in value else found(value)
