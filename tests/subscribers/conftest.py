"""A list to test with: on SQLite, and on a real PostgreSQL. A test that asks for `database` runs on both."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest

from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys
from tests.subscribers.files import empty

KEYS = Keys(("k" * 43,))
NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty list on SQLite, whose steps are taken once."""
    folder = tmp_path_factory.mktemp("list")
    open_database("sqlite:///empty.db", KEYS, folder).close()
    return folder / "empty.db"


@pytest.fixture
def sqlite(empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty list in `tmp_path / "newsletter.db"`."""
    shutil.copy(empty_file, tmp_path / "newsletter.db")
    opened = open_database("sqlite:///newsletter.db", KEYS, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def make_database(postgresql: str) -> Callable[[], AbstractContextManager[str]]:
    """`with make_database() as url`: a database on PostgreSQL in which nothing is."""
    administrator = postgresql.format("postgres")

    def run(command: str) -> None:
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute(command)

    @contextmanager
    def make() -> Iterator[str]:
        name = f"test_{os.getpid()}_{next(NUMBERS)}"  # other workers use this server too
        run(f"CREATE DATABASE {name} TEMPLATE template0")
        yield postgresql.format(name)
        run(f"DROP DATABASE {name} WITH (FORCE)")

    return make


# These two are shared by all tests of a process, because SQLAlchemy then prepares each statement once.


@pytest.fixture(scope="session")
def list_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database("sqlite:///shared.db", KEYS, tmp_path_factory.mktemp("shared"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def list_on_postgresql(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with make_database() as url:
        opened = open_database(url, KEYS, tmp_path_factory.getbasetemp())
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty list, once on each database."""
    database: Database = request.getfixturevalue(f"list_on_{request.param}")
    empty(database)
    return database
