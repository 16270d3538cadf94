"""What Amazon SES reports, fetched from a queue of SQS: no port of ours has to be open for it.

SES publishes to a topic of SNS, and SNS puts its notifications into the queue. Who may write to the queue is a policy
at Amazon; what comes out is believed with our own tag only, like every report of a relay.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.delivery.engines.amazon import Service, find_account, find_kind, read_settings
from generator.errors import MailboxError, TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from urllib.parse import SplitResult

    from generator.delivery.engines.amazon import Account

VARIABLE = "NEWSLETTER_QUEUE"

_MOST = 10
"""Messages in one answer, the most that SQS allows."""

_HIDDEN = 300
"""Seconds for which SQS shows a fetched message to nobody else; what was not deleted by then comes again."""

_WAIT = 1
"""Seconds to wait for a message. Without waiting, SQS asks only some of its servers, and may miss messages."""

_YES = 200


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """One message of the queue."""

    name: str
    """Its id at SQS."""
    receipt: str = field(repr=False)
    """With which it is deleted."""
    body: str = field(repr=False)


class Queue:
    """A queue. Not thread-safe."""

    def __init__(self, service: Service, path: str, name: str) -> None:
        """`path`: number of the account and name of the queue, like 123456789012/letters."""
        self._service, self._path, self.name = service, path, name

    def fetch(self) -> list[QueuedMessage]:
        """The next messages, ten at most; none when the queue has none to give now. Raises MailboxError."""
        asked = {
            "MaxNumberOfMessages": _MOST,
            "VisibilityTimeout": _HIDDEN,
            "WaitTimeSeconds": _WAIT,
        }
        found = self._ask("ReceiveMessage", **asked).get("Messages") or []
        try:
            return [QueuedMessage(one["MessageId"], one["ReceiptHandle"], one["Body"]) for one in found]
        except (KeyError, TypeError):
            raise MailboxError(f"{self.name} does not answer like SQS") from None

    def delete(self, messages: Sequence[QueuedMessage]) -> None:
        """Take messages off the queue. One that stays comes again. Raises MailboxError."""
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt} for number, one in enumerate(messages)
            ]
            self._ask("DeleteMessageBatch", Entries=entries)

    def count(self) -> int:
        """How many messages wait, about. Raises MailboxError."""
        attributes = self._ask("GetQueueAttributes", AttributeNames=["ApproximateNumberOfMessages"])
        found = attributes.get("Attributes")
        number = str(found.get("ApproximateNumberOfMessages")) if isinstance(found, dict) else ""
        return int(number) if number.isdecimal() else 0

    def close(self) -> None:
        """End the connection. Raises nothing."""
        self._service.close()

    def _ask(self, action: str, **asked: Any) -> dict[str, Any]:
        url = f"https://{self._service.host}/{self._path}"
        content = json.dumps({"QueueUrl": url, **asked}).encode()
        try:
            answer = self._service.ask("POST", "/", content, {"x-amz-target": f"AmazonSQS.{action}"})
        except TransportError as error:
            raise MailboxError(str(error)) from None
        body = answer.read()
        if answer.status != _YES or not isinstance(body, dict):
            raise MailboxError(f"{self.name}: Amazon refuses {action}: {find_kind(answer) or answer.status}")
        return body


def open_queue(url: str, secrets: Mapping[str, str]) -> Queue:
    """The queue that `sqs://REGION/ACCOUNT/NAME` names; nothing is connected yet.

    `secrets` holds the credentials, by the name of their variable. Raises MailboxError, which never shows a secret.
    """
    try:
        parts, account = _read(url, secrets)
    except ValueError as error:
        wanted = "expected sqs://eu-west-1/123456789012/letters"
        raise MailboxError(f"{VARIABLE} names {error}; {wanted}") from None
    path = parts.path.strip("/")
    name = f"the queue {path} ({account.region})"
    headers = {"content-type": "application/x-amz-json-1.0"}
    return Queue(Service(account, "sqs", "sqs", name, headers), path, name)


def _read(url: str, secrets: Mapping[str, str]) -> tuple[SplitResult, Account]:
    parts = urlsplit(url)
    if parts.scheme != "sqs" or parts.netloc != parts.hostname or parts.fragment:
        raise ValueError("no queue")
    if not re.fullmatch(r"/\d{12}/[A-Za-z0-9_-]{1,80}", parts.path):
        raise ValueError("no queue by its account and its name")
    return parts, find_account(parts.hostname or "", secrets, read_settings(parts).get("host", ""))
