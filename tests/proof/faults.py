"""What a relay can do to a sender, and an operator to a sending; once each, without a kill."""

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from generator.clock import read_clock
from generator.model import Language, Progress, Subscriber
from generator.subscribers.list.subscriptions import change, erase, find_subscriber, pause, unsubscribe
from generator.subscribers.store.database import Transaction
from tests.languages import EN, NL
from tests.proof.accounts import Account, settle_account
from tests.proof.relay import DROP, RESET, SILENCE, Moment
from tests.proof.world import KEYS, WEEK, Sender, World

HURRY = {
    "generator.delivery.outgoing.attempts:FIRST_PAUSE": 0.5,
    "generator.delivery.timing.pacing:_REST": 0.2,
    "generator.delivery.timing.pacing:_LONGEST_REST": 0.2,
    "generator.delivery.timing.pacing:_LEAST": 1000.0,
    "generator.delivery.outgoing.connections:FINAL": 0.5,
    "generator.delivery.outgoing.relays:Relay.__init__.patience": 0.5,
    "generator.delivery.outgoing.tasks:Task.__init__.persistence": 2.0,
    "generator.delivery.outgoing.sender:_GRACE": 1.0,
    "generator.subscribers.store.database:PATIENCE": 1,
}
"""What a proof cannot wait for: a minute for what is deferred, ten for the reply to a letter."""


def number_of(address: str) -> int:
    """Of a recipient that `world.fill` made."""
    return int(re.sub(r"\D*(\d+)@.*", r"\1", address))


class Sometimes:
    """A fault that meets every n-th recipient, the first time that they come by; the answers take turns."""

    def __init__(self, every: int, *answers: tuple[Moment, str]) -> None:
        self._every, self._answers = every, answers
        self.met: Counter[Moment] = Counter()
        self.doubts = 0
        """Letters that nobody can know of: the whole of it was read, and no answer given."""
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, moment: Moment, recipient: str) -> str:
        if not recipient:
            return ""
        number, rest = divmod(number_of(recipient), self._every)
        wanted, answer = self._answers[number % len(self._answers)]
        with self._lock:
            if rest or moment is not wanted or recipient in self._seen:
                return ""
            self._seen.add(recipient)
            self.met[moment] += 1
            self.doubts += moment in {Moment.TAKEN, Moment.DOT} and answer in {DROP, RESET, SILENCE}
            return answer


class Gate:
    """A fault that holds the sender after so many letters, while the proof does something; at one place, or at more."""

    def __init__(self, count: int, moment: Moment = Moment.RCPT, *more: tuple[int, Moment]) -> None:
        """Counts from the beginning; a later place has more letters before it."""
        self._places = [(count, moment), *more]
        self._reached = [threading.Event() for _ in self._places]
        self._opened = [threading.Event() for _ in self._places]
        self._seen: Counter[Moment] = Counter()
        self._next = 0

    def __call__(self, moment: Moment, recipient: str) -> str:
        self._seen[moment] += 1
        for place, reached, opened in zip(self._places, self._reached, self._opened, strict=True):
            if place == (self._seen[moment], moment):
                reached.set()
                opened.wait(60)
        return ""

    @contextmanager
    def closed(self) -> Iterator[None]:
        """While the sender waits for its reply, at the next place."""
        reached, opened = self._reached[self._next], self._opened[self._next]
        assert reached.wait(60), "the fault never occurred"
        self._next += 1
        try:
            yield
        finally:
            opened.set()


def expect(account: Account, sender: Sender, *codes: int) -> None:
    """It ends by itself, with one of these."""
    if (code := sender.wait()) not in codes:
        account.faults.append(f"a command ended with {code}; expected {codes}: {sender.said[-1500:]}")
    if "Traceback" in sender.said:
        account.faults.append(f"a traceback: {sender.said[-1500:]}")


def go_on(world: World, account: Account) -> None:
    """Resume until nothing is left; a relay that fails again and again may stop several runs."""
    said = ""
    for _ in range(8):
        sender = world.resume("--patience", "1", hurry=HURRY)
        if sender.wait() == 0:
            return
        said = sender.said
    account.faults.append(f"the letter was never finished: {said[-1500:]}")


def meet(world: World, account: Account, fault: Sometimes, **death: object) -> Account:
    """Send through it, resume without it, and account."""
    expect(account, world.send("--patience", "1", fault=fault, hurry=HURRY, **death), 0, 1)
    go_on(world, account)
    if not fault.met:
        account.faults.append("no fault occurred")
    account.allowed = fault.doubts
    return settle_account(world, account)


def dropped_half_way(world: World) -> Account:
    """With half a letter written, for certain: it is sent again, and nothing is in doubt."""
    account = Account("connection dropped with half a letter written")
    return meet(
        world, account, Sometimes(20, (Moment.BODY, DROP), (Moment.BODY, RESET)), buffer=2304, small=True
    )


def dropped_after_the_dot(world: World) -> Account:
    """The whole letter was written and no reply came: in doubt, whether it was taken or not."""
    account = Account("connection dropped between the dot and the reply")
    ends = ((Moment.TAKEN, DROP), (Moment.DOT, RESET), (Moment.TAKEN, RESET), (Moment.DOT, DROP))
    fault = Sometimes(max(8, len(world.people) // 60), *ends)
    account = meet(world, account, fault)
    if (len(account.doubtful), account.arrived) != (account.allowed, fault.met[Moment.TAKEN]):
        account.faults.append(
            f"{account.arrived} of {len(account.doubtful)} in doubt had arrived; met {fault.met}"
        )
    return account


def dropped_elsewhere(world: World) -> Account:
    """At every other word: nothing is in doubt."""
    account = Account("connection dropped at RCPT, at DATA, between two letters")
    moments = (Moment.RCPT, Moment.DATA, Moment.REPLIED)
    return meet(
        world, account, Sometimes(20, *((moment, end) for moment in moments for end in (DROP, RESET)))
    )


def later(world: World) -> Account:
    """4xx: sent again when it is due."""
    account = Account("4xx to RCPT, to DATA, to the letter")
    answer = "451 4.4.3 Try again"
    fault = Sometimes(25, (Moment.RCPT, answer), (Moment.DATA, answer), (Moment.DOT, answer))
    return meet(world, account, fault)


def never(world: World) -> Account:
    """5xx: refused, and neither in doubt nor tried again."""
    account = Account("5xx to RCPT, to DATA, to the letter")
    answers = ("550 5.1.1 No such user", "552 5.2.2 Full", "550 5.2.3 Too long for this mailbox")
    fault = Sometimes(40, *zip((Moment.RCPT, Moment.DATA, Moment.DOT), answers, strict=True))
    account = meet(world, account, fault)
    if account.refused != fault.met.total():
        account.faults.append(f"{account.refused} refused; met {fault.met}")
    return account


def slow_down(world: World) -> Account:
    """It is about nobody in particular: the connection is opened again, and each letter is sent once."""
    account = Account("421, 450 4.2.1, 451 4.7.1 and 452 4.3.1: the relay has enough")
    answers = ("421 4.7.0 Enough", "450 4.2.1 Slower", "451 4.7.1 Slower", "452 4.3.1 Full")
    moments = (Moment.RCPT, Moment.RCPT, Moment.DOT, Moment.DATA)
    fault = Sometimes(len(world.people) // 7, *zip(moments, answers, strict=True))
    return meet(world, account, fault)


def silent(world: World) -> Account:
    """No reply any more: before the dot it is sent again, after the dot it is in doubt."""
    account = Account("time-outs: no reply to RCPT, to DATA, to the letter")
    moments = (Moment.RCPT, Moment.DATA, Moment.TAKEN, Moment.DOT)
    return meet(world, account, Sometimes(len(world.people) // 7, *((moment, SILENCE) for moment in moments)))


def everybody_refused(world: World) -> Account:
    """It stops by itself before many are refused; `resume` and `retry --refused` reach everybody afterwards."""
    account = Account("everybody refused: it stops by itself")
    fault = Sometimes(1, (Moment.RCPT, "552 5.2.2 Full"))
    expect(account, world.send(fault=fault), 1)
    if not 0 < fault.met.total() <= 20:
        account.faults.append(f"stopped after {fault.met.total()} refusals")
    go_on(world, account)
    expect(account, world.start("retry", str(WEEK), "--refused", "--yes"), 0)
    account = settle_account(world, account)
    if account.refused:
        account.faults.append(f"{account.refused} are still refused")
    return account


# --- The list ---


def changed_meanwhile(world: World) -> Account:
    """Who leaves, pauses, is erased or changes their language while the letter goes to others."""
    account = Account("unsubscribed, paused, erased, other language meanwhile")
    gate = Gate(len(world.people) // 4)
    sender = world.send(fault=gate)
    late = [address for address in world.people if number_of(address) >= len(world.people) // 2]
    leaving, pausing, erased, switching = (late[start::10] for start in range(4))
    now = read_clock()
    with gate.closed():
        _each(
            world,
            leaving,
            lambda transaction, one: unsubscribe(transaction, one, now, "https://letter.example.org/"),
        )
        _each(world, pausing, lambda transaction, one: pause(transaction, one, date(2027, 1, 1), now))
        _each(world, erased, lambda transaction, one: erase(transaction, one, now))
        _each(world, switching, lambda transaction, one: change(transaction, one, now, _other(one), []))
    expect(account, sender, 0)
    expect(account, world.send(), 0)  # once more: another language is no second letter
    account = settle_account(world, account)
    arrivals, ledger = world.arrivals(), world.ledger()
    for address in (*leaving, *pausing, *erased):
        if address in arrivals or ledger[address] is not Progress.SKIPPED:
            account.faults.append(f"{address} had unsubscribed, but is {ledger[address]}")
    if missing := [address for address in switching if len(arrivals.get(address, ())) != 1]:
        account.faults.append(f"{len(missing)} of those with another language did not get one letter")
    return account


def _other(subscriber: Subscriber) -> Language:
    return EN if subscriber.language == NL else NL


def _each(world: World, addresses: Iterable[str], do: Callable[[Transaction, Subscriber], object]) -> None:
    with world.database.begin() as transaction:
        for address in addresses:
            subscriber = find_subscriber(transaction, address)
            assert subscriber
            do(transaction, subscriber)


# --- The operator ---


def asked_to_stop(world: World) -> Account:
    """Ctrl-C and SIGTERM: what is in flight is finished, nothing is in doubt, and the reserved are given back."""
    account = Account("Ctrl-C and SIGTERM")
    moments = (Moment.RCPT, Moment.DATA, Moment.TAKEN)
    for number, (ask, code) in enumerate([(signal.SIGINT, 130), (signal.SIGTERM, 143)] * 3):
        gate = Gate(20 + 13 * number, moments[number % 3])
        sender = world.send(fault=gate)
        with gate.closed():
            sender.signal(ask)
            time.sleep(0.1)
        expect(account, sender, code)
    go_on(world, account)
    return settle_account(world, account)


def four_at_once(world: World) -> Account:
    """Timer, person and CI all call it."""
    account = Account("four `send` in the same moment")
    for sender in [world.send() for _ in range(4)]:
        expect(account, sender, 0)
    return settle_account(world, account)


def stands_still(world: World) -> Account:
    """A sender that stands still with a letter in flight (SIGSTOP) is not dead: others leave its rows alone."""
    account = Account("a sender stands still for a while")
    gate = Gate(30, Moment.TAKEN)
    still = world.send(fault=gate)
    with gate.closed():
        still.signal(signal.SIGSTOP)
        try:
            expect(account, world.resume("--patience", "0"), 0, 1)
            tally = world.settle()
        finally:
            still.signal(signal.SIGCONT)
    if tally.in_doubt or not 0 < tally.remaining <= 250:
        account.faults.append(f"it was alive, and this was left: {tally}")
    expect(account, still, 0)
    go_on(world, account)
    return settle_account(world, account)


def retried(world: World) -> Account:
    """`retry --in-doubt` sends the same bytes under the same Message-ID, also after a rotation of the keys."""
    account = Account("`retry --in-doubt` after a rotation of the keys")
    fault = Sometimes(max(8, len(world.people) // 30), (Moment.TAKEN, DROP), (Moment.DOT, DROP))
    expect(account, world.send(fault=fault, hurry=HURRY), 0, 1)
    go_on(world, account)
    doubtful = [address for address, progress in world.ledger().items() if progress is Progress.IN_DOUBT]
    before = world.arrivals()
    had = {address: len(before.get(address, ())) for address in doubtful}
    world.keys = KEYS.rotate()
    expect(account, world.start("retry", str(WEEK), "--in-doubt", "--yes"), 0)
    after = world.arrivals()
    for address, copies in had.items():
        if len(after.get(address, ())) != copies + 1:
            account.faults.append(f"{address} had {copies}, and has {len(after.get(address, ()))}")
    if len(doubtful) != fault.met.total():
        account.faults.append(f"{len(doubtful)} were in doubt; met {fault.met}")
    account = settle_account(world, account)  # which compares the bytes
    account.twice = [address for address in account.twice if had.get(address) != 1]  # these were asked for
    return account
