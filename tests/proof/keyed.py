"""Letters in batches to an engine that knows each by a key: however many senders die, nobody is in doubt."""

import random
from datetime import timedelta

from generator.clock import read_clock
from tests.proof.accounts import Account, settle_account
from tests.proof.engine import TOKEN, Engine
from tests.proof.faults import HURRY, expect
from tests.proof.kills import run_batch_kills
from tests.proof.relay import DROP, RESET, SILENCE, Moment
from tests.proof.world import World

FEW = {
    "generator.delivery.engines.lettermint:Lettermint.limit": 3,
    "generator.delivery.engines.resend:Resend.limit": 3,
}
"""Letters in a request, so that there are many of them."""

HASTE = (
    HURRY
    | FEW
    | {
        "generator.delivery.engines.http:Line.__init__.final": 0.5,
        "generator.delivery.outgoing.tasks:Task.__init__.rest": 0.02,
    }
)


def rent(world: World, kind: str) -> Engine:
    """Have all commands of this world send through an engine of this kind."""
    engine = Engine(world.relay)
    world.mail, world.talk = f"{kind}://{TOKEN}@127.0.0.1:{{port}}", engine.talk
    return engine


def run_keyed(  # noqa: PLR0913
    world: World, name: str, seed: random.Random, kills: int, *, kind: str, connections: int
) -> Account:
    """Kill so often, go on each time, and account for everybody."""
    rent(world, kind)
    return run_batch_kills(world, name, seed, kills, FEW, connections=connections)


class InTurns:
    """A fault of which each n-th request meets another one."""

    def __init__(self, every: int, *answers: tuple[Moment, str]) -> None:
        self._every, self._answers = every, answers
        self._asked = 0
        self._turn = -1

    def __call__(self, moment: Moment, _: str) -> str:
        if moment is Moment.DATA:
            self._asked += 1
            number, rest = divmod(self._asked, self._every)
            self._turn = -1 if rest else number % len(self._answers)
        wanted, answer = self._answers[self._turn] if self._turn >= 0 else (None, "")
        return answer if moment is wanted else ""


def cut_batches(world: World) -> Account:
    """The line is cut, nothing is said, and errors are, before and after the engine takes a batch."""
    account = Account("keyed engine: cut, silent and failing, before and after it takes a batch")
    rent(world, "lettermint")
    fault = InTurns(
        3,
        (Moment.DATA, DROP),
        (Moment.DOT, RESET),
        (Moment.TAKEN, DROP),
        (Moment.TAKEN, "503"),
        (Moment.DOT, "429 1"),
        (Moment.TAKEN, SILENCE),
        (Moment.REPLIED, DROP),
    )
    expect(account, world.send("--patience", "1", fault=fault, hurry=HASTE), 0)
    return settle_account(world, account)


def forgotten(world: World) -> Account:
    """Senders die after a request, and nobody goes on for a day: as many are in doubt as were in those requests."""
    account = Account("keyed engine: a sender dies, and nobody goes on for a day")
    engine = rent(world, "resend")
    sender = world.begin(hurry=FEW, step="letter:after", count=5)
    account.kills += sender.wait() == -9
    account.allowed = 3
    tomorrow = (read_clock() + timedelta(hours=25)).isoformat()
    engine.clock = lambda: read_clock() + timedelta(hours=25)
    expect(account, world.resume(hurry=FEW, at=tomorrow), 0)
    account = settle_account(world, account)
    if len(account.doubtful) != account.allowed:
        account.faults.append(f"{len(account.doubtful)} in doubt")
    return account
