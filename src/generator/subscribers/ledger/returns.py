"""Bounces and complaints: which event is added, and when a subscriber is suppressed.

Recording is idempotent: one event of each kind counts for a letter, however often its report is read. A hard bounce
(the mailbox does not exist) suppresses at once, and a complaint too, for ever. Soft bounces (the mailbox is full, or
its server is away) suppress after three letters in a row, or five within 30 days. What is ours to mend (a block list,
our DNS, policy) never suppresses anybody; it is noted, and reported for each provider. When far more subscribers would
be suppressed than usual, for whatever reason, something else is wrong, such as a relay that refuses everything, a
provider that refuses us, or somebody who forges reports. Then they are held, running mailings stop, and an operator
decides (`newsletter receive --held`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from generator.model import Kind, Outcome, Progress, Status, Step, Week, key_of, parse_mailing_id
from generator.subscribers.ledger import mailings
from generator.subscribers.list import outbox, records, tokens
from generator.subscribers.list.tokens import Purpose
from generator.subscribers.store.log import Happened
from generator.subscribers.store.schema import DELIVERY, EVENT, MAILING, SUBSCRIBER

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from generator.model import MailingId, Subscriber
    from generator.subscribers.store.database import Transaction

IN_A_ROW = 3
"""Letters in succession that soft-bounced, after which the subscriber is suppressed."""

IN_A_MONTH = 5
"""The same within `MONTH`, in a row or not."""

MONTH = timedelta(days=30)

DAY = timedelta(hours=24)
"""In which a flood is seen."""

_FLOOD = (20, 20)
"""More than so many, and more than one in so many who are confirmed, who would be suppressed within a day."""

_FLOOD_OF_PROVIDER = (5, 2)
"""The same among the subscribers of one domain."""

_FLOOD_OF_COMPLAINTS = (5, 200)

_ENDING = (Kind.HARD, Kind.SOFT, Kind.COMPLAINT)

_OFTEN = "too often"

_LOOKED_BACK = 60
"""Letters before the newest, for a row."""


@dataclass(frozen=True, slots=True)
class Return:
    """A letter that came back."""

    kind: Kind
    """HARD, SOFT or COMPLAINT; REFUSED when it is ours to mend."""
    week: MailingId | None
    """None for a complaint that does not tell."""
    handle: str
    codes: str = ""
    cause: str = ""
    """What is ours to mend: see delivery.verdict.Meaning."""


def record(transaction: Transaction, found: Return, now: datetime) -> Outcome:
    """Add the event of a return, and suppress the subscriber when it calls for that.

    BOUNCED or COMPLAINED: suppressed. COUNTED: only recorded. SKIPPED: recorded, and not about the mailbox. KNOWN:
    recorded before, or erased since. HELD: in a flood; the first of a day stops all running mailings. Locks the
    subscriber until the transaction ends.
    """
    known = records.find_one(transaction, SUBSCRIBER.c.handle == found.handle)
    # Nobody else counts for them until the end of this transaction.
    subscriber = records.lock(transaction, known.id) if known else None
    if subscriber is None:
        return Outcome.KNOWN
    if _is_known(transaction, subscriber.id, found):
        return Outcome.KNOWN
    number = _note(
        transaction, subscriber.id, found.kind, found.week, now, f"{found.codes} {found.cause}".strip()
    )
    if found.kind is Kind.REFUSED:
        return Outcome.SKIPPED
    if not _would_suppress(transaction, subscriber, found, now):
        return Outcome.COUNTED
    if _is_flood(transaction, subscriber, found.kind, now):
        _hold(transaction, number, found, now)
        return Outcome.HELD
    return _end(transaction, subscriber, found, now)


def count_causes(transaction: Transaction, now: datetime) -> Counter[tuple[str, str]]:
    """How many letters were refused within a day for what is ours to mend, by provider (a domain) and cause."""
    rows = transaction.connection.execute(
        select(SUBSCRIBER.c.address, EVENT.c.detail)
        .join(SUBSCRIBER)
        .where(EVENT.c.kind == Kind.REFUSED, EVENT.c.at > now - DAY)
    )
    found = ((address.rpartition("@")[2], detail.lstrip("0123456789. ")) for address, detail in rows)
    return Counter((domain, cause) for domain, cause in found if cause)


def count_held(transaction: Transaction) -> Counter[str]:
    """How many returns are held, by kind and codes: `hard bounce 550 5.1.1`."""
    rows = transaction.connection.execute(
        select(EVENT.c.detail, func.count()).where(EVENT.c.kind == Kind.HELD).group_by(EVENT.c.detail)
    )
    return Counter({detail: number for detail, number in rows})  # noqa: C416 - mypy knows no dict of rows


def act_on_held(transaction: Transaction, now: datetime) -> int:
    """Treat everything that is held as if there had been no flood; how many subscribers that suppressed."""
    suppressed = 0
    rows = transaction.connection.execute(
        select(EVENT, SUBSCRIBER.c.handle)
        .join(SUBSCRIBER)
        .where(EVENT.c.kind == Kind.HELD)
        .order_by(EVENT.c.id)
    ).all()
    for row in rows:
        kind = next(kind for kind in _ENDING if row.detail.startswith(kind))
        codes = row.detail.removeprefix(kind).strip()
        transaction.connection.execute(
            update(EVENT).where(EVENT.c.id == row.id).values(kind=kind, detail=codes)
        )
        subscriber = records.lock(transaction, row.subscriber_id)
        found = Return(kind, parse_mailing_id(row.week) if row.week else None, row.handle, codes)
        if subscriber and _would_suppress(transaction, subscriber, found, now):
            _end(transaction, subscriber, found, now)
            suppressed += 1
    return suppressed


def drop_held(transaction: Transaction) -> int:
    """Discard everything that is held; how many. The events stay as DROPPED, so that the same report counts never."""
    return transaction.connection.execute(
        update(EVENT).where(EVENT.c.kind == Kind.HELD).values(kind=Kind.DROPPED)
    ).rowcount


def suppress_soft_bounced(transaction: Transaction, now: datetime) -> int:
    """Suppress the subscribers whose letters soft-bounced repeatedly while they were sent; how many.

    A sender only adds the event of each refusal, to stay fast; this looks at all of them afterwards. In a flood they
    are held, like what `record` is told of.
    """
    number = func.count()
    rows = transaction.connection.execute(
        select(EVENT.c.subscriber_id, func.max(EVENT.c.week))
        .join(SUBSCRIBER)
        .where(EVENT.c.kind == Kind.SOFT, EVENT.c.week.is_not(None), SUBSCRIBER.c.status == Status.CONFIRMED)
        .group_by(EVENT.c.subscriber_id)
        .having(number >= IN_A_ROW)
        .order_by(EVENT.c.subscriber_id)
    ).all()
    suppressed = 0
    for row in rows:
        subscriber, week = records.lock(transaction, row.subscriber_id), parse_mailing_id(row[1])
        if not subscriber or not _bounces_repeatedly(transaction, subscriber, week, now, last=True):
            continue
        found = Return(Kind.SOFT, week, subscriber.handle)
        if _is_flood(transaction, subscriber, Kind.SOFT, now):
            last = select(func.max(EVENT.c.id)).where(
                EVENT.c.subscriber_id == subscriber.id, EVENT.c.kind == Kind.SOFT, EVENT.c.week == str(week)
            )
            _hold(transaction, transaction.connection.execute(last).scalar_one(), found, now)
        else:
            _end(transaction, subscriber, found, now)
            suppressed += 1
    return suppressed


def _is_known(transaction: Transaction, subscriber_id: int, found: Return) -> bool:
    """Whether the same, or worse, was noted for this letter."""
    week = str(found.week) if found.week else None
    rows = transaction.connection.execute(
        select(EVENT.c.kind, EVENT.c.detail).where(
            EVENT.c.subscriber_id == subscriber_id,
            EVENT.c.week == week if week else EVENT.c.week.is_(None),
        )
    )
    kinds = {detail if kind in {Kind.HELD, Kind.DROPPED} else kind for kind, detail in rows}
    same = [found.kind, Kind.HARD] if found.kind is Kind.SOFT else [found.kind]
    return any(noted.startswith(kind) for noted in kinds for kind in same)


def _would_suppress(transaction: Transaction, subscriber: Subscriber, found: Return, now: datetime) -> bool:
    """Whether a return, noted already, ends anything. Who confirmed after that letter left has a mailbox."""
    if found.kind is Kind.COMPLAINT:
        return subscriber.status is not Status.COMPLAINED
    if subscriber.status is not Status.CONFIRMED:
        return False
    if found.kind is Kind.HARD:
        return not _confirmed_since(transaction, subscriber, found.week)
    return found.week is not None and _bounces_repeatedly(transaction, subscriber, found.week, now)


def _confirmed_since(transaction: Transaction, subscriber: Subscriber, week: MailingId | None) -> bool:
    if week is None:
        return False
    if isinstance(week, Week):
        frozen = transaction.connection.execute(
            select(MAILING.c.frozen).where(MAILING.c.week == str(week))
        ).scalar()
    else:  # a lesson has a moment of its own for each reader
        frozen = transaction.connection.execute(
            select(DELIVERY.c.joined).where(
                DELIVERY.c.week == str(week), DELIVERY.c.subscriber_id == subscriber.id
            )
        ).scalar()
    return any(
        consent.step is Step.CONFIRMED
        and (consent.at > frozen if frozen else isinstance(week, Week) and consent.at.date() > week.friday)
        for consent in subscriber.consents
    )


def _is_flood(transaction: Transaction, subscriber: Subscriber, kind: Kind, now: datetime) -> bool:
    """Whether too many would be suppressed within a day with this one: of all, of a provider, or for complaints."""
    complaints = _count_today(transaction, Kind.COMPLAINT, now) - 1  # this one was noted
    if kind is Kind.COMPLAINT and _exceeds(transaction, complaints, _FLOOD_OF_COMPLAINTS):
        return True
    suppressed = _count_today(transaction, Kind.SUPPRESSED, now)
    if _exceeds(transaction, suppressed, _FLOOD):
        return True
    if suppressed < _FLOOD_OF_PROVIDER[0]:
        return False
    same = SUBSCRIBER.c.key.endswith("@" + key_of(subscriber.address).rpartition("@")[2], autoescape=True)
    return _exceeds(
        transaction, _count_today(transaction, Kind.SUPPRESSED, now, same), _FLOOD_OF_PROVIDER, same
    )


def _exceeds(
    transaction: Transaction, noted: int, flood: tuple[int, int], among: ColumnElement[bool] | None = None
) -> bool:
    least, one_in = flood
    if noted < least:
        return False
    # Of those who were confirmed before it began: too many when there are no more than so many left. Not counted to the
    # end, since a long list is asked for every bounce.
    left = select(SUBSCRIBER.c.id).where(
        SUBSCRIBER.c.status == Status.CONFIRMED, *([] if among is None else [among])
    )
    return transaction.connection.execute(left.offset(noted * (one_in - 1)).limit(1)).first() is None


def _count_today(
    transaction: Transaction, kind: Kind, now: datetime, among: ColumnElement[bool] | None = None
) -> int:
    noted = select(func.count()).select_from(EVENT).where(EVENT.c.kind == kind, EVENT.c.at > now - DAY)
    if among is not None:
        noted = noted.join(SUBSCRIBER).where(among)
    return transaction.connection.execute(noted).scalar_one()


def _hold(transaction: Transaction, number: int, found: Return, now: datetime) -> None:
    """Turn the event with this number into one that waits for an operator."""
    if not _count_today(transaction, Kind.HELD, now):  # who resumes a mailing during a flood knows of it
        _stop_all(transaction)
    transaction.connection.execute(
        update(EVENT)
        .where(EVENT.c.id == number)
        .values(kind=Kind.HELD, at=now, detail=f"{found.kind} {found.codes}".strip())
    )


def _stop_all(transaction: Transaction) -> None:
    running = transaction.connection.execute(
        select(MAILING.c.week).where(MAILING.c.finished.is_(None), MAILING.c.trouble == "")
    ).scalars()
    for week in list(running):
        mailings.stop(
            transaction,
            parse_mailing_id(week),
            "far more bounces or complaints than usual; see `newsletter receive --held show`",
        )


def _end(transaction: Transaction, subscriber: Subscriber, found: Return, now: datetime) -> Outcome:
    """Suppress the subscriber because of a return."""
    status = Status.COMPLAINED if found.kind is Kind.COMPLAINT else Status.BOUNCED
    why = _OFTEN if found.kind is Kind.SOFT else found.codes
    suppress(transaction, subscriber, status, found.week, now, why)
    return Outcome.COMPLAINED if found.kind is Kind.COMPLAINT else Outcome.BOUNCED


def _bounces_repeatedly(
    transaction: Transaction, subscriber: Subscriber, week: MailingId, now: datetime, *, last: bool = False
) -> bool:
    """Whether IN_A_ROW letters in succession, this one among them, soft-bounced, or IN_A_MONTH within MONTH.

    `last`: and no later letter was accepted.
    """
    connection = transaction.connection
    # What came before they were suppressed ended with their new confirmation.
    suppressed = select(func.coalesce(func.max(EVENT.c.id), 0)).where(
        EVENT.c.subscriber_id == subscriber.id, EVENT.c.kind == Kind.SUPPRESSED
    )
    rows = connection.execute(
        select(EVENT.c.week, EVENT.c.at).where(
            EVENT.c.subscriber_id == subscriber.id,
            EVENT.c.kind == Kind.SOFT,
            EVENT.c.week.is_not(None),
            EVENT.c.id > suppressed.scalar_subquery(),
        )
    ).all()
    newest = select(MAILING.c.week).order_by(MAILING.c.week.desc()).limit(_LOOKED_BACK)
    sent = connection.execute(
        select(DELIVERY.c.week).where(
            DELIVERY.c.week.in_(newest.scalar_subquery()),
            DELIVERY.c.subscriber_id == subscriber.id,
            DELIVERY.c.progress.in_([Progress.ACCEPTED, Progress.REFUSED]),
        )
    ).scalars()
    back = {found for found, _ in rows}
    weeks = sorted({*sent, *back})
    if last and weeks[-1:] != [str(week)]:
        return False  # or none at all is known any more: rows of the ledger are forgotten before events
    if len({found for found, at in rows if at > now - MONTH}) >= IN_A_MONTH:
        return True
    row = 0
    for number, one in enumerate(weeks):
        row = row + 1 if one in back else 0
        # The row that this letter stands in, to its end.
        if row >= IN_A_ROW and str(week) in weeks[number - row + 1 : number + 1]:
            return True
    return False


def suppress(  # noqa: PLR0913 - who, how, when and why
    transaction: Transaction,
    subscriber: Subscriber,
    status: Status,
    week: MailingId | None,
    now: datetime,
    why: str,
) -> None:
    """Send no letters any more; after a complaint no notice either."""
    records.save(transaction, subscriber.id, status=status, paused_until=None, changed=now)
    tokens.use_all(transaction, subscriber.id, Purpose.CONFIRM, now)
    outbox.withdraw(transaction, subscriber.id)
    _note(transaction, subscriber.id, Kind.SUPPRESSED, week, now, why)
    happened = Happened.COMPLAINED if status is Status.COMPLAINED else Happened.BOUNCED
    transaction.log_person(happened, subscriber.address, now)


def _note(  # noqa: PLR0913 - the columns
    transaction: Transaction,
    subscriber_id: int,
    kind: Kind,
    week: MailingId | None,
    now: datetime,
    detail: str,
) -> int:
    """Add an event; its number."""
    row = insert(EVENT).values(
        subscriber_id=subscriber_id,
        week=str(week) if week else None,
        kind=kind,
        at=now,
        detail=detail.strip(),
    )
    number: int = transaction.connection.execute(row.returning(EVENT.c.id)).scalar_one()
    return number
