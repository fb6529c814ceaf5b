"""The life of the embedded server: from a socket nobody knows to a process nobody misses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pytest_stt.errors import ConnectError
from pytest_stt.local import LocalServer, wait_ready

SERVING_PARENT = """
import signal, sys, time
from pytest_stt.local import LocalServer
signal.signal(signal.SIGINT, signal.SIG_IGN)
server = LocalServer.listen()
server.wait_ready()
print(server.url, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server() -> Iterator[LocalServer]:
    server = LocalServer.listen()
    yield server
    server.stop()


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """Another Python program that owns an embedded server, in a process group of its own."""
    command = [sys.executable, "-c", SERVING_PARENT]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        yield process
        process.kill()


def child_processes() -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


def is_refused(url: str) -> bool:
    address = httpx.URL(url)
    try:
        socket.create_connection((address.host, address.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def becomes_refused(url: str) -> bool:
    for _ in range(100):
        if is_refused(url):
            return True
        time.sleep(0.05)
    return False


def test_no_process_starts_before_somebody_connects(server: LocalServer) -> None:
    before = child_processes()

    assert not server.started
    assert server.url == f"http://127.0.0.1:{server.port}"
    server.stop()
    assert child_processes() == before
    assert is_refused(server.url)


def test_a_server_that_was_stopped_is_not_waited_for(server: LocalServer) -> None:
    server.stop()

    with pytest.raises(ConnectError, match=r"is gone: ConnectionRefusedError"):
        server.wait_ready()


def test_the_first_connection_starts_it_and_is_answered(server: LocalServer) -> None:
    answer = httpx.get(f"{server.url}/health", timeout=60)

    assert answer.status_code == 200
    assert server.started
    assert server.failure is None


def test_many_first_connections_start_one_process(server: LocalServer) -> None:
    before = child_processes()
    threads = [threading.Thread(target=server.wait_ready) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(child_processes() - before) == 1


def test_a_process_that_knows_only_the_address_can_wait_for_it(server: LocalServer) -> None:
    code = f"from pytest_stt.local import wait_ready; wait_ready({server.url!r})"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert server.started


def test_stopping_leaves_no_process_thread_or_descriptor() -> None:
    processes, threads = child_processes(), set(threading.enumerate())
    descriptors = set(Path("/proc/self/fd").iterdir())

    server = LocalServer.listen()
    server.wait_ready()
    server.stop()
    server.stop()

    assert child_processes() == processes
    assert set(threading.enumerate()) == threads
    assert set(Path("/proc/self/fd").iterdir()) == descriptors
    assert server.failure is None
    assert is_refused(server.url)


def test_stopping_while_the_engine_loads_leaves_no_process() -> None:
    processes = child_processes()
    server = LocalServer.listen()
    with socket.create_connection(("127.0.0.1", server.port)):
        while not server.started:
            time.sleep(0.01)
        server.stop()

    assert child_processes() == processes


def test_the_server_ends_when_its_parent_is_killed(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout
    url = parent.stdout.readline().strip()
    wait_ready(url)

    parent.kill()

    assert becomes_refused(url)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout
    url = parent.stdout.readline().strip()

    os.killpg(parent.pid, signal.SIGINT)

    time.sleep(0.5)
    wait_ready(url)


def test_a_server_that_is_killed_refuses_and_says_so(server: LocalServer) -> None:
    before = child_processes()
    server.wait_ready()
    (pid,) = child_processes() - before

    os.kill(pid, signal.SIGKILL)
    server.join(10)

    assert server.failure == "The embedded engine ended by itself with signal 9."
    assert is_refused(server.url)


def test_a_broken_model_is_reported_with_the_engines_own_words(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assets = tmp_path / "moonshine_voice" / "assets" / "tiny-en"
    assets.mkdir(parents=True)
    (tmp_path / "moonshine_voice" / "__init__.py").touch()
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (assets / name).write_bytes(b"no model")
    (assets / "tokenizer.bin").write_bytes(b"\x05<unk>")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(ConnectError, match=r"(?s)ended by itself with .*; its last words:\n    .*model"):
        server.wait_ready()

    assert server.started
    assert is_refused(server.url)
    assert capfd.readouterr() == ("", "")


def test_a_missing_model_is_reported_with_what_to_install(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "moonshine_voice").mkdir()
    (tmp_path / "moonshine_voice" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(ConnectError, match=r"pip install moonshine-voice==0.1.0"):
        server.wait_ready()


def test_a_python_that_cannot_be_run_is_reported(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_stt.local.process.PYTHON", ["/no/such/python"])

    with pytest.raises(ConnectError, match=r"can't be started: .*No such file"):
        server.wait_ready()
    assert not server.started


def test_a_process_that_does_not_end_is_killed(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = child_processes()
    deaf = [sys.executable, "-c", "import time; print('deaf', flush=True); time.sleep(60)"]
    monkeypatch.setattr("pytest_stt.local.process.PYTHON", deaf)
    monkeypatch.setattr("pytest_stt.local.process.END_WITHIN_S", 0.1)
    with socket.create_connection(("127.0.0.1", server.port)):
        while not server.started:
            time.sleep(0.01)
        server.stop()

    assert child_processes() == before


def test_the_users_files_and_settings_do_not_disturb_the_server(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue.py").write_text("raise SystemExit('the wrong queue')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    server.wait_ready()


def test_a_port_in_use_is_refused_with_its_number(server: LocalServer) -> None:
    with pytest.raises(ConnectError, match=f"can't listen on 127.0.0.1, port {server.port}: Address already"):
        LocalServer.listen(port=server.port)


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_asked() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ConnectError, match=r"did not answer within 0.2 s"),
    ):
        wait_ready(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.2)


def test_another_server_is_not_taken_for_the_engine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=answer_404, args=(listener,))
        answering.start()
        with pytest.raises(ConnectError, match="answers 404 to /health"):
            wait_ready(f"http://127.0.0.1:{listener.getsockname()[1]}")
        answering.join()


def answer_404(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def test_the_parents_side_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; from pytest_stt.local import *; missing_extra(); LocalServer.listen().stop(); "
        "print({'numpy', 'sherpa_onnx', 'starlette', 'uvicorn', 'moonshine_voice'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", code],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")
