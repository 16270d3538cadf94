"""Numbers, read back with the parsers of Prometheus and OpenMetrics."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from generator.environment import open_list
from generator.settings import read_settings
from generator.subscribers.ledger import mailings
from generator.subscribers.ledger.ledger import Ledger
from generator.subscribers.ledger.senders import enlist
from generator.subscribers.store.database import Database
from generator.watch.memory import note_relay
from generator.watch.metrics import write_metrics
from tests.languages import EN, NL
from tests.subscribers.letters import MAILING, accepted
from tests.watch.conftest import READERS
from tests.watch.knowing import NOON, OPENS, WEEK

OPEN = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def database(project: Path) -> Iterator[Database]:
    with closing(open_list(project)) as database:
        yield database


def read(project: Path, database: Database, accept: str = OPEN) -> dict[tuple[str, ...], float]:
    """Every sample: its name and its labels, in the order of their names."""
    content, kind = write_metrics(project, read_settings(project), database, NOON, accept)
    parse: Any = parse_open if kind.startswith("application/openmetrics-text") else parse_plain
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in parse(content.decode())
        for sample in family.samples
    }


def test_before_the_first_letter(project: Path, database: Database) -> None:
    found = read(project, database)
    assert found["newsletter_subscribers", "nl", "confirmed"] == READERS
    assert found["newsletter_problem", "missed"] == 2
    assert found["newsletter_problem", "notices"] == 0
    assert found["newsletter_relay_up",] == 1
    assert found["newsletter_letter_due_timestamp_seconds",] == OPENS.timestamp()
    assert found["newsletter_letter", "written", "2026-W48"] == 1
    assert found["newsletter_letter", "sent", "2026-W48"] == 0
    assert "newsletter_backup_timestamp_seconds" not in {name for name, *_ in found}
    assert read(project, database, "text/plain").keys() == found.keys()


def test_after_a_letter(project: Path, database: Database) -> None:
    with database.begin() as transaction:
        mailing = MAILING.__class__(WEEK, OPENS, "", "proof", database.keys.fingerprint)
        mailings.freeze(transaction, mailing, {NL: b"Beste lezer", EN: b"Dear reader"}, WEEK.friday)
    with enlist(database, WEEK, OPENS) as number, closing(Ledger(database, WEEK, number)) as ledger:
        first, *others = ledger.reserve(OPENS)
        ledger.advance([accepted(first)], None, OPENS)
        ledger.advance([accepted(due) for due in others], None, OPENS + timedelta(seconds=90))
    with database.begin() as transaction:
        mailings.finish(transaction, WEEK, OPENS + timedelta(seconds=91))
    (project / "var/backup").mkdir()
    (project / "var/backup/a.db").touch()
    note_relay(project, "cannot be reached", NOON)
    found = read(project, database)
    assert found["newsletter_copies", "accepted", "2026-W48"] == READERS
    assert found["newsletter_copies", "remaining", "2026-W48"] == 0
    assert found["newsletter_letter_duration_seconds", "2026-W48"] == 90
    assert found["newsletter_letter_finished_timestamp_seconds", "2026-W48"] == OPENS.timestamp() + 91
    assert found["newsletter_letter", "sent", "2026-W48"] == 1
    assert found["newsletter_problem", "missed"] == 0
    assert found["newsletter_backup_timestamp_seconds",] > 0
    assert found["newsletter_relay_up",] == 0


def test_no_address_is_a_number(project: Path, database: Database) -> None:
    content, _ = write_metrics(project, read_settings(project), database, NOON, "")
    assert b"@" not in content
