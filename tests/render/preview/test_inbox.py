"""What a letter shows before it is opened."""

from dataclasses import replace

import pytest

from generator.render.email.message import render_email
from generator.render.preview.inbox import (
    APPLE_SUBJECT,
    APPLE_SUMMARY,
    GMAIL_DESK,
    GMAIL_PHONE,
    cut,
    decode_headers,
    render_inbox,
)
from tests.render.mails import edition_of


@pytest.mark.parametrize(
    "text, room, shown",
    [
        ("whole", 5, "whole"),
        ("too long", 5, "too…"),
        ("toolong", 5, "tool…"),
        ("none", 1, ""),
        ("none", -3, ""),
        ("", 5, ""),
    ],
)
def test_what_does_not_fit_ends_in_dots(text, room, shown):
    assert cut(text, room) == shown


def test_each_program_cuts_where_it_cuts(newsletter):
    edition = replace(edition_of(newsletter), subject="S" * 60, summary="z" * 140)
    inbox = render_inbox(newsletter, edition, render_email(newsletter, edition).message)
    desk, phone, apple = inbox.lines
    assert len(f"{desk.subject} – {desk.summary}") == GMAIL_DESK
    assert (len(phone.subject), len(phone.summary)) == (GMAIL_PHONE, GMAIL_PHONE)
    assert (len(apple.subject), len(apple.summary)) == (APPLE_SUBJECT, APPLE_SUMMARY)
    assert inbox.counts == "Subject 60 characters, preheader 140."
    assert (inbox.sender, inbox.time) == (newsletter.settings.sender_name, "06:00")


def test_a_subject_longer_than_the_line_leaves_no_room_for_the_preheader(newsletter):
    edition = replace(edition_of(newsletter), subject="S" * 120)
    desk = render_inbox(newsletter, edition, render_email(newsletter, edition).message).lines[0]
    assert desk.subject == "S" * (GMAIL_DESK - 1) + "…"
    assert desk.summary == ""


@pytest.mark.parametrize(
    "subject", ["Eén vraag – twee antwoorden, en een hele lange staart ïïï" * 2, "Plain", "“Zou je?”"]
)
def test_headers_read_as_they_were_written(newsletter, subject):
    email = render_email(newsletter, replace(edition_of(newsletter), subject=subject))
    headers = dict(decode_headers(email.message))
    assert headers["Subject"] == subject
    assert headers["Content-Language"] == "nl"
