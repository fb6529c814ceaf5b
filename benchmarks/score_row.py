"""Twenty thousand pairs of sentences scored, against calling jiwer for each."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from processes import run, script
from rows import Command, Line, Plan, Row, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 20_000
_PAIRS_FILE = "pairs.json"


def measure(plan: Plan) -> list[Line]:
    folder = _with_pairs(plan)
    rounds = plan.rounds(3, 7)
    found = json.loads(run(script(plan.ours, "score.py", folder, _PAIRS_FILE, str(rounds))).output)
    what = f"{PAIRS} pairs of 20 words: words and characters with alignment"
    return [
        _line(what, found["ours"], found["jiwer"], limit=1.0),
        _line("the same, both sides normalised by basic first", found["basic"], found["jiwer"]),
    ]


def _line(what: str, ours_s: float, jiwer_s: float, *, limit: float | None = None) -> Line:
    return Line(
        measure=what,
        other=f"jiwer's two calls {jiwer_s:.2f} s",
        ours=f"{ours_s:.2f} s",
        ratio=times(ours_s, jiwer_s),
        limit="" if limit is None else f"{limit} x",
        met=None if limit is None else ours_s <= limit * jiwer_s,
    )


def _with_pairs(plan: Plan) -> Path:
    folder = plan.place("score")
    chance = random.Random(PAIRS)
    said = [_sentence(number) for number in range(PAIRS)]
    pairs = [(" ".join(words), " ".join(_misheard(words, chance))) for words in said]
    (folder / _PAIRS_FILE).write_text(json.dumps(pairs))
    return folder


def _sentence(number: int) -> list[str]:
    """Return twenty words."""
    return f"{material.sentence(2 * number)} {material.sentence(2 * number + 1)}".split()


def _misheard(words: list[str], chance: random.Random) -> Iterator[str]:
    """Change, drop and add one word in twenty each, so that few pairs are equal."""
    for word in words:
        kind = chance.randrange(20)
        if kind:
            yield word if kind > 1 else word[::-1]
        if kind == 2:
            yield chance.choice(words)


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    yield script(plan.ours, "score.py", _with_pairs(plan), _PAIRS_FILE)


ROW = Row(name="score", measure=measure, prepare=prepare)
