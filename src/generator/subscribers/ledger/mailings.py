"""The sending of an issue as a whole: frozen once, counted at any time, listed where it is in doubt, tried again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, literal, or_, select, text, union_all, update

from generator.errors import MailingError
from generator.model import (
    CourseStep,
    Delivery,
    Event,
    Kind,
    Language,
    Mailing,
    Progress,
    Status,
    Tally,
    Week,
    is_lesson_day,
    parse_mailing_id,
)
from generator.subscribers.ledger.statements import OPEN
from generator.subscribers.list.audience import belongs, explain_nobody
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import (
    DEFERRED,
    DELIVERY,
    EVENT,
    FIRST,
    IS_LESSON,
    MAILING,
    MASTER,
    SUBSCRIBER,
    TOTAL,
    insert_missing,
    read_row,
)
from generator.subscribers.store.stamp import refuse_restored
from generator.subscribers.store.turns import await_confirming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from generator.model import MailingId
    from generator.subscribers.store.database import Transaction

STEP = 500
"""Rows in one statement."""

DAY = timedelta(days=1)
_LATEST = timedelta(weeks=1)
"""After so long, a first letter or a lesson that was planned and has not left is not looked for."""

_CAME = DELIVERY.c.progress.in_(
    (Progress.PLANNED, Progress.DEFERRED, Progress.SENDING, Progress.ACCEPTED, Progress.IN_DOUBT)
)
"""Whether the reader of a row has that letter, may have it, or is about to get it."""


def freeze(
    transaction: Transaction,
    mailing: Mailing,
    masters: Mapping[Language, bytes],
    day: date,
    began: datetime | None = None,
) -> Mailing:
    """Store what is sent (the master of each language and its SHA-256), and a planned row for each subscriber in the
    audience on `day`. Returns the mailing with the size of its audience.

    Who had a first letter or a lesson since today `began` gets it tomorrow, from the service, as first letters are
    sent: nobody gets two mails a day. Raises MailingError when the week is frozen already, the list was restored,
    nobody would get the letter, or somebody reads a language that has no edition; the caller then rolls back.
    """
    refuse_restored(transaction.connection)
    connection, week = transaction.connection, str(mailing.week)
    await_confirming(connection)
    made = connection.execute(
        insert_missing(connection, MAILING)
        .values(
            week=week,
            frozen=mailing.frozen,
            commit=mailing.commit,
            certainty=mailing.certainty,
            key=mailing.key,
            planned=0,
            trouble="",
        )
        .returning(MAILING.c.week)
    ).first()
    if made is None:
        raise MailingError(
            f"the letter of {week} is already frozen; to continue it, run `newsletter resume {week}`"
        )
    connection.execute(
        insert(MASTER),
        [
            {"week": week, "language": language, "digest": _digest(content), "content": content}
            for language, content in masters.items()
        ],
    )
    audience = belongs(mailing.certainty, day)
    without = connection.execute(
        select(SUBSCRIBER.c.language).where(audience, SUBSCRIBER.c.language.not_in(list(masters))).limit(1)
    ).scalar()
    if without:
        raise MailingError(f"the letter of {week} has no edition in “{without}”, which some subscribers read")
    planned = connection.execute(
        insert(DELIVERY).from_select(
            ["week", "subscriber_id", "language", "progress", "attempts", "reply"],
            select(
                literal(week),
                SUBSCRIBER.c.id,
                SUBSCRIBER.c.language,
                literal(Progress.PLANNED.value),
                literal(0),
                literal(""),
            )
            .where(audience)
            .order_by(SUBSCRIBER.c.id),
        ),
        execution_options={"preserve_rowcount": True},
    ).rowcount
    if not planned:
        why = explain_nobody(transaction, mailing.certainty, day)
        raise MailingError(f"nobody would get the letter of {week}{': ' if why else ''}{why}")
    connection.execute(update(MAILING).where(MAILING.c.week == week).values(planned=planned))
    if began:
        _put_off(connection, week, began, mailing.frozen)
    if connection.dialect.name == "postgresql":
        # Its planner knows nothing of this week yet, and would sort all of its rows to reserve the next two hundred.
        connection.execute(text("ANALYZE delivery"))
    transaction.log(Happened.BEGUN, week, mailing.frozen)
    return replace(mailing, planned=planned)


def _put_off(connection: Connection, week: str, began: datetime, now: datetime) -> None:
    sound = select(MAILING.c.week).where(MAILING.c.trouble == "")
    if not is_lesson_day((began + DAY / 2).date()):  # noon, which has this date in UTC as well
        sound = sound.where(~IS_LESSON)
    had = select(DELIVERY.c.subscriber_id).where(
        DELIVERY.c.week.in_(_list_recent(connection)),
        FIRST,
        DELIVERY.c.joined >= began - _LATEST,
        _CAME,
        or_(
            DELIVERY.c.joined >= began,
            DELIVERY.c.at >= began,  # planned before today, and not sent before it
            and_(DELIVERY.c.week.in_(sound), OPEN),  # it leaves as soon as it can
        ),
    )
    tomorrow = now + DAY
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.week == week, DELIVERY.c.subscriber_id.in_(had))
        .values(progress=Progress.DEFERRED, not_before=tomorrow, joined=tomorrow)
    )


def had_mail(connection: Connection, since: datetime, but: CourseStep | None = None) -> ColumnElement[bool]:
    """Whether a row of SUBSCRIBER is somebody who had a mail of ours since a moment, or is to get a first letter or a
    lesson that was planned since; another one than that of `but`.
    """
    others = [week for week in _list_recent(connection) if week != str(but)]
    return exists().where(
        DELIVERY.c.week.in_(others),
        DELIVERY.c.subscriber_id == SUBSCRIBER.c.id,
        or_(DELIVERY.c.at >= since, DELIVERY.c.joined >= since),
        _CAME,
    )


def _list_recent(connection: Connection) -> list[str]:
    """The mailings of which there are rows; few, so that the key of a row, which begins with them, is found."""
    return list(connection.execute(select(MAILING.c.week).where(MAILING.c.planned > 0)).scalars())


def find_mailing(transaction: Transaction, week: MailingId) -> Mailing | None:
    """The mailing of a week; None when it was never frozen."""
    row = transaction.connection.execute(select(MAILING).where(MAILING.c.week == str(week))).first()
    return _mailing(row) if row else None


def list_mailings(transaction: Transaction) -> list[Mailing]:
    """The mailings of all weeks, newest first; and then those of lessons, the first one first."""
    rows = transaction.connection.execute(select(MAILING).order_by(MAILING.c.week))
    found = [_mailing(row) for row in rows]
    letters = [one for one in found if isinstance(one.week, Week)]
    return letters[::-1] + [one for one in found if one not in letters]


def find_masters(transaction: Transaction, week: Week) -> dict[Language, bytes]:
    """The masters that were frozen. Raises MailingError when their bytes do not have the digest that was stored."""
    rows = transaction.connection.execute(select(MASTER).where(MASTER.c.week == str(week)))
    return {row.language: _check_master(row) for row in rows}


def find_master(transaction: Transaction, step: CourseStep, digest: str) -> bytes | None:
    """A master of a lesson, which may be one of many. Raises MailingError, as above."""
    row = transaction.connection.execute(
        select(MASTER).where(MASTER.c.week == str(step), MASTER.c.digest == digest)
    ).first()
    return _check_master(row) if row else None


def _check_master(row: Row[Any]) -> bytes:
    content: bytes = row.content
    if _digest(content) != row.digest:
        raise MailingError(
            f"the letter of {row.week} ({row.language}) has changed in the database since it was frozen"
        )
    return content


def find_digests(transaction: Transaction, week: MailingId) -> dict[Language, str]:
    """SHA-256 of what was frozen, hexadecimal; of a lesson, of any of its masters."""
    rows = transaction.connection.execute(
        select(MASTER.c.language, MASTER.c.digest).where(MASTER.c.week == str(week))
    )
    return {language: digest for language, digest in rows}  # noqa: C416 - mypy knows no dict of rows


def tally(transaction: Transaction, week: MailingId, *, first: bool = False) -> Tally:
    """How many rows have which progress; always balances. All are 0 for a mailing that was never frozen.

    `first`: of first letters only, as long as their rows are not forgotten.
    """
    if first:
        return _tally_first(transaction, week)
    mailing = find_mailing(transaction, week)
    rows = transaction.connection.execute(
        union_all(
            select(DELIVERY.c.progress, func.count())
            .where(DELIVERY.c.week == str(week))
            .group_by(DELIVERY.c.progress),
            select(TOTAL.c.progress, TOTAL.c.count).where(TOTAL.c.week == str(week)),
        )
    )
    found = Counter[Progress]()
    for progress, count in rows:
        found[progress] += count
    return Tally(
        planned=mailing.planned if mailing else 0,
        accepted=found[Progress.ACCEPTED],
        refused=found[Progress.REFUSED],
        deferred=found[Progress.DEFERRED],
        in_doubt=found[Progress.IN_DOUBT],
        skipped=found[Progress.SKIPPED],
        remaining=found[Progress.PLANNED] + found[Progress.SENDING],
    )


def _tally_first(transaction: Transaction, week: MailingId) -> Tally:
    # Grouped here: an index finds the few of them, and none counts.
    rows = transaction.connection.execute(
        select(DELIVERY.c.progress).where(DELIVERY.c.week == str(week), FIRST)
    ).scalars()
    found = Counter(rows)
    return Tally(
        planned=found.total(),
        accepted=found[Progress.ACCEPTED],
        refused=found[Progress.REFUSED],
        deferred=found[Progress.DEFERRED],
        in_doubt=found[Progress.IN_DOUBT],
        skipped=found[Progress.SKIPPED],
        remaining=found[Progress.PLANNED] + found[Progress.SENDING],
    )


def count_put_off(transaction: Transaction, week: MailingId) -> int:
    """How many letters wait that no run has to wait for.

    Of a letter, those that the service sends when they are due: first letters, and those of readers who had another
    mail on the day of this one. Of a lesson, those that were put off for such a day; the next run sends them.
    """
    if isinstance(week, Week):
        first = _tally_first(transaction, week)
        return first.remaining + first.deferred
    put_off = and_(DELIVERY.c.week == str(week), DEFERRED, DELIVERY.c.attempts == 0)
    return transaction.connection.execute(
        select(func.count()).select_from(DELIVERY).where(put_off)
    ).scalar_one()


def put_off_lesson(transaction: Transaction, step: CourseStep, began: datetime, now: datetime) -> None:
    """Put off, by a day, what is left of a lesson for readers who had another mail since today `began`."""
    connection = transaction.connection
    had = select(SUBSCRIBER.c.id).where(had_mail(connection, began, step))
    connection.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.week == str(step),
            DELIVERY.c.sender.is_(None),
            DELIVERY.c.progress.in_((Progress.PLANNED, Progress.DEFERRED)),
            DELIVERY.c.subscriber_id.in_(had),
        )
        .values(progress=Progress.DEFERRED, not_before=now + DAY)
    )


def find_next_due(transaction: Transaction, week: MailingId) -> datetime | None:
    """When the first deferred row is due, in UTC; None when there is none."""
    return transaction.connection.execute(
        select(func.min(DELIVERY.c.not_before)).where(DELIVERY.c.week == str(week), DEFERRED)
    ).scalar()


def find_last(transaction: Transaction, week: MailingId) -> datetime | None:
    """When something came of a letter for the last time, in UTC; None when nothing has yet."""
    return transaction.connection.execute(
        select(func.max(DELIVERY.c.at)).where(DELIVERY.c.week == str(week))
    ).scalar()


def find_span(transaction: Transaction, week: MailingId) -> tuple[datetime | None, datetime | None]:
    """When the first and the last copy were accepted, in UTC; None before, and when the rows are forgotten. First
    letters do not count: they leave days later.
    """
    first, last = transaction.connection.execute(
        select(func.min(DELIVERY.c.at), func.max(DELIVERY.c.at)).where(
            DELIVERY.c.week == str(week),
            DELIVERY.c.progress == Progress.ACCEPTED,
            DELIVERY.c.joined.is_(None),
        )
    ).one()
    return first, last


def list_deliveries(
    transaction: Transaction, week: MailingId, progress: Progress, most: int = 1000
) -> list[Delivery]:
    """At most `most` rows with this progress, by the id of the subscriber."""
    return _deliveries(transaction, and_(DELIVERY.c.week == str(week), DELIVERY.c.progress == progress), most)


def list_sent(transaction: Transaction, since: datetime) -> list[tuple[str, datetime]]:
    """The addresses of all letters that left since then, or may have, and when."""
    left = (Progress.ACCEPTED, Progress.SENDING, Progress.IN_DOUBT)
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.address, DELIVERY.c.at)
        .join(SUBSCRIBER, SUBSCRIBER.c.id == DELIVERY.c.subscriber_id)
        .where(DELIVERY.c.progress.in_(left), DELIVERY.c.at >= since)
    )
    return [(row.address, row.at) for row in rows]


def reopen(transaction: Transaction, week: MailingId, progress: Progress, now: datetime) -> int:
    """Plan the rows with this progress (REFUSED or IN_DOUBT) again; how many. Only of subscribers who are confirmed."""
    connection = transaction.connection
    confirmed = exists().where(
        SUBSCRIBER.c.id == DELIVERY.c.subscriber_id, SUBSCRIBER.c.status == Status.CONFIRMED
    )
    chosen = and_(DELIVERY.c.week == str(week), DELIVERY.c.progress == progress, confirmed)
    if isinstance(week, CourseStep):  # without its master, of which a restored list does not know
        chosen = and_(chosen, DELIVERY.c.master.is_not(None))
    numbers = (
        connection.execute(
            update(DELIVERY)
            .where(chosen)
            .values(progress=Progress.PLANNED, sender=None, not_before=None)
            .returning(DELIVERY.c.subscriber_id)
        )
        .scalars()
        .all()
    )
    if numbers:
        note_events(transaction, numbers, week, Kind.RETRIED, now)
        connection.execute(update(MAILING).where(MAILING.c.week == str(week)).values(finished=None))
    return len(numbers)


def stop(transaction: Transaction, week: MailingId, trouble: str) -> None:
    """Stop all senders of a mailing before they reserve again, and say why; an empty `trouble` lets them go on."""
    transaction.connection.execute(update(MAILING).where(MAILING.c.week == str(week)).values(trouble=trouble))


def close_unknown(transaction: Transaction, week: MailingId, now: datetime, trouble: str) -> None:
    """Keep a letter from being sent of which nothing is known but that others may have it: as one that is frozen for
    nobody, so that `newsletter withdraw` opens its week again.
    """
    connection = transaction.connection
    key = transaction.keys.fingerprint
    values = {"week": str(week), "frozen": now, "commit": "", "certainty": "", "key": key, "planned": 0}
    connection.execute(insert_missing(connection, MAILING).values(**values, trouble=trouble))


def finish(transaction: Transaction, week: MailingId, now: datetime) -> None:
    """Record when nothing was left to do. Idempotent: the first time counts."""
    transaction.connection.execute(
        update(MAILING).where(MAILING.c.week == str(week), MAILING.c.finished.is_(None)).values(finished=now)
    )


def note_events(
    transaction: Transaction, numbers: Sequence[int], week: MailingId, kind: Kind, now: datetime
) -> None:
    """Add the same event for many subscribers, in one INSERT for 500; those who were erased are left out."""
    columns = {"week": str(week), "kind": kind.value, "at": now, "detail": ""}
    for start in range(0, len(numbers), STEP):
        found = (
            select(SUBSCRIBER.c.id, *(literal(value, EVENT.c[name].type) for name, value in columns.items()))
            .where(SUBSCRIBER.c.id.in_(numbers[start : start + STEP]))
            .order_by(SUBSCRIBER.c.id)
            .with_for_update(read=True, key_share=True)  # nobody erases them before it is kept
        )
        transaction.connection.execute(insert(EVENT).from_select(["subscriber_id", *columns], found))


def list_events(transaction: Transaction, subscriber_id: int) -> list[Event]:
    """All that happened to a subscriber's mail, oldest first."""
    rows = transaction.connection.execute(
        select(EVENT).where(EVENT.c.subscriber_id == subscriber_id).order_by(EVENT.c.at, EVENT.c.id)
    )
    return [read_row(Event, row, week=parse_mailing_id(row.week) if row.week else None) for row in rows]


def find_deliveries(transaction: Transaction, subscriber_id: int) -> list[Delivery]:
    """The letters that a subscriber was to get, oldest first."""
    weeks = select(MAILING.c.week).scalar_subquery()  # few: the key of a row begins with its week
    return _deliveries(
        transaction, and_(DELIVERY.c.week.in_(weeks), DELIVERY.c.subscriber_id == subscriber_id), None
    )


def _deliveries(transaction: Transaction, condition: ColumnElement[bool], most: int | None) -> list[Delivery]:
    rows = transaction.connection.execute(
        select(DELIVERY, SUBSCRIBER.c.address, SUBSCRIBER.c.handle)
        .outerjoin(SUBSCRIBER, SUBSCRIBER.c.id == DELIVERY.c.subscriber_id)
        .where(condition)
        .order_by(DELIVERY.c.week, DELIVERY.c.subscriber_id)
        .limit(most)
    )
    return [
        read_row(
            Delivery, row, week=parse_mailing_id(row.week), address=row.address or "", handle=row.handle or ""
        )
        for row in rows
    ]


def _mailing(row: Row[Any]) -> Mailing:
    return read_row(Mailing, row, week=parse_mailing_id(row.week))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
