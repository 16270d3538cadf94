"""A copy of the list, made while others write, and the way back."""

import os
import shutil
import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.errors import DatabaseError, PublishError
from generator.model import NewSubscriber, Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.backup import back_up, list_backups, name_backup, prune_backups
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.stamp import find_mark
from tests.languages import NL
from tests.subscribers.conftest import KEYS
from tests.subscribers.files import NOW, give, take
from tests.subscribers.people import find, join_in


def test_the_copy_is_the_list_for_its_owner_only(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    target = tmp_path / "copy.db"
    assert back_up(sqlite, target, NOW) == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.glob("*copy*")} == {"copy.db"}
    copy = open_database(f"sqlite:///{target}", KEYS, tmp_path)
    assert give(copy) == give(sqlite)
    copy.close()


def test_a_copy_that_is_put_in_place_by_hand_is_the_list_and_says_that_it_is_a_copy(
    sqlite: Database, tmp_path: Path
) -> None:
    """Stop; put the copy in its place; remove the -wal and the -shm; start. Tokens and hashes are there as well."""
    joined = join_in(sqlite)
    before = give(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    join_in(sqlite, "later@example.org")
    # A service that was killed leaves its -wal behind, with pages that do not fit the copy.
    shutil.copytree(tmp_path, tmp_path / "killed", ignore=shutil.ignore_patterns("killed"))
    place = tmp_path / "killed"
    assert (place / "newsletter.db-wal").stat().st_size

    shutil.copy2(place / "copy.db", place / "newsletter.db")
    for end in ("-wal", "-shm"):
        (place / f"newsletter.db{end}").unlink(missing_ok=True)

    restored = open_database("sqlite:///newsletter.db", KEYS, place)
    try:
        assert give(restored) == before
        assert take(restored, before)[0].present == 1
        with restored.read() as transaction:
            assert joined.subscriber is not None
            assert find(transaction).handle == joined.subscriber.handle
            assert find_mark(transaction.connection) == NOW
        with sqlite.read() as transaction:
            assert find_mark(transaction.connection) is None
    finally:
        restored.close()


def test_nobody_waits_for_a_copy_and_it_is_of_one_moment(sqlite: Database, tmp_path: Path) -> None:
    """Pairs are added in one transaction each: a copy never holds half of one."""
    stop = threading.Event()
    added: list[int] = []

    def write() -> None:
        while not stop.is_set():
            number = len(added)
            pair = [
                NewSubscriber(f"{number}{half}@example.org", NL, (), Status.BOUNCED, NOW, NOW)
                for half in "ab"
            ]
            with sqlite.begin() as transaction:
                add_many(transaction, pair)
            added.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [back_up(sqlite, tmp_path / f"copy-{number}.db", NOW) for number in range(5)]
        before = len(added)
        while len(added) == before and writer.is_alive():  # it goes on
            stop.wait(0.01)
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    assert all(number % 2 == 0 for number in counts)


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_copy_does_not_replace_the_list(sqlite: Database, tmp_path: Path, end: str) -> None:
    with pytest.raises(DatabaseError, match="is the list itself"):
        back_up(sqlite, tmp_path / "." / f"newsletter.db{end}", NOW)


def test_a_damaged_list_is_not_copied(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    with sqlite.begin() as transaction:
        connection = transaction.connection
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'ix_subscriber_status'"
        )
    sqlite.close()
    with pytest.raises(DatabaseError, match="no copy was made"):
        back_up(sqlite, tmp_path / "copy.db", NOW)
    assert not list(tmp_path.glob("*copy*"))


def test_a_copy_is_never_written_over_a_file(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(
        PublishError, match=r"copy\.db exists already; nothing was written\. Choose another name\."
    ):
        back_up(sqlite, target, NOW)
    assert target.read_text() == "mine"
    assert not list(tmp_path.glob(".copy*"))


def test_a_folder_that_is_not_there_is_made_for_its_owner_only(sqlite: Database, tmp_path: Path) -> None:
    assert back_up(sqlite, tmp_path / "copies/copy.db", NOW) == 0
    assert (tmp_path / "copies").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(PublishError, match=r"cannot be written: (Not a directory|File exists)"):
        back_up(sqlite, tmp_path / "file/copy.db", NOW)


def test_a_file_that_is_no_list_is_said(sqlite: Database, tmp_path: Path) -> None:
    sqlite.close()
    with sqlite3.connect(tmp_path / "newsletter.db") as connection:
        connection.execute("DROP TABLE subscriber")
    connection.close()
    with pytest.raises(DatabaseError, match="no copy was made; SQLite reports the error SQLITE_ERROR"):
        back_up(sqlite, tmp_path / "copy.db", NOW)


def test_postgresql_has_its_own_program_for_it(list_on_postgresql: Database, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="pg_dump"):
        back_up(list_on_postgresql, tmp_path / "copy.db", NOW)


def test_a_copy_of_a_copy_is_as_old_as_the_first(sqlite: Database, tmp_path: Path) -> None:
    back_up(sqlite, tmp_path / "copy.db", NOW)
    first = open_database("sqlite:///copy.db", KEYS, tmp_path)
    back_up(first, tmp_path / "again.db", NOW + timedelta(days=1))
    first.close()
    again = open_database("sqlite:///again.db", KEYS, tmp_path)
    with again.read() as transaction:
        assert find_mark(transaction.connection) == NOW
    again.close()


def test_the_oldest_go_and_what_a_person_named_stays(tmp_path: Path) -> None:
    names = ["2026-11-27T060000.db", "2026-11-27T060000-2.db", "before-upgrade.db", "2026-11-27T070000.db"]
    for number, name in enumerate([*names, ".2026-11-27T080000.db.1.new"]):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (number, number))
    prune_backups(tmp_path, 2)
    found = list_backups(tmp_path)
    assert [path.name for path in found.files] == names[1:]
    assert found.last == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)
    prune_backups(tmp_path, 1)
    assert [path.name for path in list_backups(tmp_path).files] == names[2:]
    assert list_backups(tmp_path / "none").last is None
    assert name_backup(tmp_path, NOW + timedelta(hours=1)).name == "2026-11-27T070000-2.db"
