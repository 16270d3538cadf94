"""RSS and Atom, read again by feedparser and by lxml; each trap of feedgen 1.0.0 has a test here."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.content import Newsletter
from generator.render.feed.feeds import OPML, Format, list_feeds, render_feeds
from tests.languages import LANGUAGES, NL
from tests.render.editions import change_issue, change_text, empty_archive, grow_archive

XML = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
RSS, ATOM = "feed.xml", "atom.xml"


def render(newsletter: Newsletter) -> dict[str, bytes]:
    return {str(artifact.path): artifact.content for artifact in render_feeds(newsletter)}


def find(feed: bytes, path: str) -> list[Any]:
    """Elements, texts or attributes of a feed."""
    return etree.fromstring(feed).xpath(path, namespaces=XML)


def read(feed: bytes) -> Any:
    """A feed as a feed reader sees it, without the mending that feedparser does by default."""
    parsed = feedparser.parse(feed, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


# --- As a reader sees it ---


@pytest.mark.parametrize("file, version", [(RSS, "rss20"), (ATOM, "atom10")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_feedparser_reads_every_letter_back(newsletter, language, file, version):
    parsed = read(render(newsletter)[LANGUAGES.prefix(language) + file])
    assert parsed.version == version
    assert parsed.feed.language == language
    editions = list(newsletter.archive.editions(language))
    assert [entry.title for entry in parsed.entries] == [edition.title for edition in editions]
    assert [entry.summary for entry in parsed.entries] == [edition.summary for edition in editions]
    assert [entry.link for entry in parsed.entries] == [
        f"https://example.org/{LANGUAGES.prefix(language)}archive/{edition.week}/" for edition in editions
    ]
    assert [datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in parsed.entries] == [
        edition.published for edition in editions
    ]
    assert {entry.author for entry in parsed.entries} == {newsletter.settings.sender_name}
    for entry in parsed.entries:
        assert "<h2>Food for thought</h2>" in entry.content[0].value


def test_both_xml_formats_carry_the_same_html(newsletter):
    made = render(newsletter)
    rss, atom = read(made[RSS]), read(made[ATOM])
    assert [entry.content[0].value.strip() for entry in rss.entries] == [
        entry.content[0].value.strip() for entry in atom.entries
    ]


@pytest.mark.parametrize(
    "name",
    [
        "feed.xml",
        "atom.xml",
        "feed.json",
        "en/feed.xml",
        "en/certainties/referral/atom.xml",
        "certainties/rebound/feed.xml",
    ],
)
def test_golden(newsletter, golden, name):
    golden(f"feeds/{name}", render(newsletter)[name])


def test_every_feed_is_there_in_every_format(newsletter):
    made = render(newsletter)
    assert len(made) == 2 * 8 * 3 + 2 + 1  # with a style sheet for each language, and the list
    assert str(OPML) in made
    for feed in list_feeds(newsletter):
        for form in Format:
            assert str(feed.path(newsletter.settings, form)) in made


# --- Which letters ---


def test_newest_first(newsletter):
    """Trap 17: add_entry() prepends, which turns a list around."""
    made = render(newsletter)
    assert find(made[RSS], "//item/guid/text()") == [
        f"tag:example.org,2026:issue/2026-W{number}/nl" for number in (47, 46, 45)
    ]
    dates = find(made[ATOM], "//a:entry/a:published/text()")
    assert dates == sorted(dates, reverse=True)


def test_a_feed_carries_the_latest_twenty_and_the_rest_of_their_quarter(newsletter):
    made = render(grow_archive(newsletter, 25))
    for file, path in ((RSS, "//item/guid/text()"), (ATOM, "//a:entry/a:id/text()")):
        ids = find(made[file], path)
        assert len(ids) == 21
        assert ids[0].endswith("2026-W47/nl")
        assert ids[-1].endswith("2026-W27/nl")


def test_settings_say_how_many_letters(newsletter):
    few = replace(newsletter, settings=replace(newsletter.settings, feed_issues=2))
    assert len(find(render(grow_archive(few, 25))[RSS], "//item")) == 8  # the last quarter of 2026


def test_a_feed_of_a_certainty_carries_its_letters_only(newsletter):
    made = render(newsletter)
    assert find(made["en/certainties/referral/feed.xml"], "//item/guid/text()") == [
        "tag:example.org,2026:issue/2026-W47/en"
    ]
    assert find(made["en/certainties/rebound/feed.xml"], "//item") == []


def test_a_feed_of_a_certainty_reaches_back_further_than_the_main_feed(newsletter):
    """Its latest twenty are counted among its own letters."""
    made = render(grow_archive(newsletter, 25))
    assert len(find(made["certainties/relations/atom.xml"], "//a:entry")) == 23
    assert find(made["certainties/relations/atom.xml"], "//a:entry/a:id/text()")[-1].endswith("2026-W23/nl")


def test_a_draft_never_appears(newsletter):
    made = render(change_issue(newsletter, "2026-W47", draft=True))
    for name, content in made.items():
        assert b"2026-W47" not in content, name


# --- Ids ---


def test_ids_survive_a_new_title_a_new_slug_and_a_new_address(newsletter):
    """Trap 18: what changes its id is unread again, and mailed again."""
    before = render(newsletter)
    moved = replace(newsletter, settings=replace(newsletter.settings, site_url="https://elders.example/map/"))
    after = render(change_issue(moved, "2026-W47", title="Anders", thought="anders", summary="Anders."))
    assert find(after[RSS], "//item/title/text()")[0] == "Anders"
    assert find(after[RSS], "//item/link/text()")[0] == "https://elders.example/map/archive/2026-W47/"
    for name in before:
        for path in ("//item/guid/text()", "//a:id/text()"):
            if name.endswith(".xml"):
                assert find(after[name], path) == find(before[name], path)


def test_ids_are_tag_uris_and_no_links(newsletter):
    made = render(newsletter)
    assert set(find(made[RSS], "//guid/@isPermaLink")) == {"false"}
    assert find(made[ATOM], "/a:feed/a:id/text()") == ["tag:example.org,2026:feed/nl"]
    assert find(made["en/certainties/referral/atom.xml"], "/a:feed/a:id/text()") == [
        "tag:example.org,2026:feed/en/referral"
    ]


def test_no_two_feeds_and_no_two_letters_share_an_id(newsletter):
    made = [content for name, content in render(newsletter).items() if name.endswith("atom.xml")]
    feeds = [id_ for content in made for id_ in find(content, "/a:feed/a:id/text()")]
    assert len(feeds) == len(set(feeds)) == 16
    for content in made:
        letters = find(content, "//a:entry/a:id/text()")
        assert len(letters) == len(set(letters))


# --- Links ---


def test_a_feed_names_its_own_address(newsletter):
    """Trap 1: without, and once for all formats, a reader that follows it loses the feed."""
    made = render(newsletter)
    for feed in list_feeds(newsletter):
        for form, path in (
            (Format.RSS, "//channel/a:link[@rel='self']"),
            (Format.ATOM, "/a:feed/a:link[@rel='self']"),
        ):
            (link,) = find(made[str(feed.path(newsletter.settings, form))], path)
            assert dict(link.attrib) == {
                "rel": "self",
                "type": form.media_type,
                "href": f"https://example.org/{feed.path(newsletter.settings, form)}",
            }


def test_a_feed_links_to_its_page(newsletter):
    """Traps 2 and 10: RSS takes the last link for the site, whatever its rel, and drops the others."""
    made = render(newsletter)
    assert find(made[RSS], "//channel/link/text()") == ["https://example.org/"]
    assert find(made["en/feed.xml"], "//channel/link/text()") == ["https://example.org/en/"]
    (link,) = find(made["en/certainties/referral/atom.xml"], "/a:feed/a:link[@rel='alternate']")
    assert dict(link.attrib) == {
        "rel": "alternate",
        "type": "text/html",
        "hreflang": "en",
        "href": "https://example.org/en/certainties/referral/",
    }
    assert len(find(made[ATOM], "/a:feed/a:link")) == 2
    assert len(find(made[RSS], "//channel/a:link")) == 1


def test_a_letter_has_one_link_that_says_what_it_is(newsletter):
    """Trap 8: feedgen drops rel, type and hreflang of an entry's link."""
    for entry in find(render(newsletter)["en/atom.xml"], "//a:entry"):
        (link,) = entry.xpath("a:link", namespaces=XML)
        assert {key: link.get(key) for key in ("rel", "type", "hreflang")} == {
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "en",
        }


def test_nothing_is_enclosed(newsletter):
    """Trap 9: an enclosure of unknown length is an error; letters have none."""
    made = render(newsletter)
    assert find(made[RSS], "//enclosure") == []
    assert find(made[ATOM], "//a:link[@rel='enclosure']") == []


@pytest.mark.parametrize("site", ["https://example.org/", "https://example.org/sales/map/"])
def test_every_address_is_absolute_and_below_the_site(newsletter, site):
    """Trap 3: a reader has no page that a relative link could be relative to."""
    for name, content in render(
        replace(newsletter, settings=replace(newsletter.settings, site_url=site))
    ).items():
        if name.endswith(".xml"):
            html = "".join(find(content, "//content:encoded/text() | //a:content/text()"))
            found = re.findall(r'\b(?:href|src|srcset|cite|poster|data)="([^"]*)"', html)
            found += find(content, "//@href | //@url | //link/text()")
            for address in found:
                assert re.match(r"(https|mailto):[^\s#]", address), f"{name}: {address}"
                assert not address.startswith("https://example.org/") or address.startswith(site)


# --- Content and summary ---


def test_rss_has_a_plain_description_and_the_full_text(newsletter):
    """Trap 6: with content alone, feedgen puts all of it into the description."""
    edition = next(newsletter.archive.editions(NL))
    (item, *_) = find(render(newsletter)[RSS], "//item")
    assert item.findtext("description") == edition.summary
    assert item.xpath("content:encoded/text()", namespaces=XML)[0].startswith("<h2>Food for thought</h2>")


def test_atom_has_a_plain_summary_and_the_full_text(newsletter):
    """Traps 4, 5 and 7: HTML without a type, type CDATA, and description() that replaces the content."""
    edition = next(newsletter.archive.editions(NL))
    (entry, *_) = find(render(newsletter)[ATOM], "//a:entry")
    (summary,), (content,) = (entry.xpath(f"a:{name}", namespaces=XML) for name in ("summary", "content"))
    assert (summary.text, dict(summary.attrib)) == (edition.summary, {})
    assert content.text.startswith("<h2>Food for thought</h2>")
    assert dict(content.attrib) == {"type": "html"}


def test_the_end_of_a_cdata_section_does_no_harm(newsletter):
    """Trap 5: `]]>` in a text must not end anything."""
    made = render(change_text(newsletter, "2026-W47", "Een lijst als `a[b[0]]>1` blijft heel."))
    for file in (RSS, ATOM):
        assert b"CDATA" not in made[file]
        assert "<code>a[b[0]]&gt;1</code>" in read(made[file]).entries[0].content[0].value


@pytest.mark.parametrize("file", [RSS, ATOM])
def test_a_title_with_marks_stays_the_same_text(newsletter, file):
    """Trap 20: escaped once, and never twice."""
    title = "Prijs < waarde & <b>“meer”</b> &amp; ]]> 'zo'"
    made = render(change_issue(newsletter, "2026-W47", title=title, summary=title))[file]
    assert find(made, "//item/title/text() | //a:entry/a:title/text()")[0] == title
    assert find(made, "//item/description/text() | //a:entry/a:summary/text()")[0] == title


CONTROLS = "\x00\x07\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f\ufffd\ufffe\uffff\ufdd0\ud800\udfff"


@pytest.mark.parametrize("file", [RSS, ATOM])
def test_characters_that_no_feed_can_hold_are_left_out(newsletter, file):
    """Trap 19: the XML library refuses the whole feed, or writes what the validator refuses."""
    text = f"Eén{CONTROLS} 🙂 woord"
    spoilt = change_issue(newsletter, "2026-W47", title=text, summary=text)
    spoilt = replace(
        spoilt, settings=replace(spoilt.settings, letter=f"De{CONTROLS} brief", sender_name=text)
    )
    made = render(spoilt)[file]
    assert find(made, "//item/title/text() | //a:entry/a:title/text()")[0] == "Eén 🙂 woord"
    assert find(made, "//dc:creator/text() | //a:entry/a:author/a:name/text()")[0] == "Eén 🙂 woord"
    assert find(made, "//channel/title/text() | /a:feed/a:title/text()") == ["De brief (Nederlands)"]


@pytest.mark.parametrize("file", [RSS, ATOM])
def test_control_characters_that_markdown_spells_are_left_out(newsletter, file):
    """Trap 19: &#11; is plain text in the file, and a control character in the letter."""
    made = render(change_text(newsletter, "2026-W47", "Een&#11;woord&#x1F;en&#65534; nog &#x80;een&#0;."))[
        file
    ]
    html = read(made).entries[0].content[0].value
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd-\uffff]", html)
    assert "woorden nog" in html


@given(title=st.text(min_size=1, max_size=60), summary=st.text(min_size=1, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_title_and_summary_make_a_feed_that_can_be_read(newsletter, title, summary):
    made = render(change_issue(newsletter, "2026-W47", title=f"x{title}", summary=f"x{summary}"))
    rss, atom = find(made[RSS], "//item/title/text()")[0], find(made[ATOM], "//a:entry/a:title/text()")[0]
    assert rss == atom
    assert rss[0] == "x"


# --- Dates ---


def test_two_renderings_are_the_same_bytes(newsletter):
    """Trap 15: what has no date gets the time of the build."""
    assert render(newsletter) == render(newsletter)


def test_dates_are_those_of_the_front_matter(newsletter):
    """Traps 15 and 16: lastBuildDate, updated and every entry's updated are now by default."""
    made = render(newsletter)
    editions = list(newsletter.archive.editions(NL))
    published = [edition.published for edition in editions]
    updated = [edition.updated for edition in editions]
    assert [parsedate_to_datetime(text) for text in find(made[RSS], "//item/pubDate/text()")] == published
    assert [
        datetime.fromisoformat(text) for text in find(made[ATOM], "//a:entry/a:published/text()")
    ] == published
    assert [
        datetime.fromisoformat(text) for text in find(made[ATOM], "//a:entry/a:updated/text()")
    ] == updated
    assert find(made[ATOM], "/a:feed/a:updated/text()") == [max(updated).isoformat()]
    assert [parsedate_to_datetime(text) for text in find(made[RSS], "//channel/lastBuildDate/text()")] == [
        max(updated)
    ]
    assert [parsedate_to_datetime(text) for text in find(made[RSS], "//channel/pubDate/text()")] == [
        published[0]
    ]


def test_dates_name_their_zone_and_are_english(newsletter):
    """Trap 21: mail services read the date as text; 06:00 in Amsterdam is no 06:00 in London."""
    made = render(newsletter)
    assert find(made[RSS], "//item/pubDate/text()")[0] == "Fri, 20 Nov 2026 06:00:00 +0100"
    assert find(made[ATOM], "//a:entry/a:published/text()")[0] == "2026-11-20T06:00:00+01:00"


def test_rss_says_when_a_letter_was_corrected(newsletter):
    """feedgen has no date of change for an item of RSS; it stays out where nothing changed."""
    items = find(render(newsletter)[RSS], "//item")
    changed = {item.findtext("guid"): item.xpath("a:updated/text()", namespaces=XML) for item in items}
    assert changed == {
        "tag:example.org,2026:issue/2026-W47/nl": [],
        "tag:example.org,2026:issue/2026-W46/nl": ["2026-11-16T09:30:00+01:00"],
        "tag:example.org,2026:issue/2026-W45/nl": [],
    }


def test_a_correction_moves_the_date_of_change_only(newsletter):
    later = next(newsletter.archive.editions(NL)).published + timedelta(days=2)
    before, after = render(newsletter), render(change_issue(newsletter, "2026-W47", updated=later))
    for path in ("//a:entry/a:id/text()", "//a:entry/a:published/text()"):
        assert find(after[ATOM], path) == find(before[ATOM], path)
    assert find(after[ATOM], "/a:feed/a:updated/text()") == [later.isoformat()]


def test_without_letters_the_feeds_are_valid_and_never_change(newsletter):
    """The date that Atom demands is that of the feed's name: the first moment of the year in its id."""
    made = render(empty_archive(newsletter))
    assert made == render(empty_archive(newsletter))
    atom, rss = made[ATOM], made[RSS]
    assert read(atom).entries == read(rss).entries == []
    assert find(atom, "/a:feed/a:updated/text()") == ["2026-01-01T00:00:00+00:00"]
    assert find(atom, "/a:feed/a:author/a:name/text()") == ["Royal Dutch Updates"]
    assert find(rss, "//channel/lastBuildDate/text()") == ["Thu, 01 Jan 2026 00:00:00 +0000"]
    assert find(rss, "//channel/pubDate") == []
    assert find(rss, "//channel/title/text()") == ["Royal Dutch Updates (Nederlands)"]


# --- The rest ---


def test_the_author_is_the_sender(newsletter):
    """Trap 12: RSS takes an author with an address only; a name without one is invalid as managingEditor."""
    made = render(newsletter)
    assert set(find(made[RSS], "//item/dc:creator/text()")) == {"Royal Dutch Updates"}
    assert find(made[RSS], "//author | //managingEditor | //webMaster") == []
    assert set(find(made[ATOM], "//a:author/a:name/text()")) == {"Royal Dutch Updates"}
    assert b"@" not in re.sub(rb"mailto:post@example.org.*?post@example.org", b"", made[ATOM])


def test_the_category_is_the_certainty(newsletter):
    made = render(newsletter)
    assert find(made[RSS], "//item/category/text()") == ["Referral", "Reputatie", "Relaties"]
    assert [dict(category.attrib) for category in find(made[ATOM], "//a:entry/a:category")] == [
        {"term": "referral", "label": "Referral"},
        {"term": "reputation", "label": "Reputatie"},
        {"term": "relations", "label": "Relaties"},
    ]


def test_the_first_image_is_named_for_mail_services(newsletter):
    """Trap 13: on its own, not in a group of alternatives."""
    made = render(newsletter)
    (image,) = find(made[RSS], "//item/media:content")
    assert dict(image.attrib) == {
        "url": "https://example.org/archive/2026-W47/two-contacts.png",
        "type": "image/png",
        "medium": "image",
        "width": "120",
        "height": "60",
    }
    assert find(made[RSS], "//media:group") == []
    assert find(made[ATOM], "//media:*") == []


def test_a_feed_has_no_picture_of_its_own(newsletter):
    """Trap 14: a channel image must be small and no SVG; we have none."""
    made = render(newsletter)
    assert find(made[RSS], "//channel/image") == []
    assert find(made[ATOM], "//a:logo | //a:icon") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_feed_says_its_language(newsletter, language):
    """Trap 27."""
    made = render(newsletter)
    assert find(made[LANGUAGES.prefix(language) + RSS], "//channel/language/text()") == [language]
    assert find(made[LANGUAGES.prefix(language) + ATOM], "/a:feed/@xml:lang") == [language]


def test_a_reader_may_look_again_within_the_hour(newsletter):
    """A longer time to live would bring the letter of Friday morning on Saturday."""
    assert find(render(newsletter)[RSS], "//channel/ttl/text()") == ["60"]


def test_the_feed_writer_does_not_name_itself(newsletter):
    for content in render(newsletter).values():
        assert b"feedgen" not in content
    assert find(render(newsletter)[RSS], "//generator | //docs") == []


def test_prefixes_are_declared_once_at_the_top(newsletter):
    """A prefix that an item declares for itself is valid XML, and too much for some readers."""
    for name, content in render(newsletter).items():
        if name.endswith(".xml"):
            root = next(line for line in content.split(b"\n") if line.startswith((b"<rss", b"<feed")))
            assert content.count(b"xmlns") == root.count(b"xmlns"), name
