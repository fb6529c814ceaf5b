from __future__ import annotations

import pytest

from pytest_stt.text.width import display_width, fit, pad


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("日本", 4),
        ("ｱ", 1),
        ("Ａ", 2),
        ("\ud55c", 2),
        ("\u1112\u1161\u11ab", 2),
        ("🎉", 2),
        ("שָ", 1),
    ],
)
def test_a_text_takes_as_many_columns_as_on_a_terminal(text, columns):
    assert display_width(text) == columns


def test_padding_counts_columns():
    assert pad("日", 4) == "日  "
    assert pad("abcde", 3) == "abcde"


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 4, "日…"),
        ("日本", 4, "日本"),
        ("e\u0301e\u0301e", 2, "e\u0301…"),
    ],
)
def test_a_text_is_cut_to_its_columns(text, columns, cut):
    assert fit(text, columns) == cut
