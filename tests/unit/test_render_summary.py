"""The whole section of the terminal summary."""

from __future__ import annotations

from dataclasses import replace

from pytest_stt.limits import Limits
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Record, Repeat, Try
from pytest_stt.render.summary import summary_lines
from pytest_stt.text.terms import TermCounts


def record(case: str = "x", *, server: str = "default", heard: str = "a b", **more: object) -> Record:
    suffix = "" if server == "default" else f"[{server}]"
    values = {
        "suite": "s.stt.yaml",
        "outcome": "passed",
        "references": ("a b",),
        "hypothesis": heard,
        "counts": Counts.of(TextMetrics.compute("a b", heard)),
        **more,
    }
    return Record(id=f"{values['suite']}::{case}{suffix}", case=case, server=server, **values)  # type: ignore[arg-type]


def drawn(*records: Record, notes: tuple[str, ...] = ()) -> list[str]:
    lines = summary_lines(records, notes=notes, width=100, worst=2)
    return ["".join(span.text for span in line) for line in lines]


def starting(lines: list[str], start: str) -> list[str]:
    return [line for line in lines if line.startswith(start)]


def test_servers_of_a_suite_stand_side_by_side() -> None:
    lines = drawn(
        record(server="small", heard="a x"),
        record(suite="t.stt.yaml"),
        record(server="large"),
    )
    assert [line.split()[0] for line in lines[:5]] == [
        "suite",
        "s.stt.yaml[small]",
        "s.stt.yaml[large]",
        "t.stt.yaml",
        "all",
    ]
    assert lines[5] == (
        "s.stt.yaml by server: large WER 0.0%, small WER 50.0% (+50.0 points), 1 of 1 case differs"
    )


def test_the_limits_of_a_suite_are_named_once_for_all_its_servers() -> None:
    strict, loose = Limits(max_wer=0.1), Limits(max_wer=0.5)
    alone = drawn(record(server="a", limits=strict), record(server="b", limits=strict))
    assert starting(alone, "limits") == ["limits: max_wer 10.0%"]
    differing = drawn(record(server="a", limits=strict), record(server="b", limits=loose))
    assert starting(differing, "limits") == [
        "limits of s.stt.yaml[a]: max_wer 10.0%",
        "limits of s.stt.yaml[b]: max_wer 50.0%",
    ]
    two = drawn(record(limits=strict), record(suite="t.stt.yaml", limits=loose), record(suite="u.stt.yaml"))
    assert starting(two, "limits") == [
        "limits of s.stt.yaml: max_wer 10.0%",
        "limits of t.stt.yaml: max_wer 50.0%",
        "limits of u.stt.yaml: no limits",
    ]


def test_limits_that_differ_in_a_suite_are_counted() -> None:
    lines = drawn(
        record("1", limits=Limits(max_wer=0.1)), record("2", limits=Limits(max_wer=0.1)), record("3")
    )
    start = lines.index("limits: max_wer 10.0% in 2 of 3 cases")
    assert lines[start + 1] == "  no limits in 1"


def test_of_many_different_limits_the_three_most_common_are_named() -> None:
    counts = {0.1: 1, 0.2: 3, 0.3: 1, 0.4: 2, 0.5: 1}
    limits = [Limits(max_wer=value) for value, number in counts.items() for _ in range(number)]
    lines = drawn(*(record(str(index), limits=one) for index, one in enumerate(limits)))
    start = lines.index("limits: max_wer 20.0% in 3 of 8 cases")
    assert lines[start + 1 : start + 3] == ["  max_wer 40.0% in 2", "  max_wer 10.0% in 1, others in 2"]


def test_a_suite_that_judges_nothing_says_so() -> None:
    assert starting(drawn(record(), record("y")), "limits") == ["limits: no limits"]
    assert not starting(drawn(record(suite="test_own.py")), "limits")
    assert not starting(drawn(record(outcome="skipped")), "limits")


def tried(number: int) -> tuple[Try, ...]:
    return (Try(error="busy"),) * (number - 1) + (Try(),)


def test_cases_that_were_tried_again_are_noted() -> None:
    assert "note: 1 case needed more than one try" in drawn(
        record(tries=tried(2)), record("y", tries=tried(1))
    )
    assert "note: 2 cases needed more than one try" in drawn(
        record(tries=tried(2)), record("y", tries=tried(3))
    )


STEADY = (Repeat(), Repeat())
UNSTEADY = (Repeat(), Repeat(outcome="failed"))


def test_cases_that_were_transcribed_several_times_are_noted() -> None:
    start = "note: 1 case was transcribed several times, "
    assert f"{start}always within limits" in drawn(record(repeats=STEADY))
    assert f"{start}not always within limits" in drawn(record(repeats=UNSTEADY))
    start = "note: 2 cases were transcribed several times, "
    assert f"{start}always within limits" in drawn(record(repeats=STEADY), record("y", repeats=STEADY))
    assert f"{start}1 of them not always within limits" in drawn(
        record(repeats=STEADY), record("y", repeats=UNSTEADY)
    )


def test_several_transcriptions_are_not_taken_for_several_tries() -> None:
    lines = drawn(record(repeats=STEADY, tries=(Try(), Try())))
    assert not [line for line in lines if "more than one try" in line]


def wordless(case: str) -> Record:
    return record(case, counts=Counts.of(TextMetrics.compute("今日", "今", unit="character")))


def test_it_is_noted_that_some_cases_are_in_the_cer_only() -> None:
    mixed = drawn(record(), wordless("y"))
    assert "note: 1 case is in a language without words, and in the CER only" in mixed
    more = drawn(record(), wordless("y"), wordless("z"), replace(wordless("e"), outcome="error"))
    assert "note: 2 cases are in languages without words, and in the CER only" in more
    assert not starting(drawn(wordless("y")), "note")


def test_keywords_are_told_with_the_limits_and_those_that_went_wrong_in_a_table() -> None:
    right, wrong = TermCounts(text="right", said=1, heard=1, hits=1), TermCounts(text="wrong", said=1)
    lines = drawn(record(terms=(right, wrong), limits=Limits(min_keyword_recall=0.9)))
    told = "keywords: recall 50.0% (1 of 2 said), precision 100.0% (1 of 1 heard)"
    assert lines.index("limits: min_keyword_recall 90.0%") < lines.index(told)
    assert [line.split()[0] for line in starting(lines, "wrong")] == ["wrong"]


def test_notes_of_the_run_come_before_those_of_the_figures() -> None:
    lines = drawn(record(tries=tried(2)), notes=("mind the gap",))
    assert starting(lines, "note")[0] == "note: mind the gap"


def test_the_worst_list_names_the_server_also_of_suites_outside_the_rootdir() -> None:
    lines = drawn(
        record(server="small", heard="x y", repeats=UNSTEADY),
        record(server="large", heard="a x", suite="../s.stt.yaml", outcome="xfailed"),
    )
    assert "s.stt.yaml::x[small]  WER 100.0%, 2 of 2 words, 1 of 2 within limits" in lines
    outside = Record(
        id="s::x[large]",
        suite="../s.stt.yaml",
        case="x",
        server="large",
        outcome="xfailed",
        references=("a b",),
        hypothesis="a x",
        counts=Counts.of(TextMetrics.compute("a b", "a x")),
    )
    assert "../s.stt.yaml::x[large]  WER 50.0%, 1 of 2 words, xfailed" in drawn(outside)
