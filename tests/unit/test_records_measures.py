from __future__ import annotations

from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.records.measures import measures_of
from pytest_stt.text.form import FormCounts
from pytest_stt.text.scoring import Score
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import WordOffsets


def measured(said: str = "a b c d", heard: str = "a b x", **more) -> dict[str, float | None]:
    return measures_of(Score(metrics=TextMetrics.compute(said, heard), **more))


def test_rates_are_there_for_every_score():
    found = measured()
    assert found == {"wer": 0.5, "cer": 3 / 7, "mer": 0.5, "wil": 1 - (2 / 4) * (2 / 3)}


def test_words_in_silence_have_no_finite_rate():
    assert measured("", "thank you") == {"wer": None, "cer": None, "mer": 1.0, "wil": 1.0}


def test_a_language_without_words_has_no_word_error_rate():
    score = Score(metrics=TextMetrics.compute("你好", "你们", unit="character"))
    assert measures_of(score) == {"wer": None, "cer": 0.5, "mer": 0.5, "wil": 0.75}


def test_keywords_have_recall_and_precision_and_other_terms_have_not():
    terms = (
        TermCounts(text="A380", weight=2.0, said=2, heard=1, hits=1),
        TermCounts(text="rare", said=0, heard=0, hits=0),
        TermCounts(text="uh", kind="forbidden", heard=1),
    )
    found = measured(terms=terms)
    assert (found["keyword_recall"], found["keyword_precision"]) == (0.5, 1.0)
    assert "keyword_recall" not in measured(terms=terms[2:])


def test_keywords_that_nobody_said_or_heard_have_no_rate():
    found = measured(terms=(TermCounts(text="rare"),))
    assert (found["keyword_recall"], found["keyword_precision"]) == (None, None)


def test_form_is_measured_where_it_was_scored():
    form = FormCounts(punctuation=EditCounts(hits=1, deletions=1), case=EditCounts(hits=3, substitutions=1))
    found = measured(form=form)
    assert (found["punctuation_error_rate"], found["case_error_rate"]) == (0.5, 0.25)


def test_word_times_are_measured_where_words_matched():
    found = measured(offsets=WordOffsets(offsets_ms=(10.0, 20.0, 60.0), matched=3, words=4))
    assert found["word_offset_median_ms"] == 20.0
    assert found["word_offset_p95_ms"] is not None
    none = measured(offsets=WordOffsets(offsets_ms=(), matched=0, words=4))
    assert (none["word_offset_median_ms"], none["word_offset_p95_ms"]) == (None, None)
