"""Every example on the page about scores comes out as the page says."""

from __future__ import annotations

import contextlib
import doctest
import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from page_sections import Section, numbered, read_page, said_by
from page_suites import load, problems_of, write_suite

from pytest_stt.cli import main
from pytest_stt.client import STTResult
from pytest_stt.client.result import score_by
from pytest_stt.errors import LimitExceeded
from pytest_stt.limits import LIMIT_NAMES
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Record, measures_of
from pytest_stt.render.summary import summary_lines
from pytest_stt.suite.model import Case
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.normalizers import find_normalizer, normalizer_names
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import TimedWord

SECTIONS = read_page("scores.md")
PAGE = "\n".join([section.title + "\n" + "\n".join(section.prose) for section in SECTIONS])
MEASURES = frozenset(
    [
        "wer",
        "cer",
        "mer",
        "wil",
        "keyword_recall",
        "keyword_precision",
        "punctuation_error_rate",
        "case_error_rate",
        "word_offset_median_ms",
        "word_offset_p95_ms",
    ]
)
FORM = frozenset(["punctuation_error_rate", "case_error_rate"])
EDITS = frozenset(["hits", "substitutions", "deletions", "insertions"])
GIVEN = frozenset(["suite", "case", "cases", "heard", "heard_words", "latency_ms", "files", "by"])
NO_TRANSCRIPT = "(no transcript)"
EXPECTED = frozenset(
    [
        *["gives", "refused", "scored", "path", "read_as", "terms", "summary", "errors", "tokens"],
        *MEASURES,
        *EDITS,
    ]
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """Hold one example: YAML text, or a row of a table."""

    heading: str
    text: str


def rows(section: Section, *columns: str) -> list[dict[str, str]]:
    return [row for table in section.tables for row in table if row.keys() >= set(columns)]


def heading_of(section: Section) -> str:
    return section.title.replace("`", "")


def of_row(section: Section, row: dict[str, str]) -> Example:
    """Write a row of a table as an example; a cell without anything in it is left out."""
    suite = {key: said_by(row[key]) for key in ("normalize", "alternatives", "language") if row.get(key)}
    case = {"reference": json.dumps(said_by(row["reference"]))}
    if "keyword" in row:
        case["keywords"] = json.dumps([said_by(row["keyword"])])
    # Form is scored where a limit asks for it.
    if limits := {f"max_{name}": "1" for name in FORM & row.keys()}:
        case["assert_quality"] = flow(limits)
    lines = [f"suite: {flow(suite)}", f"case: {flow(case)}"]
    for key in row.keys() & (GIVEN | EXPECTED):
        value = said_by(row[key])
        if row[key]:
            lines.append(f"{key}: {value if key == 'scored' else json.dumps(value)}")
    return Example(heading=heading_of(section), text="\n".join(lines))


def flow(mapping: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in mapping.items()) + "}"


def examples_of(section: Section) -> list[Example]:
    fenced = [
        Example(heading=heading_of(section), text=block.text)
        for block in section.blocks
        if block.language == "yaml"
    ]
    return fenced + [of_row(section, row) for row in rows(section, "reference", "heard")]


EXAMPLES = [example for section in SECTIONS for example in examples_of(section)]
CHANGES = [(section, row) for section in SECTIONS for row in rows(section, "before", "after")]
BLOCKS = [(section, block) for section in SECTIONS for block in section.blocks]
CONSOLES = [(section, block.text) for section, block in BLOCKS if block.language == "console"]
DOCTESTS = [(section, block.text) for section, block in BLOCKS if block.language == "python"]


def ids(sections: list[Section]) -> list[str]:
    return numbered([heading_of(section) for section in sections])


@pytest.mark.parametrize("example", EXAMPLES, ids=numbered([example.heading for example in EXAMPLES]))
def test_a_transcript_comes_to_what_the_page_says(example: Example, tmp_path: Path) -> None:
    written = yaml.load(example.text, Loader=yaml.BaseLoader)
    assert written.keys() <= GIVEN | EXPECTED
    expected = {key: value for key, value in written.items() if key in EXPECTED}
    assert expected or "cases" in written
    path = write_suite(tmp_path, example.text, leaving_out=GIVEN | EXPECTED)
    if "refused" in expected:
        assert problems_of(path) == [expected["refused"]]
        return
    suite = load(path)
    if "cases" not in written:
        (case,) = suite.cases
        assert outcome(case, transcript(written), expected) == expected
        return
    heard = [transcript(one) for one in written["cases"]]
    for case, result, one in zip(suite.cases, heard, written["cases"], strict=True):
        expected_of_case = {key: value for key, value in one.items() if key in EXPECTED}
        assert outcome(case, result, expected_of_case) == expected_of_case
    shown = summary_of(suite.cases, heard, by=written.get("by", []))
    assert set(map(single_blanks, written.get("summary", "").splitlines())) <= shown


def transcript(written: dict[str, Any]) -> STTResult:
    """Return what was heard; a case without it has got no transcript."""
    return STTResult(
        hypothesis_text=written.get("heard", NO_TRANSCRIPT),
        words=[timed(*word) for word in written.get("heard_words", ())],
        latency_ms=float(written.get("latency_ms", 0)),
    )


def timed(word: str, start: str, end: str | None = None) -> TimedWord:
    return TimedWord(word=word, start_s=float(start), end_s=None if end is None else float(end))


def outcome(case: Case, result: STTResult, expected: dict[str, Any]) -> dict[str, Any]:
    """Return what came out, in the form of what was expected."""
    score = score_by(result, case.expected)
    found = {
        "gives": lambda: verdict_of(result, case),
        "scored": lambda: [score.normalized_reference, score.normalized_hypothesis],
        "path": lambda: score.said,
        "read_as": lambda: "; ".join(parse_alternatives(text).describe() for text in case.references),
        "terms": lambda: {one.text: counts_of(one) for one in score.terms},
        "tokens": lambda: str(score.metrics.tokens.reference_total),
        "errors": lambda: str(score.metrics.tokens.errors),
        **{key: partial(count_of, score.metrics, key) for key in EDITS},
    }
    rates = {**measures_of(score), "wer": score.metrics.wer, "cer": score.metrics.cer}
    return {
        key: found[key]() if key in found else rounded(rates.get(key), like) for key, like in expected.items()
    }


def counts_of(term: TermCounts) -> dict[str, str]:
    return {"said": str(term.said), "heard": str(term.heard), "hits": str(term.hits)}


def count_of(metrics: TextMetrics, name: str) -> str:
    return str(getattr(metrics, name))


def verdict_of(result: STTResult, case: Case) -> str:
    try:
        result.assert_quality(**vars(case.limits))
    except LimitExceeded as error:
        return str(error).splitlines()[0]
    return "passed"


def summary_of(cases: Sequence[Case], heard: Sequence[STTResult], *, by: Sequence[str]) -> set[str]:
    """Return the lines of the terminal summary, with single blanks."""
    records = [record_of(case, result) for case, result in zip(cases, heard, strict=True)]
    lines = summary_lines(records, by=by, width=100, worst=0)
    return {single_blanks("".join(span.text for span in line)) for line in lines}


def single_blanks(line: str) -> str:
    return " ".join(line.split())


def record_of(case: Case, result: STTResult) -> Record:
    facts: dict[str, Any] = {
        "id": f"s.stt.yaml::{case.id}",
        "suite": "s.stt.yaml",
        "case": case.id,
        "language": case.language,
        "tags": case.tags,
        "meta": case.meta,
        "references": case.references,
        "limits": case.limits,
    }
    if result.hypothesis_text == NO_TRANSCRIPT:
        return Record(**facts, outcome="error")
    score = score_by(result, case.expected)
    is_failure = verdict_of(result, case) != "passed"
    return Record(
        **facts,
        outcome=("xfailed" if case.xfail else "failed") if is_failure else "passed",
        hypothesis=result.hypothesis_text,
        counts=Counts.of(score.metrics),
        terms=score.terms,
    )


def rounded(value: float | None, like: str) -> str:
    """Write a number with as many decimals as the page has."""
    if value is None or value != value:
        return "none"
    return f"{value:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(("section", "row"), CHANGES, ids=ids([section for section, _ in CHANGES]))
def test_a_text_becomes_what_the_page_says(section: Section, row: dict[str, str]) -> None:
    normalizer = find_normalizer(normalizer_of(section), said_by(row.get("language", "")) or None)
    change = normalizer
    if "step" in row:
        change = next(step.apply for step in normalizer.steps if step.name == said_by(row["step"]))
    assert change(said_by(row["before"])) == said_by(row["after"])


def normalizer_of(section: Section) -> str:
    """Return the normaliser that a section is about: the first name in its heading."""
    return re.findall(r"`([\w-]+)`", section.title)[0]


@pytest.mark.parametrize(("section", "text"), CONSOLES, ids=ids([section for section, _ in CONSOLES]))
def test_a_command_prints_what_the_page_shows(
    section: Section, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *shown = text.splitlines()
    assert command.startswith("$ python -m pytest_stt ")
    with contextlib.suppress(SystemExit):  # --list ends as --help does
        assert main(shlex.split(command)[4:]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == shown[-1]
    assert set(shown) - {"[...]"} <= set(printed)


@pytest.mark.parametrize(("section", "text"), DOCTESTS, ids=ids([section for section, _ in DOCTESTS]))
def test_python_says_what_the_page_shows(section: Section, text: str) -> None:
    examples = doctest.DocTestParser().get_doctest(text, {}, section.title, "scores.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(examples) == (0, len(examples.examples))


def number_of_examples(section: Section) -> int:
    executed = sum(block.language in ("yaml", "console", "python") for block in section.blocks)
    return executed + len(rows(section, "before", "after")) + len(rows(section, "reference", "heard"))


def test_every_rule_has_an_example() -> None:
    rules = [section for section in SECTIONS if section.level == 3]
    assert len(rules) > 30
    assert [section.title for section in rules if not number_of_examples(section)] == []


def test_no_rule_stands_outside_of_a_section_with_examples() -> None:
    above = [section for section in SECTIONS if section.level == 2 and not number_of_examples(section)]
    for section in above:
        assert len("".join(section.prose)) < 700, section.title


@pytest.mark.parametrize("name", ["basic", "whisper-english", "whisper-multilingual"])
def test_every_step_of_a_normaliser_has_an_example_in_their_order(name: str) -> None:
    shown = [
        said_by(row["step"])
        for section in SECTIONS
        for row in rows(section, "step", "before")
        if normalizer_of(section) == name
    ]
    assert list(dict.fromkeys(shown)) == [step.name for step in find_normalizer(name).steps]


@pytest.mark.parametrize("name", [*normalizer_names(), *LIMIT_NAMES])
def test_every_normaliser_and_every_limit_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_contents_name_every_part() -> None:
    anchors = re.findall(r"\[([^]]+)\]\(#([\w-]+)\)", "\n".join(SECTIONS[0].prose))
    titles = [section.title for section in SECTIONS if section.level == 2]
    assert anchors == [(title, title.lower().replace(" ", "-")) for title in titles]
