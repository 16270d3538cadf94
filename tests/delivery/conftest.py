"""A list in a file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.keys import Keys

KEYS = Keys(("k" * 43,))


@pytest.fixture(scope="session")
def empty_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty list, whose steps are taken once."""
    folder = tmp_path_factory.mktemp("list")
    open_database("sqlite:///list.db", KEYS, folder).close()
    return folder / "list.db"


@pytest.fixture
def database(empty_list: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(empty_list, tmp_path / "list.db")
    database = open_database("sqlite:///list.db", KEYS, tmp_path)
    yield database
    database.close()
