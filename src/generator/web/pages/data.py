"""A subscriber's own page with all data about them. GET changes nothing and does not consume the token."""

from __future__ import annotations

import json
from datetime import datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from generator.render.words import say_day
from generator.subscribers.list import subscriptions
from generator.subscribers.transfer.exporting import find_everything
from generator.web.drafts import Draft
from generator.web.moments import sign_moment

if TYPE_CHECKING:
    from datetime import date

    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction
    from generator.web.visits import Visit

WEEKS = (4, 8, 26)
"""How long a pause may last."""

_DONE = ("preferences", "pause", "resume", "unsubscribe")


async def show_own(visit: Visit) -> Response:
    """Their page; after a change, with a sentence that says so."""
    done = visit.request.query_params.get("done", "")
    return await show_again(visit, f"done_{done}" if done in _DONE else "")


async def download(visit: Visit) -> Response:
    """All that we keep about them, wherever it stands, as a file that programs can read (GDPR, art. 15 and 20)."""
    visit.count_token()
    found = await visit.desk.keeper.read(lambda transaction: _collect(transaction, visit))
    if found is None:
        return show_end(visit)
    content = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="subscription.json"'}
    return Response(content, media_type="application/json", headers=headers)


async def show_again(visit: Visit, notice: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Their page with some of our words above it."""
    visit.count_token()
    subscriber = await visit.desk.keeper.read(
        lambda transaction: subscriptions.peek(transaction, visit.token, visit.now)
    )
    return (
        _show(visit, subscriber, visit.say(notice) if notice else "", status)
        if subscriber
        else show_end(visit)
    )


def show_end(visit: Visit) -> Response:
    """A used, ended or unknown link, and the way to a new one."""
    title, text = visit.say("expired_title"), visit.say("expired_manage")
    return visit.page("manage", HTTPStatus.NOT_FOUND, path="manage", draft=Draft(), title=title, text=text)


def find_today(visit: Visit) -> date:
    """The day that it is for readers."""
    return visit.now.astimezone(visit.desk.service.settings.timezone).date()


def _collect(transaction: Transaction, visit: Visit) -> dict[str, Any] | None:
    """The row as exports have it, and what stands elsewhere."""
    subscriber = subscriptions.peek(transaction, visit.token, visit.now)
    found = find_everything(transaction, subscriber.address) if subscriber else None
    return {**found.pop("subscriber"), **found} if found else None


def _show(visit: Visit, subscriber: Subscriber, notice: str, status: HTTPStatus) -> Response:
    paused = subscriber.paused_until if _is_paused(visit, subscriber.paused_until) else None
    return visit.page(
        "own",
        status,
        path=f"manage/{visit.token}",
        token=visit.token,
        moment=sign_moment(visit.desk.keys, visit.now),
        subscriber=subscriber,
        paused=paused,
        state="paused" if paused and subscriber.status == "confirmed" else subscriber.status.value,
        weeks=WEEKS,
        notice=notice,
        say_day=lambda day: say_day(datetime.combine(day, time()), visit.language),
        say_moment=lambda moment: _say_moment(visit, moment),
    )


def _is_paused(visit: Visit, until: date | None) -> bool:
    return until is not None and until > find_today(visit)


def _say_moment(visit: Visit, moment: datetime) -> str:
    local = moment.astimezone(visit.desk.service.settings.timezone)
    return f"{say_day(local, visit.language)}, {local:%H:%M}"
