"""What a subscriber changes on their own page: preferences, pause, unsubscribe, erase.

A token opens the page, and every change uses that token up and leads to the page with its successor. A form that comes
back sooner than anybody reads changes nothing and uses nothing up: some mail scanners submit every form.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse

from generator.model import Language
from generator.subscribers.list import subscriptions
from generator.web.forms import read_form
from generator.web.moments import was_read
from generator.web.pages.data import WEEKS, find_today, show_again, show_end
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction
    from generator.web.forms import Form
    from generator.web.visits import Visit


async def save_preferences(visit: Visit) -> Response:
    """Another language, other certainties."""
    form = await read_form(visit.request)
    language = next((one for one in Language if one in form.all("language")), None)
    if language is None:
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd")
    known = visit.desk.service.titles(visit.language)
    chosen = tuple(one for one in known if one in form.all("certainty"))
    certainties = chosen if len(chosen) < len(known) else ()

    def save(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.change(transaction, subscriber, visit.now, language, certainties)

    return await _change(visit, form, "preferences", save)


async def pause(visit: Visit) -> Response:
    """No letters for some weeks."""
    form = await read_form(visit.request)
    weeks = form.one("weeks")
    if weeks not in {str(one) for one in WEEKS}:
        raise Refusal(HTTPStatus.BAD_REQUEST, "odd")
    until = find_today(visit) + timedelta(weeks=int(weeks))

    def stop(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.pause(transaction, subscriber, until, visit.now)

    return await _change(visit, form, "pause", stop)


async def resume(visit: Visit) -> Response:
    """Letters again."""
    form = await read_form(visit.request)

    def go_on(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.pause(transaction, subscriber, None, visit.now)

    return await _change(visit, form, "resume", go_on)


async def unsubscribe(visit: Visit) -> Response:
    """No letters any more."""
    form = await read_form(visit.request)
    source, network = visit.source("manage"), visit.networks[1]

    def leave(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.unsubscribe(transaction, subscriber, visit.now, source, network)

    return await _change(visit, form, "unsubscribe", leave)


async def erase(visit: Visit) -> Response:
    """Forget all about them, when they said that they are sure."""
    form = await read_form(visit.request)
    if not _was_read(visit, form):
        return await show_again(visit, "too_fast")
    if form.one("sure") != "yes":
        return await show_again(visit, "erase_unsure", HTTPStatus.UNPROCESSABLE_ENTITY)

    def forget(transaction: Transaction, subscriber: Subscriber) -> None:
        subscriptions.erase(transaction, subscriber, visit.now)

    return visit.message("erased") if await _turn(visit, forget) else show_end(visit)


def _was_read(visit: Visit, form: Form) -> bool:
    return was_read(visit.desk.keys, form.one("moment"), visit.now)


async def _change(
    visit: Visit, form: Form, done: str, act: Callable[[Transaction, Subscriber], None]
) -> Response:
    if not _was_read(visit, form):
        return await show_again(visit, "too_fast")
    successor = await _turn(visit, act)
    if not successor:
        return show_end(visit)
    # A path of our own and a token of our own: nothing in the request says where this leads.
    path = f"{visit.desk.service.base}{visit.language.prefix}manage/{quote(successor)}?done={done}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


async def _turn(visit: Visit, act: Callable[[Transaction, Subscriber], None]) -> str:
    """Use the token, act, and give the successor; empty when the token is not good."""
    visit.count_token()

    def turn(transaction: Transaction) -> str:
        found = subscriptions.turn(transaction, visit.token, visit.now)
        if found is None:
            return ""
        subscriber, successor = found
        act(transaction, subscriber)
        return successor

    return await visit.desk.keeper.write(turn)
