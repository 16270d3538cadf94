"""The addresses of the service, and what answers at each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, Router

from generator.model import Language
from generator.web.page import Pages
from generator.web.pages import confirm, data, manage, subscribe, unsubscribe
from generator.web.pages.assets import STYLE, load_assets, show_asset
from generator.web.pages.health import Health
from generator.web.refusals import Refusal
from generator.web.server.guard import Guard
from generator.web.server.origins import Origins
from generator.web.server.threads import Keeper
from generator.web.visits import Desk, Visit

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from generator.web.server.service import Service

Act: TypeAlias = Callable[[Visit], Awaitable["Response"]]

ADDRESSES: dict[str, dict[str, Act]] = {
    # The path below the folder of a language: what each method does
    "subscribe": {"GET": subscribe.show_subscribe, "POST": subscribe.subscribe},
    "confirm/{token}": {"GET": confirm.show_confirm, "POST": confirm.confirm},
    "manage": {"GET": subscribe.show_manage, "POST": subscribe.ask_manage},
    "manage/{token}": {"GET": data.show_own},
    "manage/{token}/preferences": {"POST": manage.save_preferences},
    "manage/{token}/pause": {"POST": manage.pause},
    "manage/{token}/resume": {"POST": manage.resume},
    "manage/{token}/unsubscribe": {"POST": manage.unsubscribe},
    "manage/{token}/erase": {"POST": manage.erase},
    "manage/{token}/data.json": {"GET": data.download},
    "unsubscribe/{token}": {"GET": unsubscribe.show_unsubscribe, "POST": unsubscribe.unsubscribe},
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """Does what a method asks of one address; a Refusal becomes its page."""

    desk: Desk
    language: Language
    acts: dict[str, Act]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        visit = Visit(self.desk, self.language, request, self.desk.service.clock())
        act = self.acts.get("GET" if request.method == "HEAD" else request.method, self._refuse_method)
        try:
            response = await act(visit)
        except Refusal as refusal:
            response = self.desk.pages.refuse(self.language, refusal)
        await response(scope, receive, send)

    async def _refuse_method(self, _: Visit) -> Response:
        response = self.desk.pages.refuse(
            self.language, Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "lost", close=True)
        )
        response.headers["Allow"] = ", ".join([*self.acts, "HEAD"] if "GET" in self.acts else self.acts)
        return response


def create_application(service: Service) -> ASGIApp:
    """The service as an ASGI application. It starts no worker, and asks `service.clock` alone what time it is."""
    assets = load_assets(service.root)
    pages = Pages(service, f"{service.base}assets/{STYLE}?{assets[STYLE].version}")
    keeper = Keeper(service.database, service.wake)
    desk = Desk(service, pages, keeper, Origins.of(service.url, service.settings.site_url), assets)
    routes = [
        Route("/health", _Answer(desk, Language.NL, {"GET": Health(service, keeper).show})),
        Route("/assets/{name}", _Answer(desk, Language.NL, {"GET": show_asset})),
    ]
    addresses: dict[str, dict[str, Act]] = {"": {"GET": _lead}, **ADDRESSES, "{rest:path}": {"GET": _lose}}
    # Dutch has no folder of its own, and takes all that is left.
    for language in reversed(Language):
        routes += [
            Route(f"/{language.prefix}{path}", _Answer(desk, language, acts))
            for path, acts in addresses.items()
        ]
    return Guard(Router(routes, redirect_slashes=False), pages, desk.origins, service.url)


async def _lead(visit: Visit) -> Response:
    """To the first page, on this host, whatever the request says."""
    return RedirectResponse(
        f"{visit.desk.service.base}{visit.language.prefix}subscribe", HTTPStatus.SEE_OTHER
    )


async def _lose(_: Visit) -> Response:
    raise Refusal(HTTPStatus.NOT_FOUND, "lost")
