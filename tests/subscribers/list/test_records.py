"""One mapping: what is known of a person has the same name in the value, in the table and in an export."""

from dataclasses import fields

from generator.model import Course, NewSubscriber, Subscriber, Wish
from generator.subscribers.list.records import write
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import SUBSCRIBER, WISH
from generator.subscribers.transfer.formats import COLUMNS, COURSE
from tests.subscribers.people import find, join


def test_each_field_has_a_column_and_each_column_a_field() -> None:
    known = {column.name for column in fields(Subscriber)}
    assert {column.name for column in SUBSCRIBER.c} - {"key"} == known - {"consents", "course"}
    assert {column.name for column in WISH.c} - {"id"} == {column.name for column in fields(Wish)}
    assert known - {"id"} == {column.name for column in fields(NewSubscriber)}
    assert set(COLUMNS) == known - {"id"} | set(COURSE)
    assert len(COURSE) == len(fields(Course))


def test_what_is_written_is_read_again(database: Database) -> None:
    with database.begin() as transaction:
        join(transaction)
        subscriber = find(transaction)
        row = transaction.connection.execute(SUBSCRIBER.select()).one()
    assert write(subscriber) | {"id": subscriber.id} == row._asdict()
