"""Every notice that the service sends, in both languages, as postings that are the same on every day."""

from dataclasses import replace
from datetime import UTC, date, datetime

from generator.content import Newsletter
from generator.model import Language
from generator.model.subscribers import Notice, Posting, Status, Subscriber
from generator.outline import load_outline
from generator.render.notice.notices import Mail, render_notice
from tests.languages import EN, NL

URL = "https://letter.example.org/"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOKEN = "dG9rZW4tb3Blbi1kaWUtcGFnaW5hISEh"  # noqa: S105 (what such a token looks like)
SIGNED = "IjAxMjM0NTY3ODlhYmNkZWYi.c2lnbmF0dXJlLW1hZGUtd2l0aC1hLWtleS1vZi1vdXJz"

READER = Subscriber(
    id=7,
    handle="0123456789abcdef",
    address="reader@example.com",
    language=NL,
    certainties=(),
    status=Status.CONFIRMED,
    created=NOW,
    changed=NOW,
)
CHOOSY = replace(READER, language=EN, certainties=("referral", "revenue"), paused_until=date(2027, 1, 4))

POSTINGS = {
    "confirm": Posting(
        1, Notice.CONFIRM, READER.address, NL, 1, NOW, TOKEN, "", replace(READER, status=Status.UNCONFIRMED)
    ),
    "again": Posting(
        2, Notice.CONFIRM, READER.address, NL, 1, NOW, TOKEN, "", replace(READER, status=Status.UNSUBSCRIBED)
    ),
    "already": Posting(3, Notice.ALREADY, READER.address, NL, 1, NOW, TOKEN, SIGNED, READER),
    "manage": Posting(4, Notice.MANAGE, READER.address, NL, 1, NOW, TOKEN, SIGNED, READER),
    "changed": Posting(5, Notice.CHANGED, READER.address, NL, 1, NOW, TOKEN, SIGNED, CHOOSY),
    "goodbye": Posting(
        6, Notice.GOODBYE, READER.address, NL, 1, NOW, "", "", replace(READER, status=Status.UNSUBSCRIBED)
    ),
    "erased": Posting(7, Notice.GOODBYE, READER.address, NL, 1, NOW),
}  # fmt: skip
"""By the text that stands in it."""


def notice(newsletter: Newsletter, name: str, language: Language = NL, url: str = URL) -> Mail:
    posting = replace(POSTINGS[name], language=language)
    return render_notice(load_outline(newsletter.root), url, posting)
