"""Any order of what strangers, readers and the operator do leaves the list as it should be."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from generator.model import Language, Notice, Posting, Status, Step, Subscriber
from generator.subscribers.list import listing, outbox, subscriptions, tokens
from generator.subscribers.list.pruning import prune
from generator.subscribers.list.records import save
from generator.subscribers.list.subscriptions import State
from generator.subscribers.list.tokens import Purpose
from generator.subscribers.store.database import Database, Transaction
from tests.languages import LANGUAGES
from tests.subscribers.files import empty
from tests.subscribers.people import (
    DAY,
    HOUR,
    MANAGE,
    MINUTE,
    NETWORK,
    NOW,
    SOURCE,
    SUBSCRIBE,
    ask,
)

ADDRESSES = st.sampled_from(["a@example.org", "A@example.org", "b@example.org"])
READ = st.sampled_from(LANGUAGES)
ENDS = {Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED}


class _OverError(Exception):
    pass


class Life(RuleBasedStateMachine):
    """One transaction for a whole life: what it keeps and takes back is the database's business, and tested there."""

    database: Database
    mails = Bundle("mails")

    def __init__(self) -> None:
        super().__init__()
        self._transaction = self.database.begin()
        self.transaction: Transaction = self._transaction.__enter__()
        self.now: datetime = NOW
        self.agreed: dict[str, bool] = {}
        """Whose last word, by their own hand, was yes."""
        self.written: dict[str, list[datetime]] = {}

    def teardown(self) -> None:
        """Take it all back: the next life begins with an empty list."""
        over = _OverError()
        assert not self._transaction.__exit__(_OverError, over, None)

    def find(self, address: str) -> Subscriber | None:
        return subscriptions.find_subscriber(self.transaction, address)

    # --- Strangers ---

    @rule(address=ADDRESSES, language=READ, manage=st.booleans())
    def ask(self, address: str, language: Language, *, manage: bool) -> None:
        before = self.find(address)
        ask(
            self.transaction,
            replace(MANAGE if manage else SUBSCRIBE, address=address, language=language),
            self.now,
        )
        after = self.find(address)
        if before and before.status in {Status.CONFIRMED, Status.COMPLAINED}:
            assert after == before
        elif before:
            assert after
            assert after.status is before.status
        elif manage:
            assert after is None

    # --- Mail ---

    @rule(target=mails)
    def send(self) -> Posting | None:
        mail = outbox.claim(self.transaction, self.now)
        if mail is None:
            return None
        outbox.finish(self.transaction, mail)
        if mail.notice is Notice.CONFIRM:
            self.written.setdefault(mail.address.lower(), []).append(self.now)
        assert (mail.subscriber is None) <= (mail.notice is Notice.GOODBYE)
        assert mail.subscriber is None or mail.subscriber.status is not Status.COMPLAINED
        return mail

    @rule(hours=st.sampled_from([1, 23, 24, 24 * 7, 24 * 100]))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR + MINUTE
        prune(self.transaction, self.now)

    # --- Readers ---

    @rule(mail=mails)
    def confirm(self, mail: Posting | None) -> None:
        if mail is None or mail.notice is not Notice.CONFIRM:
            return
        key = mail.address.lower()
        before = self.find(mail.address)
        found = tokens.find_token(self.transaction, mail.token, Purpose.CONFIRM, self.now)
        done = subscriptions.confirm(self.transaction, mail.token, self.now, SOURCE, NETWORK)
        after = self.find(mail.address)
        if (
            found
            and not found.used
            and not found.expired
            and before
            and before.status is not Status.COMPLAINED
        ):
            assert done.state in {State.CONFIRMED, State.ALREADY}
            assert after
            assert after.status is Status.CONFIRMED
            assert done.token
            self.agreed[key] = True
            self.written.pop(key, None)
        else:
            assert done.state is not State.CONFIRMED
            assert not done.token
            assert after == before

    @rule(mail=mails, language=READ, act=st.sampled_from(["look", "change", "pause", "leave", "erase"]))
    def manage(self, mail: Posting | None, language: Language, act: str) -> None:
        if mail is None or mail.notice not in {Notice.ALREADY, Notice.MANAGE, Notice.CHANGED}:
            return
        looked = subscriptions.peek(self.transaction, mail.token, self.now)
        if act == "look":
            assert looked == subscriptions.peek(self.transaction, mail.token, self.now)
            return
        turned = subscriptions.rotate_token(self.transaction, mail.token, self.now)
        assert (looked and looked.id) == (turned and turned[0].id)
        assert subscriptions.rotate_token(self.transaction, mail.token, self.now) is None
        if turned is None:
            return
        reader, _ = turned
        assert reader.address.lower() == mail.address.lower()
        if act == "change":
            subscriptions.change(self.transaction, reader, self.now, language, [])
            assert subscriptions.get_subscriber(self.transaction, reader.id).language is language
        elif act == "pause":
            subscriptions.pause(self.transaction, reader, date(2027, 5, 1), self.now)
        elif act == "leave":
            self._leave(reader)
        else:
            self._erase(reader)

    @rule(mail=mails)
    def follow_the_signed_link(self, mail: Posting | None) -> None:
        if mail and mail.unsubscribe:
            handle = self.transaction.keys.read(outbox.UNSUBSCRIBE, mail.unsubscribe)
            assert handle
            if reader := subscriptions.find_by_handle(self.transaction, handle):
                self._leave(reader)

    # --- Mail servers, and the operator ---

    @rule(address=ADDRESSES, status=st.sampled_from([Status.BOUNCED, Status.COMPLAINED]))
    def hear_from_a_mail_server(self, address: str, status: Status) -> None:
        if (reader := self.find(address)) and reader.status is Status.CONFIRMED:
            save(self.transaction, reader.id, status=status)
            outbox.withdraw(self.transaction, reader.id)

    @rule(address=ADDRESSES)
    def erase(self, address: str) -> None:
        if reader := self.find(address):
            self._erase(reader)

    def _leave(self, reader: Subscriber) -> None:
        subscriptions.unsubscribe(self.transaction, reader, self.now, SOURCE)
        after = subscriptions.get_subscriber(self.transaction, reader.id)
        assert after
        assert after.status in ENDS
        self.agreed[reader.address.lower()] = False

    def _erase(self, reader: Subscriber) -> None:
        subscriptions.erase(self.transaction, reader, self.now)
        assert self.find(reader.address) is None
        assert subscriptions.suppressed(self.transaction, reader.address)
        self.agreed[reader.address.lower()] = False

    # --- What always holds ---

    @invariant()
    def only_who_agreed_gets_letters_and_there_is_proof(self) -> None:
        for reader in listing.walk(self.transaction):
            steps = [consent.step for consent in reader.consents]
            if reader.status is Status.CONFIRMED:
                assert self.agreed[reader.address.lower()]
                assert not subscriptions.suppressed(self.transaction, reader.address)
                assert next(step for step in reversed(steps) if step is not Step.ASKED) is Step.CONFIRMED
                assert all(
                    consent.wording for consent in reader.consents if consent.step is not Step.WITHDRAWN
                )
            assert steps[0] is Step.ASKED
            assert not reader.paused_until or reader.status is not Status.UNCONFIRMED

    @invariant()
    def nobody_is_asked_more_than_three_times_and_once_a_day(self) -> None:
        for moments in self.written.values():
            recent = [moment for moment in moments if self.now - moment < 90 * DAY]
            assert len(recent) <= 3


@pytest.fixture(scope="module", autouse=True)
def _list(list_on_sqlite: Database) -> None:
    empty(list_on_sqlite)
    Life.database = list_on_sqlite


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
