"""Measures what the commands cost: `make bench`, or `make bench ARGS=--quick` for a first look.

Each figure is the median of a few runs, every run a process of its own, and what is compared takes turns. On a machine
that does other work too, seconds say little: `generate site` wants two cores. Processor seconds suffer less. Nothing is
asserted: the table and build/bench.json say what was found.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measure import MEGABYTE, CommandFailedError, Cost, measure
from tests.machine import find_postgresql
from tests.postgresql import start_postgresql

# Nothing of the generator is imported here, and projects are made by processes of their own. This process must stay
# small: Linux counts its memory as that of each command, for the moment between fork and exec.

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build/bench.json"
GENERATE = str(Path(sys.executable).with_name("generate"))
NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))

SHORT, LONG = 52, 1040
"""One year and twenty years of weeks, for which the aims are set."""
LINES = (100_000, 1_000_000)
"""Of the lists of subscribers."""
SQLITE = "sqlite:///var/newsletter.db"
LAST = "2026-W48"
"""The week of the newest letter, as tests.bench.archives makes it."""

PACKAGES = ("mkdocs", "mkdocs-material", "mkdocs-rss-plugin", "Markdown", "pydantic", "feedgen", "lxml")


@dataclass
class Task:
    """A command to measure, and what it has cost until now."""

    name: str
    weeks: int | None
    folder: Path
    commands: Sequence[Sequence[str]]
    prepare: Callable[[], None] = lambda: None
    """Done before each run, and not measured."""
    costs: list[Cost] = field(default_factory=list)
    pages: int | None = None
    """How many HTML pages it made, when it makes a site."""
    size: float | None = None
    """Megabytes of that site."""

    @property
    def cost(self) -> Cost:
        """The median of each."""
        return Cost(
            median(cost.seconds for cost in self.costs),
            median(cost.processor for cost in self.costs),
            median(cost.memory for cost in self.costs),
        )


# --- What is measured -------------------------------------------------------------------------------------------------


def plan_help(place: Path) -> Task:
    return Task("generate --help", None, place, [[GENERATE, "--help"]])


def plan_edit(project: Path) -> Callable[[], None]:
    """What an editor does between two runs: add two words to the Dutch text of the newest letter."""
    letter = project / f"newsletter/issues/{LAST}/nl.md"

    def edit() -> None:
        beginning, heading, rest = letter.read_text(encoding="utf-8").partition("\n\n## Food for action")
        letter.write_text(f"{beginning} Nog eens.{heading}{rest}", encoding="utf-8")

    return edit


def plan_issue(project: Path, weeks: int) -> Task:
    """`generate issue` after an edit."""
    return Task("generate issue", weeks, project, [[GENERATE, "issue", "--week", LAST]], plan_edit(project))


def plan_check(project: Path, weeks: int) -> Task:
    """All rules on everything, when nothing is known of an earlier check."""

    def forget() -> None:
        shutil.rmtree(project / "build/cache", ignore_errors=True)

    return Task("generate check", weeks, project, [[GENERATE, "check"]], forget)


def plan_check_again(project: Path, weeks: int) -> Task:
    """The same after an edit; the check before it is known."""
    return Task("generate check, one edited", weeks, project, [[GENERATE, "check"]], plan_edit(project))


def plan_letter(project: Path, weeks: int) -> Task:
    """All rules on one letter in both languages, as an editor asks for it after each edit."""
    return Task(f"generate check {LAST}", weeks, project, [[GENERATE, "check", LAST]])


def plan_site(project: Path, weeks: int) -> Task:
    return Task("generate site", weeks, project, [[GENERATE, "site"]], lambda: remove_site(project))


def plan_peer(project: Path, weeks: int) -> Task:
    """The peer's build, from nothing as ours: both languages, one after the other."""
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f"]
    commands = [[*build, "mkdocs.nl.yml"], [*build, "mkdocs.en.yml"]]
    return Task("blog + RSS plugins", weeks, project, commands, lambda: remove_site(project))


def plan_lists(project: Path, lines: int, title: str, database: str) -> list[Task]:
    """`newsletter subscribers import` into an empty list, and `export` of it."""
    # Whatever list the environment names is not ours to fill.
    command = [
        "env",
        "-u",
        "NEWSLETTER_KEYS",
        f"NEWSLETTER_DATABASE={database}",
        NEWSLETTER,
        "--root",
        str(project),
    ]
    command.append("subscribers")

    def empty() -> None:
        shutil.rmtree(project / "var", ignore_errors=True)
        if database != SQLITE:
            make("lists", "empty", database)

    def clear() -> None:
        Path(target).unlink(missing_ok=True)  # a file that exists is not written over

    source, target = (str(project / name) for name in (f"{lines}.csv", "export.csv"))
    return [
        Task(f"import {lines:,} {title}", None, project, [[*command, "import", source]], empty),
        Task(f"export {lines:,} {title}", None, project, [[*command, "export", "--output", target]], clear),
    ]


def remove_site(project: Path) -> None:
    shutil.rmtree(project / "site", ignore_errors=True)


def make_projects(place: Path, weeks: Sequence[int]) -> None:
    """Ours and the peer's with the same texts: `<place>/ours-52`, `<place>/peer-52`."""
    for count in weeks:
        ours = place / f"ours-{count}"
        with progress(f"writing {count:,} weeks of letters"):
            make("archives", ours, str(count))
            make("peer", ours, place / f"peer-{count}")


def make(module: str, *arguments: Path | str) -> None:
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailedError(f"tests.bench.{module} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def measure_all(place: Path, weeks: Sequence[int], *, quick: bool) -> Iterator[Task]:
    """Measure everything, yielding each task when its runs are done."""

    def runs(many: int) -> int:
        return 1 if quick else many

    ours = {count: place / f"ours-{count}" for count in weeks}
    yield from take_turns([plan_help(place)], runs(9), rehearse=True)
    yield from take_turns([plan_issue(ours[count], count) for count in weeks], runs(7), rehearse=True)
    yield from take_turns([plan_letter(ours[count], count) for count in weeks], runs(7), rehearse=True)
    yield from take_turns([plan_check(ours[count], count) for count in weeks], runs(3))
    yield from take_turns([plan_check_again(ours[count], count) for count in weeks], runs(5))
    for count in weeks:
        tasks = [plan_site(ours[count], count), plan_peer(place / f"peer-{count}", count)]
        take_turns(tasks, runs(3), rehearse=count == SHORT)
        for task in tasks:
            site = task.folder / "site"
            task.pages = sum(1 for _ in site.rglob("*.html"))
            task.size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / MEGABYTE
            remove_site(task.folder)
        yield from tasks
    yield from measure_lists(place, quick=quick)


def measure_lists(place: Path, *, quick: bool) -> Iterator[Task]:
    """Import and export, once each, as they take long; the memory is that of the command, not of a server."""
    project = place / "list"
    project.mkdir()
    programs = find_postgresql()
    with start_postgresql(programs) if programs else nullcontext("") as server:
        for lines in LINES[:1] if quick else LINES:
            with progress(f"writing a list of {lines:,}"):
                make("lists", "write", project, str(lines))
            yield from take_in_order(plan_lists(project, lines, "SQLite", SQLITE))
            if server:
                yield from take_in_order(plan_lists(project, lines, "PostgreSQL", server.format("postgres")))
            (project / f"{lines}.csv").unlink()


def take_in_order(tasks: Sequence[Task]) -> Sequence[Task]:
    """Run tasks once, one after the other: an export needs what was imported."""
    for task in tasks:
        take_turns([task], 1)
    return tasks


def take_turns(tasks: Sequence[Task], runs: int, *, rehearse: bool = False) -> Sequence[Task]:
    """Run tasks in turn, every second round backwards; a rehearsal fills the caches of the disk, and is not counted."""
    for number in range(0 if rehearse else 1, runs + 1):
        for task in tasks if number % 2 else reversed(tasks):
            weeks = f", {task.weeks:,} weeks" if task.weeks else ""
            run = f"run {number} of {runs}" if number else "rehearsal"
            with progress(f"{task.name}{weeks}: {run}"):
                task.prepare()
                cost = measure(task.commands, task.folder, {**os.environ, "NO_MKDOCS_2_WARNING": "1"})
            if number:
                task.costs.append(cost)
    return tasks


# --- What we aim for --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aim:
    """A limit, and how far below or above it we are."""

    words: str
    figure: float
    limit: float
    unit: str
    where: str = ""

    @property
    def met(self) -> bool:
        return self.figure < self.limit


def find_aims(tasks: Sequence[Task]) -> list[Aim]:
    """The aims that the measured tasks say something about."""
    aims: list[Aim] = []
    done = {(task.name, task.weeks): task.cost for task in tasks}
    if answer := done.get(("generate --help", None)):
        aims.append(Aim("generate --help", answer.seconds, 0.15, "s"))
    long, short = done.get(("generate issue", LONG)), done.get(("generate issue", SHORT))
    if long:
        aims.append(Aim(f"generate issue, {LONG:,} weeks", long.seconds, 1.5, "s"))
    if long and short:
        ratio = long.seconds / short.seconds
        aims.append(Aim(f"generate issue, {LONG:,} weeks against {SHORT}", ratio, 3, "×"))
    if letter := done.get((f"generate check {LAST}", SHORT)):
        aims.append(Aim(f"generate check {LAST}, all rules", letter.seconds, 1, "s"))
    for name, limit in (("generate check", 20), ("generate check, one edited", 3)):
        if check := done.get((name, LONG)):
            aims.append(Aim(f"{name}, {LONG:,} weeks", check.seconds, limit, "s"))
    site, peer = done.get(("generate site", LONG)), done.get(("blog + RSS plugins", LONG))
    if site and peer:
        words = f"generate site, 2 × {LONG:,} letters, against the peer"
        aims.append(Aim(words, site.seconds, peer.seconds, "s"))
    ours = (task for task in tasks if task.name.startswith("generate"))
    for task in tasks:
        if task.name.startswith(f"import {LINES[0]:,}"):
            aims.append(Aim(f"newsletter subscribers {task.name}", task.cost.seconds, 30, "s"))
    largest = max(ours, key=lambda task: task.cost.memory)
    where = f"{largest.name}, {largest.weeks:,} weeks" if largest.weeks else largest.name
    aims.append(Aim("memory, all processes together", largest.cost.memory, 500, "MB", where))
    return aims


# --- What is shown and written ----------------------------------------------------------------------------------------

_ROW = "{:<30}{:>6}{:>10}{:>11}{:>9}{:>8}{:>9}"


def show_heading() -> None:
    print(_ROW.format("", "weeks", "seconds", "processor", "memory", "pages", "site"), flush=True)


def show_task(task: Task) -> None:
    cost = task.cost
    weeks = f"{task.weeks:,}" if task.weeks else ""
    pages = f"{task.pages:,}" if task.pages is not None else ""
    size = f"{task.size:.1f} MB" if task.size is not None else ""
    row = _ROW.format(
        task.name, weeks, f"{cost.seconds:.2f}", f"{cost.processor:.2f}", f"{cost.memory:.0f} MB", pages, size
    )
    print(row.rstrip(), flush=True)


def show_aims(aims: Sequence[Aim]) -> None:
    print()
    for aim in aims:
        figure, limit = (f"{number:.2f} {aim.unit}" for number in (aim.figure, aim.limit))
        where = f" ({aim.where})" if aim.where else ""
        met = "met" if aim.met else "NOT MET"
        print(f"{aim.words:<52}{figure:>11}  aim: under {limit:<10}  {met}{where}")


def write_report(tasks: Sequence[Task], aims: Sequence[Aim], load: float) -> None:
    """Figures, versions and machine; no names of machines, no paths, no clock."""
    report = {
        "machine": {
            "cores": _count_cores(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_before": round(load, 2),
        },
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "figures": [_describe(task) for task in tasks],
        "aims": [{**asdict(aim), "figure": round(aim.figure, 3), "met": aim.met} for aim in aims],
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _describe(task: Task) -> dict[str, Any]:
    cost = task.cost
    figures: dict[str, Any] = {
        "task": task.name,
        "weeks": task.weeks,
        "seconds": round(cost.seconds, 3),
        "processor": round(cost.processor, 3),
        "memory": round(cost.memory, 1),
        "seconds_of_runs": [round(run.seconds, 3) for run in task.costs],
    }
    if task.pages is not None and task.size is not None:
        figures |= {"pages": task.pages, "site": round(task.size, 1)}
    return figures


def _count_cores() -> int:
    """Those that we may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """On a terminal, one line that says what is being done, gone when it is done."""
    shown = sys.stderr.isatty()
    if shown:
        print(f"\r\033[K{time.strftime('%H:%M')}  {doing}…", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


# --- The command ------------------------------------------------------------------------------------------------------


@contextmanager
def temporary_place() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens; a second Ctrl-C does not stop the cleaning."""
    place = Path(tempfile.mkdtemp(prefix="bench-")).resolve()
    try:
        yield place
    finally:
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(stop, signal.SIG_IGN)
        with progress("cleaning up"):
            shutil.rmtree(place, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure the time and memory of the commands."
    )
    parser.add_argument(
        "--weeks",
        type=int,
        nargs="+",
        default=[SHORT, LONG],
        metavar="N",
        help="weeks to measure; default: 52 1040",
    )
    parser.add_argument("--quick", action="store_true", help="52 weeks only, one run of each")
    options = parser.parse_args()
    weeks = [SHORT] if options.quick else sorted(set(options.weeks))

    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.default_int_handler)
    began, load = time.monotonic(), os.getloadavg()[0]
    if load > 0.5:
        print(f"This machine is busy (load {load:.1f}): look at processor seconds.", file=sys.stderr)
    tasks: list[Task] = []
    try:
        with temporary_place() as place:
            make_projects(place, weeks)
            show_heading()
            for task in measure_all(place, weeks, quick=options.quick):
                tasks.append(task)
                show_task(task)
    except CommandFailedError as error:
        print(f"Nothing more to measure: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing was written, and no temporary files are left.", file=sys.stderr)
        return 130
    aims = find_aims(tasks)
    show_aims(aims)
    write_report(tasks, aims, load)
    runs = "One run of each" if options.quick else "Medians of three to nine runs"
    took = time.monotonic() - began
    print(f"\n{runs} on {_count_cores()} cores, {took:.0f} s; every run is in {REPORT.relative_to(ROOT)}.\n")
    ended = 0
    for heading, module in (("The sign-up service under load", "service"), ("Letters that leave", "sending")):
        print(heading, flush=True)
        command = [sys.executable, "-m", f"tests.bench.{module}", *(["--quick"] if options.quick else [])]
        ended = subprocess.run(command, cwd=ROOT, check=False).returncode or ended
        print()
    return ended


if __name__ == "__main__":
    sys.exit(main())
