"""Processes that send, and how it is known that one has died."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import select, text

from generator.errors import DatabaseError, MailingError
from generator.model import Tally
from generator.subscribers.ledger import senders
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist, list_living, settle_dead
from generator.subscribers.list import subscriptions
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.schema import SENDER
from generator.subscribers.store.stamp import lift_mark
from tests.subscribers.conftest import KEYS
from tests.subscribers.letters import WEEK, accepted, count, events, fill, read, sender
from tests.subscribers.people import DAY, HOUR, NOW

# Reserves all rows, begins with the first one, and waits for its end.
_SENDER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from generator.model import Week
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist

week, now = Week.parse("2026-W48"), datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
database = open_database(sys.argv[1], Keys(("k" * 43,)), Path(sys.argv[2]))
with enlist(database, week, now) as number:
    ledger = Ledger(database, week, number)
    first, *_ = ledger.reserve(now)
    ledger.advance([], first, now)
    print(number, flush=True)
    sys.stdin.read()
"""


def address_of(database: Database) -> str:
    return database._engine.url.render_as_string(hide_password=False)


@contextmanager
def another_process(database: Database, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A sender in a process of its own, in the middle of a letter."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SENDER, address_of(database), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert int(process.stdout.readline()) > 0
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_process_that_was_killed_is_dead_and_one_that_waits_is_not(database: Database, tmp_path: Path):
    numbers = fill(database)
    with another_process(database, tmp_path) as process:
        [name] = list_living(database, WEEK)
        assert name.endswith(f":{process.pid}")
        assert settle_dead(database, WEEK, NOW) == 0
        with sender(database) as ledger:
            assert ledger.reserve(NOW) == []
            assert len(list_living(database, WEEK)) == 2
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_for_death(database)
        assert settle_dead(database, WEEK, NOW + HOUR) == 1
    assert read(database) == {
        numbers[0]: ("in doubt", 1, ""),
        numbers[1]: ("planned", 0, ""),
        numbers[2]: ("planned", 0, ""),
    }
    assert events(database, numbers[0]) == [("doubted", "")]
    assert settle_dead(database, WEEK, NOW) == 0
    with database.read() as transaction:
        assert transaction.connection.execute(select(SENDER)).all() == []
    with sender(database) as ledger:
        assert [due.subscriber_id for due in ledger.reserve(NOW)] == numbers[1:]


def wait_for_death(database: Database) -> None:
    """PostgreSQL notices a moment later."""
    for _ in range(1000):
        if not list_living(database, WEEK):
            return
    pytest.fail("it still counts as alive")


def test_who_ends_well_leaves_nothing_behind(database: Database):
    fill(database)
    with enlist(database, WEEK, NOW) as number:
        assert len(list_living(database, WEEK)) == 1
        ledger = Ledger(database, WEEK, number)
        ledger.reserve(NOW)
        ledger.close()
    assert list_living(database, WEEK) == []
    with database.read() as transaction:
        assert transaction.connection.execute(select(SENDER)).all() == []
    with sender(database) as ledger:
        assert len(ledger.reserve(NOW)) == 3


def test_a_number_is_never_given_twice(database: Database):
    numbers = []
    for _ in range(3):
        with enlist(database, WEEK, NOW) as first, enlist(database, WEEK, NOW) as second:
            numbers += [first, second]
    assert numbers == sorted(set(numbers))


def test_who_ends_in_the_middle_of_a_letter_leaves_it_in_doubt(database: Database):
    numbers = fill(database)
    with sender(database) as ledger:
        first, *_ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
    assert count(database) == Tally(3, remaining=3)  # it balances before anybody has looked
    assert settle_dead(database, WEEK, NOW) == 1
    assert read(database)[numbers[0]] == ("in doubt", 1, "")


def test_who_was_erased_meanwhile_is_in_doubt_without_a_name(database: Database):
    numbers = fill(database)
    with sender(database) as ledger:
        first, *_ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
    with database.begin() as transaction:
        subscriptions.erase(transaction, subscriptions.get_subscriber(transaction, numbers[0]), NOW)
    assert settle_dead(database, WEEK, NOW) == 1
    assert count(database) == Tally(3, in_doubt=1, remaining=2)
    assert events(database, numbers[0]) == []


def test_senders_of_another_week_are_left_alone(database: Database):
    fill(database)
    with sender(database) as ledger:
        first, *_ = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        assert settle_dead(database, WEEK.next(), NOW) == 0
        assert list_living(database, WEEK.next()) == []
        ledger.advance([accepted(first)], None, NOW)


def test_who_looks_while_another_enlists_does_not_take_it_for_dead(list_on_postgresql: Database):
    """It waits until the other has its lock; SQLite has one writer anyway."""
    with list_on_postgresql.begin() as transaction:
        number = senders._add(transaction, WEEK, NOW)
        with closing(list_on_postgresql.open_connection()) as other:
            other.execute("SET lock_timeout = 50")
            with pytest.raises(LockNotAvailable), other.transaction():
                other.execute("LOCK TABLE sender IN SHARE ROW EXCLUSIVE MODE")
        transaction.connection.execute(SENDER.delete().where(SENDER.c.id == number))


def test_a_lock_that_is_lost_with_its_connection_is_no_failure_of_its_own(list_on_postgresql: Database):
    end = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE classid = :class")
    with enlist(list_on_postgresql, WEEK, NOW):
        with list_on_postgresql.begin() as transaction:
            transaction.connection.execute(end, {"class": senders.CLASS})
        assert list_living(list_on_postgresql, WEEK) == []


# --- The file beside SQLite -------------------------------------------------------------------------------------------


def test_the_file_is_found_by_whatever_name_the_list_is_opened(sqlite: Database, tmp_path: Path):
    fill(sqlite)
    link = tmp_path / "elsewhere" / "list.db"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "newsletter.db")
    other = open_database(f"sqlite:///{link}", KEYS, tmp_path)
    with another_process(sqlite, tmp_path):
        assert len(list_living(other, WEEK)) == 1
    other.close()
    assert {path.name for path in tmp_path.glob("**/*.senders")} == {"newsletter.db.senders"}


def test_it_belongs_to_who_owns_the_list_whoever_looks_first(sqlite: Database, tmp_path: Path):
    with suppress(PermissionError):  # only root can give the list away
        os.chown(tmp_path / "newsletter.db", 12345, 12345)
    list_living(sqlite, WEEK)
    found = (tmp_path / "newsletter.db.senders").stat()
    assert found.st_uid == (tmp_path / "newsletter.db").stat().st_uid
    assert stat.S_IMODE(found.st_mode) == 0o600


def test_closing_the_list_elsewhere_in_the_process_drops_no_lock(sqlite: Database, tmp_path: Path):
    """The system would drop all locks of a process on a file that it closes anywhere."""
    fill(sqlite)
    with sender(sqlite) as ledger:
        first, *_ = ledger.reserve(NOW)
        other = open_database("sqlite:///newsletter.db", KEYS, tmp_path)
        with enlist(other, WEEK, NOW):
            pass
        settle_dead(other, WEEK, NOW)
        other.close()
        command = _SENDER.partition("with enlist")[0] + (
            "from generator.subscribers.ledger.senders import settle_dead, list_living\n"
            "print(settle_dead(database, week, now), len(list_living(database, week)))"
        )
        said = subprocess.run(
            [sys.executable, "-c", command, address_of(sqlite), str(tmp_path)],
            capture_output=True,
            check=True,
        )
        assert said.stdout == b"0 1\n"
        assert ledger.advance([], first, NOW)
        ledger.advance([accepted(first)], None, NOW)


def test_a_back_up_that_is_put_back_sends_nothing_unasked(sqlite: Database, tmp_path: Path):
    """It knows nothing of what was sent after it: once somebody has looked, those letters are in doubt."""
    numbers = fill(sqlite)
    with sender(sqlite) as ledger:
        first, second, third = ledger.reserve(NOW)
        ledger.advance([], first, NOW)
        ledger.advance([accepted(first)], second, NOW)
        back_up(sqlite, tmp_path / "copy.db", NOW)
        ledger.advance([accepted(second)], third, NOW)
        ledger.advance([accepted(third)], None, NOW)
    place = tmp_path / "restored"
    place.mkdir()
    shutil.copy2(tmp_path / "copy.db", place / "newsletter.db")
    restored = open_database("sqlite:///newsletter.db", KEYS, place)
    assert read(restored) == {
        numbers[0]: ("accepted", 1, "250 2.0.0"),
        numbers[1]: ("in doubt", 0, ""),
        numbers[2]: ("in doubt", 0, ""),
    }
    with (
        pytest.raises(
            MailingError, match=r"restored from a back-up of 2026-11-27 .*`newsletter resume --restored`"
        ),
        sender(restored),
    ):
        pytest.fail("it must not begin")
    with restored.begin() as transaction:
        lift_mark(transaction.connection)
    with sender(restored) as ledger:
        assert ledger.reserve(NOW) == []
    restored.close()


def test_a_finished_mailing_is_the_same_in_a_back_up(sqlite: Database, tmp_path: Path):
    fill(sqlite)
    with sqlite.begin() as transaction:
        transaction.connection.execute(text("UPDATE mailing SET finished = frozen"))
    before = read(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    copy = open_database("sqlite:///copy.db", KEYS, tmp_path)
    assert read(copy) == before
    copy.close()


def test_a_file_that_cannot_be_made_is_named(sqlite: Database, tmp_path: Path):
    (tmp_path / "newsletter.db.senders").mkdir()
    with (
        pytest.raises(DatabaseError, match=r"newsletter\.db\.senders cannot be used: Is a directory"),
        sender(sqlite),
    ):
        pytest.fail("nobody would see that it lives")


@pytest.mark.parametrize(
    "later, account, doubtful",
    [(HOUR, None, 0), (HOUR, "account", 0), (HOUR, "", 3), (HOUR, "other", 3), (DAY, None, 3)],
)
def test_what_a_dead_sender_had_in_a_batch_is_in_doubt_when_its_keys_say_nothing_any_more(
    database: Database, later: timedelta, account: str | None, doubtful: int
):
    numbers = fill(database, 4)
    with sender(database) as ledger:
        contents = {due.subscriber_id: "digest" for due in ledger.reserve(NOW, 3)}
        ledger.claim_batch("account.one", contents, NOW, NOW + 23 * HOUR)
        ledger.reserve(NOW)
    wait_for_death(database)
    assert settle_dead(database, WEEK, NOW + later, account) == doubtful
    assert settle_dead(database, WEEK, NOW + later, account) == 0
    assert count(database) == Tally(4, in_doubt=doubtful, remaining=4 - doubtful)
    with sender(database) as ledger:
        assert len(ledger.adopt("account", NOW)[1]) == 3 - doubtful
        assert [due.subscriber_id for due in ledger.reserve(NOW)] == numbers[3:]
    wait_for_death(database)
    assert settle_dead(database, WEEK, NOW + 2 * DAY) == 3 - doubtful
    assert count(database).in_doubt == 3
