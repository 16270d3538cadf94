"""The form to subscribe by email, and its consent text: the sentence beside the button.

The site shows the form on its pages, the service on its own; the sentence is the same, and consent names its version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.model.subscribers import Origin, Wording
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Language
    from generator.settings import Settings


def wording(root: Path, settings: Settings, language: Language, *, course: bool = False) -> Wording:
    """The consent text: which letter from whom, how often, what for, how to stop. One paragraph of plain text.

    `course`: for who ticks the box, whose sentence then belongs to it.
    """
    letter, sender, words = settings.letter, settings.sender_name, load_words(root)[language]["form"]
    if sender != letter:
        letter = words["letter_of"].format(letter=letter, sender=sender)
    text = words["signup_wording"].format(letter=letter)
    return Wording(language, f"{text} {words['signup_course']}" if course else text)


def list_wordings(root: Path, settings: Settings) -> list[Wording]:
    """Every consent text that a form may show, for `consents.keep_wordings`."""
    ways = (False, True) if settings.course else (False,)
    return [
        wording(root, settings, language, course=course) for language in settings.languages for course in ways
    ]


def render_form(  # noqa: PLR0913 (what a page tells of itself)
    root: Path,
    settings: Settings,
    language: Language,
    privacy: str = "",
    *,
    origin: str = "",
    lessons: bool = False,
) -> str:
    """The form for a page of the site, as HTML without a blank line; empty when the settings name no service.

    It is complete without scripts, and posts to another origin than that of its page. `privacy` is the address of the
    privacy page as seen from that page; the absolute one when it is empty. `origin`: an Origin that the form tells, on
    the page of a letter, where many come whom somebody sent it, and on the pages of the course. `lessons`: whether
    there are any; the form has a box for them when they are mailed.
    """
    if not settings.service_url:
        return ""
    offers, title = lessons and settings.course is not None, "signup_title"
    if origin == Origin.LETTER:
        title = "signup_forwarded"
    elif offers and origin == Origin.COURSE:
        title = "signup_with_course"
    return render_template(
        root,
        "form/signup.html",
        settings=settings,
        language=language,
        privacy=privacy or settings.url(language, "privacy/"),
        service=f"{settings.service_url}{settings.languages.prefix(language)}",
        wording=wording(root, settings, language),
        course=wording(root, settings, language, course=True) if offers else None,
        origin=origin,
        title=title,
        words=load_words(root)[language]["form"],
    ).strip()
