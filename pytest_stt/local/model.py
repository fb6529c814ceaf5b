"""The Moonshine tiny English model, found inside the installed `moonshine-voice`.

`moonshine_voice` itself is never imported: importing it opens audio devices.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "moonshine_voice"
ASSETS = Path("assets", "tiny-en")


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """The three files of the model."""

    encoder: Path
    decoder: Path
    tokenizer: Path


def find_model() -> ModelFiles | None:
    """Find the model files; None when the package, or the model in it, is missing."""
    spec = find_spec(PACKAGE)
    for location in (spec and spec.submodule_search_locations) or ():
        root = Path(location) / ASSETS
        files = ModelFiles(
            encoder=root / "encoder_model.ort",
            decoder=root / "decoder_model_merged.ort",
            tokenizer=root / "tokenizer.bin",
        )
        if all(path.is_file() for path in (files.encoder, files.decoder, files.tokenizer)):
            return files
    return None


def write_tokens(tokenizer: Path, destination: Path) -> None:
    """Write the tokens of a `tokenizer.bin` as sherpa-onnx reads them: a base64 token and its id per line."""
    lines = (
        f"{base64.b64encode(token).decode('ascii')} {number}\n"
        for number, token in enumerate(tokens(tokenizer.read_bytes()))
    )
    destination.write_text("".join(lines), encoding="ascii")


def tokens(table: bytes) -> Iterator[bytes]:
    """Yield the tokens of a `tokenizer.bin`: each is preceded by its length.

    A length of 128 or more takes two bytes: the low seven bits, marked by the high bit, then the rest.

    Raises:
        ValueError: The table ends inside a token.
    """
    position = 0
    while position < len(table):
        length = table[position]
        position += 1
        if length >= 0x80:
            length = (length & 0x7F) | (table[position] << 7) if position < len(table) else len(table)
            position += 1
        if position + length > len(table):
            raise ValueError(f"the token table of the model ends inside a token, at byte {len(table)}")
        yield table[position : position + length]
        position += length
