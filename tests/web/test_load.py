"""Under load nothing goes wrong and nothing is left behind: the same work again takes no more memory, no more files.

How fast it is, `make bench` says.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.web.reading import copy_sample
from tests.web.running import Running, run_service

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is looked up in /proc")

ROUNDS, SENDERS, REQUESTS = 3, 4, 25
GROWTH = 4_000_000
"""Bytes between the first round and the last: what Python sets aside and gives back is less."""
SPARE = 12
"""Files that the service opens with its first requests, for the list. Each round hangs up a hundred times."""

UNLIMITED = """
import sys
from pathlib import Path
from generator.cli.newsletter.serve import run_service
from generator.clock import read_clock
_, _, root, _, _, port = sys.argv
run_service(Path(root), "127.0.0.1", int(port), "", ["127.0.0.1"], read_clock, limits=False)
"""


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    with run_service(copy_sample(tmp_path), program=(sys.executable, "-c", UNLIMITED)) as running:
        yield running


def memory(running: Running) -> int:
    pages = Path(f"/proc/{running.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def files(running: Running) -> int:
    return sum(1 for _ in Path(f"/proc/{running.process.pid}/fd").iterdir())


def at_once(work: Callable[[int], None]) -> None:
    """Let all senders do it at the same time."""
    failures: list[BaseException] = []

    def run(sender: int) -> None:
        try:
            work(sender)
        except BaseException as error:  # noqa: BLE001 (told below, in the thread of the test)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


@pytest.mark.slow
def test_no_error_and_no_leak(running):
    version = running.version()

    def ask(connection: HTTPConnection, *asked) -> int:
        connection.request(*asked)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def send(sender: int) -> None:
        connection = HTTPConnection("127.0.0.1", running.port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        for number in range(REQUESTS):
            assert ask(connection, "GET", "/subscribe") == 200
            assert ask(connection, "GET", "/en/nothing") == 404
            address = f"reader{number}.{sender}@example.com"  # the same ones in every round
            body = urlencode({"email": address, "website": "", "wording": version})
            assert ask(connection, "POST", "/subscribe", body, kind) == 202
        connection.close()

    def hang_up(_: int) -> None:
        for number in range(REQUESTS):
            with running.connect() as connection:
                connection.sendall(
                    b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nemail"[: number * 2]
                )

    most = files(running) + SPARE
    sizes = []
    for _ in range(ROUNDS):
        at_once(send)
        at_once(hang_up)
        wait_for_rest(running, most)
        sizes.append(memory(running))
    assert sizes[-1] - sizes[0] < GROWTH, sizes
    assert "Traceback" not in running.said
    assert " 500 " not in running.said
    assert " 503 " not in running.said


def wait_for_rest(running: Running, most: int) -> None:
    """Wait until the service has closed the connections of everybody who hung up."""
    until = time.monotonic() + 60
    while files(running) > most:
        assert time.monotonic() < until, f"{files(running)} files are open, and at most {most} were expected"
        time.sleep(0.05)
