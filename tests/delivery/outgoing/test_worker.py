"""The worker: what is put down gets done, whatever goes wrong on the way, and no log shows an address."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.delivery.outgoing import worker as module
from generator.delivery.outgoing.transports import open_transport
from generator.delivery.outgoing.worker import STILL, Worker
from generator.errors import DatabaseError, TemplateError, TransportError
from generator.model.subscribers import Asking, Posting, Status, Wish
from generator.subscribers.list.outbox import waiting
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.list.wishes import add_wishes
from generator.subscribers.store.database import Database, Transaction
from tests.delivery.relays import HOST, free_port, relaying
from tests.languages import NL

SENDER = "letter@example.org"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Kept:
    """A transport that keeps what it gets, and fails as it is told."""

    sent: list[tuple[str, str, bytes]] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    """By recipient; `*` for all."""
    tried: int = 0
    closed: int = 0
    name: str = "kept"

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        self.tried += 1
        if error := self.errors.get(recipient) or self.errors.get("*"):
            raise error
        self.sent.append((sender, recipient, message))

    def takes(self, address: str) -> bool:
        return True

    def greet(self) -> None:
        pass

    def close(self) -> None:
        self.closed += 1

    @property
    def recipients(self) -> list[str]:
        return [recipient for _, recipient, _ in self.sent]


def write(posting: Posting) -> bytes:
    return f"To: {posting.address}\r\nSubject: {posting.notice}\r\n\r\n{posting.token}\r\n".encode()


def ask(database: Database, *addresses: str) -> None:
    """Somebody fills in the form for each of them."""
    with database.begin() as transaction:
        add_wishes(
            transaction,
            [Wish(Asking.SUBSCRIBE, address, NL, NOW, "https://example.org/") for address in addresses],
        )


def count(database: Database) -> int:
    with database.read() as transaction:
        return waiting(transaction)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


@pytest.fixture(autouse=True)
def _no_log_shows_an_address(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.INFO, "generator")
    yield
    assert "example.com" not in "\n".join(record.getMessage() for record in caplog.records)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def worker(database: Database, kept: Kept, clock: Clock) -> Worker:
    return Worker(database, kept, write, SENDER, clock)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("generator")]


def test_a_wish_becomes_a_mail_and_leaves_nothing_behind(
    worker: Worker, database: Database, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    ask(database, "a@example.com")
    assert worker.work() == 1
    ((sender, recipient, message),) = kept.sent
    assert (sender, recipient) == (SENDER, "a@example.com")
    assert b"Subject: confirm\r\n" in message
    assert len(message.splitlines()[-1]) == 32, "the token is in the mail"
    assert count(database) == 0
    assert kept.closed
    assert said(caplog) == ["notice 1 (confirm) was sent to kept"]
    assert worker.work() == 0


def test_all_that_waits_is_done_in_one_round_and_in_order(
    worker: Worker, database: Database, kept: Kept
) -> None:
    addresses = [f"a{number:03}@example.com" for number in range(60)]
    ask(database, *addresses)
    assert worker.work() == 60
    assert kept.recipients == addresses


def test_a_refused_mail_is_forgotten_and_the_others_go(
    worker: Worker, database: Database, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.errors["a@example.com"] = TransportError("kept refuses the recipient: 550 5.1.1", refused=True)
    ask(database, "a@example.com", "b@example.com")
    assert worker.work() == 1
    assert kept.recipients == ["b@example.com"]
    assert count(database) == 0
    assert "notice 1 (confirm) was abandoned: kept refuses the recipient: 550 5.1.1" in said(caplog)


def test_what_fails_for_now_is_tried_again_with_growing_pauses(
    worker: Worker, database: Database, kept: Kept, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    kept.errors["*"] = TransportError("kept closed the connection")
    ask(database, "a@example.com")
    tries = []
    for minute in range(20):
        worker.work()
        tries += [minute] * (kept.tried - len(tries))
        clock.pass_by(minutes=1)
    assert tries == [0, 1, 3, 7, 15]
    assert said(caplog) == ["notice 1 (confirm) was deferred: kept closed the connection"] * 5
    kept.errors.clear()
    clock.pass_by(minutes=16)
    assert worker.work() == 1
    assert count(database) == 0


def test_a_relay_that_fails_is_left_alone_while_wishes_are_settled(
    worker: Worker, database: Database, kept: Kept, clock: Clock
) -> None:
    kept.errors["*"] = TransportError("kept closed the connection")
    ask(database, *(f"a{number}@example.com" for number in range(9)))
    worker.work()
    assert kept.tried == 1, "one failure is enough to know"
    ask(database, "b@example.com")
    worker.work()
    assert (kept.tried, count(database)) == (1, 10)
    clock.pass_by(seconds=1)
    worker.work()
    clock.pass_by(seconds=1)
    worker.work()
    assert kept.tried == 2, "the second time it gets two seconds"
    clock.pass_by(hours=1)
    kept.errors.clear()
    assert worker.work() == 10


def test_a_notice_that_could_not_be_sent_for_a_day_is_given_up(
    worker: Worker, database: Database, kept: Kept, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    kept.errors["*"] = TransportError("kept closed the connection")
    ask(database, "a@example.com")
    worker.work()
    clock.pass_by(hours=25)
    worker.work()
    assert count(database) == 0
    assert said(caplog)[-1] == "notice 1 (confirm) was abandoned: it is too old"


@pytest.mark.parametrize(
    "failure",
    [
        (ValueError("'a@example.com' is not allowed in the header To"), r"ValueError at test_worker\.py:\d+"),
        (
            TemplateError("templates/notice/notice.html:9: there is no “x”"),
            "templates/notice/notice.html:9: .*",
        ),
    ],
)
def test_a_notice_that_cannot_be_made_keeps_back_no_other(
    database: Database,
    kept: Kept,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    failure: tuple[Exception, str],
) -> None:
    error, line = failure
    broken = True

    def render(posting: Posting) -> bytes:
        if broken and posting.address.startswith("a"):
            raise error
        return write(posting)

    worker = Worker(database, kept, render, SENDER, clock)
    ask(database, "a@example.com", "b@example.com")
    assert worker.work() == 1
    assert kept.recipients == ["b@example.com"]
    failed = [text for text in said(caplog) if "was sent to" not in text]
    assert len(failed) == 1
    assert failed[0].startswith("notice 1 (confirm) cannot be rendered: ")
    assert re.search(line, failed[0])
    broken = False  # somebody mends the template
    clock.pass_by(minutes=1)
    assert worker.work() == 1


class Failing:
    """A list whose database is away for a while."""

    def __init__(self, database: Database) -> None:
        self.database, self.errors = database, list[Exception]()

    @contextmanager
    def begin(self, **options: bool) -> Iterator[Transaction]:
        if self.errors:
            raise self.errors.pop(0)
        with self.database.begin(**options) as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        with self.database.read() as transaction:
            yield transaction


def test_a_database_that_is_away_is_said_once_and_work_goes_on_when_it_is_back(
    database: Database, kept: Kept, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing(database)
    worker = Worker(failing, kept, write, SENDER, clock)
    ask(database, "a@example.com")
    failing.errors = [DatabaseError("list.db: the disk is full; nothing was saved")] * 3
    assert [worker.work() for _ in range(4)] == [0, 0, 0, 1]
    assert said(caplog) == [
        "the mail worker is waiting: list.db: the disk is full; nothing was saved",
        "notice 1 (confirm) was sent to kept",
    ]
    failing.errors = [DatabaseError("list.db: the disk is full; nothing was saved")]
    worker.work()
    assert len(said(caplog)) == 3, "it is said again when it happens again"


def test_a_mail_that_was_sent_while_the_database_went_away_comes_once_more_and_is_not_lost(
    database: Database, kept: Kept, clock: Clock
) -> None:
    failing = Failing(database)

    def render(posting: Posting) -> bytes:
        if not kept.sent:
            failing.errors = [
                DatabaseError("list.db: another program has locked the database; nothing was saved")
            ]
        return write(posting)

    worker = Worker(failing, kept, render, SENDER, clock)
    ask(database, "a@example.com")
    worker.work()
    assert (len(kept.sent), count(database)) == (1, 1)
    clock.pass_by(minutes=9)
    assert worker.work() == 0, "it is ours for ten minutes"
    clock.pass_by(minutes=2)
    assert worker.work() == 1
    assert count(database) == 0


def test_now_and_then_the_list_is_tidied(
    worker: Worker, database: Database, kept: Kept, clock: Clock
) -> None:
    ask(database, "a@example.com")
    worker.work()
    clock.pass_by(days=7, minutes=1)
    worker.work()
    with database.read() as transaction:
        assert find_subscriber(transaction, "a@example.com") is None


# --- The thread ---


@pytest.fixture
def running(worker: Worker) -> Iterator[Worker]:
    worker.start()
    yield worker
    worker.stop()


def test_it_wakes_at_once(
    running: Worker, database: Database, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 3600)
    for number in range(1, 4):
        time.sleep(0.05)
        ask(database, f"a{number}@example.com")
        running.wake()
        until(lambda number=number: len(kept.sent) == number)


def test_it_looks_by_itself_for_what_another_process_put_down(
    worker: Worker, database: Database, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    worker.start()
    ask(database, "a@example.com")
    until(lambda: kept.sent)
    worker.stop()


def test_a_bug_in_one_round_does_not_end_the_others(
    database: Database, kept: Kept, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing(database)
    failing.errors = [KeyError("a@example.com")]
    worker = Worker(failing, kept, write, SENDER, clock)
    ask(database, "a@example.com")
    worker.start()
    until(lambda: said(caplog))
    worker.wake()
    until(lambda: kept.sent)
    worker.stop()
    assert said(caplog)[0].startswith("the mail worker failed: KeyError at ")


def test_it_is_healthy_while_it_lives_and_moves(worker: Worker, clock: Clock) -> None:
    assert not worker.healthy(clock()), "not before it has started"
    worker.start()
    assert worker.healthy(clock())
    assert not worker.healthy(clock() + STILL), "a worker that stands still"
    worker.stop()
    assert not worker.healthy(clock())
    worker.stop()  # a second time does no harm


def test_it_stops_within_seconds_while_a_relay_keeps_silent(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.3)
    with relaying() as relay:
        relay.hang = "RCPT"
        worker = Worker(database, open_transport(f"smtp://{HOST}:{relay.port}", Path()), write, SENDER, clock)
        ask(database, "a@example.com")
        worker.start()
        until(lambda: "RCPT" in relay.asked)
        thread = worker._thread
        worker.stop()
        assert not thread.is_alive()
    assert count(database) == 1, "what is not sent stays"


def test_what_the_relay_has_against_all_our_mail_is_heard(database: Database, clock: Clock) -> None:
    heard: list[str] = []
    with relaying() as relay:
        transport = open_transport(f"smtp://{HOST}:{relay.port}", Path())
        worker = Worker(database, transport, write, SENDER, clock, heard.append)
        ask(database, "a@example.com")
        for replies in (
            {"a@example.com": "450 4.2.2 the mailbox is full"},  # about one mailbox, not about our mail
            {"MAIL": "530 5.7.0 a password first"},
            {"DATA": "554 5.7.1 looks like spam"},
            {},
        ):
            relay.replies = replies
            worker.work()
            clock.pass_by(minutes=10)
        assert count(database) == 0
    ask(database, "b@example.com")
    worker.work()
    name = f"smtp://{HOST}:{relay.port}"
    assert heard == [
        "",
        f"{name} does not accept mail from {SENDER}: 530 5.7.0",
        f"{name} refuses the mail: 554 5.7.1",
        "",
        f"{name} cannot be reached: Connection refused",
    ]


def test_a_relay_that_is_gone_for_a_while_gets_every_mail_when_it_is_back(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    worker = Worker(database, open_transport(f"smtp://{HOST}:{port}", Path()), write, SENDER, clock)
    ask(database, "a@example.com", "b@example.com")
    assert worker.work() == 0
    assert said(caplog) == [
        f"notice 1 (confirm) was deferred: smtp://{HOST}:{port} cannot be reached: Connection refused"
    ]
    clock.pass_by(minutes=2)
    with relaying(port=port) as relay:
        assert worker.work() == 2
    assert {mail.recipients for mail in relay.arrived} == {("a@example.com",), ("b@example.com",)}
    assert [mail.connection for mail in relay.arrived] == [1, 1]
    assert count(database) == 0
    with database.read() as transaction:
        assert find_subscriber(transaction, "a@example.com").status is Status.UNCONFIRMED


def test_a_notice_that_the_relay_cannot_carry_is_given_up_at_once_and_holds_up_nobody(
    database: Database,
) -> None:
    with relaying() as there:
        transport = open_transport(f"smtp://{HOST}:{there.port}", Path())
        worker = Worker(database, transport, write, SENDER, Clock())
        ask(database, "josé@example.com", "a@example.com")
        assert worker.work() == 1
    assert [one.recipients for one in there.arrived] == [("a@example.com",)]
    with database.read() as transaction:
        assert waiting(transaction) == 0


def test_it_asks_the_relay_what_it_takes_before_the_first_mail(database: Database) -> None:
    with relaying() as there:
        transport = open_transport(f"smtp://{HOST}:{there.port}", Path())
        worker = Worker(database, transport, write, SENDER, Clock())
        worker.start()
        try:
            until = time.monotonic() + 30
            while transport.takes("josé@example.com") and time.monotonic() < until:
                time.sleep(0.01)
        finally:
            worker.stop()
    assert not transport.takes("josé@example.com")
