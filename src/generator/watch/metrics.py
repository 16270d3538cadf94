"""The facts as Prometheus and OpenMetrics read them. No address is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, StateSetMetricFamily
from prometheus_client.exposition import choose_encoder

from generator.subscribers.ledger import mailings
from generator.subscribers.list.listing import count_by_language
from generator.watch.facts import Facts, State
from generator.watch.findings import Kind, Level
from generator.watch.look import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

    from generator.model import Mailing, Tally
    from generator.settings import Settings
    from generator.subscribers.store.database import Database
    from generator.watch.findings import Finding


@dataclass(frozen=True, slots=True)
class _Letter:
    """The newest letter that was begun."""

    mailing: Mailing
    tally: Tally
    first: datetime | None
    """When the first copy was accepted."""
    last: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class _Collector:
    """What prometheus-client asks for its families."""

    findings: Sequence[Finding]
    facts: Facts | None
    list: Mapping[tuple[str, str], int]
    letter: _Letter | None

    def collect(self) -> Iterator[Metric]:
        """Every family, also those without a value: who looks for one finds its name."""
        worst = {one.kind: one.level for one in reversed(self.findings) if one.level is not Level.OK}
        problems = GaugeMetricFamily(
            "newsletter_problem",
            "What should be and is not: 0 well, 1 warning, 2 critical",
            labels=["kind"],
        )
        for kind in Kind:
            if kind not in {Kind.DONE, Kind.UNIT}:
                problems.add_metric([kind], worst.get(kind, Level.OK))
        yield problems
        readers = GaugeMetricFamily(
            "newsletter_subscribers", "Subscribers by status and language", labels=["status", "language"]
        )
        for labels, number in self.list.items():
            readers.add_metric(labels, number)
        yield readers
        if self.facts is not None:
            yield from _collect_facts(self.facts)
        yield from _collect_letter(self.letter)


def _collect_facts(facts: Facts) -> Iterator[Metric]:
    waited = (facts.now - facts.oldest).total_seconds() if facts.oldest else 0
    numbers = {
        "newsletter_notices_waiting": ("Mails of the service that wait to be sent", facts.notices),
        "newsletter_notice_oldest_seconds": ("How long the oldest of them has waited", max(0, waited)),
        "newsletter_reports_held": ("Bounces and complaints that are held back in a flood", facts.held),
        "newsletter_disk_free_bytes": ("Free space on the disk of the list", facts.free),
        "newsletter_relay_up": ("Whether the relay took the last mail, as far as is known", not facts.relay),
        "newsletter_letter_due_timestamp_seconds": (
            "When the letter that was due last could begin to leave",
            facts.window.opens.timestamp(),
        ),
    }
    if facts.backup is not None:
        numbers["newsletter_backup_timestamp_seconds"] = (
            "When the newest back-up was made",
            facts.backup.timestamp(),
        )
    for name, (text, value) in numbers.items():
        yield GaugeMetricFamily(name, text, value=float(value))
    states = StateSetMetricFamily(
        "newsletter_letter", "State of the letter that is due, or was last", labels=["week"]
    )
    states.add_metric([str(facts.week)], {state.value: state is facts.state for state in State})
    yield states


def _collect_letter(letter: _Letter | None) -> Iterator[Metric]:
    copies = GaugeMetricFamily(
        "newsletter_copies", "Copies of the newest letter by what came of them", labels=["week", "progress"]
    )
    finished = GaugeMetricFamily(
        "newsletter_letter_finished_timestamp_seconds", "When the newest letter was done", labels=["week"]
    )
    took = GaugeMetricFamily(
        "newsletter_letter_duration_seconds",
        "From the first copy that was accepted to the last",
        labels=["week"],
    )
    if letter is not None:
        week, tally = str(letter.mailing.week), letter.tally
        for name in ("accepted", "refused", "deferred", "in_doubt", "skipped", "remaining"):
            copies.add_metric([week, name], getattr(tally, name))
        if letter.mailing.finished is not None:
            finished.add_metric([week], letter.mailing.finished.timestamp())
        if letter.first is not None and letter.last is not None:
            took.add_metric([week], (letter.last - letter.first).total_seconds())
    yield from (copies, finished, took)


def write_metrics(
    root: Path, settings: Settings, database: Database, now: datetime, accept: str
) -> tuple[bytes, str]:
    """All of it in the form that `accept` asks for, and its type. Raises DatabaseError."""
    findings, facts = look_at(root, settings, database, now)
    with database.read() as transaction:
        readers = {
            (str(status), str(language)): number
            for (status, language), number in count_by_language(transaction).items()
        }
        newest = next(iter(mailings.list_mailings(transaction)), None)
        letter = None
        if newest is not None:
            first, last = mailings.find_span(transaction, newest.week)
            letter = _Letter(newest, mailings.tally(transaction, newest.week), first, last)
    registry = CollectorRegistry()
    registry.register(_Collector(findings, facts, readers, letter))
    encode, kind = choose_encoder(accept)
    return encode(registry), kind
