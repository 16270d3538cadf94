"""A restored list is told from the list itself: on SQLite by its copy, on PostgreSQL by where its tables are."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from generator.errors import MailingError
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.stamp import find_mark, lift_mark, refuse_restored
from tests.machine import find_postgresql
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import NOW, join_in


def mark_of(database: Database) -> object:
    with database.read() as transaction:
        return find_mark(transaction.connection)


def dump_tools() -> Path:
    folder = find_postgresql()
    if folder is None or not (folder / "pg_dump").exists():
        pytest.skip("pg_dump is missing")
    return folder


def test_a_new_list_is_at_home(database: Database) -> None:
    assert mark_of(database) is None


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def test_a_dump_of_postgresql_that_is_restored_says_so(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    tools, dump = dump_tools(), tmp_path / "list.dump"
    with make_database() as first, make_database() as second:
        opened = open_database(first, KEYS, tmp_path)
        join_in(opened)
        assert mark_of(opened) is None
        opened.close()
        subprocess.run(
            [tools / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={plain(first)}"], check=True
        )
        restore = [tools / "pg_restore", "--no-owner"]
        for options in (
            [f"--dbname={plain(second)}"],
            ["--clean", "--if-exists", f"--dbname={plain(first)}"],
        ):
            subprocess.run([*restore, *options, dump], check=True)
        for url in (first, second):
            restored = open_database(url, KEYS, tmp_path)
            assert mark_of(restored) == NOW  # the newest moment that it knows
            with restored.begin() as transaction:
                with pytest.raises(MailingError, match="2026-11-27 06:00 UTC"):
                    refuse_restored(transaction.connection)
                lift_mark(transaction.connection)
            assert mark_of(restored) is None
            restored.close()


def test_a_copy_of_before_the_mark_is_known_by_its_form(sqlite: Database, tmp_path: Path) -> None:
    """A copy has no write-ahead log, and a list has one: so an upgrade is told from a restore by hand."""
    join_in(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    sqlite.close()
    for name in ("copy.db", "newsletter.db"):
        make_older(tmp_path / name)
    for name, expected in (("copy.db", NOW), ("newsletter.db", None)):
        opened = open_database(f"sqlite:///{name}", KEYS, tmp_path)
        assert mark_of(opened) == expected
        opened.close()


def make_older(path: Path) -> None:
    """As the program before there was a mark left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE answer")
        connection.execute("DROP TABLE course")
        connection.execute("ALTER TABLE wish DROP COLUMN course")
        connection.execute("DROP TABLE stamp")
        connection.execute("DROP TABLE welcome")
        connection.execute("DROP INDEX ix_delivery_joined")
        connection.execute("DROP INDEX ix_delivery_batch")
        for column in ("joined", "welcome", "master", "batch", "content", "until", "handed"):
            connection.execute(f"ALTER TABLE delivery DROP COLUMN {column}")
        connection.execute("UPDATE alembic_version SET version_num = '0003'")
        connection.commit()
