"""The list of feeds that a feed reader imports."""

from dataclasses import replace

from lxml import etree

from generator.render.feed.feeds import OPML, Format, list_feeds, render_feeds
from tests.render.editions import empty_archive


def render(newsletter):
    (content,) = (made.content for made in render_feeds(newsletter) if made.path == OPML)
    return content


def test_golden(newsletter, golden):
    golden("feeds/feeds.opml", render(newsletter))


def test_every_feed_is_listed_once_in_the_folder_of_its_language(newsletter):
    root = etree.fromstring(render(newsletter))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    folders = root.findall("body/outline")
    assert [folder.get("text") for folder in folders] == ["De 7 zekerheden", "The 7 certainties"]
    listed = [outline.get("xmlUrl") for folder in folders for outline in folder]
    assert listed == [feed.url(newsletter.settings, Format.RSS) for feed in list_feeds(newsletter)]


def test_each_feed_has_what_readers_show(newsletter):
    for outline in etree.fromstring(render(newsletter)).iterfind("body/outline/outline"):
        assert outline.get("type") == "rss"
        assert outline.get("language") in {"nl", "en"}
        assert outline.get("text") == outline.get("title") != ""
        assert outline.get("description")
        assert outline.get("htmlUrl") == outline.get("xmlUrl").removesuffix("feed.xml")


def test_a_new_letter_does_not_change_it(newsletter):
    """Readers import it once; a file that changes every week would only be fetched again."""
    assert render(newsletter) == render(empty_archive(newsletter))


def test_characters_that_xml_cannot_hold_are_left_out(newsletter):
    settings = replace(newsletter.settings, letter="De\x00 <brief> & \ud800meer", sender_name="\x0bWij")
    root = etree.fromstring(render(replace(newsletter, settings=settings)))
    assert root.findtext("head/title") == "De <brief> & meer"
    assert root.findtext("head/ownerName") == "Wij"
