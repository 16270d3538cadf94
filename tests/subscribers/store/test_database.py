"""Opening the list, keeping it whole, and saying in one sentence what is wrong with it."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from generator.errors import DatabaseError
from generator.model import Status
from generator.subscribers.list import listing, outbox, subscriptions
from generator.subscribers.store import database as module
from generator.subscribers.store import failures
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.schema import OUTBOX, SUPPRESSION
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import ADDRESS, NOW, draft, find, join, join_in

URL = "sqlite:///var/newsletter.db"


# --- Opening ---


def test_a_new_file_and_its_folder_are_for_their_owner_only(tmp_path: Path):
    before = os.umask(0)
    try:
        opened = open_database(URL, KEYS, tmp_path)
        join_in(opened)
    finally:
        os.umask(before)
    folder = tmp_path / "var"
    files = sorted(folder.iterdir())
    names = ["newsletter.db", "newsletter.db-shm", "newsletter.db-wal", "newsletter.db.lock"]
    assert [file.name for file in files] == names
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert opened.name == str(folder / "newsletter.db")
    opened.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "newsletter.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://host/list",
        "postgresql://user:secret@host:port/list",
        "nonsense://user:secret@host/list",
    ],
)
def test_an_address_of_no_database_is_answered_with_those_that_are(url: str, tmp_path: Path):
    with pytest.raises(DatabaseError, match=r"expected sqlite:///var/newsletter\.db") as caught:
        open_database(url, KEYS, tmp_path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", [URL, "sqlite:///var/deeper/newsletter.db"])
def test_a_folder_that_cannot_be_made_is_named(url: str, tmp_path: Path):
    (tmp_path / "var").write_text("")
    with pytest.raises(DatabaseError, match=r"newsletter\.db:? cannot be opened"):
        open_database(url, KEYS, tmp_path)


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path):
    (tmp_path / "var" / "newsletter.db").mkdir(parents=True)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        open_database(URL, KEYS, tmp_path)


def test_another_file_is_not_taken_for_a_list(tmp_path: Path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "newsletter.db").write_text("address\n" * 1000)
    with pytest.raises(DatabaseError, match="is not an SQLite database"):
        open_database(URL, KEYS, tmp_path)


def test_a_damaged_file_is_said_to_be_so(sqlite: Database, tmp_path: Path):
    join_in(sqlite)
    sqlite.close()
    path = tmp_path / "newsletter.db"
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    with pytest.raises(DatabaseError, match="damaged; restore a back-up"):
        join_in(sqlite)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path):
    for url in (
        "postgresql://user:secret@127.0.0.1:9/list?application_name=x",
        f"postgresql://user:secret@/list?host={tmp_path}&password=secret",
    ):
        with pytest.raises(DatabaseError, match="the server does not answer") as caught:
            open_database(url, KEYS, tmp_path)
        assert "secret" not in str(caught.value)


def test_a_list_that_the_server_does_not_have_is_said(postgresql: str, tmp_path: Path):
    with pytest.raises(
        DatabaseError, match="/nothing: the server has no such database; create it with createdb first"
    ):
        open_database(postgresql.format("nothing"), KEYS, tmp_path)


# --- All or nothing ---


def test_what_fails_half_way_was_not_done(database: Database):
    with pytest.raises(ZeroDivisionError):
        _join_and_fail(database)
    with database.read() as transaction:
        assert not transaction.connection.execute(OUTBOX.select()).all()


def _join_and_fail(database: Database) -> None:
    with database.begin() as transaction:
        join(transaction)
        raise ZeroDivisionError


def test_who_only_reads_cannot_write(database: Database):
    with pytest.raises(DatabaseError), database.read() as transaction:
        join(transaction)
    join_in(database)  # and the next one can


def test_a_reader_waits_for_no_writer_and_sees_what_was_kept(database: Database):
    join_in(database)
    with database.begin() as writer:
        join(writer, "other@example.org")
        with database.read() as reader:
            assert find(reader)
            assert subscriptions.find_subscriber(reader, "other@example.org") is None


def test_writers_of_one_program_wait_for_each_other(sqlite: Database):
    with sqlite.begin() as transaction:
        thread = threading.Thread(target=join_in, args=(sqlite, "other@example.org"))
        thread.start()
        join(transaction)
    thread.join()
    with sqlite.read() as transaction:
        assert find(transaction)
        assert find(transaction, "other@example.org")


def test_what_can_wait_gets_its_turn_among_those_who_cannot(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "DEFERENCE", 0.05)
    enough = threading.Event()

    def insist() -> None:
        while not enough.is_set():
            with database.begin():
                pass

    thread = threading.Thread(target=insist)
    thread.start()
    with database.begin(later=True) as transaction:
        join(transaction)
    enough.set()
    thread.join()
    with database.begin(later=True) as transaction:
        assert find(transaction)


# --- Locked, full, gone ---


def test_a_list_that_another_program_writes_to_is_busy(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    opened = open_database("sqlite:///newsletter.db", KEYS, tmp_path)
    with (
        sqlite.begin(),
        pytest.raises(DatabaseError, match="another program has locked the database; nothing was saved"),
    ):
        join_in(opened)
    with opened.begin(), pytest.raises(DatabaseError, match="is busy; nothing was saved"):
        join_in(opened)
    join_in(opened)
    opened.close()


def test_more_readers_than_connections_wait_and_are_told(empty_file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    opened = open_database("sqlite:///empty.db", KEYS, empty_file.parent)
    with ExitStack() as readers:
        for _ in range(15):
            readers.enter_context(opened.read())
        with pytest.raises(DatabaseError, match="is busy"):
            readers.enter_context(opened.read())
    opened.close()


def test_who_opens_a_new_file_while_another_program_does_waits(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with closing(sqlite3.connect(tmp_path / "new.db", timeout=0, check_same_thread=False)) as raw:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(module, "PATIENCE", 0)
                with pytest.raises(sqlite3.OperationalError):
                    module._turn_to_log(raw)
            thread = threading.Thread(target=module._turn_to_log, args=(raw,))
            thread.start()
            thread.join(0.05)
            assert thread.is_alive()
            other.execute("COMMIT")
            thread.join(30)
            assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_locked_table_on_a_server_is_busy(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with make_database() as url:
        open_database(url, KEYS, tmp_path).close()
        opened = open_database(f"{url}&options=-clock_timeout%3D50", KEYS, tmp_path)
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE subscriber IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(
                DatabaseError, match="another program has locked the database; nothing was saved"
            ):
                join_in(opened)
        join_in(opened)
        opened.close()


def test_a_server_that_was_away_is_found_again(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
):
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"

    def lose(server: psycopg.Connection, opened: Database) -> None:
        with opened.begin() as transaction:
            server.execute(cut, [server.info.backend_pid])
            find(transaction)

    with make_database() as url, psycopg.connect(url, autocommit=True) as server:
        opened = open_database(url, KEYS, tmp_path)
        join_in(opened, "first@example.org")
        server.execute(cut, [server.info.backend_pid])
        join_in(opened)
        with pytest.raises(DatabaseError, match="the server does not answer"):
            lose(server, opened)
        join_in(opened, "other@example.org")
        opened.close()


_FULL = """
import resource, signal, sys
from pathlib import Path
from generator.errors import DatabaseError
from generator.subscribers.store.database import open_database
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import join_in, find

opened = open_database("sqlite:///newsletter.db", KEYS, Path(sys.argv[1]))
join_in(opened)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = Path(sys.argv[1], "newsletter.db-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (log + 10_000, resource.RLIM_INFINITY))
kept = 0
try:
    for kept in range(1000):
        join_in(opened, f"reader{kept}@example.org")
except DatabaseError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with opened.read() as transaction:
    find(transaction)
    for number in range(kept):
        find(transaction, f"reader{number}@example.org")
join_in(opened, f"reader{kept}@example.org")
print("whole")
"""


def test_a_full_disk_is_said_and_what_was_kept_is_whole(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", _FULL, tmp_path], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    said, whole = done.stdout.splitlines()
    assert said.startswith(f"{tmp_path}/newsletter.db: the disk is full")
    assert said.endswith("nothing was saved")
    assert whole == "whole"


@pytest.mark.parametrize(
    "said, sentence",
    [
        ("disk quota exceeded", "the disk is full; nothing was saved"),
        ("attempt to write a readonly database", "this user has no permission to write; nothing was saved"),
        ('password authentication failed for user "x"', "the server rejects the user name or the password"),
        (
            "failed to resolve host 'x.example': [Errno -2] Name or service not known",
            "the DNS does not know the name of the server, or does not answer",
        ),
        ("connection failed: No route to host", "the server does not answer"),
        (
            "something new\nDETAIL: (reader@example.org)",
            "the database reports the error Exception; nothing was saved",
        ),
    ],
)
def test_what_a_database_says_becomes_one_sentence_without_what_stood_in_it(said: str, sentence: str):
    assert failures._explain(OperationalError("INSERT", {"address": ADDRESS}, Exception(said))) == sentence


# --- Erasing ---


def test_an_erased_address_is_in_no_byte_of_the_files(sqlite: Database, tmp_path: Path):
    def files() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.db*"))

    # Enough, and of many lengths, to fill and split pages; some leave later than others came.
    addresses = [f"r{number:03}.{'x' * (number * 7 % 40)}@example.org" for number in range(600)]
    with sqlite.begin() as transaction:
        listing.add_many(transaction, [draft(0, address=address) for address in addresses])
    gone = addresses[::7]
    assert gone[5].encode() in files()
    for address in gone:
        with sqlite.begin() as transaction:
            subscriptions.erase(transaction, find(transaction, address), NOW)
    with sqlite.begin() as transaction:
        waiting = outbox.waiting(transaction)  # goodbyes: the one place that is left
        assert waiting == len(gone)
    for _ in range(waiting):
        with sqlite.begin() as transaction:
            mail = outbox.claim(transaction, NOW)
            assert mail
        with sqlite.begin() as transaction:
            outbox.finish(transaction, mail)
    left = files()
    assert [address for address in gone if address.encode() in left] == []
    assert addresses[1].encode() in left
    with sqlite.read() as transaction:
        assert len(transaction.connection.execute(SUPPRESSION.select()).all()) == len(gone)


def test_an_erasure_that_a_reader_holds_up_is_finished_by_the_next_writer(sqlite: Database, tmp_path: Path):
    log = tmp_path / "newsletter.db-wal"
    join_in(sqlite)
    with sqlite.read() as reader:
        find(reader)
        _erase(sqlite)
        assert ADDRESS.encode() in log.read_bytes()
    join_in(sqlite, "other@example.org")
    assert log.read_bytes() == b""


def test_an_erasure_whose_log_cannot_be_emptied_is_kept_all_the_same(sqlite: Database):
    def refuse(action: int, name: str | None, *_: object) -> int:
        return sqlite3.SQLITE_DENY if name == "wal_checkpoint" else sqlite3.SQLITE_OK

    join_in(sqlite)
    with sqlite.begin() as transaction:
        raw = transaction.connection.connection.driver_connection
        raw.set_authorizer(refuse)
        subscriptions.erase(transaction, find(transaction), NOW, goodbye=False)
    with sqlite.read() as transaction:
        assert subscriptions.suppressed(transaction, ADDRESS)
        raw.set_authorizer(None)
    join_in(sqlite, "other@example.org")  # and it is tried again
    assert not sqlite._owes


def test_an_erasure_that_was_taken_back_empties_nothing(sqlite: Database, tmp_path: Path):
    join_in(sqlite)
    with pytest.raises(ZeroDivisionError):
        _erase(sqlite, then=lambda: 1 // 0)
    join_in(sqlite, "other@example.org")
    assert (tmp_path / "newsletter.db-wal").stat().st_size > 0
    with sqlite.read() as transaction:
        assert listing.count_statuses(transaction)[Status.CONFIRMED] == 2


def _erase(database: Database, then: Callable[[], object] = lambda: None) -> None:
    with database.begin() as transaction:
        subscriptions.erase(transaction, find(transaction), NOW, goodbye=False)
        then()
