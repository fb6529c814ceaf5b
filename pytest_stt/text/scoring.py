"""The score of one hypothesis against the references that are accepted for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import TextMetrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.text.normalizers import Normalizer


@dataclass(frozen=True, kw_only=True)
class Score:
    """Hold the metrics of a hypothesis and the texts they were made from.

    Attributes:
        metrics: Words, characters and alignment of the two normalised texts.
        reference: The accepted reference that fits best, as its author wrote it.
        normalized_reference: That reference in the form that was scored.
        normalized_hypothesis: The hypothesis in the form that was scored.
    """

    metrics: TextMetrics
    reference: str
    normalized_reference: str
    normalized_hypothesis: str


def score(hypothesis: str, references: Sequence[str], normalizer: Normalizer) -> Score:
    """Score a hypothesis against whichever reference fits best, both sides normalised alike.

    The best has the fewest word errors, then the lower WER, then the lower CER, then it comes first.

    Raises:
        SuiteError: There is no reference.
    """
    if not references:
        raise SuiteError("nothing to score against: expected at least one reference, found none")
    heard = normalizer(hypothesis)
    return min((_score_one(heard, reference, normalizer) for reference in references), key=_badness)


def _score_one(heard: str, reference: str, normalizer: Normalizer) -> Score:
    said = normalizer(reference)
    return Score(
        metrics=TextMetrics.compute(said, heard),
        reference=reference,
        normalized_reference=said,
        normalized_hypothesis=heard,
    )


def _badness(candidate: Score) -> tuple[int, float, float]:
    metrics = candidate.metrics
    return metrics.words.errors, metrics.wer, metrics.cer
