"""Islands: stretches of a reference whose choices are read together, so that ways add up, not multiply.

A normaliser looks across words (`twenty {dollars / bucks}` may become `$20`), so every way is normalised as
a whole. A long reference has too many ways for that; it is cut in the middle of literal text, at blanks
where normalising both sides apart makes no difference. In scripts that set no blanks between words it may be
cut between any two characters.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise, product
from typing import TYPE_CHECKING, Final

from pytest_stt.metrics import mixed_tokens, tokens_of
from pytest_stt.text.readings import MOST_WAYS, Choice, Reading, count_ways, is_wide

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.readings import Parts

    Tokenizer = Callable[[str], list[str]]

# Ways of so few words are simply all normalised in full.
WHOLE_WORDS: Final = 4096
# How far from a choice a long stretch of text is cut, in words, and how many gaps are tried for it.
_DISTANCE: Final = 8
# How much nearer than a blank or the end of a clause any other gap has to be.
_DETOUR: Final = 4
_MOST_TRIES: Final = 8
# How many options of a choice are tried at a cut, and each with how many of the next choice.
_MOST_SAMPLES: Final = 8
_MOST_STEPS: Final = 3
_CLOSING: Final = frozenset({"Po", "Pe", "Pf"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Hold one way to read an island.

    Attributes:
        raw: It, written out; it ends with a blank where the next island follows one.
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

    is_short = reading.ways * len(mixed_tokens(reading.plain)) <= whole_words
    islands = [reading.parts] if is_short else _cut(reading, tokens, unit)
    return [
        _read(Reading(parts=island), blank, normalizer, unit)
        for island, blank in zip(islands, _blanks_behind(islands), strict=True)
    ]


def _read(island: Reading, blank: str, normalizer: Callable[[str], str], unit: TokenUnit) -> Island:
    spellings: dict[tuple[str, ...], list[str]] = {}
    normalized = {text + blank: normalizer(text) for text in island.texts()}
    for raw, text in normalized.items():
        spellings.setdefault(tuple(tokens_of(text, unit)), []).append(raw)
    return {
        tokens: Way(raw=raws[0], normalized=normalized[raws[0]], order=order, spellings=(tuple(raws),))
        for order, (tokens, raws) in enumerate(spellings.items())
    }


def _blanks_behind(islands: Sequence[Parts]) -> list[str]:
    """Return what stands behind each island: a blank, or nothing if it was cut elsewhere or is the last."""
    return [" " if str(island[-1])[-1:].isspace() else "" for island in islands[:-1]] + [""]


def _cut(reading: Reading, tokens: Tokenizer, unit: TokenUnit) -> list[Parts]:
    wide = [index for index, part in enumerate(reading.parts) if is_wide(part, unit)]
    stretches = {index: _stretch(reading.parts, wide, place, unit) for place, index in enumerate(wide)}
    islands: list[Parts] = []
    island: Parts = ()
    for index, part in enumerate(reading.parts):
        pieces: list[str | Choice] = [part]
        if index in stretches:
            pieces = [*_pieces(stretches[index], count_ways(island), tokens)]
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
    unit: TokenUnit

    @cached_property
    def gaps(self) -> list[int]:
        """Return where it may be cut: where its tokens begin."""
        starts = []
        end = 0
        for token in tokens_of(self.text, self.unit):
            starts.append(self.text.index(token, end))
            end = starts[-1] + len(token)
        return starts[1:]

    def detour(self, gap: int, target: int) -> int:
        """Return how far a gap is from another, more if it is neither at a blank nor behind a clause."""
        before = self.text[self.gaps[gap] - 1]
        is_plain = before.isspace() or unicodedata.category(before) in _CLOSING
        return abs(gap - target) + (0 if is_plain else _DETOUR)


def _stretch(parts: Parts, wide: Sequence[int], place: int, unit: TokenUnit) -> _Stretch:
    """Return the stretch that is the part `wide[place]`, `wide` being where all texts of many words are."""
    index = wide[place]
    start = wide[place - 1] if place else 0
    end = wide[place + 1] if place + 1 < len(wide) else len(parts)
    left, right = parts[start:index], parts[index + 1 : end + 1]
    return _Stretch(text=str(parts[index]), left=left, right=right, unit=unit)


def _pieces(stretch: _Stretch, ways: int, tokens: Tokenizer) -> list[str]:
    """Cut a stretch of text, `ways` being those of the island it ends."""
    gaps = stretch.gaps
    found = (_gap_near(target, stretch, tokens) for target in _targets(stretch))
    cuts = sorted({gap for gap in found if gap is not None})
    if not cuts and ways * count_ways(stretch.right) > MOST_WAYS:
        cuts = [len(gaps) // 2]
    edges = [0, *(gaps[cut] for cut in cuts), len(stretch.text)]
    return [stretch.text[start:end] for start, end in pairwise(edges)]


def _targets(stretch: _Stretch) -> list[int]:
    """Return the gaps to be cut at: the middle, or one near each choice of a long stretch."""
    gaps = len(stretch.gaps)
    behind_left = [min(_DISTANCE, gaps // 2)] if stretch.left else []
    before_right = [max(gaps - 1 - _DISTANCE, gaps // 2)] if stretch.right else []
    return behind_left + before_right


def _gap_near(target: int, stretch: _Stretch, tokens: Tokenizer) -> int | None:
    """Return the gap nearest to a target at which a cut makes no difference."""
    gaps = stretch.gaps
    nearest = sorted(range(len(gaps)), key=lambda gap: stretch.detour(gap, target))
    for gap in nearest[:_MOST_TRIES]:
        left = (*stretch.left, stretch.text[: gaps[gap]])
        right = (stretch.text[gaps[gap] :], *stretch.right)
        if _agree([left, right], tokens):
            return gap
    return None


def _agree(islands: Sequence[Parts], tokens: Tokenizer) -> bool:
    """Tell whether normalising islands apart gives the tokens of the whole.

    Every option is tried, with the same one of the other choices and with the ones next to it.
    """
    readings = [Reading(parts=island) for island in islands]
    blanks = _blanks_behind(islands)
    most = _most_options(islands)
    for option, step in product(range(most), range(min(most, _MOST_STEPS))):
        options = count(option, step)
        texts = [reading.sample(options) for reading in readings]
        whole = "".join(text + blank for text, blank in zip(texts, blanks, strict=True))
        if [token for text in texts for token in tokens(text)] != tokens(whole):
            return False
    return True


def _most_options(islands: Sequence[Parts]) -> int:
    options = (len(part.options) for island in islands for part in island if isinstance(part, Choice))
    return min(max(options, default=1), _MOST_SAMPLES)
