"""Which feeds there are."""

from generator.render.feed.feedlist import Format, list_feeds
from tests.languages import EN, NL


def test_each_language_has_its_main_feed_first_and_then_the_certainties_in_order(newsletter):
    feeds = list_feeds(newsletter)
    order = [None, "relations", "reputation", "referral", "repeating", "revenue", "rebound", "repetition"]
    assert [feed.certainty for feed in feeds] == order * 2
    assert [feed.language for feed in feeds] == [NL] * 8 + [EN] * 8


def test_each_feed_has_a_title_of_its_own(newsletter):
    """Readers choose by it, though the letter has one name and “Referral” is the same word in both languages."""
    titles = [feed.title for feed in list_feeds(newsletter)]
    assert len(set(titles)) == len(titles)
    assert titles[0] == "Royal Dutch Updates (Nederlands)"
    assert titles[11] == "Royal Dutch Updates: Referral (English)"


def test_a_feed_stands_beside_its_page(newsletter):
    settings = newsletter.settings
    for feed in list_feeds(newsletter):
        for form in Format:
            page = settings.page_url(feed.language, feed.page)
            assert feed.url(settings, form) == page + form.file
            assert feed.url(settings, form) == settings.site_url + str(feed.path(newsletter.settings, form))


def test_formats_are_offered_in_a_fixed_order(newsletter):
    assert [form.media_type for form in Format] == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]
