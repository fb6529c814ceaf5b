"""The JSON Schema of a line of a results file, made from the classes that hold it."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pytest_stt.limits import Limits
from pytest_stt.records.header import SCHEMA, Header, SuiteFacts
from pytest_stt.records.record import AudioFacts, Counts, Event, Record, Repeat, Try
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import TimedWord

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DOCUMENTED = (
    Header,
    SuiteFacts,
    Record,
    AudioFacts,
    Counts,
    Event,
    TimedWord,
    TermCounts,
    Limits,
    Repeat,
    Try,
)
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.MULTILINE)


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one line: the header or a record."""
    from pydantic import TypeAdapter

    made = TypeAdapter(Header | Record).json_schema(ref_template="#/$defs/{model}")
    definitions = made["$defs"]
    for cls in _DOCUMENTED:
        _describe(definitions[cls.__name__], cls)
    # A header has no case; that is how the two are told apart.
    definitions["Header"]["not"] = {"required": ["case"]}
    definitions["Header"]["required"] = ["schema"]
    definitions["Header"]["properties"]["schema"]["const"] = SCHEMA
    return {
        "$schema": DIALECT,
        "title": "A line of results.jsonl",
        "oneOf": made["anyOf"],
        "$defs": definitions,
    }


def _describe(definition: dict[str, Any], cls: type) -> None:
    """Take the descriptions of a class and of its keys from its docstring."""
    text = inspect.getdoc(cls) or ""
    definition["description"] = text.partition("\n")[0]
    for name, description in _ATTRIBUTE.findall(text.partition("Attributes:")[2]):
        definition["properties"][name]["description"] = " ".join(description.split()).replace("None", "null")
