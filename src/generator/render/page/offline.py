"""The service worker that lets readers go on without a network, or takes that back where the settings say so."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact, Language
from generator.render.feed.feedlist import OPML, Format
from generator.render.templating import render_template
from generator.render.words import WORDS

if TYPE_CHECKING:
    from typing import Any

    from generator.content import Newsletter

WORKER = PurePosixPath("sw.js")
"""Where it stands: at the root of the site, since a worker sees what is below itself and nothing else."""

_CORE = ("index", "assessment", "team-sheet", "glossary")
"""The pages that every reader gets, with those of the certainties."""

_ASSETS = ("assets/", "archive/")
"""The folders of a language that hold styles, scripts and pictures."""

_NEVER = frozenset({*(form.file for form in Format), OPML.name, WORKER.name, "sitemap.xml"})


def render_worker(newsletter: Newsletter) -> Artifact:
    """The one worker of the site, in all languages."""
    if not newsletter.settings.offline:
        return Artifact(WORKER, render_template(newsletter.root, "offline/off.js").encode())
    settings: dict[str, Any] = {
        "languages": [_describe(newsletter, language) for language in Language],
        "assets": [language.prefix + folder for language in Language for folder in _ASSETS],
        "never": sorted(_NEVER),
        # Pages of the service are one reader's, and of one moment: nobody may find them in this browser later.
        "service": newsletter.settings.service_url,
    }
    unnamed = _render(newsletter, version="", **settings)
    # Browsers install a worker when one byte of it is different; then it begins with an empty cache of its own.
    version = hashlib.sha256(unnamed.encode()).hexdigest()[:12]
    return Artifact(WORKER, _render(newsletter, version=version, **settings).encode())


def _describe(newsletter: Newsletter, language: Language) -> dict[str, Any]:
    playbook = newsletter.playbook
    there = {page.name for page in playbook.pages[language]}
    pages = [f"{name}.md" for name in _CORE if name in there]
    pages += [certainty.page for certainty in playbook.certainties[language]]
    root, site = newsletter.settings.site_url, newsletter.root / "templates/site"
    # A script may ask for another one only when it is needed, so the pages do not name them all.
    scripts = sorted(path.relative_to(site).as_posix() for path in site.glob("assets/**/*.js"))
    return {
        "name": language.value,
        "folder": language.prefix,
        "core": [newsletter.settings.page_url(language, page).removeprefix(root) for page in pages],
        "scripts": [language.prefix + script for script in scripts],
        "sentence": render_template(
            newsletter.root,
            "offline/sentence.html",
            language=language,
            site_name=newsletter.settings.channels[language].site_name,
            words=WORDS[language],
        ),
    }


def _render(newsletter: Newsletter, **settings: Any) -> str:
    return render_template(newsletter.root, "offline/sw.js", settings=settings)
