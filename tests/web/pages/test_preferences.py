"""The link at the end of a letter opens the preferences of its reader at once, and nothing that others may not see."""

import pytest

from generator.model import Notice
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.list.throttle import LIMITS
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE
from generator.web.pages.preferences import mask_address
from tests.web.journeys import EN, NL
from tests.web.reading import BOTH, Reader

ADDRESS = "somebody.special@example.com"


@pytest.fixture
def link(reader: Reader) -> str:
    """The link of a letter to somebody who subscribed."""
    reader.confirm(ADDRESS)
    return f"/preferences/{reader.database.keys.sign(PREFERENCES, handle_of(reader))}"


def handle_of(reader: Reader) -> str:
    return str(reader.rows()["subscriber"][0][1])


def person(reader: Reader) -> dict[str, object]:
    with reader.database.read() as transaction:
        found = find_subscriber(transaction, ADDRESS)
    return {} if found is None else {"language": found.language, "paused": found.paused_until}


@pytest.mark.parametrize("folder, words", [("", NL), ("/en", EN)])
def test_it_shows_the_preferences_and_no_address(
    reader: Reader, link: str, folder: str, words: dict[str, str]
) -> None:
    before = reader.rows()
    answer = reader.ask.get(f"{folder}{link}")
    assert answer.status == 200
    assert answer.page.findtext(".//h1") == words["your_subscription"]
    assert words["save"] in answer.words()
    assert "s…@example.com" in answer.words()
    assert ADDRESS.partition("@")[0] not in answer.text
    assert words["erase"] not in [heading.text for heading in answer.page.iter("h2")]
    assert not answer.page.xpath("//a[contains(@href, 'data.json')]")
    assert answer.header("referrer-policy") == "no-referrer"
    assert reader.rows() == before


def test_the_language_of_the_page_can_be_changed(reader: Reader, link: str) -> None:
    other = reader.ask.get(link).page.xpath("//a[@hreflang='en']/@href")[0]
    assert reader.ask.get(other).status == 200


def test_preferences_are_saved_and_the_reader_hears_of_it(reader: Reader, link: str) -> None:
    before = len(reader.mails(ADDRESS))
    answer = reader.press(link, f"{link}/preferences", language="en")
    assert answer.status == 303
    location = answer.header("location") or ""
    assert location == f"{link}?done=preferences"
    assert NL["done_preferences"] in reader.ask.get(location).words()
    assert person(reader)["language"] == "en"
    reader.work()
    assert len(reader.mails(ADDRESS)) == before + 1
    assert "/manage/" in "".join(reader.links(ADDRESS))


def test_a_pause_begins_and_ends(reader: Reader, link: str) -> None:
    assert reader.press(link, "/pause", weeks="8").status == 303
    assert person(reader)["paused"] is not None
    assert NL["resume"] in reader.ask.get(link).words()
    assert reader.press(link, "/resume").status == 303
    assert person(reader)["paused"] is None
    form = reader.ask.get(link).form("/pause")
    reader.clock.wait(seconds=5)
    assert reader.ask.post(f"{link}/pause", {**form, "weeks": "500"}).status == 400


def test_they_can_leave(reader: Reader, link: str) -> None:
    assert reader.press(link, "/unsubscribe/").status == 200
    assert reader.status(ADDRESS) == "unsubscribed"
    gone = reader.ask.get(link)
    assert gone.status == 200
    assert NL["subscribe_again"] in gone.words()


def test_everything_else_needs_a_link_that_is_mailed(reader: Reader, link: str) -> None:
    token = link.rpartition("/")[2]
    for path in (f"/manage/{token}", f"/manage/{token}/data.json", f"{link}/data.json"):
        assert reader.ask.get(path).status == 404
    form = {"sure": "yes", "moment": reader.ask.get(link).form("/link")["moment"]}
    reader.clock.wait(seconds=5)
    for path in (f"/manage/{token}/erase", f"{link}/erase", f"/confirm/{token}", f"/unsubscribe/{token}"):
        assert reader.ask.post(path, {**form, "List-Unsubscribe": "One-Click"}).status in {404, 405}
    assert reader.status(ADDRESS) == "confirmed"
    asked = reader.press(link, "/link")
    assert asked.status == 202
    assert "s…@example.com" in asked.words()
    assert ADDRESS not in asked.text
    reader.work()
    mailed = reader.links(ADDRESS)[-1]
    assert ADDRESS in reader.ask.get(mailed).words()


@BOTH
def test_scanners_change_nothing(reader: Reader) -> None:
    """They open every link, and some press every button at once."""
    reader.confirm(ADDRESS)
    link = f"/preferences/{reader.database.keys.sign(PREFERENCES, handle_of(reader))}"
    before = reader.rows()
    for method in ("GET", "HEAD"):
        assert reader.ask.ask(method, f"{link}?done=pause").status == 200
    for form in reader.ask.get(link).page.forms:
        fields = {**dict(form.form_values()), "weeks": "26"}
        answer = reader.ask.post(form.action, fields)
        assert answer.status == 200
        assert NL["too_fast"] in answer.words()
        fields.pop("moment")
        assert reader.ask.post(form.action, fields).status == 200
    assert reader.rows() == before


def test_a_link_that_is_not_ours_opens_nothing(reader: Reader, link: str) -> None:
    handle = handle_of(reader)
    keys = reader.database.keys
    before = reader.rows()
    moment = reader.ask.get(link).form("/link")["moment"]
    reader.clock.wait(seconds=5)
    for token in (
        handle,
        keys.sign(UNSUBSCRIBE, handle),
        keys.sign("moment", handle),
        keys.sign(PREFERENCES, "x"),
    ):
        assert reader.ask.get(f"/preferences/{token}").status == 404
        for action in ("preferences", "pause", "resume", "link"):
            answer = reader.ask.post(
                f"/preferences/{token}/{action}", {"moment": moment, "language": "en", "weeks": "4"}
            )
            assert answer.status == 404
    assert reader.rows() == before


def test_a_link_of_somebody_who_was_erased_looks_like_one_that_was_never_made(
    reader: Reader, link: str
) -> None:
    unknown = reader.ask.get(f"/preferences/{reader.database.keys.sign(PREFERENCES, 'x' * 16)}")
    reader.press(reader.ask_for_link(ADDRESS), "/erase", sure="yes")
    assert reader.status(ADDRESS) is None
    assert (reader.ask.get(link).status, reader.ask.get(link).words()) == (404, unknown.words())


def test_whoever_has_the_letter_cannot_flood_its_reader(reader: Reader, link: str) -> None:
    reader.work()
    before = len(reader.mails(ADDRESS))
    for number in range(3 * LIMITS[Notice.CHANGED].most):
        assert reader.press(link, f"{link}/preferences", language=("en", "nl")[number % 2]).status == 303
        reader.work()
    assert len(reader.mails(ADDRESS)) == before + LIMITS[Notice.CHANGED].most


def test_the_page_that_unsubscribes_leads_to_the_pause(reader: Reader, link: str) -> None:
    page = reader.ask.get(f"/unsubscribe/{reader.database.keys.sign(UNSUBSCRIBE, handle_of(reader))}").page
    assert link in page.xpath("//a/@href")


@pytest.mark.parametrize(
    "address, masked",
    [
        ("jan@example.org", "j…@example.org"),
        ("j@example.org", "…@example.org"),
        ("o'neil@example.org", "o…@example.org"),
    ],
)
def test_an_address_is_masked(address: str, masked: str) -> None:
    assert mask_address(address) == masked
