"""The way back on PostgreSQL: pg_dump, pg_restore, and what the list makes of it.

The same as `recovery`, with the commands that deploy/RUN.md names there instead of our own.
"""

import signal
import subprocess
import time
from pathlib import Path

import psycopg

from tests.machine import find_postgresql
from tests.proof.accounts import Account
from tests.proof.faults import Gate, expect, go_on
from tests.proof.recovery import agree, count, leave, settle
from tests.proof.relay import Moment
from tests.proof.world import World

RESTORE = ("--clean", "--if-exists", "--single-transaction")
"""As deploy/RUN.md has it."""


def lost_database(world: World) -> Account:
    """The database is lost in the middle of the letter. The dump of its beginning is restored into a new one."""
    account = Account("the database is lost in the middle of the letter")
    gate = Gate(1, Moment.RCPT, (len(world.people) // 2, Moment.TAKEN))
    sender = world.send(fault=gate)
    with gate.closed():
        dump = _dump(world)
    with gate.closed():
        gone = leave(world, account)
        sender.kill()
    expect(account, sender, -signal.SIGKILL)
    _make_anew(world)
    _restore(world, account, dump, "--single-transaction")
    agree(world, account)
    go_on(world, account)
    account.kills, account.allowed = 1, len(world.people)
    return settle(world, account, gone)


def restored_after_it(world: World) -> Account:
    """A dump from before the letter is restored over the list after it, and everybody has it."""
    account = Account("a dump from before the letter is restored after it")
    dump = _dump(world)
    expect(account, world.send(), 0)
    _restore(world, account, dump, *RESTORE)
    agree(world, account)
    expect(account, world.send(), 1)
    expect(account, world.resume(), 0)
    return count(world, account, ())


def restored_before_it(world: World) -> Account:
    """A dump is restored before the letter; some left since, and one was erased."""
    account = Account("a dump is restored before the letter")
    dump = _dump(world)
    gone = leave(world, account, erase=True)
    _restore(world, account, dump, *RESTORE)
    agree(world, account)
    expect(account, world.send(), 0)
    return count(world, account, gone)


def restored_beneath(world: World) -> Account:
    """A dump from the middle is restored while the sender lives, which nobody stopped: it goes no further."""
    account = Account("a dump from the middle is restored beneath a living sender")
    quarter = len(world.people) // 4
    gate = Gate(quarter, Moment.RCPT, (3 * quarter, Moment.TAKEN))
    sender = world.send("--patience", "0", fault=gate)
    with gate.closed():
        dump = _dump(world)
    with gate.closed():
        _restore(world, account, dump, *RESTORE)
    expect(account, sender, 1)
    if "resume --restored" not in sender.said:
        account.faults.append(f"it does not say why it ends: {sender.said[-500:]}")
    agree(world, account)
    go_on(world, account)
    account.allowed = len(world.people)
    return settle(world, account, [])


def killed_in_between(world: World) -> Account:
    """pg_restore is killed on its way, several times: the list stays what it was, and goes on when asked."""
    account = Account("kill -9 of pg_restore")
    dump = _dump(world)
    gate = Gate(len(world.people) // 2, Moment.RCPT)
    sender = world.send(fault=gate)
    with gate.closed():
        sender.kill()
    expect(account, sender, -signal.SIGKILL)
    account.kills += 1
    for table in ("alembic_version", "event", "subscriber"):  # some are dropped by then
        with psycopg.connect(world.address) as other:
            other.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
            restore = _start_restore(world, *RESTORE, dump)
            _await_restore(world, "wait_event_type = 'Lock'")
            restore.kill()
            restore.communicate()
        account.kills += restore.returncode == -signal.SIGKILL
        _await_restore(world)
    restore = _start_restore(world, *RESTORE, stdin=subprocess.PIPE)
    assert restore.stdin
    restore.stdin.write(dump.read_bytes()[:-1])  # all tables are made anew and filled, but for the end
    restore.stdin.flush()
    _await_restore(world, "wait_event = 'ClientRead'")
    time.sleep(0.2)
    restore.kill()
    restore.communicate()
    account.kills += restore.returncode == -signal.SIGKILL
    _await_restore(world)
    account.allowed = 1
    go_on(world, account)
    return settle(world, account, [])


def _tool(name: str) -> Path:
    folder = find_postgresql()
    assert folder
    return folder / name


def _dump(world: World) -> Path:
    """As an operator does, off the machine."""
    dump = world.root.parent / "list.dump"
    subprocess.run(
        [_tool("pg_dump"), "--format=custom", f"--file={dump}", f"--dbname={world.address}"], check=True
    )
    return dump


def _start_restore(
    world: World, *words: str | Path, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    world.database.close()
    command = [_tool("pg_restore"), f"--dbname={world.address}", *words]
    return subprocess.Popen(command, stdin=stdin, stderr=subprocess.PIPE)


def _restore(world: World, account: Account, dump: Path, *options: str) -> None:
    restore = _start_restore(world, *options, dump)
    _, said = restore.communicate(timeout=60)
    if restore.returncode or said:
        account.faults.append(f"pg_restore ended with {restore.returncode}: {said.decode()[-500:]}")


def _make_anew(world: World) -> None:
    """The server forgets the database; somebody makes an empty one of the same name."""
    world.database.close()
    name = world.address.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(world.address.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")


def _await_restore(world: World, state: str = "") -> None:
    """Until the server has one in this state; or none any more, whose client is gone."""
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "  # noqa: S608 (the states stand above)
        f"AND application_name = 'pg_restore' AND {state or 'TRUE'}"
    )
    with psycopg.connect(world.address, autocommit=True) as connection:
        until = time.monotonic() + 30
        while connection.execute(question).fetchone() != (int(bool(state)),):
            assert time.monotonic() < until, f"pg_restore: {state or 'it does not end'}"
            time.sleep(0.005)


ALL = (lost_database, restored_after_it, restored_before_it, restored_beneath, killed_in_between)
