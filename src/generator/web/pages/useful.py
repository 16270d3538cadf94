"""“Was this of use to you?”: two links below each letter, the same for every reader. Only a number is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from generator.model import Useful, Week
from generator.render.dates import say_day
from generator.subscribers.ledger.answers import count_answer, may_answer
from generator.web.forms import read_form, sign_moment, was_read
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.web.context import Context


async def show_useful(context: Context) -> Response:
    """The page with one button. A GET changes nothing: programs follow the links of a mail."""
    week, useful = _read_path(context)
    if not await context.app.database.read(lambda transaction: may_answer(transaction, week, context.now)):
        raise _lost()
    return _show(context, week, useful)


async def answer(context: Context) -> Response:
    """Count one answer. Neither the reader nor their network is kept, so it is a hint and not a vote."""
    week, useful = _read_path(context)
    form = await read_form(context.request)
    if not context.app.origins.may_send(context.request.headers):
        return _show(context, week, useful, HTTPStatus.FORBIDDEN, context.say("useful_foreign"))
    if form.one("confirm") != "yes" or not was_read(context.app.keys, form.one("moment"), context.now):
        return _show(context, week, useful, notice=context.say("too_fast") if form.one("moment") else "")
    context.count_answer()
    if not await context.app.database.write(
        lambda transaction: count_answer(transaction, week, useful, context.now)
    ):
        raise _lost()
    # Whoever loads the next page again says nothing twice.
    return RedirectResponse(f"{context.app.service.base}{context.folder}useful", HTTPStatus.SEE_OTHER)


async def show_thanks(context: Context) -> Response:
    """What is there after an answer, the same for everybody."""
    return context.page("thanks", path="useful")


def _read_path(context: Context) -> tuple[Week, Useful]:
    try:
        return Week.parse(str(context.request.path_params["week"])), Useful(
            str(context.request.path_params["answer"])
        )
    except ValueError:
        raise _lost() from None


def _show(
    context: Context, week: Week, useful: Useful, status: HTTPStatus = HTTPStatus.OK, notice: str = ""
) -> Response:
    friday = datetime(week.friday.year, week.friday.month, week.friday.day, tzinfo=UTC)
    other = Useful.NO if useful is Useful.YES else Useful.YES
    return context.page(
        "useful",
        status,
        path=f"useful/{week}/{useful}",
        lede=context.say(f"useful_{useful}").replace("{day}", say_day(friday, context.language)),
        button=context.say(f"useful_{useful}_button"),
        other=f"useful/{week}/{other}",
        to_other=context.say(f"useful_to_{other}"),
        moment=sign_moment(context.app.keys, context.now),
        notice=notice,
    )


def _lost() -> Refusal:
    return Refusal(HTTPStatus.NOT_FOUND, "lost")
