"""Language tags: which language a tag means, and whether it is written in words."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

# Chinese with what ISO 639-3 counts to its macrolanguage, Japanese, Thai, Khmer, Lao and Burmese.
_WITHOUT_WORDS: Final = frozenset(
    [
        "zh",
        "cdo",
        "cjy",
        "cnp",
        "cpx",
        "csp",
        "czh",
        "czo",
        "gan",
        "hak",
        "hsn",
        "lzh",
        "mnp",
        "nan",
        "wuu",
        "yue",
        "ja",
        "th",
        "km",
        "lo",
        "my",
    ]
)

# Of each language its two-letter code, its codes in ISO 639-2 and -3 and old ones, its English names.
# Codes of countries that people take for languages; only those that are the code of no language.
_LANGUAGE_OF_COUNTRY: Final = {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk"}

_NAMES: Final = """
af afr afrikaans | am amh amharic | ar ara arb arabic | as asm assamese | az aze azj azerbaijani
ba bak bashkir | be bel belarusian | bg bul bulgarian | bn ben bengali bangla | bo bod tib tibetan
br bre breton | bs bos bosnian | ca cat catalan valencian | cs ces cze czech | cy cym wel welsh
da dan danish | de deu ger german | el ell gre greek | en eng english | es spa spanish castilian
et est ekk estonian | eu eus baq basque | fa fas per pes persian farsi | fi fin finnish
fo fao faroese | fr fra fre french | ga gle irish | gl glg galician | gu guj gujarati | ha hau hausa
he heb iw hebrew | hi hin hindi | hr hrv croatian | ht hat haitian | hu hun hungarian
hy hye arm armenian | id ind in indonesian | is isl ice icelandic | it ita italian | ja jpn japanese
jv jav jw javanese | ka kat geo georgian | kk kaz kazakh | km khm khmer cambodian | kn kan kannada
ko kor korean | la lat latin | lb ltz luxembourgish letzeburgesch | ln lin lingala | lo lao laotian
lt lit lithuanian | lv lav lvs latvian | mg mlg malagasy | mi mri mao maori | mk mkd mac macedonian
ml mal malayalam | mn mon khk mongolian | mr mar marathi | ms msa may zsm malay | mt mlt maltese
my mya bur burmese myanmar | nb nob bokmål | ne nep npi nepali | nl nld dut dutch flemish
nn nno nynorsk | no nor norwegian | oc oci occitan | pa pan punjabi panjabi | pl pol polish
ps pus pashto pushto | pt por portuguese | ro ron rum mo romanian moldavian moldovan | ru rus russian
sa san sanskrit | sd snd sindhi | si sin sinhala sinhalese | sk slk slo slovak | sl slv slovenian
sn sna shona | so som somali | sq sqi alb albanian | sr srp serbian | su sun sundanese
sv swe swedish | sw swa swh swahili | ta tam tamil | te tel telugu | tg tgk tajik | th tha thai
tk tuk turkmen | tl tgl tagalog | tr tur turkish | tt tat tatar | uk ukr ukrainian | ur urd urdu
uz uzb uzn uzbek | vi vie vietnamese | yi yid ji yiddish | yo yor yoruba | yue cantonese
zh zho chi cmn chinese mandarin | zu zul zulu | haw hawaiian | fil filipino
"""


def primary_language(tag: str) -> str:
    """Return the language of a BCP 47 tag in lower case, without script and region: `zh` of `zh-Hant-TW`.

    `_` may stand for `-`. Codes of three letters (`jpn`, `cmn`), old codes (`iw`) and English names
    (`japanese`) become the code of two letters where one is known; whatever else comes first in the tag
    stays, in lower case. An extended language (`zh-yue`) is the language (`yue`).
    """
    subtags = subtags_of(tag)
    language = _codes().get(subtags[0], subtags[0])
    if language == "zh" and len(subtags) > 1 and subtags[1] in _WITHOUT_WORDS:
        return subtags[1]
    return language


def is_written_in_words(tag: str | None) -> bool:
    """Tell whether a language sets blanks between its words, so that there is a word error rate.

    It is not so for Chinese in all its varieties, Japanese, Thai, Khmer, Lao and Burmese, unless the tag
    says that they are in Latin script (`zh-Latn`). A language that is not known has words.
    """
    return tag is None or primary_language(tag) not in _WITHOUT_WORDS or "latn" in subtags_of(tag)


def token_unit(tag: str | None) -> Literal["word", "character"]:
    """Return what is counted in a language: words, or characters where there are no blanks between words."""
    return "word" if is_written_in_words(tag) else "character"


def subtags_of(tag: str) -> list[str]:
    """Return the parts of a tag in lower case, the language first; `_` may stand for `-`."""
    return re.split("[-_]", tag.strip().lower())


def spelled(tag: str) -> str:
    """Write a tag in the one way of BCP 47, with the shortest code of its language: `zh-Hant-TW`."""
    language, subtags = primary_language(tag), subtags_of(tag)
    is_extended = len(subtags) > 1 and subtags[1] == language and len(language) == 3
    return "-".join([language, *map(_subtag, subtags[2 if is_extended else 1 :])])


def _subtag(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 else subtag


def country_hint(tag: str) -> str:
    """End a sentence about a tag that is the code of a country; an empty text for all others."""
    language = _LANGUAGE_OF_COUNTRY.get(tag.strip().lower())
    return f'; that is a country, its language is "{language}"' if language else ""


@cache
def _codes() -> dict[str, str]:
    codes = {}
    for language in re.split(r"[|\n]", _NAMES.strip()):
        code, *others = language.split()
        codes.update(dict.fromkeys(others, code))
    return codes
