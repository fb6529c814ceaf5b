"""`csv`, `tsv` and `common-voice`: tables with a header."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from manifest_rows import problems, rows, touch, write

CSV = "{path: m.csv, format: csv}"
TSV = "{path: m.tsv, format: tsv}"


@pytest.fixture(autouse=True)
def _audio(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b.wav")


def test_the_columns_of_a_csv_are_what_they_are_called(tmp_path: Path) -> None:
    write(
        tmp_path,
        "m.csv",
        """\
        id,audio,reference,language,offset,duration,speaker,accent
        first,a.wav,"one, two",en,1.5,2,jane,scottish
        """,
    )
    (row,) = rows(tmp_path, CSV)
    assert (row.id, row.line, row.source) == ("first", 2, tmp_path / "m.csv")
    assert (row.audio, row.reference, row.language) == (tmp_path / "a.wav", "one, two", "en")
    assert (row.offset_s, row.duration_s, row.speaker) == (1.5, 2.0, "jane")
    assert row.meta == {"accent": "scottish"}
    assert row.embedded is None


def test_a_suite_names_the_columns_that_are_called_otherwise(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "path,sentence,who\na.wav,hello,jane\n")
    (row,) = rows(
        tmp_path, "{path: m.csv, format: csv, columns: {audio: path, reference: sentence, speaker: who}}"
    )
    assert (row.reference, row.speaker, row.meta) == ("hello", "jane", {})


def test_an_empty_reference_is_silence_and_other_empty_cells_are_nothing(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "audio,reference,language,offset,duration,accent\na.wav,,,,,\n")
    (row,) = rows(tmp_path, CSV)
    assert (row.id, row.reference, row.language, row.offset_s, row.duration_s) == ("a", "", None, 0, None)
    assert row.meta == {}


def test_a_byte_order_mark_windows_line_breaks_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    for name in ("csv", "tsv"):
        blank = "\t" if name == "tsv" else ","
        text = f"audio{blank}reference\r\n\r\na.wav{blank}héllo\r\n"
        write(tmp_path, f"m.{name}", b"\xef\xbb\xbf" + text.encode())
        (row,) = rows(tmp_path, f"{{path: m.{name}, format: {name}}}")
        assert (row.line, row.reference) == (3, "héllo")


def test_a_cell_over_several_lines_does_not_shift_the_lines(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", 'audio,reference\na.wav,"one\ntwo"\nb.wav,three\n')
    first, second = rows(tmp_path, CSV)
    assert (first.line, first.reference) == (2, "one\ntwo")
    assert (second.line, second.reference) == (4, "three")


def test_a_quote_in_a_tsv_is_a_quote(tmp_path: Path) -> None:
    write(tmp_path, "m.tsv", 'audio\treference\na.wav\t"Stop, he said\nb.wav\tbraces {a / b}\n')
    assert [row.reference for row in rows(tmp_path, TSV)] == ['"Stop, he said', "braces {a / b}"]


def test_a_line_separator_inside_a_reference_is_no_line_break(tmp_path: Path) -> None:
    write(tmp_path, "m.tsv", "audio\treference\na.wav\tone\u2028two\u0085three\n")
    assert rows(tmp_path, TSV)[0].reference == "one\u2028two\u0085three"


def test_common_voice_is_read_as_it_is_distributed(tmp_path: Path) -> None:
    touch(tmp_path, "cv/clips/common_voice_gd_17.mp3")
    header = "client_id\tpath\tsentence\tup_votes\tgender\taccents\tlocale\tsegment"
    write(tmp_path, "cv/test.tsv", f"{header}\n0af3\tcommon_voice_gd_17.mp3\t“Halò”\t2\tfemale\t\tgd\t\n")
    (row,) = rows(tmp_path, "{path: cv/test.tsv, format: common-voice}")
    assert (row.id, row.audio) == ("common_voice_gd_17", tmp_path / "cv/clips/common_voice_gd_17.mp3")
    assert (row.reference, row.language, row.speaker) == ("“Halò”", "gd", "0af3")
    assert row.meta == {"up_votes": "2", "gender": "female"}


def test_the_clips_of_common_voice_may_be_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, "cv/test.tsv", "path\tsentence\na.wav\thello\n")
    (row,) = rows(tmp_path, "{path: cv/test.tsv, format: common-voice, audio: .}")
    assert row.audio == tmp_path / "a.wav"


def test_every_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        "m.csv",
        """\
        audio,reference,offset,duration
        a.wav,one,-1,
        a.wav,one,,0
        a.wav,one,soon,
        a.wav,one,,nan
        ,one,,
        a.wav
        a.wav,one,,,
        missing.wav,one,,
        """,
    )
    found = problems(tmp_path, CSV)
    assert [line.partition(": ")[0] for line in found] == [
        f"suites/m.csv:{number}" for number in range(2, 10)
    ]
    assert 'an offset of 0 or more seconds, found "-1"' in found[0]
    assert 'a duration of more than 0 seconds, found "0"' in found[1]
    assert '"soon"' in found[2]
    assert '"nan"' in found[3]
    assert "the path of an audio file" in found[4]
    assert "expected 4 columns as in the header, found 1" in found[5]
    assert "found 5" in found[6]
    assert "audio file not found: missing.wav" in found[7]


def test_a_header_without_what_is_needed_is_one_problem_for_each(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "path,referense,path\na.wav,one,x\n")
    twice, audio, reference, speaker = problems(
        tmp_path, "{path: m.csv, format: csv, columns: {speaker: pth}}"
    )
    assert twice == 'suites/m.csv:1: the column "path" is there twice'
    assert 'no column "audio"; name the one of the audio under "columns"' in audio
    assert "path, referense" in audio
    assert 'did you mean "referense"?' in reference
    assert 'no column "pth"; did you mean "path"?' in speaker


def test_an_empty_file_and_one_with_nothing_but_a_header_have_no_utterances(tmp_path: Path) -> None:
    for text in ("", "audio,reference\n"):
        write(tmp_path, "m.csv", text)
        assert problems(tmp_path, CSV) == ["suites/m.csv: there are no utterances in it"]


def test_a_quote_that_is_never_closed_is_named_where_it_opens(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", 'audio,reference\na.wav,one\na.wav,"two\nb.wav,three\n')
    (problem,) = problems(tmp_path, CSV)
    assert problem.startswith("suites/m.csv:3: this is no CSV")


def test_bytes_that_are_not_utf_8_are_named_beside_all_other_problems(tmp_path: Path) -> None:
    write(tmp_path, "m.tsv", b"audio\treference\na.wav\tcaf\xe9\nb.wav\nc.wav\t\xff\n")
    first, second, third, *_ = problems(tmp_path, TSV)
    assert first == "suites/m.tsv:2: the line is not UTF-8: byte 0xe9"
    assert second.startswith("suites/m.tsv:3: expected 2 columns")
    assert third == "suites/m.tsv:4: the line is not UTF-8: byte 0xff"


def test_a_file_in_utf_16_is_one_problem(tmp_path: Path) -> None:
    write(tmp_path, "m.tsv", "audio\treference\na.wav\thello\n".encode("utf-16"))
    assert problems(tmp_path, TSV) == ["suites/m.tsv: the file is UTF-16; save it as UTF-8"]


def test_a_duration_alone_takes_no_part_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "audio,reference,offset,duration\na.wav,one,,3.46\nb.wav,two,0,3.46\n")
    whole, part = rows(tmp_path, CSV)
    assert (whole.duration_s, whole.meta) == (None, {"duration": "3.46"})
    assert (part.duration_s, part.meta) == (3.46, {})


def test_a_duration_whose_column_the_suite_names_takes_a_part(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "audio,reference,seconds\na.wav,one,3.46\n")
    (row,) = rows(tmp_path, "{path: m.csv, format: csv, columns: {duration: seconds}}")
    assert (row.offset_s, row.duration_s) == (0.0, 3.46)


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "m.csv", "audio,reference,,\na.wav,one,,\nb.wav,two,a note,\n")
    assert [(row.reference, row.meta) for row in rows(tmp_path, CSV)] == [("one", {}), ("two", {})]


def test_a_cell_may_be_long_and_other_readers_of_the_process_keep_their_limit(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    write(tmp_path, "m.csv", f"audio,reference\na.wav,{'word ' * 100_000}\n")
    assert len(rows(tmp_path, CSV)[0].reference) == 500_000
    assert csv.field_size_limit() == before


def test_a_line_of_blanks_is_no_row(tmp_path: Path) -> None:
    for name, blank in (("csv", ","), ("tsv", "\t")):
        write(tmp_path, f"m.{name}", f"audio{blank}reference\n  \na.wav{blank}one\n \n")
        assert [row.line for row in rows(tmp_path, f"{{path: m.{name}, format: {name}}}")] == [3]


@pytest.mark.parametrize("number", ["1_0", "\u0661", "\uff11", "0x1", "1e", "infinity"])
def test_a_number_is_written_in_plain_digits(tmp_path: Path, number: str) -> None:
    write(tmp_path, "m.csv", f"audio,reference,offset\na.wav,one,{number}\n")
    assert "expected an offset of 0 or more seconds" in problems(tmp_path, CSV)[0]


@pytest.mark.parametrize(("number", "seconds"), [("1", 1), ("+.5", 0.5), (" 2. ", 2), ("1E-1", 0.1)])
def test_numbers_may_be_written_in_several_ways(tmp_path: Path, number: str, seconds: float) -> None:
    write(tmp_path, "m.csv", f"audio,reference,offset\na.wav,one,{number}\n")
    assert rows(tmp_path, CSV)[0].offset_s == seconds
