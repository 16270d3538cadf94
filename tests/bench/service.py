"""Measures the service under load: `python -m tests.bench.service`; `make bench` does it too.

wrk asks over a few open connections, each as soon as it has its answer, so the latency is that of a service that is
always busy. Rounds are alike and follow each other: what grows from one to the next would grow for ever. Limits for
networks are off; all else is as an operator has it, mail to a folder and the worker at work meanwhile.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from generator.model import Week
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.store.keys import Keys
from tests.bench.measure import MEGABYTE
from tests.machine import find_postgresql
from tests.postgresql import start_postgresql

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("wishes.lua")
REPORT = ROOT / "build/bench-service.json"
PORT = 8025
SECRET = "of-a-relay-for-measuring"  # noqa: S105
MISSING = "The service is not measured: that takes Linux, and wrk (apt install wrk)."

SERVE = f"""
from pathlib import Path
from generator.cli.newsletter.serve import run_service
from generator.clock import read_clock
run_service(Path.cwd(), "127.0.0.1", {PORT}, "", ["127.0.0.1"], read_clock, limits=False)
"""

AIM_REQUESTS, AIM_MILLISECONDS, AIM_GROWTH = 1500, 25, 1.05


@dataclass(frozen=True)
class Round:
    """What wrk found, and what the service held afterwards."""

    database: str
    asked: str
    number: int
    rate: float
    """Requests a second."""
    p50: float
    p99: float
    slowest: float
    """Milliseconds."""
    errors: int
    memory: float
    """Megabytes."""
    files: int
    """Open files and connections."""


def measure(options: argparse.Namespace, place: Path) -> Iterator[Round]:
    """Rounds of GET, of POST, and of reports to a web hook (HOOK), on each database."""
    programs = find_postgresql()
    with start_postgresql(programs) if programs else nullcontext("") as server:
        databases = {"SQLite": "sqlite:///var/newsletter.db"}
        if server:
            databases["PostgreSQL"] = server.format("postgres")
        for name, database in databases.items():
            with run(make_project(place / name), database) as pid:
                print(f"{name}: at rest {memory(pid):.0f} MB, {files(pid)} files", flush=True)
                version, tag = (
                    find_version(),
                    make_tag(read_keys(place / name), Week.parse("2026-W48"), "nobody"),
                )
                for asked in ("GET", "POST", "HOOK"):
                    for number in range(1, options.rounds + 1):
                        arguments = {
                            "POST": [version, f"r{number}"],
                            "HOOK": [version, f"r{number}", SECRET, tag],
                        }
                        found = load(
                            arguments.get(asked, []),
                            options,
                            "hooks/brevo" if asked == "HOOK" else "subscribe",
                        )
                        yield describe(name, asked, number, pid, found)
                compare(version)


def load(arguments: Sequence[str], options: argparse.Namespace, path: str) -> dict[str, float]:
    command = [
        *(
            "wrk",
            "--threads",
            "2",
            "--connections",
            str(options.connections),
            "--duration",
            f"{options.seconds}s",
        ),
        *("--script", str(SCRIPT), f"http://127.0.0.1:{PORT}/{path}", "--", *arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def describe(database: str, asked: str, number: int, pid: int, found: dict[str, float]) -> Round:
    return Round(
        database,
        asked,
        number,
        rate=round(found["requests"] / found["seconds"]),
        p50=found["p50"],
        p99=found["p99"],
        slowest=found["slowest"],
        errors=int(found["errors"]),
        memory=round(memory(pid), 1),
        files=files(pid),
    )


def compare(version: str) -> None:
    """How long a POST takes for somebody who is on the list, and for somebody who is not: one after the other."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    connection = HTTPConnection("127.0.0.1", PORT)
    for number in range(400):
        for kind, name in (("known", "reader.r1.0.1"), ("unknown", f"stranger.r.0.{number}")):
            body = urlencode({"email": f"{name}@example.com", "website": "", "wording": version})
            began = time.perf_counter()
            connection.request(
                "POST", "/subscribe", body, {"Content-Type": "application/x-www-form-urlencoded"}
            )
            connection.getresponse().read()
            took[kind].append((time.perf_counter() - began) * 1000)
    connection.close()
    words = (f"{kind} {median(times):.2f} ms" for kind, times in took.items())
    print(f"A POST, one after the other, median: {', '.join(words)}", flush=True)


def find_version() -> str:
    """Of the wording that the form names."""
    connection = HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", "/subscribe")
    page = connection.getresponse().read().decode()
    connection.close()
    return re.findall(r'name="wording" value="([0-9a-f]{16})"', page)[0]


def read_keys(project: Path) -> Keys:
    """Those that the service made."""
    [text] = re.findall(
        r"^NEWSLETTER_KEYS=(.+)$", (project / "var/newsletter.env").read_text("utf-8"), re.MULTILINE
    )
    return Keys.parse(text)


def make_project(folder: Path) -> Path:
    """The small project of the tests, with the real templates."""
    shutil.copytree(ROOT / "tests/sample", folder, ignore=shutil.ignore_patterns("templates"))
    (folder / "templates").symlink_to(ROOT / "templates")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


@contextmanager
def run(project: Path, database: str) -> Iterator[int]:
    """The service in a process of its own, until it answers."""
    with (project / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=project,
            env={
                **os.environ,
                "NEWSLETTER_DATABASE": database,
                "NEWSLETTER_MAIL": "maildir:var/mail",
                "NEWSLETTER_HOOK_BREVO": SECRET,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                HTTPConnection("127.0.0.1", PORT).request("GET", "/health")
                break
            except OSError:
                continue
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def find_wrk() -> bool:
    """Whether wrk is there; as root on Debian and its children, as in a container, it is installed first."""
    if not Path("/proc/self/statm").exists():  # where memory is looked up
        return False
    if not shutil.which("wrk") and shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "wrk"]):
            subprocess.run(command, env=environment, capture_output=True, check=False)
    return bool(shutil.which("wrk"))


def memory(pid: int) -> float:
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


# --- What is shown and written ----------------------------------------------------------------------------------------

_ROW = "{:<12}{:<6}{:>3}{:>9}{:>10}{:>10}{:>11}{:>8}{:>10}{:>7}"


def show(found: Round) -> None:
    latencies = (f"{milliseconds:.1f} ms" for milliseconds in (found.p50, found.p99, found.slowest))
    row = (found.database, found.asked, found.number, f"{found.rate:,.0f}/s", *latencies, found.errors)
    print(_ROW.format(*row, f"{found.memory:.0f} MB", found.files), flush=True)


def show_aims(rounds: Sequence[Round]) -> None:
    for database, asked in dict.fromkeys((found.database, found.asked) for found in rounds):
        those = [found for found in rounds if (found.database, found.asked) == (database, asked)]
        rate, p99 = median(found.rate for found in those), median(found.p99 for found in those)
        growth = those[-1].memory / those[0].memory
        met = (
            rate > AIM_REQUESTS
            and p99 < AIM_MILLISECONDS
            and growth < AIM_GROWTH
            and not any(found.errors for found in those)
        )
        print(
            f"{database}, {asked}: {rate:,.0f}/s (aim: over {AIM_REQUESTS:,}), p99 {p99:.1f} ms (under"
            f" {AIM_MILLISECONDS}), memory × {growth:.2f} in the last round: {'met' if met else 'NOT MET'}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.service", description=__doc__)
    parser.add_argument("--seconds", type=int, default=12, help="duration of each round; default: 12")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each kind; default: 3")
    parser.add_argument("--connections", type=int, default=16, help="concurrent connections; default: 16")
    parser.add_argument("--quick", action="store_true", help="one round of three seconds")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds = 3, 1
    if not find_wrk():
        print(MISSING)
        return 0
    heading = ("", "", "", "requests", "p50", "p99", "slowest", "errors", "memory", "files")
    print(_ROW.format(*heading), flush=True)
    rounds = []
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for found in measure(options, Path(place)):
            rounds.append(found)
            show(found)
    show_aims(rounds)
    REPORT.parent.mkdir(exist_ok=True)
    report = json.dumps([asdict(found) for found in rounds], indent=2)
    REPORT.write_text(f"{report}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
