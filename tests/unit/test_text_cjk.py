"""The normalisers `cjk`, `simplified` and `traditional`."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.text import chinese
from pytest_stt.text.normalizers import find_normalizer, normalizer_spec

cjk = find_normalizer("cjk@1")


@pytest.fixture(scope="module", autouse=True)
def loaded_library():
    """Import what is imported at the first use, which Hypothesis would find slow."""
    cjk("字")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("「今日は、いい天気ですね。」", "今日はいい天気ですね"),
        ("今日 は いい　天気", "今日はいい天気"),
        ("你好，世界！ 《书》……", "你好世界书"),
        ("ＡＢＣ１２３ ﾃｽﾄ", "abc123テスト"),
        ("がぎ\u304b\u3099", "がぎが"),
        ("ラーメン 人々 〆切", "ラーメン人々〆切"),
        ("我用 iPhone 15 Pro 手机", "我用iphone 15 pro手机"),
        ("New York 和 Los Angeles", "new york和los angeles"),
        ("第 3 章、 第 十 章", "第3章第十章"),
        ("體 体", "體体"),
        ("ㄅㄆ ㄇ", "ㄅㄆㄇ"),
        ("十時半 １０：３０", "十時半10:30"),
        ("気温 -5 度", "気温 -5度"),
        ("學校 가다", "學校 가다"),
        ("オートバイ・レース", "オートバイレース"),
        ("", ""),
    ],
)
def test_width_case_punctuation_and_blanks_do_not_count(text, expected):
    assert cjk(text) == expected


@given(st.text(st.characters()))
def test_cjk_is_idempotent_for_any_text(text):
    assert cjk(cjk(text)) == cjk(text)


signs = st.sampled_from(
    "\u0e19\u0e4d\u0e49\u0e33\u0e32"
    "字々ーカか\u3099゛ﾞ한ᄒaB1-−5.,:' 　、。・『％%½²№①㈱\u3006\u200d\ufe0f\u0301´〜~ㄅ㍻\ud800"
)


@given(st.lists(signs).map("".join))
def test_cjk_is_idempotent_where_its_rules_meet(text):
    assert cjk(cjk(text)) == cjk(text)


@given(st.text(st.characters(codec="utf-8")))
def test_cjk_keeps_what_basic_keeps_but_blanks(text):
    basic = find_normalizer("basic")(text)
    assert cjk(text).replace(" ", "") == basic.replace(" ", "")


def test_a_composed_letter_stays_one():
    assert len(cjk("が")) == 1
    assert unicodedata.is_normalized("NFC", cjk("か\u3099"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("simplified", "漢字, ABC 體", "汉字, ABC 体"),
        ("traditional", "汉字, ABC 体", "漢字, ABC 體"),
    ],
)
def test_chinese_characters_take_one_form_when_asked(name, text, expected):
    assert find_normalizer(name)(text) == expected


def test_a_form_is_a_step_of_a_list():
    normalizer = find_normalizer(normalizer_spec(["cjk", "simplified"]))
    assert normalizer("「漢字」 體") == "汉字体"
    assert normalizer.name == "cjk + simplified"


@pytest.fixture
def without_opencc(monkeypatch):
    chinese._converter.cache_clear()
    monkeypatch.setitem(sys.modules, "opencc", None)
    yield
    chinese._converter.cache_clear()


def test_without_its_package_the_step_says_what_to_install(without_opencc, monkeypatch):
    for spec in ("simplified", ["cjk", "simplified"]):
        find_normalizer.cache_clear()
        _forget_released()
        with pytest.raises(SuiteError, match=r'pip install "pytest-stt\[chinese\]"'):
            normalizer_spec(spec)
    monkeypatch.undo()
    assert find_normalizer("simplified")("體") == "体"


def _forget_released():
    from pytest_stt.text import normalizers

    normalizers._released.cache_clear()
