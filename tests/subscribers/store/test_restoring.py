"""A copy takes the place of the list: examined, with the newest tables, in one step, and the list is kept."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from generator.errors import DatabaseError
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.migrating import newest_step
from generator.subscribers.store.restoring import open_staged, replace_list, stage
from generator.subscribers.store.stamp import find_mark
from tests.proof.recovery import make_wrong_files
from tests.subscribers.conftest import KEYS
from tests.subscribers.files import give
from tests.subscribers.people import NOW, join_in
from tests.subscribers.store.test_stamp import make_older


def restore(copy: Path, place: Path) -> Path | None:
    with copy.open("rb") as source, stage(copy, source, place) as staged:
        with open_staged(copy, staged, KEYS):
            pass
        return replace_list(staged, place, NOW)


def read(path: Path) -> tuple[str, object]:
    opened = open_database(f"sqlite:///{path}", KEYS, path.parent)
    with opened.read() as transaction:
        found = find_mark(transaction.connection)
    text = give(opened)
    opened.close()
    return text, found


def test_the_copy_takes_the_place_and_the_list_is_kept(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    before = give(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    join_in(sqlite, "later@example.org")
    after = give(sqlite)
    sqlite.close()
    aside = restore(tmp_path / "copy.db", tmp_path / "newsletter.db")
    assert aside == tmp_path / "newsletter-before-restoring-2026-11-27T060000.db"
    assert read(tmp_path / "newsletter.db") == (before, NOW)
    text, marked = read(aside)
    assert text == after
    assert marked is not None  # who puts it back by hand is told the same
    again = restore(aside, tmp_path / "newsletter.db")
    assert again == tmp_path / "newsletter-before-restoring-2026-11-27T060000-2.db"
    assert read(tmp_path / "newsletter.db")[0] == after
    assert not list(tmp_path.glob(".*"))


def test_nothing_of_the_old_log_comes_into_the_new_list(sqlite: Database, tmp_path: Path) -> None:
    """A service that was killed leaves a -wal behind; its pages belong to the list that is put aside."""
    join_in(sqlite)
    before = give(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    join_in(sqlite, "later@example.org")
    killed = shutil.copytree(tmp_path, tmp_path / "killed", ignore=shutil.ignore_patterns("killed"))
    assert (killed / "newsletter.db-wal").stat().st_size
    aside = restore(killed / "copy.db", killed / "newsletter.db")
    assert aside
    assert read(killed / "newsletter.db")[0] == before
    assert read(aside)[0] == give(sqlite)


def test_a_damaged_list_is_put_aside_with_all_that_is_beside_it(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    sqlite.close()
    (tmp_path / "newsletter.db").write_text("the disk has eaten it " * 100)
    (tmp_path / "newsletter.db-wal").write_text("and this")
    aside = restore(tmp_path / "copy.db", tmp_path / "newsletter.db")
    assert aside
    assert aside.read_text().startswith("the disk has eaten it")
    assert aside.with_name(f"{aside.name}-wal").read_text() == "and this"
    assert read(tmp_path / "newsletter.db")[1] == NOW


def test_a_lost_disk_has_nothing_to_put_aside(sqlite: Database, tmp_path: Path) -> None:
    back_up(sqlite, tmp_path / "copy.db", NOW)
    place = tmp_path / "new" / "newsletter.db"
    assert restore(tmp_path / "copy.db", place) is None
    assert read(place)[1] == NOW


def test_an_older_copy_gets_the_newest_tables(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    before = give(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    sqlite.close()
    make_older(tmp_path / "copy.db")
    old = (tmp_path / "copy.db").read_bytes()
    restore(tmp_path / "copy.db", tmp_path / "newsletter.db")
    assert read(tmp_path / "newsletter.db") == (before, NOW)
    assert (tmp_path / "copy.db").read_bytes() == old


def test_what_is_no_whole_back_up_is_refused_and_the_list_stays(sqlite: Database, tmp_path: Path) -> None:
    join_in(sqlite)
    back_up(sqlite, tmp_path / "copy.db", NOW)
    sqlite.close()
    before = (tmp_path / "newsletter.db").read_bytes()
    (tmp_path / "wrong").mkdir()
    said = {}
    for wrong in make_wrong_files(tmp_path / "copy.db", tmp_path / "wrong"):
        with pytest.raises(DatabaseError) as caught:
            restore(wrong, tmp_path / "newsletter.db")
        said[wrong.name] = str(caught.value).removeprefix(f"{wrong} ").removesuffix("; nothing was restored")
        assert str(wrong) in str(caught.value)
    assert said.pop("half.db").startswith("is incomplete: it has ")
    assert said.pop("damaged.db").startswith("is damaged")
    assert said == {
        "nothing.db": "is empty",
        "letter.db": "is not a back-up: it is not an SQLite database",
        "photos.db": "is not a back-up of a list of subscribers: its tables are others",
        "newer.db": f"has version 9999, but this program knows {newest_step()}; upgrade it first",
    }
    assert (tmp_path / "newsletter.db").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} >= {"newsletter.db", "copy.db"}
    assert not list(tmp_path.glob(".*"))
    assert not list(tmp_path.glob("*before*"))


def test_a_part_of_a_list_is_refused(sqlite: Database, tmp_path: Path) -> None:
    """Who copied the files of a service that runs has a -wal with the newest people in it."""
    join_in(sqlite)
    shutil.copytree(tmp_path, tmp_path / "copied", ignore=shutil.ignore_patterns("copied"))
    with pytest.raises(DatabaseError, match=r"newsletter\.db-wal or -journal beside it holds a part"):
        restore(tmp_path / "copied/newsletter.db", tmp_path / "newsletter.db")


def test_a_copy_with_damaged_rows_is_refused(sqlite: Database, tmp_path: Path) -> None:
    back_up(sqlite, tmp_path / "copy.db", NOW)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        connection.execute("INSERT INTO token VALUES (x'00', 999, 'manage', '2026-11-27', NULL)")
        connection.commit()
    with pytest.raises(DatabaseError, match="is damaged"):
        restore(tmp_path / "copy.db", tmp_path / "newsletter.db")
