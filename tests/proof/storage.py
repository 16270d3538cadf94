"""What can happen to the ledger below a sender: a full disk, a lock of another program, a server that goes away."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.proof.accounts import Account, settle_account
from tests.proof.faults import HURRY, Gate, expect, go_on
from tests.proof.relay import Moment
from tests.proof.world import ROOT, WEEK, Sender, World

BALLAST = 300_000
"""Bytes that somebody takes away again."""


# --- A full disk ---


def may_mount() -> bool:
    """Whether we may put a small disk over a folder, seen by our own processes only."""
    return bool(
        shutil.which("unshare")
        and shutil.which("nsenter")
        and os.geteuid() == 0
        and not subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode
    )


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[tuple[str, ...]]:
    """A disk of its own over a folder, for whoever is started with these words; it stays while we are here."""
    script = f'mount -t tmpfs -o size={size},mode=700 none "{folder}" && echo ready && exec sleep 600'
    with subprocess.Popen(["unshare", "--mount", "sh", "-c", script], stdout=subprocess.PIPE) as keeper:
        try:
            assert keeper.stdout
            assert keeper.stdout.readline() == b"ready\n"
            yield ("nsenter", "--mount", f"--target={keeper.pid}", f"--wd={ROOT}", "--")
        finally:
            keeper.kill()


def full_disk(world: World) -> Account:
    """The disk of the list is full in the middle: it is said, the run ends, and goes on when there is room again."""
    account = Account("the disk is full, several times")
    var = world.root / "var"
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "newsletter.db"
        with closing(sqlite3.connect(var / "newsletter.db")) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        size = copy.stat().st_size
        # Room for the ledger; the log of SQLite grows to 4 MB before it is emptied.
        with small_disk(var, 3 * size + 12_000_000) as before:
            world.before = before
            inside = [*before, "sh", "-c"]
            subprocess.run([*inside, f'cp "{copy}" "{var}/newsletter.db"'], check=True)
            for number in range(4):
                _fill_and_go_on(world, account, [*inside], number)
            go_on(world, account)
            # Back to our own disk, where we look; nobody writes any more.
            subprocess.run([*inside, f'cp "{var}/newsletter.db" "{copy}"'], check=True)
            subprocess.run(
                [
                    *inside,
                    f'test ! -e "{var}/newsletter.db-wal" || cp "{var}/newsletter.db-wal" "{copy}-wal"',
                ],
                check=True,
            )
            world.before = ()
        world.database.close()
        for path in var.glob("newsletter.db*"):
            path.unlink()
        for path in Path(name).glob("newsletter.db*"):
            shutil.copy(path, var)
    account.allowed = 4
    return settle_account(world, account)


def _fill_and_go_on(world: World, account: Account, inside: list[str], number: int) -> None:
    var = world.root / "var"
    gate = Gate(20 + 40 * number, (Moment.RCPT, Moment.DATA, Moment.TAKEN, Moment.REPLIED)[number])
    sender = (
        world.send("--patience", "0", fault=gate, hurry=HURRY)
        if not number
        else world.resume("--patience", "0", fault=gate, hurry=HURRY)
    )
    with gate.closed():
        # To the last byte: what SQLite has allocated it may still write.
        subprocess.run(
            [*inside, f'cat /dev/zero > "{var}/ballast" 2>&1; true'], check=True, capture_output=True
        )
    expect(account, sender, 0, 1)
    if sender.code == 1 and "full" not in sender.said:
        account.faults.append(f"no message says that the disk is full: {sender.said[-500:]}")
    subprocess.run([*inside, f'rm "{var}/ballast"'], check=True)


def file_may_not_grow(world: World) -> Account:
    """The same where nobody may mount: a limit on the size of files fails a write in the same place."""
    account = Account("a file of the ledger may not grow")
    wal = world.root / "var" / "newsletter.db-wal"
    for number in range(3):
        limit = max(wal.stat().st_size if wal.exists() else 0, 0) + 200_000 + 150_000 * number
        sender = world.start(
            *("resume" if number else "send", str(WEEK)),
            *(() if number else ("--now", "--without-git")),
            *("--patience", "0"),
            largest=limit,
            hurry=HURRY,
        )
        expect(account, sender, 0, 1)
    account.allowed = 3
    go_on(world, account)
    return settle_account(world, account)


# --- Another program ---


def locked(world: World) -> Account:
    """Another program writes: as long as it is for a while, everybody waits; when it is for long, the run ends."""
    account = Account("the list is locked, for a moment, a while and long")
    gate = Gate(15, Moment.RCPT, (50, Moment.TAKEN), (80, Moment.REPLIED), (110, Moment.TAKEN))
    hurry = {
        "generator.subscribers.store.database:PATIENCE": 1,
        "generator.delivery.outgoing.sender:_GRACE": 1.0,
    }
    sender = world.send(fault=gate, hurry=hurry)
    for seconds in (0.3, 4.0, 0.7):
        _hold(world, gate, seconds)
    _hold(world, gate, 0.0, sender)
    expect(account, sender, 1, 143)
    account.allowed = 1
    go_on(world, account)
    return settle_account(world, account)


def _hold(world: World, gate: Gate, seconds: float, sender: Sender | None = None) -> None:
    """For so long after the sender may go on; or until it has given up."""
    file = world.root / "var" / "newsletter.db"
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as other:
        with gate.closed():
            other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        if sender:
            sender.signal(signal.SIGTERM)
            sender.wait()
        other.execute("ROLLBACK")


def locks_removed(world: World) -> Account:
    """Somebody tidies up the file with the locks of a sender that lives: it is taken for dead, and nobody gets two."""
    account = Account("the file with the locks is removed meanwhile")
    gate = Gate(40, Moment.TAKEN)
    sender = world.send(fault=gate, hurry=HURRY)
    with gate.closed():
        (world.root / "var" / "newsletter.db.senders").unlink()
        other = world.resume(hurry=HURRY)
        expect(account, other, 0, 1)
    expect(account, sender, 0, 1)
    account.allowed = 1
    go_on(world, account)
    return settle_account(world, account)


# --- PostgreSQL ---


def server_crashes(world: World) -> Account:
    """A process of PostgreSQL is killed: all connections end, and the server recovers from its log."""
    return _three_times(world, Account("PostgreSQL crashes and recovers, three times"), _kill_backend)


def _three_times(world: World, account: Account, do: Callable[[World], None]) -> Account:
    """At three places; the sender finds the server again."""
    gate = Gate(25, Moment.RCPT, (60, Moment.DATA), (95, Moment.TAKEN))
    sender = world.send(fault=gate)
    for _ in range(3):
        with gate.closed():
            do(world)
    expect(account, sender, 0, 1)
    account.allowed = 3
    go_on(world, account)
    return settle_account(world, account)


def _kill_backend(world: World) -> None:
    connection = psycopg.connect(world.address, autocommit=True)
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    connection.close()
    _wait_for_server(world)


def _wait_for_server(world: World) -> None:
    world.database.close()
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(world.address).close()
        except psycopg.OperationalError:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return


def connections_cut(world: World) -> Account:
    """An administrator ends all connections of a sender, the one that proves its life among them, while it lives."""
    return _three_times(
        world,
        Account("PostgreSQL ends the connections of a sender, three times"),
        lambda world: _cut(world, "TRUE"),
    )


def life_cut(world: World) -> Account:
    """Only the connection that proves its life: others take it for dead while it sends, and nobody gets two."""
    account = Account("PostgreSQL ends the connection that proves a life")
    gate = Gate(40, Moment.TAKEN)
    sender = world.send(fault=gate, hurry=HURRY)
    other: Sender | None = None
    with gate.closed():
        _cut(world, "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')")
        other = world.resume("--patience", "0", hurry=HURRY)
        time.sleep(1.5)
    expect(account, sender, 0, 1)
    expect(account, other, 0, 1)
    account.allowed = 1
    go_on(world, account)
    return settle_account(world, account)


def _cut(world: World, condition: str) -> None:
    with psycopg.connect(world.address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608 (the condition stands above)
            f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
        )
    world.database.close()
