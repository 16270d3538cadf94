"""What stands between a sender and its readers: a relay that greylists, and one that is down while another is well."""

import random
import signal
import threading
import time
from collections import Counter

from tests.proof.accounts import Account, settle_account
from tests.proof.faults import expect, go_on
from tests.proof.relay import DROP, Moment
from tests.proof.world import World

SCALE = 0.01
"""Seconds in the quick drill for one in life."""

GREYLISTED = {
    f"generator.delivery.timing.greylisting:{name}": seconds * SCALE
    for name, seconds in (
        *(("_FIRST", 5.0), ("_LEAST", 1.5), ("_MARGIN", 0.5)),
        *(("_USUAL", 300.0), ("_LONGEST", 3600.0)),
    )
}


class Grey:
    """A fault that says “later” to each recipient until so many seconds after they were first named."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        """How often each was named."""
        self.first: dict[str, float] = {}
        """When each was named first, in seconds of `monotonic`."""
        self.last: dict[str, float] = {}
        """When each was accepted."""

    def __call__(self, moment: Moment, recipient: str) -> str:
        if moment is not Moment.RCPT:
            return ""
        with self._lock:
            now = time.monotonic()
            self.asked[recipient] += 1
            early = now - self.first.setdefault(recipient, now) < self._delay
            if not early:
                self.last[recipient] = now
        return "450 4.2.0 Recipient address rejected: Greylisted" if early else ""


def greylisted(world: World) -> Account:
    """Everybody is asked, and asked again when the time has come; a kill in between changes nothing."""
    account = Account("a relay that greylists everybody, with kills in between")
    for delay in (30, 70, 300):
        grey = Grey(delay * SCALE)
        sender = world.begin("--patience", "1", fault=grey, hurry=GREYLISTED)
        while sender.code is None and grey.asked.total() < len(world.people) // 2:
            time.sleep(0.001)
        sender.kill()
        account.kills += sender.wait() == -signal.SIGKILL
        account.allowed += 1
    grey = Grey(300 * SCALE)
    expect(account, world.resume("--patience", "1", fault=grey, hurry=GREYLISTED), 0)
    if (often := sum(number > 4 for number in grey.asked.values())) > 10:
        account.faults.append(f"{often} were asked more than four times")
    return settle_account(world, account)


class Weather:
    """A fault that has a relay down, and well again, in turns; both relays ask the same one."""

    def __init__(self, seed: random.Random) -> None:
        self._seed, self._lock = seed, threading.Lock()
        self._left, self._down = 20, False

    def __call__(self, moment: Moment, _: str) -> str:
        if moment not in {Moment.CONNECT, Moment.MAIL, Moment.DATA}:
            return ""
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self._left, self._down = self._seed.randint(1, 40), not self._down
            return DROP if self._down else ""


FALLEN = {
    "generator.delivery.outgoing.failover:AGAIN": 0.05,
    "generator.delivery.outgoing.failover:LATEST": 0.2,
    "generator.delivery.outgoing.tasks:Task.__init__.rest": 0.05,
}


def failed_over(world: World) -> Account:
    """The first relay comes and goes, and senders are killed while they change over: counted at both."""
    account = Account("fail-over: the first relay comes and goes, senders are killed")
    seed = random.Random(len(world.people))  # noqa: S311 (nobody gains by guessing it)
    second = world.relay.open_door()
    doors = []
    steps = ("advance:after", "letter:half", "letter:after", "advance:before")
    kills = 24
    for number in range(kills):
        death = {
            "step": steps[number % len(steps)],
            "count": seed.randint(1, max(1, len(world.people) // kills)),
        }
        sender = world.begin("--patience", "1", fault=Weather(seed), fallback=second, hurry=FALLEN, **death)
        doors.append(sender.door)
        account.kills += sender.wait() == -signal.SIGKILL
        account.allowed += 1
    expect(account, world.begin("--patience", "1", fault=lambda *_: DROP, fallback=second, hurry=FALLEN), 0)
    go_on(world, account)
    first = sum(door.taken for door in doors)
    if not first or not second.taken:
        account.faults.append(f"{first} letters through the first relay, {second.taken} through the second")
    return settle_account(world, account)


def doubt_stays(world: World) -> Account:
    """The first relay takes a letter and dies without a word: nobody may hand that letter to the second."""
    account = Account("fail-over: the first relay dies after the dot")
    second, doubted = world.relay.open_door(), list[str]()

    def fault(moment: Moment, recipient: str) -> str:
        if moment is Moment.TAKEN and len(doubted) < 1 and second.taken == 0:
            doubted.append(recipient)
            return DROP
        return DROP if doubted and moment is Moment.CONNECT else ""

    expect(account, world.send("--patience", "1", fault=fault, fallback=second, hurry=FALLEN), 0)
    account.allowed = len(doubted)
    account = settle_account(world, account)
    if account.doubtful != doubted or second.taken != len(world.people) - 1:
        account.faults.append(f"{account.doubtful} in doubt, {second.taken} through the second relay")
    return account
