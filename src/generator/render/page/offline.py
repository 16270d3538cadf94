"""The service worker that serves pages offline; or removes itself where the settings turn that off."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.feed.feedlist import OPML, Format
from generator.render.links import ARCHIVE
from generator.render.page.well_known import ROBOTS, SECURITY
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from typing import Any

    from generator.content import Newsletter
    from generator.model import Language

WORKER = PurePosixPath("sw.js")
"""At the root of the site, because the scope of a worker is its own folder."""

_CORE = ("index", "assessment", "team-sheet", "glossary")
"""Pages that are cached for every reader, besides those of the certainties and the archive."""

_LETTERS = 4
"""How many of the latest letters are cached for every reader; the worker finds them in the archive."""

SEARCH = "pagefind/"
"""The folder of the search, for all languages: its index, and a file for each language that names what to keep."""

_ASSETS = ("assets/", "archive/")
"""The folders of a language that hold styles, scripts and pictures."""

_NEVER = frozenset(
    {*(form.file for form in Format), OPML.name, WORKER.name, "sitemap.xml", ROBOTS.name, SECURITY.name}
)


def render_worker(newsletter: Newsletter) -> Artifact:
    """The worker of the site, for all languages. Raises TemplateError."""
    if not newsletter.settings.offline:
        return Artifact(WORKER, render_template(newsletter.root, "offline/off.js").encode())
    languages = newsletter.settings.languages
    settings: dict[str, Any] = {
        "letters": _LETTERS,
        "languages": [_describe(newsletter, language) for language in languages],
        "assets": [languages.prefix(language) + folder for language in languages for folder in _ASSETS]
        + [SEARCH],
        "search": SEARCH,
        "never": sorted(_NEVER),
        # Pages of the service are personal and short-lived: they must not be cached.
        "service": newsletter.settings.service_url,
    }
    unnamed = _render(newsletter, version="", **settings)
    # Browsers install a worker when one byte of it differs; it then starts with an empty cache of its own.
    version = hashlib.sha256(unnamed.encode()).hexdigest()[:12]
    return Artifact(WORKER, _render(newsletter, version=version, **settings).encode())


def _describe(newsletter: Newsletter, language: Language) -> dict[str, Any]:
    playbook = newsletter.playbook
    there = {page.name for page in playbook.pages[language]}
    pages = [f"{name}.md" for name in _CORE if name in there]
    pages += [*(certainty.page for certainty in playbook.certainties[language]), ARCHIVE]
    prefix = newsletter.settings.languages.prefix(language)
    root = newsletter.settings.site_url
    return {
        "name": language,
        "folder": prefix,
        "core": [newsletter.settings.page_url(language, page).removeprefix(root) for page in pages],
        "archive": newsletter.settings.page_url(language, ARCHIVE).removeprefix(root),
        "sentence": render_template(
            newsletter.root,
            "offline/sentence.html",
            language=language,
            site_name=newsletter.settings.channels[language].site_name,
            words=load_words(newsletter.root)[language]["site"],
        ),
    }


def _render(newsletter: Newsletter, **settings: Any) -> str:
    return render_template(newsletter.root, "offline/sw.js", settings=settings)
