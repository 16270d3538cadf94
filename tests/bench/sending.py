"""Measures how fast letters leave, and what that takes: `python -m tests.bench.sending`; `make bench` does it too.

The relay is Postfix's smtp-sink, which takes everything and keeps nothing. Ours is the real command, `newsletter
resume`, with the ledger on the disk after each letter. Beside it, in turns: Postfix's own smtp-source, which sends the
same text again and again over a kept connection, and an EmailMessage and smtplib without a ledger. With SQLite ours is
measured with its own signature too (DKIM, RSA of 2048 bits), and beside dkimpy, which only signs and sends nothing. The
rate of ours is that from the first letter to the last; what a person waits for is longer by the start of the command.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Self

from tests.bench.measure import MEGABYTE
from tests.machine import find_postgresql
from tests.postgresql import start_postgresql

# As in tests.bench.__main__, this process stays small: nothing of the generator is imported here.

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build/bench-sending.json"
NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
GENERATE = str(Path(sys.executable).with_name("generate"))
LAST = "2026-W48"
MISSING = "Sending is not measured: that takes Linux, and Postfix's smtp-sink and smtp-source (apt install postfix)."

SIZES = (5_000, 19_000, 38_000)
"""Bytes of a message; the real letter has 19,000 to 20,000."""
LETTERS = 5_000
COUNTS = (10_000, 100_000, 1_000_000)
"""Subscribers, for memory and preparation."""
PARTLY = 15
"""Seconds after which a run is stopped that shows memory, or what a slow wire allows; it ends as after Ctrl-C."""
DISTANCES = (20, 100)
"""Milliseconds to a relay that is somewhere else, and back."""
BATCH = 200
"""Letters in a request to an engine."""
MANY = 40_000
"""Letters to an engine, so that each connection makes many requests."""

AIM_SHARE, AIM_TIMES, AIM_RATE, AIM_MEMORY, AIM_SECONDS = 0.4, 5, 900, 60, 5
AIM_SIGNED = {1: 0.6, 4: 0.8}
"""By connections: what signing leaves of the rate."""
AIM_PROCESSOR = 0.8
"""Milliseconds for each signed letter, the start of the command included."""
SIGNED = "signed by us"


@dataclass
class Figure:
    """What one run found."""

    name: str
    size: int = 0
    """Bytes of a message."""
    connections: int = 1
    letters: int = 0
    rate: float = 0
    """Letters a second."""
    seconds: float = 0
    """From the start of the command to its end; of a freeze: of the transaction."""
    processor: float = 0
    """Milliseconds for each letter, without what a database server takes."""
    memory: float = 0
    """Megabytes at the highest moment, of the process that sends."""
    number: int = 1


# --- Who sends --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A project with a list, and the database where that stands."""

    folder: Path
    database: str
    name: str
    key: str = ""
    """The file with the key that signs; empty when nothing does."""
    mail: str = "smtp://127.0.0.1:{port}"
    """How the relay is named."""

    def newsletter(self, *arguments: str, port: int, most: float | None = None) -> tuple[float, float, float]:
        """Seconds, processor seconds and megabytes of a command; `most`: it is stopped after so many seconds."""
        return run([NEWSLETTER, "--root", str(self.folder), *arguments], self._environment(port), most)

    def ask(self, *arguments: object) -> dict[str, Any]:
        """What tests.bench.mailings says."""
        what, *rest = map(str, arguments)
        command = [sys.executable, "-m", "tests.bench.mailings", what, str(self.folder), *rest]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment(0), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(
                f"tests.bench.mailings {what} ended with {done.returncode}:\n{done.stderr[-2000:]}"
            )
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    def _environment(self, port: int) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
        return {
            **kept,
            "NEWSLETTER_DATABASE": self.database,
            "NEWSLETTER_MAIL": self.mail.format(port=port),
            "NEWSLETTER_DKIM_KEY": self.key,
        }


def run(
    command: Sequence[str], environment: dict[str, str], most: float | None
) -> tuple[float, float, float]:
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        previous = signal.signal(signal.SIGALRM, lambda *_: process.terminate())
        signal.setitimer(signal.ITIMER_REAL, most or 0)
        try:
            with Peak(process.pid) as peak:
                _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
            if process.returncode is None:
                process.kill()
                process.wait()
        seconds = time.perf_counter() - began
        if process.returncode not in ((0, 143) if most else (0,)):
            said.seek(0)
            words = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{words}")
    return seconds, usage.ru_utime + usage.ru_stime, peak.found


class Peak(threading.Thread):
    """Looks ten times a second at the most memory that a process has held. What the system reports when it has ended is
    that of its largest child, and `send` looks at the letter and renders it in a child, which ends before it sends.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.found = 0.0
        """Megabytes."""
        self._path = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(0.1):
            with suppress(OSError):
                if most := re.search(r"VmHWM:\s*(\d+) kB", self._path.read_text(encoding="ascii")):
                    self.found = max(self.found, int(most[1]) * 1024 / MEGABYTE)


def send_ours(  # noqa: PLR0913 (all that runs differ in)
    project: Project,
    size: int,
    connections: int,
    port: int,
    most: float | None = None,
    name: str = "",
    at_once: int = 1,
) -> Figure:
    """A mailing to the whole list, frozen anew. `at_once`: letters that are accepted at the same moment."""
    project.ask("freeze", size)
    arguments = ["resume", LAST, "--connections", str(connections)]
    seconds, processor, memory = project.newsletter(*arguments, port=port, most=most)
    told = project.ask("tell")
    return Figure(
        name or f"newsletter, {project.name}",
        told["bytes"],
        connections,
        told["accepted"],
        (told["accepted"] - at_once) / told["seconds"],
        seconds,
        processor * 1000 / told["accepted"],
        memory,
    )


def send_source(size: int, connections: int, port: int, letters: int, name: str = "smtp-source") -> Figure:
    addresses = ("-f", "letter@example.org", "-t", "reader@example.com")
    counts = ("-s", str(connections), "-l", str(size), "-m", str(letters))
    command = ["smtp-source", "-d", *counts, *addresses, f"127.0.0.1:{port}"]
    seconds, processor, memory = run(command, dict(os.environ), None)
    return Figure(
        name, size, connections, letters, letters / seconds, seconds, processor * 1000 / letters, memory
    )


def send_plain(project: Project, size: int, port: int, letters: int) -> Figure:
    folder = project.folder / f"build/issues/{LAST}/nl"
    command = [
        *(sys.executable, "-m", "tests.bench.plain_sender", str(port), str(letters), str(size)),
        *(str(folder / "email.txt"), str(folder / "email.html")),
    ]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rate, found = done.stdout.split()
    return Figure("EmailMessage + smtplib", int(found), 1, letters, float(rate), time.perf_counter() - began)


def sign(project: Project, size: int, letters: int) -> Iterator[Figure]:
    """Sends nothing: how fast letters are signed, by us and by dkimpy."""
    project.ask("freeze", size)
    for name, found in project.ask("sign", letters).items():
        rate = found["letters"] / found["seconds"]
        processor = found["processor"] * 1000 / found["letters"]
        yield Figure(
            f"signing alone, {name}",
            found["bytes"],
            1,
            found["letters"],
            rate,
            found["seconds"],
            processor,
        )


# --- What is measured -------------------------------------------------------------------------------------------------


def measure(options: argparse.Namespace, place: Path) -> Iterator[Figure]:
    """Every figure as it is found."""
    programs = find_postgresql()
    with ExitStack() as stack:
        server = stack.enter_context(start_postgresql(programs, durable=True)) if programs else ""
        port = stack.enter_context(start_sink())
        project = make_project(place / "project")
        projects = [Project(project, "sqlite:///var/newsletter.db", "SQLite")]
        if server:
            projects.append(Project(project, server.format("postgres"), "PostgreSQL"))
        if "rates" in options.parts:
            signing = make_signing(project, place / "signing")
            for each in (*projects, signing):
                each.ask("fill", options.letters)
            for size in options.sizes:
                plans = plan_rates([*projects, signing], size, port, options)
                yield from take_turns(plans, options.rounds)
                yield from sign(signing, size, options.letters)
        if "distance" in options.parts:
            projects[0].ask("fill", LETTERS)
            yield from measure_distance(projects[0], port, options)
        if "engines" in options.parts:
            yield from measure_engines(projects, options)
        if "memory" in options.parts:
            for count in options.counts:
                for each in projects:
                    yield from measure_memory(each, count, port)


def plan_rates(
    projects: Sequence[Project], size: int, port: int, options: argparse.Namespace
) -> list[Callable[[], Figure]]:
    letters = options.letters
    plans: list[Callable[[], Figure]] = [
        lambda: send_source(size, 1, port, 2 * letters),
        lambda: send_source(size, 4, port, 2 * letters),
        lambda: send_plain(projects[0], size, port, max(200, letters // 5)),
    ]
    for project in projects:
        for connections in (1, 4):
            plans.append(
                lambda project=project, connections=connections: send_ours(project, size, connections, port)  # type: ignore[misc]
            )
    return plans


def take_turns(plans: Sequence[Callable[[], Figure]], rounds: int) -> Iterator[Figure]:
    """Every second round backwards, so that nobody always comes after the same other."""
    for number in range(1, rounds + 1):
        for plan in plans if number % 2 else reversed(plans):
            figure = plan()
            figure.number = number
            yield figure


def measure_distance(project: Project, port: int, options: argparse.Namespace) -> Iterator[Figure]:
    """A relay that answers after so many milliseconds."""
    for distance in DISTANCES[:1] if options.quick else DISTANCES:
        with start_wire(port, distance) as far:
            words = f"{distance} ms away"
            for connections in (1, 4) if options.quick else (1, 4, 16):
                yield send_source(SIZES[1], connections, far, 50 * connections, f"smtp-source, {words}")
                seconds = 5 if options.quick else PARTLY
                yield send_ours(project, SIZES[1], connections, far, seconds, f"newsletter, {words}")


def measure_engines(projects: Sequence[Project], options: argparse.Namespace) -> Iterator[Figure]:
    """Batches to an engine that answers after so many milliseconds."""
    port = find_port()
    with running([sys.executable, "-m", "tests.bench.engine", str(port)], port):
        for project in projects:
            rented = replace(project, mail="lettermint://lm_bench@127.0.0.1:{port}")
            rented.ask("fill", MANY)
            for distance in (0, *(DISTANCES[:1] if options.quick else DISTANCES)):
                with start_wire(port, distance) if distance else nullcontext(port) as far:
                    for connections in (1, 4):
                        seconds, at_once = 5 if options.quick else PARTLY, BATCH * connections
                        name = f"batches, {project.name}, {distance} ms"
                        yield send_ours(rented, SIZES[1], connections, far, seconds, name, at_once)


def measure_memory(project: Project, count: int, port: int) -> Iterator[Figure]:
    """How long a mailing to so many takes to freeze, and what `newsletter send` holds, from its start."""
    project.ask("fill", count)
    frozen = project.ask("freeze", 0)
    yield Figure(f"freeze, {project.name}", letters=count, seconds=frozen["seconds"])
    project.ask("fill", count)  # nothing is frozen any more
    arguments = ("send", LAST, "--now", "--without-git")
    seconds, processor, memory = project.newsletter(*arguments, port=port, most=PARTLY)
    told = project.ask("tell")
    sent = told["accepted"]
    yield Figure(
        f"send to {count:,}, {project.name}",
        told["bytes"],
        1,
        sent,
        (sent - 1) / told["seconds"],
        seconds,
        processor * 1000 / sent,
        memory,
    )


# --- What it takes ----------------------------------------------------------------------------------------------------


def make_project(folder: Path) -> Path:
    """A few weeks of letters of the real length, and a service that signs people off."""
    for command in (
        [sys.executable, "-m", "tests.bench.archives", str(folder), "8"],
        [GENERATE, "--root", str(folder), "issue", "--week", LAST],
    ):
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    path = folder / "newsletter/settings.toml"
    settings = path.read_text(encoding="utf-8")
    if "\n[service]" not in settings:
        settings += '\n[service]\nurl = "https://letter.example.org/"\n'
    path.write_text(settings, encoding="utf-8")
    return folder


def make_signing(project: Path, folder: Path) -> Project:
    """The same project, where letters are signed."""
    shutil.copytree(project, folder)
    with (folder / "newsletter/settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[dkim]\nselector = "s1"\ndomain = "example.org"\n')
    key = folder / "var/dkim.pem"
    key.parent.mkdir(exist_ok=True)
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], capture_output=True, check=True)
    return Project(folder, "sqlite:///var/newsletter.db", f"SQLite, {SIGNED}", str(key))


@contextmanager
def start_sink() -> Iterator[int]:
    """A relay that takes everything."""
    port = find_port()
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    with running(["smtp-sink", *who, f"127.0.0.1:{port}", "2000"], port):
        yield port


@contextmanager
def start_wire(port: int, distance: int) -> Iterator[int]:
    """A port that leads to another, so many milliseconds away."""
    listen = find_port()
    command = [sys.executable, "-m", "tests.bench.latency", str(listen), str(port), str(distance)]
    with running(command, listen):
        yield listen


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """A server in the background, from when it listens."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def find_sink() -> bool:
    """Whether smtp-sink and smtp-source are there, also where only root has them on the PATH."""
    os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
    return sys.platform == "linux" and all(map(shutil.which, ("smtp-sink", "smtp-source")))


# --- What is shown and written ----------------------------------------------------------------------------------------

_ROW = "{:<32}{:>9}{:>6}{:>10}{:>10}{:>9}{:>13}{:>9}"


def show_heading() -> None:
    heading = ("", "bytes", "conns", "letters", "rate", "seconds", "ms/letter", "memory")
    print(_ROW.format(*heading), flush=True)


def show(figure: Figure) -> None:
    rate = f"{figure.rate:,.0f}/s" if figure.rate else ""
    processor = f"{figure.processor:.2f}" if figure.processor else ""
    memory = f"{figure.memory:.0f} MB" if figure.memory else ""
    size, connections = (f"{figure.size:,}", figure.connections) if figure.size else ("", "")
    row = (size, connections, f"{figure.letters:,}", rate, f"{figure.seconds:.1f}", processor, memory)
    print(_ROW.format(figure.name, *row).rstrip(), flush=True)


def find_aims(figures: Sequence[Figure]) -> list[tuple[str, float, float, str, bool]]:
    """What was aimed at: words, figure, limit, unit, and whether it is met."""
    aims: list[tuple[str, float, float, str, bool]] = []

    def find(name: str, what: str = "rate", connections: int = 1) -> float:
        """Of messages of 19 KB: the median."""
        found = [
            getattr(figure, what)
            for figure in figures
            if figure.name == name and figure.connections == connections and 15_000 < figure.size < 25_000
        ]
        return median(found) if found else 0

    source, plain = find("smtp-source"), find("EmailMessage + smtplib")
    for database in ("SQLite", "PostgreSQL"):
        ours = find(f"newsletter, {database}")
        if ours and source and plain:
            share, times = ours / source, ours / plain
            aims += [
                (f"{database}, share of smtp-source -d -s 1", share, AIM_SHARE, "", share >= AIM_SHARE),
                (f"{database}, times EmailMessage + smtplib", times, AIM_TIMES, "×", times >= AIM_TIMES),
                (f"{database}, letters a second", ours, AIM_RATE, "/s", ours > AIM_RATE),
            ]
    signed, unsigned = f"newsletter, SQLite, {SIGNED}", "newsletter, SQLite"
    for connections, limit in AIM_SIGNED.items():
        if all(rates := [find(name, connections=connections) for name in (signed, unsigned)]):
            share, words = rates[0] / rates[1], f"signed, share of unsigned, connections: {connections}"
            aims.append((words, share, limit, "", share >= limit))
    if processor := find(signed, "processor"):
        words = "signed, processor for each letter"
        aims.append((words, processor, AIM_PROCESSOR, " ms", processor < AIM_PROCESSOR))
    for figure in figures:
        if figure.name.startswith("send to"):
            met = figure.memory < AIM_MEMORY
            aims.append((f"{figure.name}: memory", figure.memory, AIM_MEMORY, " MB", met))
        if figure.name.startswith("freeze") and figure.letters == COUNTS[-1]:
            met = figure.seconds < AIM_SECONDS
            aims.append((f"{figure.name}, {figure.letters:,}", figure.seconds, AIM_SECONDS, " s", met))
    return aims


def show_summary(figures: Sequence[Figure]) -> None:
    """The medians of what had several rounds."""
    print("\nMedians, letters a second")
    for key in dict.fromkeys(
        (figure.name, round(figure.size, -3), figure.connections) for figure in figures if figure.rate
    ):
        rates = [
            figure.rate
            for figure in figures
            if (figure.name, round(figure.size, -3), figure.connections) == key
        ]
        if len(rates) > 1:
            spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
            print(f"{key[0]:<32}{key[1]:>9,}{key[2]:>6}{median(rates):>10,.0f}  ({spread})")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sending", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="BYTES")
    parser.add_argument(
        "--letters", type=int, default=LETTERS, help=f"letters in each run; default: {LETTERS}"
    )
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds; default: 3")
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), metavar="SUBSCRIBERS")
    parts = ["rates", "distance", "engines", "memory"]
    parser.add_argument(
        "--parts", nargs="+", choices=parts, default=parts, help="parts to measure; default: all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="only letters of 19 KB, one round, 10,000 subscribers"
    )
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.letters, options.rounds, options.counts = [SIZES[1]], 2000, 1, [COUNTS[0]]
    if not find_sink():
        print(MISSING)
        return 0
    figures: list[Figure] = []
    show_heading()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        for figure in measure(options, Path(place)):
            figures.append(figure)
            show(figure)
    show_summary(figures)
    print()
    aims = find_aims(figures)
    for words, found, limit, unit, met in aims:
        print(f"{words:<44}{found:>9,.2f}{unit}  aim: {limit}{unit}  {'met' if met else 'NOT MET'}")
    REPORT.parent.mkdir(exist_ok=True)
    report = {"figures": [asdict(figure) for figure in figures], "aims": aims}
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
