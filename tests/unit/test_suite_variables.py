from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.suite.variables import assume_set, expand


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("${A}", "1"),
        ("x${A}y${A}", "x1y1"),
        ("${A:-2}", "1"),
        ("${NONE:-2}", "2"),
        ("${NONE:-}", ""),
        ("${EMPTY}", ""),
        ("${EMPTY:-2}", "2"),
        ("${NONE:-http://h:1/p?q=a b}", "http://h:1/p?q=a b"),
        ("$${A}", "${A}"),
        ("$$", "$"),
        ("$$$A", "$$A"),
        ("$A costs 5$", "$A costs 5$"),
        ("${NONE:-5$$}", "5$"),
        ("${RAW}", "${A}$$"),
    ],
)
def test_variables_are_replaced(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1", "EMPTY": "", "RAW": "${A}$$"}) == expanded


def test_every_unset_variable_is_named_with_the_remedy() -> None:
    with pytest.raises(SuiteError) as caught:
        expand("${ONE}${A}${TWO}", {"A": "secret"})
    assert caught.value.problems == (
        "the environment variable ONE is not set; set it, or write ${ONE:-default}",
        "the environment variable TWO is not set; set it, or write ${TWO:-default}",
    )


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "${A-b}", "${A:-${B}}", "${A B}", "a ${A"])
def test_what_begins_like_a_variable_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(SuiteError, match="begins no variable"):
        expand(text, {"A": "1", "B": "2"})


@given(st.text("${}:-AB \n"), st.dictionaries(st.sampled_from("AB"), st.text()))
def test_any_text_is_expanded_or_refused(text: str, environ: dict[str, str]) -> None:
    with suppress(SuiteError):
        assert isinstance(expand(text, environ), str)


def test_only_what_a_text_needs_is_assumed_to_be_set() -> None:
    assert assume_set("${A}${B:-2}${C}", {"C": "3"}, "1") == {"A": "1", "C": "3"}
