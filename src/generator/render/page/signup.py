"""The form to subscribe by email, and its consent text: the sentence beside the button.

The site shows the form on its pages, the service on its own; the sentence is the same, and consent names its version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.model.subscribers import Wording
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Language
    from generator.settings import Settings


def wording(root: Path, settings: Settings, language: Language) -> Wording:
    """The consent text: which letter from whom, how often, what for, how to stop. One paragraph of plain text."""
    letter, sender, words = settings.letter, settings.sender_name, load_words(root)[language]["form"]
    if sender != letter:
        letter = words["letter_of"].format(letter=letter, sender=sender)
    return Wording(language, words["signup_wording"].format(letter=letter))


def render_form(
    root: Path, settings: Settings, language: Language, privacy: str = "", *, forwarded: bool = False
) -> str:
    """The form for a page of the site, as HTML without a blank line; empty when the settings name no service.

    It is complete without scripts, and posts to another origin than that of its page. `privacy` is the address of the
    privacy page as seen from that page; the absolute one when it is empty. `forwarded`: on the page of a letter, where
    many come whom somebody sent it.
    """
    if not settings.service_url:
        return ""
    return render_template(
        root,
        "form/signup.html",
        settings=settings,
        language=language,
        privacy=privacy or settings.url(language, "privacy/"),
        service=f"{settings.service_url}{settings.languages.prefix(language)}",
        wording=wording(root, settings, language),
        forwarded=forwarded,
        title="signup_forwarded" if forwarded else "signup_title",
        words=load_words(root)[language]["form"],
    ).strip()
