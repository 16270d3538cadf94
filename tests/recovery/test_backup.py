"""Back-ups go where the settings say, and off the machine by the operator's own command."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from generator.environment import find_backups
from generator.errors import ContentError, DatabaseError, GeneratorError
from generator.recovery.backup import Backup, make_backup, make_backup_of_letter
from generator.settings import read_settings
from tests.recovery.conftest import READERS, open_list, settle
from tests.subscribers.people import HOUR, NOW


def make(root: Path, hours: int = 0, patience: float = 60) -> Backup:
    with closing(open_list(root)) as database:
        return make_backup(root, read_settings(root), database, NOW + hours * HOUR, patience)


def test_it_stands_beside_the_list_and_it_is_known_when_the_last_one_was_made(root: Path) -> None:
    settings = read_settings(root)
    known = find_backups(root, settings)
    assert known
    assert (known.last, known.files) == (None, ())
    made = make(root)
    assert made == Backup(root / "var/backup/2026-11-27T060000.db", READERS, taken=False)
    known = find_backups(root, settings)
    assert known
    assert known.files == (made.file,)
    assert known.last


def test_so_many_are_kept_where_the_settings_say(root: Path) -> None:
    settle(root, '[backup]\nfolder = "var/copies"\nkeep = 2')
    for hours in range(4):
        make(root, hours)
    assert sorted(path.name for path in (root / "var/copies").iterdir()) == [
        "2026-11-27T080000.db",
        "2026-11-27T090000.db",
    ]


def test_a_command_takes_it_away_with_its_own_secrets(root: Path, tmp_path: Path) -> None:
    (root / "var/newsletter.env").write_text("VAULT_PASSWORD=sesame\nNEWSLETTER_MAILBOX=secret\n")
    script = tmp_path / "take.py"
    script.write_text(
        "import os, shutil, sys\n"
        "assert 'NEWSLETTER_MAILBOX' not in os.environ\n"
        "shutil.copy(sys.argv[1], sys.argv[2] + os.environ['VAULT_PASSWORD'])\n"
    )
    settle(root, f"[backup]\ncommand = \"'{sys.executable}' '{script}' {{file}} {tmp_path}/\"")
    made = make(root)
    assert made.taken
    assert (tmp_path / "sesame").read_bytes() == made.file.read_bytes()


@pytest.mark.parametrize(
    "code, patience, why",
    [
        (
            "import sys; print('a', file=sys.stderr); sys.exit('no such vault')",
            60,
            r"ended with 1 and said “no such vault”",
        ),
        ("import time; time.sleep(60)", 0.2, "did not end within 0 seconds"),
    ],
)
def test_a_command_that_fails_is_said_and_the_copy_is_there(
    root: Path, code: str, patience: float, why: str
) -> None:
    settle(root, f"[backup]\ncommand = '''\"{sys.executable}\" -c \"{code}\" {{file}}'''")
    with pytest.raises(GeneratorError, match=f"2026-11-27T060000.db was made, but the command .* {why}"):
        make(root, patience=patience)
    assert (root / "var/backup/2026-11-27T060000.db").exists()
    with closing(open_list(root)) as database:
        said = make_backup_of_letter(root, read_settings(root), database, NOW, patience)
    assert said.startswith("no back-up: ")


def test_a_command_that_is_not_there_is_named(root: Path) -> None:
    settle(root, '[backup]\ncommand = "no-such-program {file}"')
    with pytest.raises(GeneratorError, match=r"\(no-such-program\) cannot be run: No such file"):
        make(root)


@pytest.mark.parametrize(
    "table, why",
    [
        ('command = "restic backup"', "without {file}"),
        ("command = 'restic \"{file}'", "quotation mark that is not closed"),
        ("keep = 0", "a whole number from 1"),
        ('place = "x"', "place"),
    ],
)
def test_settings_that_make_no_sense_are_refused(root: Path, table: str, why: str) -> None:
    settle(root, f"[backup]\n{table}")
    with pytest.raises(ContentError) as caught:
        read_settings(root)
    assert why in str([problem.message for problem in caught.value.problems])


def test_postgresql_has_its_own_program(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(root)
    with closing(open_list(root)) as database:
        monkeypatch.setenv("NEWSLETTER_DATABASE", "postgresql://user@db.example.org/list")
        assert find_backups(root, settings) is None
        with pytest.raises(DatabaseError, match="pg_dump"):
            make_backup(root, settings, database, NOW)
