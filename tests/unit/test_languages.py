from __future__ import annotations

import pytest

from pytest_stt.text.languages import is_written_in_words, primary_language, token_unit


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("zh-Hant-TW", "zh"),
        ("zh_CN", "zh"),
        ("cmn-Hans", "zh"),
        ("cmn_hans_cn", "zh"),
        ("yue", "yue"),
        ("zh-yue-HK", "yue"),
        ("zh-cmn-Hans", "zh"),
        ("JPN", "ja"),
        ("Japanese", "ja"),
        (" japanese ", "ja"),
        ("cantonese", "yue"),
        ("mandarin", "zh"),
        ("deu", "de"),
        ("ger", "de"),
        ("iw", "he"),
        ("jw", "jv"),
        ("burmese", "my"),
        ("klingon", "klingon"),
        ("", ""),
    ],
)
def test_the_language_of_a_tag_is_its_shortest_code(tag, language):
    assert primary_language(tag) == language


@pytest.mark.parametrize(
    "tag",
    [
        "zh",
        "zh-CN",
        "zh-Hant-TW",
        "zh-yue",
        "cmn",
        "yue",
        "wuu",
        "nan",
        "nan-tw",
        "hak",
        "ja",
        "ja-JP",
        "jpn",
        "Japanese",
        "th",
        "th-TH",
        "km",
        "lo",
        "my",
        "mya",
        "thai",
    ],
)
def test_these_languages_are_counted_in_characters(tag):
    assert not is_written_in_words(tag)
    assert token_unit(tag) == "character"


@pytest.mark.parametrize(
    "tag", [None, "", "en", "ko", "vi", "ar", "hi", "bo", "de-CH", "mya-Latn", "zh-Latn-CN", "x"]
)
def test_all_other_languages_are_counted_in_words(tag):
    assert is_written_in_words(tag)
    assert token_unit(tag) == "word"


def test_the_scripts_of_japanese_do_not_make_it_a_language_of_words():
    assert not is_written_in_words("ja-Jpan-JP")
    assert not is_written_in_words("ja-Hira")
