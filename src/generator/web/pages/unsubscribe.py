"""The link that ends a subscription. It is signed, works for ever, and needs no look at the list to be believed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.subscribers.list import subscriptions
from generator.subscribers.store.keys import UNSUBSCRIBE
from generator.web.forms import read_form
from generator.web.moments import sign_moment, was_read

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.subscribers.store.database import Transaction
    from generator.web.visits import Visit


async def show_unsubscribe(visit: Visit) -> Response:
    """One button. Changes nothing: scanners follow links."""
    visit.count_token()
    return _show(visit) if _read_handle(visit) else _show_unknown(visit)


async def unsubscribe(visit: Visit) -> Response:
    """At once for the button of a mail program (RFC 8058), which asks nothing; else for our own button.

    A second time is answered like the first, and so is a link of somebody who was erased.
    """
    form = await read_form(visit.request, multipart=True)
    handle = _read_handle(visit)
    if handle is None:
        visit.count_token()
        return _show_unknown(visit)
    source, network = visit.source("unsubscribe"), visit.networks[1]
    if form.one("List-Unsubscribe") == "One-Click":
        source = f"{source} (List-Unsubscribe=One-Click)"
    elif form.one("confirm") != "yes" or not was_read(visit.desk.keys, form.one("moment"), visit.now):
        return _show(visit, visit.say("too_fast") if form.one("moment") else "")

    def leave(transaction: Transaction) -> None:
        if subscriber := subscriptions.find_by_handle(transaction, handle):
            subscriptions.unsubscribe(transaction, subscriber, visit.now, source, network)

    await visit.desk.keeper.write(leave)
    return visit.page("unsubscribed", path=f"unsubscribe/{visit.token}")


def _read_handle(visit: Visit) -> str | None:
    return visit.desk.keys.read(UNSUBSCRIBE, visit.token)


def _show(visit: Visit, notice: str = "") -> Response:
    moment = sign_moment(visit.desk.keys, visit.now)
    return visit.page("unsubscribe", path=f"unsubscribe/{visit.token}", moment=moment, notice=notice)


def _show_unknown(visit: Visit) -> Response:
    link = ("manage", visit.say("your_subscription"))
    return visit.message("unknown", HTTPStatus.NOT_FOUND, "unknown_unsubscribe", link=link)
