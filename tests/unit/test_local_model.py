from __future__ import annotations

import base64
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from pytest_stt.local.model import find_model, tokens, write_tokens


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed `moonshine_voice` without anything in it."""
    spec = ModuleSpec("moonshine_voice", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr("pytest_stt.local.model.find_spec", lambda name: spec)
    return tmp_path


def test_tokens_are_preceded_by_their_length() -> None:
    assert list(tokens(b"\x05<unk>\x01a\x00\x02\xe2\x96")) == [b"<unk>", b"a", b"", b"\xe2\x96"]


@pytest.mark.parametrize("length", [127, 128, 129, 255, 256, 300, 16_383])
def test_a_long_token_has_a_length_of_two_bytes(length: int) -> None:
    prefix = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    token = b"x" * length
    assert list(tokens(prefix + token + b"\x01y")) == [token, b"y"]


@pytest.mark.parametrize("table", [b"\x05<un", b"\x01a\x80", b"\x80\x01x"])
def test_a_table_that_ends_inside_a_token_is_refused(table: bytes) -> None:
    with pytest.raises(ValueError, match="ends inside a token"):
        list(tokens(table))


def test_tokens_are_written_as_the_engine_reads_them(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.bin").write_bytes(b"\x05<unk>\x01\x00")
    write_tokens(tmp_path / "tokenizer.bin", tmp_path / "tokens.txt")

    lines = (tmp_path / "tokens.txt").read_text().splitlines()
    assert [line.split() for line in lines] == [["PHVuaz4=", "0"], ["AA==", "1"]]
    assert base64.b64decode("PHVuaz4=") == b"<unk>"


def test_the_model_is_found_without_importing_its_package() -> None:
    model = find_model()

    assert model is not None
    assert model.tokenizer.stat().st_size > 200_000
    assert "moonshine_voice" not in sys.modules


def test_a_package_that_is_not_there_has_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.local.model.find_spec", lambda name: None)
    assert find_model() is None


def test_a_package_without_all_files_has_no_model(package: Path) -> None:
    assert find_model() is None
    assets = package / "assets" / "tiny-en"
    assets.mkdir(parents=True)
    (assets / "encoder_model.ort").touch()
    (assets / "decoder_model_merged.ort").touch()
    assert find_model() is None
    (assets / "tokenizer.bin").touch()
    assert find_model() is not None
