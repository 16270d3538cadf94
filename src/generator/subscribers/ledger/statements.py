"""The statements that a sender runs for every letter, compiled once: see `Prepared`."""

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
    true,
    update,
)

from generator.model import CourseState, CourseStep, Kind, Progress, Status, Week
from generator.subscribers.ledger.prepared import Prepared
from generator.subscribers.store.schema import (
    BATCHED,
    COURSE,
    DEFERRED,
    DELIVERY,
    EVENT,
    FIRST,
    MAILING,
    SENDER,
    SUBSCRIBER,
    Moment,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ClauseElement, ColumnElement, Dialect, Select, Update

    from generator.model import MailingId

_NUMBER = bindparam("number", type_=Integer)
_NOW = bindparam("now", type_=Moment)
_DUE = bindparam("due", type_=Moment)
_MOST = bindparam("most", type_=Integer)
_REPLY = bindparam("answer", type_=String)
_FOLLOWING = bindparam("following", type_=Integer)
_BATCH = bindparam("batch", type_=String)

OPEN = or_(*(DELIVERY.c.progress == one for one in (Progress.PLANNED, Progress.DEFERRED, Progress.SENDING)))
"""Whether a row of the ledger is not settled."""


class Statements:
    """The statements of one sender about one mailing. Each is compiled once, and may be run any number of times.

    What is passed to `Prepared.run` by name: `number`, the id of a subscriber; `now`; and what is said below. Nothing
    here opens or ends a transaction: run by itself, each statement is one.
    """

    def __init__(self, dialect: Dialect, week: MailingId, sender: int, *, first: bool = False) -> None:
        """Compile them. `sender` is the number that `senders.enlist` gave; `first`: first letters only."""
        some = FIRST if first else true()

        def prepare(statement: ClauseElement) -> Prepared:
            return Prepared(statement, dialect)

        self._read_moment = Moment().dialect_impl(dialect).result_processor(dialect, None)
        self.find_standing = prepare(_find_standing(week, sender))
        """`alive`: whether this sender is enlisted still; `trouble`: why the mailing was stopped, or empty."""
        self.reserve_planned = prepare(_reserve(_pick_planned(week).where(some), week, sender))
        """At most `most` planned rows of subscribers whose id is above `after`; see `_reserve`."""
        self.reserve_deferred = prepare(_reserve(_pick_deferred(week).where(some), week, sender))
        """At most `most` deferred rows that are due at `now`; see `_reserve`."""
        self.find_next_due = prepare(select(func.min(DELIVERY.c.not_before)).where(_of(week), DEFERRED, some))
        """When the first deferred row is due, as the driver gives it: see `read_moment`."""
        self.give_back = prepare(
            _update_mine(week, sender).where(DELIVERY.c.progress != Progress.SENDING).values(sender=None)
        )
        """Free a row that was reserved and is not being sent."""
        self.hasten = prepare(
            update(DELIVERY)
            .where(
                *(_of(week), DELIVERY.c.subscriber_id == _NUMBER, DELIVERY.c.sender.is_(None), DEFERRED),
                DELIVERY.c.not_before > _DUE,
            )
            .values(not_before=_DUE)
        )
        """A deferred row that nobody has reserved is due at `due`, if it was to be later."""
        self.accept = prepare(
            _update_mine(week, sender).values(
                progress=Progress.ACCEPTED,
                attempts=DELIVERY.c.attempts + 1,
                **_SETTLED,
                not_before=None,
                handed=func.nullif(bindparam("handed", type_=String), ""),
            )
        )
        """The relay accepted it, and said `answer`; it calls it `handed`, or nothing."""
        self.settle = prepare(
            _update_mine(week, sender).values(
                progress=bindparam("to", type_=String),
                attempts=DELIVERY.c.attempts + bindparam("more", type_=Integer),
                **_SETTLED,
                not_before=_DUE,
            )
        )
        """Any other end of an attempt: `to` is the progress, `due` when to try again, `more` is added to attempts."""
        self.claim = prepare(_claim(week, sender))
        """The row of `following` is being sent, if it may be. Idempotent, for a commit whose reply was lost."""
        self.accept_and_claim = prepare(_accept_and_claim(week, sender))
        """`accept` and `claim` in one round trip. When it finds fewer than two rows, run them one by one."""
        self.mark = prepare(
            _update_mine(week, sender)
            .where(OPEN)
            .values(batch=_BATCH, content=bindparam("content", type_=String))
        )
        """A reserved row will be part of `batch`; `content` is the digest of what is sent."""
        self.claim_batch = prepare(
            update(DELIVERY)
            .where(_of(week), _IN_BATCH, DELIVERY.c.sender == sender, _may_go(week, DELIVERY.c.subscriber_id))
            .values(progress=Progress.SENDING, at=_NOW, until=bindparam("until", type_=Moment))
            .returning(DELIVERY.c.subscriber_id)
        )
        """The rows of `batch` are being sent, those that may be. Returns their ids. Idempotent."""
        self.release_batch = prepare(
            update(DELIVERY).where(_of(week), _IN_BATCH, DELIVERY.c.sender == sender).values(sender=None)
        )
        """What is still being sent of `batch` is free, for who sends it again."""
        self.find_batch = prepare(
            select(func.min(DELIVERY.c.batch)).where(
                _of(week),
                BATCHED,
                DELIVERY.c.sender.is_(None),
                DELIVERY.c.until > _NOW,
                DELIVERY.c.batch.like(bindparam("account", type_=String)),
            )
        )
        """A batch that no sender has, and that may be sent again at `now`, with a name like `account`."""
        self.adopt_batch = prepare(
            update(DELIVERY)
            .where(_of(week), _IN_BATCH, DELIVERY.c.sender.is_(None))
            .values(sender=sender)
            .returning(
                *_DUE_COLUMNS,
                DELIVERY.c.content,
                DELIVERY.c.until,
                exists(
                    select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.id == DELIVERY.c.subscriber_id, _gets(week))
                ).label("wanted"),
            )
        )
        """Take over all of `batch`. Returns what `_reserve` does, and the columns of a Begun."""
        self.skip = prepare(
            _update_mine(week, sender)
            .where(OPEN)
            .values(progress=Progress.SKIPPED, at=_NOW, sender=None, not_before=None, **UNBATCHED)
        )
        """This subscriber does not get the letter after all."""
        self.note = prepare(_note(bindparam("kind", type_=String), bindparam("detail", type_=String), week))
        """Add an event of a `kind`, with its codes in `detail`."""
        paused = "paused" if isinstance(week, Week) else "paused, or without the course"
        why = case((SUBSCRIBER.c.status != Status.CONFIRMED, SUBSCRIBER.c.status), else_=paused)
        self.note_skip = prepare(_note(literal(Kind.SKIPPED.value), why, week))
        """Add the event of a letter that was skipped, and why."""
        self.bounce = prepare(
            update(SUBSCRIBER)
            .where(SUBSCRIBER.c.id == _NUMBER, SUBSCRIBER.c.status == Status.CONFIRMED)
            .values(status=Status.BOUNCED, paused_until=None, changed=_NOW)
            .returning(SUBSCRIBER.c.address)
        )
        """Suppress a confirmed subscriber: the mailbox does not exist. Returns the address."""

    def read_moment(self, value: Any) -> datetime | None:
        """A moment as the driver gives it → in UTC."""
        return self._read_moment(value) if self._read_moment else value


_IN_BATCH = and_(BATCHED, DELIVERY.c.batch == _BATCH)

_DUE_COLUMNS: tuple[ColumnElement[Any], ...] = (
    DELIVERY.c.subscriber_id,
    select(SUBSCRIBER.c.handle).where(SUBSCRIBER.c.id == DELIVERY.c.subscriber_id).scalar_subquery(),
    select(SUBSCRIBER.c.address).where(SUBSCRIBER.c.id == DELIVERY.c.subscriber_id).scalar_subquery(),
    DELIVERY.c.language,
    DELIVERY.c.attempts,
    DELIVERY.c.not_before,
    DELIVERY.c.joined,
    DELIVERY.c.welcome,
    DELIVERY.c.master,
)
"""What a Due is made of; handle and address are NULL when the subscriber was erased."""

UNBATCHED: dict[str, Any] = {"batch": None, "content": None, "until": None}
"""A row that is not being sent with a key, or no longer."""

_SETTLED: dict[str, Any] = {"reply": _REPLY, "at": _NOW, "sender": None, **UNBATCHED}
"""What every attempt leaves in its row."""


def _of(week: MailingId) -> ColumnElement[bool]:
    return DELIVERY.c.week == str(week)


def _update_mine(week: MailingId, sender: int) -> Update:
    """An UPDATE of the row of `number`, as long as this sender has reserved it."""
    return update(DELIVERY).where(_of(week), DELIVERY.c.subscriber_id == _NUMBER, DELIVERY.c.sender == sender)


def _find_standing(week: MailingId, sender: int) -> Select[Any]:
    trouble = select(MAILING.c.trouble).where(MAILING.c.week == str(week)).scalar_subquery()
    return select(exists().where(SENDER.c.id == sender).label("alive"), trouble.label("trouble"))


def _pick_planned(week: MailingId) -> Select[Any]:
    """In the order of the list."""
    return (
        select(DELIVERY.c.subscriber_id)
        .where(
            _of(week),
            DELIVERY.c.sender.is_(None),
            DELIVERY.c.progress == Progress.PLANNED,
            DELIVERY.c.subscriber_id > bindparam("after", type_=Integer),
        )
        .order_by(DELIVERY.c.subscriber_id)
    )


def _pick_deferred(week: MailingId) -> Select[Any]:
    """Those that are due for the longest time first."""
    return (
        select(DELIVERY.c.subscriber_id)
        .where(_of(week), DELIVERY.c.sender.is_(None), DEFERRED, DELIVERY.c.not_before <= _NOW)
        .order_by(DELIVERY.c.not_before)
    )


def _claim(week: MailingId, sender: int) -> Update:
    return (
        update(DELIVERY)
        .where(
            _of(week),
            DELIVERY.c.subscriber_id == _FOLLOWING,
            DELIVERY.c.sender == sender,
            _may_go(week, _FOLLOWING),
        )
        .values(progress=Progress.SENDING, at=_NOW)
    )


def _accept_and_claim(week: MailingId, sender: int) -> Update:
    last = DELIVERY.c.subscriber_id == _NUMBER
    return (
        update(DELIVERY)
        .where(
            _of(week),
            DELIVERY.c.subscriber_id.in_([_NUMBER, _FOLLOWING]),
            DELIVERY.c.sender == sender,
            or_(last, _may_go(week, _FOLLOWING)),
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


def _may_go(week: MailingId, number: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the row of this number is not settled, and its subscriber still gets this letter or lesson."""
    return and_(OPEN, exists(select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.id == number, _gets(week))))


def _gets(week: MailingId) -> ColumnElement[bool]:
    """Whether a subscriber gets this letter or lesson."""
    day = week.friday if isinstance(week, Week) else func.date(_NOW)
    gets = and_(
        SUBSCRIBER.c.status == Status.CONFIRMED, ~func.coalesce(SUBSCRIBER.c.paused_until > day, False)
    )
    if isinstance(week, CourseStep):
        running = and_(COURSE.c.subscriber_id == SUBSCRIBER.c.id, COURSE.c.state == CourseState.RUNNING)
        gets = and_(gets, exists().where(running))
    return gets


def _reserve(found: Select[Any], week: MailingId, sender: int) -> ClauseElement:
    """Reserve rows that no other sender has. Returns id, handle, address, language, attempts, not_before, joined,
    welcome and master; handle and address are NULL when the subscriber was erased. Rows that another transaction has
    locked are passed over.
    """
    # MATERIALIZED: PostgreSQL may not look for them twice, and lock others the second time.
    picked = found.limit(_MOST).with_for_update(skip_locked=True).cte("picked")
    chosen = update(DELIVERY).where(_of(week), DELIVERY.c.subscriber_id.in_(select(picked.c.subscriber_id)))
    return chosen.values(sender=sender).returning(*_DUE_COLUMNS)


def _note(kind: ColumnElement[Any], detail: ColumnElement[Any], week: MailingId) -> ClauseElement:
    """An event, if the subscriber is still there; the row is locked, so that nobody erases them before the commit."""
    return insert(EVENT).from_select(
        ["subscriber_id", "week", "kind", "at", "detail"],
        select(SUBSCRIBER.c.id, literal(str(week)), kind, _NOW, detail)
        .where(SUBSCRIBER.c.id == _NUMBER)
        .with_for_update(read=True, key_share=True),
    )
