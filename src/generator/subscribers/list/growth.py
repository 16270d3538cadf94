"""How the list grows: who came and who went by week, from which form or file, and what comes back by provider.

Numbers only: no query here returns an address.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from generator.model import TOLD, Kind, Origin, Status, Step, Week
from generator.subscribers.store.schema import CONSENT, EVENT, SUBSCRIBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement

    from generator.model import Language
    from generator.subscribers.store.database import Transaction

_CAME = (Step.CONFIRMED, Step.ADDED, Step.IMPORTED)

_BEGAN = (Step.ASKED, Step.ADDED, Step.IMPORTED)
"""The steps whose source says where somebody came from; that of CONFIRMED is always the same page."""

RETURNS = (Kind.HARD, Kind.SOFT, Kind.REFUSED, Kind.COMPLAINT, Kind.HELD)


@dataclass(frozen=True, slots=True)
class Growth:
    """What happened to the list in one week. Who was erased since is in none of these numbers."""

    week: Week
    came: int
    left: int
    """By their own wish."""
    ended: int
    """By us, after bounces or a complaint."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A domain, and what came back from it."""

    domain: str
    readers: int
    """Confirmed now."""
    events: Mapping[Kind, int]


def count_growth(transaction: Transaction, weeks: Iterable[Week]) -> list[Growth]:
    """A row for each of these weeks, oldest first; days begin at midnight UTC."""
    wanted = sorted(weeks)
    start = _start(wanted)
    came = _by_week(transaction, CONSENT.c.at, start, CONSENT.c.step.in_(_CAME))
    left = _by_week(transaction, CONSENT.c.at, start, CONSENT.c.step == Step.WITHDRAWN)
    ended = _by_week(transaction, EVENT.c.at, start, EVENT.c.kind == Kind.SUPPRESSED)
    return [Growth(week, came[week], left[week], ended[week]) for week in wanted]


def _start(weeks: Sequence[Week]) -> datetime:
    monday = weeks[0].friday - timedelta(days=4)
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)


def _by_week(
    transaction: Transaction, at: Column[datetime], start: datetime, condition: ColumnElement[bool]
) -> Counter[Week]:
    day = func.date(at)
    rows = transaction.connection.execute(
        select(day, func.count()).where(condition, at >= start).group_by(day)
    )
    found: Counter[Week] = Counter()
    for when, number in rows:
        found[Week.of(date.fromisoformat(str(when)))] += number  # SQLite gives text, PostgreSQL a date
    return found


def count_readers(transaction: Transaction) -> dict[Language, dict[Status, int]]:
    """The subscribers by language and status; 0 where there is none."""
    found: dict[Language, dict[Status, int]] = {}
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.language, SUBSCRIBER.c.status, func.count())
        .group_by(SUBSCRIBER.c.language, SUBSCRIBER.c.status)
        .order_by(SUBSCRIBER.c.language.desc())
    )
    for language, status, number in rows:
        found.setdefault(language, dict.fromkeys(Status, 0))[status] = number
    return found


def count_sources(transaction: Transaction, since: datetime, most: int) -> list[tuple[str, int]]:
    """By which page, file or operator those came who are confirmed now, since a moment; the most frequent first."""
    number = func.count(SUBSCRIBER.c.id.distinct())
    rows = transaction.connection.execute(
        select(CONSENT.c.source, number)
        .join(SUBSCRIBER)
        .where(CONSENT.c.at >= since, CONSENT.c.step.in_(_BEGAN), SUBSCRIBER.c.status == Status.CONFIRMED)
        .group_by(CONSENT.c.source)
        .order_by(number.desc(), CONSENT.c.source)
        .limit(most)
    )
    return [(source, count) for source, count in rows]


def count_origins(transaction: Transaction, weeks: Iterable[Week]) -> list[tuple[Week, dict[Origin, int]]]:
    """By which way those came, in each of these weeks, who are confirmed now; oldest first. Each counts once.

    In the week, and by the way, of their last request.
    """
    wanted = sorted(weeks)
    last = select(func.max(CONSENT.c.id)).where(CONSENT.c.step.in_(_BEGAN)).group_by(CONSENT.c.subscriber_id)
    day = func.date(CONSENT.c.at)
    rows = transaction.connection.execute(
        select(day, CONSENT.c.step, CONSENT.c.source, func.count())
        .join(SUBSCRIBER)
        .where(
            CONSENT.c.id.in_(last), CONSENT.c.at >= _start(wanted), SUBSCRIBER.c.status == Status.CONFIRMED
        )
        .group_by(day, CONSENT.c.step, CONSENT.c.source)
    )
    found = {week: dict.fromkeys(Origin, 0) for week in wanted}
    for when, step, source, number in rows:
        if (week := Week.of(date.fromisoformat(str(when)))) in found:
            found[week][_origin(step, source)] += number
    return list(found.items())


def _origin(step: Step, source: str) -> Origin:
    if step is not Step.ASKED:
        return Origin.IMPORT if step is Step.IMPORTED else Origin.HAND
    return next((one for one in TOLD if source.endswith(f" ({one})")), Origin.SITE)


def count_returns(transaction: Transaction, since: datetime, most: int) -> list[Provider]:
    """The providers from which most came back since a moment; none that gave nothing back."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.key, EVENT.c.kind)
        .join(SUBSCRIBER)
        .where(EVENT.c.at >= since, EVENT.c.kind.in_(RETURNS))
    )
    found: dict[str, Counter[Kind]] = defaultdict(Counter)
    for key, kind in rows:
        found[key.rpartition("@")[2]][kind] += 1
    worst = sorted(found, key=lambda domain: (-found[domain].total(), domain))[:most]
    return [Provider(domain, _count_readers_at(transaction, domain), found[domain]) for domain in worst]


def _count_readers_at(transaction: Transaction, domain: str) -> int:
    same = SUBSCRIBER.c.key.endswith(f"@{domain}", autoescape=True)
    query = select(func.count()).where(SUBSCRIBER.c.status == Status.CONFIRMED, same)
    return transaction.connection.execute(query).scalar_one()
