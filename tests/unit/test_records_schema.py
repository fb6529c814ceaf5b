"""The JSON Schema says what the reader takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from record_samples import any_record, header, heard

from pytest_stt.records import Record, results_schema

schema = results_schema()
validator = Draft202012Validator(schema)


def test_it_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema


@given(any_record)
def test_every_record_fits(record: Record) -> None:
    validator.validate(json.loads(json.dumps(record.to_dict())))


def test_a_header_fits() -> None:
    validator.validate(header("x").to_dict())
    validator.validate(header("x", shard="2/5").to_dict())


@pytest.mark.parametrize(
    "line",
    [
        {},
        [],
        {**heard("x").to_dict(), "latency_ms": "fast"},
        {**heard("x").to_dict(), "outcome": "splendid"},
        {**header("x").to_dict(), "schema": "other"},
        {**header("x").to_dict(), "suites": []},
        {key: value for key, value in heard("x").to_dict().items() if key != "case"},
    ],
)
def test_what_is_neither_does_not_fit(line: Any) -> None:
    assert not validator.is_valid(line)


@pytest.mark.parametrize("name", sorted({*schema["$defs"]} - {"EditCounts"}))
def test_every_key_is_described(name: str) -> None:
    definition = schema["$defs"][name]
    assert definition["description"].endswith(".")
    for key, value in definition["properties"].items():
        assert value["description"], key
        assert "None" not in value["description"]
