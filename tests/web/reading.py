"""A service for one test, with a clock that stands still, a worker that works when told, and a box for its mail."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import event, select

from generator.delivery.outgoing.worker import Worker
from generator.outline import Outline
from generator.render.notice.notices import render_notice
from generator.render.page.signup import list_wordings
from generator.subscribers.list.consents import keep_wordings
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.schema import METADATA
from generator.web.application import create_application
from generator.web.service import Service
from tests.web.asking import Answer, Asker, Loop

URL = "https://letter.example.org/"
SITE = "https://example.org"
TESTS = Path(__file__).parents[1]
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


BOTH = pytest.mark.parametrize("reader", ["sqlite", "postgresql"], indirect=True)
"""For tests of the threats that concern the database."""


@dataclass
class Clock:
    """Tells the time that the test wants."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        """Let time pass, in the words of timedelta."""
        self.now += timedelta(**time)


@dataclass
class Box:
    """A transport that keeps what it is given, as bytes that went over a wire would be read."""

    name: str = "box"
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    utf8: bool = True
    """Whether it takes addresses beyond ASCII."""

    def takes(self, address: str) -> bool:
        return self.utf8 or address.isascii()

    def greet(self) -> None:
        pass

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        self.mails.append((recipient, BytesParser(policy=SMTP).parsebytes(message)))  # type: ignore[arg-type]

    def close(self) -> None:
        pass

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]


@dataclass
class Reader:
    """The service, and everything that a test may look at or do."""

    ask: Asker
    database: Database
    worker: Worker
    box: Box
    clock: Clock
    folder: Path
    """Where the list is."""

    def work(self) -> None:
        """What the service does by itself between two requests."""
        while self.worker.work():
            pass

    def subscribe(self, address: str, path: str = "subscribe", **fields: str) -> Answer:
        """Fill in the form as a reader would."""
        form = self.ask.get(f"/{path}").form("subscribe")
        return self.ask.post(f"/{path}", {**form, "email": address, **fields})

    def confirm(self, address: str) -> Answer:
        """Subscribe and confirm, as a reader would who takes five seconds over it."""
        assert self.subscribe(address).status == 202
        self.work()
        link = self.links(address)[-1]
        return self.press(link)

    def press(self, link: str, action: str = "", **fields: str) -> Answer:
        """Open the page of a link, and press its button five seconds later."""
        page = self.ask.get(link)
        self.clock.wait(seconds=5)
        [form] = [
            form for form in page.page.forms if action in (form.action or link) and form.method == "POST"
        ]
        return self.ask.post(_below(link, form.action), {**dict(form.form_values()), **fields})

    def ask_for_link(self, address: str) -> str:
        """The way to somebody's own page, asked for by mail."""
        self.clock.wait(minutes=20)
        assert (
            self.ask.post("/manage", {**self.ask.get("/manage").form("manage"), "email": address}).status
            == 202
        )
        self.work()
        return next(link for link in reversed(self.links(address)) if "/manage/" in link)

    def mails(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.box.mails if recipient.lower() == address.lower()]

    def links(self, address: str) -> list[str]:
        """The paths of all links to the service in all mail to an address, oldest first, in HTML, text and headers."""
        found = []
        for message in self.mails(address):
            for part in message.walk():
                if part.get_content_maintype() == "text":
                    found += re.findall(rf"{URL}([\w./-]+)", part.get_content())
            found += re.findall(rf"{URL}([\w./-]+)", str(message["List-Unsubscribe"]))
        return [f"/{path}" for path in dict.fromkeys(found)]

    def rows(self) -> dict[str, list[Any]]:
        """All that the database holds."""
        with self.database.read() as transaction:
            return {
                table.name: sorted(map(tuple, transaction.connection.execute(select(table))), key=repr)
                for table in METADATA.sorted_tables
            }

    def status(self, address: str) -> str | None:
        """How somebody stands on the list."""
        with self.database.read() as transaction:
            table = METADATA.tables["subscriber"]
            found = select(table.c.status).where(table.c.key == address.lower())
            return transaction.connection.execute(found).scalar()

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What is asked of the database meanwhile."""
        heard: list[str] = []

        def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
            heard.append(statement)

        event.listen(self.database._engine, "before_cursor_execute", hear)
        try:
            yield heard
        finally:
            event.remove(self.database._engine, "before_cursor_execute", hear)


def _below(link: str, action: str | None) -> str:
    """Where a form leads that stands on the page of a link."""
    return urlsplit(urljoin(f"{URL}{link.lstrip('/')}", action or "")).path


@contextmanager
def open_reader(
    outline: Outline, loop: Loop, folder: Path, place: str = "", url: str = URL, **parts: Any
) -> Iterator[Reader]:
    """The service of a project, without a server around it. Its list is in a file in `folder`, or at `place`."""
    clock, place = Clock(), place or f"sqlite:///{folder}/newsletter.db"
    with open_worker(outline, place, Keys.make(), clock, url) as (
        worker,
        box,
    ):
        database = worker._database
        if database.file:
            event.listen(database._engine, "connect", _hurry)
            database._engine.dispose()
        with database.begin() as transaction:
            keep_wordings(transaction, list_wordings(outline.root, outline.settings))
        service = Service(outline, database, lambda: None, clock, url, takes=box.takes, **parts)
        yield Reader(Asker(create_application(service), loop), database, worker, box, clock, folder)


def _hurry(connection: Any, _: object) -> None:
    # Each test begins with an empty list: none of it has to survive a power cut.
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def open_worker(
    outline: Outline, database: str, keys: Keys, clock: Callable[[], datetime], url: str = URL
) -> Iterator[tuple[Worker, Box]]:
    """The list of a project, and a worker that puts its mail into a box."""
    box = Box()
    opened = open_database(database, keys, outline.root)
    worker = Worker(
        opened,
        box,
        lambda posting: render_notice(outline, url, posting).message,
        outline.settings.sender_address,
        clock,
    )
    try:
        yield worker, box
    finally:
        opened.close()


def token_of(link: str) -> str:
    """The last part of a link."""
    return link.rstrip("/").rpartition("/")[2]


def accepted(answers: Sequence[Answer]) -> int:
    """How many wishes were accepted."""
    return sum(answer.status == 202 for answer in answers)


def copy_sample(place: Path) -> Path:
    """The project of the fixture `sample`, for a module of tests that share one."""
    root = shutil.copytree(TESTS / "sample", place / "sample", ignore=shutil.ignore_patterns("templates"))
    (root / "templates").symlink_to(TESTS.parent / "templates")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(TESTS.parent / name, root / name)
    return root
