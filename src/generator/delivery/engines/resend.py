"""Resend: up to 100 letters in one request, which has one key that it knows for 24 hours.

The names are those of its SDK (resend-python 2.52.0).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from generator.delivery.engines.batches import MARGIN
from generator.delivery.engines.keyed import ACCEPTED, NO_ADDRESS, OURS, Domain, Standing, find, find_all
from generator.delivery.verdict import Reply, Verdict

if TYPE_CHECKING:
    from generator.delivery.engines.fields import Fields
    from generator.delivery.engines.http import Line
    from generator.delivery.sessions import Envelope

URL = "https://api.resend.com"

_LABEL = "X-Letter"
"""The header with our tag, by which a web hook tells whose letter it was."""

_YES = {200, 201, 202}
_RECIPIENT = re.compile(r"[`'\"]?\bto\b[`'\"]?(?: field|\W|$)", re.IGNORECASE)
"""Words about the field `to`."""


class Resend:
    """What Resend does in its own way (see keyed.Engine)."""

    title = "Resend"
    url = URL
    limit = 100
    window = timedelta(hours=24) - MARGIN
    whole = True
    path = "/emails/batch"
    untracked = False

    def write_headers(self, token: str) -> dict[str, str]:
        """The token of the account."""
        return {"Authorization": f"Bearer {token}"}

    def name_request(self, batch: str) -> dict[str, str]:
        """The key of the request. Permissive: a letter that is not valid keeps no other from leaving."""
        return {"Idempotency-Key": batch, "x-batch-validation": "permissive"}

    def write_item(self, envelope: Envelope, fields: Fields, key: str) -> dict[str, Any]:
        """A letter as its API takes it. Resend writes the Message-ID."""
        headers = {name: value for name, value in fields.headers.items() if name.lower() != "message-id"}
        item = {
            "from": fields.sender,
            "to": [envelope.recipient],
            "subject": fields.subject,
            "headers": {**headers, _LABEL: key},
        }
        optional = {"text": fields.text, "html": fields.html, "reply_to": fields.reply_to}
        return item | {name: value for name, value in optional.items() if value}

    def read_replies(self, status: int, said: Any, number: int) -> list[Reply | None] | None:
        """Of what was accepted, in order, and of the letters that were not valid, by their place."""
        if status not in _YES:
            return None
        replies: list[Reply | None] = [None] * number
        for one in find_all(said, "errors"):
            index, words = one.get("index"), str(one.get("message"))
            if isinstance(index, int) and 0 <= index < number:
                replies[index] = NO_ADDRESS if _RECIPIENT.search(words) else OURS
        names = [one.get("id") for one in find_all(said, "data")]
        free = [index for index, reply in enumerate(replies) if reply is None]
        if len(names) != len(free) or not all(isinstance(name, str) and name for name in names):
            return None
        for index, name in zip(free, names, strict=True):
            replies[index] = Reply(Verdict.YES, ACCEPTED, handed=str(name))
        return replies

    def ask_standing(self, line: Line) -> Standing:
        """Of the token, and of the domains, if it may ask: a token with sending access may not."""
        answer = line.ask("GET", "/domains")
        said = answer.read()
        if answer.status not in _YES:
            return Standing(find(said, "name") == "restricted_api_key")
        domains: dict[str, Domain] = {}
        for one in find_all(said, "data"):
            found = line.ask("GET", f"/domains/{one.get('id')}").read()
            marks = [find(found, name) for name in ("open_tracking", "click_tracking")]
            tracks = True if True in marks else None if None in marks else False
            verified = one.get("status") == "verified"
            domains[str(one.get("name")).lower()] = Domain(verified, tracks, str(one.get("region") or ""))
        return Standing(known=True, domains=domains)

    def is_conflict(self, said: Any) -> bool:
        """It names the two cases."""
        return str(find(said, "name")) != "concurrent_idempotent_requests"
