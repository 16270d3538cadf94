"""The draft of a letter: a message that an editor opens and sends by hand. What readers get is made in `master`."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.render.email.mime import write_mailbox, write_message, write_words
from generator.words import load_words

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Edition, Language, Lesson


def render_draft(newsletter: Newsletter, edition: Edition | Lesson, text: str, html: str) -> bytes:
    """A draft that a person opens, addresses and sends; X-Unsent tells mail programs that it is one."""
    settings = newsletter.settings
    headers = (
        write_mailbox("From", settings.sender_name, settings.sender_address),
        write_mailbox("Reply-To", settings.sender_name, settings.reply_to),
        write_mailbox("To", settings.sender_name, settings.sender_address),
        write_words("Subject", edition.subject),
        f"Date: {format_datetime(edition.published)}",
        # With the id of the list, not the host: a letter that is rendered again has the same Message-ID.
        f"Message-ID: <{edition.mailing}.{edition.language}@{settings.list_id}>",
        write_mailbox("List-Id", settings.letter, settings.list_id),
        # Never folded or encoded, or Gmail ignores it. No List-Unsubscribe-Post: that needs https (RFC 8058).
        f"List-Unsubscribe: <{unsubscribe_url(newsletter, edition.language)}>",
        f"Content-Language: {edition.language}",
        "X-Unsent: 1",
    )
    return write_message(headers, f"{edition.mailing}.{edition.language}", text, html)


def unsubscribe_url(newsletter: Newsletter, language: Language) -> str:
    """The mailto: URL of a mail that unsubscribes."""
    subject = load_words(newsletter.root)[language]["letter"]["unsubscribe_subject"]
    return f"mailto:{newsletter.settings.unsubscribe}?subject={quote(subject)}"
