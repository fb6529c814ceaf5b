from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.text import find_normalizer, normalizer_names

basic = find_normalizer("basic@1")

THERE_IS = "basic, cjk, none, numbers, simplified, traditional, whisper-english, whisper-multilingual"

EXAMPLES = {
    "invisible": [
        ("co\u00adoperate", "cooperate"),
        ("zero\u200bwidth \ufeffmark", "zerowidth mark"),
        ("\u202babc\u202c", "abc"),
        ("I \u2764\ufe0f you", "i you"),
        ("1\ufe0f\u20e3 two", "1 two"),
        ("محـمد", "محمد"),
        ("Xarelto™ ®", "xarelto"),
        ("a\u02dc b", "a b"),
    ],
    "composition": [
        ("\ufb01ne ＡＢＣ１２", "fine abc12"),
        ("cafe\u0301", "café"),
        ("1½ cups, ½ cup", "1 1/2 cups 1/2 cup"),
        ("10² m²", "10 2 m2"),
        ("№ 5", "№ 5"),
        ("㎞ ﾃｽﾄ", "km テスト"),
        ("น้ำ นํ้า น้ํา", "น้ำ น้ำ น้ำ"),
        ("ຄຳ ຄໍາ ນ້ຳ ນໍ້າ ນ້ໍາ", "ຄຳ ຄຳ ນ້ຳ ນ້ຳ ນ້ຳ"),
    ],
    "case": [("Hello WORLD", "hello world"), ("Straße", "strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("ÀÉ", "àé")],
    "apostrophes": [
        ("don’t Don`t DON´T don\u02bct don\uff07t don't", "don't don't don't don't don't don't"),
        ("rock 'n' roll, the dogs' tails", "rock n roll the dogs tails"),
        ('‘quoted’ "quoted" “quoted” «quoted»', "quoted quoted quoted quoted"),
        ("м’ята c’h Hawaiʻi", "м'ята c'h hawai'i"),
        ("1’000 a''b", "1'000 a b"),
    ],
    "hebrew signs": [
        ('צה״ל צה"ל צה”ל', "צהל צהל צהל"),
        ("ג׳ירפה ג'ירפה", "גירפה גירפה"),
        ("״שלום״ עמ׳", "שלום עמ"),
    ],
    "signs in words": [
        ("U.S.A. e.g. p.m.", "usa eg pm"),
        ("col·lecció co\u0140lecció", "collecció collecció"),
        ("Ո՞վ ինչո՞ւ", "ով ինչու"),
        ("The end. Then", "the end then"),
        ("wait…what", "wait what"),
        ("ᄒ.ᅡ", "하"),
    ],
    "signs in numbers": [
        ("3.5 is not 35", "3.5 is not 35"),
        ("10:30, 1,000; 3/4 24/7.", "10:30 1,000 3/4 24/7"),
        ("٣٫٥ ١٬٠٠٠", "٣٫٥ ١٬٠٠٠"),
        ('-5 −5 (-5) "-5" $-5', "-5 -5 -5 -5 $ -5"),
        ("5-3 5 - 3 a-3 --5 -x", "5 3 5 3 a 3 5 x"),
        ("no.5 v2.0 1.,5 and/or", "no 5 v2.0 1 5 and or"),
        (".5 mg, $.50 -.5 −.5 (.5) +.5", "0.5 mg $ 0.50 -0.5 -0.5 0.5 + 0.5"),
        ("the end.5 more ...5 …5 . 5 a).5 .x", "the end 5 more 5 5 5 a 5 x"),
    ],
    "spoken symbols": [
        ("50% AT&T C++ #1 20°C", "50 % at & t c + + # 1 20 ° c"),
        ("€5 5£ ¥100", "€ 5 5 £ ¥ 100"),
        ("2+2=4 §7 3‰ ٪ ±1 2×3 6÷2", "2 + 2 = 4 § 7 3 ‰ % ± 1 2 × 3 6 ÷ 2"),
    ],
    "punctuation": [
        ("twenty-one twenty‑one — well!?", "twenty one twenty one well"),
        ("♪ la 🎉 la ♪ © | ^ ` ~ < > * _ \\", "la la"),
        ("a\x00b\x1b[31mc\ud800d", "a b 31mc d"),
        ("你好，世界。", "你好 世界"),
        ("क्या? हाँ।", "क्या हाँ"),
    ],
    "white space": [(" a\u00a0\n\tb\u3000c ", "a b c"), ("", ""), ("...", "")],
}

WORDS = {
    "Hindi": "हिन्दी में क्षत्रिय विद्यार्थियों",
    "Tamil": "தமிழ் மொழியில் ஸ்ரீ",
    "Thai": "ภาษาไทย ที่นี่",
    "Arabic": "مُحَمَّدٌ العَرَبِيَّةُ",
    "Hebrew": "שָׁלוֹם עִבְרִית",
    "Armenian": "հայերեն և",
    "Catalan": "collecció l'home",
    "Bengali": "বাংলা ভাষা",
    "Burmese": "မြန်မာ",
    "Vietnamese": "tiếng việt",
    "Korean": "한국어",
}


@pytest.mark.parametrize(
    ("text", "expected"), [pair for pairs in EXAMPLES.values() for pair in pairs], ids=ascii
)
def test_basic_does_what_its_rules_say(text, expected):
    assert basic(text) == expected


def test_every_rule_has_an_example():
    assert [step.name for step in basic.steps] == list(EXAMPLES)
    assert all(step.description for step in basic.steps)


@pytest.mark.parametrize(("language", "words"), WORDS.items())
def test_words_of_every_script_stay_in_one_piece(language, words):
    assert len(basic(words).split()) == len(words.split())
    assert len(basic(f"«{words}!»").split()) == len(words.split())


@pytest.mark.parametrize("word", ["น้ำ", "นํ้า", "น้ํา", "ຄຳ", "ຄໍາ"])
def test_am_is_one_character_in_whichever_order_it_was_typed(word):
    assert basic(word)[-1] in "\u0e33\u0eb3"
    assert basic(f"{word}.") == basic(word)


def test_every_step_of_basic_says_only_what_it_does_itself():
    said = {step.name: step.description for step in basic.steps}
    assert "hyphens" in said["signs in numbers"]
    assert "hyphens" not in said["punctuation"]
    assert "slashes" not in said["punctuation"]


def test_persian_words_are_not_torn_at_their_joiner():
    assert basic("می\u200cخواهم") == "میخواهم"


@given(st.text(st.characters()))
def test_basic_is_idempotent_for_any_text(text):
    once = basic(text)
    assert basic(once) == once


signs = st.sampled_from(
    "\u0e19\u0e4d\u0e49\u0e33\u0e32\u0ecd\u0ec9\u0eb2\u0eb3"
    "aB1٣אךاخㅎᄒ가ΣßͅἮ'’´`.,:/·-−_\"״׳ـְַً̈́\u200d\ufe0f\u20e3½²№™%€+՞ \t\u0149\ufe71\u2044\ud800"
)


@given(st.lists(signs).map("".join))
def test_basic_is_idempotent_where_its_rules_meet(text):
    once = basic(text)
    assert basic(once) == once


@given(st.text(st.characters()))
def test_basic_leaves_single_blanks_between_words(text):
    assert basic(text) == " ".join(basic(text).split())


def test_a_replaced_surrogate_scores_like_the_original():
    assert basic("a\ud800b") == basic("a\ufffdb")


@given(st.text(st.characters()))
def test_none_changes_nothing(text):
    assert find_normalizer("none")(text) == text


def test_a_normaliser_is_found_by_name_and_by_label():
    assert find_normalizer("basic") == basic
    assert find_normalizer("none@1").label == "none@1"
    assert ", ".join(normalizer_names()) == THERE_IS


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("basik", "no normaliser 'basik'; did you mean 'basic'? (there is {THERE_IS})"),
        ("whatever\x1b", "no normaliser 'whatever\\x1b' (there is {THERE_IS})"),
        ("basic@9", "no version '9' of the normaliser 'basic'; there is basic@1"),
        ("basic@", "no version '' of the normaliser 'basic'; there is basic@1"),
    ],
)
def test_an_unknown_normaliser_is_refused_with_what_there_is(name, said):
    with pytest.raises(SuiteError) as refused:
        find_normalizer(name)
    assert str(refused.value) == said.format(THERE_IS=THERE_IS)
