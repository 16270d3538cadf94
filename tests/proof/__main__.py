"""`python -m tests.proof` (`make proof`): the whole kill matrix and every fault. Prints a table, and writes it to
build/proof.md.

`--seed N` repeats the random moments of a run, `--only TEXT` runs the scenarios whose name has it, `--recipients N` and
`--kills N` make it smaller; `--jobs N` scenarios run at the same time.
"""

import argparse
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from generator.errors import describe
from tests.machine import POSTGRESQL, find_postgresql
from tests.postgresql import start_postgresql
from tests.proof import absence, amazon, dumps, faults, keyed, recovery, storage, ways
from tests.proof.accounts import Account
from tests.proof.course import run_course
from tests.proof.firsts import run_firsts
from tests.proof.kills import run_kills
from tests.proof.relay import open_relay
from tests.proof.world import Nursery, World, open_nursery, open_world

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "build" / "proof.md"

KILLS, RECIPIENTS, FEWER = 44, 2000, 600
"""Kills in each scenario of the matrix; recipients there, and where a fault comes once."""


@dataclass(frozen=True)
class Scenario:
    """One line of the table."""

    name: str
    run: Callable[[World], Account]
    postgresql: bool
    recipients: int


def matrix(seed: int, kills: int, recipients: int) -> Iterator[Scenario]:
    """One sender, one with four connections, and four; on each database."""
    for postgresql in (False, True):
        for processes, connections in ((1, 1), (1, 4), (4, 1)):
            name = (
                f"kill -9: {_say(processes, 'process', 'processes')} with {_say(connections, 'connection')}"
            )
            run = partial(
                run_kills,
                name=name,
                seed=random.Random(f"{seed} {name} {postgresql}"),  # noqa: S311 (nobody gains by guessing it)
                kills=kills,
                processes=processes,
                connections=connections,
            )
            yield Scenario(name, run, postgresql, recipients)


def lessons(seed: int, kills: int, recipients: int) -> Iterator[Scenario]:
    """The course and first letters, on each database. A quarter more readers have the letter already."""
    for postgresql, connections in ((False, 1), (True, 4)):
        name = f"kill -9: seven weeks of the course with letters between, {_say(connections, 'connection')}"
        run = partial(
            run_course,
            name=name,
            seed=random.Random(f"{seed} {name}"),  # noqa: S311 (nobody gains by guessing it)
            kills=kills,
            connections=connections,
        )
        yield Scenario(name, run, postgresql, recipients)
    for postgresql in (False, True):
        name = "kill -9: first letters, while a letter is frozen and sent"
        run = partial(run_firsts, name=name, seed=random.Random(f"{seed} {name} {postgresql}"), kills=kills)  # noqa: S311
        yield Scenario(name, run, postgresql, recipients + recipients // 4)


def engines(seed: int, kills: int, recipients: int) -> Iterator[Scenario]:
    """Relays that take letters by HTTP."""
    for postgresql, connections in ((False, 1), (True, 4)):
        name = f"kill -9: Amazon SES, {_say(connections, 'connection')}"
        run = partial(
            amazon.run_ses,
            name=name,
            seed=random.Random(f"{seed} {name}"),  # noqa: S311 (nobody gains by guessing it)
            kills=kills,
            connections=connections,
        )
        yield Scenario(name, run, postgresql, recipients)
    for kind, postgresql, connections in (
        *(("lettermint", False, 1), ("lettermint", True, 4)),
        *(("resend", False, 4), ("resend", True, 1)),
    ):
        name = f"kill -9: keyed engine ({kind}), {_say(connections, 'connection')}"
        run = partial(
            keyed.run_keyed,
            name=name,
            seed=random.Random(f"{seed} {name}"),  # noqa: S311 (nobody gains by guessing it)
            kills=kills,
            kind=kind,
            connections=connections,
        )
        yield Scenario(name, run, postgresql, recipients)


def _say(count: int, one: str, many: str = "") -> str:
    return f"one {one}" if count == 1 else f"{count} {many or one + 's'}"


ON_BOTH = (
    *(faults.dropped_half_way, faults.dropped_after_the_dot, faults.dropped_elsewhere, faults.later),
    *(faults.never, faults.slow_down, faults.silent, faults.everybody_refused, faults.changed_meanwhile),
    *(faults.asked_to_stop, faults.four_at_once, faults.stands_still, faults.retried),
    *(ways.greylisted, ways.failed_over, ways.doubt_stays, amazon.cut_short, amazon.refused),
    *(keyed.cut_batches, keyed.forgotten),
)
ON_SQLITE = (
    storage.full_disk,
    storage.file_may_not_grow,
    storage.locked,
    storage.locks_removed,
    *recovery.ALL,
    absence.missed_friday,
)
ON_POSTGRESQL = (
    *(storage.server_crashes, storage.connections_cut, storage.life_cut),
    *dumps.ALL,
    absence.missed_friday,
)


def every_fault(recipients: int) -> Iterator[Scenario]:
    """Once each; those that do not concern the database take turns."""
    for number, run in enumerate(ON_BOTH):
        yield Scenario(run.__name__, run, bool(number % 2), recipients)
    for run in ON_SQLITE:
        yield Scenario(run.__name__, run, postgresql=False, recipients=recipients)
    for run in ON_POSTGRESQL:
        yield Scenario(run.__name__, run, postgresql=True, recipients=recipients)


def prove(scenario: Scenario, nursery: Nursery, address: str) -> Account:
    """Run one, in a folder of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="proof") as folder, open_relay() as relay:
        place = address if scenario.postgresql else ""
        with open_world(Path(folder), relay, nursery, scenario.recipients, place) as world:
            try:
                account = scenario.run(world)
            except Exception as error:  # noqa: BLE001 (the others are still to be proved)
                said = world.senders[-1].said[-1500:] if world.senders else ""
                account = Account(scenario.name, faults=[f"{describe(error)}: {said}"])
    account.seconds = time.monotonic() - began
    account.database = "PostgreSQL" if scenario.postgresql else "SQLite"
    return account


HEAD = (
    *("scenario", "database", "kills", "recipients", "lost", "twice", "in doubt", "of these arrived"),
    *("may be in doubt", "seconds"),
)


def write_row(account: Account) -> tuple[str, ...]:
    """As HEAD says."""
    numbers = (
        *(account.kills, account.recipients, len(account.lost), len(account.twice), len(account.doubtful)),
        *(account.arrived, account.allowed),
    )
    return account.name, account.database, *map(str, numbers), f"{account.seconds:.0f}"


def write_page(accounts: list[Account], seed: int) -> str:
    """The table, as Markdown."""
    total = Account(
        "together",
        kills=sum(one.kills for one in accounts),
        recipients=sum(one.recipients for one in accounts),
        lost=[address for one in accounts for address in one.lost],
        twice=[address for one in accounts for address in one.twice],
        doubtful=[address for one in accounts for address in one.doubtful],
        arrived=sum(one.arrived for one in accounts),
        allowed=sum(one.allowed for one in accounts),
        seconds=sum(one.seconds for one in accounts),
    )
    rows = [HEAD, ("---", "---", *["---:"] * (len(HEAD) - 2)), *map(write_row, [*accounts, total])]
    machine = f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}"
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f'{table}\n\n`make proof ARGS="--seed {seed}"`, {machine}.\n'


def say(account: Account) -> None:
    """A line when all is well; what is not, when it is not."""
    print(" | ".join(write_row(account)), flush=True)
    for fault in account.faults:
        print(f"  !! {fault}", flush=True)
    for name, addresses in (("lost", account.lost), ("twice", account.twice), ("belied", account.belied)):
        if addresses:
            print(f"  !! {len(addresses)} {name}: {', '.join(addresses[:10])}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--only", default="")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    asked = parser.parse_args()
    scenarios = [
        scenario
        for scenario in (
            *matrix(asked.seed, asked.kills, asked.recipients),
            *lessons(asked.seed, asked.kills, asked.recipients),
            *engines(asked.seed, asked.kills, asked.recipients),
            *every_fault(min(FEWER, asked.recipients)),
        )
        if asked.only in f"{scenario.name} {'PostgreSQL' if scenario.postgresql else 'SQLite'}"
        and (scenario.run is not storage.full_disk or storage.may_mount())
    ]
    with ExitStack() as stack:
        address, nursery = "", stack.enter_context(open_nursery())
        if programs := find_postgresql():
            address = stack.enter_context(start_postgresql(programs, durable=True))
        else:
            print(f"{POSTGRESQL.missing}. Only SQLite is tested.")
        chosen = [scenario for scenario in scenarios if address or not scenario.postgresql]
        # When a server crashes, nobody else may need it; threads are enough for the others: they wait for processes.
        alone = [scenario for scenario in chosen if scenario.run is storage.server_crashes]
        others = [scenario for scenario in chosen if scenario not in alone]
        pool = stack.enter_context(ThreadPoolExecutor(asked.jobs))
        accounts = []
        for account in chain(
            pool.map(lambda scenario: prove(scenario, nursery, address), others),
            (prove(scenario, nursery, address) for scenario in alone),
        ):
            accounts.append(account)
            say(account)
    page = write_page(accounts, asked.seed)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")
    print(f"\n{page}")
    return 0 if accounts and all(account.holds for account in accounts) else 1


if __name__ == "__main__":
    sys.exit(main())
