"""Lists and mappings in the flow style of YAML, or in JSON, in a line of an ini file or of a command."""

from __future__ import annotations

import json
from typing import Any

import yaml

from pytest_stt.errors import SuiteError


def read_flow(text: str) -> Any:
    """Read a list or a mapping, such as `[basic, {drop: [uh, um]}]`; every scalar is text, as in suites.

    Raises:
        SuiteError: It is neither YAML nor JSON, or has aliases; the message is the rest of a sentence.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return _read_yaml(text)


def _read_yaml(text: str) -> Any:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise SuiteError("an alias (*) stands for something else; write it out")
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise SuiteError(error.problem or "it is no YAML") from None
    except yaml.YAMLError:
        raise SuiteError("it has characters that YAML refuses") from None
    except RecursionError:
        raise SuiteError("it is nested too deeply") from None
