"""The paths of the service, and the function that handles each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, Router

from generator.web.context import App, Context
from generator.web.guard import Guard
from generator.web.page import Pages
from generator.web.pages import confirm, data, manage, preferences, subscribe, unsubscribe, useful
from generator.web.pages.assets import STYLE, load_assets, show_asset
from generator.web.pages.health import Health
from generator.web.pages.hooks import Hook
from generator.web.pages.metrics import show_metrics
from generator.web.refusals import Refusal
from generator.web.server.database import AsyncDatabase
from generator.web.server.origins import Origins

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from generator.model import Language
    from generator.web.service import Service

Handler: TypeAlias = Callable[[Context], Awaitable["Response"]]

ADDRESSES: dict[str, dict[str, Handler]] = {
    # The path below the folder of a language: the handler of each method
    "subscribe": {"GET": subscribe.show_subscribe, "POST": subscribe.subscribe},
    "confirm/{token}": {"GET": confirm.show_confirm, "POST": confirm.confirm},
    "manage": {"GET": subscribe.show_manage, "POST": subscribe.ask_manage},
    "manage/{token}": {"GET": data.show_own},
    "manage/{token}/preferences": {"POST": manage.save_preferences},
    "manage/{token}/pause": {"POST": manage.pause},
    "manage/{token}/resume": {"POST": manage.resume},
    "manage/{token}/course": {"POST": manage.change_course},
    "manage/{token}/unsubscribe": {"POST": manage.unsubscribe},
    "manage/{token}/erase": {"POST": manage.erase},
    "manage/{token}/data.json": {"GET": data.download},
    "preferences/{token}": {"GET": preferences.show_preferences},
    "preferences/{token}/preferences": {"POST": preferences.save_preferences},
    "preferences/{token}/pause": {"POST": preferences.pause},
    "preferences/{token}/resume": {"POST": preferences.resume},
    "preferences/{token}/course": {"POST": preferences.change_course},
    "preferences/{token}/link": {"POST": preferences.ask_link},
    "useful": {"GET": useful.show_thanks},
    "useful/{week}/{answer}": {"GET": useful.show_useful, "POST": useful.answer},
    "unsubscribe/{token}": {"GET": unsubscribe.show_unsubscribe, "POST": unsubscribe.unsubscribe},
}


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """An ASGI application for one path: calls the handler of the method, and turns a Refusal into its page."""

    app: App
    language: Language
    handlers: dict[str, Handler]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        context = Context(self.app, self.language, request, self.app.service.clock())
        handler = self.handlers.get(
            "GET" if request.method == "HEAD" else request.method, self._refuse_method
        )
        try:
            response = await handler(context)
        except Refusal as refusal:
            response = self.app.pages.refuse(self.language, refusal)
        await response(scope, receive, send)

    async def _refuse_method(self, _: Context) -> Response:
        response = self.app.pages.refuse(
            self.language, Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "lost", close=True)
        )
        response.headers["Allow"] = ", ".join(
            [*self.handlers, "HEAD"] if "GET" in self.handlers else self.handlers
        )
        return response


def create_application(service: Service) -> ASGIApp:
    """The service as an ASGI application, for one event loop. Starts no worker. The only clock is `service.clock`.

    Raises TemplateError when a template or a file of the style is missing.
    """
    assets, languages = load_assets(service.root), service.settings.languages
    pages = Pages(service, f"{service.base}assets/{STYLE}?{assets[STYLE].version}")
    database = AsyncDatabase(service.database, service.wake)
    app = App(service, pages, database, Origins.of(service.url, service.settings.site_url))
    health = Health(service, database)
    routes = [
        Route("/alive", _Endpoint(app, languages.default, {"GET": health.show_alive})),
        Route("/health", _Endpoint(app, languages.default, {"GET": health.show})),
        Route("/metrics", _Endpoint(app, languages.default, {"GET": show_metrics})),
        Route("/assets/{name}", _Endpoint(app, languages.default, {"GET": partial(show_asset, assets)})),
    ]
    routes += [
        Route(f"/hooks/{relay.name}", _Endpoint(app, languages.default, {"POST": Hook(relay, secret).take}))
        for relay, secret in service.hooks.items()
    ]
    # Without a secret there is no hook.
    routes.append(
        Route("/hooks/{relay}", _Endpoint(app, languages.default, {"GET": _show_lost, "POST": _show_lost}))
    )
    addresses: dict[str, dict[str, Handler]] = {
        "": {"GET": _redirect},
        **ADDRESSES,
        "{rest:path}": {"GET": _show_lost},
    }
    # The default language has no folder of its own, and takes all that is left.
    for language in reversed(languages):
        routes += [
            Route(f"/{languages.prefix(language)}{path}", _Endpoint(app, language, handlers))
            for path, handlers in addresses.items()
        ]
    return Guard(Router(routes, redirect_slashes=False), pages, app.origins, service.url, languages)


async def _redirect(context: Context) -> Response:
    """To the first page, by a path on this host: nothing in the request says where."""
    return RedirectResponse(f"{context.app.service.base}{context.folder}subscribe", HTTPStatus.SEE_OTHER)


async def _show_lost(_: Context) -> Response:
    raise Refusal(HTTPStatus.NOT_FOUND, "lost")
