"""The keys of an item of `manifests` that say which rows of which data set are taken.

`suite/schema.py` builds on this model, so nothing here imports it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pytest_stt.suite.document import Null
from pytest_stt.suite.fields import Entry, Text
from pytest_stt.suite.manifests.condition import Condition, read_condition

Format = Literal["common-voice", "csv", "huggingface", "kaldi", "librispeech", "nemo", "pairs", "stm", "tsv"]


def _text_alone(value: Any) -> Any:
    # Older versions of pydantic know literals by their exact type only.
    return str(value) if isinstance(value, str) and not isinstance(value, Null) else value


# None for what is no condition: the reader of the manifest says so, with the key and its line.
_Condition = Annotated[Condition | None, BeforeValidator(read_condition)]


class ColumnsEntry(Entry):
    """`columns`: the names of the columns (in JSON, of the keys) where a row has these."""

    audio: Text | None = None
    reference: Text | None = None
    id: Text | None = None
    language: Text | None = None
    offset: Text | None = None
    duration: Text | None = None
    speaker: Text | None = None


class DataSetEntry(Entry):
    """Which rows of which data set, and where its audio is; paths are relative to the suite's folder."""

    path: Text = ""
    format: Annotated[Format | None, BeforeValidator(_text_alone)] = None
    name: str = ""
    sample: Annotated[int | None, Field(ge=1)] = None
    seed: int = 0
    limit: Annotated[int | None, Field(ge=1)] = None
    where: dict[str, _Condition] = Field(default_factory=dict)
    paths: dict[Text, Text] = Field(default_factory=dict)
    columns: ColumnsEntry = ColumnsEntry()
    audio: Text | None = None
    split: Text | None = None
