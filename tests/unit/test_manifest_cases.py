"""Rows of manifests among the cases of a suite: their ids, and the limits of those without words."""

from __future__ import annotations

import json
from pathlib import Path

from suite_files import load, problems, write


def manifest(folder: Path, *rows: dict[str, object]) -> None:
    """Write a NeMo manifest; a row without audio has b.flac, all have the text x."""
    write(folder, "")
    full = ({"audio_filepath": "b.flac", "text": "x"} | row for row in rows)
    (folder / "calls.json").write_text("".join(json.dumps(row) + "\n" for row in full), encoding="utf-8")


def test_an_id_that_is_twice_in_one_manifest_is_told_once(tmp_path: Path) -> None:
    manifest(tmp_path, {"id": "u"}, {"id": "u"})
    (found,) = problems(tmp_path, "manifests: [{path: calls.json, format: nemo, columns: {id: id}}]\n")
    assert found == 'calls.json:2: the id "u" is there twice, first in calls.json:1'


def test_of_very_many_ids_that_cases_have_already_a_hundred_are_told(tmp_path: Path) -> None:
    names = [f"u{at}" for at in range(130)]
    manifest(tmp_path, *({"id": name} for name in names))
    own = "".join(f"- {{id: {name}, audio: hello.flac, reference: x}}\n" for name in names)
    text = f"manifests: [{{path: calls.json, format: nemo, columns: {{id: id}}}}]\ncases:\n{own}"
    found = problems(tmp_path, text)
    assert len(found) == 101
    assert found[0] == 's.stt.yaml:1: the id "u0" (from this manifest) is given twice, first on line 3'
    assert found[-1] == "s.stt.yaml:1: and 30 more ids (from this manifest) are given twice"


def test_a_word_error_rate_of_a_manifest_is_left_out_for_its_rows_without_words(tmp_path: Path) -> None:
    manifest(tmp_path, {"lang": "en"}, {"audio_filepath": "c.flac", "lang": "ja"})
    keys = "manifests: [{path: calls.json, format: nemo, assert_quality: {max_wer: 0.3, max_cer: 0.1}}]\n"
    english, japanese = load(tmp_path, keys).cases
    assert (english.limits.max_wer, english.limits.max_cer) == (0.3, 0.1)
    assert (japanese.limits.max_wer, japanese.limits.max_cer) == (None, 0.1)
