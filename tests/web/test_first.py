"""Who confirms at the real service has the newest letter in their mailbox at once, and once, though it is killed."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest

from generator.clock import read_clock
from generator.mailing.freeze import Recipe, prepare
from generator.mailing.status import find_standing
from generator.model import Mailing, NewSubscriber, Progress, Status, Tally, Week
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import erase, find_subscriber, unsubscribe
from generator.subscribers.list.tokens import Purpose, make_token
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from tests.languages import NL
from tests.proof.relay import Door, Moment, Relay, open_relay
from tests.web.reading import copy_sample
from tests.web.running import PROGRAM, Running, run_service

pytestmark = pytest.mark.outside

KEYS = Keys(("k" * 43,))
WEEK = Week(2026, 46)
URL, HOST = "https://letter.example.org/", "letter.example.org"
NEW, OLD = "new@example.org", "old@example.org"
NOW = read_clock().replace(microsecond=0)
FROZEN = NOW - timedelta(days=5)
SECONDS = 30


@dataclass
class Place:
    """A project with a letter of days ago, which one reader of that Friday has not got: somebody stopped there."""

    root: Path
    relay: Relay
    door: Door
    url: str
    database: Database
    environment: dict[str, str] = field(default_factory=dict)

    def subscribe(self, address: str = NEW) -> str:
        """Somebody whom the mail of confirmation has reached; its token."""
        with self.database.begin() as transaction:
            reader = find_subscriber(transaction, address)
            if reader is None:
                add_many(transaction, [NewSubscriber(address, NL, (), Status.UNCONFIRMED, NOW, NOW)])
                reader = find_subscriber(transaction, address)
            assert reader
            return make_token(transaction, reader.id, Purpose.CONFIRM, read_clock())

    def serve(self) -> AbstractContextManager[Running]:
        return run_service(self.root, "--url", URL, **self.environment)

    def copies(self, address: str = NEW) -> list[bytes]:
        return self.relay.kept[address]

    def wait_for(self, condition: Callable[[], object], running: Running | None = None) -> None:
        until = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < until, running and running.said
            time.sleep(0.05)

    def progress(self, address: str = NEW) -> Progress | None:
        with self.database.read() as transaction:
            reader = find_subscriber(transaction, address)
            rows = mailings.find_deliveries(transaction, reader.id) if reader else []
        return rows[0].progress if rows else None

    def tally(self) -> Tally:
        with self.database.read() as transaction:
            return mailings.tally(transaction, WEEK)

    def resume(self) -> str:
        """Go on with Friday's letter."""
        command = [*PROGRAM, "--root", str(self.root), "resume", str(WEEK)]
        done = subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    root = copy_sample(tmp_path)
    (root / "newsletter/welcome.nl.md").write_text("Welkom. Dit is de brief van de vorige week.", "utf-8")
    (root / "newsletter/welcome.en.md").write_text("Welcome. This is the letter of last week.", "utf-8")
    url = "sqlite:///var/newsletter.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("one_postgresql")
    masters = prepare(Recipe(root, WEEK, FROZEN, URL, looks=False)).masters
    database = open_database(url, KEYS, root)
    with database.begin() as transaction:
        add_many(transaction, [NewSubscriber(OLD, NL, (), Status.CONFIRMED, FROZEN, FROZEN)])
        mailing = Mailing(WEEK, FROZEN, "", "referral", KEYS.fingerprint)
        mailings.freeze(transaction, mailing, masters, WEEK.friday)
    with open_relay() as relay:
        door = relay.open_door()
        relay.kept.update({NEW: [], OLD: []})
        environment = {
            "NEWSLETTER_KEYS": str(KEYS),
            "NEWSLETTER_MAIL": f"smtp://127.0.0.1:{door.port}",
            "NEWSLETTER_DATABASE": url,
        }
        yield Place(root, relay, door, url, database, environment)
    database.close()


@pytest.fixture
def one_postgresql(postgresql: str) -> Iterator[str]:
    import psycopg  # noqa: PLC0415 (a driver, for this one)

    name = f"first_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]
        yield postgresql.format(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def press(running: Running, token: str) -> int:
    """Open the page, read it, and press the button."""
    _, page = running.ask("GET", f"/confirm/{token}", Host=HOST)
    found = re.search(r'name="?moment"? value="?([\w.-]+)', page)
    assert found, page
    time.sleep(2.1)
    status, _ = running.ask(
        "POST",
        f"/confirm/{token}",
        urlencode({"moment": found[1]}).encode(),
        Content_Type="application/x-www-form-urlencoded",
        Host=HOST,
    )
    return status


def read(copy: bytes) -> EmailMessage:
    return message_from_bytes(copy, policy=policy.default)  # type: ignore[return-value]


def test_the_letter_comes_at_once_and_friday_skips_who_has_it(place: Place):
    with place.serve() as running:
        token = place.subscribe()
        began = time.monotonic()
        assert press(running, token) == 200
        place.wait_for(place.copies, running)
        assert time.monotonic() - began < SECONDS
        place.wait_for(lambda: place.progress() is Progress.ACCEPTED, running)
        # Again, and the button of a newer mail: nothing more comes.
        assert running.ask("GET", f"/confirm/{token}", Host=HOST)[0] == 200
        assert press(running, place.subscribe()) == 200
        time.sleep(4)
        assert len(place.copies()) == 1
        # Friday's letter, which somebody has stopped, stays where it is.
        assert place.progress(OLD) is Progress.PLANNED
    assert (place.tally().planned, place.tally().accepted, place.tally().remaining) == (2, 1, 1)
    place.resume()
    assert (len(place.copies()), len(place.copies(OLD))) == (1, 1)
    assert (place.tally().accepted, place.tally().balances) == (2, True)
    compare(place)


def compare(place: Place) -> None:
    """A first letter is Friday's, but for what is personal, its Date, and the words of welcome."""
    first, friday = read(place.copies()[0]), read(place.copies(OLD)[0])
    with place.database.read() as transaction:
        handles = {one: find_subscriber(transaction, one).handle for one in (NEW, OLD)}  # type: ignore[union-attr]
    for mail, address in ((first, NEW), (friday, OLD)):
        tag = make_tag(KEYS, WEEK, handles[address])
        assert (mail["To"], mail["Message-ID"]) == (address, f"<{tag}@royal-dutch-updates.example.org>")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Unsubscribe"].startswith(f"<{URL}unsubscribe/")
    assert first.keys() == friday.keys()
    personal = {"To", "Message-ID", "List-Unsubscribe", "Date"}
    for name in set(first.keys()) - personal:
        assert first.get_all(name) == friday.get_all(name)
    assert abs(first["Date"].datetime - read_clock()) < timedelta(minutes=5)
    assert friday["Date"].datetime == FROZEN
    texts = [part.get_content() for mail in (first, friday) for part in mail.iter_parts()]
    welcome = "Welkom. Dit is de brief van de vorige week."
    assert texts[0].startswith(welcome)
    assert welcome in texts[1]
    assert welcome not in texts[2] + texts[3]


@pytest.mark.parametrize(
    "moment", [Moment.CONNECT, Moment.RCPT, Moment.TAKEN], ids=lambda moment: moment.name
)
def test_a_service_that_is_killed_between_its_commit_and_the_letter(place: Place, moment: Moment):
    token = place.subscribe()
    with place.serve() as running:

        def kill(at: Moment, _: str) -> str:
            if at is moment and place.progress():  # else it only greets the relay
                place.door.fault = None
                running.process.send_signal(signal.SIGKILL)
            return ""

        place.door.fault = kill
        with suppress(OSError, HTTPException):  # killed while it answers
            assert press(running, token) == 200
        running.process.wait(SECONDS)
    assert place.progress() in {Progress.PLANNED, Progress.SENDING}
    taken = moment is Moment.TAKEN
    with place.serve() as running:
        end = Progress.IN_DOUBT if taken else Progress.ACCEPTED
        place.wait_for(lambda: place.progress() is end, running)
        time.sleep(4)
    place.resume()
    assert (len(place.copies()), len(place.copies(OLD))) == (1, 1)
    assert place.tally().balances
    assert count(place) == (2, 1)


def count(place: Place) -> tuple[int, int]:
    """All, and first letters, as `newsletter status` has them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment.items():
            patch.setenv(name, value)
        standing = find_standing(place.root, WEEK, read_clock())
    assert standing
    return standing.account.tally.planned, standing.account.joined


@pytest.mark.parametrize("leave", ["unsubscribe", "erase"])
def test_who_leaves_in_between_gets_nothing(place: Place, leave: str):
    """While the relay is away."""
    place.door.fault = lambda moment, _: "421 4.3.2 later" if moment is Moment.CONNECT else ""
    with place.serve() as running:
        assert press(running, place.subscribe()) == 200
        assert place.progress() is Progress.PLANNED
        with place.database.begin() as transaction:
            reader = find_subscriber(transaction, NEW)
            assert reader
            if leave == "erase":
                erase(transaction, reader, read_clock(), goodbye=False)
            else:
                unsubscribe(transaction, reader, read_clock(), "a link", goodbye=False)
    place.door.fault = None
    with place.serve() as running:
        place.wait_for(lambda: place.tally().skipped == 1, running)
    assert place.copies() == []
    assert place.tally().balances


def test_it_can_be_turned_off(place: Place):
    settings = place.root / "newsletter/settings.toml"
    settings.write_text(settings.read_text("utf-8").replace("[letter]", "[letter]\nwelcome = false"), "utf-8")
    with place.serve() as running:
        assert press(running, place.subscribe()) == 200
        time.sleep(4)
    assert (place.copies(), place.progress(), place.tally().planned) == ([], None, 1)
