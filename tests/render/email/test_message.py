"""The letter as an email, whole: golden files to open, and what must hold for every letter."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from generator.content import Newsletter, load_newsletter
from generator.errors import TemplateError
from generator.model import Email, Week
from generator.render.email.message import render_email
from generator.words import load_words
from tests.conftest import Golden
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_issue, change_text
from tests.render.mails import FULL, edition_of, mail

PROJECT = Path(__file__).parents[3]
LARGEST = 20_000
"""Bytes of HTML: a fifth of what Gmail shows before it cuts a letter off."""


@pytest.fixture(params=list(LANGUAGES))
def email(request: pytest.FixtureRequest, newsletter: Newsletter) -> Email:
    """The full letter of the sample, in each language."""
    return render_email(newsletter, edition_of(newsletter, language=request.param))


@pytest.fixture(scope="module")
def published() -> list[Email]:
    """Every letter of the real project."""
    newsletter = load_newsletter(PROJECT)
    return [
        render_email(newsletter, edition)
        for issue in newsletter.archive.issues
        for edition in issue.editions.values()
    ]


def links(email: Email) -> list[str]:
    return [link.get("href") for link in html.document_fromstring(email.html).iter("a")]


def passed_on(link: str) -> str:
    """Where a link leads; of a mail to nobody yet, the address that it passes on."""
    (body,) = parse_qs(urlsplit(link).query).get("body", [link]) if link.startswith("mailto:?") else [link]
    return body.split()[-1]


def test_the_letter_looks_as_it_did(email: Email, golden: Golden) -> None:
    name = f"email/{FULL}.{email.edition.language}"
    golden(f"{name}.html", email.html)
    golden(f"{name}.txt", email.text)
    golden(f"{name}.eml", email.message)


def test_the_same_letter_is_the_same_bytes(newsletter: Newsletter, sample: Path) -> None:
    again = load_newsletter(sample)
    for language in LANGUAGES:
        one = render_email(newsletter, edition_of(newsletter, language=language))
        assert one == replace(render_email(again, edition_of(again, language=language)), edition=one.edition)


def test_the_message_carries_both_parts_unchanged_the_text_first(email: Email) -> None:
    message = message_from_bytes(email.message, policy=policy.default)
    text, page = message.iter_parts()
    assert [text.get_content_type(), page.get_content_type()] == ["text/plain", "text/html"]
    assert text.get_content().replace("\r\n", "\n") == email.text
    assert page.get_content().replace("\r\n", "\n") == email.html


def test_every_letter_is_small_also_one_with_every_element(published: list[Email], email: Email) -> None:
    assert published
    sizes = {str(one.edition.source): len(one.html.encode()) for one in [*published, email]}
    assert {source: size for source, size in sizes.items() if size >= LARGEST} == {}


def test_every_link_and_picture_is_absolute(published: list[Email], email: Email) -> None:
    for one in [*published, email]:
        assert all(link.startswith(("https://", "mailto:")) for link in links(one))
        pictures = html.document_fromstring(one.html).iter("img")
        assert all(picture.get("src").startswith("https://") for picture in pictures)


def test_every_link_of_the_html_stands_whole_in_the_text(published: list[Email], email: Email) -> None:
    for one in [*published, email]:
        for link in map(passed_on, links(one)):
            whole = rf"(?<!\S)(mailto:)?{re.escape(link.removeprefix('mailto:'))}(?=[\s.,;]|$)"
            assert re.search(whole, one.text), link


def test_every_action_of_the_html_stands_in_the_text(published: list[Email], email: Email) -> None:
    for one in [*published, email]:
        boxes = html.document_fromstring(one.html).find_class("box")
        assert len(boxes) >= len(one.edition.actions)
        text = " ".join(one.text.split())
        for box in boxes:
            mark = "[ ]" if box.text_content() == "☐" else "[x]"
            assert f"{mark} {box.getnext().find('a').text_content()} https://" in text


def test_an_open_action_can_be_ticked_and_put_into_a_calendar(email: Email, newsletter: Newsletter) -> None:
    site = newsletter.settings.url(email.edition.language)
    words = load_words(newsletter.root)[email.edition.language]["letter"]
    page = html.document_fromstring(email.html)
    links_of = [
        [(link.text_content(), link.get("href")) for link in act.iter("a")] for act in page.find_class("act")
    ]
    item, *answers = links_of[1]
    assert item[1] == f"{site}certainties/referral/#ref-2"
    assert answers == [
        (words["tick_done"], f"{item[1]}-done"),
        (words["tick_remind"], f"{site}assets/calendar/ref-2.ics"),
    ]
    assert len(links_of[0]) == 1  # what an author has done already asks nothing
    for name, address in answers:
        assert f"\n    {name}: {address}\n" in email.text


def test_every_action_links_to_its_place_in_the_playbook(newsletter: Newsletter, email: Email) -> None:
    prefix = LANGUAGES.prefix(email.edition.language)
    for action in email.edition.actions:
        assert f"https://example.org/{prefix}certainties/referral/#{action}" in links(email)


def test_headings_begin_with_one_title_and_skip_no_level(published: list[Email], email: Email) -> None:
    for one in [*published, email]:
        page = html.document_fromstring(one.html)
        levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[:2] == [1, 2]
        assert levels.count(1) == 1
        assert all(lower <= higher + 1 for higher, lower in pairwise(levels))


def test_the_headings_are_the_title_the_two_sections_and_the_sources(newsletter: Newsletter) -> None:
    for language, *below in ((NL, "Bronnen", "Eerdere brieven"), (EN, "Sources", "Earlier letters")):
        email = render_email(newsletter, edition_of(newsletter, "2026-W46", language))
        headings = [heading.text for heading in html.document_fromstring(email.html).iter("h1", "h2")]
        assert headings == [email.edition.title, "Food for thought", "Food for action", *below]


def test_the_english_headings_of_a_dutch_letter_are_marked_as_english(email: Email) -> None:
    marks = [heading.get("lang") for heading in html.document_fromstring(email.html).iter("h2")]
    assert marks == (["en", "en", None, None] if email.edition.language == NL else [None] * 4)


def test_language_and_direction_stand_on_the_page_and_on_the_letter(email: Email) -> None:
    page = html.document_fromstring(email.html)
    (letter,) = page.find_class("letter")
    assert email.html.startswith("<!DOCTYPE html>")
    for element in (page, letter):
        assert (element.get("lang"), element.get("dir")) == (email.edition.language, "ltr")
    assert letter.get("role") == "article"
    assert letter.get("aria-label") == page.findtext("head/title") == email.edition.subject


def test_the_summary_is_hidden_before_everything_a_reader_sees(email: Email) -> None:
    (letter,) = html.document_fromstring(email.html).find_class("letter")
    preheader = letter[0]
    assert preheader.text.startswith(f"{email.edition.summary} ")
    assert preheader.text.count("\N{COMBINING GRAPHEME JOINER}") == 32, (
        "room that keeps the letter itself out"
    )
    assert "display:none" in preheader.get("style")


def test_every_table_either_arranges_or_has_heads_with_a_scope(email: Email) -> None:
    tables = list(html.document_fromstring(email.html).iter("table"))
    data = [table for table in tables if table.get("role") != "presentation"]
    assert len(data) == 1
    assert [head.get("scope") for head in data[0].iter("th")] == ["col"] * 3


def test_styles_are_inlined_and_media_queries_stay_in_the_head(email: Email) -> None:
    head, _, body = email.html.partition("<body")
    assert "<style" not in body
    assert "@media (prefers-color-scheme:dark)" in head
    assert head.index("charset") < head.index("<style"), "a browser looks for it in the first 1,024 bytes"
    elements = (
        html.document_fromstring(email.html).find_class("letter")[0].iter("p", "h1", "h2", "a", "td", "li")
    )
    assert all(element.get("style") for element in elements)


def test_each_block_of_styles_is_one_that_gmail_keeps(email: Email) -> None:
    blocks = [style.text for style in html.document_fromstring(email.html).iter("style")]
    assert sum(map(len, blocks)) < 16_000
    assert not any("@media" in block and "[data-" in block for block in blocks)


def test_dark_colours_are_the_same_in_outlook_as_elsewhere() -> None:
    folder = PROJECT / "templates" / "email"
    _, _, dark = (folder / "media.css").read_text().partition("prefers-color-scheme: dark) {\n")
    outlook = (folder / "outlook.css").read_text()
    rules = [line.strip().removeprefix("body, ") for line in dark.splitlines() if "{" in line]
    found = [line for line in outlook.splitlines()[1:] if "{" in line]
    assert [line.replace("[data-ogsc] ", "").replace("[data-ogsb] ", "") for line in found] == rules


def test_the_foot_says_why_how_to_stop_and_who_sends_it(email: Email) -> None:
    foot = html.document_fromstring(email.html).find_class("foot")[0]
    dutch = email.edition.language == NL
    why = (
        "omdat je je hebt aangemeld voor Royal Dutch Updates"
        if dutch
        else "because you subscribed to Royal Dutch Updates"
    )
    stop, subject = ("Afmelden", "afmelden") if dutch else ("Unsubscribe", "unsubscribe")
    join, page = ("Meld je aan", "newsletter/") if dutch else ("Subscribe", "en/newsletter/")
    who, who_page = (
        ("Wie maakt dit", "who-makes-this/") if dutch else ("Who makes this", "en/who-makes-this/")
    )
    assert why in foot.text_content()
    assert why in " ".join(email.text.split())
    assert [(link.text, link.get("href")) for link in foot.iter("a")] == [
        (join, f"https://example.org/{page}"),
        (stop, f"mailto:unsubscribe@example.org?subject={subject}"),
        (who, f"https://example.org/{who_page}"),
    ]
    assert f"{who}:\nhttps://example.org/{who_page}\n" in email.text
    for part in (foot.text_content(), email.text):
        assert "Royal Dutch Updates, Example Street 7, 1000 AA Amsterdam" in part


def test_a_reader_can_read_it_online_and_go_to_the_certainty(email: Email) -> None:
    site = f"https://example.org/{LANGUAGES.prefix(email.edition.language)}"
    assert {f"{site}archive/{FULL}/", f"{site}certainties/referral/"} <= set(links(email))


def test_the_first_sentences_that_are_seen_are_the_title_and_the_summary(email: Email) -> None:
    column = html.document_fromstring(email.html).find_class("column")[0]
    seen = [" ".join(text.split()) for text in column.itertext() if text.strip()]
    dutch = email.edition.language == NL
    line = "nr 3 · vrijdag 20 november 2026" if dutch else "no. 3 · Friday 20 November 2026"
    assert seen[:2] == ["Royal Dutch Updates", f"{line} · 2 minut{'en' if dutch else 'es'}"]
    assert seen[2:4] == [email.edition.title, email.edition.summary]


def test_the_mark_says_nothing_that_stands_beside_it_already(email: Email) -> None:
    mark = html.document_fromstring(email.html).find_class("mark")[0]
    assert (mark.get("alt"), mark.get("role")) == ("", "presentation")


def test_a_reader_can_pass_it_on_and_write_back_to_a_person(email: Email) -> None:
    share, reply = html.document_fromstring(email.html).find_class("pass")[0].iter("a")
    query = parse_qs(urlsplit(share.get("href")).query)
    page = f"https://example.org/{LANGUAGES.prefix(email.edition.language)}archive/{FULL}/"
    assert share.get("href").startswith("mailto:?"), "whom it is for is for the reader to say"
    assert query == {"subject": [email.edition.title], "body": [f"{email.edition.summary}\r\n\r\n{page}"]}
    assert reply.get("href") == "mailto:post@example.org"


def earlier(newsletter: Newsletter, week: str) -> list[tuple[str, str]]:
    """The earlier letters that a letter names."""
    edition = edition_of(newsletter, week, EN)
    email = render_email(newsletter, edition)
    cells = html.document_fromstring(email.html).find_class("earlier")
    named = [(link.text, link.get("href")) for cell in cells for link in cell.iter("a")]
    assert all(f"\n{title}\n{url}\n" in email.text for title, url in named)
    assert bool(cells) == ("EARLIER LETTERS" in email.text)
    return named


def test_a_letter_names_the_two_before_it(newsletter: Newsletter) -> None:
    pages = "https://example.org/en/archive"
    assert [url for _, url in earlier(newsletter, FULL)] == [f"{pages}/2026-W46/", f"{pages}/2026-W45/"]
    assert earlier(newsletter, "2026-W46") == [
        (edition_of(newsletter, "2026-W45", EN).title, f"{pages}/2026-W45/")
    ]
    assert earlier(newsletter, "2026-W45") == []


def test_a_letter_names_none_that_is_not_out_yet(newsletter: Newsletter) -> None:
    edition = edition_of(newsletter, "2026-W46")
    late = change_issue(newsletter, "2026-W46", published=edition.published + timedelta(weeks=3))
    draft = change_issue(newsletter, "2026-W46", draft=True)
    for changed in (late, draft):
        assert [url for _, url in earlier(changed, FULL)] == ["https://example.org/en/archive/2026-W45/"]


def test_what_an_editor_types_in_a_header_stays_text(newsletter: Newsletter) -> None:
    title = '<script>alert("R&D")</script>'
    changed = change_issue(newsletter, FULL, title=title, subject=title, summary=title)
    email = render_email(changed, edition_of(changed))
    page = html.document_fromstring(email.html)
    assert not list(page.iter("script"))
    assert page.findtext(".//h1") == page.findtext("head/title") == title
    assert title in email.text


def test_a_control_character_spelt_in_markdown_reaches_no_mail_program(newsletter: Newsletter) -> None:
    email = mail(newsletter, "Voor&#1;na&#7;.")
    assert "Voorna." in email.text
    assert "Voorna." in email.html


def test_a_letter_without_sources_has_no_list_of_them(newsletter: Newsletter) -> None:
    email = mail(newsletter, "Geen bron.")
    assert "Bronnen" not in email.html
    assert "BRONNEN" not in email.text


def test_a_template_with_an_unknown_name_says_where(newsletter: Newsletter, sample: Path) -> None:
    (sample / "templates/email/letter.txt").write_text("Hallo\n{{ wie }}\n")
    with pytest.raises(TemplateError, match=r"templates/email/letter\.txt:2: .*wie"):
        render_email(newsletter, edition_of(newsletter))


def test_a_letter_to_the_other_language_and_an_earlier_week_links_to_their_pages(
    newsletter: Newsletter,
) -> None:
    changed = change_text(newsletter, FULL, "[Een](en.md) en [twee](../2026-W45/nl.md).")
    found = links(render_email(changed, edition_of(changed)))
    assert {"https://example.org/en/archive/2026-W47/", "https://example.org/archive/2026-W45/"} <= set(found)
    assert newsletter.archive.issue(Week.parse("2026-W45"))
