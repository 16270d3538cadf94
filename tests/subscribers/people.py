"""Who asks what, in the tests of the list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from generator.model import (
    Asking,
    Consent,
    NewSubscriber,
    Notice,
    Posting,
    Status,
    Step,
    Subscriber,
    Wish,
    Wording,
)
from generator.subscribers.list import consents, outbox, subscriptions, wishes
from generator.subscribers.store.database import Database, Transaction
from tests.languages import EN, NL

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ADDRESS = "reader@example.org"
WORDING = Wording(NL, "Elke vrijdag één brief.")
SOURCE = "https://letter.example.org/subscribe"
NETWORK = "192.0.2.0/24"

SUBSCRIBE = Wish(
    Asking.SUBSCRIBE, ADDRESS, NL, NOW, SOURCE, NETWORK, ("revenue", "referral"), WORDING.version
)
MANAGE = Wish(Asking.MANAGE, ADDRESS, NL, NOW, SOURCE, NETWORK)

PROOF = Consent(Step.IMPORTED, NOW - DAY, "a form on paper", wording=WORDING)
EARLIER = Consent(Step.ADDED, NOW - 2 * DAY, "a card")


def ask(transaction: Transaction, wish: Wish, now: datetime | None = None) -> None:
    """Fill in a form, and let the worker settle it."""
    consents.keep_wordings(transaction, [WORDING])
    wishes.add_wishes(transaction, [replace(wish, at=now or wish.at)])
    wishes.settle_wishes(transaction, now or wish.at)


def take(transaction: Transaction, now: datetime = NOW) -> list[Posting]:
    """The mails that are due now, sent."""
    sent = []
    while posting := outbox.claim(transaction, now):
        sent.append(posting)
        outbox.finish(transaction, posting)
    return sent


def notices(transaction: Transaction, now: datetime = NOW) -> list[Notice]:
    return [posting.notice for posting in take(transaction, now)]


def find(transaction: Transaction, address: str = ADDRESS) -> Subscriber:
    found = subscriptions.find_subscriber(transaction, address)
    assert found is not None
    return found


def join(transaction: Transaction, address: str = ADDRESS, now: datetime = NOW) -> subscriptions.Confirmed:
    """Subscribe and confirm; no mail waits after it."""
    ask(transaction, replace(SUBSCRIBE, address=address), now)
    [mail] = take(transaction, now)
    return subscriptions.confirm(transaction, mail.token, now, f"{SOURCE}/confirm", NETWORK)


def join_in(database: Database, address: str = ADDRESS) -> subscriptions.Confirmed:
    with database.begin() as transaction:
        return join(transaction, address)


def draft(number: int, **changes: object) -> NewSubscriber:
    """A subscriber from a file: confirmed, but every third; in Dutch, but every second."""
    return replace(
        NewSubscriber(
            address=f"Reader{number}@example.org",
            language=NL if number % 2 else EN,
            certainties=("proof",),
            status=Status.CONFIRMED if number % 3 else Status.UNSUBSCRIBED,
            created=NOW - DAY,
            changed=NOW,
            consents=(EARLIER, PROOF),
        ),
        **changes,
    )
