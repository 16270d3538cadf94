"""Letters of the sample as emails."""

from lxml import html
from lxml.html import HtmlElement

from generator.content import Newsletter
from generator.model import Edition, Email, Language, Week
from generator.render.email.message import render_email
from tests.languages import NL
from tests.render.editions import change_text

FULL = "2026-W47"
"""The letter of the sample in which every Markdown element stands once."""


def edition_of(newsletter: Newsletter, week: str = FULL, language: Language = NL) -> Edition:
    return newsletter.archive.issue(Week.parse(week)).editions[language]


def mail(newsletter: Newsletter, markdown: str, language: Language = NL) -> Email:
    """An email with this Markdown as its thought."""
    changed = change_text(newsletter, FULL, markdown)
    return render_email(changed, edition_of(changed, language=language))


def thought(newsletter: Newsletter, markdown: str) -> HtmlElement:
    """The cell of an email that holds this Markdown, below its heading."""
    (cell,) = html.document_fromstring(mail(newsletter, markdown).html).find_class("thought")
    cell.remove(cell.find("h2"))
    return cell


def thought_text(newsletter: Newsletter, markdown: str) -> str:
    """The plain text of this Markdown, with the addresses below it."""
    _, _, rest = mail(newsletter, markdown).text.partition("FOOD FOR THOUGHT\n----------------\n\n")
    return rest.partition("\n\n\nFOOD FOR ACTION")[0]
