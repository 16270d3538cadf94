"""What comes of what strangers ask."""

from dataclasses import replace

import pytest

from generator.errors import DatabaseError
from generator.model import LESSONS, Consent, Course, CourseState, Notice, Status, Step, Wording
from generator.subscribers.ledger import courses
from generator.subscribers.list import consents, outbox, subscriptions, wishes
from generator.subscribers.list.pruning import prune
from generator.subscribers.list.records import save
from generator.subscribers.store.database import Database, Transaction
from generator.subscribers.store.schema import COURSE
from tests.languages import EN, NL
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


def test_a_new_address_is_unconfirmed_with_proof_of_the_form_and_gets_one_mail(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        reader = find(transaction)
        [mail] = take(transaction)
    assert reader.status is Status.UNCONFIRMED
    assert (reader.address, reader.language, reader.certainties) == (
        ADDRESS,
        NL,
        ("revenue", "referral"),
    )
    assert (reader.created, reader.changed, reader.paused_until) == (NOW, NOW, None)
    assert reader.consents == (Consent(Step.ASKED, NOW, SOURCE, NETWORK, WORDING),)
    assert (mail.notice, mail.address, mail.subscriber) == (Notice.CONFIRM, ADDRESS, reader)
    assert mail.token
    assert not mail.unsubscribe


def test_a_wish_is_kept_until_it_is_settled(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        wishes.add_wishes(transaction, [SUBSCRIBE])
    with database.read() as transaction:
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
    with database.begin() as transaction:
        assert wishes.settle_wishes(transaction, NOW) == 1
        assert wishes.settle_wishes(transaction, NOW) == 0
        assert find(transaction).status is Status.UNCONFIRMED


def test_no_wishes_are_no_statement(database: Database):
    with database.begin() as transaction:
        wishes.add_wishes(transaction, [])
        assert wishes.settle_wishes(transaction, NOW) == 0


def test_wishes_are_settled_a_few_at_a_time_the_oldest_first(database: Database):
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [WORDING])
        wishes.add_wishes(
            transaction, [replace(SUBSCRIBE, address=f"reader{number}@example.org") for number in range(5)]
        )
        assert wishes.settle_wishes(transaction, NOW, most=3) == 3
        assert subscriptions.find_subscriber(transaction, "reader2@example.org")
        assert subscriptions.find_subscriber(transaction, "reader3@example.org") is None
        assert wishes.settle_wishes(transaction, NOW, most=3) == 2


def test_the_same_address_in_other_letters_is_the_same_reader(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        ask(transaction, replace(SUBSCRIBE, address="Reader@example.org", language=EN))
        assert find(transaction).language == EN
        assert find(transaction, "READER@example.org").address == ADDRESS


def test_who_has_not_confirmed_gets_what_was_asked_last(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        ask(transaction, replace(SUBSCRIBE, language=EN, certainties=()), NOW + DAY)
        reader = find(transaction)
        assert notices(transaction, NOW + DAY) == [Notice.CONFIRM]  # the first one still waited
    assert (reader.language, reader.certainties, reader.status) == (EN, (), Status.UNCONFIRMED)
    assert [step.at for step in reader.consents] == [NOW, NOW + DAY]


def test_five_forms_are_kept_as_proof_however_many_were_sent(database: Database):
    with database.begin() as transaction:
        for hour in range(8):
            ask(transaction, SUBSCRIBE, NOW + hour * HOUR)
        reader = find(transaction)
    assert [step.at for step in reader.consents] == [NOW + hour * HOUR for hour in range(3, 8)]


def test_proof_of_an_earlier_subscription_is_not_crowded_out(database: Database):
    with database.begin() as transaction:
        join(transaction)
        subscriptions.unsubscribe(transaction, find(transaction), NOW, SOURCE)
        for hour in range(8):
            ask(transaction, SUBSCRIBE, NOW + hour * HOUR)
        reader = find(transaction)
    assert [step.step for step in reader.consents] == [
        Step.ASKED,
        Step.CONFIRMED,
        Step.WITHDRAWN,
        *[Step.ASKED] * 5,
    ]


def test_who_is_subscribed_is_told_and_nothing_changes(database: Database):
    with database.begin() as transaction:
        before = join(transaction).subscriber
        ask(transaction, replace(SUBSCRIBE, language=EN, certainties=()), NOW + HOUR)
        [mail] = take(transaction, NOW + HOUR)
        assert find(transaction) == before
    assert (mail.notice, mail.language) == (Notice.ALREADY, NL)
    assert mail.token
    assert mail.unsubscribe


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED])
def test_who_left_stays_out_until_they_confirm(database: Database, status: Status):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=status)
        ask(transaction, replace(SUBSCRIBE, language=EN, certainties=("proof",)), NOW + HOUR)
        reader = find(transaction)
        assert (reader.status, reader.language, reader.certainties) == (status, EN, ("proof",))
        [mail] = take(transaction, NOW + HOUR)
        assert mail.notice is Notice.CONFIRM
        subscriptions.confirm(transaction, mail.token, NOW + HOUR, SOURCE, NETWORK)
        assert find(transaction).status is Status.CONFIRMED


@pytest.mark.parametrize("wish", [SUBSCRIBE, MANAGE])
def test_who_complained_is_never_written_to(database: Database, wish: object):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=Status.COMPLAINED)
        before = find(transaction)
        ask(transaction, wish, NOW + DAY)
        assert find(transaction) == before
        assert not notices(transaction, NOW + DAY)


def test_a_stranger_who_asks_for_a_link_is_not_written_to(database: Database):
    with database.begin() as transaction:
        ask(transaction, MANAGE)
        assert outbox.waiting(transaction) == 0
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.UNSUBSCRIBED, Status.BOUNCED])
def test_who_is_on_the_list_gets_a_link_to_their_own_page(database: Database, status: Status):
    with database.begin() as transaction:
        join(transaction)
        save(transaction, find(transaction).id, status=status)
        ask(transaction, MANAGE, NOW + MINUTE)
        [mail] = take(transaction, NOW + MINUTE)
        assert mail.notice is Notice.MANAGE
        reader = subscriptions.peek(transaction, mail.token, NOW + MINUTE)
        assert reader == find(transaction)


def test_who_has_not_confirmed_gets_the_question_again_and_no_link(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        take(transaction)
        ask(transaction, MANAGE, NOW + HOUR)
        assert not notices(transaction, NOW + HOUR)  # one a day
        ask(transaction, MANAGE, NOW + DAY)
        assert notices(transaction, NOW + DAY) == [Notice.CONFIRM]


def test_nobody_is_put_on_the_list_without_a_mail_that_says_so(database: Database):
    with database.begin() as transaction:
        for day in range(3):
            ask(transaction, SUBSCRIBE, NOW + day * DAY)
            assert notices(transaction, NOW + day * DAY) == [Notice.CONFIRM]
        subscriptions.erase(transaction, find(transaction), NOW + 3 * DAY)
        ask(transaction, SUBSCRIBE, NOW + 4 * DAY)
        assert subscriptions.find_subscriber(transaction, ADDRESS) is None
        assert outbox.waiting(transaction) == 0


def course(transaction: Transaction) -> Course | None:
    return find(transaction).course


def test_a_form_that_asks_for_the_course_is_kept_until_they_confirm(database: Database):
    with database.begin() as transaction:
        ask(transaction, replace(SUBSCRIBE, course=True))
        assert course(transaction) == Course(CourseState.ASKED, 1, None)
        [mail] = take(transaction)
        assert mail.subscriber
        assert mail.subscriber.course == course(transaction)


def test_a_form_that_asks_for_no_course_keeps_none(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        assert course(transaction) is None


def test_of_two_forms_the_last_says_whether_the_course_comes(database: Database):
    with database.begin() as transaction:
        ask(transaction, SUBSCRIBE)
        ask(transaction, replace(SUBSCRIBE, course=True), NOW + HOUR)
        assert course(transaction) == Course(CourseState.ASKED, 1, None)
        ask(transaction, SUBSCRIBE, NOW + 2 * HOUR)
        assert course(transaction) == Course(CourseState.STOPPED, 1, None)


def test_who_comes_back_and_asks_for_the_course_keeps_their_step(database: Database):
    with database.begin() as transaction:
        join(transaction)
        reader = find(transaction)
        courses.begin(transaction, reader, NOW.date(), NOW)
        transaction.connection.execute(COURSE.update().values(step=4))
        subscriptions.unsubscribe(transaction, reader, NOW, SOURCE)
        ask(transaction, replace(SUBSCRIBE, course=True), NOW + HOUR)
        assert course(transaction) == Course(CourseState.ASKED, 4, None)


def test_who_has_had_all_lessons_is_not_asked_again(database: Database):
    with database.begin() as transaction:
        join(transaction)
        reader = find(transaction)
        courses.begin(transaction, reader, NOW.date(), NOW)
        transaction.connection.execute(COURSE.update().values(step=LESSONS + 1))
        before = course(transaction)
        subscriptions.unsubscribe(transaction, reader, NOW, SOURCE)
        for wish in (replace(SUBSCRIBE, course=True), SUBSCRIBE):
            ask(transaction, wish, NOW + HOUR)
            assert course(transaction) == before


def test_a_form_of_a_stranger_starts_and_stops_no_course_of_a_reader(database: Database):
    with database.begin() as transaction:
        join(transaction)
        ask(transaction, replace(SUBSCRIBE, course=True), NOW + HOUR)
        assert course(transaction) is None
        courses.begin(transaction, find(transaction), NOW.date(), NOW)
        before = course(transaction)
        ask(transaction, SUBSCRIBE, NOW + DAY)
        assert course(transaction) == before


def test_the_course_goes_with_who_never_confirms_and_who_is_erased(database: Database):
    with database.begin() as transaction:
        ask(transaction, replace(SUBSCRIBE, course=True))
        take(transaction)
        prune(transaction, NOW + 8 * DAY)
        assert transaction.connection.execute(COURSE.select()).all() == []
        ask(transaction, replace(SUBSCRIBE, course=True), NOW + 10 * DAY)
        assert course(transaction)
        subscriptions.erase(transaction, find(transaction), NOW + 10 * DAY)
        assert transaction.connection.execute(COURSE.select()).all() == []


def test_a_wording_that_was_never_shown_is_refused_whole(database: Database):
    with pytest.raises(DatabaseError), database.begin() as transaction:
        wishes.add_wishes(transaction, [SUBSCRIBE])
    with database.begin() as transaction:
        assert wishes.settle_wishes(transaction, NOW) == 0


def test_a_wording_is_known_by_its_version_once_it_is_kept(database: Database):
    other = Wording(EN, "One letter every Friday.")
    with database.begin() as transaction:
        consents.keep_wordings(transaction, [])
        consents.keep_wordings(transaction, [WORDING, WORDING])
        consents.keep_wordings(transaction, [WORDING])
    with database.read() as transaction:
        assert consents.is_known(transaction, WORDING.version)
        assert not consents.is_known(transaction, other.version)
        for hostile in ("", "\0" * 16, "\udc80" * 16, WORDING.version.upper() + "\n", "x" * 100_000):
            assert not consents.is_known(transaction, hostile)
