"""A service for each test, on a project that all of them share."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from generator.outline import Outline, load_outline
from tests.web.asking import Loop
from tests.web.reading import Reader, copy_sample, open_reader

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Outline:
    """The sample, which these tests do not change."""
    return load_outline(copy_sample(tmp_path_factory.mktemp("threats")))


@pytest.fixture
def reader(request, shared, loop, tmp_path) -> Iterator[Reader]:
    """On SQLite; on PostgreSQL for a test that says so (BOTH)."""
    with ExitStack() as stack:
        place = ""
        if getattr(request, "param", "sqlite") == "postgresql":
            place = stack.enter_context(_make_database(request.getfixturevalue("postgresql")))
        yield stack.enter_context(open_reader(shared, loop, tmp_path / "var", place))


@contextmanager
def _make_database(server: str) -> Iterator[str]:
    name = f"threats_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.format(name)
