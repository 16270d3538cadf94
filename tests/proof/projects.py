"""The project that a proof sends from, and who is on its list."""

import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from generator.content.needs import need_course
from generator.model import Week
from generator.publication.course import start_course
from generator.publication.texts import load_texts
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import SUBSCRIBER
from tests.clocks import NOW
from tests.languages import EN, NL

TESTS = Path(__file__).parents[1]

SERVICE = """
[service]
url = "https://letter.example.org/"
"""

COURSE = """
[course]
from = "07:00"
until = "10:00"
"""


def make_project(folder: Path) -> Path:
    """The sample, with a service that links lead to."""
    root = shutil.copytree(TESTS / "sample", folder / "sample", ignore=shutil.ignore_patterns("templates"))
    (root / "templates").symlink_to(TESTS.parent / "templates")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(TESTS.parent / name, root / name)
    settings = root / "newsletter" / "settings.toml"
    written = settings.read_text(encoding="utf-8")
    if not re.search(r"(?m)^\[service\]", written):
        settings.write_text(written + SERVICE, encoding="utf-8")
    return root


def fill(database: Database, count: int) -> dict[str, int]:
    """So many confirmed subscribers, every third in English."""
    moment = datetime(2026, 1, 5, 10, tzinfo=UTC)
    rows = [
        {
            "handle": f"{number:016x}",
            "address": f"reader{number:05}@d{number % 9}.example.com",
            "key": f"reader{number:05}@d{number % 9}.example.com",
            "language": NL if number % 3 else EN,
            "certainties": (),
            "status": "confirmed",
            "created": moment,
            "changed": moment,
        }
        for number in range(count)
    ]
    with database.begin() as transaction:
        transaction.connection.execute(insert(SUBSCRIBER), rows)
        found = transaction.connection.execute(select(SUBSCRIBER.c.address, SUBSCRIBER.c.id)).all()
    return dict(map(tuple, found))


def add_letters(root: Path, weeks: Iterable[Week]) -> None:
    """The same letter for each of these weeks, but for moment and subject: one of the sample with nothing wrong."""
    issues = root / "newsletter/issues"
    texts = {path.name: path.read_text("utf-8") for path in (issues / "2026-W46").glob("*.md")}
    shutil.rmtree(issues)
    for week in weeks:
        (issues / str(week)).mkdir(parents=True)
        for name, text in texts.items():
            for old, new in (
                (r"(?m)^published: .*$", f"published: {week.friday}T06:00:00+01:00"),
                (r"(?m)^updated: .*\n", "waive:\n  published-twice: the proof sends one text often\n"),
                (r"(?m)^(subject: ).*$", rf"\g<1>Week {week.number}"),
            ):
                text = re.sub(old, new, text)  # noqa: PLW2901
            (issues / str(week) / name).write_text(text, "utf-8")


def add_course(root: Path) -> None:
    """A course that is mailed from seven o'clock in the morning."""
    settings = root / "newsletter/settings.toml"
    settings.write_text(settings.read_text("utf-8") + COURSE, "utf-8")
    start_course(load_texts(root, NOW, needs=need_course(root)), NOW)
