"""Islands: stretches of a reference whose choices are read together, so that ways add up, not multiply.

A normaliser looks across words (`twenty {dollars / bucks}` may become `$20`), so every way is normalised as
a whole. A long reference has too many ways for that; it is cut in the middle of literal text, at blanks
where normalising both sides apart makes no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count, product
from typing import TYPE_CHECKING, Final

from pytest_stt.metrics import tokens_of
from pytest_stt.text.readings import MOST_WAYS, Choice, Reading, count_ways, is_wide

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.readings import Parts

    Tokenizer = Callable[[str], list[str]]

# Ways of so few words are simply all normalised in full.
WHOLE_WORDS: Final = 4096
# How far from a choice a long stretch of text is cut, in words, and how many blanks are tried for it.
_DISTANCE: Final = 8
_MOST_TRIES: Final = 8
# How many options of a choice are tried at a cut, and each with how many of the next choice.
_MOST_SAMPLES: Final = 8
_MOST_STEPS: Final = 3
_GAP = re.compile(r"(?<=\S)\s+(?=\S)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Hold one way to read an island.

    Attributes:
        raw: It, written out.
        normalized: It in the form that is scored.
        order: Its place in written order, counted from 0.
        spellings: Of every island it leads through the texts that have these tokens, in written order.
    """

    raw: str
    normalized: str
    order: int
    spellings: tuple[tuple[str, ...], ...]


Island = dict[tuple[str, ...], Way]


def read_islands(
    reading: Reading, normalizer: Callable[[str], str], unit: TokenUnit, *, whole_words: int = WHOLE_WORDS
) -> list[Island]:
    """Write out every way to read each island, by its tokens; of ways with equal tokens the first.

    Args:
        reading: What was read.
        normalizer: Applied to each way as a whole.
        unit: What a token is.
        whole_words: A reference stays one island when all its ways have at most about so many words.

    Raises:
        SuiteError: Some choices can't be kept apart and have more than 4096 ways together.
    """

    def tokens(text: str) -> list[str]:
        return tokens_of(normalizer(text), unit)

    is_short = reading.ways * len(reading.plain.split()) <= whole_words
    islands = [reading.parts] if is_short else _cut(reading, tokens)
    return [_read(Reading(parts=island), normalizer, unit) for island in islands]


def _read(island: Reading, normalizer: Callable[[str], str], unit: TokenUnit) -> Island:
    spellings: dict[tuple[str, ...], list[str]] = {}
    normalized = {raw: normalizer(raw) for raw in island.texts()}
    for raw, text in normalized.items():
        spellings.setdefault(tuple(tokens_of(text, unit)), []).append(raw)
    return {
        tokens: Way(raw=raws[0], normalized=normalized[raws[0]], order=order, spellings=(tuple(raws),))
        for order, (tokens, raws) in enumerate(spellings.items())
    }


def _cut(reading: Reading, tokens: Tokenizer) -> list[Parts]:
    islands: list[Parts] = []
    island: Parts = ()
    for index, part in enumerate(reading.parts):
        pieces: list[str | Choice] = [part]
        if isinstance(part, str) and is_wide(part):
            pieces = [*_pieces(_stretch(reading.parts, index), count_ways(island), tokens)]
        island += (pieces[0],)
        for piece in pieces[1:]:
            islands.append(island)
            island = (piece,)
    islands.append(island)
    is_exact = _agree(islands, tokens)
    return islands if is_exact or reading.ways > MOST_WAYS else [reading.parts]


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """Hold literal text of many words, and the parts on either side up to the next such texts."""

    text: str
    left: Parts
    right: Parts

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Return where the white space between its words begins and ends."""
        return [gap.span() for gap in _GAP.finditer(self.text)]


def _stretch(parts: Parts, index: int) -> _Stretch:
    wide = [place for place, part in enumerate(parts) if is_wide(part)]
    place = wide.index(index)
    start = wide[place - 1] if place else 0
    end = wide[place + 1] if place + 1 < len(wide) else len(parts)
    text = parts[index]
    return _Stretch(text=str(text), left=parts[start:index], right=parts[index + 1 : end + 1])


def _pieces(stretch: _Stretch, ways: int, tokens: Tokenizer) -> list[str]:
    """Cut a stretch of text, `ways` being those of the island it ends."""
    gaps = stretch.gaps
    found = (_gap_near(target, stretch, tokens) for target in _targets(stretch))
    cuts = sorted({gap for gap in found if gap is not None})
    if not cuts and ways * count_ways(stretch.right) > MOST_WAYS:
        cuts = [len(gaps) // 2]
    starts = [0, *(gaps[cut][1] for cut in cuts)]
    ends = [*(gaps[cut][0] for cut in cuts), len(stretch.text)]
    return [stretch.text[start:end] for start, end in zip(starts, ends, strict=True)]


def _targets(stretch: _Stretch) -> list[int]:
    """Return the gaps to be cut at: the middle, or one near each choice of a long stretch."""
    gaps = len(stretch.gaps)
    behind_left = [min(_DISTANCE, gaps // 2)] if stretch.left else []
    before_right = [max(gaps - 1 - _DISTANCE, gaps // 2)] if stretch.right else []
    return behind_left + before_right


def _gap_near(target: int, stretch: _Stretch, tokens: Tokenizer) -> int | None:
    """Return the gap nearest to a target at which a cut makes no difference."""
    gaps = stretch.gaps
    nearest = sorted(range(len(gaps)), key=lambda gap: abs(gap - target))
    for gap in nearest[:_MOST_TRIES]:
        start, end = gaps[gap]
        left = (*stretch.left, stretch.text[:start])
        right = (stretch.text[end:], *stretch.right)
        if _agree([left, right], tokens):
            return gap
    return None


def _agree(islands: Sequence[Parts], tokens: Tokenizer) -> bool:
    """Tell whether normalising islands apart gives the tokens of the whole.

    Every option is tried, with the same one of the other choices and with the ones next to it.
    """
    readings = [Reading(parts=island) for island in islands]
    most = _most_options(islands)
    for option, step in product(range(most), range(min(most, _MOST_STEPS))):
        options = count(option, step)
        texts = [reading.sample(options) for reading in readings]
        if [token for text in texts for token in tokens(text)] != tokens(" ".join(texts)):
            return False
    return True


def _most_options(islands: Sequence[Parts]) -> int:
    options = (len(part.options) for island in islands for part in island if isinstance(part, Choice))
    return min(max(options, default=1), _MOST_SAMPLES)
