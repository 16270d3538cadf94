"""What a sender says to the database: each statement is compiled once for its week and number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from generator.model import Kind, Progress, Status
from generator.subscribers.ledger.prepared import Prepared
from generator.subscribers.store.schema import DEFERRED, DELIVERY, EVENT, MAILING, SENDER, SUBSCRIBER, Moment

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ClauseElement, ColumnElement, Dialect, Select

    from generator.model import Week

_NUMBER = bindparam("number", type_=Integer)
_NOW = bindparam("now", type_=Moment)
_MOST = bindparam("most", type_=Integer)
_REPLY = bindparam("answer", type_=String)

OPEN = or_(*(DELIVERY.c.progress == one for one in (Progress.PLANNED, Progress.DEFERRED, Progress.SENDING)))


class Statements:
    """See each one's comment; `number` is a subscriber."""

    def __init__(self, dialect: Dialect, week: Week, sender: int) -> None:
        """For one kind of database, one mailing and one sender."""

        def prepare(statement: ClauseElement) -> Prepared:
            return Prepared(statement, dialect)

        self._read_moment = Moment().dialect_impl(dialect).result_processor(dialect, None)
        this = DELIVERY.c.week == str(week)
        mine = and_(this, DELIVERY.c.subscriber_id == _NUMBER, DELIVERY.c.sender == sender)

        # Whether we count as alive, and why the mailing was stopped.
        self.find_standing = prepare(
            select(
                exists().where(SENDER.c.id == sender).label("alive"),
                select(MAILING.c.trouble)
                .where(MAILING.c.week == str(week))
                .scalar_subquery()
                .label("trouble"),
            )
        )
        free = and_(this, DELIVERY.c.sender.is_(None))
        self.reserve_planned = prepare(
            _reserve(
                select(DELIVERY.c.subscriber_id)
                .where(
                    free,
                    DELIVERY.c.progress == Progress.PLANNED,
                    DELIVERY.c.subscriber_id > bindparam("after", type_=Integer),
                )
                .order_by(DELIVERY.c.subscriber_id),
                this,
                sender,
            )
        )
        self.reserve_deferred = prepare(
            _reserve(
                select(DELIVERY.c.subscriber_id)
                .where(free, DEFERRED, DELIVERY.c.not_before <= _NOW)
                .order_by(DELIVERY.c.not_before),
                this,
                sender,
            )
        )
        self.find_next_due = prepare(select(func.min(DELIVERY.c.not_before)).where(this, DEFERRED))
        self.give_back = prepare(
            update(DELIVERY).where(mine, DELIVERY.c.progress != Progress.SENDING).values(sender=None)
        )
        self.accept = prepare(
            update(DELIVERY)
            .where(mine)
            .values(
                progress=Progress.ACCEPTED,
                reply=_REPLY,
                at=_NOW,
                sender=None,
                not_before=None,
                attempts=DELIVERY.c.attempts + 1,
            )
        )
        self.settle = prepare(
            update(DELIVERY)
            .where(mine)
            .values(
                progress=bindparam("to", type_=String),
                reply=_REPLY,
                at=_NOW,
                sender=None,
                not_before=bindparam("due", type_=Moment),
                attempts=DELIVERY.c.attempts + bindparam("more", type_=Integer),
            )
        )
        following = bindparam("following", type_=Integer)
        may_go = and_(
            OPEN,
            exists(select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.id == following, ~_stays_behind(week))),
        )
        # The next one, if it still may get its letter. Also when it is `sending` already: a commit of which we did not
        # hear the end is tried again.
        self.claim = prepare(
            update(DELIVERY)
            .where(this, DELIVERY.c.subscriber_id == following, DELIVERY.c.sender == sender, may_go)
            .values(progress=Progress.SENDING, at=_NOW)
        )
        # Both at once, which is a transaction by itself: one journey to a server. Two rows, or what it found is to be
        # looked at one by one.
        last = DELIVERY.c.subscriber_id == _NUMBER
        self.accept_and_claim = prepare(
            update(DELIVERY)
            .where(
                this,
                DELIVERY.c.subscriber_id.in_([_NUMBER, following]),
                DELIVERY.c.sender == sender,
                or_(last, may_go),
            )
            .values(
                progress=case((last, Progress.ACCEPTED.value), else_=Progress.SENDING.value),
                reply=case((last, _REPLY), else_=DELIVERY.c.reply),
                at=_NOW,
                sender=case((last, null()), else_=DELIVERY.c.sender),
                not_before=case((last, null()), else_=DELIVERY.c.not_before),
                attempts=DELIVERY.c.attempts + case((last, 1), else_=0),
            )
        )
        self.skip = prepare(
            update(DELIVERY)
            .where(mine, OPEN)
            .values(progress=Progress.SKIPPED, at=_NOW, sender=None, not_before=None)
        )
        self.note = prepare(_note(bindparam("kind", type_=String), bindparam("detail", type_=String), week))
        why = case((SUBSCRIBER.c.status != Status.CONFIRMED, SUBSCRIBER.c.status), else_="paused")
        self.note_skip = prepare(_note(literal(Kind.SKIPPED.value), why, week))
        self.bounce = prepare(
            update(SUBSCRIBER)
            .where(SUBSCRIBER.c.id == _NUMBER, SUBSCRIBER.c.status == Status.CONFIRMED)
            .values(status=Status.BOUNCED, paused_until=None, changed=_NOW)
        )

    def read_moment(self, value: Any) -> datetime | None:
        """A moment as the driver gives it."""
        return self._read_moment(value) if self._read_moment else value


def _stays_behind(week: Week) -> ColumnElement[bool]:
    """Whether a subscriber gets no letter of this week after all."""
    return or_(
        SUBSCRIBER.c.status != Status.CONFIRMED,
        func.coalesce(SUBSCRIBER.c.paused_until > week.friday, False),
    )


def _reserve(found: Select[Any], this: ColumnElement[bool], sender: int) -> ClauseElement:
    """Rows that nobody has, ours from now on, with what a sender must know; without handle and address: erased."""
    # MATERIALIZED: PostgreSQL may not look for them twice, and lock others the second time.
    picked = found.limit(_MOST).with_for_update(skip_locked=True).cte("picked")
    return (
        update(DELIVERY)
        .where(this, DELIVERY.c.subscriber_id.in_(select(picked.c.subscriber_id)))
        .values(sender=sender)
        .returning(
            DELIVERY.c.subscriber_id,
            select(SUBSCRIBER.c.handle).where(SUBSCRIBER.c.id == DELIVERY.c.subscriber_id).scalar_subquery(),
            select(SUBSCRIBER.c.address).where(SUBSCRIBER.c.id == DELIVERY.c.subscriber_id).scalar_subquery(),
            DELIVERY.c.language,
            DELIVERY.c.attempts,
            DELIVERY.c.not_before,
        )
    )


def _note(kind: ColumnElement[Any], detail: ColumnElement[Any], week: Week) -> ClauseElement:
    """An event, if that subscriber is still there; nobody erases them before it is kept."""
    return insert(EVENT).from_select(
        ["subscriber_id", "week", "kind", "at", "detail"],
        select(SUBSCRIBER.c.id, literal(str(week)), kind, _NOW, detail)
        .where(SUBSCRIBER.c.id == _NUMBER)
        .with_for_update(read=True, key_share=True),
    )
