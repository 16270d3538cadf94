"""The link of the confirmation mail (double opt-in): a page with one button, and what the button does."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.model import CourseState, Status
from generator.subscribers.ledger import courses, firsts
from generator.subscribers.list import subscriptions
from generator.subscribers.list.subscriptions import State
from generator.subscribers.list.tokens import Purpose, find_token
from generator.web.forms import read_form, sign_moment, was_read
from generator.web.pages.data import describe_course, find_today

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.model import Course
    from generator.subscribers.list.subscriptions import Confirmed
    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context


async def show_confirm(context: Context) -> Response:
    """The page with the button, or why the link does not work. A GET changes nothing: scanners follow links."""
    return await _show(context)


async def confirm(context: Context) -> Response:
    """Confirm the subscription; the page again when the button was pressed sooner than anybody reads."""
    form = await read_form(context.request)
    moment = form.one("moment")
    if not was_read(context.app.keys, moment, context.now):
        return await _show(context, context.say("too_fast") if moment else "")
    context.check_guesses()
    source, network = context.source("confirm"), context.networks[1]
    welcomes = context.app.service.welcomes

    def act(transaction: Transaction) -> tuple[Confirmed, Course | None]:
        confirmed = subscriptions.confirm(transaction, context.token, context.now, source, network)
        reader = confirmed.subscriber
        if confirmed.state is not State.CONFIRMED or reader is None:
            return confirmed, None
        if welcomes is not None:
            firsts.plan(transaction, reader, context.now, welcomes.get(reader.language, ""))
        courses.settle_confirmed(transaction, reader, find_today(context), context.now)
        return confirmed, courses.find(transaction, reader.id)

    confirmed, course = await context.app.database.write(act)
    if confirmed.state in {State.EXPIRED, State.UNKNOWN}:
        return _show_end(context, confirmed.state)
    name = "confirmed" if confirmed.state is State.CONFIRMED else "already"
    return _show_done(context, name, confirmed.token, course)


async def _show(context: Context, notice: str = "") -> Response:
    context.check_guesses()
    state, course = await context.app.database.read(lambda transaction: _find_state(transaction, context))
    if state is State.ALREADY:
        return _show_done(context, "already", "", None)
    if state is not State.CONFIRMED:
        return _show_end(context, state)
    moment = sign_moment(context.app.keys, context.now)
    asked = bool(course and course.state is CourseState.ASKED and context.app.service.settings.course)
    return context.page("confirm", path=f"confirm/{context.token}", moment=moment, notice=notice, asked=asked)


def _find_state(transaction: Transaction, context: Context) -> tuple[State, Course | None]:
    """The state of the token, CONFIRMED when the button would confirm; and the course of its owner."""
    found = find_token(transaction, context.token, Purpose.CONFIRM, context.now)
    subscriber = subscriptions.get_subscriber(transaction, found.subscriber_id) if found else None
    if found is None or subscriber is None:
        return State.UNKNOWN, None
    if found.used and subscriber.status is Status.CONFIRMED:
        return State.ALREADY, None
    return State.EXPIRED if found.used or found.expired else State.CONFIRMED, subscriber.course


def _show_done(context: Context, name: str, token: str, course: Course | None) -> Response:
    archive = context.app.service.settings.page_url(context.language, "archive/index.md")
    title, text = context.say(f"{name}_title"), context.say(f"{name}_text")
    path, described = f"confirm/{context.token}", describe_course(context, course)
    return context.page(
        "confirmed", path=path, title=title, text=text, token=token, archive=archive, **described
    )


def _show_end(context: Context, state: State) -> Response:
    if state is State.UNKNOWN:
        context.count_guess()
    status = HTTPStatus.GONE if state is State.EXPIRED else HTTPStatus.NOT_FOUND
    link = ("subscribe", context.say("subscribe_again"))
    return context.message(state.value, status, f"{state.value}_confirm", link=link)
