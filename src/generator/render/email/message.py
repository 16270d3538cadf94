"""An edition → its email: HTML, plain text, and the message with both."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.content.certainties import IDS
from generator.content.editions import SECTIONS
from generator.content.links import item_reminder
from generator.model import Edition, Email, Lesson, Useful
from generator.render.email.draft import render_draft, unsubscribe_url
from generator.render.email.html import render_email_html
from generator.render.email.inlining import inline_css
from generator.render.email.lines import underline, wrap
from generator.render.email.marks import mark_path
from generator.render.email.text import TextWriter
from generator.render.links import address_forward
from generator.render.markdown import render_letter
from generator.render.mastheads import say_lesson, say_masthead
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from typing import Any

    from generator.content import Newsletter
    from generator.render.markdown import Letter

EARLIER = 2
"""How many letters before it a letter names."""

# `reading` refuses them in files, but Markdown's &#11; can still spell one.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def render_email(newsletter: Newsletter, edition: Edition) -> Email:
    """Render the email of an edition; the same edition gives the same bytes. Raises ContentError or TemplateError."""
    return Email(edition, *render_draft_with_parts(newsletter, edition))


def render_draft_with_parts(newsletter: Newsletter, edition: Edition | Lesson) -> tuple[str, str, bytes]:
    """The email of an edition or a lesson: its HTML, its text, and the message with both. Raises as `render_email`."""
    text, html = render_parts(newsletter, edition, unsubscribe_url(newsletter, edition.language))
    return html, text, render_draft(newsletter, edition, text, html)


def render_parts(
    newsletter: Newsletter, edition: Edition | Lesson, unsubscribe: str, manage: str = "", useful: str = ""
) -> tuple[str, str]:
    """The letter or lesson as text and as HTML; the URLs of its last two links are given, the second may be empty.

    `useful` is the folder of the pages that ask whether a letter was of use; empty without a service. A lesson does not
    ask: nobody would look at its numbers, which grow for years.
    """
    letter, words = (
        render_letter(newsletter, edition),
        load_words(newsletter.root)[edition.language]["letter"],
    )
    values = _values(newsletter, edition) | {
        "unsubscribe": unsubscribe,
        "manage": manage,
        "answers": [
            (words[f"useful_{one}"], f"{useful}{edition.mailing}/{one}")
            for one in Useful
            if useful and isinstance(edition, Edition)
        ],
        "course": f"{manage}#course" if manage and isinstance(edition, Lesson) else "",
    }
    text = _CONTROL.sub("", _render_text(newsletter, letter, values))
    html = _CONTROL.sub("", _render_html(newsletter, letter, values))
    return text, html


def _values(newsletter: Newsletter, edition: Edition | Lesson) -> dict[str, Any]:
    """The values of both templates around the letter."""
    settings, language = newsletter.settings, edition.language
    certainty = newsletter.playbook.certainty(language, edition.certainty)
    url = settings.page_url(language, edition.page)
    return {
        "language": language,
        "subject": edition.subject,
        "title": edition.title,
        "summary": edition.summary,
        "masthead": say_masthead(newsletter, edition)
        if isinstance(edition, Edition)
        else say_lesson(newsletter, edition),
        "url": url,
        "share": _share(edition, address_forward(settings, url)),
        "passed": address_forward(settings, url),
        "newsletter": settings.page_url(language, "newsletter.md"),
        "earlier": [
            {"title": letter.title, "url": settings.page_url(language, letter.page)}
            for letter in (
                islice(newsletter.archive.before(edition), EARLIER) if isinstance(edition, Edition) else ()
            )
        ],
        "templates": [
            {"title": one.title, "url": settings.page_url(language, one.page)}
            for one in newsletter.playbook.templates_for(language, *edition.actions)
        ],
        "certainty": certainty,
        "certainty_url": settings.page_url(language, certainty.page),
        "calendar": lambda item_id: settings.url(language, str(item_reminder(item_id))),
        "mark_url": settings.url(language, str(mark_path(certainty.id))),
        "count": len(IDS),
        "words": load_words(newsletter.root)[language]["letter"],
        "settings": settings,
        "channel": settings.channels[language],
    }


def _share(edition: Edition | Lesson, url: str) -> str:
    """The mailto: URL of a mail to nobody yet that passes a letter on: what it is about, and where it can be read."""
    body = f"{edition.summary}\r\n\r\n{url}"
    return f"mailto:?subject={quote(edition.title, safe='')}&body={quote(body, safe='')}"


def _render_html(newsletter: Newsletter, letter: Letter, values: dict[str, Any]) -> str:
    words = values["words"]
    html = render_template(
        newsletter.root,
        "email/letter.html",
        sections=[
            {
                "heading": heading,
                "html": render_email_html(body, words, values["calendar"]),
                "english": heading in SECTIONS,
                "action": heading == SECTIONS[-1],
            }
            for heading, body in letter.sections
        ],
        notes=[render_email_html(note, words, values["calendar"]) for note in letter.notes],
        **values,
    )
    return inline_css(html, render_template(newsletter.root, "email/letter.css")) + "\n"


def _render_text(newsletter: Newsletter, letter: Letter, values: dict[str, Any]) -> str:
    writer = TextWriter(values["words"], values["calendar"])
    return render_template(
        newsletter.root,
        "email/letter.txt",
        sections=[
            {"heading": heading, "part": writer.write(body), "action": heading == SECTIONS[-1]}
            for heading, body in letter.sections
        ],
        notes=writer.write_notes(letter.notes),
        wrap=wrap,
        underline=underline,
        **values,
    )
