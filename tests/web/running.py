"""Runs the real service, as an operator starts it, and talks to it over a socket."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

PROGRAM = (sys.executable, "-c", "from generator.cli.newsletter import main; main()")
PATIENCE = 60


@dataclass
class Running:
    """A service that runs, and what it said until now."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def connect(self, source: str | None = None) -> socket.socket:
        """A connection; from another address of this machine, if it has one."""
        return socket.create_connection(
            ("127.0.0.1", self.port), timeout=PATIENCE, source_address=(source, 0) if source else None
        )

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(
                method, path, body, {key.replace("_", "-"): value for key, value in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def version(self) -> str:
        """Of the wording on the form."""
        found = re.search(r'name="?wording"? value="?([0-9a-f]{16})', self.ask("GET", "/subscribe")[1])
        assert found
        return found[1]

    def subscribe(self, address: str, version: str, network: str = "2001:db8::1") -> tuple[int, str]:
        """Fill in the form, as somebody whom the proxy has seen in this network."""
        return self.ask(
            "POST",
            "/subscribe",
            urlencode({"email": address, "website": "", "wording": version}).encode(),
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=network,
        )

    def wait_for(self, words: str) -> None:
        """Until it has said this."""
        until = time.monotonic() + PATIENCE
        while words not in self.said:
            assert time.monotonic() < until, f"It never said {words!r}:\n{self.said}"
            time.sleep(0.02)

    def kill(self) -> None:
        """As the system does when memory runs out: at once, and unasked."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run_service(
    root: Path,
    *arguments: str,
    port: int = 0,
    before: Sequence[str] = (),
    program: Sequence[str] = PROGRAM,
    **environment: str,
) -> Iterator[Running]:
    """The real command, once it answers; `before` is what starts it. `port` is a free one by default."""
    port = port or find_port()
    log = root / f"service-{port}.log"
    command = [*before, *program, "--root", str(root), "serve", "--port", str(port), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Running(process, port, log)
    try:
        _wait(running)
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                running.kill()
                raise


def _wait(running: Running) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        assert running.process.poll() is None, f"The service ended:\n{running.said}"
        assert time.monotonic() < until, f"The service never answered:\n{running.said}"
        try:
            if running.ask("GET", "/alive")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
