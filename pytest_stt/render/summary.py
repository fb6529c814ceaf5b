"""The section "speech-to-text quality" of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.matrix import compare_servers
from pytest_stt.gates.slices import slice_by
from pytest_stt.gates.terms import terms_of
from pytest_stt.gates.totals import Totals, is_heard, totals_by_suite, totals_of
from pytest_stt.render.lines import Line, plain
from pytest_stt.render.servers import server_lines
from pytest_stt.render.slices import slice_lines, slice_note
from pytest_stt.render.table import table_lines
from pytest_stt.render.terms import term_lines, wrong_term_lines
from pytest_stt.render.worst import worst_lines
from pytest_stt.text.printable import isolated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.records import Record

_MOST_LIMITS = 3


def summary_lines(
    records: Sequence[Record], *, notes: Sequence[str] = (), by: Sequence[str] = (), width: int, worst: int
) -> list[Line]:
    """Draw what a run comes to: tables, limits in force, the words that matter, notes, the worst transcripts.

    Args:
        records: Of all cases and tests that were run.
        notes: Sentences that users should see once.
        by: The fields to slice by, as of `slice_by`.
        width: Columns of the terminal.
        worst: How many of the worst transcripts to show aligned.
    """
    suites = totals_by_suite(records)
    everything = totals_of("all", records)
    terms = terms_of(records)
    slices = [slice_by(field, records) for field in dict.fromkeys(by)]
    all_notes = (*notes, *_remarks(everything), *_wordless(records), *filter(None, map(slice_note, slices)))
    return [
        *table_lines(suites, everything if len(suites) > 1 else None, width=width),
        *server_lines(compare_servers(records), width=width),
        *_limits(suites),
        *term_lines(terms),
        *(plain(f"note: {note}") for note in all_notes),
        *(line for one in slices for line in slice_lines(one, width=width)),
        *wrong_term_lines(terms.wrong, width=width),
        *worst_lines(records, width=width, count=worst),
    ]


def _limits(suites: Sequence[Totals]) -> Iterator[Line]:
    """Name the limits in force, once for the servers of a suite unless they differ."""
    found: dict[str, dict[tuple[str, ...], str]] = {total.suite: {} for total in suites}
    for total in suites:
        if groups := tuple(_limits_of(total)):
            found[total.suite].setdefault(groups, total.name)
    for suite, names in found.items():
        for (first, *others), name in names.items():
            is_alone = len(found) == len(names) == 1
            owner = suite if len(names) == 1 else name
            yield plain(f"limits: {first}" if is_alone else f"limits of {isolated(owner)}: {first}")
            yield from (plain(f"  {other}") for other in others)


def _limits_of(total: Totals) -> Iterator[str]:
    """Name the limits; where cases differ, the most common ones with their numbers, each in a line."""
    if len(total.limits) < 2:
        if total.cases and (total.limits or not _judges_itself(total)):
            yield total.limits[0][0] if total.limits else "no limits"
        return
    shown = total.limits[:_MOST_LIMITS]
    rest = total.cases - sum(number for _, number in shown)
    for place, (text, number) in enumerate(shown, start=1):
        cases = f" of {total.cases} cases" if place == 1 else ""
        others = f", others in {rest}" if rest and place == len(shown) else ""
        yield f"{text} in {number}{cases}{others}"


def _judges_itself(total: Totals) -> bool:
    """Tell whether the results are of tests in Python, which may well judge without `assert_quality`."""
    return total.suite.endswith(".py")


def _remarks(total: Totals) -> Iterator[str]:
    if total.retried:
        yield f"{_cases(total.retried)} needed more than one try"
    if total.repeated:
        was = "was" if total.repeated == 1 else "were"
        yield f"{_cases(total.repeated)} {was} transcribed several times, {_steadiness(total)}"


def _wordless(records: Sequence[Record]) -> Iterator[str]:
    """Say why WER and CER are not of the same cases, where they are not."""
    has_words = [one.counts.words is not None for one in records if one.counts is not None and is_heard(one)]
    number = has_words.count(False)
    if number and any(has_words):
        are = "is in a language" if number == 1 else "are in languages"
        yield f"{_cases(number)} {are} without words, and in the CER only"


def _steadiness(total: Totals) -> str:
    if not total.unsteady:
        return "always within limits"
    if total.repeated == 1:
        return "not always within limits"
    return f"{total.unsteady} of them not always within limits"


def _cases(number: int) -> str:
    return f"{number} case" if number == 1 else f"{number} cases"
