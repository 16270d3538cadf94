"""A copy of the project, and a person in it who types: one bash, which keeps its folder and its variables."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.request import ProxyHandler, build_opener

from tests.days import live_on
from tests.documents.blocks import ROOT

PATIENCE = 120
"""Seconds after which something hangs."""

SERVERS = {
    r"make serve|generate serve.*": r"Serving on (http\S+)",
    r"make write|generate write.*": r"Write: (http\S+)",
    r"make service": r"Sign up: (http\S+)",
    r"newsletter serve.*": r"Listening on (\S+:\d+)\.",
    r"newsletter desk.*": r"Desk: (http\S+)",
    r"newsletter send --wait": r"Waiting until ()",
}
"""Commands that go on until Ctrl-C, and what they say when they answer."""

DAY = "@2026-11-30 08:00:00"
"""A Monday, in UTC: the letter of 2026-W48 is out, that of 2026-W49 comes. The clock goes on from there."""

BEFORE = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
"""When the files of the project were last changed; `make` warns of a file from the future."""


def copy_project(folder: Path) -> Path:
    """What git keeps, committed in a repository of its own, with the program set up as `make` would leave it."""
    listed = subprocess.run(
        ("git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(ROOT / ".venv/bin")
    for stamp in ("run.stamp", "test.stamp"):
        (folder / ".venv" / stamp).touch()
    for path in folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (BEFORE, BEFORE))
    (folder / ".venv/complete").write_text(f"{folder} python3\n")
    git = ("git", "-c", "user.name=An editor", "-c", "user.email=editor@example.org", "-C", folder)
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "--all"),
        ("commit", "-q", "-m", "As it is published"),
    ):
        subprocess.run((*git, *words), check=True)
    return folder


@dataclass
class Done:
    """What a command did."""

    code: int
    output: str


@dataclass
class Server:
    """A command that goes on."""

    process: subprocess.Popen[bytes]
    address: str


@dataclass
class Shell:
    """Types commands in a project, one after the other."""

    project: Path
    home: Path
    lock: Path
    """Ports 8000 and 8001 belong to one shell at a time, in whatever process: from its first server to its last."""
    servers: list[Server] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self._locked = self.lock.open("w")
        self.environment = {
            "HOME": str(self.home),
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "COLUMNS": "110",
            "GIT_CONFIG_NOSYSTEM": "1",
            # What an editor's git knows of them; everybody who commits has told it that.
            **{f"GIT_{who}_NAME": "An editor" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "editor@example.org" for who in ("AUTHOR", "COMMITTER")},
            **live_on(DAY),
        }
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, command: str) -> Done:
        """Type a command, and wait until it has ended."""
        self._number += 1
        output, code = (self.home / f"{self._number}.{end}" for end in ("output", "code"))
        self._type(
            f'{{ {command}\n}} < /dev/null > "{output}" 2>&1; echo $? > "{code}.new"; mv "{code}.new" "{code}"'
        )
        ends = time.monotonic() + PATIENCE
        while not code.exists():
            assert time.monotonic() < ends, f"{command} hangs:\n{output.read_text('utf-8', 'replace')}"
            time.sleep(0.02)
        return Done(int(code.read_text()), output.read_text("utf-8", "replace"))

    def serve(self, command: str, pattern: str) -> Server:
        """Type a command that goes on, in a terminal of its own, and wait until it answers."""
        fcntl.flock(self._locked, fcntl.LOCK_EX)
        self._number += 1
        output = self.home / f"{self._number}.output"
        environment = self.home / "environment"
        assert self.run(f'export -p > "{environment}"').code == 0
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-c", f'source "{environment}"; exec {command}'],
                cwd=self.project,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ends = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, said := output.read_text("utf-8", "replace"))):
            assert process.poll() is None, f"{command} ended with {process.returncode}:\n{said}"
            assert time.monotonic() < ends, f"{command} never answered:\n{said}"
            time.sleep(0.05)
        server = Server(process, re.sub(r"^(\d.*)", r"http://\1/health", found[1]))
        self.servers.append(server)
        if server.address:
            with build_opener(ProxyHandler({})).open(server.address, timeout=PATIENCE) as answer:
                assert answer.status == 200
        return server

    def stop(self, server: Server) -> None:
        """Type Ctrl-C in the terminal of that command."""
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(PATIENCE)
        if all(one.process.poll() is not None for one in self.servers):
            fcntl.flock(self._locked, fcntl.LOCK_UN)

    def close(self) -> None:
        for server in self.servers:
            if server.process.poll() is None:
                self.stop(server)
        self._locked.close()
        assert self._bash.stdin
        self._bash.stdin.close()
        self._bash.wait(PATIENCE)

    def _type(self, line: str) -> None:
        stdin: IO[bytes] | None = self._bash.stdin
        assert stdin
        stdin.write(f"{line}\n".encode())
        stdin.flush()
