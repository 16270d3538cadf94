"""A subscriber's preferences, opened by the link in a letter. It is signed, and works for ever.

It also works for everybody to whom the letter was passed on. So this page never shows the whole address, nor anything
else that we keep. To see, take along or erase everything, a subscriber has a link mailed to the address (`data`,
`manage`). A GET changes nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse

from generator.model import Asking, Wish
from generator.subscribers.list import subscriptions
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE
from generator.web.forms import read_form, was_read
from generator.web.pages.data import describe, name_done
from generator.web.pages.manage import end_pause, read_course, read_pause, read_preferences
from generator.web.pages.unsubscribe import show_unknown

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context
    from generator.web.forms import Form
    from generator.web.pages.manage import Act


async def show_preferences(context: Context) -> Response:
    """Their preferences; after a change, with a sentence that confirms it."""
    return await _show(context, name_done(context))


async def save_preferences(context: Context) -> Response:
    """Save another language and other certainties."""
    form = await read_form(context.request)
    return await _change(context, form, "preferences", read_preferences(context, form))


async def pause(context: Context) -> Response:
    """Send no letters for some weeks."""
    form = await read_form(context.request)
    return await _change(context, form, "pause", read_pause(context, form))


async def resume(context: Context) -> Response:
    """End a pause."""
    return await _change(context, await read_form(context.request), "resume", end_pause(context))


async def change_course(context: Context) -> Response:
    """Begin the course or go on with it, pause it or stop it."""
    form = await read_form(context.request)
    return await _change(context, form, *read_course(context, form))


async def ask_link(context: Context) -> Response:
    """Have a link to the page with all data mailed, as the form does that asks for an address."""
    form = await read_form(context.request)
    if not was_read(context.app.keys, form.one("moment"), context.now):
        return await _show(context, "too_fast")
    subscriber = await _find(context)
    if subscriber is None:
        return show_unknown(context)
    context.count_wish(subscriber.address)
    source, network = context.source(Asking.MANAGE), context.networks[1]
    await context.app.database.save(
        Wish(Asking.MANAGE, subscriber.address, context.language, context.now, source, network)
    )
    page = context.app.pages.render_asked(context.language, Asking.MANAGE, mask_address(subscriber.address))
    return HTMLResponse(page, HTTPStatus.ACCEPTED)


def mask_address(address: str) -> str:
    """Enough of an address for its reader to know which one it is: j…@example.org."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}…@{domain}"


async def _find(context: Context) -> Subscriber | None:
    """Who was meant by the token; None when it is not ours, or they were erased."""
    handle = context.app.keys.read(PREFERENCES, context.token)
    if handle is None:
        return None
    return await context.app.database.read(
        lambda transaction: subscriptions.find_by_handle(transaction, handle)
    )


async def _show(context: Context, notice: str) -> Response:
    subscriber = await _find(context)
    if subscriber is None:
        return show_unknown(context)
    return context.page(
        "preferences",
        path=f"preferences/{context.token}",
        token=context.token,
        unsubscribe=context.app.keys.sign(UNSUBSCRIBE, subscriber.handle),
        address=mask_address(subscriber.address),
        notice=context.say(notice) if notice else "",
        **describe(context, subscriber),
    )


async def _change(context: Context, form: Form, done: str, act: Act) -> Response:
    if not was_read(context.app.keys, form.one("moment"), context.now):
        return await _show(context, "too_fast")
    handle = context.app.keys.read(PREFERENCES, context.token)

    def turn(transaction: Transaction) -> bool:
        subscriber = subscriptions.find_by_handle(transaction, handle) if handle else None
        if subscriber is not None:
            act(transaction, subscriber)
        return subscriber is not None

    if handle is None or not await context.app.database.write(turn):
        return show_unknown(context)
    # A path of our own and a token of our own: nothing in the request says where this leads.
    path = f"{context.app.service.base}{context.folder}preferences/{quote(context.token)}?done={done}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
