"""The web hooks, and the queue of reports: a report that we sign and send to the running service comes back."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from generator.delivery.engines.sqs import VARIABLE as QUEUE
from generator.delivery.engines.sqs import open_queue
from generator.delivery.incoming.hooks.trials import make_trial
from generator.doctor.answers import fail, well
from generator.errors import MailboxError
from generator.model import Week
from generator.sentences import count
from generator.subscribers.ledger.reports import is_kept
from generator.subscribers.ledger.tags import make_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from generator.delivery.incoming.hooks.relays import Relay
    from generator.doctor.answers import Answer
    from generator.subscribers.store.database import Database

_PATIENCE = 10
"""Seconds for an answer of the service."""

_NOT_FOUND, _UNAUTHORIZED = 404, 401


def examine_queue(url: str, secrets: Mapping[str, str]) -> Answer:
    """Ask how many reports wait in the queue of Amazon SES; none is taken."""
    try:
        with closing(open_queue(url, secrets)) as queue:
            waiting = count(queue.count(), "message")
            return well("queue", f"{queue.name}: {waiting}; `newsletter receive --queue` fetches them")
    except MailboxError as error:
        allowed = "sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes"
        remedy = f"Correct {QUEUE}, and allow these credentials {allowed}."
        return fail("queue", str(error), remedy)


def examine_hooks(
    hooks: Mapping[Relay, str], url: str, database: Database, now: datetime
) -> Iterator[Answer]:
    """Send one report to each hook of the service at `url`, about a letter to nobody, and look for it in the list."""
    for relay, secret in hooks.items():
        handle = secrets.token_urlsafe(12)
        trial = make_trial(relay.name, secret, make_tag(database.keys, Week.of(now.date()), handle), now)
        address = f"{url}hooks/{relay.name}"
        try:
            status, said = _send(address, *(trial or (json.dumps({"TopicArn": secret}).encode(), {})))
        except (OSError, HTTPException, ValueError) as error:
            yield fail(
                "hooks",
                f"{address} cannot be reached: {getattr(error, 'reason', None) or type(error).__name__}",
                "Start `newsletter serve`, and let the proxy pass on /hooks/; see deploy/SET-UP.md.",
            )
            continue
        if status == _NOT_FOUND:
            yield fail(
                "hooks",
                f"{address} is not there",
                f"Restart `newsletter serve`, so that it reads {relay.variable}.",
            )
        elif trial is None and status == _UNAUTHORIZED:
            yield well("hooks", f"{address} is open, and refuses what Amazon has not signed")
        elif trial is not None and status == 200 and _is_kept(database, handle):  # noqa: PLR2004 (OK)
            yield well("hooks", f"a signed report to {address} came back")
        elif trial is not None and status == 200:  # noqa: PLR2004 (OK)
            yield fail(
                "hooks",
                f"{address} answers, but the report is not in this list",
                "Run this command with the environment of the service.",
            )
        else:
            yield fail("hooks", f"{address} answers {status}: {said}", "See “Web hooks” in deploy/SET-UP.md.")


def _is_kept(database: Database, handle: str) -> bool:
    with database.read() as transaction:
        return is_kept(transaction, handle)


def _send(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """Status and first line of the answer."""
    request = Request(address, body, {"Content-Type": "application/json", **headers})  # noqa: S310 (our own, http or https)
    try:
        with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 (the same)
            return answer.status, _read_line(answer.read(200))
    except HTTPError as error:
        with error:
            return error.code, _read_line(error.read(200))


def _read_line(text: bytes) -> str:
    line = text.decode("utf-8", "replace").strip().partition("\n")[0]
    return "a page" if line.startswith("<") else line
