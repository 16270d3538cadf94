"""The kill matrix: processes that die at every step of the ledger, at every word of the wire, and at any moment."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tests.proof.accounts import Account, settle_account
from tests.proof.relay import DROP, Moment
from tests.proof.world import Sender, World

FIRST = (
    *(("freeze:before", 1), ("freeze:after", 1), *(("commit:before", number) for number in range(1, 8))),
    *((name, 1) for name in ("enlist:before", "settle_dead:before", "settle_dead:after", "reserve:before")),
)
"""Steps of the first command, and the how many-th time it comes past them: nothing was sent yet."""

AT_THE_BEGINNING = ("settle_dead:before", "settle_dead:after", "reserve:before", "reserve:after")
"""Those of a later one."""

PER_LETTER = (*("advance:before", "commit:before", "advance:after", "letter:half", "letter:after"),)
"""Steps that it comes past with each letter."""

PER_BATCH = (
    *("claim_batch:before", "claim_batch:after", "commit:before", "letter:half", "letter:after"),
    *("advance:before", "advance:after"),
)
"""The same with each request to an engine that knows letters by their keys."""

IN_A_BATCH = (Moment.CONNECT, Moment.DATA, Moment.DOT, Moment.TAKEN, Moment.REPLIED)
"""What an engine sees of a request."""

AT_THE_END = ("close:before", "finish:before", "finish:after")
"""When all is sent, and all but noted."""

ON_THE_WIRE = tuple(moment for moment in Moment if moment is not Moment.BODY)


@dataclass(frozen=True)
class Blow:
    """Where a process dies."""

    name: str
    count: int = 1
    """At the how many-th time."""
    moment: Moment | None = None
    """None: at a step inside the process, see victim."""
    delay: float | None = None
    """Seconds after that moment on the wire; None: at that moment, the relay waits for it."""
    takes: bool = True
    """Whether a relay that has a letter whole takes it, although nobody is there any more."""


@dataclass
class Attack:
    """What one sender has to expect."""

    start: Callable[..., Sender]
    """Begins the command, as World.begin does."""
    blow: Blow
    connections: int
    most: int = 0
    """Letters after which it dies if it never came where it was to die; 0: it may live."""
    sender: Sender | None = None
    _counted: Counter[Moment] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> Sender:
        """Start the sender that is going to die."""
        blow = self.blow
        death = {} if blow.moment or blow.delay else {"step": blow.name, "count": blow.count}
        arguments = ("--connections", str(self.connections))
        self.sender = self.start(*arguments, fault=self._meet, **death)
        if blow.delay and not blow.moment:
            threading.Timer(blow.delay, self._kill).start()
        return self.sender

    def _meet(self, moment: Moment, recipient: str) -> str:
        """The fault of its door."""
        blow = self.blow
        with self._lock:
            self._counted[moment] += 1
            now = moment is blow.moment and self._counted[moment] == blow.count
            late = moment is Moment.REPLIED and self._counted[moment] == self.most
        if late:
            self._kill()
        elif now and blow.delay:
            threading.Timer(blow.delay, self._kill).start()
        elif now:
            self._kill()
            return "" if blow.takes else DROP
        return ""

    def _kill(self) -> None:
        while self.sender is None:  # it was quicker than we
            time.sleep(0.001)
        self.sender.kill()


def blows(seed: random.Random, kills: int, letters: int) -> list[Blow]:
    """So many, at every step, at every word and at random moments; each within so many letters."""

    def choose_count() -> int:
        return seed.randint(1, letters)

    def at_random() -> list[Blow]:
        return [
            Blow("a random moment after RCPT", choose_count(), Moment.RCPT, delay=seed.uniform(1e-6, 0.004)),
            Blow("a random moment of the start", delay=seed.uniform(0.001, 0.4)),
        ]

    made = [Blow(name) for name in AT_THE_BEGINNING]
    made += [Blow(name, choose_count()) for name in PER_LETTER]
    made += [
        Blow(moment.value, 1 if moment is Moment.CONNECT else choose_count(), moment)
        for moment in ON_THE_WIRE
    ]
    made.append(Blow("after the dot, lost by the relay", choose_count(), Moment.DOT, takes=False))
    made += at_random()
    seed.shuffle(made)
    while len(made) < kills:
        made += at_random()
        made += [Blow(name, choose_count()) for name in PER_LETTER]
        made += [Blow(one.value, choose_count(), one) for one in (Moment.DATA, Moment.TAKEN, Moment.REPLIED)]
    return made[:kills]


def choose(seed: random.Random, some: list[Blow], number: int) -> list[Blow]:
    """So many of them, in their order."""
    return [some[index] for index in sorted(seed.sample(range(len(some)), min(number, len(some))))]


def batch_blows(seed: random.Random, kills: int) -> list[Blow]:
    """So many against senders of batches, each within two requests."""
    made = [Blow(name) for name in (*AT_THE_BEGINNING, "adopt:before", "adopt:after")]
    while len(made) < kills:
        more = [Blow(name, seed.randint(1, 2)) for name in PER_BATCH]
        more += [
            Blow(one.value, 1 if one is Moment.CONNECT else seed.randint(1, 2), one) for one in IN_A_BATCH
        ]
        more.append(Blow("a whole request, lost by the engine", seed.randint(1, 2), Moment.DOT, takes=False))
        more.append(Blow("a random moment of a request", 1, Moment.DATA, delay=seed.uniform(1e-6, 0.02)))
        more.append(Blow("a random moment of the start", delay=seed.uniform(0.001, 0.4)))
        seed.shuffle(more)
        made += more
    return made[:kills]


def run_batch_kills(  # noqa: PLR0913
    world: World, name: str, seed: random.Random, kills: int, hurry: dict[str, float], *, connections: int = 1
) -> Account:
    """The same with an engine that knows letters by their keys: nobody is in doubt, however many die."""
    account = Account(name)
    began = time.monotonic()
    start = partial(world.begin, hurry=hurry)
    for blow in batch_blows(seed, kills):
        _suffer(world, account, Attack(start, blow, connections, most=3 * connections))
        account.allowed = 0
    last = start("--connections", str(connections))
    if code := last.wait():
        account.faults.append(f"the last one ended with {code}: {last.said[-1500:]}")
    account.seconds = time.monotonic() - began
    return settle_account(world, account)


def run_kills(  # noqa: PLR0913
    world: World, name: str, seed: random.Random, kills: int, *, processes: int = 1, connections: int = 1
) -> Account:
    """Kill so often, go on each time, and account for everybody. Processes of the same mailing die one at a time."""
    account = Account(name)
    began = time.monotonic()
    letters = max(1, len(world.people) // (kills + 2))
    first = [Blow(name, number) for name, number in FIRST]
    last = [Blow(name) for name in AT_THE_END]
    if kills < 2 * (len(first) + len(last)):
        first, last = (choose(seed, some, max(1, kills // 5)) for some in (first, last))
    later = blows(seed, kills - len(first) - len(last), letters)
    at_first, at_last = ([Attack(world.begin, blow, connections) for blow in some] for some in (first, last))
    for attack in at_first:
        attack.most = letters
    for attack in at_first:
        _suffer(world, account, attack)
    attacks = [Attack(world.begin, blow, connections, most=2 * letters) for blow in later]
    if processes == 1:
        for attack in attacks:
            _suffer(world, account, attack)
    else:
        _suffer_together(world, account, attacks, processes)
    for attack in at_last:
        _suffer(world, account, attack)
    _go_on(world, account, processes, connections)
    account.seconds = time.monotonic() - began
    return settle_account(world, account)


def _suffer(world: World, account: Account, attack: Attack) -> None:
    """One life and death; whatever was open then is in doubt, and no more."""
    note(account, attack, attack.begin().wait())
    _look(world, account)


def note(account: Account, attack: Attack, code: int) -> None:
    """How a life ended; by a kill, one letter of each connection may be in doubt."""
    if code == -9:
        account.kills += 1
        account.allowed += attack.connections
        account.blows[attack.blow.name] += 1
    elif code not in {0, 1}:
        said = attack.sender.said if attack.sender else ""
        account.faults.append(f"{attack.blow.name}: ended with {code}: {said[-800:]}")


def _look(world: World, account: Account) -> None:
    """PostgreSQL may notice a little later that somebody is gone: so it is added up from the beginning."""
    doubtful = world.settle().in_doubt
    if doubtful > account.allowed:
        account.faults.append(f"{doubtful} in doubt after the death of {account.allowed} connections")


def _suffer_together(world: World, account: Account, attacks: list[Attack], processes: int) -> None:
    """Several at once: when one dies, the next takes its place, while the others go on."""
    waiting: Iterator[Attack] = iter(attacks)
    running: list[Attack] = []
    while True:
        while len(running) < processes and (attack := next(waiting, None)):
            attack.begin()
            running.append(attack)
        if not running:
            return
        time.sleep(0.005)
        for attack in running[:]:
            assert attack.sender
            if attack.sender.code is not None:
                running.remove(attack)
                note(account, attack, attack.sender.wait())
                _look(world, account)


def _go_on(world: World, account: Account, processes: int, connections: int) -> None:
    """Without any more blows, until nothing is left to do."""
    last = [world.begin("--connections", str(connections)) for _ in range(processes)]
    codes = [sender.wait() for sender in last]
    if set(codes) != {0}:
        account.faults.append(f"the last ones ended with {codes}: {last[0].said[-1500:]}")
