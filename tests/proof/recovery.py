"""The way back: a lost disk, a wrong file, a copy from before, beside or in the middle of a letter, a death on the way.

Whoever left stands at the end of the list, so that the letter has not reached them when they do.
"""

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.proof.accounts import Account, settle_account
from tests.proof.faults import Gate, expect, go_on
from tests.proof.relay import Moment
from tests.proof.storage import BALLAST
from tests.proof.world import WEEK, World

LEAVERS = 5
"""How many leave, of whom the copy does not know."""

DEATHS = (
    *(
        "stage:before",
        "stage:after",
        "_examine:before",
        "_examine:after",
        "open_staged:before",
        "mark:before",
    ),
    *("mark:after", "replay:before", "replay:after", "commit:before", "replace_list:before"),
    *("_put_aside:before", "_put_aside:after", "keep_names:before", "keep_names:after", "_mark_aside:before"),
    *("_mark_aside:after", "replace_list:after"),
)
"""Where a restore is killed: before and after each of its steps."""


def lost_disk(world: World) -> Account:
    """The disk with the list breaks in the middle of the letter. Another machine has the copy of its beginning."""
    account = Account("the disk is lost in the middle of the letter")
    elsewhere = _set_up(world, account)
    gate = Gate(len(world.people) // 2)
    sender = world.send(fault=gate)
    with gate.closed():
        gone = leave(world, account)
        sender.kill()
    expect(account, sender, -signal.SIGKILL)
    _lose(world)
    _come_back(world, account, _newest(elsewhere))
    go_on(world, account)
    account.allowed = len(world.people)
    return settle(world, account, gone)


def lost_disk_at_the_end(world: World) -> Account:
    """It breaks when all is sent: the copy that was taken at the end knows everybody, and nobody is in doubt."""
    account = Account("the disk is lost after the letter")
    elsewhere = _set_up(world, account)
    expect(account, world.send(), 0)
    _lose(world)
    _come_back(world, account, _newest(elsewhere))
    expect(account, world.send(), 0)  # it was sent already
    return settle_account(world, account)


def restored_before(world: World) -> Account:
    """A copy from before the letter is restored after it. It does not know the letter, and everybody has it."""
    account = Account("a back-up from before the letter is restored after it")
    copy = _copy(world, account)
    expect(account, world.send(), 0)
    _come_back(world, account, copy)
    expect(account, world.send(), 1)
    expect(account, world.resume(), 0)
    return count(world, account, ())


def restored_unsent(world: World) -> Account:
    """A copy is restored before the letter; some left since. The operator knows that it did not leave, and sends it."""
    account = Account("a back-up is restored before the letter")
    copy = _copy(world, account)
    gone = leave(world, account, erase=True)
    _come_back(world, account, copy)
    expect(account, world.send(), 0)
    return count(world, account, gone)


def copied_by_hand(world: World) -> Account:
    """A copy from the middle is put in place with `cp`, as always: it says itself what it is."""
    account = Account("a back-up from the middle is copied over the list by hand")
    gate = Gate(len(world.people) // 2)
    sender = world.send(fault=gate)
    with gate.closed():
        copy = _copy(world, account)
        gone = leave(world, account)
    expect(account, sender, 0)
    world.database.close()
    var = world.root / "var"
    for end in ("-wal", "-shm"):
        (var / f"newsletter.db{end}").unlink(missing_ok=True)
    shutil.copy(copy, var / "newsletter.db")
    expect(account, world.send(), 1)
    expect(account, world.resume(), 1)
    expect(account, world.start("resume", "--restored", "--yes"), 0)
    go_on(world, account)
    account.allowed = (
        len(world.people) // 2 + 2
    )  # the letter at the gate, and the one before it, not yet noted
    return settle(world, account, gone)


def restored_under_a_sender(world: World) -> Account:
    """Somebody restores while a letter is being sent: it is refused, with the process that is in the way."""
    account = Account("restored while the letter is being sent")
    gate = Gate(len(world.people) // 2)
    copy = _copy(world, account)
    sender = world.send(fault=gate)
    world.database.close()
    with gate.closed():
        hurry = {"generator.recovery.restore:PATIENCE": 0.2}
        restore = world.run("restore", str(copy), hurry=hurry)
        expect(account, restore, 1)
        if f"kill {sender.pid}" not in restore.said:
            account.faults.append(f"it does not name the process: {restore.said[-500:]}")
    expect(account, sender, 0)
    return settle_account(world, account)


def killed_on_the_way(world: World) -> Account:
    """The restore is killed at each of its steps. The list is whole each time, and the next restore does it all."""
    account = Account("kill -9 at each step of a restore")
    copy = _copy(world, account)
    gone = leave(world, account)
    world.database.close()
    for step in DEATHS:
        restore = world.run("restore", str(copy), step=step)
        if restore.code == -signal.SIGKILL:
            account.kills += 1
            account.blows[step] += 1
        else:
            account.faults.append(f"{step}: it ended with {restore.code}: {restore.said[-500:]}")
        if fault := look_at(world.root / "var" / "newsletter.db", len(world.people)):
            account.faults.append(f"{step}: {fault}")
    _come_back(world, account, copy)
    if leftovers := [path.name for path in (world.root / "var").glob(".*.restoring*")]:
        account.faults.append(f"left over: {leftovers}")
    expect(account, world.send(), 0)
    return count(world, account, gone)


def no_room(world: World) -> Account:
    """The disk is full while a copy is restored: the list stays as it was, and goes on."""
    account = Account("the disk is full during a restore")
    gate = Gate(len(world.people) // 2, Moment.RCPT)
    copy = _copy(world, account)
    sender = world.send(fault=gate)
    with gate.closed():
        sender.kill()
    expect(account, sender, -signal.SIGKILL)
    world.database.close()
    restore = world.run("restore", str(copy), largest=BALLAST // 3)
    expect(account, restore, 1)
    if "nothing was restored" not in restore.said:
        account.faults.append(f"it does not say that nothing happened: {restore.said[-500:]}")
    account.allowed = 1
    go_on(world, account)
    return settle_account(world, account)


def wrong_files(world: World) -> Account:
    """Half a file, a damaged one, none of ours, one of a newer program: each is refused, and the list goes on."""
    account = Account("half a back-up, a damaged one and four wrong files are restored")
    copy = _copy(world, account)
    for name in make_wrong_files(copy, world.root / "var"):
        restore = world.run("restore", str(name))
        expect(account, restore, 1)
        if "nothing was restored" not in restore.said or "\n\n" in restore.said.strip():
            account.faults.append(f"{name.name}: {restore.said[-500:]}")
    expect(account, world.send(), 0)
    return settle_account(world, account)


def make_wrong_files(copy: Path, folder: Path) -> Iterator[Path]:
    """What somebody may take for a back-up."""
    content = copy.read_bytes()
    for name, wrong in {
        "half.db": content[: len(content) // 2],
        "damaged.db": content[:8192] + bytes(12_000) + content[20_192:],
        "nothing.db": b"",
        "letter.db": b"Dear reader,\n" * 1000,
    }.items():
        (folder / name).write_bytes(wrong)
        yield folder / name
    other = folder / "photos.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE photo (id INTEGER)")
        connection.commit()
    yield other
    newer = Path(shutil.copy(copy, folder / "newer.db"))
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    yield newer


def look_at(file: Path, people: int) -> str:
    """What is wrong with a list; empty when it is whole."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True)) as connection:
            [found] = connection.execute("PRAGMA integrity_check").fetchone()
            [number] = connection.execute("SELECT count(*) FROM subscriber").fetchone()
    except sqlite3.Error as error:
        return f"the list cannot be read: {error}"
    return "" if (found, number) == ("ok", people) else f"the list has {number} people: {found}"


# --- Steps of a drill ---


def _set_up(world: World, account: Account) -> Path:
    """Have back-ups taken to another machine, and the log kept on another disk."""
    elsewhere = world.root.parent / "elsewhere"
    elsewhere.mkdir()
    settings = world.root / "newsletter/settings.toml"
    table = f"\n[backup]\ncommand = \"cp '{{file}}' '{elsewhere}/'\"\n"
    settings.write_text(settings.read_text("utf-8") + table, "utf-8")
    world.more["NEWSLETTER_LOG"] = str(elsewhere / "log")
    if list(elsewhere.iterdir()):
        account.faults.append("something is elsewhere before anything was copied")
    return elsewhere


def _newest(folder: Path) -> Path:
    return max(folder.glob("*.db"), key=lambda path: path.stat().st_mtime_ns)


def _copy(world: World, account: Account) -> Path:
    """As the timer does, but kept from pruning."""
    copy = world.root / "copy.db"
    expect(account, world.start("backup", str(copy)), 0)
    return copy


def leave(world: World, account: Account, *, erase: bool = False) -> list[str]:
    """The last ones of the list leave; one of them may be erased."""
    *gone, last = sorted(world.people)[-LEAVERS:]
    for address in gone:
        expect(account, world.start("subscribers", "remove", address), 0)
    expect(account, world.start("subscribers", *(("erase", "--yes") if erase else ("remove",)), last), 0)
    return [*gone, last]


def _lose(world: World) -> None:
    world.database.close()
    shutil.rmtree(world.root / "var")


def _come_back(world: World, account: Account, copy: Path) -> None:
    """Restore, be refused, agree."""
    world.database.close()
    expect(account, world.start("restore", str(copy)), 0)
    agree(world, account)


def agree(world: World, account: Account) -> None:
    """A restored list refuses to send; then the operator says that it may."""
    refused = world.run("send", str(WEEK), "--now", "--without-git")
    expect(account, refused, 1)
    if "resume --restored" not in refused.said:
        account.faults.append(f"a restored list does not refuse: {refused.said[-500:]}")
    begun = len(world.relay.arrivals) > 0
    unsent = () if begun else ("--unsent", str(WEEK))
    # Before its Friday, a letter cannot have begun; then nothing has to be said about it.
    restored = world.run("resume", "--restored", "--yes", *unsent)
    if restored.code == 2 and unsent:
        restored = world.run("resume", "--restored", "--yes")
    expect(account, restored, 0)


def settle(world: World, account: Account, gone: list[str]) -> Account:
    _check_gone(world, account, gone)
    return settle_account(world, account)


def count(world: World, account: Account, gone: list[str] | tuple[str, ...]) -> Account:
    """By the relay alone: the list knows nothing of this letter, or not of everybody."""
    arrivals = world.arrivals()
    account.recipients = len(world.people) - len(gone)
    account.lost = [one for one in world.people if one not in arrivals and one not in gone]
    account.twice = [one for one, copies in arrivals.items() if len(copies) > 1]
    _check_gone(world, account, gone)
    return account


def _check_gone(world: World, account: Account, gone: list[str] | tuple[str, ...]) -> None:
    if got := [one for one in gone if one in world.arrivals()]:
        account.faults.append(f"{len(got)} of {len(gone)} who left got the letter")


ALL = (
    *(lost_disk, lost_disk_at_the_end, restored_before, restored_unsent, copied_by_hand),
    *(restored_under_a_sender, killed_on_the_way, no_room, wrong_files),
)
