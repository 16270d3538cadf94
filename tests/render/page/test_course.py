"""The pages of the course, and its feed."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from lxml import html
from markdown import Markdown

from generator.content import Newsletter, load_newsletter
from generator.content.certainties import IDS
from generator.content.markdown.dialect import EXTENSIONS
from generator.render.feed.feedlist import Format, list_feeds
from generator.render.feed.feeds import render_feeds
from generator.render.page.articles import list_articles
from generator.render.page.cards import list_cards
from generator.render.page.pages import render_pages
from tests.courses import write_course
from tests.languages import EN, LANGUAGES, NL

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def course(sample: Path) -> Newsletter:
    """The sample with a course."""
    write_course(sample)
    return load_newsletter(sample)


def show(newsletter: Newsletter, path: str, language=NL):
    """One page as the tree that a reader's browser gets."""
    pages = {str(page.path): page.content for page in render_pages(newsletter, language)}
    text = bytes(pages[path]).decode().split("\n---\n", 1)[1]
    return html.fragment_fromstring(Markdown(extensions=list(EXTENSIONS)).convert(text), create_parent="main")


def test_a_lesson_says_which_it_is_and_has_its_neighbours(course: Newsletter) -> None:
    page = show(course, "course/referral.md")
    assert page.xpath("string(//p[@class='masthead__when'])").startswith("les 3 van 7 · ")
    assert [link.get("href") for link in page.xpath("//nav[@class='letter-cards']//a")] == [
        "../reputation/",
        "../repeating/",
    ]
    assert page.xpath("//li[@data-item='ref-1']")
    assert [link.get("href") for link in page.xpath("//*[@class='letter-all']/a")] == ["index.md"]


def test_the_first_and_the_last_have_one_neighbour(course: Newsletter) -> None:
    for certainty, rel in ((IDS[0], "next"), (IDS[-1], "prev")):
        links = show(course, f"course/{certainty}.md").xpath("//nav[@class='letter-cards']//a")
        assert [link.get("rel") for link in links] == [rel]


def test_the_overview_lists_all_lessons_in_order(course: Newsletter) -> None:
    rows = show(course, "course/index.md").xpath("//li[@class='template-row']//a")
    assert [row.get("href") for row in rows] == [f"{one}/" for one in IDS]


def test_the_overview_says_when_there_is_no_course(newsletter: Newsletter) -> None:
    page = show(newsletter, "course/index.md")
    assert "De cursus is er nog niet." in page.text_content()
    assert not any(feed.course for feed in list_feeds(newsletter))


def test_a_lesson_has_the_card_of_its_certainty_and_is_an_article(course: Newsletter) -> None:
    assert list_cards(course, NL)["course/referral.md"] == "referral"
    assert '"datePublished"' in list_articles(course, NL)["course/referral.md"]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_feed_begins_at_the_first_lesson_and_has_them_all(course: Newsletter, language) -> None:
    (feed,) = (one for one in list_feeds(course) if one.course and one.language == language)
    folder = "" if language == NL else f"{language}/"
    made = {str(one.path): bytes(one.content) for one in render_feeds(course)}
    atom = ET.fromstring(made[f"{folder}course/atom.xml"])  # noqa: S314 (a feed that we have just made)
    authority = course.settings.id_authority
    assert atom.findtext(f"{ATOM}id") == feed.id(course.settings) == f"tag:{authority}:feed/{language}/course"
    assert [entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")] == [
        f"tag:{authority}:lesson/{one}/{language}" for one in IDS
    ]
    rss = ET.fromstring(made[f"{folder}course/feed.xml"])  # noqa: S314 (a feed that we have just made)
    assert [item.findtext("link") for item in rss.iter("item")] == [
        course.settings.page_url(language, f"course/{one}.md") for one in IDS
    ]
    assert feed.url(course.settings, Format.RSS).encode() in made["feeds.opml"]
    assert render_feeds(course) == render_feeds(course)


def test_the_main_feeds_are_those_of_the_letters(course: Newsletter) -> None:
    mains = [(feed.language, feed.id(course.settings)) for feed in list_feeds(course) if feed.main]
    assert [language for language, _ in mains] == [NL, EN]
