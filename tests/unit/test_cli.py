"""The command line as a whole, and how it draws."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from record_samples import header, heard, results_file

from pytest_stt.cli import OUTPUT_LOST, main
from pytest_stt.cli.command import READER_GONE
from pytest_stt.cli.terminal import show, terminal_width
from pytest_stt.records import results_schema
from pytest_stt.render.lines import Line, Span, plain

LINE: Line = (
    Span(text="WER "),
    Span(text="50%", style={"red": True, "bold": True, "blink": False}),
    Span(text=""),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *lines: Line) -> str:
    show(lines, stream)
    return stream.getvalue()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_the_schema_of_results_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--results"]) == 0
    assert json.loads(capsys.readouterr().out) == results_schema()


def test_a_schema_of_nothing_in_particular_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--results" in refusal(capsys, "schema")


def test_without_a_command_the_commands_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "COMMAND" in refusal(capsys)
    said = refusal(capsys, "dance")
    for name in ("serve", "merge", "schema"):
        assert name in said


@pytest.mark.parametrize("port", ["-1", "65536", "http", "٣"])
def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], port: str) -> None:
    assert "expected a port from 0 (any free one) to 65535" in refusal(capsys, "serve", f"--port={port}")


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert shown(Terminal(), LINE) == "WER \x1b[31;1m50%\x1b[0m\n"


def test_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert shown(io.StringIO(), LINE, plain("end")) == "WER 50%\nend\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Terminal(), LINE) == "WER 50%\n"


def test_a_stream_that_lacks_a_letter_gets_its_number() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show([plain("…नमस्ते")], stream)
    stream.flush()
    assert raw.getvalue().startswith(b"\\u2026\\u0928")


def test_the_width_is_that_of_the_terminal_or_a_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert terminal_width() == 70


@pytest.mark.parametrize("arguments", [["schema", "--results"], ["merge", "r", "-o", os.devnull]])
@pytest.mark.parametrize("errors_too", [False, True])
def test_a_reader_that_has_gone_is_no_stack_trace(
    tmp_path: Path, arguments: list[str], errors_too: bool
) -> None:
    results_file(tmp_path / "r", header("x"), heard("x"))
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest_stt", *arguments],
            cwd=tmp_path,
            stdout=writer,
            stderr=subprocess.STDOUT if errors_too else subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert ended.returncode == READER_GONE
    assert not ended.stderr


@pytest.mark.parametrize("arguments", [["schema", "--results"], ["normalize", "basic", "x"], ["--help"]])
def test_output_that_cannot_be_written_is_one_sentence(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pytest_stt", *arguments]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode == OUTPUT_LOST
    assert ended.returncode == OUTPUT_LOST
    assert ended.stderr == "pytest-stt: the output can't be written: No space left on device\n"


def test_a_complaint_that_nobody_reads_is_no_stack_trace() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        arguments = [sys.executable, "-m", "pytest_stt", "merge", "none", "-o", os.devnull]
        assert subprocess.run(arguments, stderr=writer, check=False).returncode == READER_GONE
    finally:
        os.close(writer)
