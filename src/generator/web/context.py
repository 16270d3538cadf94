"""What a page needs to answer a request: the application, which all requests share, and the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from generator.subscribers.list.networks import find_networks
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from generator.model import Language
    from generator.subscribers.store.keys import Keys
    from generator.web.page import Pages
    from generator.web.server.database import AsyncDatabase
    from generator.web.server.origins import Origins
    from generator.web.service import Service


@dataclass(frozen=True, slots=True)
class App:
    """What all requests share; used in the thread of the event loop."""

    service: Service
    pages: Pages
    database: AsyncDatabase
    origins: Origins

    @property
    def keys(self) -> Keys:
        """The keys that sign links and moments."""
        return self.service.database.keys


@dataclass(frozen=True, slots=True)
class Context:
    """One request, in the language of the page that it asks for."""

    app: App
    language: Language
    request: Request
    now: datetime
    """When the request came, in UTC."""

    @property
    def networks(self) -> tuple[str, str]:
        """The networks of the client: a narrow one for limits, and the wide one that a proof of consent may contain.

        Both are empty when the address is not known. Uvicorn takes the address from X-Forwarded-For: the last one that
        is no trusted proxy.
        """
        client = self.request.client
        return find_networks(client.host if client else "")

    @property
    def token(self) -> str:
        """The token in the path."""
        return str(self.request.path_params["token"])

    def page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
        """A page from a template of templates/service/."""
        return self.app.pages.render(self.language, name, status, **values)

    def message(
        self, name: str, status: HTTPStatus = HTTPStatus.OK, text: str = "", **values: Any
    ) -> Response:
        """A short page: the title `{name}_title` of the words, and the text `{text}`, or else `{name}_text`."""
        words = self.app.pages.words[self.language]
        title, text = words[f"{name}_title"], words[text or f"{name}_text"]
        return self.page("message", status, title=title, text=text, **values)

    def say(self, name: str) -> str:
        """A text of web.words in this language."""
        return self.app.pages.words[self.language][name]

    @property
    def folder(self) -> str:
        """The folder of the language of this page: empty, or ending in a slash."""
        return self.app.service.settings.languages.prefix(self.language)

    def source(self, path: str) -> str:
        """The URL of a page for a proof of consent: made from our settings, without a token."""
        return f"{self.app.service.url}{self.folder}{path}"

    def count_wish(self, address: str) -> None:
        """Count a request that makes us write to an address. Raises Refusal (429) when there are too many."""
        if wait := self.app.service.limits.may_wish(self.networks, address.rpartition("@")[2]):
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "busy", wait=wait)

    def count_answer(self) -> None:
        """Count an answer to a letter. Raises Refusal (429) when there are too many."""
        if wait := self.app.service.limits.may_answer(self.networks):
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "busy", wait=wait)

    def check_guesses(self) -> None:
        """Before a token is looked up. Raises Refusal (429) when this network tried too many that are not valid."""
        if wait := self.app.service.limits.may_guess(self.networks):
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "busy", wait=wait)

    def count_guess(self) -> None:
        """Count a token that is not valid, which somebody may be guessing. Raises Refusal (429) as `check_guesses`."""
        self.check_guesses()
        self.app.service.limits.count_guess(self.networks)
