"""A request, with all that is needed to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from generator.subscribers.list.networks import find_networks
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from generator.model import Language
    from generator.subscribers.store.keys import Keys
    from generator.web.page import Pages
    from generator.web.pages.assets import Asset
    from generator.web.server.origins import Origins
    from generator.web.server.service import Service
    from generator.web.server.threads import Keeper


@dataclass(frozen=True, slots=True)
class Desk:
    """What all requests share."""

    service: Service
    pages: Pages
    keeper: Keeper
    origins: Origins
    assets: Mapping[str, Asset]

    @property
    def keys(self) -> Keys:
        """They sign what forms and links carry."""
        return self.service.database.keys


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    desk: Desk
    language: Language
    """Of the page that was asked for."""
    request: Request
    now: datetime

    @property
    def networks(self) -> tuple[str, str]:
        """Where it comes from: narrow, and as wide as a consent may tell. Both empty when the proxy tells nothing.

        Uvicorn has put the right-most address that no trusted proxy of ours added into the request.
        """
        client = self.request.client
        return find_networks(client.host if client else "")

    @property
    def token(self) -> str:
        """What opens the page."""
        return str(self.request.path_params["token"])

    def page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
        """A page in the language of this one."""
        return self.desk.pages.render(self.language, name, status, **values)

    def message(
        self, name: str, status: HTTPStatus = HTTPStatus.OK, text: str = "", **values: Any
    ) -> Response:
        """A short page: the title `{name}_title` of the words, and the text `{text}`, or else `{name}_text`."""
        words = self.desk.pages.words[self.language]
        title, text = words[f"{name}_title"], words[text or f"{name}_text"]
        return self.page("message", status, title=title, text=text, **values)

    def say(self, name: str) -> str:
        """Some of our words."""
        return self.desk.pages.words[self.language][name]

    def source(self, path: str) -> str:
        """The address of a page, as proof names it: made from our settings, without a token."""
        return f"{self.desk.service.url}{self.language.prefix}{path}"

    def count_token(self) -> None:
        """Raise Refusal when this network opens too many pages that need a token: it may be guessing."""
        if wait := self.desk.service.limits.may_try(self.networks):
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "busy", wait=wait)
