"""A mailing to a few readers, ready to be sent over a real connection, in the tests of the sender."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.delivery.engines.batches import BatchSession
from generator.delivery.outgoing.attempts import Breaker
from generator.delivery.outgoing.batch_sender import BatchSender
from generator.delivery.outgoing.copies import Copies
from generator.delivery.outgoing.runs import Run
from generator.delivery.outgoing.sender import Sender
from generator.delivery.outgoing.tasks import Task
from generator.delivery.outgoing.transports import open_transport
from generator.delivery.sessions import Session
from generator.delivery.timing.pacing import Pace
from generator.model import Delivery, Language, Mailing, NewSubscriber, Progress, Status, Tally, Week
from generator.render.email.master import STAND_IN
from generator.settings import Settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database
from tests.delivery.conftest import KEYS
from tests.languages import EN, LANGUAGES, NL
from tests.proof.relay import Door, Fault, Relay

WEEK = Week(2026, 48)
NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def master(language: Language) -> bytes:
    """A very short letter, with all its gaps."""
    return "\r\n".join(
        (
            "From: letter@example.org",
            f"To: {STAND_IN.address}",
            f"Message-ID: <{STAND_IN.tag}@letter.example.org>",
            f"List-Unsubscribe: <https://letter.example.org/unsubscribe/{STAND_IN.unsubscribe}>",
            f"Subject: Letter {language}",
            f"Content-Language: {language}",
            'Content-Type: multipart/alternative; boundary="="',
            "",
            "--=",
            "Content-Type: text/plain; charset=utf-8",
            "",
            f"https://letter.example.org/unsubscribe/{STAND_IN.unsubscribe}",
            "--=",
            "Content-Type: text/html; charset=utf-8",
            "",
            f'<a href="https://letter.example.org/unsubscribe/{STAND_IN.unsubscribe}">x</a>',
            "--=--",
            "",
        )
    ).encode()


class Hasty(Pace):
    """Rests for no time."""

    def __init__(self) -> None:
        super().__init__()
        self.slowed = 0

    def slow(self, least: float = 0.0) -> float:
        self.slowed += 1
        return 0.0


@dataclass
class Scene:
    """A list, a relay, and a clock that a test sets."""

    database: Database
    settings: Settings
    relay: Relay
    door: Door
    mailing: Mailing
    now: datetime = NOW
    said: list[str] = field(default_factory=list)
    port: int = 0
    mail: str = "smtp://127.0.0.1:{port}"
    """How its door is named."""

    def task(self, **changes: Any) -> Task:
        """What a run shares; it waits for nothing."""
        with self.database.read() as transaction:
            masters = mailings.find_masters(transaction, self.mailing.week)
        copies = Copies(self.mailing, masters, KEYS, self.settings)
        given: dict[str, Any] = {
            "copies": copies,
            "pace": Hasty(),
            "breaker": Breaker(),
            "clock": lambda: self.now,
            "say": self.said.append,
            "patience": timedelta(0),
            "persistence": timedelta(seconds=5),
            "rest": 0.01,
        }
        return Task(self.mailing, **{**given, **changes})

    def open(self) -> Session | BatchSession:
        url = self.mail.format(port=self.port or self.door.port)
        return open_transport(url, self.database.file.parent).open_session()  # type: ignore[union-attr]

    def run(self, task: Task | None = None, connections: int = 1, **changes: Any) -> Tally:
        """One run, as `newsletter send` does it."""
        return Run(self.database, task or self.task(**changes), self.open, connections).work()

    def send(self, task: Task, make: Callable[[Database, Week, int], Ledger] = Ledger) -> None:
        """One connection, with a ledger of the test's own."""
        with enlist(self.database, self.mailing.week, self.now) as number:
            session, ledger = self.open(), make(self.database, self.mailing.week, number)
            if isinstance(session, BatchSession):
                BatchSender(task, ledger, session, session.limit).work()
            else:
                Sender(task, ledger, session).work()

    def fail(self, fault: Fault | None) -> None:
        """Have the relay do this from now on."""
        self.door.fault = fault

    def tally(self) -> Tally:
        with self.database.read() as transaction:
            found = mailings.tally(transaction, self.mailing.week)
        assert found.balances
        return found

    def list(self, progress: Progress) -> list[Delivery]:
        with self.database.read() as transaction:
            return mailings.list_deliveries(transaction, self.mailing.week, progress)

    def find(self) -> Mailing:
        with self.database.read() as transaction:
            found = mailings.find_mailing(transaction, self.mailing.week)
        assert found is not None
        return found

    def freeze_next(self) -> None:
        """Freeze the letter of the week after this one."""
        week = self.mailing.week.next()
        self.now += timedelta(weeks=1)
        with self.database.begin() as transaction:
            mailing = Mailing(week, self.now, "", "proof", KEYS.fingerprint)
            masters = {language: master(language) for language in LANGUAGES}
            self.mailing = mailings.freeze(transaction, mailing, masters, week.friday)

    @property
    def arrived(self) -> dict[str, int]:
        """How many copies each reader has."""
        return {address: len(copies) for address, copies in self.relay.arrivals.items()}


def reader(number: int) -> str:
    return f"reader{number}@example.org"


@contextmanager
def frozen(
    database: Database, settings: Settings, relay: Relay, readers: int, *others: str
) -> Iterator[Scene]:
    """The letter of the week, frozen for so many readers, and others by their address."""
    with database.begin() as transaction:
        drafts = [
            NewSubscriber(
                address,
                NL if one % 2 else EN,
                (),
                Status.CONFIRMED,
                NOW - HOUR,
                NOW - HOUR,
            )
            for one, address in enumerate([*map(reader, range(1, readers + 1)), *others], 1)
        ]
        add_many(transaction, drafts)
        masters = {language: master(language) for language in LANGUAGES}
        mailing = Mailing(WEEK, NOW, "", "proof", KEYS.fingerprint)
        mailing = mailings.freeze(transaction, mailing, masters, WEEK.friday)
    yield Scene(database, settings, relay, relay.open_door(), mailing)
