"""What the bearer of a token or of a signed link can do, and what stays as it is."""

from datetime import date

import pytest

from generator.model import Consent, Notice, Status, Step
from generator.subscribers.list import outbox, subscriptions, wishes
from generator.subscribers.list.records import save
from generator.subscribers.list.subscriptions import State
from generator.subscribers.list.tokens import Purpose, find_token, make_token
from generator.subscribers.store.database import Database
from generator.subscribers.store.keys import Keys
from tests.languages import EN
from tests.subscribers.people import (
    ADDRESS,
    DAY,
    HOUR,
    MANAGE,
    MINUTE,
    NETWORK,
    NOW,
    SOURCE,
    SUBSCRIBE,
    WORDING,
    ask,
    find,
    join,
    notices,
    take,
)

MAY = date(2027, 5, 1)


# --- Confirm ---


def test_the_button_in_the_mail_confirms_and_keeps_proof_of_it(database: Database):
    with database.begin() as transaction:
        confirmed = join(transaction)
        reader = find(transaction)
    assert confirmed.state is State.CONFIRMED
    assert confirmed.subscriber == reader
    assert reader.status is Status.CONFIRMED
    assert reader.consents[1:] == (Consent(Step.CONFIRMED, NOW, f"{SOURCE}/confirm", NETWORK, WORDING),)
    with database.read() as transaction:
        assert subscriptions.peek(transaction, confirmed.token, NOW) == reader


def test_a_link_that_was_used_says_done_and_proves_nothing(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        subscriptions.confirm(transaction, mail.token, NOW, SOURCE, NETWORK)
        before = find(transaction)
        again = subscriptions.confirm(transaction, mail.token, NOW + MINUTE, SOURCE, NETWORK)
        assert find(transaction) == before
    assert (again.state, again.token, again.subscriber) == (State.ALREADY, "", before)


def test_a_link_that_was_used_does_not_bring_back_who_left(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        subscriptions.confirm(transaction, mail.token, NOW, SOURCE, NETWORK)
        subscriptions.unsubscribe(transaction, find(transaction), NOW, SOURCE)
        again = subscriptions.confirm(transaction, mail.token, NOW + MINUTE, SOURCE, NETWORK)
        assert (again.state, again.token) == (State.EXPIRED, "")
        assert find(transaction).status is Status.UNSUBSCRIBED


def test_an_older_mail_confirms_nothing_after_who_left(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [first] = take(transaction)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        [second] = take(transaction, NOW + DAY)
        subscriptions.confirm(transaction, second.token, NOW + DAY, SOURCE, NETWORK)
        done = subscriptions.confirm(transaction, first.token, NOW + DAY, SOURCE, NETWORK)
        assert (done.state, done.token) == (State.ALREADY, "")
        subscriptions.unsubscribe(transaction, find(transaction), NOW + DAY, SOURCE)
        done = subscriptions.confirm(transaction, first.token, NOW + DAY, SOURCE, NETWORK)
        assert done.state is State.EXPIRED


def test_unsubscribing_takes_back_a_question_that_waits(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        assert subscriptions.unsubscribe(transaction, find(transaction), NOW + DAY, SOURCE)
        assert not notices(transaction, NOW + DAY)  # nor a goodbye: they were never welcome
        done = subscriptions.confirm(transaction, mail.token, NOW + DAY, SOURCE, NETWORK)
        assert done.state is State.EXPIRED


def test_confirming_takes_back_a_second_question_and_a_goodbye_that_wait(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        subscriptions.confirm(transaction, mail.token, NOW + DAY, SOURCE, NETWORK)
        assert outbox.waiting(transaction) == 0


def test_a_link_ends_after_seven_days(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        late = subscriptions.confirm(transaction, mail.token, NOW + 7 * DAY, SOURCE, NETWORK)
        assert (late.state, late.token) == (State.EXPIRED, "")
        assert find(transaction).status is Status.UNCONFIRMED
        just = subscriptions.confirm(transaction, mail.token, NOW + 7 * DAY - MINUTE, SOURCE, NETWORK)
        assert just.state is State.CONFIRMED


@pytest.mark.parametrize("token", ["", "x" * 32, "é\0", "\udc80", "a" * 100_000])
def test_a_token_that_we_never_made_opens_nothing(database: Database, token: str):
    with database.begin() as transaction:
        join(transaction)
        assert subscriptions.confirm(transaction, token, NOW, SOURCE, NETWORK).state is State.UNKNOWN
        assert subscriptions.peek(transaction, token, NOW) is None
        assert subscriptions.rotate_token(transaction, token, NOW) is None


def test_a_token_opens_only_the_page_that_it_was_made_for(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        assert subscriptions.peek(transaction, mail.token, NOW) is None
        assert subscriptions.rotate_token(transaction, mail.token, NOW) is None
        manage = subscriptions.confirm(transaction, mail.token, NOW, SOURCE, NETWORK).token
        assert subscriptions.confirm(transaction, manage, NOW, SOURCE, NETWORK).state is State.UNKNOWN


def test_who_was_confirmed_otherwise_meanwhile_is_told_so(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        save(transaction, find(transaction).id, status=Status.CONFIRMED)
        done = subscriptions.confirm(transaction, mail.token, NOW, SOURCE, NETWORK)
        assert done.state is State.ALREADY
        assert len(find(transaction).consents) == 1
        assert subscriptions.peek(transaction, done.token, NOW)


def test_who_complained_is_not_confirmed_by_an_older_mail(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        [mail] = take(transaction)
        save(transaction, find(transaction).id, status=Status.COMPLAINED)
        assert subscriptions.confirm(transaction, mail.token, NOW, SOURCE, NETWORK).state is State.EXPIRED
        assert find(transaction).status is Status.COMPLAINED


def test_who_confirms_may_be_asked_again_after_they_leave(database: Database):
    with database.begin() as transaction:
        for day in range(6):  # three at most, if nobody confirmed
            now = NOW + day * DAY
            join(transaction, now=now)
            subscriptions.unsubscribe(transaction, find(transaction), now, SOURCE)
            assert notices(transaction, now) == [Notice.GOODBYE]


# --- Their own page ---


def test_looking_uses_nothing_and_acting_hands_over_a_successor(database: Database):
    with database.begin() as transaction:
        token = join(transaction).token
        reader = find(transaction)
    with database.read() as transaction:
        assert subscriptions.peek(transaction, token, NOW) == reader
        assert subscriptions.peek(transaction, token, NOW) == reader
    with database.begin() as transaction:
        turned = subscriptions.rotate_token(transaction, token, NOW + HOUR)
        assert turned is not None
        assert turned[0] == reader
        assert subscriptions.rotate_token(transaction, token, NOW + HOUR) is None
        assert subscriptions.peek(transaction, token, NOW + HOUR) is None
        assert subscriptions.peek(transaction, turned[1], NOW + DAY - MINUTE) == reader
        assert subscriptions.peek(transaction, turned[1], NOW + DAY) is None  # not a day after the turn


def test_a_page_that_was_kept_open_too_long_acts_no_more(database: Database):
    with database.begin() as transaction:
        token = join(transaction).token
        assert subscriptions.rotate_token(transaction, token, NOW + DAY) is None


def test_a_change_is_kept_and_told_once(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.change(transaction, find(transaction), NOW + HOUR, EN, ["proof", "proof"])
        subscriptions.change(transaction, find(transaction), NOW + HOUR, EN, [])
        reader = find(transaction)
        [mail] = take(transaction, NOW + HOUR)
        subscriptions.change(transaction, reader, NOW + 2 * HOUR, EN, [])  # is so already
        assert not take(transaction, NOW + 2 * HOUR)
    assert (reader.language, reader.certainties, reader.changed) == (EN, (), NOW + HOUR)
    assert (mail.notice, mail.language, mail.subscriber) == (Notice.CHANGED, EN, reader)
    assert mail.token


def test_a_pause_has_an_end_and_may_end_sooner(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.pause(transaction, find(transaction), MAY, NOW)
        subscriptions.pause(transaction, find(transaction), MAY, NOW)
        assert find(transaction).paused_until == MAY
        assert notices(transaction) == [Notice.CHANGED]
        subscriptions.pause(transaction, find(transaction), None, NOW)
        assert find(transaction).paused_until is None
        assert notices(transaction) == [Notice.CHANGED]


def test_who_gets_no_letters_is_not_told_of_a_change(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.unsubscribe(transaction, find(transaction), NOW, SOURCE, goodbye=False)
        subscriptions.change(transaction, find(transaction), NOW, EN, ["proof"])
        assert find(transaction).certainties == ("proof",)
        assert outbox.waiting(transaction) == 0


# --- Leaving ---


def test_leaving_is_kept_with_proof_and_one_goodbye(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.pause(transaction, find(transaction), MAY, NOW)
        assert subscriptions.unsubscribe(transaction, find(transaction), NOW + HOUR, SOURCE, NETWORK)
        assert not subscriptions.unsubscribe(transaction, find(transaction), NOW + DAY, SOURCE)
        reader = find(transaction)
        [mail] = take(transaction, NOW + DAY)
    assert (reader.status, reader.paused_until, reader.changed) == (Status.UNSUBSCRIBED, None, NOW + HOUR)
    assert reader.consents[-1] == Consent(Step.WITHDRAWN, NOW + HOUR, SOURCE, NETWORK)
    assert (mail.notice, mail.token, mail.unsubscribe) == (Notice.GOODBYE, "", "")
    assert mail.subscriber == reader


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED, Status.UNSUBSCRIBED])
def test_who_is_out_stays_as_they_are(database: Database, status: Status):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=status)
        before = find(transaction)
        assert not subscriptions.unsubscribe(transaction, before, NOW, SOURCE)
        assert find(transaction) == before


def test_what_was_read_before_somebody_else_acted_does_no_harm(database: Database):
    with database.begin() as transaction:
        join(transaction)
        stale = find(transaction)
        subscriptions.unsubscribe(transaction, stale, NOW, SOURCE)
        assert not subscriptions.unsubscribe(transaction, stale, NOW, SOURCE)
        subscriptions.erase(transaction, stale, NOW)
        subscriptions.erase(transaction, stale, NOW)
        subscriptions.change(transaction, stale, NOW, EN, [])
        subscriptions.pause(transaction, stale, MAY, NOW)
        assert not subscriptions.unsubscribe(transaction, stale, NOW, SOURCE)
        assert notices(transaction) == [Notice.GOODBYE]


def test_the_signed_link_finds_its_owner_for_ever(database: Database):
    with database.begin() as transaction:
        join(transaction)
        ask(transaction, SUBSCRIBE, NOW + HOUR)
        [mail] = take(transaction, NOW + HOUR)
        handle = transaction.keys.rotate().rotate().read(outbox.UNSUBSCRIBE, mail.unsubscribe)
        assert handle
        assert subscriptions.find_by_handle(transaction, handle) == find(transaction)
        assert subscriptions.find_by_handle(transaction, handle[:-1]) is None


# --- Erasure ---


def test_after_an_erasure_only_a_keyed_hash_stays(database: Database):
    with database.begin() as transaction:
        token = join(transaction).token
        subscriptions.change(transaction, find(transaction), NOW, EN, [])
        subscriptions.erase(transaction, find(transaction), NOW + HOUR)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
        assert find_token(transaction, token, Purpose.MANAGE, NOW) is None
        assert subscriptions.suppressed(transaction, ADDRESS.upper())
        assert not subscriptions.suppressed(transaction, "other@example.org")
        [mail] = take(transaction, NOW + HOUR)
        assert (mail.notice, mail.address, mail.language) == (Notice.GOODBYE, ADDRESS, EN)
        assert (mail.subscriber, mail.token, mail.unsubscribe) == (None, "", "")


@pytest.mark.parametrize("status", list(Status))
def test_who_had_letters_once_gets_a_goodbye(database: Database, status: Status):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=status)
        subscriptions.erase(transaction, find(transaction), NOW)
        expected = [Notice.GOODBYE] if status in {Status.CONFIRMED, Status.UNSUBSCRIBED} else []
        assert notices(transaction) == expected


def test_an_operator_may_erase_in_silence(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.erase(transaction, find(transaction), NOW, goodbye=False)
        assert outbox.waiting(transaction) == 0


def test_a_wish_that_waits_is_erased_with_them(database: Database):
    with database.begin() as transaction:
        join(transaction)
        wishes.add_wishes(transaction, [MANAGE, SUBSCRIBE])
        subscriptions.erase(transaction, find(transaction), NOW)
        assert wishes.settle_wishes(transaction, NOW) == 0


def test_who_confirms_again_is_not_among_the_erased(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.erase(transaction, find(transaction), NOW, goodbye=False)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        assert subscriptions.suppressed(transaction, ADDRESS)
        [mail] = take(transaction, NOW + DAY)
        subscriptions.confirm(transaction, mail.token, NOW + DAY, SOURCE, NETWORK)
        assert not subscriptions.suppressed(transaction, ADDRESS)


def test_the_erased_are_known_after_the_keys_were_rotated(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.erase(transaction, find(transaction), NOW, goodbye=False)
        later = type(transaction)(transaction.connection, transaction.keys.rotate())
        assert subscriptions.suppressed(later, ADDRESS)
        assert not subscriptions.suppressed(type(transaction)(transaction.connection, Keys.make()), ADDRESS)


def test_a_number_is_never_given_twice(database: Database):
    with database.begin() as transaction:
        join(transaction)
        first = find(transaction)
        make_token(transaction, first.id, Purpose.MANAGE, NOW)
        subscriptions.erase(transaction, first, NOW, goodbye=False)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        assert find(transaction).id > first.id
        assert subscriptions.get_subscriber(transaction, first.id) is None
