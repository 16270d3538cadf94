"""Notices wait until they are sent, and come at least once."""

from datetime import timedelta

from generator.model import Notice
from generator.subscribers.list import outbox, subscriptions
from generator.subscribers.list.tokens import Purpose, find_token
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import OUTBOX
from tests.languages import NL
from tests.subscribers.people import (
    ADDRESS,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SUBSCRIBE,
    ask,
    find,
    join,
    notices,
    take,
)


def test_the_one_that_waits_longest_goes_first(database: Database):
    with database.begin() as transaction:
        for hour, name in enumerate(["second", "first"]):
            outbox.post_goodbye(transaction, f"{name}@example.org", NL, NOW - hour * HOUR)
        assert outbox.waiting(transaction) == 2
        assert [mail.address for mail in take(transaction)] == ["first@example.org", "second@example.org"]
        assert outbox.waiting(transaction) == 0


def test_nothing_is_due_before_its_time(database: Database):
    with database.begin() as transaction:
        outbox.post_goodbye(transaction, ADDRESS, NL, NOW)
        assert outbox.claim(transaction, NOW - MINUTE) is None
        assert outbox.claim(transaction, NOW)


def test_a_notice_whose_sender_died_is_due_again_when_its_lease_ends(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        first = outbox.claim(transaction, NOW)
        assert outbox.claim(transaction, NOW + 9 * MINUTE) is None
        second = outbox.claim(transaction, NOW + 10 * MINUTE)
        assert first
        assert second
        assert (first.id, first.attempts, second.id, second.attempts) == (second.id, 1, first.id, 2)
        assert (second.created, second.address) == (NOW, ADDRESS)
        # Perhaps both were sent: each opens the page.
        for token in (first.token, second.token):
            assert find_token(transaction, token, Purpose.CONFIRM, NOW + 10 * MINUTE)


def test_it_is_tried_again_ever_later_and_given_up_after_a_day(database: Database):
    pauses, now = [], NOW
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        while (mail := outbox.claim(transaction, now)) and outbox.postpone(transaction, mail, now):
            assert outbox.claim(transaction, now) is None
            later = transaction.connection.execute(OUTBOX.select()).one().not_before
            pauses.append(later - now)
            now = later
        assert mail
        assert outbox.waiting(transaction) == 0
    minutes = [pause // MINUTE for pause in pauses]
    assert minutes[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(minutes[8:]) == {60}
    assert DAY <= now - NOW < DAY + HOUR


def test_a_notice_that_was_tried_very_often_does_not_wait_for_ever(database: Database):
    with database.begin() as transaction:
        outbox.post_goodbye(transaction, ADDRESS, NL, NOW)
        mail = outbox.claim(transaction, NOW)
        assert mail
        often = type(mail)(mail.id, mail.notice, ADDRESS, NL, attempts=5000, created=NOW)
        assert outbox.postpone(transaction, often, NOW)
        assert outbox.claim(transaction, NOW + timedelta(hours=1))


def test_what_was_taken_back_while_it_was_sent_is_not_tried_again(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        mail = outbox.claim(transaction, NOW)
        assert mail
        subscriptions.unsubscribe(transaction, find(transaction), NOW, "")
        assert not outbox.postpone(transaction, mail, NOW)
        outbox.finish(transaction, mail)
        assert outbox.waiting(transaction) == 0


def test_a_second_change_while_the_first_is_told_is_told_too(database: Database):
    with database.begin() as transaction:
        join(transaction)
        reader = find(transaction)
        outbox.post(transaction, Notice.CHANGED, reader, NOW)
        outbox.post(transaction, Notice.CHANGED, reader, NOW)
        mail = outbox.claim(transaction, NOW)
        assert mail
        outbox.post(transaction, Notice.CHANGED, reader, NOW)
        outbox.finish(transaction, mail)
        assert notices(transaction) == [Notice.CHANGED]


def test_no_address_and_no_token_shows_when_a_posting_is_printed(database: Database):
    with database.begin() as transaction:
        join(transaction)
        outbox.post(transaction, Notice.CHANGED, find(transaction), NOW)
        mail = outbox.claim(transaction, NOW)
    assert mail
    assert mail.unsubscribe
    for secret in (ADDRESS, mail.token, mail.unsubscribe):
        assert secret not in repr(mail)
