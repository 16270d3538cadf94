"""Texts as an author might write them, without a file."""

from generator.check.manuscripts import Manuscript
from generator.content import Newsletter
from generator.model import Language
from tests.languages import NL


def write(  # noqa: PLR0913 (each key of the front matter is one)
    newsletter: Newsletter,
    body: str = "",
    *,
    language: Language = NL,
    title: str = "Wie belt jou?",
    subject: str | None = None,
    summary: str = "Eén nummer in je telefoon is geen klant.",
) -> Manuscript:
    """The manuscript of a letter about relations."""
    head = (
        f"---\ntitle: {title}\n" + (f"subject: {subject}\n" if subject else "") + f"summary: {summary}\n---\n"
    )
    path = newsletter.root / f"newsletter/issues/2026-W45/{language}.md"
    text = f"{head}\n{body}\n"
    return Manuscript(newsletter, language, path, title, subject or title, summary, text, "relations")
