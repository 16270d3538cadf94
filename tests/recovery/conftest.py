"""The sample with a list of a few readers."""

from pathlib import Path

import pytest

from generator.model import NewSubscriber, Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import Database, open_database
from generator.subscribers.store.log import Log
from tests.languages import NL
from tests.subscribers.conftest import KEYS
from tests.subscribers.people import DAY, NOW

READERS = 5


def open_list(root: Path) -> Database:
    """As a command opens it."""
    return open_database("sqlite:///var/newsletter.db", KEYS, root, Log(root / "var/log"))


def reader(number: int) -> str:
    return f"reader{number}@example.org"


@pytest.fixture
def root(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project; its list was made a month ago."""
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    monkeypatch.delenv("NEWSLETTER_LOG", raising=False)
    database = open_list(sample)
    then = NOW - 30 * DAY
    drafts = [NewSubscriber(reader(one), NL, (), Status.CONFIRMED, then, then) for one in range(READERS)]
    with database.begin() as transaction:
        add_many(transaction, drafts)
    database.close()
    return sample


def settle(root: Path, table: str) -> None:
    """Add a table to the settings."""
    path = root / "newsletter/settings.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{table}\n", "utf-8")
