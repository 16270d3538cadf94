"""The list of feeds and their URLs: for each language a main feed, one for each certainty, and that of the course."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.render.links import COURSE
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language
    from generator.settings import Settings

OPML = PurePosixPath("feeds.opml")
"""The path of the list of all feeds, which feed readers import."""


class Format(Enum):
    """The formats of a feed, in the order in which readers are offered them."""

    RSS = ("RSS", "feed.xml", "application/rss+xml")
    ATOM = ("Atom", "atom.xml", "application/atom+xml")
    JSON = ("JSON Feed", "feed.json", "application/feed+json")

    def __init__(self, label: str, file: str, media_type: str) -> None:
        self.label = label
        self.file = file
        self.media_type = media_type


@dataclass(frozen=True, slots=True)
class Feed:
    """The latest letters in one language, of all certainties or of one; or the lessons of the course."""

    language: Language
    certainty: str | None
    title: str
    """Different for every feed: readers choose by it, and the letter has one name in all languages."""
    description: str
    page: str
    """The Markdown page that it belongs to, below the language's folder: `certainties/referral.md`."""
    course: bool = False

    @property
    def main(self) -> bool:
        """Whether it has the letters about all certainties."""
        return self.certainty is None and not self.course

    def id(self, settings: Settings) -> str:
        """Its permanent id, a tag URI (RFC 4151)."""
        part = "/course" if self.course else "" if self.certainty is None else f"/{self.certainty}"
        return f"tag:{settings.id_authority}:feed/{self.language}{part}"

    def path(self, settings: Settings, form: Format, stretch: str = "") -> PurePosixPath:
        """Its path below the root of the site: `en/certainties/referral/atom.xml`.

        With a `stretch`, that of its archive: `en/certainties/referral/feeds/2026/atom.xml`.
        """
        return PurePosixPath(settings.languages.prefix(self.language), self._file(form, stretch))

    def url(self, settings: Settings, form: Format, stretch: str = "") -> str:
        """Its absolute URL, or that of an archive."""
        return settings.url(self.language, self._file(form, stretch))

    def _file(self, form: Format, stretch: str) -> str:
        folder = (
            "course/" if self.course else "" if self.certainty is None else f"certainties/{self.certainty}/"
        )
        return f"{folder}feeds/{stretch}/{form.file}" if stretch else f"{folder}{form.file}"


def list_feeds(newsletter: Newsletter) -> tuple[Feed, ...]:
    """Every feed: for each language the main one, those of the certainties in their order, and that of a course."""
    feeds: list[Feed] = []
    for language in newsletter.settings.languages:
        channel, letter = newsletter.settings.channels[language], newsletter.settings.letter
        name = load_words(newsletter.root)[language]["language"]["name"]
        feeds.append(Feed(language, None, f"{letter} ({name})", channel.tagline, "index.md"))
        for certainty in newsletter.playbook.certainties[language]:
            title = f"{letter}: {certainty.title} ({name})"
            feeds.append(Feed(language, certainty.id, title, certainty.summary, certainty.page))
        if newsletter.playbook.lessons[language]:
            words = load_words(newsletter.root)[language]["course"]
            title = f"{letter}: {words['feed']} ({name})"
            feeds.append(Feed(language, None, title, words["description"], COURSE, course=True))
    return tuple(feeds)
