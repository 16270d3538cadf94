"""A letter in a frame: the scheme is decided, the pictures are in it, the words are those of the letter."""

from dataclasses import replace

import pytest
from lxml import html

from generator.render.email.message import render_email
from generator.render.preview.frames import Scheme, frame_letter, mark_change, read_pictures
from tests.render.editions import change_text
from tests.render.mails import FULL, edition_of, mail


@pytest.mark.parametrize("scheme, dark, light", [(Scheme.DARK, "min-width: 0px", "min-width: 999999px")])
def test_the_scheme_is_decided_without_the_device(scheme, dark, light):
    style = (
        "@media (prefers-color-scheme: dark) and (min-width: 600px) {} @media (prefers-color-scheme:light) {}"
    )
    framed = frame_letter(f"<html><head><style>{style}</style></head><body></body></html>", scheme, {})
    assert f"@media ({dark}) and (min-width: 600px) {{}} @media ({light}) {{}}" in framed


def test_a_text_about_schemes_and_images_stays_as_it_is(newsletter):
    words = '`(prefers-color-scheme: dark)` and `<img src="https://example.org/assets/marks/referral.png">`'
    email = mail(newsletter, f"Look at {words}.")
    framed = frame_letter(email.html, Scheme.LIGHT, read_pictures(newsletter, email.edition))
    assert [code.text_content() for code in html.document_fromstring(framed).iter("code")] == [
        part for part in words.split("`") if part.startswith(("(", "<"))
    ]


def test_every_picture_of_a_letter_is_in_its_frame(newsletter):
    email = render_email(newsletter, edition_of(newsletter))
    pictures = read_pictures(newsletter, email.edition)
    framed = html.document_fromstring(frame_letter(email.html, Scheme.LIGHT, pictures))
    addresses = framed.xpath("//img/@src")
    assert len(addresses) == 2
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    without = html.document_fromstring(frame_letter(email.html, Scheme.LIGHT, None))
    assert [image.get("alt") for image in without.iter("img")] == [
        image.get("alt") for image in framed.iter("img")
    ]


def test_a_subject_like_a_tag_opens_nothing(newsletter):
    newsletter = change_text(newsletter, FULL, "Text.")
    edition = replace(
        edition_of(newsletter), subject='</head><img src="x"><base href="https://example.com/">'
    )
    framed = html.document_fromstring(frame_letter(render_email(newsletter, edition).html, Scheme.LIGHT, {}))
    assert len(framed.xpath("//base")) == 1
    assert not framed.xpath("//base/@href")
    assert "x" not in framed.xpath("//img/@src")


OLD = '<body><p>a <p>b</p><h1>Title</h1><p class="x">One.</p><p>Two.</p><ul><li>Three.</li></ul></body>'


@pytest.mark.parametrize(
    "old, new, marked",
    [
        ("One", "Once", '<p id=changed class="x">Once.</p>'),
        ("Two.", "", "<p id=changed></p>"),
        ("Three", "Four", "<li id=changed>Four.</li>"),
        ("<p>Two.</p>", "", "<p id=changed"),
        ("Title", "Name", "<h1 id=changed>Name</h1>"),
        ("a <p>b", "c", "<h1>Title</h1>"),
    ],
)
def test_a_letter_opens_where_it_was_changed(old, new, marked):
    framed = mark_change(OLD.replace(old, new), OLD)
    assert marked in framed
    assert framed.count("id=changed") == (0 if old == "a <p>b" else 1)
    assert mark_change(OLD.replace(old, new), framed) == framed, "what is the same stays the same"
    assert mark_change(OLD, framed).replace(" id=changed", "") == OLD


def test_words_in_an_attribute_are_not_opened_by_the_mark():
    html = '<h1>Title</h1><p title="a <p b">One</p>'
    framed = mark_change(html.replace("b", "c"), html)
    assert framed == '<h1>Title</h1><p title="a <p id=changed c">One</p>'
