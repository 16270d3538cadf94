"""All letters of a feed, walked as a reader's program does (RFC 5005): from the newest document back to the oldest."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest

from generator.cache import Cache
from generator.content import Newsletter
from generator.model import Archive, Issue, Week
from generator.render.feed.entries import Body
from generator.render.feed.feeds import Format, list_feeds, render_feeds
from generator.render.feed.history import divide
from tests.languages import LANGUAGES, NL
from tests.render.editions import change_issue, grow_archive

HISTORY = "http://purl.org/syndication/history/1.0"
SITE = "https://example.org/"
BODIES: Cache[Body] = Cache()
"""Letters that a test has rendered before."""
COUNT = 130
"""Two and a half years: more than twenty letters of one certainty, in four calendar years."""


@pytest.fixture
def many(newsletter: Newsletter) -> Newsletter:
    return spread(grow_archive(newsletter, COUNT))


def spread(newsletter: Newsletter) -> Newsletter:
    """Half of the letters are about one certainty, and the rest about two others."""
    names = ("relations", "reputation", "relations", "referral")
    found = []
    for place, issue in enumerate(newsletter.archive.issues):
        editions = {
            language: replace(edition, certainty=names[place % 4])
            for language, edition in issue.editions.items()
        }
        found.append(replace(issue, editions=editions))
    return replace(newsletter, archive=Archive(tuple(found)))


def without(newsletter: Newsletter, *weeks: str) -> Newsletter:
    left = [issue for issue in newsletter.archive.issues if str(issue.week) not in weeks]
    return replace(newsletter, archive=Archive(tuple(left)))


def until(newsletter: Newsletter, week: Week) -> Newsletter:
    """The newsletter as it was when the letter of that week came out."""
    left = [issue for issue in newsletter.archive.issues if issue.week <= week]
    return replace(newsletter, archive=Archive(tuple(left)))


def render(newsletter: Newsletter) -> dict[str, bytes]:
    return {
        f"{SITE}{artifact.path}": artifact.content for artifact in render_feeds(newsletter, bodies=BODIES)
    }  # type: ignore[misc]


def walk(made: dict[str, bytes], url: str) -> list[Any]:
    """Every document of a feed, the newest first, as feedparser reads it. An address that is not there is an error."""
    found = []
    following: str | None = url
    while following is not None:
        parsed = feedparser.parse(made[following])
        assert not parsed.bozo
        assert link_of(parsed, "self") == following
        found.append(parsed)
        assert len(found) < 50
        following = link_of(parsed, "prev-archive")
    return found


def link_of(parsed: Any, rel: str) -> str | None:
    links = [link.href for link in parsed.feed.links if link.rel == rel]
    assert len(links) < 2
    return links[0] if links else None


def ids_of(editions: Any) -> list[str]:
    return [f"tag:example.org,2026:issue/{edition.week}/{edition.language}" for edition in editions]


def issue_of(newsletter: Newsletter, place: int) -> Issue:
    return newsletter.archive.issues[place]


def test_a_program_gets_every_letter_once_in_every_feed_whatever_was_withdrawn_or_corrected(many):
    gone, changed = issue_of(many, 70), issue_of(many, 90)
    later = changed.first.published + timedelta(days=400)
    newsletter = change_issue(without(many, str(gone.week)), str(changed.week), updated=later)
    made = render(newsletter)
    walked = 0
    for feed in list_feeds(newsletter):
        expected = ids_of(newsletter.archive.editions(feed.language, feed.certainty))
        for form in (Format.RSS, Format.ATOM):
            documents = walk(made, feed.url(newsletter.settings, form))
            entries = [entry for document in documents for entry in document.entries]
            assert [entry.id for entry in entries] == expected
            assert {entry.updated for entry in entries if str(changed.week) in entry.id} <= {
                later.isoformat()
            }
            assert all(document.entries for document in documents[1:])
            walked += len(documents)
    assert walked > len(list_feeds(newsletter)) * 2 + 20
    # Not even the address of what was withdrawn is left anywhere.
    assert [url for url, content in made.items() if str(gone.week).encode() in content] == []


def test_a_program_that_reads_json_gets_every_letter_once(many):
    made = render(many)
    for feed in list_feeds(many):
        url: str | None = feed.url(many.settings, Format.JSON)
        ids, asked = [], []
        while url is not None:
            data = json.loads(made[url])
            assert data["feed_url"] == feed.url(many.settings, Format.JSON)  # one feed, in many documents
            asked.append(url)
            ids += [item["id"] for item in data["items"]]
            url = data.get("next_url")
        assert ids == ids_of(many.archive.editions(feed.language, feed.certainty))
        assert len(asked) == len(set(asked))


def test_each_document_says_what_it_is_and_where_its_neighbours_are(many):
    made = render(many)
    for feed in list_feeds(many):
        for form in (Format.RSS, Format.ATOM):
            documents = walk(made, feed.url(many.settings, form))
            assert len({document.feed.get("id") for document in documents}) == 1
            assert len({document.feed.title for document in documents}) == 1
            for place, document in enumerate(documents):
                said = {name for name in ("fh_archive", "fh_complete") if name in document.feed}
                kind = {"fh_archive"} if place else set() if len(documents) > 1 else {"fh_complete"}
                assert said == kind
                assert document.namespaces["fh"] == HISTORY
                assert link_of(document, "current") == (link_of(documents[0], "self") if place else None)
                # The first archive has none after it: what follows is still in the document that people follow.
                after = link_of(documents[place - 1], "self") if place > 1 else None
                assert link_of(document, "next-archive") == after


def test_the_document_that_people_follow_has_twenty_letters_and_the_rest_of_their_quarter(many):
    made = render(many)
    feeds = [LANGUAGES.prefix(language) + "feed.xml" for language in LANGUAGES]
    for path in feeds:
        newest, *archives = walk(made, SITE + path)
        assert 20 <= len(newest.entries) < 20 + 13
        assert {len(archive.entries) for archive in archives[:-1]} <= {13, 14}
    sizes = Counter(url.rpartition("/")[2] for url in made if "/feeds/" in url)
    assert sizes["feed.xml"] == sizes["atom.xml"] == sizes["feed.json"] > 20


def test_an_archive_that_has_another_after_it_never_changes_again(newsletter):
    """Week by week for more than a year, as the site was at each moment; the newest archive only gains that link."""
    whole = spread(grow_archive(newsletter, 80))
    before: dict[str, bytes] = {}
    for issue in reversed(whole.archive.issues[: 80 - 20]):
        made = render_main(until(whole, issue.week))
        archives = {url: content for url, content in made.items() if "/feeds/" in url}
        assert before.keys() <= archives.keys()
        for url, content in before.items():
            if archives[url] != content:
                assert b"next-archive" not in content
                link = next(line for line in archives[url].split(b"\n") if b"next-archive" in line)
                assert archives[url].replace(link + b"\n", b"") == content
        before = archives
    assert sum(url.endswith("/feed.xml") for url in before) == 5 + 1  # and one of the certainty


def render_main(newsletter: Newsletter) -> dict[str, bytes]:
    """The Dutch feeds in XML."""
    made = render_feeds(newsletter, [NL], BODIES)
    return {f"{SITE}{one.path}": one.content for one in made if one.path.suffix == ".xml"}  # type: ignore[misc]


def test_golden(newsletter, golden):
    path = "en/feeds/2026-q2/atom.xml"
    golden(f"feeds/{path}", render(grow_archive(newsletter, 23))[SITE + path])


def test_what_is_withdrawn_or_corrected_changes_the_documents_that_have_it_and_no_other(many):
    week = issue_of(many, 90).week
    corrected = change_issue(many, str(week), title="Verbeterd", updated=issue_of(many, 0).first.published)
    before = render(many)
    for after in (render(without(many, str(week))), render(corrected)):
        assert after.keys() == before.keys()
        changed = {url for url in before if after[url] != before[url]}
        assert changed == {url for url, content in before.items() if f"issue/{week}/".encode() in content}
        assert (
            len(changed) == 2 * 2 * 3
        )  # of each language the feed and that of the certainty, in each format


@pytest.mark.parametrize("count, documents", [(0, 1), (1, 1), (20, 1), (21, 1), (24, 2), (46, 3), (60, 4)])
def test_there_is_always_one_document_and_never_an_empty_archive(newsletter, count, documents):
    """W47 is in the last quarter: eight letters of it, and thirteen of each quarter before."""
    editions = list(grow_archive(newsletter, count or 3).archive.editions(NL))[:count]
    parts = divide(list_feeds(newsletter)[0], editions, 20)
    assert len(parts) == documents
    assert [edition for part in parts for edition in part.editions] == editions
    assert all(part.editions for part in parts[1:])


def test_a_year_with_53_weeks_has_four_quarters(newsletter):
    feed = list_feeds(newsletter)[0]
    edition = next(newsletter.archive.editions(NL))
    weeks = [Week(2027, 2), *(Week(2026, number) for number in range(53, 0, -1))]
    parts = divide(feed, [replace(edition, week=week) for week in weeks], 1)
    assert [part.stretch for part in parts] == ["", "2026-q4", "2026-q3", "2026-q2", "2026-q1"]
    assert [len(part.editions) for part in parts] == [1, 14, 13, 13, 13]
