from __future__ import annotations

from itertools import chain, product

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import mixed_tokens
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.islands import read_islands
from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.paths import best_ways, nearest_spellings
from pytest_stt.text.scoring import Expected, measure

none, basic = find_normalizer("none"), find_normalizer("basic")

# A reference is a list of pieces: a word, ("one of", [references]) or ("optional", reference).
WORDS = st.sampled_from(
    [
        "twenty",
        "dollars",
        "bucks",
        "one",
        "hundred",
        "half",
        "a",
        "Mr.",
        "I'm",
        "gonna",
        "going",
        "to",
        "colour",
        "U.K.",
        "b-c",
    ]
)


def references(words):
    return st.recursive(
        st.lists(words, max_size=3),
        lambda inner: st.lists(
            words
            | st.tuples(st.just("one of"), st.lists(inner, min_size=1, max_size=3))
            | st.tuples(st.just("optional"), inner),
            max_size=4,
        ),
        max_leaves=5,
    )


def written(reference):
    """The reference as its author writes it."""
    pieces = []
    for piece in reference:
        if isinstance(piece, str):
            pieces.append(piece)
        elif piece[0] == "optional":
            pieces.append(f"({written(piece[1])})" if written(piece[1]) else "")
        else:
            options = [written(option) for option in piece[1]]
            pieces.append("{" + " / ".join(options) + "}" if any(options) else "")
    return " ".join(filter(None, pieces))


def expanded(reference):
    """Every way to read it, each a list of words; more often than once where options are equal."""
    choices = []
    for piece in reference:
        if isinstance(piece, str):
            choices.append([[piece]])
        elif piece[0] == "optional":
            choices.append([*expanded(piece[1]), []])
        else:
            choices.append([way for option in piece[1] for way in expanded(option)])
    return [list(chain.from_iterable(way)) for way in product(*choices)]


def fewest_errors(reference, hypothesis, normalizer, tokenize=str.split):
    """Errors, minus tokens of the best way, by brute force."""
    heard = tokenize(normalizer(hypothesis))
    ways = (tokenize(normalizer(" ".join(way))) for way in expanded(reference))
    return min((Levenshtein.distance(way, heard), -len(way)) for way in ways)


@pytest.mark.parametrize("name", ["none", "basic", "whisper-english"])
@settings(deadline=None)
@given(reference=references(WORDS), heard=st.lists(WORDS, max_size=8))
def test_no_way_has_fewer_errors_than_the_one_that_counts(name, reference, heard):
    hypothesis = " ".join(heard)
    scored = measure(
        hypothesis, Expected(references=(written(reference),), normalizer=name, alternatives=True)
    )
    errors, tokens = fewest_errors(reference, hypothesis, find_normalizer(name))
    assert (scored.metrics.tokens.errors, -scored.metrics.tokens.reference_total) == (errors, tokens)
    assert scored.said.split() in expanded(reference)
    assert scored.normalized_reference == find_normalizer(name)(scored.said)


@settings(deadline=None)
@given(reference=references(st.sampled_from(["a", "A", "a.", "b,", "B", "b", "a-b"])), data=st.data())
def test_every_way_heard_as_it_is_written_has_no_errors_in_form(reference, data):
    heard = data.draw(st.sampled_from(list(parse_alternatives(written(reference)).texts())))
    expected = Expected(references=(written(reference),), normalizer="basic", alternatives=True, form=True)
    scored = measure(heard, expected)
    assert scored.metrics.tokens.errors == 0
    assert scored.form.punctuation.errors == scored.form.case.errors == 0


@settings(deadline=None)
@given(reference=references(st.sampled_from("abc")), heard=st.lists(st.sampled_from("abcd"), max_size=12))
def test_all_ways_that_are_as_good_are_found(reference, heard):
    text = written(reference)
    ways = {tuple(way.split()) for way in parse_alternatives(text).texts()}
    costs = {way: (Levenshtein.distance(way, heard), -len(way)) for way in ways}
    best = {way for way in ways if costs[way] == min(costs.values())}
    found = [tuple(way.raw.split()) for way in best_ways(text, " ".join(heard), none, "word")]
    assert len(found) == len(set(found)) == min(len(best), 64)
    assert set(found) <= best


@settings(deadline=None)
@given(
    reference=references(st.sampled_from(["我要", "一", "book", "ก่", "张票b"])),
    heard=st.lists(st.sampled_from(["我要", "一", "book", "张"]), max_size=6),
)
def test_in_a_language_without_words_the_path_has_the_fewest_wrong_characters(reference, heard):
    hypothesis = " ".join(heard)
    expected = Expected(references=(written(reference),), language="zh", alternatives=True)
    counts = measure(hypothesis, expected).metrics.characters
    best = fewest_errors(reference, hypothesis, none, mixed_tokens)
    assert (counts.errors, -counts.reference_total) == best


@settings(deadline=None)
@given(
    clusters=st.lists(references(st.sampled_from("abc")), min_size=1, max_size=3),
    between=st.lists(st.lists(st.sampled_from("abcd"), min_size=4, max_size=20), min_size=3, max_size=3),
    heard=st.lists(st.sampled_from("abcd"), max_size=40),
    data=st.data(),
)
def test_cutting_a_reference_into_islands_changes_no_count(clusters, between, heard, data):
    name = data.draw(st.sampled_from(["none", "basic"]))
    reference = [piece for pair in zip(clusters, between, strict=False) for part in pair for piece in part]
    hypothesis, normalizer = " ".join(heard), find_normalizer(name)
    ways = best_ways(written(reference), hypothesis, normalizer, "word", whole_words=0)
    best = fewest_errors(reference, hypothesis, normalizer)
    for way in ways:
        said = way.normalized.split()
        assert (Levenshtein.distance(said, heard), -len(said)) == best


@settings(deadline=None)
@given(
    clusters=st.lists(references(st.sampled_from(["我", "一b", "ก่"])), min_size=1, max_size=3),
    between=st.lists(
        st.lists(st.sampled_from(["我", "要。", "張 ", "ก่", "book", "b "]), min_size=4, max_size=20),
        min_size=3,
        max_size=3,
    ),
    heard=st.lists(st.sampled_from(["我", "要", "張", "ก่", "book", "一"]), max_size=40),
    data=st.data(),
)
def test_cutting_between_characters_changes_no_count(clusters, between, heard, data):
    normalizer = find_normalizer(data.draw(st.sampled_from(["none", "basic"])))
    pieces = [piece for pair in zip(clusters, between, strict=False) for piece in pair]
    text = "".join(written(piece) if piece in clusters else "".join(piece) for piece in pieces)
    said = mixed_tokens(normalizer("".join(heard)))
    costs = {
        raw: (Levenshtein.distance(way, said), -len(way))
        for raw in parse_alternatives(text).texts()
        for way in [mixed_tokens(normalizer(raw))]
    }
    for way in best_ways(text, normalizer("".join(heard)), normalizer, "character", whole_words=0):
        assert costs[way.raw] == min(costs.values())
        assert way.normalized == normalizer(way.raw)


def islands(text, normalizer=basic, unit="word", **options):
    read = read_islands(parse_alternatives(text), normalizer, unit, **options)
    return [[way.raw for way in island.values()] for island in read]


def test_a_few_ways_are_all_normalised_in_full():
    assert islands("{a / b} one two three four {c / d}") == [
        [f"{first} one two three four {last}" for first, last in product("ab", "cd")]
    ]


def test_a_long_reference_is_cut_in_the_middle_of_its_text():
    assert islands("{a / b} one two three four {c / d}", whole_words=0) == [
        ["a one two ", "b one two "],
        ["three four c", "three four d"],
    ]


def test_a_very_long_text_is_cut_near_the_choices_on_either_side():
    words = [f"w{number}" for number in range(100)]
    text = " ".join(words)
    cut = islands(f"{text} {{a / b}} {text} {{c / d}} {text}", whole_words=0)
    assert [len(island) for island in cut] == [1, 2, 1, 2, 1]
    assert all(len(way.split()) < 25 for way in cut[1] + cut[3])
    assert "".join(island[0] for island in cut) == f"{text} a {text} c {text}"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("{は / が}東京に行{は / が}", ["は東京", "に行は"]),
        ("{は / が}東京に行き。今日は{は / が}", ["は東京に行き。", "今日はは"]),
        ("{は / が}東京に行き 今日は{は / が}", ["は東京に行き ", "今日はは"]),
        ("{ก / ข}ก่ข่ค่ง่{ก / ข}", ["กก่ข่", "ค่ง่ก"]),
        ("{我 / 你}要book一張{我 / 你}", ["我要book", "一張我"]),
    ],
)
def test_text_without_blanks_is_cut_between_characters_best_behind_a_clause_or_a_blank(text, cut):
    read = islands(text, unit="character", whole_words=0)
    assert [ways[0] for ways in read] == cut


def test_where_words_are_compared_no_cut_is_made_within_one():
    cut = islands("{は / が}東京に行 き東 京に 行き{は / が}", whole_words=0)
    assert [ways[0] for ways in cut] == ["は東京に行 き東 ", "京に 行きは"]
    assert len(islands("{は / が}東京に行き{は / が}", whole_words=0)) == 1


def test_a_long_text_without_blanks_is_cut_near_the_choices():
    text = "今日は東京に行きましたが雨が降っていました。" * 20
    read = islands(f"{text}{{です / だ}}" * 12, unit="character")
    assert [len(ways) for ways in read] == [1, 2] * 12
    assert all(len(way) < 50 for ways in read[1::2] for way in ways)
    assert "".join(ways[0] for ways in read) == f"{text}です" * 12


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize("language", ["ja", None])
def test_any_number_of_choices_in_text_without_blanks_is_scored(language, form):
    text = "。".join(["東京タ(ー)ワーに行きます"] * 13)
    heard = "。".join(["東京タワーに行きます"] * 13)
    scored = measure(heard, Expected(references=(text,), language=language, alternatives=True, form=form))
    assert scored.said == scored.normalized_reference == heard


def test_no_cut_is_made_where_it_would_change_what_a_normaliser_makes():
    whisper = find_normalizer("whisper-english")
    text = "{so / well} twenty one thousand three hundred {twenty / thirty} {dollars / bucks}"
    assert len(islands(text, whisper, whole_words=0)) == 1
    # What stands in brackets is dropped, here with the second options only.
    text = r"{a / \(b} one two three four five {c / d\)}"
    assert len(islands(text, whisper, whole_words=0)) == 1


@pytest.mark.parametrize("closing", ["{c / > / z}", "{c / z / >}", "{> / c / z}", "(>)"])
@pytest.mark.parametrize("opening", ["(<)", "{a / <}", "{< / a / b}"])
def test_no_cut_is_made_where_any_two_options_of_neighbours_would_change_something(opening, closing):
    text = f"{opening} one two three four five six {closing}"
    assert len(islands(text, find_normalizer("whisper-english"), whole_words=0)) == 1
    assert len(islands(text, none, whole_words=0)) == 2


def test_brackets_over_several_cuts_keep_a_reference_whole():
    whisper = find_normalizer("whisper-english")
    text = (
        r"\(so {a / b} one two three four {c / d} five six seven eight {e / f} nine ten two three\) {g / h}"
    )
    assert len(islands(text, whisper, whole_words=0)) == 1


def test_where_every_cut_would_change_something_the_middle_is_cut_rather_than_refused():
    def counting(text):
        return f"{text} {len(text)}"

    text = "{a / b} " * 8 + "one two three four " + "{a / b} " * 8
    assert [len(island) for island in islands(text, counting)] == [256, 256]


def test_a_reference_with_a_hundred_choices_is_scored():
    text = "{one / two} three four five six " * 100
    heard = "one three four five six two three for five six " * 50
    way, *others = best_ways(text, heard, basic, "word")
    assert not others
    assert way.normalized.split() == heard.replace("for ", "four ").split()


@pytest.mark.parametrize("loops", [1000, 3000])
def test_a_loop_of_thousands_of_words_is_scored(loops):
    text = "welcome to the show {gonna / going to} thank you for (really) being here you all thank you " * 3
    heard = ["thank", "you"] * loops
    said = measure(" ".join(heard), Expected(references=(text,), alternatives=True)).said.split()
    ways = [way.split() for way in parse_alternatives(text).texts()]
    assert len(ways) == 64
    distances = {(Levenshtein.distance(way, heard), -len(way)) for way in ways}
    assert (Levenshtein.distance(said, heard), -len(said)) == min(distances)


def test_too_many_ways_that_can_not_be_kept_apart_are_refused():
    with pytest.raises(SuiteError, match="more than 4096 ways"):
        best_ways("{a / b} " * 13, "a", basic, "word")


@pytest.mark.parametrize(
    ("reference", "heard", "said"),
    [
        # One error each: the longer one has the lower rate.
        ("{go / go away} now", "come now", "go now"),
        ("{x / y z} b", "y q b", "y z b"),
        # One error in one word each: fewer wrong characters win.
        ("{tea / three} cups", "tree cups", "three cups"),
        # No difference at all: the first counts.
        ("{x / y} (q) cups", "z q cups", "x q cups"),
        ("{y / x} cups", "z cups", "y cups"),
    ],
)
def test_of_paths_with_as_many_errors_the_better_one_counts(reference, heard, said):
    assert measure(heard, Expected(references=(reference,), alternatives=True)).said == said


def test_of_the_texts_of_a_way_those_nearest_in_form_are_found():
    (way,) = best_ways("Yes{, / ;} {Sir / sir}{. / !}", "yes sir", basic, "word")
    assert nearest_spellings(way, "Yes sir!", "word") == ["Yes, sir!", "Yes; sir!"]
    assert nearest_spellings(way, "Yes sir!", "word", most=1) == ["Yes, sir!"]
    assert nearest_spellings(way, "Yes; sir. " * 10, "word") == ["Yes; sir."]
    # Of texts that differ in nothing that is form the first counts.
    (way,) = best_ways("so{- / – / —} it is", "so it is", basic, "word")
    assert nearest_spellings(way, "so it is", "word") == ["so- it is"]


def test_texts_nearest_in_form_are_found_through_any_number_of_choices():
    text = "Yes{, / } {Doctor / doctor} Smith, one two three four. " * 200
    (way,) = best_ways(text, "yes doctor smith one two three four " * 200, basic, "word")
    heard = " ".join(
        ["Yes doctor Smith, one two three four."] * 199 + ["Yes, doctor Smith, one two three four."]
    )
    assert nearest_spellings(way, heard, "word") == [heard]


def test_ways_with_as_many_errors_come_in_written_order_and_not_in_any_number():
    ways = best_ways("{a / b} {c / d}", "x y", none, "word")
    assert [way.raw for way in ways] == ["a c", "a d", "b c", "b d"]
    assert len(best_ways("{a / b} " * 8, "x " * 8, none, "word")) == 64


@given(st.lists(st.sampled_from("ab"), max_size=6))
def test_the_count_is_that_of_the_alignment_that_is_shown(heard):
    scored = measure(" ".join(heard), Expected(references=("{a / b a} (b) {a b / } a",), alternatives=True))
    kinds = [word.kind for word in scored.metrics.alignment]
    assert sum(kind != "equal" for kind in kinds) == scored.metrics.tokens.errors
    if heard and scored.said:
        output = jiwer.process_words(scored.said, " ".join(heard))
        assert output.substitutions + output.deletions + output.insertions == scored.metrics.tokens.errors
