from __future__ import annotations

import subprocess
import sys

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.metrics import graphemes, mixed_tokens, tokens_of

# Enough of what joins and what does not: flags, emoji in sequences, jamo, Indic conjuncts, marks, line ends.
CLUSTERING = (
    "\U0001f1e6\U0001f1e7\U0001f468\u200d\U0001f469\U0001f3fd\u1100\u1161\u11a8क्ष\u0301\u0903\u0600\r\n a我ー"
)

any_text = st.text(max_size=12) | st.text(CLUSTERING, max_size=12)


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", []),
        ("ab c", ["a", "b", " ", "c"]),
        ("e\u0301té", ["e\u0301", "t", "é"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("한\u1112\u1161\u11ab", ["한", "\u1112\u1161\u11ab"]),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467!", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "!"]),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", ["\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"]),
    ],
)
def test_characters_are_what_readers_take_for_one(text, characters):
    assert graphemes(text) == characters


@given(any_text)
def test_characters_are_the_grapheme_clusters_of_unicode(text):
    assert graphemes(text) == regex.findall(r"\X", text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \n", []),
        ("hello big world", ["hello", "big", "world"]),
        ("我 要 book 一 张 ticket", ["我", "要", "book", "一", "张", "ticket"]),
        ("我要book一张ticket", ["我", "要", "book", "一", "张", "ticket"]),
        ("他 is very 好 的 teacher", ["他", "is", "very", "好", "的", "teacher"]),
        ("コーヒーを2杯", ["コ", "ー", "ヒ", "ー", "を", "2", "杯"]),
        ("ｺｰﾋｰ ｶﾞｽ", ["ｺ", "ｰ", "ﾋ", "ｰ", "ｶﾞ", "ｽ"]),
        ("人々 いすゞ", ["人", "々", "い", "す", "ゞ"]),
        ("ㄅㄆ x", ["ㄅ", "ㄆ", "x"]),
        ("น้ำ OK ครับ", ["น้ำ", "OK", "ค", "รั", "บ"]),
        ("ខ្មែរ ລາວ မြန်မာ", ["ខ្មែ", "រ", "ລ", "າ", "ວ", "မြ", "န်", "မ", "ာ"]),
        ("한국어 我 résumé", ["한국어", "我", "résumé"]),
        ("U+20000 𠀀𠀁", ["U+20000", "𠀀", "𠀁"]),
        ("好。ok", ["好", "。ok"]),
    ],
)
def test_scripts_without_blanks_are_taken_character_by_character_and_all_else_word_by_word(text, tokens):
    assert mixed_tokens(text) == tokens
    assert tokens_of(text, "character") == tokens


@given(any_text)
def test_tokens_spell_out_the_text_without_its_white_space(text):
    tokens = mixed_tokens(text)
    assert "".join(tokens) == "".join(text.split())
    assert all(token and not any(map(str.isspace, token)) for token in tokens)


@given(st.text("abc", max_size=3), st.text("我要の", min_size=1, max_size=3))
def test_a_blank_between_two_scripts_changes_no_token(latin, han):
    assert mixed_tokens(f"{latin}{han}{latin}") == mixed_tokens(f"{latin} {han} {latin}")


def test_words_are_what_white_space_separates():
    assert tokens_of(" 你好 big\u00a0world\n", "word") == ["你好", "big", "world"]


@pytest.mark.parametrize("split", [graphemes, mixed_tokens])
@pytest.mark.parametrize("text", ["\U0001f1e6", "e\u0301", "\u0301", "क\u094d", "\U0001f468\u200d", "我"])
def test_a_long_run_of_anything_ends(split, text):
    assert "".join(split(text * 50_000)) == text * 50_000


def test_texts_in_ascii_need_no_further_module():
    code = (
        "import sys; from pytest_stt.metrics import TextMetrics\n"
        "TextMetrics.compute('one two', 'one'); TextMetrics.compute('one two', 'one', unit='character')\n"
        "sys.exit('regex' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
