"""A subscriber's own page with all data about them. GET changes nothing and does not consume the token."""

from __future__ import annotations

import json
from datetime import datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from generator.model import CourseState, is_lesson_day, next_lesson_day
from generator.render.courses import say_course
from generator.render.dates import say_day
from generator.render.links import COURSE
from generator.subscribers.list import subscriptions
from generator.subscribers.transfer.exporting import find_everything
from generator.web.forms import Draft, sign_moment

if TYPE_CHECKING:
    from datetime import date

    from generator.model import Course, Subscriber
    from generator.subscribers.store.database import Transaction
    from generator.web.context import Context

COURSE_CHANGES = ("begin", "pause", "stop")
"""What a reader can do with their course."""

WEEKS = (4, 8, 26)
"""Weeks that a pause may last."""

_DONE = ("preferences", "pause", "resume", "unsubscribe", *(f"course_{one}" for one in COURSE_CHANGES))


async def show_own(context: Context) -> Response:
    """Their page; after a change, with a sentence that confirms it."""
    return await show_again(context, name_done(context))


def name_done(context: Context) -> str:
    """The name of the text for what was just changed; empty when a page was only opened."""
    done = context.request.query_params.get("done", "")
    return f"done_{done}" if done in _DONE else ""


def describe(context: Context, subscriber: Subscriber) -> dict[str, Any]:
    """What both pages of a subscriber show: how the subscription stands, and what can be changed."""
    until = subscriber.paused_until
    paused = until if until is not None and until > find_today(context) else None
    return {
        "moment": sign_moment(context.app.keys, context.now),
        "subscriber": subscriber,
        "paused": paused,
        "state": "paused" if paused and subscriber.status == "confirmed" else subscriber.status.value,
        "weeks": WEEKS,
        **describe_course(context, subscriber.course, paused),
        "say_day": lambda day: say_day(datetime.combine(day, time()), context.language),
    }


def describe_course(context: Context, course: Course | None, paused: date | None = None) -> dict[str, Any]:
    """What pages say of the course: how its reader stands, in a word and in words, and where it is on the site.

    `stands` is empty when lessons are not mailed. `paused`: no mail comes before that day.
    """
    service = context.app.service
    day = course.due if course else None
    if course is None or (course.step == 1 and course.state in {CourseState.ASKED, CourseState.STOPPED}):
        stands = "new"
    elif course.finished:
        stands = "finished"
    else:
        stands = course.state.value
    if stands == CourseState.RUNNING and day:
        day = max(day, paused or day, find_today(context))
        day = day if is_lesson_day(day) else next_lesson_day(day)
    lesson = say_course(service.root, context.language, course, day)
    return {
        "stands": stands if service.settings.course else "",
        "lesson": f"{lesson[:1].upper()}{lesson[1:]}.",
        "go_on": context.say("course_go_on").replace("{number}", str(course.step if course else 1)),
        "lessons": service.settings.page_url(context.language, COURSE),
    }


async def download(context: Context) -> Response:
    """All data about them, from every table, as JSON (GDPR, art. 15 and 20)."""
    context.check_guesses()
    found = await context.app.database.read(lambda transaction: _collect(transaction, context))
    if found is None:
        return show_end(context)
    content = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="subscription.json"'}
    return Response(content, media_type="application/json", headers=headers)


async def show_again(context: Context, notice: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Their page, with the text of web.words named `notice` above it."""
    context.check_guesses()
    subscriber = await context.app.database.read(
        lambda transaction: subscriptions.peek(transaction, context.token, context.now)
    )
    return (
        _show(context, subscriber, context.say(notice) if notice else "", status)
        if subscriber
        else show_end(context)
    )


def show_end(context: Context) -> Response:
    """The page for a used, expired or unknown link, with the form that asks for a new one. Counts a guess."""
    context.count_guess()
    title, text = context.say("expired_title"), context.say("expired_manage")
    return context.page("manage", HTTPStatus.NOT_FOUND, path="manage", draft=Draft(), title=title, text=text)


def find_today(context: Context) -> date:
    """The date in the time zone of the settings."""
    return context.now.astimezone(context.app.service.settings.timezone).date()


def _collect(transaction: Transaction, context: Context) -> dict[str, Any] | None:
    """Their row as exports have it, and their data of the other tables; None when the token is not valid."""
    subscriber = subscriptions.peek(transaction, context.token, context.now)
    found = find_everything(transaction, subscriber.address) if subscriber else None
    return {**found.pop("subscriber"), **found} if found else None


def _show(context: Context, subscriber: Subscriber, notice: str, status: HTTPStatus) -> Response:
    return context.page(
        "own",
        status,
        path=f"manage/{context.token}",
        token=context.token,
        notice=notice,
        say_moment=lambda moment: _say_moment(context, moment),
        kept=say_course(context.app.service.root, context.language, subscriber.course),
        **describe(context, subscriber),
    )


def _say_moment(context: Context, moment: datetime) -> str:
    local = moment.astimezone(context.app.service.settings.timezone)
    return f"{say_day(local, context.language)}, {local:%H:%M}"
