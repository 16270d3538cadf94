"""What search engines read of a letter or a lesson: an Article of schema.org, as JSON-LD in the head of its page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from generator.render.page.cards import HEIGHT, WIDTH, card_path, list_cards

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Edition, Language, Lesson


def list_articles(newsletter: Newsletter, language: Language) -> dict[str, str]:
    """The JSON of each page of a letter or a lesson, which may stand in a script element as it is."""
    cards = list_cards(newsletter, language)
    texts: list[Edition | Lesson] = [
        *newsletter.archive.editions(language),
        *newsletter.playbook.lessons[language],
    ]
    return {text.page: _write(_describe(newsletter, text, cards[text.page])) for text in texts}


def _describe(newsletter: Newsletter, edition: Edition | Lesson, card: str) -> dict[str, Any]:
    settings, language = newsletter.settings, edition.language
    url = settings.page_url(language, edition.page)
    publisher = {"@type": "Organization", "name": settings.sender_name, "url": settings.url(language)}
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": edition.title,
        "description": edition.summary,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": edition.published.isoformat(),
        "dateModified": edition.updated.isoformat(),
        "inLanguage": language,
        "articleSection": newsletter.playbook.certainty(language, edition.certainty).title,
        "isAccessibleForFree": True,
        "author": publisher,
        "publisher": publisher,
        "image": {
            "@type": "ImageObject",
            "url": settings.url(language, str(card_path(card))),
            "width": WIDTH,
            "height": HEIGHT,
        },
    }


def _write(data: dict[str, Any]) -> str:
    """JSON in which no text can end or begin an element, and no line ends inside a string."""
    text = json.dumps(data, ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
