"""Somebody wants to know who is on the list: from answers, or from the time they take."""

import re

import pytest

from generator.subscribers.list import subscriptions
from generator.subscribers.store.schema import SUBSCRIBER
from tests.web.reading import BOTH, Reader


@pytest.fixture
def acquainted(reader) -> Reader:
    """A list with somebody of every kind; all addresses are of one length."""
    for name in ("confirmed", "unsubscri", "erased__1", "complaind", "bounced_1"):
        reader.confirm(f"{name}@example.com")
    reader.subscribe("unconfirm@example.com")
    reader.work()
    table = SUBSCRIBER
    with reader.database.begin() as transaction:
        for name, status in (
            ("unsubscri", "unsubscribed"),
            ("complaind", "complained"),
            ("bounced_1", "bounced"),
        ):
            row = table.update().where(table.c.key == f"{name}@example.com").values(status=status)
            assert transaction.connection.execute(row).rowcount == 1
    with reader.database.begin() as transaction:
        found = subscriptions.find_subscriber(transaction, "erased__1@example.com")
        subscriptions.erase(transaction, found, reader.clock())
    reader.work()
    return reader


KINDS = ("stranger_", "unconfirm", "confirmed", "unsubscri", "bounced_1", "complaind", "erased__1")


@pytest.mark.parametrize("page", ["subscribe", "en/subscribe", "manage", "en/manage"])
def test_enumeration_by_the_answer(acquainted, page):
    form = acquainted.ask.get(f"/{page}").form(page.removeprefix("en/"))
    answers = {}
    for kind in KINDS:
        for _ in range(3):  # asking again tells nothing either
            answer = acquainted.ask.post(f"/{page}", {**form, "email": f"{kind}@example.com"})
            assert answer.status == 202
            answers[kind, answer.headers, answer.body.replace(kind.encode(), b"")] = answer
        acquainted.work()
    assert len({key[1:] for key in answers}) == 1


@BOTH
@pytest.mark.parametrize("page", ["subscribe", "manage"])
def test_enumeration_by_timing(acquainted, page):
    """The same statements, and none that looks at the list: there is no difference for a clock to find."""
    form = acquainted.ask.get(f"/{page}").form(page)
    executed = set()
    for kind in KINDS:
        with acquainted.statements() as statements:
            acquainted.ask.post(f"/{page}", {**form, "email": f"{kind}@example.com"})
        executed.add(tuple(statements))
        assert any("INSERT INTO wish" in statement for statement in statements)
        for table in ("subscriber", "consent", "suppression", "throttle", "outbox", "token"):
            assert not re.search(rf"\b{table}\b", "\n".join(statements))
    assert len(executed) == 1


def test_enumeration_by_the_links_that_others_are_sent(acquainted):
    """A link that never was, and one of somebody who has gone, are alike."""
    never = "A" * 32
    for page in ("confirm", "manage", "unsubscribe", "en/confirm", "en/manage", "en/unsubscribe"):
        answer = acquainted.ask.get(f"/{page}/{never}")
        assert "@" not in answer.words().replace("post@example.org", "").replace(
            "unsubscribe@example.org", ""
        )
