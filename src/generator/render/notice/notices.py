"""A row of the outbox → the mail of a notice: confirm, already, manage, changed, goodbye."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.model.subscribers import CourseState, Notice, Status
from generator.render.courses import say_course
from generator.render.dates import say_day
from generator.render.email.inlining import inline_css
from generator.render.email.lines import squeeze, underline, wrap
from generator.render.email.mime import (
    write_mailbox,
    write_message,
    write_recipient,
    write_ways_out,
    write_words,
)
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from generator.model import Language
    from generator.model.subscribers import Posting
    from generator.outline import Outline
    from generator.words import Words

_WITH_STATE = (Notice.ALREADY, Notice.CHANGED)
"""Notices about a subscription that exists: they show it, and have an unsubscribe link."""


_LINKS = {"to_manage": "manage", "to_subscribe": "subscribe"}
"""The sentences of a notice without a button that stand before a link, and the page of the service it leads to."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice as it is delivered: its text and HTML, and the message with both."""

    subject: str
    text: str
    html: str
    message: bytes = field(repr=False)
    """A complete RFC 5322 message with CRLF line ends; ASCII, but for the header To (RFC 6532)."""


def render_notice(outline: Outline, service_url: str, posting: Posting) -> Mail:
    """Render a notice; the same posting, with the same token, gives the same bytes.

    `service_url` is where its links lead and ends in a slash. Raises TemplateError.
    """
    root, settings = outline.root, outline.settings
    language = posting.language
    words = load_words(root)
    written, around = words[language][f"notice.{_choose(posting)}"], words[language]["notice"]
    service = f"{service_url}{settings.languages.prefix(language)}"

    def fill(text: str) -> list[str]:
        """Split into paragraphs, and fill in the name of the letter."""
        return [
            squeeze(part).strip().replace("{letter}", settings.letter)
            for part in text.split("\n\n")
            if part.strip()
        ]

    page = "confirm" if posting.notice is Notice.CONFIRM else "manage"
    unsubscribe = posting.unsubscribe if posting.notice in _WITH_STATE else ""
    course = posting.subscriber.course if posting.subscriber else None
    asked = offered = ""
    if settings.course and posting.notice is Notice.CONFIRM and course and course.state is CourseState.ASKED:
        asked = written["course"]
    if settings.course and posting.notice is Notice.ALREADY and not (course and course.finished):
        offered = written["course"]
    subject = written["subject"].replace("{letter}", settings.letter)
    values: dict[str, Any] = {
        "language": language,
        "subject": subject,
        "title": written["title"].replace("{letter}", settings.letter),
        "summary": written["summary"],
        "before": [*fill(written["before"]), *fill(asked)],
        "state": _describe(outline, posting, words) if posting.notice in _WITH_STATE else [],
        "button": written.get("button", ""),
        "url": f"{service}{page}/{posting.token}" if "button" in written else "",
        "links": [(written[key], f"{service}{path}") for key, path in _LINKS.items() if key in written],
        "after": [*fill(offered), *fill(written.get("after", ""))],
        "unsubscribe": f"{service}unsubscribe/{unsubscribe}" if unsubscribe else "",
        "words": around,
        "automatic": around["automatic"].format(sender=settings.sender_name),
        "settings": settings,
    }
    css = render_template(root, "notice/notice.css")
    html = inline_css(render_template(root, "notice/notice.html", **values), css) + "\n"
    text = render_template(root, "notice/notice.txt", wrap=wrap, underline=underline, **values)
    identity = _identify(posting)
    headers = (
        write_mailbox("From", settings.sender_name, settings.sender_address),
        write_mailbox("Reply-To", settings.sender_name, settings.reply_to),
        write_recipient(posting.address),
        write_words("Subject", subject),
        f"Date: {format_datetime(posting.created.astimezone(UTC))}",
        f"Message-ID: <{posting.notice}.{identity}@{settings.list_id}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: out-of-office replies do not answer it
        *(write_ways_out(settings, values["unsubscribe"], unsubscribe) if unsubscribe else ()),
        f"Content-Language: {language}",
    )
    return Mail(subject, text, html, write_message(headers, identity, text, html))


def _choose(posting: Posting) -> str:
    """The name of the text: one notice has several, for different states of a subscription."""
    subscriber = posting.subscriber
    if posting.notice is Notice.GOODBYE and subscriber is None:
        return "erased"
    if posting.notice is Notice.CONFIRM and subscriber and subscriber.status is not Status.UNCONFIRMED:
        return "again"
    return posting.notice


def _describe(outline: Outline, posting: Posting, words: Mapping[Language, Words]) -> list[tuple[str, str]]:
    """A subscription as names and values; a certainty without a title has its id."""
    subscriber, own, titles = (
        posting.subscriber,
        words[posting.language]["notice"],
        outline.titles[posting.language],
    )
    if subscriber is None:
        return []
    chosen = ", ".join(titles.get(name, name) for name in subscriber.certainties)
    pause = own["no_pause"]
    if subscriber.paused_until is not None:
        pause = own["paused"].format(
            day=say_day(datetime.combine(subscriber.paused_until, time()), posting.language)
        )
    return [
        (own["language"], words[subscriber.language]["language"]["name"]),
        (own["certainties"], chosen or own["all"]),
        (own["pause"], pause),
        *(
            [(own["course"], say_course(outline.root, posting.language, subscriber.course))]
            if outline.settings.course
            else []
        ),
    ]


def _identify(posting: Posting) -> str:
    """An id that is the same for every attempt, so that mail programs can detect a duplicate. Reveals nothing."""
    name = f"{posting.notice} {posting.id} {posting.created.astimezone(UTC).isoformat()}"
    return sha256(name.encode()).hexdigest()[:24]
