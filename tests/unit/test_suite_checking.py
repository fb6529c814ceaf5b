"""Options of dialects from elsewhere: whatever their models ask for, the words are ours."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from pytest_stt.errors import SuiteError
from pytest_stt.suite.checking import check_options
from pytest_stt.suite.document import YamlMapping, plain, read_document
from pytest_stt.suite.problems import Problems


class Vad(BaseModel):
    model_config = ConfigDict(extra="forbid")

    threshold: float = 0.5


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    few: Annotated[int, Field(lt=10)] = 0
    share: Annotated[float, Field(le=1)] = 0
    code: Annotated[str, Field(min_length=2)] = "en"
    words: list[str] | str = ""
    api_key: Annotated[str, Field(pattern="^sk-")] = "sk-"
    token: int = 0
    pair: tuple[int, int] = (0, 0)
    vad: Vad = Vad()
    granularities: str = Field("", alias="granularities[]")
    color: str = "red"

    @field_validator("color")
    @classmethod
    def check_color(cls, value: str) -> str:
        if value != "red":
            raise ValueError("there is only red")
        return value


def problems_of(text: str) -> list[str]:
    problems = Problems("s.stt.yaml")
    written = read_document(text, problems)
    assert isinstance(written, YamlMapping)
    assert check_options(Options, plain(written), written, "toy", problems) is None
    with pytest.raises(SuiteError) as caught:
        problems.report()
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("few: 10", 'few: expected a number below 10, found "10"'),
        ("share: 1.5", 'share: expected a number of 1 or less, found "1.5"'),
        ("code: e", 'code: expected text of 2 or more characters, found "e"'),
        ("words: {a: b}", "words: expected a list, found a mapping"),
        ("pair: text", 'pair: expected a list, found "text"'),
        ("vad: on", 'vad: expected a mapping, found "on"'),
        ("vad: {treshold: 1}", 'vad has no key "treshold"'),
        ("vad: {threshold: high}", 'threshold: expected a number, found "high"'),
        (
            "api_key: s3cret",
            "api_key: expected string should match pattern '^sk-', found a value that is not shown",
        ),
        ("token: [s3cret]", "token: expected a whole number, found a list"),
        ("token: s3cret", "token: expected a whole number, found a value that is not shown"),
        ("color: blue", "color: there is only red"),
        (
            "granularities: word",
            'the dialect "toy" has no option "granularities"; did you mean "granularities[]"?',
        ),
    ],
)
def test_a_wrong_option_is_named_with_its_line(option: str, problem: str) -> None:
    assert problems_of(f"model: x\n{option}\n") == [f"s.stt.yaml:2: {problem}"]


def test_options_that_are_needed_are_all_named() -> None:
    assert problems_of("few: 1\nshare: 2\n") == [
        's.stt.yaml:1: "model" is needed here',
        's.stt.yaml:2: share: expected a number of 1 or less, found "2"',
    ]


def test_options_that_are_right_are_returned_parsed() -> None:
    written = read_document("model: 1.0\nfew: 3\n", Problems("s.stt.yaml"))
    assert isinstance(written, YamlMapping)
    problems = Problems("s.stt.yaml")
    parsed: Any = check_options(Options, plain(written), written, "toy", problems)
    assert (parsed.model, parsed.few, bool(problems)) == ("1.0", 3, False)


def test_an_option_that_was_refused_before_is_not_missed() -> None:
    problems = Problems("s.stt.yaml")
    written = read_document("model: ${UNSET}\nfew: 3\n", problems)
    assert isinstance(written, YamlMapping)
    assert check_options(Options, plain(written.without("model")), written, "toy", problems) is None
    assert not problems
