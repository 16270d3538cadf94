"""The link that unsubscribes. It is signed and never expires, so it is verified without reading the list."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.subscribers.list import subscriptions
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE
from generator.web.forms import read_form, sign_moment, was_read

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context


async def show_unsubscribe(context: Context) -> Response:
    """The page with one button. A GET changes nothing: scanners follow links."""
    handle = _read_handle(context)
    return _show(context, handle) if handle else show_unknown(context)


async def unsubscribe(context: Context) -> Response:
    """Unsubscribe: at once for one-click of a mail program (RFC 8058), else when our own button was pressed.

    Idempotent: a second request gets the same answer, and so does a link of somebody who was erased.
    """
    form = await read_form(context.request, multipart=True)
    handle = _read_handle(context)
    if handle is None:
        return show_unknown(context)
    source, network = context.source("unsubscribe"), context.networks[1]
    if form.one("List-Unsubscribe") == "One-Click":
        source = f"{source} (List-Unsubscribe=One-Click)"
    elif form.one("confirm") != "yes" or not was_read(context.app.keys, form.one("moment"), context.now):
        return _show(context, handle, context.say("too_fast") if form.one("moment") else "")

    def leave(transaction: Transaction) -> None:
        if subscriber := subscriptions.find_by_handle(transaction, handle):
            subscriptions.unsubscribe(transaction, subscriber, context.now, source, network)

    await context.app.database.write(leave)
    return context.page("unsubscribed", path=f"unsubscribe/{context.token}")


def _read_handle(context: Context) -> str | None:
    return context.app.keys.read(UNSUBSCRIBE, context.token)


def _show(context: Context, handle: str, notice: str = "") -> Response:
    return context.page(
        "unsubscribe",
        path=f"unsubscribe/{context.token}",
        moment=sign_moment(context.app.keys, context.now),
        preferences=context.app.keys.sign(PREFERENCES, handle),
        notice=notice,
    )


def show_unknown(context: Context) -> Response:
    """The page for a signed link that is not ours, or of somebody who was erased. Counts a guess."""
    context.count_guess()
    link = ("manage", context.say("your_subscription"))
    return context.message("unknown", HTTPStatus.NOT_FOUND, "unknown_unsubscribe", link=link)
