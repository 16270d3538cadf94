"""What anybody may request with an address alone: to subscribe, and a link to their own page.

Neither reads the list, so that nobody can find out who is on it: every address gets the same answer after the same
work, and a mail to that address says the rest.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from generator.errors import AddressError
from generator.model import TOLD, Asking, Wish
from generator.subscribers.list.addresses import LONGEST, is_out_of_reach, parse_address
from generator.subscribers.list.consents import is_known
from generator.web.forms import Draft, read_form
from generator.web.providers import suggest_address

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.web.context import Context
    from generator.web.forms import Form


async def show_subscribe(context: Context) -> Response:
    """The form to subscribe."""
    return HTMLResponse(context.app.pages.render_form(context.language, "subscribe"))


async def show_manage(context: Context) -> Response:
    """The form that requests a link to one's own page."""
    return HTMLResponse(context.app.pages.render_form(context.language, "manage"))


async def subscribe(context: Context) -> Response:
    """Save a wish to subscribe, and answer 202: look in your inbox."""
    form = await read_form(context.request)
    draft, address = _read(context, form)
    if not context.app.origins.may_send(context.request.headers):
        return _show_subscribe(context, draft, HTTPStatus.FORBIDDEN, notice=context.say("foreign"))
    if draft.mistake:
        return _show_subscribe(context, draft, HTTPStatus.UNPROCESSABLE_ENTITY)
    if draft.meant:
        return _show_subscribe(context, draft)
    # The box sends the version of the text with its own sentence.
    version = form.one("course") or form.one("wording")
    if not await _was_shown(context, version) or (draft.course and not context.app.pages.courses):
        return _show_subscribe(context, draft, notice=context.say("stale"))
    return await _save(context, form, Asking.SUBSCRIBE, address, draft, version)


async def ask_manage(context: Context) -> Response:
    """Save a wish for a link to one's own page, in the same way."""
    form = await read_form(context.request)
    draft, address = _read(context, form)
    if not context.app.origins.may_send(context.request.headers):
        notice = context.say("foreign")
        return context.page("manage", HTTPStatus.FORBIDDEN, path="manage", draft=draft, notice=notice)
    if draft.mistake:
        return context.page("manage", HTTPStatus.UNPROCESSABLE_ENTITY, path="manage", draft=draft)
    if draft.meant:
        return context.page("manage", path="manage", draft=draft)
    return await _save(context, form, Asking.MANAGE, address, draft)


async def _was_shown(context: Context, version: str) -> bool:
    """Whether this is the version of a text that our forms have, or had once."""
    pages, language = context.app.pages, context.language
    current = (pages.wordings[language], pages.courses.get(language))
    return any(one and one.version == version for one in current) or await context.app.database.read(
        lambda transaction: is_known(transaction, version)
    )


async def _save(  # noqa: PLR0913 (what a wish is made of)
    context: Context, form: Form, asking: Asking, address: str, draft: Draft, version: str = ""
) -> Response:
    # A honeypot: programs that fill in every field get the same answer. Nothing is saved, and no limit is used up.
    if not any(form.all("website")):
        context.count_wish(address)
        wish = Wish(
            asking,
            address,
            draft.language or context.language,
            context.now,
            _say_source(context, asking, draft),
            context.networks[1],
            draft.certainties,
            version,
            draft.course,
        )
        await context.app.database.save(wish)
    page = context.app.pages.render_asked(context.language, asking, address)
    return HTMLResponse(page, HTTPStatus.ACCEPTED)


def _say_source(context: Context, asking: Asking, draft: Draft) -> str:
    """Where a form stood, and by which way somebody came to it."""
    from_site = context.app.origins.from_site(context.request.headers)
    page = context.app.service.settings.site_url if from_site else context.source(asking)
    return f"{page} ({draft.origin})" if draft.origin else page


def _show_subscribe(
    context: Context, draft: Draft, status: HTTPStatus = HTTPStatus.OK, notice: str = ""
) -> Response:
    return context.page("subscribe", status, draft=draft, notice=notice)


def _read(context: Context, form: Form) -> tuple[Draft, str]:
    """The form as it was filled in, and the address to use in normal form; "" when it is not valid."""
    typed, address, mistake = [text.strip() for text in form.all("email")], "", ""
    if len(typed) > 1:
        mistake = "several"
    elif not (text := "".join(typed)):
        mistake = "empty"
    else:
        try:
            address = parse_address(text)
        except AddressError:
            mistake = _name_mistake(text)
        if address and not context.app.service.takes(address):
            address, mistake = "", "out_of_reach"
    # A slip in the domain is asked about once; the two answers are buttons, whose value is the whole address.
    meant, answer = suggest_address(address), form.one("meant")
    if meant and answer in {meant, address}:
        address, meant = answer, ""
    known = context.app.service.titles(context.language)
    chosen = tuple(one for one in known if one in form.all("certainty"))
    draft = Draft(
        email=address if meant else typed[0][:LONGEST] if typed else "",
        language=next(
            (one for one in context.app.service.settings.languages if one in form.all("language")), None
        ),
        certainties=chosen if len(chosen) < len(known) else (),
        mistake=context.say(mistake) if mistake else "",
        meant=meant,
        course=any(form.all("course")),
        origin=next((one for one in TOLD if one in form.all("from")), None),
    )
    return draft, address


def _name_mistake(text: str) -> str:
    """The name of the text for what is wrong with an address; the library says more, but in English."""
    if "@" not in text:
        return "no_at"
    if is_out_of_reach(text):
        return "odd_signs"
    return "several" if text.count("@") > 1 else "bad"
