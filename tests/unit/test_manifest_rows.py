"""What is the same for every format: ids, paths, which rows are taken, and what is said about mistakes."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifest_rows import problems, rows, touch, write

from pytest_stt.suite.manifests.audio_files import find_audio
from pytest_stt.suite.manifests.entry import DataSetEntry
from pytest_stt.suite.manifests.faults import MOST_SHOWN, Faults
from pytest_stt.suite.manifests.identity import sampling_name
from pytest_stt.suite.manifests.reading import READERS, manifest_name
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.selection import sample


def put(folder: Path, *items: dict[str, Any], name: str = "m.jsonl") -> None:
    """Write JSON lines, and an audio file for each; a row without one is about `a.wav`, text is `x`."""
    items = tuple({"audio_filepath": "a.wav", "text": "x"} | item for item in items)
    write(folder, name, "".join(json.dumps(item) + "\n" for item in items))
    touch(folder, *(item["audio_filepath"] for item in items))


def ids(folder: Path, keys: str = "") -> list[str]:
    return [row.id for row in rows(folder, f"path: m.jsonl\nformat: nemo\ncolumns: {{id: id}}\n{keys}")]


def trouble(folder: Path, keys: str = "") -> list[str]:
    return problems(folder, f"path: m.jsonl\nformat: nemo\ncolumns: {{id: id}}\n{keys}")


# Ids


def test_an_id_is_the_formats_own_else_the_stem_else_stem_and_row(tmp_path: Path) -> None:
    put(tmp_path, {"id": "own"}, {"audio_filepath": "b.c.wav"}, {}, {"audio_filepath": "d/a.flac"})
    assert ids(tmp_path) == ["own", "b.c", "a-3", "a-4"]


def test_an_id_does_not_change_with_what_is_chosen(tmp_path: Path) -> None:
    put(tmp_path, {"n": 1}, {"n": 2})
    assert ids(tmp_path, "limit: 1") == ["a-1"]
    assert ids(tmp_path, "where: {n: 2}") == ["a-2"]


def test_a_stem_that_looks_like_a_numbered_one_gets_its_number_too(tmp_path: Path) -> None:
    put(tmp_path, {}, {}, {"audio_filepath": "a-2.wav"}, {"id": "a-1"})
    found = ids(tmp_path)
    assert len(set(found)) == 4
    assert found[3] == "a-1"


def test_an_own_id_that_is_there_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    put(tmp_path, {"id": "u"}, {"id": "v"}, {"id": "u"})
    assert trouble(tmp_path) == ['suites/m.jsonl:3: the id "u" is there twice, first in suites/m.jsonl:1']


def test_an_id_that_cannot_be_in_a_node_id_is_a_bad_row(tmp_path: Path) -> None:
    put(tmp_path, {"id": "a::b"}, {"audio_filepath": "x[1].wav"})
    own, stem = trouble(tmp_path)
    assert own.startswith("suites/m.jsonl:1: an id has no")
    assert 'found "x[1]" (from the name of the audio file)' in stem


def test_with_several_manifests_the_name_goes_before_the_id(tmp_path: Path) -> None:
    put(tmp_path, {}, name="set.v2.jsonl")
    keys = "path: set.v2.jsonl\nformat: nemo\n"
    assert rows(tmp_path, keys, named=True)[0].id == "set.v2/a"
    assert rows(tmp_path, f"{keys}name: calls", named=True)[0].id == "calls/a"
    assert rows(tmp_path, f"{keys}name: calls")[0].id == "a"


def test_the_name_of_a_folder_is_all_of_it(tmp_path: Path) -> None:
    folder = DataSetEntry(path="../corpora/v1.2/.", format="pairs")
    assert manifest_name(folder, tmp_path) == "v1.2"
    assert manifest_name(DataSetEntry(path=".", format="kaldi"), tmp_path) == tmp_path.name


def test_a_name_that_cannot_be_in_a_node_id_is_refused_where_it_comes_from(tmp_path: Path) -> None:
    put(tmp_path, {}, name="set[1].jsonl")
    (given_name,) = problems(tmp_path, "path: set[1].jsonl\nformat: nemo\nname: 'a::b'\n", named=True)
    assert given_name.startswith("suites/s.yaml:3: the name of a manifest has no")
    (of_file,) = problems(tmp_path, "path: set[1].jsonl\nformat: nemo\n", named=True)
    assert of_file.startswith("suites/s.yaml:1: the name of a manifest has no")
    assert of_file.endswith('found "set[1]"; give the manifest a "name"')


# Paths


def test_a_relative_path_begins_at_the_manifest_or_at_the_folder_of_the_suites_choice(tmp_path: Path) -> None:
    touch(tmp_path, "sets/a.wav", "clips/a.wav")
    write(tmp_path, "sets/m.jsonl", '{"audio_filepath": "a.wav", "text": "x"}')
    keys = "path: sets/m.jsonl\nformat: nemo\n"
    assert rows(tmp_path, keys)[0].audio == tmp_path / "sets/a.wav"
    assert rows(tmp_path, f"{keys}audio: clips")[0].audio == tmp_path / "clips/a.wav"


def test_the_longest_mapped_beginning_wins_and_ends_at_a_slash(tmp_path: Path) -> None:
    touch(tmp_path, "corpora/x/a.wav", "fisher/b.wav", "data/corporation/c.wav")
    lines = ["/data/corpora/x/a.wav", "/data/corpora/fisher/b.wav", "/data/corporation/c.wav"]
    write(
        tmp_path,
        "m.jsonl",
        "\n".join(json.dumps({"audio_filepath": line, "text": "x"}) for line in lines),
    )
    keys = "{/data/corpora: corpora, /data/corpora/fisher/: fisher, /data: data}"
    found = rows(tmp_path, f"path: m.jsonl\nformat: nemo\npaths: {keys}")
    assert [row.audio.relative_to(tmp_path).as_posix() for row in found] == [
        "corpora/x/a.wav",
        "fisher/b.wav",
        "data/corporation/c.wav",
    ]


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        ("C:\\data\\x\\b.wav", "C:\\data"),
        ("C:\\data\\x\\b.wav", "C:\\data\\"),
        ("C:/data/x/b.wav", "C:\\data"),
        ("./clips/x/b.wav", "clips"),
        ("././/clips/x/b.wav", "clips/"),
        ("clips/x/b.wav", "./clips"),
        ("./x/b.wav", "./x/.."),
    ],
)
def test_a_beginning_is_found_however_it_is_written(tmp_path: Path, written: str, prefix: str) -> None:
    touch(tmp_path, "corp/x/b.wav", "x/b.wav")
    write(tmp_path, "m.jsonl", json.dumps({"audio_filepath": written, "text": "x"}))
    keys = json.dumps({prefix: "corp"})
    (row,) = rows(tmp_path, f"path: m.jsonl\nformat: nemo\npaths: {keys}")
    assert row.audio == tmp_path / ("x/b.wav" if ".." in prefix else "corp/x/b.wav")


def test_a_backslash_is_a_character_where_no_beginning_has_one(tmp_path: Path) -> None:
    touch(tmp_path, "corp/x\\b.wav")
    write(tmp_path, "m.jsonl", json.dumps({"audio_filepath": "/data/x\\b.wav", "text": "x"}))
    (row,) = rows(tmp_path, "path: m.jsonl\nformat: nemo\npaths: {/data: corp}")
    assert row.audio == tmp_path / "corp/x\\b.wav"


def test_the_root_can_be_mapped(tmp_path: Path) -> None:
    touch(tmp_path, "disk/a.wav")
    write(tmp_path, "m.jsonl", '{"audio_filepath": "/a.wav", "text": "x"}')
    (row,) = rows(tmp_path, "path: m.jsonl\nformat: nemo\npaths: {/: disk}")
    assert row.audio == tmp_path / "disk/a.wav"


def test_audio_that_is_not_there_is_a_bad_row_and_the_first_one_has_the_advice(tmp_path: Path) -> None:
    names = ("b.wav", "/no/c.wav", "m.jsonl/d", "e\0.wav", ".")
    items = ({"audio_filepath": name, "text": "x", "id": f"u{at}"} for at, name in enumerate(names))
    write(tmp_path, "m.jsonl", "\n".join(map(json.dumps, items)))
    first, second, third, null, folder = trouble(tmp_path)
    assert first.startswith("suites/m.jsonl:1: audio file not found: b.wav")
    assert '"paths"' in first
    assert second == "suites/m.jsonl:2: audio file not found: /no/c.wav"
    assert third == "suites/m.jsonl:3: audio file not found: m.jsonl/d"
    assert null == r"suites/m.jsonl:4: audio file not found: e\x00.wav"
    assert folder == "suites/m.jsonl:5: audio is a directory: ."


def test_audio_that_cannot_be_looked_at_is_a_bad_row(tmp_path: Path) -> None:
    name = "x" * 300 + ".wav"
    write(tmp_path, "m.jsonl", json.dumps({"audio_filepath": name, "text": "x"}))
    (problem,) = trouble(tmp_path)
    assert "audio file can't be read (File name too long)" in problem


def test_of_a_long_path_the_beginning_is_shown(tmp_path: Path) -> None:
    name = "/".join(["x" * 100] * 30)
    write(tmp_path, "m.jsonl", json.dumps({"audio_filepath": f"{name}/a.wav", "text": "x"}))
    (problem,) = trouble(tmp_path)
    assert len(problem) < 450
    (problem,) = problems(tmp_path, f"{{path: {name}, format: nemo}}")
    assert len(problem) < 300


def test_what_is_no_file_is_no_audio(tmp_path: Path) -> None:
    write(tmp_path, "m.jsonl", '{"audio_filepath": "/dev/null", "text": "x"}')
    assert "audio is no file: /dev/null" in trouble(tmp_path)[0]


def test_only_the_manifest_is_opened_however_many_rows_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, *({"audio_filepath": f"{number}.wav"} for number in range(50)))
    opened, really_open = [], io.open

    def spy(file: Any, *args: Any, **kwargs: Any) -> Any:
        opened.append(Path(file).name)
        return really_open(file, *args, **kwargs)

    monkeypatch.setattr(io, "open", spy)
    assert len(ids(tmp_path)) == 50
    assert opened == ["m.jsonl"]


def test_only_the_audio_of_chosen_rows_is_looked_for(tmp_path: Path) -> None:
    put(tmp_path, {"n": 1}, {"n": 2, "audio_filepath": "b.wav"})
    (tmp_path / "b.wav").unlink()
    assert ids(tmp_path, "limit: 1") == ["a"]


# Selection


def people(folder: Path) -> None:
    put(
        folder,
        {"id": "1", "gender": "female", "accent": "scottish", "age": 20, "duration": 3.0, "lang": "en"},
        {"id": "2", "gender": "female", "accent": "irish", "age": "31", "duration": 30},
        {"id": "3", "gender": "male", "accent": "irish", "age": "", "duration": 20},
        {"id": "4", "gender": "female", "accent": "welsh", "offset": 0, "duration": 2},
    )


@pytest.mark.parametrize(
    ("where", "chosen"),
    [
        ("{gender: female}", "124"),
        ("{gender: female, accent: [scottish, irish]}", "12"),
        ("{duration: {max: 20}}", "134"),
        ("{duration: {min: 20, max: 1e2}}", "23"),
        ("{duration: 2}", "4"),
        ("{offset: {max: 0}}", "1234"),
        ("{offset: 0}", "1234"),
        ("{age: {min: 21}}", "2"),
        ("{age: [20]}", "1"),
        ("{id: [3, 4]}", "34"),
        ('{age: ""}', "34"),
        ('{age: ["", 20]}', "134"),
        ('{lang: ""}', "234"),
        ('{speaker: ""}', "1234"),
        ("{lang: en}", "1"),
        ("{language: en}", "1"),
        ("{reference: x, audio_filepath: {min: 1}}", ""),
    ],
)
def test_where_takes_the_rows_that_are_like_it(tmp_path: Path, where: str, chosen: str) -> None:
    people(tmp_path)
    if chosen:
        assert "".join(ids(tmp_path, f"where: {where}")) == chosen
    else:
        assert "expected numbers in this field" in trouble(tmp_path, f"where: {where}")[0]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("{gendr: female}", 'gendr: no row has a field "gendr"; did you mean "gender"?'),
        ("{speaker: x}", 'speaker: no row has a field "speaker"; it has id, '),
        ("{gender: femal}", 'gender: no row has "femal" there; did you mean "female"?'),
        ("{accent: [x, y]}", 'accent: no row has "x" or "y" there; it has irish, scottish, welsh'),
        ('{gender: ""}', "gender: every row has a value there"),
        ('{gendr: ""}', 'gendr: no row has a field "gendr"; did you mean "gender"?'),
        ("{age: {max: 3}}", "age: no row is in this range"),
        (
            "{accent: {max: 3}}",
            'accent: expected numbers in this field, found "scottish" in suites/m.jsonl:1',
        ),
    ],
)
def test_a_condition_that_no_row_can_meet_is_a_problem_of_the_suite(
    tmp_path: Path, where: str, sentence: str
) -> None:
    people(tmp_path)
    (problem,) = trouble(tmp_path, f"where:\n  {where}")
    assert problem.startswith(f"suites/s.yaml:5: where: {sentence}")


@pytest.mark.parametrize(
    ("files", "keys", "audio"),
    [
        ({"m.csv": "file,reference\nclips/a.wav,x\nclips/b.wav,y\n"}, "m.csv, format: csv", "file"),
        ({"m.csv": "file,reference\nclips/a.wav,x\nclips/b.wav,y\n"}, "m.csv, format: csv", "audio"),
        (
            {"k/text": "u x\nv y\n", "k/wav.scp": "u clips/a.wav\nv clips/b.wav\n"},
            "k, format: kaldi",
            "audio",
        ),
        (
            {
                "k/text": "u x\nv y\n",
                "k/wav.scp": "r clips/a.wav\ns clips/b.wav\n",
                "k/segments": "u r 0 1\nv s 0 -1\n",
            },
            "k, format: kaldi",
            "audio",
        ),
        ({"p/clips/a.txt": "x\n", "p/clips/b.txt": "y\n"}, "p, format: pairs", "audio"),
    ],
)
def test_audio_is_chosen_by_its_path_in_the_manifest_else_in_the_data_set(
    tmp_path: Path, files: dict[str, str], keys: str, audio: str
) -> None:
    for name, text in files.items():
        write(tmp_path, name, text)
    for folder in ("", "k/", "p/"):
        touch(tmp_path, f"{folder}clips/a.wav", f"{folder}clips/b.wav")
    columns = "columns: {audio: file}, " if "csv" in keys else ""
    start = f"{{path: {keys}, {columns}where: {{{audio}: "
    (row,) = rows(tmp_path, start + "clips/b.wav}}")
    assert row.reference == "y"
    (problem,) = problems(tmp_path, start + "clips/.wav}}")
    assert problem.startswith(
        f'suites/s.yaml:1: where: {audio}: no row has "clips/.wav" there; did you mean "clips/'
    )


def test_audio_is_chosen_as_it_is_written_where_paths_are_mapped(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "audio,reference\n/data/a.wav,x\n/data/b.wav,y\n")
    touch(tmp_path, "here/b.wav")
    (row,) = rows(tmp_path, "{path: m.csv, format: csv, paths: {/data: here}, where: {audio: /data/b.wav}}")
    assert row.audio == tmp_path / "here/b.wav"


def test_of_very_many_values_none_is_proposed(tmp_path: Path) -> None:
    put(tmp_path, *({"id": str(number), "n": f"n{number}"} for number in range(40)))
    assert trouble(tmp_path, "where: {n: n40}") == ['suites/s.yaml:4: where: n: no row has "n40" there']


def test_conditions_that_no_row_meets_together_are_a_problem(tmp_path: Path) -> None:
    people(tmp_path)
    assert trouble(tmp_path, "where: {gender: male, accent: welsh}") == [
        "suites/s.yaml:4: where: none of the 4 rows is all of this"
    ]


def test_where_goes_before_sample_and_sample_before_limit(tmp_path: Path) -> None:
    put(tmp_path, *({"id": f"u{number}", "odd": str(number % 2)} for number in range(100)))
    sampled = ids(tmp_path, "where: {odd: 1}\nsample: 10\nseed: 7")
    assert len(sampled) == 10
    assert all(int(name[1:]) % 2 for name in sampled)
    assert ids(tmp_path, "where: {odd: 1}\nsample: 10\nseed: 7\nlimit: 3") == sampled[:3]
    assert ids(tmp_path, "limit: 3") == ["u0", "u1", "u2"]
    assert sampled != ids(tmp_path, "where: {odd: 1}\nsample: 10\nseed: 8")


def test_a_sample_stays_the_same_when_the_manifest_gets_a_name(tmp_path: Path) -> None:
    put(tmp_path, *({"audio_filepath": f"{number}.wav"} for number in range(30)))
    keys = "path: m.jsonl\nformat: nemo\nsample: 5\n"
    assert [f"m/{row.id}" for row in rows(tmp_path, keys)] == [
        row.id for row in rows(tmp_path, keys, named=True)
    ]


def segments(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Make so many segments of one recording, and of files that have the same name in several folders."""
    parts = [{"offset": at, "duration": 1} for at in range(count // 2)]
    return [*parts, *({"audio_filepath": f"{at}/a.wav"} for at in range(count - count // 2))]


@pytest.mark.parametrize("place", [0, 10, 35, 60])
def test_a_new_segment_drives_out_at_most_one_of_a_sample(tmp_path: Path, place: int) -> None:
    def chosen() -> set[tuple[Path, float]]:
        return {
            (row.audio, row.offset_s) for row in rows(tmp_path, "path: m.jsonl\nformat: nemo\nsample: 12\n")
        }

    items = segments(60)
    put(tmp_path, *items)
    before = chosen()
    items.insert(place, {"offset": 99.5})
    put(tmp_path, *items)
    assert len(before) == 12
    assert len(before - chosen()) <= 1


def test_a_row_is_sampled_by_its_id_else_by_its_file_and_which_part_of_it_it_is(tmp_path: Path) -> None:
    class Embedded:
        def read(self) -> tuple[str, bytes]:
            raise AssertionError("nobody reads audio when a suite is collected")

    def name(audio: str, **values: Any) -> str:
        return sampling_name(Utterance(tmp_path, 1, audio, "x", **values), ("/d/e", "/d"))

    assert name("/d/e/f/a.wav", id="u") == "u"
    assert (name("/d/e/f/a.wav"), name("/d/ef/a.wav"), name("/x/a.wav")) == ("f/a", "ef/a", "a")
    assert name("/d/e/7/a.wav", embedded=Embedded()) == "a"
    parts = [(0.0, None), (0.0, 1.0), (1.0, None), (1.0, 1.0)]
    assert len({name("/d/a.wav", offset_s=begin, duration_s=length) for begin, length in parts}) == 4


def test_a_sample_is_the_same_wherever_the_data_set_is(tmp_path: Path) -> None:
    keys = "path: m.jsonl\nformat: nemo\nsample: 12\n"
    for name in ("here", "there"):
        put(tmp_path / name, *segments(60))
    here, there = (rows(tmp_path / name, keys) for name in ("here", "there"))
    assert [row.id for row in here] == [row.id for row in there]


@given(st.sets(st.text(), max_size=60), st.integers(1, 70), st.integers())
def test_a_sample_keeps_the_order_and_is_all_when_it_is_larger(names: set[str], size: int, seed: int) -> None:
    everything = sorted(names)
    chosen = sample(everything, size, seed)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(size, len(everything))
    assert chosen == sample(everything, size, seed)


def test_a_new_row_drives_out_at_most_one_of_a_sample() -> None:
    names = [f"utt-{number}" for number in range(500)]
    before = {names[at] for at in sample(names, 50, seed=1)}
    names.insert(random.Random(0).randrange(500), "new")
    after = {names[at] for at in sample(names, 50, seed=1)}
    assert len(before - after) <= 1
    assert after - before <= {"new"}


# Keys


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("{path: m.jsonl}", 'suites/s.yaml:1: a manifest needs the key "format"'),
        ("{format: nemo}", 'suites/s.yaml:1: a manifest needs the key "path"'),
        ("{path: x.jsonl, format: nemo}", "suites/s.yaml:1: manifest not found: x.jsonl"),
        ("{path: " + "x" * 300 + ", format: nemo}", "suites/s.yaml:1: no name of a file: xxx"),
        ("{path: ., format: nemo}", "a manifest of the format nemo is a file, this is a folder: ."),
        ("{path: m.jsonl, format: kaldi}", "a manifest of the format kaldi is a folder, this is a file"),
        ("{path: ., format: pairs, columns: {id: x}}", '"columns" is for common-voice, csv, '),
        ("{path: ., format: librispeech, audio: x}", '"audio" is for '),
        ("{path: m.jsonl, format: nemo, split: x}", '"split" is for huggingface, not for nemo'),
    ],
)
def test_keys_that_do_not_fit_are_problems_of_the_suite(tmp_path: Path, keys: str, sentence: str) -> None:
    put(tmp_path, {})
    assert any(sentence in problem for problem in problems(tmp_path, keys))


def test_keys_that_were_refused_before_are_not_missed_again(tmp_path: Path) -> None:
    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.manifests.reading import read_manifest
    from pytest_stt.suite.problems import Problems

    node, found = YamlMapping(1), Problems("s.yaml")
    node.lines = {"path": 1, "format": 2}
    assert read_manifest(DataSetEntry(), node, folder=tmp_path, named=False, problems=found) == ()
    assert not found


def test_a_manifest_above_the_suite_is_called_by_its_short_path(tmp_path: Path) -> None:
    write(tmp_path, "m.jsonl", "[]")
    (tmp_path / "suites").mkdir()
    (problem,) = problems(tmp_path / "suites", "{path: ../m.jsonl, format: nemo}")
    assert problem.startswith("m.jsonl:1: ")


def test_after_a_hundred_bad_rows_the_rest_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "m.jsonl", "[]\n" * 250)
    found = trouble(tmp_path)
    assert len(found) == MOST_SHOWN + 1
    assert found[-1] == "suites/m.jsonl: and 150 more problems of this manifest"


def test_there_is_a_reader_for_every_format() -> None:
    from typing import get_args

    from pytest_stt.suite.manifests.entry import Format

    assert set(READERS) == set(get_args(Format))


def test_audio_inside_of_something_else_is_not_looked_for(tmp_path: Path) -> None:
    class Embedded:
        def read(self) -> tuple[str, bytes]:
            raise AssertionError("nobody reads audio when a suite is collected")

    faults = Faults(tmp_path, "set")
    find_audio([Utterance(tmp_path, 1, "no.wav", "x", embedded=Embedded())], tmp_path, faults)
    assert not faults
