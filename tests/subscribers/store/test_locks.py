"""Everybody who has a list open shares a lock; who replaces the list has it alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import DatabaseError
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.locks import InUseError, have_alone, share
from tests.subscribers.conftest import KEYS

_OTHER = """
import sys
from pathlib import Path
from generator.subscribers.store.locks import share
share(Path(sys.argv[1]), 5)
print("open", flush=True)
sys.stdin.read()
"""


def test_who_has_it_open_is_named_and_death_frees_it(sqlite: Database, tmp_path: Path) -> None:
    place = tmp_path / "newsletter.db"
    sqlite.close()
    command = [sys.executable, "-c", _OTHER, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(InUseError, match="in use") as caught, have_alone(place, 0.1):
            pytest.fail("it is open elsewhere")
        assert caught.value.holders == (other.pid,)
        other.kill()
        other.wait()
    with have_alone(place, 5):
        pass


def test_nobody_opens_it_while_it_is_replaced(sqlite: Database, tmp_path: Path) -> None:
    sqlite.close()
    place = tmp_path / "newsletter.db"
    with have_alone(place, 0), pytest.raises(DatabaseError, match="is being restored"):
        share(place, 0.1)
    opened = open_database("sqlite:///newsletter.db", KEYS, tmp_path)
    with pytest.raises(InUseError), have_alone(place, 0):
        pytest.fail("it is open")
    opened.close()
    with have_alone(place, 0):
        pass


def test_a_list_that_cannot_be_opened_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "newsletter.db").write_text("this is no list at all, but long enough to be looked at" * 10)
    with pytest.raises(DatabaseError, match="not an SQLite database"):
        open_database("sqlite:///newsletter.db", KEYS, tmp_path)
    with have_alone(tmp_path / "newsletter.db", 0):
        pass
