"""The link in the first mail: a page with one button, and what the button does."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.model import Status
from generator.subscribers.list import subscriptions
from generator.subscribers.list.subscriptions import State
from generator.subscribers.list.tokens import Purpose, find_token
from generator.web.forms import read_form
from generator.web.moments import sign_moment, was_read

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.subscribers.store.database import Transaction
    from generator.web.visits import Visit


async def show_confirm(visit: Visit) -> Response:
    """The button; or what is the matter with the link. Changes nothing: scanners follow links."""
    return await _show(visit)


async def confirm(visit: Visit) -> Response:
    """The button was pressed."""
    form = await read_form(visit.request)
    moment = form.one("moment")
    if not was_read(visit.desk.keys, moment, visit.now):
        return await _show(visit, visit.say("too_fast") if moment else "")
    visit.count_token()
    source, network = visit.source("confirm"), visit.networks[1]
    confirmed = await visit.desk.keeper.write(
        lambda transaction: subscriptions.confirm(transaction, visit.token, visit.now, source, network)
    )
    if confirmed.state in {State.EXPIRED, State.UNKNOWN}:
        return _show_end(visit, confirmed.state)
    name = "confirmed" if confirmed.state is State.CONFIRMED else "already"
    return _show_done(visit, name, confirmed.token)


async def _show(visit: Visit, notice: str = "") -> Response:
    visit.count_token()
    state = await visit.desk.keeper.read(lambda transaction: _look(transaction, visit))
    if state is State.ALREADY:
        return _show_done(visit, "already", "")
    if state is not State.CONFIRMED:
        return _show_end(visit, state)
    moment = sign_moment(visit.desk.keys, visit.now)
    return visit.page("confirm", path=f"confirm/{visit.token}", moment=moment, notice=notice)


def _look(transaction: Transaction, visit: Visit) -> State:
    """What the button would do."""
    found = find_token(transaction, visit.token, Purpose.CONFIRM, visit.now)
    subscriber = subscriptions.get_subscriber(transaction, found.subscriber_id) if found else None
    if found is None or subscriber is None:
        return State.UNKNOWN
    if found.used and subscriber.status is Status.CONFIRMED:
        return State.ALREADY
    return State.EXPIRED if found.used or found.expired else State.CONFIRMED


def _show_done(visit: Visit, name: str, token: str) -> Response:
    archive = visit.desk.service.settings.page_url(visit.language, "archive/index.md")
    title, text = visit.say(f"{name}_title"), visit.say(f"{name}_text")
    path = f"confirm/{visit.token}"
    return visit.page("confirmed", path=path, title=title, text=text, token=token, archive=archive)


def _show_end(visit: Visit, state: State) -> Response:
    status = HTTPStatus.GONE if state is State.EXPIRED else HTTPStatus.NOT_FOUND
    link = ("subscribe", visit.say("subscribe_again"))
    return visit.message(state.value, status, f"{state.value}_confirm", link=link)
