"""Values → a page of the service, from a template in templates/service/."""

from __future__ import annotations

from functools import cache
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from generator.render.dates import say_language
from generator.render.page.signup import wording
from generator.render.templating import render_template
from generator.web.forms import Draft
from generator.words import load_words

if TYPE_CHECKING:
    from starlette.responses import Response

    from generator.model import Asking, Language, Wording
    from generator.web.refusals import Refusal
    from generator.web.service import Service

_ADDRESS = "{address}"

_AN_HOUR, _A_MINUTE = 3600, 60


class Pages:
    """Renders the pages of one service. Every method may raise TemplateError."""

    def __init__(self, service: Service, style: str) -> None:
        """`style` is the URL of the style sheet."""
        self._service, self._style = service, style
        languages = service.settings.languages
        self._names = {here: {one: say_language(one, here) for one in languages} for here in languages}
        self._own = {one: words["language"]["name"] for one, words in load_words(service.root).items()}
        self.wordings: dict[Language, Wording] = {
            language: wording(service.root, service.settings, language) for language in languages
        }
        self.courses: dict[Language, Wording] = {
            language: wording(service.root, service.settings, language, course=True)
            for language in languages
            if service.settings.course
        }
        """For who ticks that they want the course; empty when its lessons are not mailed."""
        self.words = {
            language: {
                name: text.replace("{letter}", service.settings.letter)
                for name, text in words["service"].items()
            }
            for language, words in load_words(service.root).items()
        }

    def render(
        self,
        language: Language,
        name: str,
        /,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A response with a page that is rendered for this request; see `write`."""
        return HTMLResponse(self.write(language, name, **values), status, headers)

    @cache  # noqa: B019 (one instance lives as long as the process)
    def render_form(self, language: Language, name: str) -> bytes:
        """An empty form, rendered once: it is the same for everybody."""
        return self.write(language, name, path=name, draft=Draft()).encode()

    def render_asked(self, language: Language, asking: Asking, address: str) -> str:
        """The page after a form was sent. It is rendered once, and only the address differs."""
        return self._write_asked(language, asking).replace(_ADDRESS, escape(address))

    @cache  # noqa: B019 (the same)
    def _write_asked(self, language: Language, asking: Asking) -> str:
        return self.write(language, "asked", path=asking.value, asking=asking.value, address=_ADDRESS)

    def write(self, language: Language, name: str, /, *, path: str = "subscribe", **values: Any) -> str:
        """A page from a template. `path` is its path below the folder of each language, for the language selector."""
        service, languages = self._service, self._service.settings.languages
        return render_template(
            service.root,
            f"service/{name}.html",
            base=service.base,
            home=f"{service.base}{languages.prefix(language)}",
            here=language,
            names=self._names[language],
            own=self._own,
            languages={one: f"{service.base}{languages.prefix(one)}{path}" for one in languages},
            settings=service.settings,
            style=self._style,
            titles=service.titles(language),
            wording=self.wordings[language],
            course=self.courses.get(language),
            words=self.words[language],
            **values,
        )

    def refuse(self, language: Language, refusal: Refusal) -> Response:
        """The page that explains a refusal, with Retry-After and Connection where they apply."""
        words = self.words[language]
        text = words[f"{refusal.reason}_text"].replace("{minutes}", self._say_wait(language, refusal.wait))
        headers = {"Retry-After": str(refusal.wait)} if refusal.wait else {}
        if refusal.close:
            headers["Connection"] = "close"
        title = words[f"{refusal.reason}_title"]
        return self.render(language, "message", refusal.status, headers=headers, title=title, text=text)

    def _say_wait(self, language: Language, seconds: int) -> str:
        words = self.words[language]
        if seconds >= _AN_HOUR:
            return words["hour"]
        if seconds <= _A_MINUTE:
            return words["minute"]
        return words["minutes"].format(number=-(-seconds // _A_MINUTE))
