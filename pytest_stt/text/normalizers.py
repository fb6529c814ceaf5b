"""Normalisers by name and version: what both sides go through before they are compared.

A released version never changes what it returns for a Unicode version; a better rule is a new version.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pytest_stt.errors import SuiteError
from pytest_stt.text import chinese, cjk, composition, numbers, whisper
from pytest_stt.text.basic import BASIC_1
from pytest_stt.text.languages import primary_language
from pytest_stt.text.printable import printable
from pytest_stt.text.step import Normalizer, Step
from pytest_stt.text.wording import near_miss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "Normalizer",
    "Step",
    "find_normalizer",
    "normalizer_for",
    "normalizer_names",
    "normalizer_spec",
    "read_normalizers",
]

_DEFAULT: Final = "default"
_BY_LANGUAGE: Final = "{default: basic, ja: cjk}"
_MOST_KEPT = 256


@dataclass(frozen=True, kw_only=True)
class Release:
    """Describe one version of a normaliser.

    Attributes:
        name: Its name in `normalize:` of a suite.
        version: Counted from 1.
        summary: What it is for, in one line.
        steps: Makes its steps for a language; raises SuiteError where it can't.
    """

    name: str
    version: int
    summary: str
    steps: Callable[[str | None], tuple[Step, ...]]

    @property
    def label(self) -> str:
        """Return name and version, such as `basic@1`."""
        return f"{self.name}@{self.version}"


RELEASES: Final = (
    Release(name="none", version=1, summary="Compare the texts as they are.", steps=lambda _language: ()),
    Release(
        name="basic",
        version=1,
        summary="Case, punctuation, white space and ways to write the same character do not count.",
        steps=lambda _language: BASIC_1,
    ),
    Release(
        name="whisper-english",
        version=1,
        summary="OpenAI's normaliser for English: fillers, contractions, numbers and spelling too.",
        steps=lambda _language: whisper.ENGLISH_1,
    ),
    Release(
        name="whisper-multilingual",
        version=1,
        summary="OpenAI's normaliser for other languages; it tears words at Indic and Thai vowel signs.",
        steps=lambda _language: whisper.MULTILINGUAL_1,
    ),
    Release(
        name="numbers",
        version=1,
        summary="As basic, and spoken numbers are written in digits (de, en, es, fr, it, nl, pt).",
        steps=numbers.steps_1,
    ),
    Release(
        name="cjk",
        version=1,
        summary="As basic, and blanks beside Chinese characters and kana do not count.",
        steps=lambda _language: cjk.CJK_1,
    ),
    Release(
        name="simplified",
        version=1,
        summary="Write traditional Chinese characters as simplified ones, and change nothing else.",
        steps=lambda _language: chinese.steps_1("simplified"),
    ),
    Release(
        name="traditional",
        version=1,
        summary="Write simplified Chinese characters as traditional ones, and change nothing else.",
        steps=lambda _language: chinese.steps_1("traditional"),
    ),
)


def normalizer_names() -> list[str]:
    """Return the names of all normalisers, sorted, without versions."""
    return sorted({release.name for release in RELEASES})


def normalizer_spec(value: Any) -> str:
    """Make a spec, what `find_normalizer` takes, of what a suite, an ini file or a command says.

    Args:
        value: A name (`basic`), a label (`basic@1`), or a list of steps as YAML gives it: names and labels,
            and mappings of one of `replace`, `drop` and `regex`. Every scalar is text. A text may be such a
            list in JSON or in the flow style of YAML, `[basic, {drop: [uh, um]}]`.

    Returns:
        A name or label as it is, and a list of one of them as this one; any other list as JSON, with the
        versions that there are now.

    Raises:
        SuiteError: With every problem, one line each.
    """
    if isinstance(value, str) and not value.lstrip().startswith("["):
        spec = value
    else:
        spec = composition.spec_of(value, label_of=lambda name: _release(name).label)
    find_normalizer(spec)
    return spec


def read_normalizers(text: str) -> dict[str, str]:
    """Read the normalisers of an ini file or of a command: one for all, or one for each language.

    Args:
        text: A name, a label or a list of steps, as `normalizer_spec` takes them, or a mapping of languages
            to these, `{default: basic, ja: cjk}`, in JSON or in the flow style of YAML.

    Returns:
        Specs by language, what `normalizer_for` chooses from; what is for all is the `default`.

    Raises:
        SuiteError: With every problem, one line each; those of a language begin with it.
    """
    if not text.lstrip().startswith("{"):
        return {_DEFAULT: normalizer_spec(text)}
    expected = f"normalisers by language such as {_BY_LANGUAGE}"
    choices = composition.read(text, expected)
    if not isinstance(choices, dict) or not choices:
        raise SuiteError(f"expected {expected}, found '{printable(text, 60)}'")
    specs: dict[str, str] = {}
    problems: list[str] = []
    for language, value in choices.items():
        try:
            specs[str(language)] = _spec_for(str(language), value)
        except SuiteError as error:
            problems.extend(f"{printable(str(language), 40)}: {problem}" for problem in error.problems)
    if problems:
        raise SuiteError(*problems)
    return specs


def _spec_for(language: str, value: Any) -> str:
    hint = near_miss(language, [_DEFAULT]) if language != _DEFAULT else ""
    if hint:
        raise SuiteError(f"expected a language{hint}")
    return normalizer_spec(value)


@lru_cache(maxsize=_MOST_KEPT)
def find_normalizer(spec: str, language: str | None = None) -> Normalizer:
    """Return the newest version of a normaliser by its name, exactly one by its label, or a list of steps.

    Args:
        spec: A name (`basic`), a label (`basic@1`) or a list of steps, best as `normalizer_spec` writes it.
        language: A BCP 47 tag, for normalisers that depend on the language.

    Raises:
        SuiteError: There is no such normaliser, or not this version of it; a package that it needs is
            missing; it does not know the language.
    """
    if spec.lstrip().startswith("["):
        return _composed(spec, language)
    return _released(_release(spec), language)


@lru_cache(maxsize=_MOST_KEPT)
def _released(release: Release, language: str | None) -> Normalizer:
    return Normalizer(name=release.name, label=release.label, steps=release.steps(language))


def _composed(spec: str, language: str | None) -> Normalizer:
    canonical = composition.spec_of(spec, label_of=lambda name: _release(name).label)
    if spec != canonical:
        return find_normalizer(canonical, language)
    return composition.build(canonical, find=lambda name: find_normalizer(name, language))


def normalizer_for(choices: Mapping[str, str], language: str | None) -> str:
    """Return the spec for a language from specs by language, such as `{"default": "basic", "ja": "cjk"}`.

    The most exact tag wins: for `zh-Hant-TW` that is itself, then `zh-Hant`, then `zh`, then `default`, then
    `basic`. Upper and lower case are the same, and so are a language's codes and its English name.
    """
    by_tag = {tag.casefold().replace("_", "-"): spec for tag, spec in choices.items()}
    tag = (language or "").casefold().replace("_", "-")
    while tag:
        if tag in by_tag:
            return by_tag[tag]
        tag = tag.rpartition("-")[0]
    by_language = {primary_language(tag): spec for tag, spec in by_tag.items() if "-" not in tag}
    return by_language.get(primary_language(language or _DEFAULT), by_tag.get(_DEFAULT, "basic"))


def _release(spec: str) -> Release:
    _refuse_punctuation(spec)
    name, at, version = spec.partition("@")
    versions = {str(release.version): release for release in RELEASES if release.name == name}
    if not versions:
        names = normalizer_names()
        hint = near_miss(name, names)
        raise SuiteError(f"no normaliser '{printable(name, 40)}'{hint} (there is {', '.join(names)})")
    if not at:
        return max(versions.values(), key=lambda release: release.version)
    if version not in versions:
        labels = ", ".join(release.label for release in versions.values())
        raise SuiteError(
            f"no version '{printable(version, 40)}' of the normaliser {name!r}; there is {labels}"
        )
    return versions[version]


def _refuse_punctuation(spec: str) -> None:
    """Say how a list is written where somebody wrote one without its brackets, or a mapping."""
    if any(sign in spec for sign in ",:{["):
        raise SuiteError(
            f"expected the name of a normaliser or a list of steps such as {composition.EXAMPLE}, "
            f"found '{printable(spec, 60)}'"
        )
