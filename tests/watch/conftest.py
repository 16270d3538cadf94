"""A project with ten readers, as those who watch it find it."""

from pathlib import Path

import pytest

from generator.model import NewSubscriber, Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from tests.languages import NL
from tests.watch.knowing import OPENS

KEYS = Keys(("k" * 43,))
READERS = 10


@pytest.fixture
def project(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample, with a letter of 2026-W48 and ten readers since that Friday."""
    for name in ("DATABASE", "MAIL", "ALERT_RELAY", "ALERT_HOOK", "ALERT_PING", "STATUS_TOKEN"):
        monkeypatch.delenv(f"NEWSLETTER_{name}", raising=False)
    monkeypatch.setenv("NEWSLETTER_KEYS", str(KEYS))
    letter = sample / "newsletter/issues/2026-W48"
    letter.mkdir()
    for language in ("nl", "en"):
        (letter / f"{language}.md").write_text("due\n", "utf-8")  # nobody who watches reads it
    database = open_database("sqlite:///var/newsletter.db", KEYS, sample)
    drafts = [
        NewSubscriber(f"reader{number}@example.org", NL, (), Status.CONFIRMED, OPENS, OPENS)
        for number in range(READERS)
    ]
    with database.begin() as transaction:
        add_many(transaction, drafts)
    database.close()
    return sample
