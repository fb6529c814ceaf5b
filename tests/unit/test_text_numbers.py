"""The normaliser `numbers`: what must become equal, and what must stay different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.text.normalizers import find_normalizer, normalizer_spec

basic = find_normalizer("basic")
LANGUAGES = ("de", "en", "es", "es-MX", "fr", "it", "nl", "pt")


@pytest.fixture(scope="module", autouse=True)
def loaded_libraries():
    """Import what is imported at the first use, which Hypothesis would find slow."""
    for language in LANGUAGES:
        find_normalizer("numbers", language)("1")


EQUAL = {
    "en": [
        ("twenty one", "twenty-one", "Twenty One", "21"),
        ("1,000", "1000", "one thousand", "a thousand", "1'000"),
        ("10,00,000", "one million", "1 million"),
        ("one hundred and five", "105", "a hundred five"),
        ("three point five", "3.5", "three point 5"),
        ("three point one four", "3.14"),
        ("two and a half", "2½", "2.5", "2 1/2"),
        ("nineteen eighty four", "nineteen eighty-four", "1984"),
        ("two thousand and one", "2001", "twenty oh one"),
        ("nineteen sixties", "1960s", "1960's"),
        ("twenty first", "twenty-first", "21st"),
        ("ninth", "9th"),
        ("twenty-ninth", "29th"),
        ("second", "2nd"),
        ("twenty dollars", "$20", "20 dollars", "20 $"),
        ("one dollar and fifty cents", "$1.50"),
        ("twenty-five cents", "$0.25"),
        ("three million euros", "€3 million", "3 million €", "€3,000,000"),
        ("five percent", "5%", "5 %", "five per cent"),
        ("minus five", "-5", "−5", "negative five"),
        ("ten thirty", "10:30"),
        ("ten oh five", "10:05"),
        ("one", "1"),
        ("nine one one", "911", "9 1 1"),
        ("five five five one two", "5 5 5 1 2", "55512"),
        ("one, two, three", "1, 2, 3", "one. two. three", "1 - 2 - 3", "one-two-three", "1. 2? 3"),
        ("he is five. three more", "he is 5. 3 more"),
        ("twenty, thirty", "20, 30"),
        ("one thousand, two hundred", "1,200"),
        ("room 101, five five", "room 101, 5 5"),
        ("point five mg", ".5 mg", "0.5 mg", "zero point five mg"),
        ("minus point five", "-.5"),
        ("fifty cents", "$.50", "$0.50", "$.5", "50¢"),
        ("ninety-nine cents", "99 cents", "99¢", "99 ¢"),
        ("two point zero", "2.0", "2"),
        ("one point zero", "1.0"),
        ("one hundred", "100.00"),
        ("twenty dollars and no more", "$20.00 and no more"),
        ("two point five zero", "2.50"),
        ("five second delay", "5 second delay", "five-second delay"),
        ("one fifth", "1 fifth"),
        ("one tenth", "1 tenth"),
        ("hundred fifth", "one hundred and fifth", "105th"),
        ("one hundred twenty second", "122nd"),
        ("in 2010 five left", "in 2010 5 left"),
        ("two and a half hours", "2 and a half hours", "2.5 hours", "2-1/2 hours", "2 and 1/2 hours"),
        ("double oh seven", "007", "0 0 7", "oh oh seven"),
        ("two oh", "20"),
        ("oh one two three", "0123"),
        ("10:30am", "10:30 AM", "10:30 a.m.", "10:30a.m.", "ten thirty a.m.", "ten thirty am"),
        ("10:05pm", "ten oh five p.m."),
        ("10am", "ten a.m."),
        ("Oh, one more thing", "oh one more thing", "oh, 1 more thing"),
        ("drink H2O", "drink h2o"),
        ("on 03-04-2024", "on 03 04 2024", "on 03 - 04 2024"),
        ("agents 006, 007", "agents 006 007"),
        ("the b seven", "the B7", "the b-7"),
        ("ten kilometres", "10 kilometres", "10kilometres"),
    ],
    "de": [
        ("einundzwanzig", "21", "ein und zwanzig"),
        ("eintausend", "tausend", "1.000", "1 000", "1000", "1’000"),
        ("drei Komma fünf", "3,5"),
        ("drei Komma eins vier", "3,14"),
        ("eine Million zweihunderttausend", "1.200.000", "1200000"),
        ("zwanzig Millionen", "20 Millionen", "20.000.000"),
        ("drei Komma fünf Milliarden", "3,5 Milliarden", "3.500.000.000"),
        ("3 tausend", "dreitausend"),
        ("neunzehnhundertvierundachtzig", "1984"),
        ("der zweiundzwanzigste Januar", "der 22. Januar"),
        ("fünf Prozent", "5 %", "5%"),
        ("zwanzig Euro", "20 €", "€20", "20 Euro"),
        ("ein Haus", "1 Haus"),
        ("dreißig", "dreissig", "30"),
        ("null Komma fünf Liter", ",5 Liter", "0,5 Liter"),
        ("minus fünf", "-5", "minus 5", "−5"),
        ("hunderteinstausend", "hunderteintausend", "101.000"),
        ("zweihunderteinstausend", "201000"),
    ],
    "fr": [
        ("vingt et un", "vingt-et-un", "21", "vingt et une"),
        ("mille", "1 000", "1\u202f000", "1000"),
        ("quatre-vingt-dix", "nonante", "90"),
        ("trois virgule deux cinq", "3,25", "trois virgule vingt-cinq"),
        ("deux millions cinq cent mille", "2 500 000", "2,5 millions"),
        ("trois virgule cinq millions", "3,5 millions"),
        ("vingt mille", "20 mille"),
        ("3 millions d’euros", "trois millions €", "3.000.000 €"),
        ("vingt et unième", "21e", "21ème"),
        ("premier", "1er"),
        ("première", "1re", "1ère"),
        ("cinq pour cent", "5 %", "5%"),
        ("vingt dollars", "20 $", "$20"),
        ("mille et une nuits", "1001 nuits"),
    ],
    "es": [
        ("veintiuno", "21"),
        ("treinta y una", "31"),
        ("veintiún mil", "21.000", "21 mil"),
        ("tres coma cinco", "3,5"),
        ("dos mil millones", "2.000 millones", "2.000.000.000"),
        ("primero", "1.º", "1º"),
        ("primer", "1.er", "1er"),
        ("el segundo", "el 2º", "el 2.º"),
        ("la segunda", "la 2ª"),
        ("vigésimo segundo", "22º"),
        ("cinco por ciento", "5 %"),
        ("veinte dólares", "20 dólares", "$20"),
    ],
    "es-MX": [
        (",5 litros", "5 litros"),
        ("mil", "1,000"),
        ("tres punto cinco", "3.5"),
        ("mil punto cinco", "1,000.5"),
    ],
    "it": [
        ("ventuno", "21"),
        ("centottantuno", "centoottantuno", "181"),
        ("tremila", "3.000", "3 mila"),
        ("venti milioni", "20 milioni"),
        ("due milioni e cinquecentomila", "2.500.000"),
        ("due virgola cinque", "2,5"),
        ("primo", "1º", "1.º"),
        ("sedicesimo", "16º"),
        ("cinque per cento", "5%"),
    ],
    "nl": [
        ("eenentwintig", "21"),
        ("eenentwintigste", "21e", "21ste"),
        ("tweede", "2e", "2de"),
        ("duizend", "1.000"),
        ("twintig miljoen", "20 miljoen"),
        ("twintig euro", "20 euro's", "€ 20"),
        ("drie komma vijf", "3,5"),
    ],
    "pt": [
        ("vinte e um", "vinte e uma", "21"),
        ("mil", "1.000"),
        ("dois milhões e quinhentos mil", "2,5 milhões", "2.500.000"),
        ("três vírgula cinco", "3,5"),
        ("primeiro", "1º", "1.º"),
        ("cinco por cento", "5 %"),
    ],
}

DIFFERENT = {
    "en": [
        ("twenty one", "twenty two"),
        ("fifteen", "fifty"),
        ("one thousand", "one hundred"),
        ("3.5", "35"),
        ("$20", "€20"),
        ("5", "5%"),
        ("-5", "5"),
        (".5 mg", "5 mg"),
        ("$.50", "$50"),
        ("-.5", "5"),
        ("point five", "five"),
        ("five second delay", "fifty second delay"),
        ("9 second", "90 second"),
        ("9 second", "99 second"),
        ("one fifth", "fifteenth"),
        ("one tenth", "110th"),
        ("3-1", "31"),
        ("5 - 3", "53"),
        ("5., 3", "53"),
        ("he is 5. 3 more", "he is 53 more"),
        ("192 168 1 1", "192 168 11"),
        ("nine, one, one", "911"),
        ("9, 1, 1", "911"),
        ("1.0.0", "1"),
        ("5 -3", "5 3"),
        ("in 2010 five left", "in 2015 left"),
        ("first", "one"),
        ("a dog", "one dog"),
        ("the twenties", "the twenty"),
        ("mister", "minister"),
        ("scored 1-02", "scored 102"),
        ("agents 006 007", "agents 006007"),
        ("call 555-0123", "call 5550123"),
        ("2024-01-02", "20240102"),
        ("747 0400", "7470400"),
        ("20 01", "2001"),
        ("twenty 01", "2001"),
        ("hundred 05", "1005"),
        ("double 05", "0005"),
        ("And a half hour later", "hour later"),
        ("and a half and a half", "and a half"),
        ("Oh no", "0 no"),
        ("I have one, oh no", "I have ten no"),
        ("oh oh no", "00 no"),
        ("oh twenty", "020"),
        ("drink H2O", "drink H20"),
    ],
    "de": [
        ("ein Haus", "eine Haus"),
        ("fünfzehn", "fünfzig"),
        ("3,5", "35"),
        (",5 Liter", "5 Liter"),
        ("minus fünf", "fünf"),
        ("Er ist 5. 300 sind es", "er ist 5300 sind es"),
        ("eine Million", "eine Milliarde"),
        ("Millionen Menschen", "eine Million Menschen"),
        ("2,0000001 Millionen", "2 Millionen"),
        ("1,5 Millionen 20", "1,5 Millionen 30"),
    ],
    "fr": [
        ("un livre", "une livre"),
        ("seize", "six"),
        ("deux millions", "deux mille"),
        ("dix et une femme", "onze femme"),
        ("1er", "1re"),
    ],
    "es": [
        ("un libro", "una libro"),
        ("sesenta", "setenta"),
        ("1.000", "1,000"),
        ("tres punto cinco", "3,5"),
    ],
    "it": [("un libro", "una libro"), ("sedici", "sei")],
    "nl": [("zestien", "zestig"), ("1e", "1")],
    "pt": [("um livro", "uma livro"), ("seis", "sessenta")],
}


def pairs(table):
    return [(language, *forms) for language, rows in table.items() for forms in rows]


@pytest.mark.parametrize(
    ("language", "forms"), [(tag, forms) for tag in EQUAL for forms in EQUAL[tag]], ids=str
)
def test_spoken_and_written_numbers_become_the_same(language, forms):
    normalize = find_normalizer("numbers@1", language)
    assert {form: normalize(form) for form in forms} == dict.fromkeys(forms, normalize(forms[0]))


@pytest.mark.parametrize(("language", "one", "other"), pairs(DIFFERENT))
def test_different_numbers_and_words_stay_different(language, one, other):
    normalize = find_normalizer("numbers", language)
    assert normalize(one) != normalize(other)


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    for value, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= value:
            rest = f" {in_words(number % value)}" if number % value else ""
            return f"{in_words(number // value)} {name}{rest}"
    if number < 20:
        return ONES[number]
    return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")


@given(st.integers(0, 10**12 - 1))
def test_every_english_number_in_words_is_the_one_in_digits(number):
    normalize = find_normalizer("numbers", "en")
    assert normalize(in_words(number)) == normalize(f"{number:,}") == str(number)


@given(st.integers(0, 10**12 - 1), st.sampled_from(["de", "fr", "es", "it", "nl", "pt"]))
def test_groups_of_digits_are_joined(number, language):
    normalize = find_normalizer("numbers", language)
    assert normalize(f"{number:,}".replace(",", ".")) == str(number)


NUMBER_TEXT = st.one_of(
    st.text(st.characters()),
    st.lists(
        st.sampled_from(
            [form for rows in EQUAL.values() for forms in rows for form in forms]
            + [
                "M6 million",
                "F",
                "and",
                "and a half",
                "oh",
                "H2O",
                "a\ue0f0\u0301",
                "1\ue0f02",
                "007",
                "am",
                "point",
                "y",
                "e",
                "et",
                "½",
                "$",
                "€",
                "%",
                "'s",
                "-",
                "1.",
                "0'5",
                "euro'0",
                ",5",
                ".5",
                "5,",
                "one.",
                "¢",
                "2.0",
                "minus",
                "\ue0f0",
                "٣",
                "º",
            ]
        )
    ).map(" ".join),
)


@given(NUMBER_TEXT, st.sampled_from(LANGUAGES))
def test_the_result_has_the_form_of_basic(text, language):
    result = find_normalizer("numbers", language)(text)
    assert basic(result) == result


PLAIN_NUMBERS = st.lists(
    st.sampled_from(
        [
            "twenty-one",
            "$20",
            "3.5",
            "10:30",
            "1’000",
            "-5",
            "2½",
            "0 0 7",
            "neunzig",
            "vingt et un",
            "€5",
            "5 %",
        ]
    )
).map(" so ".join)


@given(PLAIN_NUMBERS, st.sampled_from(["de", "en", "fr", "nl"]))
def test_basic_in_front_changes_nothing_where_no_sign_keeps_numbers_apart(text, language):
    both = find_normalizer(normalizer_spec(["basic", "numbers"]), language)
    assert both(text) == find_normalizer("numbers", language)(text)


LONG = {
    "single digits": "1 " * 4400,
    "digits": "9" * 4301,
    "zeros": "0" * 4301,
    "spoken digits": "one " * 4299 + "decillion",
    "a product": "9" * 4295 + " million",
    "a decimal": "1." + "9" * 4301 + " million",
    "a decimal with a comma": "1," + "9" * 4301 + " millionen",
    "groups": "1,000" + ",000" * 2000,
    "one more": "9" * 4301 + "00 et une",
    "lists": "1, " * 4400,
    "ohs": "oh " * 4400 + "one",
    "zeros in front": "007 " * 4400,
    "halves": "and a half " * 2000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_without_end_are_no_error(text, language):
    result = find_normalizer("numbers", language)(text)
    assert result
    assert basic(result) == result


def test_a_number_too_long_to_be_said_stays_as_it_is():
    digits = "9" * 4301
    assert find_normalizer("numbers", "en")(f"Twenty {digits} one") == f"20 {digits} 1"
    assert find_normalizer("numbers", "de")(f"{digits} Millionen") == f"{digits} millionen"


def test_english_is_the_language_where_none_is_given():
    assert find_normalizer("numbers")("twenty") == "20"
    assert find_normalizer("numbers", "en-GB").label == "numbers@1"
    assert find_normalizer("numbers", "german")("zwanzig") == "20"


@pytest.mark.parametrize("spec", ["numbers", '["basic@1","numbers@1",{"drop":["x"]}]'])
def test_a_language_whose_numbers_are_not_known_is_refused_with_those_that_are(spec):
    with pytest.raises(SuiteError) as refused:
        find_normalizer(spec, "ja-JP\x1b")
    assert "the language 'ja-JP\\x1b', only those of de, en, es, fr, it, nl, pt" in str(refused.value)


def test_every_step_says_what_it_does():
    for language in LANGUAGES:
        steps = find_normalizer("numbers", language).steps
        assert all(step.name and step.description for step in steps)
    assert "una alone stays" in str([step.description for step in find_normalizer("numbers", "es").steps])
