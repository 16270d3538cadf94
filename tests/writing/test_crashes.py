"""Killed in the middle of a save, or on a full disk: a file is the old text or the new one, and no more than that."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.proof.storage import may_mount, small_disk
from tests.writing.conftest import WEEK, letter

PROGRAM = """
import sys
from pathlib import Path
from generator.preview.server import open_server
from generator.writing.application import Writer
from tests.clocks import STOPPED

writer = Writer(Path(sys.argv[1]), STOPPED)
server = open_server(writer, 0, writer.base)
print(f"http://127.0.0.1:{server.server_port}{writer.base}", flush=True)
server.serve_forever()
"""


def post(address: str, call: str, given: dict[str, object]) -> dict[str, object]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"{parts.path}{call}", json.dumps(given), headers)
        found = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    assert isinstance(found, dict)
    return found


def read_whole(root: Path) -> set[int]:
    """The number of the save that each file holds; a file that holds half of one fails the test."""
    numbers = set()
    for language in ("nl", "en"):
        text = letter(root, language).read_text()
        number = int(text.partition("thought: number-")[2].partition("\n")[0])
        if language == "nl":
            assert text.partition("\n---\n")[2] == make_body(number)
        numbers.add(number)
    return numbers


def make_body(number: int) -> str:
    return f"\nSave {number}.\n" * 2_000


@contextmanager
def serve(root: Path, *before: str, program: str = PROGRAM) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server in a process of its own, and its address."""
    with subprocess.Popen(
        [*before, sys.executable, "-c", program, str(root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as server:
        try:
            assert server.stdout
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()


def open_dutch(address: str) -> dict[str, Any]:
    languages = post(address, "open", {"text": WEEK})["languages"]
    assert isinstance(languages, list)
    return next(one for one in languages if one["language"] == "nl")


@pytest.mark.slow
def test_a_killed_server_leaves_whole_files(sample):
    for language in ("nl", "en"):
        path = letter(sample, language)
        path.write_text(
            path.read_text().replace("thought: would-you-introduce-yourself", "thought: number-0")
        )
    path = letter(sample)
    path.write_text(path.read_text().partition("\n---\n")[0] + "\n---\n" + make_body(0))
    done = 0
    for moment in range(25):
        with serve(sample) as (server, address):
            base = open_dutch(address)["digest"]
            timer = threading.Timer(moment * 0.012, os.kill, (server.pid, signal.SIGKILL))
            timer.start()
            with suppress(OSError, http.client.HTTPException, ValueError):
                while True:
                    saved = post(address, "save", make_save(base, done + 1))
                    base, done = saved["digest"], done + 1
            timer.join()
            server.wait()
        found = read_whole(sample)
        assert found <= {done, done + 1}, (found, done)  # what was answered is there; the next one may be
        done = max(found)
        for language in (
            "nl",
            "en",
        ):  # a kill between the two renames leaves them apart; the editor sees both
            other = letter(sample, language)
            text = other.read_text()
            number = text.partition("thought: number-")[2].partition("\n")[0]
            other.write_text(text.replace(f"thought: number-{number}\n", f"thought: number-{done}\n"))
    assert done > 0


def make_save(base: object, number: int) -> dict[str, object]:
    fields = {"thought": f"number-{number}"}
    return {"text": WEEK, "language": "nl", "base": base, "fields": fields, "body": make_body(number)}


def refuse_large(address: str) -> None:
    """A save that the disk has no room for is one sentence, writes nothing, and a smaller one goes on."""
    opened = open_dutch(address)
    asked = {"text": WEEK, "language": "nl", "base": opened["digest"], "fields": {}}
    refused = post(address, "save", asked | {"body": "Te veel. " * 100_000})
    message = refused["message"]
    assert isinstance(message, str)
    assert len(message.splitlines()) == 1
    assert open_dutch(address) == opened
    assert "digest" in post(address, "save", asked | {"body": "\nEen zin.\n"})
    assert open_dutch(address)["body"] == "\nEen zin.\n"


@pytest.mark.slow
def test_a_full_disk_is_said_and_survived(sample):
    if not may_mount():
        pytest.skip("this account may not mount")
    newsletter = sample / "newsletter"
    whole = newsletter.rename(sample / "whole")
    newsletter.mkdir()
    with small_disk(newsletter, 700_000) as inside:
        subprocess.run([*inside, "cp", "-a", f"{whole}/.", str(newsletter)], check=True)
        with serve(sample, *inside) as (_, address):
            refuse_large(address)
        listed = subprocess.run(
            [*inside, "ls", "-A", str(newsletter)], capture_output=True, text=True, check=True
        )
        assert ".staging" not in listed.stdout


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_said(sample):
    """Where nobody may mount: a limit on the size of files fails a write in the same place."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000,) * 2)\n{PROGRAM}"
    with serve(sample, program=limit) as (_, address):
        refuse_large(address)
    assert not list((sample / "newsletter").rglob(".staging*"))


def test_of_two_saves_at_once_one_wins(sample):
    with serve(sample) as (_, address):
        for _ in range(5):
            base, answers = open_dutch(address)["digest"], {}

            def save(number: int, base: object = base, answers: dict[int, Any] = answers) -> None:
                asked = {
                    "text": WEEK,
                    "language": "nl",
                    "base": base,
                    "fields": {},
                    "body": f"\n{number}{base}\n",
                }
                answers[number] = post(address, "save", asked)

            threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            won = [
                number for number, answer in answers.items() if "digest" in answer and "message" not in answer
            ]
            assert len(won) == 1
            assert open_dutch(address)["body"] == f"\n{won[0]}{base}\n"
            assert all(answers[number]["theirs"] for number in answers.keys() - set(won))
