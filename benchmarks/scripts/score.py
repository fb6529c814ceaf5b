"""Score the same pairs of sentences in several ways, in turn, and print the median seconds of each way.

Arguments: a JSON file of pairs, how many rounds. Or one argument, the file: score it in our way alone, once.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jiwer import process_characters, process_words

from pytest_stt import TextMetrics
from pytest_stt.text.scoring import Expected, measure

if TYPE_CHECKING:
    from collections.abc import Callable


def ours(reference: str, hypothesis: str) -> None:
    TextMetrics.compute(reference, hypothesis)


def jiwers(reference: str, hypothesis: str) -> None:
    process_words(reference, hypothesis)
    process_characters(reference, hypothesis)


def normalized(reference: str, hypothesis: str) -> None:
    measure(hypothesis, Expected(references=(reference,), normalizer="basic", language="en"))


WAYS: dict[str, Callable[[str, str], None]] = {"ours": ours, "jiwer": jiwers, "basic": normalized}


def seconds(way: Callable[[str, str], None], pairs: list[list[str]]) -> float:
    began = time.perf_counter()
    for reference, hypothesis in pairs:
        way(reference, hypothesis)
    return time.perf_counter() - began


def medians(pairs: list[list[str]], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for way in WAYS.values():
        seconds(way, pairs[:100])
    for _ in range(rounds):
        for name, way in WAYS.items():
            taken[name].append(seconds(way, pairs))
    return {name: statistics.median(figures) for name, figures in taken.items()}


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    if len(sys.argv) > 2:
        print(json.dumps(medians(given, int(sys.argv[2]))))
    else:
        seconds(ours, given)
