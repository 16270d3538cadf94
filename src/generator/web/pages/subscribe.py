"""What a stranger may ask with no more than an address: to subscribe, and a link to their own page.

Neither looks at the list. Who is on it, was, or will never be gets the same answer for the same work; a mail tells the
rest to whoever reads it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from generator.errors import AddressError
from generator.model import Asking, Language, Wish
from generator.subscribers.list.addresses import LONGEST, parse_address
from generator.subscribers.list.wordings import is_known
from generator.web.drafts import Draft
from generator.web.forms import read_form
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.web.forms import Form
    from generator.web.visits import Visit


async def show_subscribe(visit: Visit) -> Response:
    """The form."""
    return HTMLResponse(visit.desk.pages.render_form(visit.language, "subscribe"))


async def show_manage(visit: Visit) -> Response:
    """The form that asks for a link."""
    return HTMLResponse(visit.desk.pages.render_form(visit.language, "manage"))


async def subscribe(visit: Visit) -> Response:
    """Keep the wish of whoever sent the form, and say where to look."""
    form = await read_form(visit.request)
    draft, address = _read(visit, form)
    if not visit.desk.origins.may_send(visit.request.headers):
        return _show_subscribe(visit, draft, HTTPStatus.FORBIDDEN, notice=visit.say("foreign"))
    if draft.mistake:
        return _show_subscribe(visit, draft, HTTPStatus.UNPROCESSABLE_ENTITY)
    version = form.one("wording")
    if version != visit.desk.pages.wordings[visit.language].version and not await visit.desk.keeper.read(
        lambda transaction: is_known(transaction, version)
    ):
        return _show_subscribe(visit, draft, notice=visit.say("stale"))
    return await _keep(visit, form, Asking.SUBSCRIBE, address, draft, version)


async def ask_manage(visit: Visit) -> Response:
    """The same for a link to their own page."""
    form = await read_form(visit.request)
    draft, address = _read(visit, form)
    if not visit.desk.origins.may_send(visit.request.headers):
        notice = visit.say("foreign")
        return visit.page("manage", HTTPStatus.FORBIDDEN, path="manage", draft=draft, notice=notice)
    if draft.mistake:
        return visit.page("manage", HTTPStatus.UNPROCESSABLE_ENTITY, path="manage", draft=draft)
    return await _keep(visit, form, Asking.MANAGE, address, draft)


async def _keep(  # noqa: PLR0913 (what a wish is made of)
    visit: Visit, form: Form, asking: Asking, address: str, draft: Draft, version: str = ""
) -> Response:
    service, networks = visit.desk.service, visit.networks
    if wait := service.limits.may_wish(networks, address.rpartition("@")[2]):
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "busy", wait=wait)
    # Programs that fill in every field they find are answered like everybody else, and nothing is kept.
    if not any(form.all("website")):
        wish = Wish(
            asking,
            address,
            draft.language or visit.language,
            visit.now,
            service.settings.site_url
            if visit.desk.origins.from_site(visit.request.headers)
            else visit.source(asking),
            networks[1],
            draft.certainties,
            version,
        )
        await visit.desk.keeper.keep(wish)
    page = visit.desk.pages.render_asked(visit.language, asking, address)
    return HTMLResponse(page, HTTPStatus.ACCEPTED)


def _show_subscribe(
    visit: Visit, draft: Draft, status: HTTPStatus = HTTPStatus.OK, notice: str = ""
) -> Response:
    return visit.page("subscribe", status, draft=draft, notice=notice)


def _read(visit: Visit, form: Form) -> tuple[Draft, str]:
    """What was typed, and the address in it; empty when it is none."""
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
    known = visit.desk.service.titles(visit.language)
    chosen = tuple(one for one in known if one in form.all("certainty"))
    draft = Draft(
        email=typed[0][:LONGEST] if typed else "",
        language=next((one for one in Language if one in form.all("language")), None),
        certainties=chosen if len(chosen) < len(known) else (),
        mistake=visit.say(mistake) if mistake else "",
    )
    return draft, address


def _name_mistake(text: str) -> str:
    """The word for what is wrong with an address; the library knows more, in English."""
    if "@" not in text:
        return "no_at"
    return "several" if text.count("@") > 1 else "bad"
