"""A file that is moved, deleted or overwritten while it is open is noticed before anything is written to it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from generator.errors import DatabaseError
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.identity import OpenFile
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database("sqlite:///list.db", KEYS, tmp_path)) as database:
        back_up(database, tmp_path / "copy.db", NOW)
        yield database


def test_a_list_that_stays_is_written(database: Database) -> None:
    for _ in range(2):
        with database.begin():
            pass
    assert database.explain_replaced() == ""


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda old, new: new.replace(old), "was replaced by another file"),
        (lambda old, new: shutil.copyfile(new, old), "was overwritten with another file"),
        (lambda old, _: old.unlink(), "was deleted or moved"),
        (lambda old, _: old.rename(old.with_name("old.db")), "was deleted or moved"),
        (lambda old, new: (old.unlink(), old.symlink_to(new)), "was replaced by another file"),
    ],
    ids=["mv", "cp", "rm", "mv away", "ln"],
)
def test_a_list_that_does_not_is_not(
    database: Database, tmp_path: Path, change: Callable[[Path, Path], object], said: str
) -> None:
    change(tmp_path / "list.db", tmp_path / "copy.db")
    for _ in range(2):
        with (
            pytest.raises(DatabaseError, match=f"{said} while it was in use; nothing was saved"),
            database.begin(),
        ):
            pytest.fail("it was written")
    assert database.explain_replaced() == said
    with database.read():  # what was there before can still be read
        pass


def test_the_last_one_closes_the_file(tmp_path: Path) -> None:
    """Any other close would take the locks of SQLite away."""
    (tmp_path / "list.db").write_bytes(b"x")
    one, two = OpenFile(tmp_path / "list.db"), OpenFile(tmp_path / "list.db")
    assert one._descriptor == two._descriptor
    descriptor = one._descriptor
    one.close()
    one.close()
    assert os.fstat(descriptor)
    two.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    assert two.explain_change() == "", "it looks no more"


def test_locks_survive_another_who_opens_and_closes_the_same_list(database: Database, tmp_path: Path) -> None:
    with database.begin() as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        # In another process the list is still locked, after somebody in this one has closed it.
        with closing(OpenFile(tmp_path / "list.db")):
            pass
        assert _may_write(tmp_path / "list.db") == "locked"
    assert _may_write(tmp_path / "list.db") == "free"


def _may_write(path: Path) -> str:
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try:\n    connection.execute('BEGIN IMMEDIATE')\n    print('free')\n"
        "except sqlite3.OperationalError:\n    print('locked')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    ).stdout.strip()
