"""`newsletter restore`: one command, from the check of the copy to the services that run again."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.newsletter import main
from generator.errors import DatabaseError, MailingError, RequestError, SecretError
from generator.model import Week
from generator.recovery.restore import restore_list
from generator.recovery.units import Units
from generator.subscribers.ledger import mailings
from generator.subscribers.list.subscriptions import erase, find_subscriber, unsubscribe
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.log import Happened
from tests.clocks import STOPPED
from tests.proof.recovery import make_wrong_files
from tests.recovery.conftest import READERS, open_list, reader
from tests.subscribers.people import HOUR, NOW

WEEK = Week(2026, 46)

_SERVICE = """
import sys
from pathlib import Path
from generator.subscribers.store.locks import share
share(Path(sys.argv[1]), 5)
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def a_service(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the list open."""
    command = [sys.executable, "-c", _SERVICE, str(root / "var/newsletter.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"open\n"
        try:
            yield process
        finally:
            process.kill()


class Manager(Units):
    """Stops a process of the test, as systemd would."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(allowed=True)
        self._process = process
        self.did: list[str] = []

    def stop(self, holders: Sequence[int], what: str) -> list[str]:
        assert list(holders) == [self._process.pid]
        assert what.endswith("is in use")
        self._process.kill()
        self._process.wait()
        self.did.append("stop")
        return ["newsletter.service"]

    def start(self, names: Sequence[str]) -> list[str]:
        self.did += ["start"] if names else []
        return list(names)


@pytest.fixture
def copy(root: Path) -> Path:
    """A copy; afterwards one reader left, one was erased, and one came."""
    with closing(open_list(root)) as database:
        back_up(database, root / "copy.db", NOW)
        for number, act in ((1, lambda *given: unsubscribe(*given, "the letter")), (2, erase)):
            with database.begin() as transaction:
                found = find_subscriber(transaction, reader(number))
                assert found
                act(transaction, found, NOW + HOUR)
    return root / "copy.db"


def statuses(root: Path) -> dict[str, str]:
    with closing(open_list(root)) as database, database.read() as transaction:
        found = {one: find_subscriber(transaction, reader(one)) for one in range(READERS)}
        return {reader(one): person.status for one, person in found.items() if person}


def test_who_left_since_is_off_again_and_the_list_is_kept(root: Path, copy: Path) -> None:
    before = statuses(root)
    done = restore_list(root, copy, NOW + 2 * HOUR)
    assert statuses(root) == before
    assert (done.subscribers, done.made, done.left) == (
        READERS - 1,
        NOW,
        {Happened.LEFT: 1, Happened.ERASED: 1},
    )
    assert done.aside == root.resolve() / "var/newsletter-before-restoring-2026-11-27T080000.db"
    assert (done.stopped, done.started, done.unreadable) == ([], [], ())


def test_what_has_the_list_open_is_stopped_and_starts_again(root: Path, copy: Path) -> None:
    with a_service(root) as process:
        manager = Manager(process)
        done = restore_list(root, copy, NOW, manager)
    assert manager.did == ["stop", "start"]
    assert (done.stopped, done.started) == (["newsletter.service"], ["newsletter.service"])


def test_what_is_not_for_us_to_stop_keeps_the_list_as_it_is(root: Path, copy: Path) -> None:
    before = statuses(root)
    with a_service(root) as process, pytest.raises(MailingError, match=f"run `kill {process.pid}` first"):
        restore_list(root, copy, NOW)
    assert statuses(root) == before
    assert not list((root / "var").glob("*before*"))
    assert not list((root / "var").glob(".newsletter*"))


def test_nobody_is_stopped_for_a_wrong_file(root: Path, copy: Path) -> None:
    (root / "wrong").mkdir()
    with a_service(root) as process:
        for wrong in make_wrong_files(copy, root / "wrong"):
            with pytest.raises(DatabaseError, match="nothing was restored"):
                restore_list(root, wrong, NOW, Manager(process))
        assert process.poll() is None


def test_services_start_again_when_it_fails_after_they_were_stopped(root: Path, copy: Path) -> None:
    before = statuses(root)
    (root / "var/newsletter.db-shm").unlink(missing_ok=True)
    (root / "var/newsletter.db-shm").mkdir()  # which cannot be removed as a file
    with a_service(root) as process:
        manager = Manager(process)
        with pytest.raises(DatabaseError, match="cannot be replaced"):
            restore_list(root, copy, NOW, manager)
    assert manager.did == ["stop", "start"]
    (root / "var/newsletter.db-shm").rmdir()
    assert statuses(root) == before


def test_a_lost_disk_needs_the_keys(root: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = copy.rename(root.parent / "kept.db")
    for path in sorted((root / "var").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / "var").rmdir()
    monkeypatch.delenv("NEWSLETTER_KEYS")
    with pytest.raises(SecretError, match="restore the file"):
        restore_list(root, kept, NOW)
    monkeypatch.setenv("NEWSLETTER_KEYS", "k" * 43)
    done = restore_list(root, kept, NOW)
    assert (done.aside, done.left, done.subscribers) == (None, {}, READERS)


def test_keys_of_another_list_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `newsletter init` on a new disk: nobody in the log would be found, and links in mail would be dead."""
    with closing(open_list(root)) as database:
        with database.begin() as transaction:
            mailings.close_unknown(transaction, WEEK, NOW, "a letter of this list")
        back_up(database, root / "copy.db", NOW)
    before = statuses(root)
    monkeypatch.setenv("NEWSLETTER_KEYS", "n" * 43)
    with pytest.raises(SecretError, match=r"signed with other keys .* nothing was restored"):
        restore_list(root, root / "copy.db", NOW)
    monkeypatch.setenv("NEWSLETTER_KEYS", f"{'n' * 43},{'k' * 43}")
    restore_list(root, root / "copy.db", NOW)
    assert statuses(root) == before


def test_what_cannot_be_restored_here_is_a_request(
    root: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RequestError, match="is the list itself"):
        restore_list(root, root / "var/newsletter.db", NOW)
    with pytest.raises(
        DatabaseError, match="cannot be read: No such file or directory; nothing was restored"
    ):
        restore_list(root, root / "none.db", NOW)
    os.mkfifo(root / "pipe.db")
    with pytest.raises(DatabaseError, match="is not a file; nothing was restored"):
        restore_list(root, root / "pipe.db", NOW)
    monkeypatch.setenv("NEWSLETTER_DATABASE", "postgresql://user@db.example.org/list")
    with pytest.raises(RequestError, match=r"pg_restore .* then run `newsletter resume --restored`"):
        restore_list(root, copy, NOW)


def run(root: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--root", str(root), *words], obj=STOPPED)
    return done.exit_code, done.output


def test_the_commands_say_what_they_did(root: Path, copy: Path) -> None:
    code, said = run(root, "restore", str(copy))
    assert code == 0
    assert (
        f"Restored {root.resolve()}/var/newsletter.db: 4 subscribers, as it was on 2026-11-27 at 06:00 UTC."
        in said
    )
    assert "Taken off again, as the log says: 1 left, 1 erased." in said
    assert "It sends no letters yet. Next: run `newsletter resume --restored`." in said
    code, said = run(root, "resume", "--restored")
    assert (code, "add --yes to go on without it" in said) == (2, True)
    code, said = run(root, "resume", "--restored", "--yes")
    assert (code, said.splitlines()[-1]) == (0, "The list sends letters again.")
    assert "The log names nobody else who left since." in said
    code, said = run(root, "resume", "--restored", "--yes")
    assert (code, said) == (0, "This list was not restored from a back-up; nothing was changed.\n")


@pytest.mark.parametrize(
    "words, said",
    [
        ("resume --restored 2026-W46", "--restored is about the whole list; leave out the week"),
        ("resume 2026-W46 --yes", "--yes goes with --restored only"),
        ("resume --unsent 2026-W46 2026-W46", "--unsent goes with --restored only"),
        ("resume", "give a week: "),
        ("restore", "BACKUP"),
        ("restore .", "“.” is a folder; expected a file"),
    ],
)
def test_words_that_make_no_sense_are_refused(root: Path, words: str, said: str) -> None:
    code, output = run(root, *words.split())
    assert (code, said in output) == (2, True), output
