"""What each page says and does, in both languages, for people who use it as it is meant."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from generator.model import Status
from generator.subscribers.store.schema import SUBSCRIBER
from generator.web.pages.data import WEEKS
from generator.words import load_words
from tests.languages import EN, LANGUAGES, NL
from tests.site.hosting import ROOT
from tests.web.reading import SITE, open_reader

READER = "reader@example.com"
PREFIXES = pytest.mark.parametrize("prefix", ["", "en/"])


def own(reader, address=READER, **fields):
    """The path of the own page of somebody who has just confirmed."""
    reader.subscribe(address, **fields)
    reader.work()
    done = reader.press(reader.links(address)[-1])
    [link] = [path for path in done.page.xpath("//main//a/@href") if "/manage/" in path]
    return link


def act(reader, link, action, **fields):
    """Press a button on the own page; the page that follows, and its path."""
    answer = reader.press(link, f"/{action}", **fields)
    assert answer.status == 303
    path = answer.header("location")
    return reader.ask.get(path), path


def row(reader, address=READER):
    with reader.database.read() as transaction:
        return transaction.connection.execute(
            SUBSCRIBER.select().where(SUBSCRIBER.c.address == address)
        ).one()


# --- Words ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_raises_its_voice(language):
    assert not [text for text in load_words(ROOT)[language]["service"].values() if "!" in text]


# --- Subscribe ---


@PREFIXES
def test_the_form_says_what_one_gets_how_often_and_how_to_stop(reader, prefix):
    page = reader.ask.get(f"/{prefix}subscribe")
    assert page.status == 200
    assert page.page.get("lang") == ("en" if prefix else "nl")
    said = page.words()
    for words in ("every Friday", "stop") if prefix else ("elke vrijdag", "Stoppen"):
        assert words in said
    button = page.page.xpath("//form//button")[0]
    assert page.page.get_element_by_id(button.get("aria-describedby")).text_content() in said


@PREFIXES
def test_pages_need_no_script_and_load_nothing_from_elsewhere(reader, prefix):
    for path in ("subscribe", "manage", "nothing"):
        page = reader.ask.get(f"/{prefix}{path}").page
        assert not page.xpath("//script|//@onclick|//@style|//style|//iframe|//img")
        for address in page.xpath("//link/@href"):
            assert address.startswith("/assets/")
            assert reader.ask.get(address).status == 200


def test_every_page_leads_to_itself_in_the_other_language(reader):
    paths = ("subscribe", "manage", "manage/none", "confirm/none", "nothing")
    for prefix, other, path in [(*both, path) for both in (("", "en/"), ("en/", "")) for path in paths]:
        [link] = reader.ask.get(f"/{prefix}{path}").page.xpath("//header//a[@hreflang]")
        answer = reader.ask.get(link.get("href"))
        assert answer.status in {200, 404}
        assert link.get("href").startswith(f"/{other}")
        assert answer.page.get("lang") == link.get("hreflang")


MISTAKES = {
    "": ("Vul je e-mailadres in.", "Enter your email address."),
    "reader.example.com": ("Hier ontbreekt een @.", "The @ is missing."),
    "a@example.com, b@example.com": ("Vul één e-mailadres in.", "Enter one email address."),
    "reader@example": ("Op dit adres kan geen mail aankomen.", "No mail can reach this address."),
}


@PREFIXES
@pytest.mark.parametrize("form", ["subscribe", "manage"])
def test_a_mistake_is_named_beside_the_field_with_what_was_typed(reader, prefix, form):
    for typed, mistake in MISTAKES.items():
        fields = {"email": typed, "certainty": "referral", "language": "en"}
        answer = reader.ask.post(f"/{prefix}{form}", fields)
        assert answer.status == 422
        field = answer.page.get_element_by_id("email")
        assert field.get("value") == typed
        assert field.get("aria-invalid") == "true"
        named = answer.page.get_element_by_id(field.get("aria-describedby")).text_content()
        assert mistake[bool(prefix)] in named
        assert answer.page.findtext(".//title").startswith("Error: " if prefix else "Fout: ")
    if form == "subscribe":
        assert answer.page.xpath("//input[@value='referral']/@checked")
        assert answer.page.xpath("//input[@name='language'][@value='en']/@checked")
        assert answer.page.xpath("//details/@open")


def test_choices_that_are_as_most_leave_them_stay_folded(reader):
    answer = reader.ask.post("/subscribe", {"email": "reader", "language": "nl"})
    assert answer.status == 422
    assert not answer.page.xpath("//details/@open")


@PREFIXES
def test_the_answer_says_where_to_look(reader, prefix):
    answer = reader.subscribe(READER, f"{prefix}subscribe")
    assert answer.status == 202
    assert READER in answer.words()
    reader.work()
    assert reader.mails(READER)[-1]["Content-Language"] == ("en" if prefix else "nl")


def test_language_and_certainties_can_be_chosen(reader):
    own(reader, language="en", certainty="referral")
    assert (row(reader).language, row(reader).certainties) == ("en", ("referral",))


def test_all_certainties_are_the_same_as_none(reader):
    form = list(reader.ask.get("/subscribe").form("subscribe").items())
    boxes = reader.ask.get("/subscribe").page.xpath("//input[@name='certainty']/@value")
    fields = [
        *((name, READER if name == "email" else value) for name, value in form),
        *(("certainty", one) for one in boxes),
    ]
    assert reader.ask.post("/subscribe", fields).status == 202
    reader.work()
    assert row(reader).certainties == ()


def test_what_is_no_language_or_certainty_counts_as_not_chosen(reader):
    reader.subscribe(READER, language="xx", certainty="none")
    reader.work()
    assert (row(reader).language, row(reader).certainties) == ("nl", ())


def test_a_text_that_nobody_has_shown_is_shown_before_it_is_agreed_to(reader):
    for version in ("", "0" * 16, "x"):
        answer = reader.subscribe(READER, wording=version)
        assert answer.status == 200
        assert "Lees hem" in answer.words()
        assert answer.form("subscribe")["email"] == READER
    reader.work()
    assert not reader.box.mails


def test_a_page_of_the_site_may_be_older_than_the_text(shared, reader):
    # The English text, shown on a Dutch page: not the current one of that page, but one that we know.
    version = reader.ask.get("/en/subscribe").form("subscribe")["wording"]
    assert reader.subscribe(READER, wording=version).status == 202


def test_proof_names_the_page_of_the_form_and_the_text(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    reader.ask.post("/subscribe", {**form, "email": READER}, headers=[("origin", SITE)])
    reader.subscribe("other@example.com", "en/subscribe")
    reader.work()
    consents = reader.rows()["consent"]
    assert {one[4] for one in consents} == {"https://example.org/", "https://letter.example.org/en/subscribe"}
    assert form["wording"] in {one[6] for one in consents}


def test_the_first_address_leads_to_the_form(reader):
    for path, target in (("/", "/subscribe"), ("/en/", "/en/subscribe")):
        answer = reader.ask.get(path)
        assert (answer.status, answer.header("location")) == (303, target)


def test_what_is_not_there_is_said_in_the_language_of_its_address(reader):
    assert "Deze pagina is er niet" in reader.ask.get("/niets").words()
    assert "There is no such page" in reader.ask.get("/en/nothing").words()
    assert reader.ask.get("/assets/none.css").status == 404


def test_an_address_that_takes_no_such_method_says_which_it_takes(reader):
    for path, method, allowed in (
        ("/subscribe", "DELETE", {"GET", "HEAD", "POST"}),
        ("/manage/none", "POST", {"GET", "HEAD"}),
        ("/manage/none/pause", "GET", {"POST"}),
        ("/health", "POST", {"GET", "HEAD"}),
    ):
        answer = reader.ask.ask(method, path)
        assert answer.status == 405
        assert set(answer.header("allow").split(", ")) == allowed


def test_assets_stay_in_the_browser_until_they_change(reader):
    style = reader.ask.get("/subscribe").page.xpath("//link[@rel='stylesheet']/@href")[0]
    answer = reader.ask.get(style)
    assert "immutable" in answer.header("cache-control")
    assert urlsplit(style).query in answer.header("etag")
    fonts = [f"newsreader-{cut}.woff2" for cut in ("text", "italic", "display")]
    for font in (*fonts, "instrument-sans.woff2"):
        assert f'"{font}?' in answer.text
        assert reader.ask.get(f"/assets/{font}").header("content-type") == "font/woff2"


def test_the_service_may_live_below_a_path(shared, loop, tmp_path):
    with open_reader(shared, loop, tmp_path / "var", url="https://letter.example.org/brief/") as reader:
        for below in ("", "/brief"):  # a proxy takes the path off, or leaves it
            answer = reader.ask.get(f"{below}/en/subscribe")
            assert answer.form("subscribe")
            assert [form.action for form in answer.page.forms] == ["/brief/en/subscribe"]
            assert all(address.startswith("/brief/assets/") for address in answer.page.xpath("//link/@href"))
            assert reader.ask.get(f"{below}/").header("location") == "/brief/subscribe"
            assert reader.ask.get(f"{below}/health").status in {200, 503}


# --- Confirm ---


def test_who_confirms_reads_what_comes_next(reader):
    reader.subscribe(READER)
    reader.work()
    link = reader.links(READER)[-1]
    done = reader.press(link)
    assert done.status == 200
    assert "Je bent aangemeld" in done.words()
    links = done.page.xpath("//main//a/@href")
    assert f"{SITE}/archive/" in links
    assert reader.status(READER) == Status.CONFIRMED
    again = reader.ask.get(link)
    assert "Je bent al aangemeld" in again.words()
    assert "/manage" in again.page.xpath("//main//a/@href")


def test_a_link_that_is_too_old_says_so_and_how_to_go_on(reader):
    reader.subscribe(READER, "en/subscribe")
    reader.work()
    reader.clock.wait(days=8)
    answer = reader.ask.get(reader.links(READER)[-1])
    assert answer.status == 410
    assert "seven days" in answer.words()
    assert "/en/subscribe" in answer.page.xpath("//main//a/@href")


# --- Their own page ---


@PREFIXES
def test_preferences_are_saved_and_shown(reader, prefix):
    link = own(reader).replace("/manage", f"/{prefix}manage")
    page, path = act(reader, link, "preferences", language="en", certainty="revenue")
    assert page.page.xpath("//input[@name='language'][@value='en']/@checked")
    assert page.page.xpath("//input[@name='certainty'][@checked]/@value") == ["revenue"]
    assert page.page.xpath("//*[@role='status']")
    assert path.startswith(f"/{prefix}manage/")
    reader.work()
    assert reader.mails(READER)[-1]["Content-Language"] == "en"


def test_a_pause_ends_by_itself_or_at_once(reader):
    link = own(reader)
    page, path = act(reader, link, "pause", weeks=str(WEEKS[0]))
    assert row(reader).paused_until.isoformat() == "2026-12-21"
    assert "weer vanaf 21 december 2026" in page.words()
    page, path = act(reader, path, "resume")
    assert row(reader).paused_until is None
    assert "elke vrijdag" in page.words()
    act(reader, path, "pause", weeks="4")
    reader.clock.wait(days=29)
    link = reader.ask_for_link(READER)
    assert "ontvangt Royal Dutch Updates elke vrijdag" in reader.ask.get(link).words()


def test_what_no_button_of_ours_asks_changes_nothing(reader):
    link = own(reader)
    before = reader.rows()
    for action, fields in (
        ("pause", {"weeks": "5"}),
        ("pause", {}),
        ("preferences", {"language": ""}),
        ("preferences", {"language": "fr"}),
    ):
        assert reader.press(link, f"/{action}", **fields).status == 400
    assert reader.rows() == before


def test_all_that_is_kept_is_shown_and_downloaded(reader):
    link = own(reader, certainty="referral")
    page = reader.ask.get(link)
    for words in (
        READER,
        "Referral",
        "2001:db8:",
        "https://letter.example.org/subscribe",
        "elke vrijdag één mail",
    ):
        assert words in page.words()
    answer = reader.ask.get(f"{link}/data.json")
    assert answer.header("content-type") == "application/json"
    assert answer.header("content-disposition").startswith("attachment")
    data = json.loads(answer.body)
    assert data["address"] == READER
    assert [one["step"] for one in data["consents"]] == ["asked", "confirmed"]
    assert reader.ask.get(f"{link}/data.json").status == 200  # uses nothing up


def test_unsubscribing_on_the_own_page_leaves_the_page(reader):
    page, path = act(reader, own(reader), "unsubscribe")
    assert reader.status(READER) == Status.UNSUBSCRIBED
    assert "is afgemeld en ontvangt geen brieven" in page.words()
    assert not page.page.xpath("//form[contains(@action, '/unsubscribe')]")
    assert "Alles is gewist" in reader.press(path, "/erase", sure="yes").words()


def test_erasing_takes_a_tick(reader):
    link = own(reader)
    answer = reader.press(link, "/erase")
    assert answer.status == 422
    assert "het vakje was leeg" in answer.words()
    assert reader.status(READER) == Status.CONFIRMED
    form = reader.ask.get(link).form("/erase")
    assert "Alles is gewist" in reader.press(link, "/erase", sure="yes").words()
    assert reader.status(READER) is None
    for path in (link, f"{link}/data.json"):
        assert reader.ask.get(path).status == 404
    for fields in (form, {**form, "sure": "yes"}):
        assert reader.ask.post(f"{link}/erase", fields).status == 404


def test_every_state_has_its_sentence(reader):
    link = own(reader)
    for status in Status:
        with reader.database.begin() as transaction:
            transaction.connection.execute(SUBSCRIBER.update().values(status=status))
        for prefix, language in (("", NL), ("en/", EN)):
            said = reader.ask.get(link.replace("/manage", f"/{prefix}manage")).words()
            words = load_words(ROOT)[language]["service"][f"is_{status}"].partition("{address}")[2]
            assert words.replace("{letter}", "Royal Dutch Updates") in said


def test_a_page_says_what_was_done_and_nothing_that_a_stranger_wrote(reader):
    link = own(reader)
    assert "keuzes zijn opgeslagen" in reader.ask.get(f"{link}?done=preferences").words()
    assert not reader.ask.get(f"{link}?done=You+won").page.xpath("//*[@role='status']")


# --- Unsubscribe ---


def signed(reader):
    handle = row(reader).handle
    return f"/unsubscribe/{reader.database.keys.sign('unsubscribe', handle)}"


def test_the_button_unsubscribes_and_a_second_time_says_the_same(reader):
    own(reader)
    for _ in range(2):
        done = reader.press(signed(reader))
        assert "Je bent afgemeld" in done.words()
        assert reader.status(READER) == Status.UNSUBSCRIBED
    reader.work()
    assert len(reader.mails(READER)) == 2  # to confirm, and one goodbye


@pytest.mark.parametrize(
    "kind, body",
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        ),
    ],
)
def test_one_click_of_a_mail_program(reader, kind, body):
    """RFC 8058, 3.2: the form SHOULD come as multipart/form-data, and MAY come as x-www-form-urlencoded."""
    own(reader)
    path = signed(reader)
    answer = reader.ask.ask("POST", path, body=body, headers=[("content-type", kind)])
    assert answer.status == 200
    assert reader.status(READER) == Status.UNSUBSCRIBED
    assert reader.rows()["consent"][-1][4].endswith("(List-Unsubscribe=One-Click)")


def test_a_post_that_asks_for_nothing_shows_the_button(reader):
    own(reader)
    for body in (b"", b"List-Unsubscribe=Two-Click", b"confirm=yes"):
        answer = reader.ask.post(signed(reader), body)
        assert answer.status == 200
        assert answer.form()["confirm"] == "yes"
    assert reader.status(READER) == Status.CONFIRMED


def test_the_link_of_somebody_who_was_erased_is_answered_like_any_other(reader):
    link = own(reader)
    path = signed(reader)
    reader.press(link, "/erase", sure="yes")
    before = reader.rows()
    assert "Je bent afgemeld" in reader.press(path).words()
    assert reader.rows() == before


# --- When it does not work ---


def test_health_tells_what_fails(reader):
    assert json.loads(reader.ask.get("/health", host="anything").body) == {"status": "ok"}
    assert json.loads(reader.ask.get("/alive", host="anything").body) == {"status": "ok"}


def test_dates_are_those_of_the_reader(reader):
    reader.clock.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    page = reader.ask.get(own(reader))
    assert "1 januari 2027, 00:30" in page.words()
