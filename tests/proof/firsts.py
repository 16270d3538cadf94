"""First letters: readers confirm at a service that is killed, while a letter is frozen and sent by senders that are."""

import http.client
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import update

from generator.model import Progress, Status, Week
from generator.subscribers.list.subscriptions import find_subscriber, unsubscribe
from generator.subscribers.list.tokens import Purpose, make_token
from generator.subscribers.store.schema import SUBSCRIBER
from generator.web.forms import sign_moment
from tests.proof.accounts import Account, settle_account
from tests.proof.faults import expect
from tests.proof.kills import Attack, Blow, blows, choose, note
from tests.proof.projects import add_letters
from tests.proof.world import KEYS, WEEK, Sender, World
from tests.web.running import find_port

BEFORE = Week(2026, 45)
FRIDAY = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
SERVING = {"generator.web.first:IDLE": 0.1, "generator.web.first:REST": 0.5}
"""Seconds between two looks of the service for first letters."""

OLD = 5
"""Of so many readers one was on the list before."""

PATIENCE = 120
STALLED = 5.0
"""Seconds after which a service is killed that never came where it was to die."""

OPEN = {Progress.PLANNED, Progress.SENDING, Progress.DEFERRED}


@dataclass
class Stream:
    """Readers who press the button in their mail, one after the other; again when the service was away."""

    world: World
    port: int
    tokens: dict[str, str]
    faults: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    most: int = 0
    """So many may confirm, until the next service is there."""
    waiting: float = 0.0
    """Since when they wait for that, in seconds of `monotonic`; 0: they do not."""

    def run(self) -> None:
        """Until all have, the last third after the letter is frozen. One of twenty leaves, at once or later."""
        for number, (address, token) in enumerate(self.tokens.items()):
            while number >= self.most:
                self.waiting = self.waiting or time.monotonic()
                time.sleep(0.005)
            self.waiting = 0.0
            while number == len(self.tokens) * 2 // 3 and not self.world.has_frozen(WEEK):
                time.sleep(0.05)
            if not self._confirm(token):
                self.faults.append(f"{address} could not confirm")
            self.confirmed.append(address)
            if number % 20 == 0 and number:
                self._leave(self.confirmed[-1 - number // 20 % 15])
        self.waiting = time.monotonic()

    def _confirm(self, token: str) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if (status := self._press(token)) == 200:
                    return True
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
            else:
                self.faults.append(f"the button gave {status}")
                return False
        return False

    def _press(self, token: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {
            "Host": "letter.example.org",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"2001:db8:{len(self.confirmed):x}::1",
        }
        moment = sign_moment(KEYS, FRIDAY - timedelta(minutes=1))
        try:
            connection.request("POST", f"/confirm/{token}", urlencode({"moment": moment}), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _leave(self, address: str) -> None:
        with self.world.database.begin() as transaction:
            reader = find_subscriber(transaction, address)
            assert reader
            if unsubscribe(transaction, reader, FRIDAY, "a link", goodbye=False):
                self.left.add(address)


@dataclass
class Clock:
    """A simulated day, which goes on for all processes alike."""

    start: datetime
    began: float = field(default_factory=time.monotonic)

    def read(self) -> str:
        return (self.start + timedelta(seconds=time.monotonic() - self.began)).isoformat()


def run_firsts(world: World, name: str, seed: random.Random, kills: int) -> Account:
    """Who confirmed has the letter once; who confirmed before it was frozen had the one before, on another day."""
    account, services, clock = Account(name), Account(name), Clock(FRIDAY)
    stream = _set_up(world, account)
    confirming = threading.Thread(target=stream.run, daemon=True)
    service = threading.Thread(
        target=_serve_and_die, args=(world, services, stream, clock, seed, kills // 2), daemon=True
    )
    service.start()
    confirming.start()
    while len(stream.confirmed) < len(stream.tokens) // 3:
        assert confirming.is_alive(), stream.faults
        time.sleep(0.01)
    _send_and_die(world, account, clock, seed, kills - kills // 2 - kills // 8)
    confirming.join(PATIENCE * 4)
    service.join(PATIENCE)
    assert not confirming.is_alive(), "the stream never came to an end"
    assert not service.is_alive(), "the service never came to an end"
    account.kills, account.allowed = account.kills + services.kills, account.allowed + services.allowed
    account.faults += [*services.faults, *stream.faults]
    expect(account, _send(world, clock), 0)
    with _serving(world, account, stream.port, clock):
        _wait(lambda: not _count(world, OPEN - {Progress.DEFERRED}))
    today = _list_copies(world)
    _finish_tomorrow(world, account, stream, seed, kills // 8)
    _compare(world, account, stream, today)
    for week in (BEFORE, WEEK):
        settle_account(world, account, audience=len(world.ledger(week)), week=week)
    return account


def _set_up(world: World, account: Account) -> Stream:
    """A letter of the week before is out; all but a few have asked, and not confirmed yet."""
    add_letters(world.root, (BEFORE, WEEK))
    for language in ("nl", "en"):
        (world.root / f"newsletter/welcome.{language}.md").write_text("Welkom. Welcome.", "utf-8")
    new = {address: number for address, number in world.people.items() if number % OLD}
    with world.database.begin() as transaction:
        transaction.connection.execute(
            update(SUBSCRIBER).where(SUBSCRIBER.c.id.in_(new.values())).values(status=Status.UNCONFIRMED)
        )
        tokens = {
            address: make_token(transaction, number, Purpose.CONFIRM, FRIDAY)
            for address, number in new.items()
        }
    at = (FRIDAY - timedelta(weeks=1)).isoformat()
    expect(account, world.start("send", str(BEFORE), "--without-git", at=at), 0)
    return Stream(world, find_port(), tokens)


def _serve(world: World, port: int, clock: Clock, *_: str, **named: Any) -> Sender:
    return world.start("serve", "--port", str(port), at=clock.read(), hurry=SERVING, **named)


def _serve_and_die(  # noqa: PLR0913
    world: World, account: Account, stream: Stream, clock: Clock, seed: random.Random, kills: int
) -> None:
    """One service after the other, each for some readers more; and the last for the rest, until all have confirmed."""
    share = len(stream.tokens) // (kills + 1)
    for blow in _list_blows(seed, kills, max(1, share // 2)):
        stream.most += share
        stream.waiting = 0.0
        attack = Attack(partial(_serve, world, stream.port, clock), blow, connections=1)
        sender = attack.begin()
        while sender.code is None:
            if stream.waiting and time.monotonic() - stream.waiting > STALLED:
                sender.kill()
            time.sleep(0.01)
        note(account, attack, sender.wait())
    stream.most = len(stream.tokens)
    with _serving(world, account, stream.port, clock):
        _wait(lambda: len(stream.confirmed) == len(stream.tokens))


def _list_blows(seed: random.Random, kills: int, letters: int) -> list[Blow]:
    """In the transaction that confirms, and while a first letter is sent."""
    confirming = ("plan:before", "plan:after", "commit:before", "commit:before")
    made = [Blow(name, seed.randint(1, letters)) for name in confirming[: kills // 3]]
    made += blows(seed, kills - len(made), letters)
    seed.shuffle(made)
    return made


def _send_and_die(world: World, account: Account, clock: Clock, seed: random.Random, kills: int) -> None:
    """The letter of this week is frozen while readers confirm, and sent until it is done."""
    letters = max(1, len(world.people) // OLD // (kills + 2))
    freezing = [
        Blow("freeze:before"),
        Blow("freeze:after"),
        Blow("commit:before", 2),
        Blow("commit:before", 3),
    ]
    some = choose(seed, freezing, kills // 3)
    begin = partial(_send, world, clock)
    for blow in [*some, *blows(seed, kills - len(some), letters)]:
        attack = Attack(begin, blow, connections=1, most=2 * letters)
        note(account, attack, attack.begin().wait())
    expect(account, begin(), 0, 1)  # 1: somebody confirmed in the moment at which it ended


def _send(world: World, clock: Clock, *arguments: str, **named: Any) -> Sender:
    begun = world.has_frozen(WEEK)
    words = ("resume", str(WEEK)) if begun else ("send", str(WEEK), "--without-git")
    kept = world.root / "var" / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    # Held before its commit, so that readers confirm in the moment in which the letter is frozen.
    return world.start(*words, *arguments, at=clock.read(), kept=str(kept), hold="freeze:after", **named)


@contextmanager
def _serving(world: World, account: Account, port: int, clock: Clock) -> Iterator[None]:
    """A service that nobody kills."""
    service = _serve(world, port, clock)
    _wait(lambda: _answers(port))  # before that it ends with its signal
    try:
        yield
    finally:
        service.signal(signal.SIGTERM)
        expect(account, service, 0)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/alive", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _finish_tomorrow(world: World, account: Account, stream: Stream, seed: random.Random, kills: int) -> None:
    """Those who had the letter before get this one, a day later, from a service that is killed as well."""
    clock = Clock(FRIDAY + timedelta(hours=25))
    share = max(1, _count(world, {Progress.DEFERRED}) // (kills + 2))
    for name in ("advance:before", "letter:half", "letter:after", "advance:after", "advance:before")[:kills]:
        blow = Blow(name, seed.randint(1, share))
        attack = Attack(partial(_serve, world, stream.port, clock), blow, 1, most=share)
        note(account, attack, attack.begin().wait())
    with _serving(world, account, stream.port, clock):
        _wait(lambda: not _count(world, OPEN))


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "it never came to an end"
        time.sleep(0.05)


def _count(world: World, progress: set[Progress]) -> int:
    """Rows of both letters."""
    return sum(one in progress for week in (BEFORE, WEEK) for one in world.ledger(week).values())


def _list_copies(world: World) -> dict[str, list[str]]:
    """Which of both letters everybody has."""
    names = {str(BEFORE), str(WEEK)}
    found = {
        address: [copy.mailing for copy in copies if copy.mailing in names]
        for address, copies in world.arrivals().items()
    }
    return {address: copies for address, copies in found.items() if copies}


def _compare(world: World, account: Account, stream: Stream, today: dict[str, list[str]]) -> None:
    """Each for themselves: the letter, and at most one mail a day, and none after they left."""
    before, ledger, copies = world.ledger(BEFORE), world.ledger(WEEK), _list_copies(world)
    had = {Progress.ACCEPTED, Progress.IN_DOUBT}
    wrong = []
    for address in world.people:
        new = stream.tokens.get(address)
        if address not in stream.left and ledger.get(address) not in had:
            wrong.append(f"{address} stayed, and is {ledger.get(address)}")
        if address in stream.left and copies.get(address) != today.get(address):
            wrong.append(f"{address} left on Friday, and got a mail on Saturday")
        if address in stream.left and not before.keys() | ledger.keys():
            wrong.append(f"{address} confirmed, and was never planned a letter")
        if new and len(today.get(address, ())) > 1:
            wrong.append(f"{address} got {today[address]} on one day")
    account.faults += wrong[:10]
    if not any(address in before and address in ledger for address in stream.tokens):
        account.faults.append("nobody confirmed before the letter was frozen")
    if ledger.keys() <= before.keys():
        account.faults.append("nobody confirmed after it was frozen")
    if not stream.left:
        account.faults.append("nobody left")
