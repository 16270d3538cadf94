"""Links of editors between source files → links of the site."""

from __future__ import annotations

import os.path
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from generator.model import Language, Week

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.settings import Settings

ARCHIVE = "archive/index.md"
"""The page that lists all letters, below a language's folder."""


COURSE = "course/index.md"
"""The page that lists the lessons of the course, which an editor writes."""


FORWARDED = "forwarded"
"""The anchor of the page of a letter for whom a reader sent it to: it says there whom the letter is for."""


def address_forward(settings: Settings, url: str) -> str:
    """The address with which a reader passes a letter on; without a form on its page, that of the page."""
    return f"{url}#{FORWARDED}" if settings.service_url else url


@dataclass(frozen=True, slots=True)
class Place:
    """A file below the folder of a language, and an anchor in it: `#ref-2`, or empty."""

    language: Language
    path: str
    anchor: str = ""

    def url(self, settings: Settings) -> str:
        """The absolute URL."""
        return settings.page_url(self.language, quote(self.path)) + self.anchor

    def seen_from(self, page: str, language: Language, settings: Settings) -> str:
        """The link in a Markdown page: a relative file within a language, an absolute URL to the other one."""
        if language != self.language:
            return self.url(settings)
        if self.path == page:
            return self.anchor or PurePosixPath(page).name
        return posixpath.relpath(self.path, PurePosixPath(page).parent) + self.anchor

    def address_from(self, page: str) -> str:
        """The link in HTML on a page of the same language: a relative URL, because MkDocs does not rewrite it."""
        start, end = (re.sub(r"(^|/)index$", r"\1", path.removesuffix(".md")) for path in (page, self.path))
        return f"{posixpath.relpath(end or '.', start or '.')}/{self.anchor}"


def locate(newsletter: Newsletter, source: Path, language: Language, target: str) -> Place | None:
    """The place that a link in the text at `source` leads to; None for a link to another site.

    The link is known to be right: `content` has checked it. A letter that is not in the archive is not out yet, and
    has no page: until then a link to it, or to its pictures, leads to the list of letters.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target):
        return None
    name, hash_, anchor = target.partition("#")
    file = Path(os.path.normpath(source.parent / unquote(name))) if name else source
    parts = file.relative_to(newsletter.root).parts
    if parts[0] == "docs":
        place = Place(Language(parts[1]), "/".join(parts[2:]), hash_ + anchor)
    elif parts[1] == "course":
        certainty, code, _ = file.name.split(".")
        place = Place(Language(code), f"course/{certainty}.md", hash_ + anchor)
    elif file.suffix == ".md":
        place = Place(Language(file.stem), f"archive/{parts[2]}.md", hash_ + anchor)
    else:
        place = Place(language, f"archive/{parts[2]}/{parts[3]}")
    letter = re.match(r"archive/(\d{4}-W\d\d)[./]", place.path)
    if letter and file != source and newsletter.archive.issue(Week.parse(letter[1])) is None:
        return Place(place.language, ARCHIVE)
    return place
