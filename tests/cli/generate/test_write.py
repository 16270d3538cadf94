"""`generate write`: the real command, from its first line to Ctrl-C."""

import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

RUN = [sys.executable, "-c", "from generator.cli.generate import main; main()", "write"]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/write/[0-9a-f]{32}/")


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *arguments],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def serve(root: Path, *arguments: str) -> Iterator[list[str]]:
    """The real command, once it serves; afterwards all that it said, after Ctrl-C."""
    said: list[str] = []
    with subprocess.Popen(
        [*RUN, "--no-open", *arguments],
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


def get(address: str) -> httpx.Response:
    return httpx.get(address, follow_redirects=True, timeout=60)


def find_address(said: list[str]) -> str:
    return ADDRESS.search("".join(said))[0]


def test_it_says_where_it_is_and_ends_quietly(sample, port):
    with serve(sample, "--port", str(port)) as said:
        address = find_address(said)
        assert said[0] == f"Write: {address}\n"
        assert get(address).status_code == 200
    assert said[-2:] == ["Stopped.\n", "0"]
    assert "Traceback" not in "".join(said)


def test_a_week_is_the_page_that_opens(sample, port):
    with serve(sample, "2026-W46", "--port", str(port)) as said:
        assert said[0] == f"Write: {find_address(said)}2026-W46/\n"


def test_each_run_has_a_token_of_its_own(sample, port):
    addresses = set()
    for _ in range(2):
        with serve(sample, "--port", str(port)) as said:
            addresses.add(find_address(said))
    assert len(addresses) == 2


def test_nothing_is_shown_without_the_token(sample, port):
    with serve(sample, "--port", str(port)) as said:
        address = find_address(said)
        for path in ("", "/", "/write/", f"/write/{'0' * 32}/", f"/write/{'0' * 32}/2026-W47/"):
            assert get(f"http://127.0.0.1:{port}{path}").status_code == 404
        told = get(f"http://127.0.0.1:{port}/write/about").text
        assert str(sample) not in told
        assert address.split("/")[-2] not in told


def test_a_second_one_opens_the_page_of_the_first(sample, port, tmp_path):
    launched = tmp_path / "launched"
    browser = tmp_path / "bin/xdg-open"
    browser.parent.mkdir()
    browser.write_text(f'#!/bin/sh\necho "$1" >> {launched}\n')
    browser.chmod(0o755)
    path = f"{browser.parent}{os.pathsep}{os.environ['PATH']}"
    with serve(sample, "--port", str(port)) as said:
        done = run(sample, "2026-W46", "--port", str(port), PATH=path)
        address = find_address(said)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Already open: {address}2026-W46/\n"
    if sys.platform == "linux":
        until = time.monotonic() + 60
        while not (launched.exists() and launched.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        assert launched.read_text() == f"{address}2026-W46/\n"


def test_its_note_is_for_its_owner_only(sample, port):
    with serve(sample, "--port", str(port)) as said:
        note = sample / "var/write.json"
        assert note.stat().st_mode & 0o077 == 0
        assert json.loads(note.read_text())["base"] in find_address(said)


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


def test_an_unknown_week_is_a_slip(sample):
    assert run(sample, "week48", "--no-open").returncode == 2
    done = run(sample, "2026-W30", "--no-open")
    assert done.returncode == 2
    assert "there is no letter of 2026-W30" in done.stderr


def test_a_project_without_letters_offers_to_make_one(sample, port):
    for week in (sample / "newsletter/issues").iterdir():
        week.rename(sample / week.name)
    with serve(sample, "--port", str(port)) as said:
        assert get(find_address(said)).url.path.endswith("/start")


def test_settings_that_cannot_be_read_are_shown_on_a_page(sample, port):
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text().replace("reply_to", "replyto"))
    with serve(sample, "--port", str(port)) as said:
        page = get(find_address(said))
    assert page.url.path.endswith("/problems")
    assert "replyto" in page.text


def test_a_call_is_answered_by_the_real_server(sample, port):
    with serve(sample, "--port", str(port)) as said:
        address = find_address(said)
        origin, given = {"Origin": f"http://127.0.0.1:{port}"}, {"text": "2026-W47"}
        found = httpx.post(f"{address}open", json=given, headers=origin, timeout=60)
        assert found.json()["kind"] == "letter"
        assert httpx.post(f"{address}open", json=given, timeout=60).status_code == 403
