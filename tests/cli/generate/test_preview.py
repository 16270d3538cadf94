"""`generate preview`: a page on this machine while somebody writes, or files to show to others."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

RUN = [sys.executable, "-c", "from generator.cli.generate import main; main()"]


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, "preview", *arguments],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def serve(root: Path, port: int, *arguments: str) -> Iterator[list[str]]:
    """The real command, once it serves; afterwards all that it said, after Ctrl-C."""
    command = [*RUN, "preview", "--port", str(port), "--no-open", *arguments]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in process.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            said += process.stdout
            said.append(str(process.wait(timeout=30)))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_says_where_the_page_is_and_ends_quietly(sample, port):
    with serve(sample, port) as said:
        assert f"Preview: http://127.0.0.1:{port}/preview/2026-W47/\n" in said
    assert said[-2:] == ["Stopped.\n", "0"]
    assert "Traceback" not in "".join(said)


def test_a_second_one_finds_the_first_and_opens_its_page(sample, port, tmp_path):
    launched = tmp_path / "launched"
    browser = tmp_path / "bin/xdg-open"
    browser.parent.mkdir()
    browser.write_text(f'#!/bin/sh\necho "firefox: not found" | tee /dev/stderr\necho "$1" >> {launched}\n')
    browser.chmod(0o755)
    path = f"{browser.parent}{os.pathsep}{os.environ['PATH']}"
    with serve(sample, port):
        done = run(sample, "2026-W46", "--port", str(port), PATH=path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"The preview is already running: http://127.0.0.1:{port}/preview/2026-W46/\n"
    if sys.platform == "linux":
        assert done.stderr == ""
        until = time.monotonic() + 60
        while not (launched.exists() and launched.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        assert launched.read_text() == f"http://127.0.0.1:{port}/preview/2026-W46/\n"


def test_a_port_of_another_program_is_left_to_it(sample):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = run(sample, "--port", str(server.server_port), "--no-open")
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 1
    assert f"cannot listen on port {server.server_port}: another program uses it (" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_week_is_a_slip_that_names_what_there_is(sample):
    done = run(sample, "2026-W49", "--no-open")
    assert done.returncode == 2
    assert (
        "there is no letter of 2026-W49; the nearest is 2026-W47; run `generate issue 2026-W49`"
        in done.stderr
    )
    assert run(sample, "week48").returncode == 2


def test_without_a_letter_it_says_how_to_begin(sample):
    for week in (sample / "newsletter/issues").iterdir():
        week.rename(sample / week.name)
    done = run(sample, "--no-open")
    assert done.returncode == 1
    assert "there is no letter yet; run `generate issue` to make the first one" in done.stderr


def test_what_cannot_be_read_does_not_keep_it_from_starting(sample, port):
    (sample / "newsletter/issues/2026-W47/nl.md").write_text("nothing\n")
    with serve(sample, port) as said:
        assert f"Preview: http://127.0.0.1:{port}/preview/2026-W47/\n" in said
        assert "The letter cannot be shown: 1 problem; the page lists what to correct.\n" in said


@pytest.mark.outside  # see tests/web/test_crashes.py
def test_another_text_that_cannot_be_read_is_one_line(sample, port):
    (sample / "newsletter/issues/2026-W45/nl.md").write_text("nothing\n")
    line = "1 problem in 1 file that is not needed here: see `generate check`.\n"
    with serve(sample, port) as said:
        assert line in said
        assert not any("The letter cannot be shown" in one for one in said)
        with urlopen(f"http://127.0.0.1:{port}/preview/2026-W47/", timeout=30) as page:
            assert page.status == 200
    assert f"          {line}" in said
    done = run(sample, "2026-W47", "--static", "shown")
    assert done.returncode == 0, done.stderr
    assert line in done.stdout


def test_the_page_is_written_as_files(sample):
    done = run(sample, "2026-W46", "--static", "shown")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Wrote shown/: the letter of 2026-W46 in ")
    assert "2026-W46" in (sample / "shown/index.html").read_text()
    assert str(sample) not in "".join(path.read_text() for path in (sample / "shown").rglob("*.html"))
    assert run(sample, "--static", "newsletter").returncode == 1


def test_nothing_is_written_of_what_cannot_be_read(sample):
    (sample / "newsletter/issues/2026-W47/nl.md").write_text("nothing\n")
    done = run(sample, "--static", "shown")
    assert done.returncode == 1
    assert "newsletter/issues/2026-W47/nl.md:1" in done.stderr
    assert "the front matter is missing" in done.stderr
    assert not (sample / "shown").exists()
