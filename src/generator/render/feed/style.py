"""How a feed looks to somebody who opens it in a browser: a style sheet for its XML, in its language."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.links import ARCHIVE
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language
    from generator.settings import Settings

_STYLE = PurePosixPath("assets/feed.css")
_TEMPLATE = "feed/feed.css"


def render_style(newsletter: Newsletter, language: Language) -> Artifact:
    """The style sheet of the feeds in a language; its path is below the root of the site. Raises TemplateError."""
    words = load_words(newsletter.root)[language]["site"]
    archive = newsletter.settings.page_url(language, ARCHIVE)
    text = render_template(newsletter.root, _TEMPLATE, words=words, archive=archive)
    return Artifact(_path(newsletter.settings, language), text.encode())


def name_style(xml: bytes, settings: Settings, language: Language, path: PurePosixPath) -> bytes:
    """The XML of a feed at `path`, with an instruction for browsers after its first line.

    The address is relative: a policy that allows only what is on the site holds on any host that shows it.
    """
    href = posixpath.relpath(_path(settings, language), path.parent)
    declaration, line, root = xml.partition(b"\n")
    instruction = f'<?xml-stylesheet type="text/css" href="{href}"?>\n'
    return declaration + line + instruction.encode() + root


def _path(settings: Settings, language: Language) -> PurePosixPath:
    return PurePosixPath(settings.languages.prefix(language)) / _STYLE
