from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\x00b\x7f\x9b", "a\\x00b\\x7f\\x9b"),
        ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"),
        ("\u202eevil\u2069\u200f\u061c", "\\u202eevil\\u2069\\u200f\\u061c"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ud800 \udfff", "\\ud800 \\udfff"),
        ("\uffff\ufdd0\U0001fffe", "\\uffff\\ufdd0\\U0001fffe"),
    ],
)
def test_what_could_harm_a_reader_is_escaped(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text", ["", "Grüße, 世界 🎉", "می\u200cخواهم", "]]> <b>&amp;", "C:\\temp", "e\u0301", "\u00a0"]
)
def test_what_harms_nobody_stays(text):
    assert printable(text) == text


def test_a_long_text_is_cut_and_says_so():
    assert printable("abcdef", 3) == "abc…"
    assert printable("abc", 3) == "abc"
    assert printable("\x1b\x1b\x1b", 2) == "\\x1b\\x1b…"


@given(st.text(st.characters()))
def test_the_result_can_be_encoded_and_written_as_xml(text):
    shown = printable(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", shown)
    element = ElementTree.Element("case")
    element.text = shown
    assert (ElementTree.fromstring(ElementTree.tostring(element)).text or "") == shown
    assert printable(shown) == shown
