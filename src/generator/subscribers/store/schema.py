"""The tables, as the newest migration leaves them; a test compares the two.

The type of a column says how a value is written there and read back: a row that SQLAlchemy returns holds a Language, a
Status, a moment in UTC. `read_row` makes the values of `generator.model` from such rows.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    and_,
    false,
    text,
)

from generator.model import (
    Asking,
    CourseState,
    Incident,
    Kind,
    Language,
    Notice,
    Progress,
    Status,
    Step,
    Useful,
    Week,
)

if TYPE_CHECKING:
    from enum import StrEnum

    from _typeshed import DataclassInstance
    from sqlalchemy import Connection, Dialect, Row
    from sqlalchemy.dialects import postgresql, sqlite


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite knows no time zones, so it keeps the time that a clock in UTC shows."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Ids(TypeDecorator[tuple[str, ...]]):
    """Ids, each once, between spaces, so that ` LIKE '% revenue %'` finds one: " referral revenue "; empty for all."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        ids = dict.fromkeys(" ".join(value or ()).split())
        return f" {' '.join(ids)} " if ids else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of the database."""
        return tuple((value or "").split())


class Code(TypeDecorator[Language]):
    """The code of a language."""

    impl = String(2)
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Language | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of the database."""
        return None if value is None else Language(value)


class WeekName(TypeDecorator[Week]):
    """A week, like 2026-W48."""

    impl = String(8)
    cache_ok = True

    def process_bind_param(self, value: Week | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Week | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of the database."""
        return None if value is None else Week.parse(value)


def _one_of(words: type[StrEnum], length: int) -> Enum:
    """A word of an enumeration, kept as text of at most `length` characters."""
    return Enum(
        words, native_enum=False, length=length, values_callable=lambda words: [str(one) for one in words]
    )


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_subscriber() -> Column[int]:
    return Column("subscriber_id", Integer, ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False)


DEFERRED = text("progress = 'deferred'")
"""Said in these words a condition finds its index, on both databases."""

JOINED = text("joined IS NOT NULL")
"""The same for first letters."""

BATCHED = text("batch IS NOT NULL")
"""The same for letters that are being sent with a key."""

WAITING = text("judged IS NULL")
"""The same for reports."""

SUBSCRIBER = Table(
    "subscriber",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("handle", String(16), nullable=False, unique=True),
    Column("address", Text, nullable=False),
    # The address as it is compared: see model.key_of.
    Column("key", Text, nullable=False, unique=True),
    Column("language", Code, nullable=False),
    Column("certainties", Ids, nullable=False, default=()),
    Column("status", _one_of(Status, 12), nullable=False),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("paused_until", Date),
    Index("ix_subscriber_status", "status", "id"),
    sqlite_autoincrement=True,  # a number is never given twice, not even after an erasure
)

WORDING = Table(
    "wording",
    METADATA,
    Column("version", String(16), primary_key=True),
    Column("language", Code, nullable=False),
    Column("text", Text, nullable=False),
)

CONSENT = Table(
    "consent",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_subscriber(),
    Column("step", _one_of(Step, 12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("network", Text, nullable=False, default=""),
    Column("version", String(16), ForeignKey("wording.version")),
    Index("ix_consent_subscriber_id", "subscriber_id"),
)

# Requests from strangers, until the worker processes them: one row each, whether the address is known or not.
WISH = Table(
    "wish",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("asking", _one_of(Asking, 12), nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Code, nullable=False),
    Column("certainties", Ids, nullable=False, default=()),
    Column("at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("network", Text, nullable=False, default=""),
    Column("version", String(16), ForeignKey("wording.version")),
    Column("course", Boolean, nullable=False, default=False, server_default=false()),
)

# How far readers are in the course: a row for each who ever asked for it, so that no lesson comes twice.
COURSE = Table(
    "course",
    METADATA,
    Column("subscriber_id", Integer, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("state", _one_of(CourseState, 8), nullable=False),
    # The next lesson, from 1.
    Column("step", Integer, nullable=False, default=1),
    # The first day on which it may leave, if the course is running; empty before it began.
    Column("due", Date),
    Column("changed", Moment, nullable=False),
    Index("ix_course_due", "due"),
)

# Notices to send. A row goes when its mail was handed over, and its address with it.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("notice", _one_of(Notice, 12), nullable=False),
    # Without a subscriber: the last notice after an erasure.
    Column("subscriber_id", Integer, ForeignKey("subscriber.id", ondelete="CASCADE")),
    Column("address", Text, nullable=False),
    Column("language", Code, nullable=False),
    Column("created", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Index("ix_outbox_not_before", "not_before"),
    Index("ix_outbox_subscriber_id", "subscriber_id"),
    sqlite_autoincrement=True,  # the log tells notices apart by their number
)

TOKEN = Table(
    "token",
    METADATA,
    # SHA-256 of the token; the token itself is only in the mail.
    Column("digest", LargeBinary(32), primary_key=True),
    _of_subscriber(),
    Column("purpose", String(12), nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    Index("ix_token_subscriber_id", "subscriber_id"),
    Index("ix_token_expires", "expires"),
)

# How often an address was written to at a stranger's request. The key is a keyed hash: no address stands here.
THROTTLE = Table(
    "throttle",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("notice", _one_of(Notice, 12), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", Moment, nullable=False),
)

# Who was erased, as a keyed hash: an import cannot bring them back, and nobody can read who they were.
SUPPRESSION = Table(
    "suppression",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)


# The sending of one issue.
MAILING = Table(
    "mailing",
    METADATA,
    Column("week", String(8), primary_key=True),
    Column("frozen", Moment, nullable=False),
    Column("commit", Text, nullable=False, default=""),
    Column("certainty", String(40), nullable=False),
    Column("key", String(16), nullable=False),
    Column("planned", Integer, nullable=False),
    Column("finished", Moment),
    Column("trouble", Text, nullable=False, default=""),
)

IS_LESSON = MAILING.c.week.like("course-%")
"""Whether a mailing is that of a lesson: it goes on for years, to each reader in their own week."""

# What its readers get: a whole message with stand-ins in the gaps, see render.master. A letter has one for each
# language; a lesson has another one after each change of its text, because it has new readers for years.
MASTER = Table(
    "master",
    METADATA,
    Column("week", String(8), ForeignKey("mailing.week"), primary_key=True),
    Column("language", Code, primary_key=True),
    # SHA-256 of the content, hexadecimal.
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# The ledger: one row for each (issue, subscriber), whatever the language. The number of who was erased stays, so that
# a mailing balances for ever; it leads to nobody then, so it refers to no table.
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("week", String(8), primary_key=True),
    Column("subscriber_id", Integer, primary_key=True, autoincrement=False),
    Column("language", Code, nullable=False),
    Column("progress", _one_of(Progress, 8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("reply", String(16), nullable=False, default=""),
    Column("at", Moment),
    # The sender that has reserved it or sends it.
    Column("sender", Integer),
    Column("not_before", Moment),
    # Of a first letter, whose reader confirmed after the others were planned: when, and its words of welcome.
    Column("joined", Moment),
    Column("welcome", String(64)),
    # Of a lesson: the digest of its master.
    Column("master", String(64)),
    # Of a letter that is being sent to an engine that knows it by a key: the request that it is part of, the digest of
    # what was sent, and until when the same may be sent again. Empty as soon as the engine has answered.
    Column("batch", String(48)),
    Column("content", String(32)),
    Column("until", Moment),
    # What the engine that accepted it calls it.
    Column("handed", String(64)),
    # Without `progress` on PostgreSQL: it writes a row in its place only when nothing changes that an index speaks of.
    Index("ix_delivery_deferred", "week", "not_before", sqlite_where=DEFERRED),
    Index("ix_delivery_joined", "week", "joined", sqlite_where=JOINED, postgresql_where=JOINED),
    Index("ix_delivery_batch", "week", "batch", sqlite_where=BATCHED, postgresql_where=BATCHED),
    sqlite_with_rowid=False,
)

FIRST = and_(JOINED, DELIVERY.c.joined > datetime(2000, 1, 1, tzinfo=UTC))
"""Whether a row of the ledger is a first letter. The moment is before all of them, so that SQLite takes the index."""

# The words of welcome before first letters, as they were when somebody got them: see render.email.first.
WELCOME = Table(
    "welcome",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    Column("html", LargeBinary, nullable=False),
)

# How many of an old mailing stood where, when its rows in the ledger were forgotten: see pruning.
TOTAL = Table(
    "total",
    METADATA,
    Column("week", String(8), ForeignKey("mailing.week"), primary_key=True),
    Column("progress", _one_of(Progress, 8), primary_key=True),
    Column("count", Integer, nullable=False),
)

# How often readers of a letter pressed yes or no below it. Who, stands nowhere.
ANSWER = Table(
    "answer",
    METADATA,
    Column("week", String(8), ForeignKey("mailing.week", ondelete="CASCADE"), primary_key=True),
    Column("useful", _one_of(Useful, 4), primary_key=True),
    Column("count", Integer, nullable=False),
)

# Processes that send. Whether one lives is asked of a lock that the system takes away when it dies: see senders.
SENDER = Table(
    "sender",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("week", String(8), nullable=False),
    # Host and process, for a person.
    Column("name", Text, nullable=False),
    Column("began", Moment, nullable=False),
    sqlite_autoincrement=True,
)

# What happened to a subscriber's mail, besides being accepted.
EVENT = Table(
    "event",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_subscriber(),
    Column("week", String(8)),
    Column("kind", _one_of(Kind, 12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_event_subscriber_id", "subscriber_id"),
    Index("ix_event_week", "week", "kind"),
    Index("ix_event_at", "kind", "at"),
)

# What relays report by web hook, until a worker judges it. What is judged keeps its key, so that it counts once; its
# words go, because they may hold an address.
REPORT = Table(
    "report",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("relay", String(12), nullable=False),
    # SHA-256 of what the relay calls it, hexadecimal.
    Column("key", String(64), nullable=False),
    Column("incident", _one_of(Incident, 12), nullable=False),
    Column("week", WeekName, nullable=False),
    Column("handle", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Text, nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("judged", Moment),
    Index("ix_report_key", "relay", "key", unique=True),
    Index("ix_report_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_report_handle", "handle"),
    sqlite_autoincrement=True,  # the newest number tells how many wait
)

# Whether this is the list itself, or a copy of it that was restored: one row, see stamp.
STAMP = Table(
    "stamp",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # When this copy was made; empty in the list itself.
    Column("made", Moment),
    # On PostgreSQL, what tells this database from one into which a dump of it was restored.
    Column("home", Text, nullable=False),
)


Value = TypeVar("Value", bound="DataclassInstance")


def read_row(value: type[Value], row: Row[Any], **others: Any) -> Value:
    """A row as a dataclass: a field that is not among `others` gets the column of its name."""
    return value(**others, **{name: getattr(row, name) for name in _names(value) if name not in others})


@cache
def _names(value: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(value))


def insert_missing(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves out the rows whose key is there already; with `returning` it tells which it made."""
    # The other one's dialect would be 3 MB of a sender's memory.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415

        return insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite  # noqa: PLC0415

    return insert_into_sqlite(table).on_conflict_do_nothing()
