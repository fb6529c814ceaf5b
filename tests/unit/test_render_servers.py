"""The servers of a suite, side by side below the table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.gates.matrix import Comparison
from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.render.lines import Line
from pytest_stt.render.servers import server_lines
from pytest_stt.text.width import display_width


def text_of(line: Line) -> str:
    return "".join(span.text for span in line)


def metrics(errors: int, words: int = 100) -> TextMetrics:
    counts = EditCounts(hits=words - errors, substitutions=errors)
    return TextMetrics(words=counts, characters=counts)


def comparison(*servers: tuple[str, TextMetrics], **changes: object) -> Comparison:
    values = {"suite": "a.stt.yaml", "unheard": (), "cases": 40, "compared": 40, "differing": 3, **changes}
    return Comparison(servers=servers, **values)  # type: ignore[arg-type]


TWO = (("large", metrics(2)), ("small", metrics(4)))


def drawn(one: Comparison, width: int = 160) -> str:
    return "\n".join(text_of(line) for line in server_lines([one], width=width))


def test_the_best_server_comes_first_and_the_others_say_how_far_they_are_behind() -> None:
    assert drawn(comparison(*TWO)) == (
        "a.stt.yaml by server: large WER 2.0%, small WER 4.0% (+2.0 points), 3 of 40 cases differ"
    )


def test_only_a_server_that_is_better_than_all_others_is_green() -> None:
    def green(one: Comparison) -> list[str]:
        return [span.text for line in server_lines([one], width=120) for span in line if span.style]

    assert green(comparison(*TWO)) == ["large WER 2.0%"]
    assert green(comparison(("a", metrics(2)), ("b", metrics(2)))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"differing": 0}, "none of 40 cases differs"),
        ({"differing": 1}, "1 of 40 cases differs"),
        ({"differing": 1, "compared": 1, "cases": 1}, "1 of 1 case differs"),
        ({"compared": 37}, "3 of 37 cases heard by all differ"),
        ({"unheard": ("tiny", "dead")}, "differ, tiny heard nothing, dead heard nothing"),
    ],
)
def test_it_is_said_how_many_cases_differ_and_of_which(changes: dict[str, object], words: str) -> None:
    assert drawn(comparison(*TWO, **changes)).endswith(words)


def test_without_a_common_case_there_are_no_rates() -> None:
    assert (
        drawn(comparison(*TWO, compared=0, differing=0)) == "a.stt.yaml by server: no case was heard by all"
    )


def test_an_infinite_rate_has_no_distance() -> None:
    silence = TextMetrics(words=EditCounts(insertions=2), characters=EditCounts(insertions=9))
    text = drawn(comparison(("quiet", TextMetrics.zero()), ("loud", silence)))
    assert "quiet WER 0.0%, loud WER inf, 3" in text


def test_servers_of_a_language_without_words_are_compared_by_characters() -> None:
    def japanese(errors: int) -> TextMetrics:
        return TextMetrics(words=None, characters=EditCounts(hits=100 - errors, substitutions=errors))

    text = drawn(comparison(("large", japanese(2)), ("small", japanese(4))))
    assert "large CER 2.0%, small CER 4.0% (+2.0 points), 3" in text


def test_a_server_named_from_right_to_left_does_not_move_its_figures() -> None:
    text = drawn(comparison(("שלום", metrics(2)), ("small", metrics(4)), unheard=("ערב",)))
    assert "\u2068שלום\u2069 WER 2.0%, small" in text
    assert text.endswith("\u2068ערב\u2069 heard nothing")


def test_a_single_server_that_heard_something_is_not_compared() -> None:
    assert server_lines([comparison(TWO[0], unheard=("small",)), comparison()], width=80) == []


def test_a_narrow_terminal_gets_more_lines() -> None:
    assert drawn(comparison(*TWO), 40).splitlines() == [
        "a.stt.yaml by server: large WER 2.0%,",
        "  small WER 4.0% (+2.0 points),",
        "  3 of 40 cases differ",
    ]


@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=6),
    st.integers(30, 120),
)
def test_no_line_is_wider_than_the_terminal_or_moves_its_cursor(
    suite: str, names: list[str], width: int
) -> None:
    one = comparison(*((name, metrics(place)) for place, name in enumerate(names)), suite=suite)
    for line in server_lines([one], width=width):
        text = text_of(line)
        assert display_width(text) <= width
        assert text == text.rstrip() or not text.rstrip().isascii()
        assert "\x1b" not in text
