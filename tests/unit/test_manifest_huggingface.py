"""Data sets that the package `datasets` saved to disk, as rows of a suite."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import soundfile
from audio_makers import speech_like

from pytest_stt.audio import AudioSample
from pytest_stt.errors import AudioError
from pytest_stt.limits import NO_LIMITS
from pytest_stt.runner.digests import digest_of_case
from pytest_stt.runner.hearings import load
from pytest_stt.suite.manifests.faults import Faults
from pytest_stt.suite.manifests.huggingface import read_huggingface
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.saved_table import open_table
from pytest_stt.suite.manifests.source import Source
from pytest_stt.suite.model import Case

os.environ["HF_HUB_OFFLINE"] = "1"
import datasets
import manifest_rows

CELL = {"bytes": datasets.Value("binary"), "path": datasets.Value("string")}


@pytest.fixture(autouse=True)
def no_progress_bars() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


def flac(seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, speech_like(seconds), 16_000, format="FLAC")
    return file.getvalue()


def cell(name: str | None, content: bytes | None = b"never looked at") -> dict[str, Any]:
    return {"bytes": content, "path": name}


def plain(columns: dict[str, list[Any]], **kinds: Any) -> datasets.Dataset:
    """Make a data set; columns are of `kinds`, the others as the package guesses."""
    guessed = datasets.Dataset.from_dict({name: rows for name, rows in columns.items() if name not in kinds})
    features = datasets.Features({name: kinds.get(name) or guessed.features[name] for name in columns})
    return datasets.Dataset.from_dict(columns, features=features)


def made(columns: dict[str, list[Any]], *, audio: str = "audio", **kinds: Any) -> datasets.Dataset:
    """Make a data set; the column `audio` has the feature Audio."""
    # To make a column of this feature takes torch, to cast one doesn't.
    table = plain(columns, **{audio: CELL}, **kinds)
    return table.cast_column(audio, datasets.Audio(sampling_rate=16_000))


def saved(folder: Path, columns: dict[str, list[Any]], **kinds: Any) -> Path:
    made(columns, **kinds).save_to_disk(str(folder))
    return folder


def saved_plain(folder: Path, columns: dict[str, list[Any]]) -> Path:
    """Save audio that doesn't say so: the package would put the bytes of its files into the table."""
    plain(columns, audio=CELL).save_to_disk(str(folder))
    return folder


def source(path: Path, **columns: str) -> Source:
    return Source(path=path, faults=Faults(path, path.name), columns=columns, paths={})


def rows(path: Path, *, split: str | None = None, **columns: str) -> list[Utterance]:
    where = source(path, **columns)
    found = list(read_huggingface(where, split=split))
    assert where.faults.sentences() == []
    return found


def faults(path: Path, *, split: str | None = None, **columns: str) -> list[str]:
    where = source(path, **columns)
    list(read_huggingface(where, split=split))
    return where.faults.sentences()


def case_of(row: Utterance) -> Case:
    return Case(
        id="c",
        line=row.line,
        audio=Path(row.audio),
        references=(row.reference,),
        limits=NO_LIMITS,
        offset_s=row.offset_s,
        duration_s=row.duration_s,
        embedded=row.embedded,
    )


def test_the_columns_of_a_data_set_become_the_fields_of_rows(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "voices",
        {
            "clip": [cell("a.mp3"), cell("/far/away/b.mp3")],
            "sentence": ["Hello.", ""],
            "locale": ["en", None],
            "client_id": ["anna", ""],
            "age": [31, None],
            "gain": [0.1, 2.5],
            "up": [True, False],
            "accent": ["", "scottish"],
            "words": [["a"], ["b"]],
            "gender": [1, -1],
            "embedding": [b"\xff", b"\xfe"],
        },
        audio="clip",
        gain=datasets.Value("float32"),
        gender=datasets.ClassLabel(names=["male", "female"]),
    )
    first, second = rows(path)
    assert (first.line, first.reference, first.language, first.speaker) == (1, "Hello.", "en", "anna")
    assert first.meta == {"age": "31", "gain": "0.1", "up": "true", "gender": "female"}
    assert (second.line, second.reference, second.language, second.speaker) == (2, "", None, None)
    assert second.meta == {"gain": "2.5", "up": "false", "accent": "scottish"}
    assert (first.id, first.source) == ("", path)
    assert [first.audio, second.audio] == [str(path / "1/a.mp3"), str(path / "2/b.mp3")]
    assert (first.offset_s, first.duration_s) == (0.0, None)


@pytest.mark.parametrize("name", ["text", "sentence", "transcription", "transcript", "normalized_text"])
def test_the_transcript_is_found_under_its_usual_names(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], name: ["hi"]})
    (row,) = rows(path)
    assert (row.reference, row.meta) == ("hi", {})


def test_the_first_of_the_usual_names_wins_and_the_others_are_remarks(tmp_path: Path) -> None:
    columns = {"normalized_text": ["hi"], "text": ["Hi!"], "audio": [cell("a.wav")], "utt_id": ["u-7"]}
    (row,) = rows(saved(tmp_path / "d", columns))
    assert (row.id, row.reference, row.meta) == ("u-7", "Hi!", {"normalized_text": "hi"})


def test_a_suite_names_columns_of_its_own(tmp_path: Path) -> None:
    columns = {
        "noise": [cell("n.wav")],
        "speech": [cell("s.wav")],
        "said": [7],
        "text": ["no"],
        "key": [12],
        "begin": [1.5],
        "length": ["2.25"],
        "duration": [9.0],
    }
    path = saved(tmp_path / "d", columns, audio="noise", speech=CELL)
    (row,) = rows(path, audio="speech", reference="said", id="key", offset="begin", duration="length")
    assert (row.audio, row.reference, row.id) == (str(path / "1/s.wav"), "7", "12")
    assert (row.offset_s, row.duration_s) == (1.5, 2.25)
    assert row.meta == {"text": "no", "duration": "9"}


def test_the_audio_of_a_row_is_what_was_saved(tmp_path: Path) -> None:
    contents = [flac(0.5), flac(0.75)]
    cells = [cell("a.flac", contents[0]), cell(None, contents[1])]
    path = saved(tmp_path / "d", {"audio": cells, "text": ["a", "b"]})
    first, second = rows(path)
    assert first.embedded is not None
    assert second.embedded is not None
    assert first.embedded.read() == ("a.flac", contents[0])
    assert second.embedded.read() == ("2", contents[1])
    sample = load(case_of(second), digest=True)
    assert (sample.duration_ms, sample.sha256) == (750.0, digest_of_case(case_of(second)))
    with sample.open_upload() as (name, file, content_type):
        assert (name, content_type, file.read()) == ("2.flac", "audio/flac", contents[1])


def test_audio_that_is_no_audio_is_an_error_with_table_and_row(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.flac", b"noise")], "text": ["a"]})
    (row,) = rows(path)
    with pytest.raises(AudioError, match=r"d/1/a\.flac: expected WAV, FLAC"):
        load(case_of(row), digest=False)


def test_a_path_without_bytes_is_a_file_in_the_folder(tmp_path: Path) -> None:
    cells = [cell("clips/a.flac", None), cell("/data/b.flac", None), cell("c.flac")]
    path = saved_plain(tmp_path / "d", {"audio": cells, "text": ["a", "b", "c"]})
    (path / "clips").mkdir()
    (path / "clips/a.flac").write_bytes(flac())
    first, second, third = rows(path)
    assert [first.embedded, second.embedded] == [None, None]
    assert [first.audio, second.audio, third.audio] == [
        str(path / "clips/a.flac"),
        "/data/b.flac",
        str(path / "3/c.flac"),
    ]
    assert load(case_of(first), digest=False).duration_ms == 500.0


def test_a_column_of_paths_is_audio_too(tmp_path: Path) -> None:
    path = tmp_path / "d"
    datasets.Dataset.from_dict({"audio": ["a.wav"], "text": ["a"]}).save_to_disk(str(path))
    (row,) = rows(path)
    assert (row.audio, row.embedded) == (str(path / "a.wav"), None)


def test_rows_are_numbered_through_all_parts_of_a_large_table(tmp_path: Path) -> None:
    count = 20_003
    columns = {"audio": [cell(f"u{n}.wav", b"%d" % n) for n in range(count)], "text": ["x"] * count}
    found = rows(saved(tmp_path / "d", columns))
    assert [row.line for row in found] == list(range(1, count + 1))
    assert found[10_000].embedded is not None
    assert found[10_000].embedded.read() == ("u10000.wav", b"10000")
    assert found[-1].embedded is not None
    assert found[-1].embedded.read() == ("u20002.wav", b"20002")


def test_every_bad_row_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    cells = [cell("a.wav"), cell("b.wav"), cell(None, None), cell("", None), None, cell("f.wav")]
    columns = {"audio": cells, "text": ["a", None, "c", "d", "e", "f"], "at": ["0", "0", "0", "0", "0", "-1"]}
    where = source(saved_plain(tmp_path / "d", columns), offset="at")
    assert [row.line for row in read_huggingface(where)] == [1]
    assert where.faults.sentences() == [
        'd:2: expected a reference (text, "" for silence), found nothing',
        "d:3: expected audio, found neither its bytes nor the path of a file",
        "d:4: expected audio, found neither its bytes nor the path of a file",
        "d:5: expected audio, found neither its bytes nor the path of a file",
        'd:6: expected an offset of 0 or more seconds, found "-1"',
    ]


@pytest.fixture
def splits(tmp_path: Path) -> Path:
    path = tmp_path / "d"
    train, test = (made({"audio": [cell("a.wav")], "text": [text]}) for text in ("train", "test"))
    datasets.DatasetDict({"train": train, "test": test}).save_to_disk(str(path))
    return path


def test_one_of_several_splits_is_read(splits: Path) -> None:
    (row,) = rows(splits, split="test")
    assert (row.reference, row.audio, row.line) == ("test", str(splits / "test/1/a.wav"), 1)
    (row,) = rows(splits / "train")
    assert row.reference == "train"


def test_of_several_splits_one_has_to_be_named(splits: Path) -> None:
    assert faults(splits) == ['d: the data set has the splits train, test; name the one to take with "split"']
    (fault,) = faults(splits, split="tset")
    assert fault.startswith('d: the data set has the splits train, test, not "tset"')
    assert 'did you mean "test"' in fault
    assert faults(splits, split="dev") == ['d: the data set has the splits train, test, not "dev"']


def test_the_only_split_needs_no_name(tmp_path: Path) -> None:
    table = made({"audio": [cell("a.wav")], "text": ["only"]})
    datasets.DatasetDict({"test": table}).save_to_disk(str(tmp_path / "d"))
    (row,) = rows(tmp_path / "d")
    assert row.reference == "only"


def test_a_split_of_what_has_none_is_an_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": ["a"]})
    assert faults(path, split="test") == ['d: the data set has no splits, found "split: test"; leave it out']


def test_a_folder_of_another_kind_is_an_error_that_says_how_to_save_one(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (fault,) = faults(tmp_path / "d")
    assert "expected a folder that save_to_disk of the package datasets wrote" in fault
    assert "load_dataset(...).save_to_disk(FOLDER)" in fault


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"splits": 3}'])
def test_a_damaged_list_of_splits_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "dataset_dict.json").write_text(content)
    (fault,) = faults(tmp_path)
    assert "dataset_dict.json can't be read" in fault


@pytest.mark.parametrize("split", ["../up", "gone"])
def test_a_split_that_is_not_there_is_an_error(tmp_path: Path, split: str) -> None:
    (tmp_path / "dataset_dict.json").write_text(f'{{"splits": ["{split}"]}}')
    (fault,) = faults(tmp_path)
    assert "No such file or directory" in fault


def test_a_damaged_table_is_an_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": ["a"]})
    for file in path.glob("*.arrow"):
        file.write_bytes(b"nothing like it")
    (fault,) = faults(path)
    assert fault.startswith("d: the data set can't be read (")
    assert "write it again with save_to_disk" in fault


def test_columns_that_are_missing_are_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "d"
    datasets.Dataset.from_dict({"speech": ["a.wav"], "words": ["a"]}).save_to_disk(str(path))
    assert faults(path) == [
        'd: there is no column for the audio (audio); name it under "columns"; there are: speech, words',
        "d: there is no column for the reference (text, sentence, transcription, transcript, "
        'normalized_text); name it under "columns"; there are: speech, words',
    ]
    fault, _ = faults(path, audio="speach")
    assert fault.startswith('d: there is no column "speach"')
    assert '"speech"' in fault


def test_a_column_of_another_type_is_an_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": [["a", "b"]], "n": [[1]]})
    assert faults(path, audio="n") == [
        'd: expected audio or paths of audio files in the column "n", found the type list<item: int64>',
        'd: expected text for the reference in the column "text", found the type list<item: string>',
    ]


def test_a_table_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav", b"1")], "text": ["old"]})
    (old,) = rows(path)
    open_table.cache_clear()
    saved(path, {"audio": [cell("a.wav", b"2")], "text": ["new"]})
    os.utime(path / "state.json", ns=(1, 1))
    (new,) = rows(path)
    assert new.reference == "new"
    assert new.embedded is not None
    assert new.embedded.read() == ("a.wav", b"2")
    assert old.embedded is not None
    with pytest.raises(AudioError, match=r"d: the audio of row 1 can't be read: the data set has changed"):
        old.embedded.read()


def test_without_the_package_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": ["a"]})
    monkeypatch.setitem(sys.modules, "datasets", None)
    (fault,) = faults(path)
    assert 'pip install "pytest-stt[huggingface]"' in fault


def test_a_folder_that_hides_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": ["a"]})
    hiding = ModuleType("datasets")
    hiding.__path__ = ["/home/me/project/datasets"]
    monkeypatch.setitem(sys.modules, "datasets", hiding)
    (fault,) = faults(path)
    assert 'pip install "pytest-stt[huggingface]"' in fault
    assert "/home/me/project/datasets" in fault


@pytest.mark.parametrize("disabled", [True, False])
def test_progress_bars_are_as_they_were_afterwards(tmp_path: Path, disabled: bool) -> None:
    path = saved(tmp_path / "d", {"audio": [cell("a.wav")], "text": ["a"]})
    (datasets.disable_progress_bars if disabled else datasets.enable_progress_bars)()
    rows(path)
    assert datasets.are_progress_bars_disabled() is disabled


def test_a_large_table_draws_nothing_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    columns = {"audio": [cell("a.wav")] * 20, "text": ["a"] * 20}
    made(columns).save_to_disk(str(tmp_path / "d"), num_shards=20)
    capfd.readouterr()
    datasets.enable_progress_bars()
    assert len(rows(tmp_path / "d")) == 20
    assert capfd.readouterr() == ("", "")


def test_a_sample_of_a_row_has_the_rows_segment(tmp_path: Path) -> None:
    content = flac(2)
    columns = {"audio": [cell("a.flac", content)], "text": ["a"], "begin": [0.5], "length": [1.0]}
    path = saved(tmp_path / "d", columns)
    (row,) = rows(path, offset="begin", duration="length")
    sample = load(case_of(row), digest=False)
    whole = AudioSample.from_bytes(content, file_name="a.flac")
    assert sample.pcm16() == whole.pcm16()[16_000:48_000]


@pytest.mark.parametrize(
    "where", ["{locale: de}", "{client_id: anna}", "{sentence: Hallo}", "{language: de}", "{speaker: anna}"]
)
def test_where_knows_the_names_of_the_columns(tmp_path: Path, where: str) -> None:
    saved(
        tmp_path / "d",
        {
            "audio": [cell("a.wav"), cell("b.wav")],
            "sentence": ["Hello", "Hallo"],
            "locale": ["en", "de"],
            "client_id": ["bob", "anna"],
        },
    )
    (row,) = manifest_rows.rows(tmp_path, f"{{path: d, format: huggingface, where: {where}}}")
    assert row.reference == "Hallo"


def test_where_finds_a_second_column_of_the_same_kind(tmp_path: Path) -> None:
    columns = {"audio": [cell("a.wav")] * 2, "text": ["x", "y"], "sentence": ["X.", "Y."]}
    saved(tmp_path / "d", columns)
    (row,) = manifest_rows.rows(tmp_path, "{path: d, format: huggingface, where: {sentence: Y.}}")
    assert row.reference == "y"
