from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Self

from pytest_stt.client.arguments import checked_normalizer, checked_terms, checked_type, checked_words
from pytest_stt.errors import LimitExceeded, SuiteError
from pytest_stt.limits import NO_LIMITS, in_force, override, verdict, without_words
from pytest_stt.text.alignment import plain_alignment
from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.printable import printable
from pytest_stt.text.scoring import Expected, Score, measure
from pytest_stt.text.terms import check_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pytest_stt.audio import AudioSample
    from pytest_stt.client.timeline import Timeline
    from pytest_stt.limits import Limits
    from pytest_stt.metrics import TextMetrics
    from pytest_stt.records import Event
    from pytest_stt.text.terms import Term
    from pytest_stt.text.times import TimedWord


_HEARD_SHOWN = 500
_DEFAULT_MAX_WER: Final = 0.2


@dataclass
class STTResult:
    """Hold what a server made of some audio, and judge it.

    Attributes:
        hypothesis_text: The transcript.
        text_metrics: Its score, `None` until there is one.
        latency_ms: Milliseconds from the start of the request (HTTP) or the first audio frame
            (WebSocket) to the arrival of the last transcript message.
        chunks_received: Messages that came: WebSocket frames, events of an SSE stream, or 1 for a whole body.
        fragments: The transcript texts that came, in their order, partial ones included.
        events: What the server said, with arrival times in the clock of `latency_ms`.
        words: The times of words, if the server gave any.
        normalizer: Name of the normaliser that both sides go through before they are compared.
        reference: The reference that `text_metrics` belongs to.
        score: What else was counted with `text_metrics`: keywords, form, times of words.
        audio_s: Length of the audio in seconds, 0.0 when none is known.
        audio_path: The audio file, if there is one.
        audio_sha256: The sample's `sha256`, if it was computed before the sample was sent.
        language: Language of the audio, if it is known.
        dialect: Name of the dialect, if one was used.
        http_status: Status of the answer, if the transcript came as one over HTTP.
    """

    hypothesis_text: str = ""
    text_metrics: TextMetrics | None = None
    latency_ms: float = 0.0
    chunks_received: int = 0
    fragments: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list, kw_only=True)
    words: list[TimedWord] = field(default_factory=list, kw_only=True)
    normalizer: str = field(default="none", kw_only=True)
    reference: str | None = field(default=None, kw_only=True)
    score: Score | None = field(default=None, kw_only=True, repr=False, compare=False)
    audio_s: float = field(default=0.0, kw_only=True)
    audio_path: Path | None = field(default=None, kw_only=True)
    audio_sha256: str | None = field(default=None, kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    dialect: str | None = field(default=None, kw_only=True)
    http_status: int | None = field(default=None, kw_only=True)
    _expected: Expected | None = field(default=None, kw_only=True, repr=False, compare=False)
    _on_score: Callable[[STTResult], None] | None = field(
        default=None, kw_only=True, repr=False, compare=False
    )

    def compute_metrics(
        self,
        reference: str,
        *,
        keywords: Iterable[str | Mapping[str, Any]] = (),
        forbidden: Iterable[str] = (),
        words: Iterable[TimedWord | tuple[str, float] | tuple[str, float, float | None]] = (),
    ) -> Self:
        """Score the transcript against `reference`, fill `text_metrics` and return this result.

        Both sides go through `normalizer` first; a result that was made by hand has `none` and compares
        them as they are. With an empty reference every word heard is an insertion. In a `language` that is
        not written in words (Chinese, Japanese, Thai, Khmer, Lao, Burmese) characters are compared.

        Args:
            reference: What was said, taken as it is: braces are no alternatives here.
            keywords: What `min_keyword_recall` is about; `{"term": …, "weight": …}` counts more or less.
            forbidden: What must not be heard.
            words: The reference times of words in seconds, `(word, start, end)`, for `max_word_offset_ms`.

        Raises:
            SuiteError: There is no normaliser of that name, or keywords, forbidden texts or words are no such
                things.
            TypeError: The reference or the transcript is no `str`.
        """
        self.normalizer = checked_normalizer("normalizer", self.normalizer)
        checked_type("language", self.language, (str, NoneType), "a tag such as 'en'")
        terms, times = checked_terms(keywords, forbidden), checked_words(words)
        check_terms(terms, normalizer=self.normalizer, language=self.language, alternatives=True)
        rate(self, reference, terms=terms, words=times)
        announce(self)
        return self

    def assert_quality(
        self,
        *,
        max_wer: float | None = _DEFAULT_MAX_WER,
        max_cer: float | None = 0.15,
        max_errors: int | None = None,
        max_latency_ms: float | None = None,
        max_insertions: int | None = None,
        min_keyword_recall: float | None = None,
        max_punctuation_error_rate: float | None = None,
        max_case_error_rate: float | None = None,
        max_word_offset_ms: float | None = None,
    ) -> Self:
        """Return this result if the transcript is within the limits; `None` switches a limit off.

        Args:
            max_wer: Word error rate, a fraction of 0 or more. Its default does not count for a language
                that is not written in words.
            max_cer: Character error rate, a fraction of 0 or more.
            max_errors: Wrong words (characters where there are no words), a whole number.
            max_insertions: Words (characters) heard that nobody said, a whole number.
            min_keyword_recall: Share of the keywords said that were heard, 0 to 1.
            max_punctuation_error_rate: Wrong marks per mark of the reference, on the texts as written.
            max_case_error_rate: Share of the words heard right that differ in case, on the texts as written.
            max_word_offset_ms: 95th percentile of how far the times of words are off, in milliseconds.
            max_latency_ms: Milliseconds of `latency_ms`.

        Raises:
            LimitExceeded: It is past a limit. The first line is the verdict, below are the aligned words.
            AssertionError: `compute_metrics` was not called before.
            SuiteError: A limit is negative or no number.
        """
        __tracebackhide__ = True
        limits = override(
            NO_LIMITS,
            {
                "max_wer": max_wer,
                "max_cer": max_cer,
                "max_errors": max_errors,
                "max_insertions": max_insertions,
                "min_keyword_recall": min_keyword_recall,
                "max_punctuation_error_rate": max_punctuation_error_rate,
                "max_case_error_rate": max_case_error_rate,
                "max_word_offset_ms": max_word_offset_ms,
                "max_latency_ms": max_latency_ms,
            },
        )
        if self.text_metrics is None:
            raise AssertionError(
                "assert_quality has no metrics to judge: call compute_metrics(reference) before it."
            )
        _refuse_without_keywords(self, limits)
        announce(self)
        score = _score_of(self, self.text_metrics, limits)
        # A 0.2 that was written down is another object, and is refused where there are no words.
        is_left_out = max_wer is _DEFAULT_MAX_WER and score.metrics.unit == "character"
        hold(self, score, without_words(limits) if is_left_out else limits)
        return self


def describe(result: STTResult, sample: AudioSample) -> None:
    """Note in a result what is known of its audio."""
    result.audio_s = sample.duration_ms / 1000
    # The working directory may be another one when the result is looked at.
    result.audio_path = sample.audio_path and sample.audio_path.absolute()
    result.audio_sha256 = sample.known_sha256
    result.language = sample.language


def fill(result: STTResult, timeline: Timeline) -> None:
    """Bring a result up to what the server has said so far."""
    result.hypothesis_text = timeline.hypothesis
    result.latency_ms = timeline.latency_ms
    result.chunks_received = timeline.chunks_received
    result.fragments = list(timeline.fragments)
    result.events = timeline.events
    result.words = list(timeline.words)


def score_unasked(result: STTResult, reference: str) -> None:
    """Score as a session and `transcribe` do by themselves.

    An empty reference is not announced: most samples have none, because their test compares otherwise.
    """
    rate(result, reference)
    if reference.strip():
        announce(result)


def rate(
    result: STTResult, reference: str, *, terms: tuple[Term, ...] = (), words: tuple[TimedWord, ...] = ()
) -> None:
    """Score a result, and tell nobody."""
    for name, text in (("reference", reference), ("hypothesis_text", result.hypothesis_text)):
        if not isinstance(text, str):
            raise TypeError(f"{name} has to be a str, not {text!r:.60}")
    expected = Expected(
        references=(reference,),
        normalizer=result.normalizer,
        language=result.language,
        terms=terms,
        words=words,
    )
    score_by(result, expected)


def score_by(result: STTResult, expected: Expected) -> Score:
    """Score a result by what is expected of it, and tell nobody."""
    score = measure(result.hypothesis_text, expected, heard_words=result.words)
    result.normalizer, result._expected = expected.normalizer, expected
    result.score, result.text_metrics, result.reference = score, score.metrics, score.reference
    return score


def hold(result: STTResult, score: Score, limits: Limits) -> None:
    """Hold a score against limits, and tell nobody.

    Raises:
        LimitExceeded: It is past a limit. The first line is the verdict, below are the aligned words.
    """
    __tracebackhide__ = True
    finding = verdict(
        score,
        limits,
        normalizer=find_normalizer(result.normalizer, result.language).name,
        hypothesis=result.hypothesis_text,
        latency_ms=None if math.isnan(result.latency_ms) else result.latency_ms,
    )
    if finding is not None:
        raise LimitExceeded(_report(finding, result, score.metrics, limits))


def _score_of(result: STTResult, metrics: TextMetrics, limits: Limits) -> Score:
    """Return the score, with the form where that is judged; `text_metrics` may have been set by hand."""
    score = result.score
    if score is None or score.metrics is not metrics:
        score = Score(metrics=metrics, reference=result.reference or "")
    if score.form or not limits.judges_form:
        return score
    from pytest_stt.text.form import form_counts

    said = score.said or score.reference
    return replace(score, form=form_counts(said, result.hypothesis_text, language=result.language))


def _refuse_without_keywords(result: STTResult, limits: Limits) -> None:
    terms = result._expected.terms if result._expected else ()
    if limits.min_keyword_recall is not None and all(term.kind != "keyword" for term in terms):
        raise SuiteError(
            "min_keyword_recall has no keywords to judge: give them with "
            "compute_metrics(reference, keywords=[…])"
        )


def announce(result: STTResult) -> None:
    """Tell whoever collects results that this one is scored or judged."""
    if result._on_score is not None:
        result._on_score(result)


def _report(finding: str, result: STTResult, metrics: TextMetrics, limits: Limits) -> str:
    # What is replayed may have no latency.
    latency = "" if math.isnan(result.latency_ms) else f"latency {result.latency_ms:.0f} ms"
    audio = f"audio {result.audio_s:.1f} s" if result.audio_s else ""
    timings = ", ".join(filter(None, (latency, audio)))
    # The alignment shows what was compared; these are the texts as they were written.
    reference = result.score.said if result.score else result.reference
    said = f"said:  {printable(reference, _HEARD_SHOWN)}" if reference else ""
    heard = f"heard: {printable(result.hypothesis_text, _HEARD_SHOWN)}" if result.hypothesis_text else ""
    facts = "\n".join(filter(None, (said, heard, f"limits: {in_force(limits)}", timings)))
    return "\n\n".join(filter(None, (finding, plain_alignment(metrics.alignment), facts)))
