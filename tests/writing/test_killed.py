"""A server that is killed in the middle of a save leaves the old text or the new one, and no more than that."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

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
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(sample)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as server:
            assert server.stdout
            address = server.stdout.readline().strip()
            opened = post(address, "open", {"text": WEEK})
            languages = opened["languages"]
            assert isinstance(languages, list)
            base = next(one["digest"] for one in languages if one["language"] == "nl")
            timer = threading.Timer(moment * 0.012, os.kill, (server.pid, signal.SIGKILL))
            timer.start()
            with suppress(OSError, http.client.HTTPException, ValueError):
                while True:
                    saved = post(
                        address,
                        "save",
                        {
                            "text": WEEK,
                            "language": "nl",
                            "base": base,
                            "fields": {"thought": f"number-{done + 1}"},
                            "body": make_body(done + 1),
                        },
                    )
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
