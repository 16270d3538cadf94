"""The rules, one small function each: an email → a sentence that says what is wrong and how to mend it, or None."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.model import Edition, Email

MAX_HTML_BYTES = 80_000
"""Gmail clips a message at about 102 KB of HTML, and hides what comes after it, the unsubscribe link included."""
MAX_SUBJECT = 60
"""What a phone shows of a subject, and a little more."""
SUMMARY = range(40, 141)
"""Shorter, and a mail program fills the preview with the beginning of the letter; longer, and it is cut."""
WORDS = range(60, 251)
"""A letter is one thought and one action, read while the coffee runs."""


def check_size(email: Email) -> str | None:
    """The HTML is small enough to arrive whole."""
    size = len(email.html.encode())
    if size <= MAX_HTML_BYTES:
        return None
    most = f"{MAX_HTML_BYTES // 1000} KB"
    return f"the email has {size / 1000:.0f} KB of HTML; mail programs cut what is above {most}: shorten the letter"


def check_subject(email: Email) -> str | None:
    """The subject fits on a line of a phone."""
    length = len(email.edition.subject)
    if length <= MAX_SUBJECT:
        return None
    return f"the subject has {length} characters; a phone shows {MAX_SUBJECT}: shorten it"


def check_summary(email: Email) -> str | None:
    """The summary fits beside the subject in an inbox."""
    length = len(email.edition.summary)
    if length in SUMMARY:
        return None
    return f"the summary has {length} characters; inboxes show {SUMMARY.start} to {SUMMARY.stop - 1} well: rewrite it"


def check_words(email: Email) -> str | None:
    """The letter has the length of a letter."""
    length = count_words(email.edition)
    if length in WORDS:
        return None
    remedy = "add to it" if length < WORDS.start else "cut it"
    return f"the letter has {length} words; readers get {WORDS.start} to {WORDS.stop - 1}: {remedy}"


def count_words(edition: Edition) -> int:
    """The words that a reader reads, without footnotes, addresses and the marks of Markdown."""
    text = re.sub(r"\[\^[^\]]+\]|\]\([^)]*\)|\{[^}]*\}", " ", edition.markdown)
    return len(re.findall(r"\w[\w’'-]*", text))


RULES: Mapping[str, Callable[[Email], str | None]] = {
    "size": check_size,
    "subject": check_subject,
    "summary": check_summary,
    "words": check_words,
}
"""The rules by the name under which an editor may waive them."""
