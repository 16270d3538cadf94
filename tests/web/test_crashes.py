"""What was answered with 202 is kept: through kill -9, a full disk and a list that another program holds."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from mailbox import Maildir
from pathlib import Path

import pytest

from generator.environment import find_keys
from generator.outline import load_outline
from tests.web.reading import copy_sample, open_worker
from tests.web.running import PROGRAM, Running, run_service

pytestmark = pytest.mark.outside
"""Under libfaketime a process of ours now and then aborts, where a thread waits and a signal comes."""

LIST = "var/newsletter.db"
ROUNDS, SENDERS = 3, 3


@pytest.fixture
def project(tmp_path) -> Path:
    return copy_sample(tmp_path)


# --- kill -9 ---


class Load:
    """Strangers who subscribe as fast as they can, and remember who was told that it is well."""

    def __init__(self, running: Running, prefix: str) -> None:
        self._running, self._prefix = running, prefix
        self._version = running.version()
        self.accepted: list[str] = []
        self.refused: list[int] = []
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def _send(self, sender: int) -> None:
        for number in range(100_000):
            address = f"{self._prefix}.{sender}.{number}@d{sender}.example.com"
            network = 1000 * sender + number // 50  # a fast machine must not meet the limit of one
            try:
                status, _ = self._running.subscribe(
                    address, self._version, f"2001:db8:{network + 1:x}:{number:x}::1"
                )
            except (OSError, HTTPException):  # it has been killed
                return
            # Only now: whoever has read the whole answer has been told.
            (self.accepted.append(address) if status == 202 else self.refused.append(status))
            if status != 202:
                return

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.slow
def test_kill_9_loses_no_accepted_subscription(project):
    """And everybody gets the mail in the end, few of them twice."""
    moments = random.Random()  # noqa: S311 (nobody gains by guessing it)
    seed = moments.randrange(1 << 32)
    moments.seed(seed)
    accepted: list[str] = []
    for number in range(ROUNDS):
        with run_service(project) as running:
            load = Load(running, f"round{number}")
            time.sleep(moments.uniform(0.05, 0.4))
            running.kill()
            load.join()
            assert load.refused == [], (seed, running.said)
            accepted += load.accepted
    assert accepted
    assert kept(project) >= set(accepted), f"seed {seed}"
    recipients = finish(project)
    assert set(recipients) >= set(accepted), f"seed {seed}"
    assert len(recipients) - len(set(recipients)) <= ROUNDS, f"seed {seed}"


def kept(project: Path) -> set[str]:
    """Who is in the database, as a wish or on the list."""
    with closing(sqlite3.connect(project / LIST)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = connection.execute("SELECT address FROM wish UNION SELECT address FROM subscriber")
        return {address for (address,) in found}


def finish(project: Path) -> list[str]:
    """Let a worker do what was left, a quarter of an hour later; all who were written to, before and after."""
    written = datetime.fromtimestamp((project / LIST).stat().st_mtime, UTC)
    later = written + timedelta(minutes=15)
    with open_worker(
        load_outline(project), f"sqlite:///{LIST}", find_keys(project, print), lambda: later
    ) as (
        worker,
        box,
    ):
        while worker.work():
            pass
    maildir = Maildir(project / "var/mail", create=False)
    return [*box.recipients(), *(str(message["To"]) for message in maildir)]


# --- A full disk ---


def may_mount() -> bool:
    """Whether we may put a small disk over a folder, seen by our own processes only."""
    return bool(shutil.which("unshare")) and _mounts(["true"]).returncode == 0


def _mounts(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    script = 'mount -t tmpfs -o size=64k none /mnt && exec "$@"'
    return subprocess.run([*UNSHARE, "sh", "-c", script, "sh", *command], capture_output=True, check=False)


UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are of Linux")
@pytest.mark.slow
def test_a_full_disk_is_said_and_survived(project):
    """A real disk of its own, with a file on it that somebody takes away again."""
    if not may_mount():
        pytest.skip("this account may not mount")
    var = project / "var"
    var.mkdir()
    small = f'mount -t tmpfs -o size=1200k,mode=700 none "{var}"'
    script = f'{small} && head -c 200000 /dev/zero > "{var}/ballast" && exec "$@"'
    with run_service(project, before=[*UNSHARE, "sh", "-c", script, "sh"]) as running:
        version = running.version()
        accepted, (status, page) = fill(running, version)
        assert accepted
        assert status == 503
        assert_says_so(page)
        running.wait_for("the disk is full; nothing was saved")
        assert running.ask("GET", "/subscribe")[0] == 200
        seen = Path(f"/proc/{running.process.pid}/root{var}")
        (seen / "ballast").unlink()
        status, _ = running.subscribe("afterwards@example.com", version)
        assert status == 202
        # Copied while it stands still; from here SQLite would look for the path on our own disk.
        running.process.send_signal(signal.SIGSTOP)
        shutil.copytree(seen, project / "copy/var", ignore=lambda *_: {"mail"})
        running.process.send_signal(signal.SIGCONT)
        assert kept(project / "copy") >= {*accepted, "afterwards@example.com"}
        assert "Traceback" not in running.said


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_said(project):
    """Where nobody may mount: a limit on the size of files fails a write in the same place."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000,) * 2); {PROGRAM[2]}"
    with run_service(project, program=[*PROGRAM[:2], limit]) as running:
        accepted, (status, page) = fill(running, running.version())
        assert accepted
        assert status == 503
        assert_says_so(page)
        running.wait_for("nothing was saved")
        assert running.ask("GET", "/subscribe")[0] == 200
        assert "Traceback" not in running.said
    assert kept(project) >= set(accepted)


def fill(running: Running, version: str) -> tuple[list[str], tuple[int, str]]:
    """Subscribe until it is too much: who was accepted, and the first other answer."""
    accepted = []
    for number in range(3000):
        address = f"reader{number}.{'x' * 40}@d{number % 9}.example.com"
        answer = running.subscribe(address, version, f"2001:db8:{number // 50 + 1:x}:{number:x}::1")
        if answer[0] != 202:
            return accepted, answer
        accepted.append(address)
    pytest.fail("the disk was never full")


def assert_says_so(page: str) -> None:
    """Nothing of the inside, in the language of the reader."""
    assert "Probeer het" in page
    for word in ("sqlite", "newsletter.db", "Traceback", "wish", "disk"):
        assert word not in page


# --- A list that another program holds ---


@pytest.fixture
def running(project) -> Iterator[Running]:
    hurried = f"from generator.subscribers.store import database; database.PATIENCE = 1; {PROGRAM[2]}"
    with run_service(project, program=[*PROGRAM[:2], hurried]) as running:
        yield running


def test_a_locked_list_is_said_and_waited_for(project, running):
    version = running.version()
    with closing(sqlite3.connect(project / LIST, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert running.ask("GET", "/subscribe")[0] == 200  # whoever only reads does not wait
        status, page = running.subscribe("reader@example.com", version)
        assert status == 503
        assert_says_so(page)
        running.wait_for("nothing was saved")
        assert "reader@" not in running.said
        other.execute("ROLLBACK")
    assert running.subscribe("reader@example.com", version)[0] == 202
    assert "Traceback" not in running.said
    assert kept(project) == {"reader@example.com"}
