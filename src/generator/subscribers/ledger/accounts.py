"""The account of a mailing: how many stand where, in which language, and why; without a name or an address in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from generator.model import Kind, Language, Mailing, Progress, Tally, Week
from generator.subscribers.ledger.answers import find_answers
from generator.subscribers.ledger.mailings import find_digests, find_mailing, find_span, tally
from generator.subscribers.store.schema import DELIVERY, EVENT
from generator.subscribers.transfer.formats import write_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from generator.model import MailingId, Useful
    from generator.subscribers.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a mailing as a whole."""

    mailing: Mailing
    tally: Tally
    digests: Mapping[Language, str]
    """SHA-256 of what was sent, hexadecimal."""
    languages: Mapping[Language, Mapping[Progress, int]]
    """Empty when it is so long ago that the rows are forgotten."""
    replies: tuple[tuple[Progress, str, int], ...]
    """Refused and deferred ones by what the relay said, the most frequent first."""
    skipped: Mapping[str, int]
    """Why they were: `unsubscribed`, `paused` …"""
    events: Mapping[Kind, int]
    """What happened about it, also afterwards: bounces, complaints."""
    first: datetime | None
    """When the first letter was accepted."""
    last: datetime | None
    answers: Mapping[Useful, int]
    """Whether it was of use to its readers; empty while too few have said so."""
    joined: int = 0
    """First letters among them, to who confirmed since it was frozen; they count in the tally."""
    joined_accepted: int = 0

    @property
    def rate(self) -> float | None:
        """Accepted letters a second, pauses counted; None when too few tell nothing."""
        if self.first is None or self.last is None or self.last <= self.first:
            return None
        return (self.tally.accepted - self.joined_accepted) / (self.last - self.first).total_seconds()

    def count(self, reply: str) -> int:
        """How many are deferred with this reply."""
        return sum(
            number
            for progress, said, number in self.replies
            if (progress, said) == (Progress.DEFERRED, reply)
        )

    def describe(self) -> dict[str, Any]:
        """The account as JSON knows it; moments are in UTC, as in an export."""
        mailing = self.mailing
        return {
            "week": str(mailing.week),
            "frozen": write_moment(mailing.frozen),
            "commit": mailing.commit,
            "certainty": mailing.certainty,
            "digests": dict(self.digests),
            "finished": write_moment(mailing.finished) if mailing.finished else None,
            "trouble": mailing.trouble,
            "tally": asdict(self.tally),
            "joined": self.joined,
            "balances": self.tally.balances,
            "first": write_moment(self.first) if self.first else None,
            "last": write_moment(self.last) if self.last else None,
            "languages": {language: dict(found) for language, found in self.languages.items()},
            "replies": [
                {"progress": progress, "reply": reply, "count": number}
                for progress, reply, number in self.replies
            ],
            "skipped": dict(self.skipped),
            "events": dict(self.events),
            "useful": dict(self.answers) or None,
        }


def find_account(transaction: Transaction, week: MailingId) -> Account | None:
    """The account of a mailing, from four queries over its rows; None when it was never frozen."""
    mailing = find_mailing(transaction, week)
    if mailing is None:
        return None
    connection, this = transaction.connection, DELIVERY.c.week == str(week)
    languages: dict[Language, dict[Progress, int]] = defaultdict(dict)
    rows = connection.execute(
        select(DELIVERY.c.language, DELIVERY.c.progress, func.count())
        .where(this)
        .group_by(DELIVERY.c.language, DELIVERY.c.progress)
        .order_by(DELIVERY.c.language.desc(), DELIVERY.c.progress)
    )
    for language, progress, number in rows:
        languages[language][progress] = number
    number = func.count()
    replies = connection.execute(
        select(DELIVERY.c.progress, DELIVERY.c.reply, number)
        .where(this, DELIVERY.c.progress.in_([Progress.REFUSED, Progress.DEFERRED]))
        .group_by(DELIVERY.c.progress, DELIVERY.c.reply)
        .order_by(number.desc(), DELIVERY.c.progress, DELIVERY.c.reply)
    )
    first, last = find_span(transaction, week)
    skipped, events = _count_events(transaction, week)
    # Every row of a lesson has a moment of its own; only among the rows of a letter it says something.
    joined = tally(transaction, week, first=True) if isinstance(week, Week) else Tally(0)
    return Account(
        mailing=mailing,
        tally=tally(transaction, week),
        digests=find_digests(transaction, week),
        languages=languages,
        replies=tuple((progress, reply, count) for progress, reply, count in replies),
        skipped=skipped,
        events=events,
        first=first,
        last=last,
        answers=find_answers(transaction, week) if isinstance(week, Week) else {},
        joined=joined.planned,
        joined_accepted=joined.accepted,
    )


def _count_events(transaction: Transaction, week: MailingId) -> tuple[dict[str, int], dict[Kind, int]]:
    skipped: Counter[str] = Counter()
    events: Counter[Kind] = Counter()
    rows = transaction.connection.execute(
        select(EVENT.c.kind, EVENT.c.detail, func.count())
        .where(EVENT.c.week == str(week))
        .group_by(EVENT.c.kind, EVENT.c.detail)
        .order_by(EVENT.c.kind, EVENT.c.detail)
    )
    for kind, detail, number in rows:
        if kind is Kind.SKIPPED:
            skipped[detail] += number
        events[kind] += number
    return dict(skipped), dict(events)
