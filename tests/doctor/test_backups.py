"""The newest back-up is restored into a temporary place and compared; the log of who left can be written."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.doctor import Answer, Condition
from generator.doctor.backups import examine_backups, examine_log
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.vitals import read_vitals
from generator.subscribers.store.backup import back_up, list_backups
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.log import Entry, Happened, Log
from tests.proof.recovery import make_wrong_files
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import draft

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
OK, WARNING, ERROR = Condition.OK, Condition.WARNING, Condition.ERROR


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database("sqlite:///newsletter.db", KEYS, tmp_path)
    with opened.begin() as transaction:
        add_many(transaction, [draft(number) for number in range(9)])
    back_up(opened, tmp_path / "backup/2026-11-27T050000.db", NOW)
    yield opened
    opened.close()


def examine(database: Database, folder: Path, age: timedelta = timedelta(hours=1)) -> Answer:
    for path in (folder / "backup").glob("*.db"):
        moment = (NOW - age).timestamp()
        os.utime(path, (moment, moment))
    return examine_backups(list_backups(folder / "backup"), read_vitals(database), KEYS, NOW)


@pytest.mark.parametrize(
    "age, condition, found",
    [
        (timedelta(minutes=59), OK, "is 59 minutes old and can be restored: 9 subscribers, 6 confirmed"),
        (timedelta(hours=25), OK, "25 hours old"),
        (timedelta(hours=49), WARNING, "too old: 2026-11-27T050000.db is 2 days old"),
        (timedelta(days=9), WARNING, "9 days old"),
    ],
)
def test_a_back_up_is_fresh(
    database: Database, tmp_path: Path, age: timedelta, condition: Condition, found: str
) -> None:
    answer = examine(database, tmp_path, age)
    assert answer.condition is condition
    assert found in answer.found
    assert "(the list: 9, 6); 1 back-up in all" in answer.found
    assert {path.name for path in (tmp_path / "backup").iterdir()} == {"2026-11-27T050000.db"}


def test_one_with_far_fewer_people_is_no_back_up_of_this_list(database: Database, tmp_path: Path) -> None:
    with database.begin() as transaction:
        add_many(transaction, [draft(number) for number in range(9, 30)])
    answer = examine(database, tmp_path)
    assert (answer.condition, "far fewer" in answer.found) == (WARNING, True)


def test_one_that_cannot_be_restored_is_an_error(database: Database, tmp_path: Path) -> None:
    [copy] = (tmp_path / "backup").iterdir()
    (tmp_path / "wrong").mkdir()
    for wrong in list(make_wrong_files(copy, tmp_path / "wrong")):
        wrong.replace(copy)
        answer = examine(database, tmp_path)
        assert answer.condition is ERROR, wrong
        assert "nothing was restored" in answer.found


def test_there_may_be_none(database: Database, tmp_path: Path) -> None:
    none = list_backups(tmp_path / "none")
    assert "no back-up in" in examine_backups(none, read_vitals(database), KEYS, NOW).found
    assert "pg_dump" in examine_backups(None, read_vitals(database), KEYS, NOW).found


def test_the_log_is_looked_at(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    assert [answer.condition for answer in examine_log(log)] == [OK]
    log.add([Entry(NOW, Happened.LEFT, "0" * 64)])
    [answer] = examine_log(log)
    assert (answer.condition, "1 line" in answer.found) == (OK, True)
    (tmp_path / "log/2026-10.log").write_text("half a li")
    [answer] = examine_log(log)
    assert (answer.condition, "2026-10.log:1" in answer.found) == (WARNING, True)
