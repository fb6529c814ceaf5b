"""Every block of the README does what it says: it is run here against the embedded engine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_stt.local import LocalServer
from pytest_stt.plugin.options import INI_VALUES, OPTIONS
from pytest_stt.records import read_results

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    server = LocalServer.listen()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's project: the first suite with its audio."""
    suites = tmp_path / "suites"
    suites.mkdir()
    shutil.copytree(ROOT / "example_suites" / "audio", suites / "audio")
    (suites / "smoke.stt.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(blocks("ini")[0], encoding="utf-8")
    return tmp_path


def run(command: str, folder: Path, server: LocalServer) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command.partition(" #")[0])
    prefix = [sys.executable] if program == "python" else [sys.executable, "-m", program]
    return subprocess.run(
        [*prefix, *(word.replace("http://127.0.0.1:8765", server.url) for word in arguments)],
        cwd=folder,
        env={**os.environ, "STT_URL": server.url, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_blocks_are_those_that_this_file_knows() -> None:
    assert [name for name, _ in BLOCKS] == [
        "text",
        "text",
        "yaml",
        "bash",
        "bash",
        "python",
        "ini",
        "yaml",
        "bash",
        "yaml",
        "yaml",
        "yaml",
        "yaml",
    ]


@pytest.mark.parametrize("command", blocks("bash")[0].strip().splitlines())
def test_the_commands_of_the_first_suite_run(project: Path, server: LocalServer, command: str) -> None:
    done = run(command, project, server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "speech-to-text quality" in done.stdout


def test_the_server_of_the_readme_serves() -> None:
    *command, port = shlex.split(blocks("bash")[1])
    assert (command, port) == (["python", "-m", "pytest_stt", "serve", "--port"], "8765")
    process = subprocess.Popen(
        [sys.executable, *command[1:], "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_the_python_tests_pass(project: Path, server: LocalServer) -> None:
    (project / "suites" / "test_first.py").write_text(blocks("python")[0], encoding="utf-8")
    done = run("pytest suites/test_first.py", project, server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert "warning" not in done.stdout


def test_the_suite_for_many_cases_runs(project: Path, server: LocalServer) -> None:
    (project / "suites" / "many.stt.yaml").write_text(blocks("yaml")[1], encoding="utf-8")
    done = run("pytest suites/many.stt.yaml -v", project, server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASSED 3 of 3 within limits" in done.stdout


def test_what_was_heard_is_kept_replayed_and_merged(project: Path, server: LocalServer) -> None:
    for command in blocks("bash")[2].strip().splitlines():
        done = run(command, project, server)
        assert done.returncode == 0, command + done.stdout + done.stderr
    whole, merged = (read_results(project / name).records for name in ("heard/results.jsonl", "all.jsonl"))
    assert [(record.case, record.hypothesis) for record in merged] == [
        (record.case, record.hypothesis) for record in whole
    ]


def test_the_suite_with_the_words_that_matter_runs(project: Path, server: LocalServer) -> None:
    (project / "suites" / "words.stt.yaml").write_text(blocks("yaml")[2], encoding="utf-8")
    done = run("pytest suites/words.stt.yaml", project, server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "recall 100.0%" in done.stdout


def test_the_suite_of_data_sets_runs(project: Path, server: LocalServer) -> None:
    (project / "suites" / "corpora.stt.yaml").write_text(blocks("yaml")[3], encoding="utf-8")
    audio = project / "suites" / "audio" / "hello.flac"
    chapter = project / "corpora" / "librispeech" / "dev-clean" / "12" / "34"
    chapter.mkdir(parents=True)
    (chapter / "12-34.trans.txt").write_text("12-34-0000 HELLO CAN YOU HEAR ME\n", encoding="utf-8")
    shutil.copy(audio, chapter / "12-34-0000.flac")
    (project / "corpora" / "calls").mkdir()
    shutil.copy(audio, project / "corpora" / "calls" / "a.flac")
    rows = [
        "file,text,call,begin,length,accent",
        "/data/calls/a.flac,hello can you hear me,1,0,,irish",
        "/data/calls/b.flac,not taken,2,0,,welsh",
    ]
    (project / "corpora" / "calls.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = run("pytest suites/corpora.stt.yaml -v --stt-by accent", project, server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::dev-clean/12-34-0000" in done.stdout
    assert "::calls/1 " in done.stdout


def commands_of(recipe: Any) -> Iterator[str]:
    """Yield the shell commands of a CI recipe."""
    if isinstance(recipe, dict):
        for key, value in recipe.items():
            if key in ("run", "script"):
                yield from [value] if isinstance(value, str) else value
            else:
                yield from commands_of(value)
    elif isinstance(recipe, list):
        for value in recipe:
            yield from commands_of(value)


@pytest.mark.parametrize("text", blocks("yaml")[4:], ids=["github", "gitlab"])
def test_the_commands_of_the_ci_recipes_run(project: Path, server: LocalServer, text: str) -> None:
    install, *commands = commands_of(yaml.safe_load(text))
    assert install == "pip install pytest-stt"
    for command in commands:
        done = run(command, project, server)
        assert done.returncode == 0, done.stdout + done.stderr
    assert 'name="stt.wer"' in (project / "speech.xml").read_text(encoding="utf-8")


def figures(text: str) -> list[list[str]]:
    """Return the table's rows without their latencies."""
    rows = [line.split()[:8] for line in text.splitlines() if line.count("%") == 2]
    return [row for row in rows if "limits" not in row]


def test_the_examples_print_what_the_readme_shows(server: LocalServer) -> None:
    done = run("pytest example_suites -p no:randomly", ROOT, server)
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.partition("speech-to-text quality")[2]
    assert figures(table) == figures(blocks("text")[0])


def test_the_failure_is_what_the_readme_shows(project: Path, server: LocalServer) -> None:
    suite = project / "suites" / "smoke.stt.yaml"
    suite.write_text(suite.read_text().replace("can you hear me", "can you see me"), encoding="utf-8")
    done = run("pytest suites", project, server)
    assert done.returncode == 1
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    for line in blocks("text")[1].splitlines():
        if line.startswith(("WER", "REF", "HYP", "heard", "limits")):
            assert line in printed


def test_the_table_of_options_is_whole() -> None:
    for name in [*OPTIONS, *INI_VALUES]:
        assert re.search(rf"^\|.*`{name}\b", README, flags=re.MULTILINE), name
