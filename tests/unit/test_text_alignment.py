from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.metrics import AlignedWord, TextMetrics
from pytest_stt.text.alignment import alignment_rows, plain_alignment
from pytest_stt.text.width import display_width


def lines(reference, hypothesis, width=100):
    return plain_alignment(TextMetrics.compute(reference, hypothesis).alignment, width=width).splitlines()


def rows(reference, hypothesis, **options):
    return alignment_rows(TextMetrics.compute(reference, hypothesis).alignment, **options)


def test_words_stand_above_what_was_heard_with_a_mark_below_each_error():
    assert lines("call me back please", "call you back now please") == [
        "REF: call me  back *** please",
        "HYP: call you back now please",
        "          S        I",
    ]
    assert lines("call me back", "call back") == ["REF: call me back", "HYP: call ** back", "          D"]


def test_what_was_heard_in_silence_stands_below_asterisks():
    assert lines("", "thank you") == ["REF: ***** ***", "HYP: thank you", "     I     I"]


def test_a_perfect_transcript_has_no_line_of_marks():
    assert lines("all good", "all good") == ["REF: all good", "HYP: all good"]
    assert lines("", "") == []


def test_a_renderer_learns_what_happened_in_each_cell():
    reference, hypothesis, marks = rows("a b c", "a x c d")
    assert [row.label for row in (reference, hypothesis, marks)] == ["REF", "HYP", ""]
    assert [cell.kind for cell in hypothesis.cells] == ["equal", "substitute", "equal", "insert"]
    assert [cell.text for cell in marks.cells] == [" ", "S", " ", "I"]


def test_long_alignments_wrap_within_the_width():
    words = [f"word{number}" for number in range(40)]
    wrapped = lines(" ".join(words), " ".join(word.replace("7", "x") for word in words), width=40)
    assert all(len(line) <= 40 for line in wrapped)
    assert sum(line.startswith("REF: ") for line in wrapped) > 1
    assert sum(line.count("S") for line in wrapped if line.startswith(" ")) == 4


def test_long_stretches_without_an_error_are_left_out():
    words = [f"w{number}" for number in range(2000)]
    heard = ["oops" if word in {"w700", "w713"} else word for word in words]
    reference, *_ = lines(" ".join(words), " ".join(heard), width=200)
    # Two words are no stretch: an ellipsis would not be shorter.
    assert reference.split() == ["REF:", "…", *words[695:719], "…"]


def test_a_long_perfect_transcript_is_shown_by_its_beginning():
    words = " ".join(f"w{number}" for number in range(100))
    assert lines(words, words) == [
        "REF: w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 …",
        "HYP: w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 …",
    ]


def test_after_twelve_blocks_errors_are_only_counted():
    flood = lines("", "spam " * 300, width=35)
    assert sum(line.startswith("HYP: ") for line in flood) == 12
    shown = sum(line.count("spam") for line in flood)
    assert flood[-1].strip() == f"… and {300 - shown} more errors"
    assert rows("", "spam " * 4, width=20, max_blocks=1)[-1].text.strip() == "… and 1 more error"


def test_wide_characters_keep_their_columns():
    reference, hypothesis, marks = rows("日本 語 の テスト です", "日本 後 の テス です")
    assert display_width(reference.text) == display_width(hypothesis.text)
    assert marks.text.index("S") == display_width("REF: 日本 ")
    _, deleted, _ = rows("日本 語", "語")
    assert deleted.text == "HYP: **** 語"


def aligned(*pairs):
    kinds = {(True, True): "substitute", (True, False): "delete", (False, True): "insert"}
    return plain_alignment(
        [
            AlignedWord(
                kind="equal" if said == heard else kinds[bool(said), bool(heard)],
                reference=said,
                hypothesis=heard,
            )
            for said, heard in pairs
        ]
    ).splitlines()


def test_characters_stand_above_one_another_whatever_their_width():
    assert aligned(("今", "今"), ("天", ""), ("A380", "A380"), ("気", "氣"), ("", "。")) == [
        "REF: 今 天 A380 気 **",
        "HYP: 今 ** A380 氣 。",
        "        D       S  I",
    ]


def test_marks_that_combine_take_no_column_of_their_own():
    reference, hypothesis, marks = aligned(("ก็", "กี"), ("ที่", "ที่"), ("นี้", "นี"))
    assert display_width(reference) == display_width(hypothesis) == len("REF: x x x")
    assert marks == "     S   S"


def test_a_mark_without_its_letter_stands_on_a_circle():
    assert aligned(("a", "a"), ("", "\u0301")) == ["REF: a *", "HYP: a ◌\u0301", "       I"]


def test_right_to_left_text_is_shown_in_plain_lines_with_its_errors_below():
    assert lines("שלום עולם טוב יום", "שלום עולמ טוב יום מאוד") == [
        "REF: שלום עולם טוב יום",
        "HYP: שלום עולמ טוב יום מאוד",
        "S: עולם heard as עולמ",
        "I: מאוד",
    ]
    assert lines("שלום לך", "שלום")[-1] == "D: לך"


def test_long_right_to_left_text_is_abbreviated_and_its_errors_counted():
    words = ["מילה"] * 300
    flood = rows(" ".join(words), "", width=40, max_blocks=3)
    assert [row.label for row in flood] == ["REF", "HYP", "D", "D", "D", ""]
    assert flood[-1].text.strip() == "… and 297 more errors"
    assert len(flood[0].text) <= 40 * 3 + len("REF: …")
    quiet = lines(" ".join([*words, "סוף"]), " ".join([*words, "קץ"]))
    assert quiet[0] == "REF: … " + " ".join([*words[:5], "סוף"])


def test_untrusted_words_are_shown_escaped():
    assert lines("red", "\x1b[31mred\u202e")[1] == "HYP: \\x1b[31mred\\u202e"
    assert "\\x1b" in "".join(lines("שלום", "\x1b"))


def test_a_word_wider_than_the_line_is_cut():
    reference, hypothesis, _ = lines("a", "x" * 5000, width=10)
    assert reference == "REF: a"
    assert hypothesis == "HYP: " + "x" * 14 + "…"


_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
word_lists = st.lists(st.text(st.characters(), min_size=1, max_size=30), max_size=30).map(" ".join)


@given(word_lists, word_lists, st.integers(min_value=20, max_value=80))
def test_any_texts_are_laid_out_within_the_width(reference, hypothesis, width):
    for row in rows(reference, hypothesis, width=width):
        assert "\n" not in row.text
        assert "\x1b" not in row.text
        assert row.label != "REF" or _RTL.search(reference + hypothesis) or display_width(row.text) <= width
