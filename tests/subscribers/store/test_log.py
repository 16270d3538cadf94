"""The log outside the list: on the disk before the list knows, without an address, and readable after a power cut."""

import resource
import signal
import stat
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.errors import DatabaseError
from generator.subscribers.list import subscriptions
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.log import Entry, Happened, Log
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import ADDRESS, NOW, find, join_in

PERSON = "a" * 64


def entry(days: int = 0, happened: Happened = Happened.LEFT, what: str = PERSON) -> Entry:
    return Entry(NOW + timedelta(days=days), happened, what)


@pytest.fixture
def logged(list_on_sqlite: object, tmp_path: Path) -> Database:
    return open_database("sqlite:///list.db", KEYS, tmp_path, Log(tmp_path / "log"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    entries = [entry(), entry(1, Happened.BEGUN, "2026-W48"), entry(31, Happened.COMPLAINED)]
    log.add(entries[:2])
    log.add(entries[2:])
    assert log.read().entries == tuple(entries)
    assert [path.name for path in log.list_files()] == ["2026-11.log", "2026-12.log"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in log.list_files()} == {0o600}
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700


def test_who_leaves_is_named_by_a_hash_before_the_list_knows_it(logged: Database, tmp_path: Path) -> None:
    join_in(logged)
    with logged.begin() as transaction:
        subscriptions.unsubscribe(transaction, find(transaction), NOW, "the letter")
        assert not (tmp_path / "log").exists()
    with logged.begin() as transaction:
        subscriptions.erase(transaction, find(transaction), NOW)
    logged.close()
    text = (tmp_path / "log/2026-11.log").read_text()
    hashed = KEYS.hash_address(ADDRESS)[0]
    moment = "2026-11-27T06:00:00.000000Z"
    assert text == f"{moment} left {hashed}\n{moment} erased {hashed}\n"


def test_what_was_rolled_back_leaves_no_line(logged: Database, tmp_path: Path) -> None:
    join_in(logged)
    with suppress(ZeroDivisionError), logged.begin() as transaction:
        subscriptions.unsubscribe(transaction, find(transaction), NOW, "the letter")
        raise ZeroDivisionError
    with logged.begin():
        pass
    logged.close()
    assert not (tmp_path / "log").exists()


def test_nobody_has_left_when_the_log_cannot_be_written(logged: Database, tmp_path: Path) -> None:
    join_in(logged)
    (tmp_path / "log").write_text("not a folder")
    with pytest.raises(DatabaseError, match=r"log of who left .*cannot be written.*nothing was saved"):  # noqa: SIM117
        with logged.begin() as transaction:
            subscriptions.unsubscribe(transaction, find(transaction), NOW, "the letter")
    with logged.read() as transaction:
        assert find(transaction).status == "confirmed"
    logged.close()


def test_half_a_line_of_a_power_cut_spoils_no_other(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.add([entry()])
    with (tmp_path / "2026-11.log").open("a") as file:
        file.write("2026-11-27T06:00:00.0000")
    log.add([entry(1)])
    with (tmp_path / "2026-11.log").open("ab") as torn:
        torn.write(b"\xff\xfe\n2026-99-27T06:00:00.000000Z left " + b"a" * 64)
    found = log.read()
    assert found.entries == (entry(), entry(1))
    assert found.unreadable == ("2026-11.log:2", "2026-11.log:4", "2026-11.log:5")


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.add([entry()])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
        with pytest.raises(DatabaseError, match=r"File too large|No space left"):
            log.add([entry(), entry(), entry()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert log.read() == Log(tmp_path).read()
    assert (log.read().entries, log.read().unreadable) == ((entry(),), ())


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    log = Log(tmp_path)
    threads = [
        threading.Thread(target=lambda: [log.add([entry(), entry(1)]) for _ in range(20)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = log.read()
    assert (len(found.entries), found.unreadable) == (160, ())
    assert found.entries[::2] == (entry(),) * 80


def test_what_is_older_than_any_back_up_is_forgotten(tmp_path: Path) -> None:
    log = Log(tmp_path)
    for days in (-500, -460, -300, 0):
        log.add([entry(days)])
    (tmp_path / "notes.log").write_text("mine")
    log.add([Entry(datetime(2026, 12, 1, tzinfo=UTC), Happened.LEFT, PERSON)])
    assert [path.name for path in log.list_files()] == ["2026-01.log", "2026-11.log", "2026-12.log"]
    assert (tmp_path / "notes.log").exists()
