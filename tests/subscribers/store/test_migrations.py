"""The steps that bring a database up to date."""

import multiprocessing
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from generator.errors import DatabaseError
from generator.subscribers.ledger import mailings
from generator.subscribers.list import subscriptions
from generator.subscribers.store import migrating
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.migrating import newest_step
from generator.subscribers.store.schema import CONSENT, METADATA, SUBSCRIBER
from tests.subscribers.conftest import KEYS
from tests.subscribers.letters import MAILING, MASTERS, WEEK
from tests.subscribers.people import ADDRESS, NOW, find, join

SQLITE = "sqlite:///newsletter.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database in which nothing is."""
    if request.param == "sqlite":
        yield SQLITE
        return
    make: Callable[[], AbstractContextManager[str]] = request.getfixturevalue("make_database")
    with make() as made:
        yield made


def test_the_newest_step_leaves_the_tables_that_the_program_knows(database: Database):
    with database.read() as transaction:
        context = MigrationContext.configure(
            transaction.connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []


def test_two_programs_that_start_at_once_take_the_steps_once(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    programs = [context.Process(target=_open, args=(tmp_path, start)) for _ in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    assert [program.exitcode for program in programs] == [0, 0]
    opened = open_database(SQLITE, KEYS, tmp_path)
    with opened.begin() as transaction:
        assert transaction.connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalars().all() == [newest_step()]
        join(transaction)
    opened.close()


def _open(root: Path, start: object) -> None:
    start.wait()
    open_database(SQLITE, KEYS, root).close()


def test_a_program_that_starts_while_another_takes_the_steps_waits(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
):
    """On PostgreSQL, where both could make the tables."""
    with make_database() as url, ThreadPoolExecutor(1) as pool:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as first:
            migrating.migrate(first)
            second = pool.submit(open_database, url, KEYS, tmp_path)
            while not second.done() and not first.scalar(
                text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            ):
                time.sleep(0.01)
        second.result(30).close()
        engine.dispose()


def test_a_second_start_leaves_everything_as_it_is(url: str, tmp_path: Path):
    for _ in range(2):
        opened = open_database(url, KEYS, tmp_path)
        with opened.begin() as transaction:
            if not transaction.connection.execute(SUBSCRIBER.select()).first():
                join(transaction)
            assert find(transaction)
        opened.close()


def test_a_newer_database_is_left_alone(sqlite: Database, tmp_path: Path):
    with sqlite3.connect(tmp_path / "newsletter.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(DatabaseError, match=rf"has version 9999, but this program knows {newest_step()}"):
        open_database(SQLITE, KEYS, tmp_path)


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path):
    with sqlite3.connect(tmp_path / "newsletter.db") as raw:
        raw.execute("CREATE TABLE wish (id INTEGER)")  # in the way of the last table of the first step
    raw.close()
    with pytest.raises(DatabaseError):
        open_database(SQLITE, KEYS, tmp_path)
    with sqlite3.connect(tmp_path / "newsletter.db") as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("wish",)]
    raw.close()


NEXT = f"{int(newest_step()) + 1:04}"
_STEP = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{newest_step()}"


def upgrade() -> None:
    with op.batch_alter_table("subscriber", recreate="always") as table:
        table.alter_column("language", type_=sa.String(length=5))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The steps, and room for another one."""
    copy = shutil.copytree(
        migrating._FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(migrating, "_FOLDER", copy)
    return copy / "versions"


def test_a_step_that_makes_a_table_anew_takes_nothing_along(sqlite: Database, tmp_path: Path, folder: Path):
    with sqlite.begin() as transaction:
        join(transaction)
        before = find(transaction)
    sqlite.close()
    (folder / f"{NEXT}_anew.py").write_text(_STEP)
    opened = open_database(SQLITE, KEYS, tmp_path)
    with opened.begin() as transaction:
        assert find(transaction) == before
        assert len(before.consents) == 2
        subscriptions.erase(transaction, before, NOW)
        assert transaction.connection.execute(CONSENT.select()).first() is None  # references are on again
    opened.close()


def test_a_step_that_tears_rows_apart_is_not_taken(sqlite: Database, tmp_path: Path, folder: Path):
    with sqlite.begin() as transaction:
        join(transaction)
    (folder / f"{NEXT}_tear.py").write_text(_STEP + "    op.execute(sa.delete(sa.table('subscriber')))\n")
    with pytest.raises(DatabaseError, match="would break references"):
        open_database(SQLITE, KEYS, tmp_path)
    with sqlite.read() as transaction:
        assert find(transaction)


def test_a_list_from_before_there_were_letters_can_send_them(tmp_path: Path, folder: Path):
    later = [step for step in folder.glob("*.py") if step.name > "0002"]
    kept = shutil.copytree(folder, tmp_path / "kept")
    for step in later:
        step.unlink()
    opened = open_database(SQLITE, KEYS, tmp_path)
    with opened.begin() as transaction:  # in the words of that time: the program's own know newer columns
        transaction.connection.execute(
            text(
                "INSERT INTO subscriber (handle, address, key, language, certainties, status, created, changed) "
                "VALUES ('0123456789abcdef', :address, :address, 'nl', '', 'confirmed', :now, :now)"
            ),
            {"address": ADDRESS, "now": "2026-01-01 00:00:00.000000"},
        )
    opened.close()
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    opened = open_database(SQLITE, KEYS, tmp_path)
    with opened.begin() as transaction:
        frozen = mailings.freeze(transaction, replace(MAILING, certainty="revenue"), MASTERS, WEEK.friday)
        assert frozen.planned == 1
        assert mailings.find_deliveries(transaction, find(transaction).id)
    opened.close()
