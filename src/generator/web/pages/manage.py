"""What a subscriber changes on their own page: preferences, pause, unsubscribe, erase.

Each change consumes the token of the page and redirects to the page with a new one. A form that comes back sooner than
anybody reads changes nothing and consumes no token: some mail scanners submit every form.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from starlette.responses import RedirectResponse

from generator.subscribers.ledger import courses
from generator.subscribers.list import subscriptions
from generator.web.forms import read_form, was_read
from generator.web.pages.data import COURSE_CHANGES, WEEKS, find_today, show_again, show_end
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context
    from generator.web.forms import Form

Act: TypeAlias = Callable[["Transaction", "Subscriber"], None]
"""What a form changes, in the transaction that it is given."""


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


async def unsubscribe(context: Context) -> Response:
    """Unsubscribe."""
    form = await read_form(context.request)
    source, network = context.source("manage"), context.networks[1]

    def leave(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.unsubscribe(transaction, subscriber, context.now, source, network)

    return await _change(context, form, "unsubscribe", leave)


async def erase(context: Context) -> Response:
    """Erase all data about them (GDPR, art. 17), when they ticked that they are sure."""
    form = await read_form(context.request)
    if not _was_read(context, form):
        return await show_again(context, "too_fast")
    if form.one("sure") != "yes":
        return await show_again(context, "erase_unsure", HTTPStatus.UNPROCESSABLE_ENTITY)

    def forget(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.erase(transaction, subscriber, context.now)

    return context.message("erased") if await _use_token(context, forget) else show_end(context)


def read_preferences(context: Context, form: Form) -> Act:
    """The language and the certainties that a form chooses. Raises Refusal without a language."""
    language = next(
        (one for one in context.app.service.settings.languages if one in form.all("language")), None
    )
    if language is None:
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd")
    known = context.app.service.titles(context.language)
    chosen = tuple(one for one in known if one in form.all("certainty"))
    certainties = chosen if len(chosen) < len(known) else ()
    return lambda transaction, subscriber: subscriptions.change(
        transaction, subscriber, context.now, language, certainties
    )


def read_pause(context: Context, form: Form) -> Act:
    """A pause of as many weeks as a form says. Raises Refusal for another number than the page offers."""
    weeks = form.one("weeks")
    if weeks not in {str(one) for one in WEEKS}:
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd")
    until = find_today(context) + timedelta(weeks=int(weeks))
    return lambda transaction, subscriber: subscriptions.pause(transaction, subscriber, until, context.now)


def end_pause(context: Context) -> Act:
    """Letters again from now on."""
    return lambda transaction, subscriber: subscriptions.pause(transaction, subscriber, None, context.now)


def read_course(context: Context, form: Form) -> tuple[str, Act]:
    """What a form does with the course: its name, and the act. Raises Refusal for another, or without a course."""
    name = form.one("course")
    if name not in COURSE_CHANGES or context.app.service.settings.course is None:
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd")

    def act(transaction: Transaction, subscriber: Subscriber) -> None:
        if name == "begin":
            changed = courses.begin(transaction, subscriber, find_today(context), context.now)
        else:
            change = courses.pause if name == "pause" else courses.stop
            changed = change(transaction, subscriber, context.now)
        if changed:
            subscriptions.tell(transaction, subscriber.id, context.now)

    return f"course_{name}", act


def _was_read(context: Context, form: Form) -> bool:
    return was_read(context.app.keys, form.one("moment"), context.now)


async def _change(context: Context, form: Form, done: str, act: Act) -> Response:
    if not _was_read(context, form):
        return await show_again(context, "too_fast")
    successor = await _use_token(context, act)
    if not successor:
        return show_end(context)
    # A path of our own and a token of our own: nothing in the request says where this leads.
    path = f"{context.app.service.base}{context.folder}manage/{quote(successor)}?done={done}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


async def _use_token(context: Context, act: Act) -> str:
    """Consume the token and `act`, in one transaction; the new token, or "" when the token is not valid."""
    context.check_guesses()

    def turn(transaction: Transaction) -> str:
        found = subscriptions.rotate_token(transaction, context.token, context.now)
        if found is None:
            return ""
        subscriber, successor = found
        act(transaction, subscriber)
        return successor

    return await context.app.database.write(turn)
