"""A project with a list of subscribers, on SQLite or PostgreSQL, and the real command that sends to them."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from generator.clock import read_clock
from generator.model import MailingId, Progress, Tally, Week
from generator.subscribers.ledger.mailings import find_mailing, tally
from generator.subscribers.ledger.senders import settle_dead
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.schema import DELIVERY
from tests.proof.projects import fill, make_project
from tests.proof.relay import Arrival, Door, Fault, Relay, Talk

WEEK = Week(2026, 46)
KEYS = Keys(("k" * 43,))
ROOT = Path(__file__).parents[2]
VICTIM = (sys.executable, "-m", "tests.proof.victim")
NUMBERS = itertools.count()
OPENING = threading.Lock()
"""Alembic takes the steps of one database at a time."""

PATIENCE = 120
"""Seconds in which every command ends."""


class Nursery:
    """A process that has loaded the program, and forks whenever a command is to run; see victim."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([*VICTIM], stdin=subprocess.PIPE, cwd=ROOT, text=True)
        self._lock = threading.Lock()

    def bear(
        self, arguments: Sequence[str], place: Path, environment: Mapping[str, str], order: object
    ) -> None:
        """Run a command. What it says stands in the file `place`, its number and its end beside it."""
        told = {"arguments": arguments, "place": str(place), "environment": environment, "order": order}
        with self._lock:
            assert self._process.stdin
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """No more."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


@dataclass
class Sender:
    """A `newsletter` command that runs, and its door at the relay."""

    place: Path
    door: Door

    @property
    def pid(self) -> int:
        """Of its process, once it is born."""
        return int(_await(self.place.with_suffix(".pid")))

    @property
    def code(self) -> int | None:
        """How it ended; negative for the signal that ended it; None as long as it runs."""
        end = self.place.with_suffix(".end")
        return int(end.read_text()) if end.exists() else None

    def signal(self, number: int) -> None:
        """Send one, if it still runs."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """As the system does when memory runs out: at once, and unasked."""
        self.signal(signal.SIGKILL)

    def wait(self) -> int:
        """Until it ends; how it did."""
        try:
            return int(_await(self.place.with_suffix(".end")))
        except AssertionError:
            self.kill()
            raise AssertionError(f"The process did not end:\n{self.said[-3000:]}") from None

    @property
    def said(self) -> str:
        return self.place.read_text(encoding="utf-8", errors="replace") if self.place.exists() else ""


def _await(path: Path) -> str:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until, path
        time.sleep(0.002)
    return path.read_text()


@dataclass
class World:
    """A project of its own, a list and a relay."""

    root: Path
    address: str
    relay: Relay
    nursery: Nursery
    database: Database
    people: dict[str, int]
    """Addresses, and their numbers."""
    senders: list[Sender] = field(default_factory=list)
    before: tuple[str, ...] = ()
    """What starts the commands."""
    keys: Keys = KEYS
    mail: str = "smtp://127.0.0.1:{port}"
    """How its doors are named."""
    talk: Talk | None = None
    """What is spoken at its doors; None: SMTP."""
    more: dict[str, str] = field(default_factory=dict)
    """What else is in the environment of the commands."""

    def start(
        self,
        *arguments: str,
        fault: Fault | None = None,
        small: bool = False,
        fallback: Door | None = None,
        **order: Any,
    ) -> Sender:
        """Begin a command at a door of its own, and at one to fall back on; `order` is for victim."""
        door = self.relay.open_door(small=small, talk=self.talk)
        door.fault = fault
        place = self.root / f"sender-{next(NUMBERS)}.log"
        environment = {
            **os.environ,
            "NEWSLETTER_DATABASE": self.address,
            "NEWSLETTER_KEYS": str(self.keys),
            "NEWSLETTER_MAIL": self.mail.format(port=door.port),
            **self.more,
        }
        if fallback:
            environment["NEWSLETTER_MAIL_FALLBACK"] = f"smtp://127.0.0.1:{fallback.port}"
        sender = Sender(place, door)
        arguments = ("--root", str(self.root), *arguments)
        if self.before:
            self._start_alone(arguments, place, environment, order)
        else:
            self.nursery.bear(arguments, place, environment, order)
        self.senders.append(sender)
        return sender

    def _start_alone(
        self, arguments: Sequence[str], place: Path, environment: Mapping[str, str], order: object
    ) -> None:
        """Where a fork would be in the wrong place."""
        command = [*self.before, *VICTIM, json.dumps(order), *arguments]
        with place.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        place.with_suffix(".pid").write_text(str(process.pid))

        def watch() -> None:
            code = process.wait()
            place.with_suffix(".new").write_text(str(code))
            place.with_suffix(".new").rename(place.with_suffix(".end"))

        threading.Thread(target=watch, daemon=True).start()

    def run(self, *arguments: str, **named: Any) -> Sender:
        """A command, until it ends."""
        sender = self.start(*arguments, **named)
        sender.wait()
        return sender

    def send(self, *arguments: str, **named: Any) -> Sender:
        """Begin to send: the mailing is frozen by the first that comes."""
        return self.start("send", str(WEEK), "--now", "--without-git", *arguments, **named)

    def resume(self, *arguments: str, **named: Any) -> Sender:
        """Begin to go on."""
        return self.start("resume", str(WEEK), *arguments, **named)

    def begin(self, *arguments: str, **named: Any) -> Sender:
        """Send, or go on."""
        return (self.resume if self.has_frozen(WEEK) else self.send)(*arguments, **named)

    def has_frozen(self, week: MailingId) -> bool:
        """Whether there is such a mailing."""
        with self.database.read() as transaction:
            return find_mailing(transaction, week) is not None

    def settle(self) -> Tally:
        """What `newsletter status` does first, and what it then says; nobody if there is no mailing yet."""
        settle_dead(self.database, WEEK, read_clock())
        return self.tally()

    def tally(self) -> Tally:
        """How far it is."""
        with self.database.read() as transaction:
            if find_mailing(transaction, WEEK) is None:
                return Tally(0)
            found = tally(transaction, WEEK)
        assert found.balances, found
        return found

    def ledger(self, week: MailingId = WEEK) -> dict[str, Progress]:
        """Where the letter (or the lesson) to each address stands, read from the table itself."""
        with self.database.read() as transaction:
            rows = transaction.connection.execute(
                select(DELIVERY.c.subscriber_id, DELIVERY.c.progress).where(DELIVERY.c.week == str(week))
            ).all()
        names = {number: address for address, number in self.people.items()}
        return {names[number]: Progress(progress) for number, progress in rows}

    def arrivals(self, week: MailingId | None = None) -> dict[str, list[Arrival]]:
        """What the relay has taken, when nobody talks to it any more: all of it, or one letter or lesson."""
        self.relay.wait()
        if week is None:
            return dict(self.relay.arrivals)
        found = {
            address: [one for one in copies if one.mailing == str(week)]
            for address, copies in self.relay.arrivals.items()
        }
        return {address: copies for address, copies in found.items() if copies}

    def close(self) -> None:
        """End what still runs."""
        for sender in self.senders:
            sender.kill()
            sender.wait()
        self.database.close()


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """For all worlds of a process."""
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.close()


@contextmanager
def open_world(
    folder: Path, relay: Relay, nursery: Nursery, count: int, postgresql: str = ""
) -> Iterator[World]:
    """A list of so many, in a file, or in a database of its own on the server at `postgresql`."""
    root = make_project(folder)
    with _open_place(postgresql) as address:
        with OPENING:
            database = open_database(address, KEYS, root)
        world = World(root, address, relay, nursery, database, fill(database, count))
        try:
            yield world
        finally:
            world.close()


@contextmanager
def _open_place(postgresql: str) -> Iterator[str]:
    if not postgresql:
        yield "sqlite:///var/newsletter.db"
        return
    name = f"proof{next(NUMBERS)}"
    _command(postgresql, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield postgresql.format(name)
    finally:
        _command(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


def _command(postgresql: str, command: str) -> None:
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute(command)
