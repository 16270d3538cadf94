"""The bytes of a message: read back by an independent parser, and within the limits of the RFCs."""

import random
import re
import string
from base64 import b64decode
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.content import Newsletter, load_newsletter
from generator.errors import ContentError
from generator.model import Edition
from generator.render.email.draft import render_draft
from tests.languages import LANGUAGES
from tests.render.mails import FULL, edition_of

LETTERS = string.ascii_letters + "áäéëèêíïóöúüçñÉ" * 2
SIGNS = [
    "“",
    "”",
    "‘",
    "’",
    "…",
    "–",
    "€",
    "%",
    "&",
    "?",
    "!",
    ",",
    ":",
    ";",
    "(",
    ")",
    '"',
    "<",
    ">",
    "@",
    "\\",
    "=",
    "_",
    "🙂",
]
HEADERS = [
    *("From", "Reply-To", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("Content-Language", "X-Unsent", "MIME-Version", "Content-Type"),
]
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
"""Making a message changes nothing, so every example may use the same newsletter."""


def compose(newsletter: Newsletter, text: str = "Hoi\n", html: str = "<p>Hoi</p>\n", **changes: Any) -> bytes:
    """The message of a Dutch edition of the sample with something else in it."""
    edition: Edition = replace(edition_of(newsletter), **changes)
    return render_draft(newsletter, edition, text, html)


def read(message: bytes, name: str) -> str:
    """A header, unfolded and decoded as RFC 2047 says; Python's newer parser mends too much to be a judge."""
    return str(make_header(decode_header(message_from_bytes(message)[name].replace("\r\n", ""))))


def read_plainly(raw: str) -> str:
    """A header as RFC 2047 says in its own words, by a reader that shares no code with Python's."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", raw)
    joined = re.sub(r"(=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=)[ \t]+(?==\?)", r"\1", unfolded)  # 6.2

    def decode(match: re.Match[str]) -> str:
        charset, kind, text = match.groups()
        if kind in "bB":
            return b64decode(text, validate=True).decode(charset)
        return unquote_to_bytes(text.replace("%", "%25").replace("_", " ").replace("=", "%")).decode(charset)

    return re.sub(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=", decode, joined)


def head(message: bytes) -> list[bytes]:
    return message.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_it_is_a_complete_draft(newsletter: Newsletter) -> None:
    message = message_from_bytes(compose(newsletter), policy=policy.default)
    assert not message.defects
    assert message.keys() == HEADERS
    assert message["From"] == message["To"] == "Royal Dutch Updates <letter@example.org>"
    assert message["Reply-To"] == "Royal Dutch Updates <post@example.org>"
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == "nl"
    assert message["MIME-Version"] == "1.0"
    assert message["List-Id"] == "Royal Dutch Updates <royal-dutch-updates.example.org>"


def test_its_date_is_when_the_letter_was_published(newsletter: Newsletter) -> None:
    assert b"\r\nDate: Fri, 20 Nov 2026 06:00:00 +0100\r\n" in compose(newsletter)
    edition = edition_of(newsletter)
    assert parsedate_to_datetime(read(compose(newsletter), "Date")) == edition.published


def test_its_id_is_the_week_and_the_language_of_the_list(newsletter: Newsletter) -> None:
    ids = []
    for language in LANGUAGES:
        edition = edition_of(newsletter, language=language)
        ids.append(read(render_draft(newsletter, edition, "", ""), "Message-ID"))
    assert ids == [f"<{FULL}.{language}@royal-dutch-updates.example.org>" for language in ("nl", "en")]


def test_unsubscribing_is_a_mail_on_one_line_and_never_one_click(newsletter: Newsletter) -> None:
    message = compose(newsletter)
    assert b"\r\nList-Unsubscribe: <mailto:unsubscribe@example.org?subject=afmelden>\r\n" in message
    assert b"One-Click" not in message
    long = replace(newsletter.settings, unsubscribe=f"unsubscribe@{'lang.' * 20}example.org")
    line = f"List-Unsubscribe: <mailto:{long.unsubscribe}?subject=afmelden>\r\n".encode()
    assert line in render_draft(replace(newsletter, settings=long), edition_of(newsletter), "", "")


@pytest.mark.slow
def test_5000_dutch_subjects_come_back_unchanged(newsletter: Newsletter) -> None:
    chance = random.Random(2026)  # noqa: S311

    def word() -> str:
        letters = "".join(chance.choices(LETTERS, k=chance.randint(1, 14)))
        return letters + (chance.choice(SIGNS) if chance.random() < 0.3 else "")

    for _ in range(5000):
        subject = " ".join(word() for _ in range(chance.randint(1, 16))).replace("=?", "?")
        message = compose(newsletter, subject=subject)
        assert read(message, "Subject") == subject
        assert read_plainly(message_from_bytes(message)["Subject"]) == subject
        assert max(map(len, head(message))) <= 76


@SLOW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1))
def test_any_subject_of_one_line_comes_back(newsletter: Newsletter, text: str) -> None:
    subject = " ".join(text.split()).replace("=?", "?") or "x"
    assert read(compose(newsletter, subject=subject), "Subject") == subject


def test_a_long_subject_is_in_encoded_words_that_are_not_too_long(newsletter: Newsletter) -> None:
    for subject in ("één " * 60, "plain words only " * 12, "zonderspaties" * 12):
        lines = head(compose(newsletter, subject=subject.strip()))
        words = re.findall(rb"=\?.*?\?=", b"\r\n".join(lines))
        assert len(words) > 1
        assert all(len(word) <= 75 for word in words)
        assert not any(b"?==?" in line for line in lines), (
            "some providers refuse encoded words without a space between"
        )


def test_a_short_plain_subject_is_readable_in_the_file(newsletter: Newsletter) -> None:
    assert b"\r\nSubject: Zou je jezelf introduceren?\r\n" in compose(newsletter)


ATTACKS = [
    "Hoi\r\nBcc: evil@example.com",
    "Hoi\nBcc: evil@example.com",
    "Hoi\rBcc: evil@example.com",
    "Hoi\r\n\r\n<script>",
    "=?utf-8?q?Hoi=0D=0ABcc:_evil@example.com?=",
    "Hoi =?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?= daar",
    *(f"Hoi{sign}Bcc: evil@example.com" for sign in "\x00\x0b\x0c\x1c\x7f\x85\u2028\u2029"),
    "Hoi\ud800",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_subject_cannot_bring_a_header(newsletter: Newsletter, attack: str) -> None:
    with pytest.raises(ValueError, match="is not allowed in the header Subject"):
        compose(newsletter, subject=attack)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("field", ["sender_name", "letter", "sender_address", "reply_to", "list_id"])
def test_a_setting_cannot_bring_a_header(newsletter: Newsletter, field: str, attack: str) -> None:
    changed = replace(newsletter.settings, **{field: attack})
    with pytest.raises(ValueError, match="is not allowed in the header"):
        render_draft(replace(newsletter, settings=changed), edition_of(newsletter), "", "")


@pytest.mark.parametrize(
    "attack", [r"Hoi\r\nBcc: evil@example.com", r"Hoi\0", "=?utf-8?q?Hoi=0D=0A?=", r"Hoi\x7F"]
)
@pytest.mark.usefixtures("sample")
def test_an_editor_hears_of_it_when_the_file_is_read(newsletter: Newsletter, attack: str) -> None:
    path = edition_of(newsletter).source
    path.write_text(
        re.sub("^subject: .*$", lambda _: f'subject: "{attack}"', path.read_text(), flags=re.MULTILINE)
    )
    with pytest.raises(ContentError, match="“subject”"):
        load_newsletter(newsletter.root)


@pytest.mark.parametrize(
    "name",
    [
        "Royal Dutch Updates",
        "Jansen, De Boer & Co.",
        'De "beste" brief \\ verkoop',
        "Vrijdag: één gedachte, één actie",
        "Brief (nl) <x@example.com>",
        "Een heel lange naam van een brief die niet op een regel past en dus gevouwen wordt, ook met komma's",
        "É" * 60,
        "naamzonderspaties" * 8,
    ],
)
def test_a_name_comes_back_beside_its_address(newsletter: Newsletter, name: str) -> None:
    changed = replace(newsletter.settings, sender_name=name, letter=name)
    message = render_draft(replace(newsletter, settings=changed), edition_of(newsletter), "", "")
    for header, address in (("From", "letter@example.org"), ("List-Id", "royal-dutch-updates.example.org")):
        raw = message_from_bytes(message)[header].replace("\r\n", "")
        display, found = parseaddr(raw)
        assert (str(make_header(decode_header(display))), found) == (name, address)
    assert max(map(len, head(message))) <= 76


@SLOW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t.= ")))
def test_any_text_comes_back_in_lines_that_are_short(newsletter: Newsletter, text: str) -> None:
    message = compose(newsletter, text=text, html=text)
    parts = message_from_bytes(message).get_payload()
    for part in parts:
        found = part.get_payload(decode=True).decode()
        assert found.replace("\r\n", "\n") == text
    assert max(map(len, message.split(b"\r\n"))) <= 76


def test_lines_end_in_crlf_and_all_bytes_are_ascii(newsletter: Newsletter) -> None:
    message = compose(newsletter, text="één\n\ntwee \n", html="<p>€</p>\n")
    assert message.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", message)
    assert message.endswith(b"--\r\n")


def test_no_text_can_end_its_part(newsletter: Newsletter) -> None:
    boundary = message_from_bytes(compose(newsletter)).get_boundary()
    message = message_from_bytes(compose(newsletter, text=f"een\n--{boundary}\n\ntwee\n--{boundary}--\n"))
    assert len(message.get_payload()) == 2
