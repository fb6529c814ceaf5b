"""The keys of an item of `manifests` that say which rows of which data set are taken.

`suite/schema.py` builds on this model, so nothing here imports it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pytest_stt.suite.document import Null

Format = Literal["common-voice", "csv", "huggingface", "kaldi", "librispeech", "nemo", "pairs", "stm", "tsv"]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a field of a row has to be: one of some texts, or a number in a range with both ends.

    Attributes:
        texts: The texts; empty for a range.
        least: The smallest number, None for no bound.
        most: The largest number, None for no bound.
    """

    texts: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


def _given(value: Any) -> Any:
    if value == "":
        raise PydanticCustomError("unexpected", "{expected}", {"expected": "text"})
    return value


def _text_alone(value: Any) -> Any:
    # Older versions of pydantic know literals by their exact type only.
    return str(value) if isinstance(value, str) and not isinstance(value, Null) else value


def _condition(value: Any) -> Condition:
    if isinstance(value, list) and value and all(map(_is_text, value)):
        return Condition(texts=tuple(map(str, value)))
    if isinstance(value, dict) and value and value.keys() <= {"min", "max"}:
        least, most = _bound(value.get("min")), _bound(value.get("max"))
        if least is None or most is None or least <= most:
            return Condition(least=least, most=most)
    if _is_text(value):
        return Condition(texts=(str(value),))
    raise _no_condition()


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Null)


def _bound(value: Any) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _no_condition() from None
    if not math.isfinite(number):
        raise _no_condition()
    return number


def _no_condition() -> PydanticCustomError:
    expected = "text, a list of texts, or a range of numbers such as {min: 1, max: 20}"
    return PydanticCustomError("unexpected", "{expected}", {"expected": expected})


Text = Annotated[str, BeforeValidator(_given)]


class ColumnsEntry(BaseModel):
    """`columns`: the names of the columns (in JSON, of the keys) where a row has these."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audio: Text | None = None
    reference: Text | None = None
    id: Text | None = None
    language: Text | None = None
    offset: Text | None = None
    duration: Text | None = None
    speaker: Text | None = None


class DataSetEntry(BaseModel):
    """Which rows of which data set, and where its audio is; paths are relative to the suite's folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Text = ""
    format: Annotated[Format | None, BeforeValidator(_text_alone)] = None
    name: str = ""
    sample: Annotated[int | None, Field(ge=1)] = None
    seed: int = 0
    limit: Annotated[int | None, Field(ge=1)] = None
    where: dict[str, Annotated[Condition, BeforeValidator(_condition)]] = Field(default_factory=dict)
    paths: dict[Text, Text] = Field(default_factory=dict)
    columns: ColumnsEntry = ColumnsEntry()
    audio: Text | None = None
    split: Text | None = None
