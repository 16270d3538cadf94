"""Lettermint: hundreds of letters in one request, each with a key that it knows for 24 hours.

The names are those of its SDK (lettermint-python 3.2.0).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from generator.delivery.engines.batches import MARGIN
from generator.delivery.engines.keyed import ACCEPTED, GIVEN_UP, NO_ADDRESS, OURS, Standing, find, find_all
from generator.delivery.verdict import Reply, Verdict

if TYPE_CHECKING:
    from generator.delivery.engines.fields import Fields
    from generator.delivery.engines.http import Line
    from generator.delivery.sessions import Envelope

URL = "https://api.lettermint.co/v1"

_LABEL = "letter"
"""The name of our tag in the metadata, by which a web hook tells whose letter it was."""

_LABELLED = f"x-lm-metadata-{_LABEL}"
"""The header that says the same by SMTP."""

_PLACE = re.compile(r"(?:messages\.)?(\d+)\.(\w+)")
"""A field of a letter that is not valid, as an answer names it: 3.to.0."""

_YES = {200, 201, 202}


class Lettermint:
    """What Lettermint does in its own way (see keyed.Engine)."""

    title = "Lettermint"
    url = URL
    limit = 200  # it takes 500; so a request has 4 MB, and as many letters are in memory
    window = timedelta(hours=24) - MARGIN
    whole = False
    path = "/send/batch"
    untracked = True

    def __init__(self, route: str = "") -> None:
        """`route` of the project, for letters; empty for its own default."""
        self.route = route

    def write_headers(self, token: str) -> dict[str, str]:
        """The token of the project."""
        return {"x-lettermint-token": token}

    def name_request(self, batch: str) -> dict[str, str]:  # noqa: ARG002 (each letter has a key of its own)
        """None."""
        return {}

    def write_item(self, envelope: Envelope, fields: Fields, key: str) -> dict[str, Any]:
        """A SendBatchMailItem."""
        headers = {name: value for name, value in fields.headers.items() if name.lower() != _LABELLED}
        if any(name.lower() == "message-id" for name in headers):
            headers["X-LM-Preserve-Message-ID"] = "true"
        item = {
            "from": fields.sender,
            "to": [envelope.recipient],
            "subject": fields.subject,
            "headers": headers,
            "metadata": {_LABEL: key},
            "settings": {"track_opens": False, "track_clicks": False},
            "idempotency_key": key,
        }
        optional = {"text": fields.text, "html": fields.html, "route": self.route}
        item |= {name: value for name, value in optional.items() if value}
        if fields.reply_to:
            item["reply_to"] = [fields.reply_to]
        return item

    def read_replies(self, status: int, said: Any, number: int) -> list[Reply | None] | None:
        """Of a list with a result for each; or of an error, which lists those that it had accepted before."""
        if status in _YES:
            found = said if isinstance(said, list) else []
            replies: list[Reply | None] = [_read_result(one) for one in found]
            return replies if len(replies) == number and None not in replies else None
        accepted = find_all(said, "error", "details", "accepted")
        wrong = _find_wrong(said)
        if not accepted and not wrong:
            return None
        replies = [None] * number
        for one in accepted:
            index, name = one.get("index"), one.get("message_id")
            if isinstance(index, int) and 0 <= index < number:
                replies[index] = Reply(Verdict.YES, ACCEPTED, handed=name if isinstance(name, str) else "")
        for index, field in wrong.items():
            if index < number and replies[index] is None:
                replies[index] = NO_ADDRESS if field == "to" else OURS
        if accepted and not wrong and status < _SLOW and None in replies:
            replies[replies.index(None)] = OURS  # they are taken in order, and this is where it ended
        return replies

    def ask_standing(self, line: Line) -> Standing:
        """Of the token. That of a project, with which letters leave, may not ask about domains and routes."""
        return Standing(line.ask("GET", "/ping").status in _YES)

    def is_conflict(self, said: Any) -> bool:
        """It has one code for both, so its words decide."""
        return "process" not in str(find(said, "error", "message") or "").lower()


_SLOW = 429


def _read_result(result: Any) -> Reply | None:
    name, status = find(result, "message_id"), find(result, "status")
    if status == "suppressed":
        return GIVEN_UP
    return Reply(Verdict.YES, ACCEPTED, handed=name) if isinstance(name, str) and name else None


def _find_wrong(said: Any) -> dict[int, str]:
    """The letters with a field that is not valid, and which field."""
    errors = find(said, "errors") or find(said, "error", "details", "errors")
    found: dict[int, str] = {}
    for place in errors if isinstance(errors, dict) else ():
        if match := _PLACE.match(str(place)):
            found.setdefault(int(match[1]), match[2])
    return found
