"""`newsletter receive`: one mail from a mail server, or a maildir of them."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.model import Language
from generator.model.subscribers import Status
from generator.subscribers.database import Database, open_database
from generator.subscribers.keys import Keys
from generator.subscribers.listing import Draft, add_many
from generator.subscribers.outbox import UNSUBSCRIBE
from generator.subscribers.subscriptions import find_subscriber

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS = Keys(("k" * 43,))
READERS = ("a@example.com", "b@example.com")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)


@pytest.fixture
def tokens(sample: Path) -> list[str]:
    """Those of two readers on the list of the sample."""
    with opened(sample) as database, database.begin() as transaction:
        drafts = [Draft(address, Language.NL, (), Status.CONFIRMED, NOW, NOW) for address in READERS]
        assert add_many(transaction, drafts) == 2
        return [KEYS.sign(UNSUBSCRIBE, find_subscriber(transaction, address).handle) for address in READERS]


def opened(root: Path) -> "Opened":
    return Opened(open_database("sqlite:///var/newsletter.db", KEYS, root))


class Opened:
    def __init__(self, database: Database) -> None:
        self.database = database

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.close()


def run(root: Path, *words: str | Path, mail: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["--root", str(root), "receive", *map(str, words)], input=mail)


def statuses(root: Path) -> list[Status]:
    with opened(root) as database, database.read() as transaction:
        return [find_subscriber(transaction, address).status for address in READERS]


def mail(token: str = "", sender: str = "a@example.com") -> bytes:
    return f"From: {sender}\r\nSubject: unsubscribe {token}\r\n\r\n".encode()


def test_a_mail_server_brings_one_mail(sample: Path, tokens: list[str]) -> None:
    result = run(sample, mail=mail(tokens[0]))
    assert (result.exit_code, result.output) == (0, "1 unsubscribed\n")
    assert statuses(sample) == [Status.UNSUBSCRIBED, Status.CONFIRMED]
    with opened(sample) as database, database.read() as transaction:
        assert (
            find_subscriber(transaction, READERS[0]).consents[-1].source == "mailto:unsubscribe@example.org"
        )
    assert run(sample, mail=mail(tokens[0])).output == "1 already unsubscribed\n"
    assert run(sample, mail=mail()).output == "1 asked for a link\n"
    assert run(sample, mail=b"\xff").output == "1 skipped\n"


class Pipe(BytesIO):
    """What a mail server brings; it stays open, so that a test can see how far it was read."""

    def close(self) -> None:
        pass


def test_a_long_mail_is_taken_to_its_end(sample: Path, tokens: list[str]) -> None:
    pipe = Pipe(mail(tokens[0]) + b"x" * 1_000_000)
    assert CliRunner().invoke(main, ["--root", str(sample), "receive"], input=pipe).exit_code == 0
    assert not pipe.read(), "a mail server takes a closed pipe for a failure"


def test_a_maildir_is_read_once_and_says_nothing_about_who_wrote(sample: Path, tokens: list[str]) -> None:
    new = sample / "mail/new"
    new.mkdir(parents=True)
    for number, message in enumerate([mail(tokens[0]), mail(tokens[1]), mail(), b"", mail("x", "x")]):
        (new / f"{number}.host").write_bytes(message)
    (new / ".hidden").write_bytes(mail())
    result = run(sample, sample / "mail")
    assert (result.exit_code, result.output) == (0, "2 unsubscribed, 1 asked for a link, 2 skipped\n")
    assert statuses(sample) == [Status.UNSUBSCRIBED, Status.UNSUBSCRIBED]
    assert sorted(path.name for path in (sample / "mail/cur").iterdir()) == [
        f"{n}.host:2,S" for n in range(5)
    ]
    assert run(sample, sample / "mail").output == "No mail.\n"


def test_what_cannot_be_read_is_left_and_does_not_stop_the_others(sample: Path, tokens: list[str]) -> None:
    new = sample / "mail/new"
    (new / "0.folder").mkdir(parents=True)
    (new / "1.mail").write_bytes(mail(tokens[0]))
    result = run(sample, sample / "mail")
    assert result.exit_code == 75
    assert result.output.startswith("1 unsubscribed\nError: 1 mail could not be read or moved; see ")


def test_a_folder_that_is_no_maildir_is_said(sample: Path) -> None:
    result = run(sample, sample / "docs")
    assert result.exit_code == 75
    assert "is no maildir: it has no folder new/" in result.output


@pytest.mark.parametrize(
    "database, said",
    [
        ("mysql://host/name", "NEWSLETTER_DATABASE names mysql"),
        ("sqlite:///docs/nl/index.md", "not a database of SQLite"),
    ],
)
def test_a_mail_server_is_told_to_come_back_when_the_list_cannot_be_opened(
    sample: Path, monkeypatch: pytest.MonkeyPatch, database: str, said: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_DATABASE", database)
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert re.fullmatch(rf"Error: .*{said}.*; the mail is to be brought again\n", result.output)


def test_it_never_makes_keys_that_would_know_no_link(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_KEYS")
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert "there are no NEWSLETTER_KEYS; run it with the environment of the service" in result.output
    assert not (sample / "var").exists()


def test_settings_with_a_mistake_keep_the_mail_too(sample: Path) -> None:
    (sample / "newsletter/settings.toml").write_text("[site]\n")
    assert run(sample, mail=mail()).exit_code == 75


def test_a_bug_keeps_the_mail_and_shows_no_address(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a@example.com")

    monkeypatch.setattr("generator.cli.receiving.receive", broken)
    result = run(sample, mail=mail())
    assert result.exit_code == 75
    assert re.fullmatch(r"Error: ValueError at test_receiving\.py:\d+; the mail is to be .*\n", result.output)


def test_at_a_terminal_it_says_what_it_needs(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    result = run(sample)
    assert result.exit_code == 2
    assert "give a mail on standard input, or the folder of a maildir" in result.output
