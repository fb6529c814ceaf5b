"""The normalisers `simplified` and `traditional`: one form for Chinese characters, by OpenCC."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from pytest_stt.errors import SuiteError
from pytest_stt.text.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable

_DICTIONARIES: Final = {"simplified": "t2s", "traditional": "s2t"}


def steps_1(form: Literal["simplified", "traditional"]) -> tuple[Step, ...]:
    """Make the only step.

    Raises:
        SuiteError: OpenCC is not installed.
    """
    dictionary = _DICTIONARIES[form]
    description = f"Write Chinese characters in their {form} form (OpenCC {dictionary})"
    return (Step(name=form, description=description, apply=_converter(form)),)


@cache
def _converter(form: str) -> Callable[[str], str]:
    try:
        from opencc import OpenCC
    except ImportError:
        raise SuiteError(
            f"the normaliser {form!r} needs the package opencc, which is not installed: "
            'pip install "pytest-stt[chinese]"'
        ) from None
    convert: Callable[[str], str] = OpenCC(_DICTIONARIES[form]).convert
    return convert
