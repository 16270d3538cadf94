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
from generator.web import asking, confirming, leaving, managing, own
from generator.web.assets import STYLE, load_assets, show_asset
from generator.web.guard import Guard
from generator.web.health import Health
from generator.web.keeping import Keeper
from generator.web.origins import Origins
from generator.web.pages import Pages
from generator.web.refusals import Refusal
from generator.web.visits import Desk, Visit

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from generator.web.service import Service

Act: TypeAlias = Callable[[Visit], Awaitable["Response"]]

ADDRESSES: dict[str, dict[str, Act]] = {
    # The path below the folder of a language: what each method does
    "subscribe": {"GET": asking.show_subscribe, "POST": asking.subscribe},
    "confirm/{token}": {"GET": confirming.show_confirm, "POST": confirming.confirm},
    "manage": {"GET": asking.show_manage, "POST": asking.ask_manage},
    "manage/{token}": {"GET": own.show_own},
    "manage/{token}/preferences": {"POST": managing.save_preferences},
    "manage/{token}/pause": {"POST": managing.pause},
    "manage/{token}/resume": {"POST": managing.resume},
    "manage/{token}/unsubscribe": {"POST": managing.unsubscribe},
    "manage/{token}/erase": {"POST": managing.erase},
    "manage/{token}/data.json": {"GET": own.download},
    "unsubscribe/{token}": {"GET": leaving.show_unsubscribe, "POST": leaving.unsubscribe},
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
