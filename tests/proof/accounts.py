"""The reckoning: what the ledger says of everybody, beside what the relay has counted."""

import json
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from generator.model import MailingId, Progress
from generator.subscribers.store.schema import SUBSCRIBER
from tests.proof.relay import Arrival
from tests.proof.world import WEEK, World

DONE = {Progress.ACCEPTED, Progress.REFUSED, Progress.SKIPPED, Progress.IN_DOUBT}


@dataclass
class Account:
    """How a scenario ended."""

    name: str
    recipients: int = 0
    kills: int = 0
    blows: Counter[str] = field(default_factory=Counter)
    """Where they were killed, and how often."""
    lost: list[str] = field(default_factory=list)
    """Not sent, or said to be accepted and never arrived."""
    twice: list[str] = field(default_factory=list)
    """Arrived more than once."""
    belied: list[str] = field(default_factory=list)
    """Arrived, though the ledger says that it did not leave."""
    doubtful: list[str] = field(default_factory=list)
    arrived: int = 0
    """How many of the doubtful."""
    allowed: int = 0
    """As many may be in doubt: one for each connection that was open at a kill, or ended after the dot."""
    refused: int = 0
    skipped: int = 0
    faults: list[str] = field(default_factory=list)
    """What else was not as it should be."""
    database: str = ""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not (self.lost or self.twice or self.belied or self.faults)


def settle_account(
    world: World, account: Account, *, audience: int | None = None, week: MailingId | None = None
) -> Account:
    """Compare, when all is done. Nobody may be left; every doubtful one is named by the command.

    Where there are several letters and lessons it is called for each `week`, and adds up.
    """
    arrivals, ledger = world.arrivals(week), world.ledger(week or WEEK)
    account.recipients += len(ledger)
    expected = len(world.people) if audience is None else audience
    if len(ledger) != expected:
        account.faults.append(f"{len(ledger)} rows for {expected} recipients")
    for address, progress in ledger.items():
        copies = len(arrivals.get(address, ()))
        if progress not in DONE or (progress is Progress.ACCEPTED and not copies):
            account.lost.append(address)
        if copies > 1:
            account.twice.append(address)
        if copies and progress not in {Progress.ACCEPTED, Progress.IN_DOUBT}:
            account.belied.append(address)
    if strangers := arrivals.keys() - ledger.keys():
        account.faults.append(f"{len(strangers)} got a letter but are not in the ledger")
    doubtful = [address for address, progress in ledger.items() if progress is Progress.IN_DOUBT]
    account.doubtful += doubtful
    account.arrived += sum(address in arrivals for address in doubtful)
    if len(account.doubtful) > account.allowed:
        account.faults.append(f"{len(account.doubtful)} in doubt; at most {account.allowed} are allowed")
    counted = Counter(ledger.values())
    account.refused += counted[Progress.REFUSED]
    account.skipped += counted[Progress.SKIPPED]
    _compare_bytes(account, arrivals)
    _ask_status(world, account, counted, doubtful, str(week or WEEK))
    return account


def _compare_bytes(account: Account, arrivals: dict[str, list[Arrival]]) -> None:
    """A second copy is the same copy; no two readers share a Message-ID."""
    names: dict[str, str] = {}
    for address, copies in arrivals.items():
        if len({(copy.digest, copy.message_id) for copy in copies}) > 1:
            account.faults.append(f"{address} got different bytes")
        if names.setdefault(copies[0].message_id, address) != address:
            account.faults.append(f"{address} shares a Message-ID")


def _ask_status(
    world: World, account: Account, counted: Counter[Progress], doubtful: list[str], name: str
) -> None:
    """The real command says the same, and names everybody who is in doubt."""
    said = world.run("status", name, "--json").said
    try:
        told = json.loads(said)["tally"]
        found = {progress: told[progress.name.lower()] for progress in DONE}
    except (ValueError, KeyError):
        account.faults.append(f"`status --json` said: {said[-500:]}")
        return
    if found != (expected := {progress: counted[progress] for progress in DONE}):
        account.faults.append(f"`status --json` says {found}; the ledger has {expected}")
    named = world.run("status", name, "--doubtful").said
    with world.database.read() as transaction:  # who was erased meanwhile has no address any more
        known = set(transaction.connection.execute(select(SUBSCRIBER.c.address)).scalars())
    if missing := [address for address in doubtful if address in known and address not in named]:
        account.faults.append(f"`status --doubtful` does not name {len(missing)} of {len(doubtful)}")
