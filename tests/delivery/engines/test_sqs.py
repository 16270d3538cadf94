"""A queue of Amazon: fetched, deleted, and named by an address."""

import pytest

from generator.delivery.engines.sqs import open_queue
from generator.errors import MailboxError
from tests.delivery.amazon import Moto
from tests.delivery.relays import free_port
from tests.proof.amazon import SECRETS


def test_what_is_deleted_does_not_come_again(moto: Moto) -> None:
    topic, address = moto.make_queue("deleted")
    queue = open_queue(address, SECRETS)
    assert queue.fetch() == []
    for number in range(3):
        moto.open("sns").publish(TopicArn=topic, Message=f"report {number}")
    assert queue.count() == 3
    found = queue.fetch()
    assert sorted("report" in one.body for one in found) == [True] * 3
    queue.delete(found)
    queue.delete([])
    assert (queue.fetch(), queue.count()) == ([], 0)
    queue.close()


def test_a_queue_that_is_not_there_is_named(moto: Moto) -> None:
    queue = open_queue(f"sqs://eu-west-1/123456789012/nowhere?host={moto.host}", SECRETS)
    with pytest.raises(
        MailboxError,
        match=r"^the queue 123456789012/nowhere \(eu-west-1\): Amazon refuses ReceiveMessage: QueueDoesNotExist$",
    ):
        queue.fetch()


def test_an_amazon_that_cannot_be_reached_is_named() -> None:
    queue = open_queue(f"sqs://eu-west-1/123456789012/letters?host=127.0.0.1:{free_port()}", SECRETS)
    with pytest.raises(MailboxError, match="no connection can be made"):
        queue.fetch()


@pytest.mark.parametrize(
    "url, said",
    [
        ("", "no queue"),
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/letters", "no queue"),
        ("sqs://eu-west-1/letters", "no queue by its account and its name"),
        ("sqs://eu-west-1/123456789012/let/ters", "no queue by its account and its name"),
        ("sqs://key:secret@eu-west-1/123456789012/letters", "no queue"),
        ("sqs://europe/123456789012/letters", "no region of Amazon"),
        ("sqs://eu-west-1/123456789012/letters?set=a", "something behind “?” that is not host=…"),
        ("sqs://[::1/123456789012/letters", "Invalid IPv6 URL"),
    ],
)
def test_another_address_is_refused_with_what_is_expected(url: str, said: str) -> None:
    with pytest.raises(MailboxError) as caught:
        open_queue(url, SECRETS)
    assert f"NEWSLETTER_QUEUE names {said}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert str(caught.value).endswith("; expected sqs://eu-west-1/123456789012/letters")
