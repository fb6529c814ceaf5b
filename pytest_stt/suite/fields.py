"""What the models of a suite file and of its manifests have in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError


def unexpected(expected: str) -> PydanticCustomError:
    """Refuse a value: the text goes on after "expected", what was found is added to it.

    The text holds no values, since a value may be secret.
    """
    return PydanticCustomError("unexpected", "{expected}", {"expected": expected})


def _given(value: Any) -> Any:
    if value == "":
        raise unexpected("text")
    return value


Text = Annotated[str, BeforeValidator(_given)]


class Entry(BaseModel):
    """A mapping of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
