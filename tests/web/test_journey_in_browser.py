"""What readers do, in a real browser: the site on one port, the service on another, their mail in a real box."""

import json
import re
import ssl
import urllib.request
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from generator.clock import read_clock
from generator.environment import open_list
from generator.model import Mailing, Origin, Status, Week
from generator.subscribers.ledger import mailings
from generator.subscribers.list.growth import count_origins
from generator.subscribers.list.listing import add_many
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.keys import PREFERENCES
from generator.subscribers.store.schema import ANSWER
from tests.courses import write_course
from tests.site.hosting import build
from tests.subscribers.letters import MASTERS
from tests.subscribers.people import draft
from tests.web.journeys import EN, NARROW, NL, Journey, Mailbox, Post, body_of, link_in, look
from tests.web.proxying import decrypt
from tests.web.running import find_port, run_service


@pytest.mark.slow
def test_from_a_form_on_the_site_to_the_last_trace_of_a_reader(place, open_browser):
    """Dutch with scripts on a phone, and English without; the mail of a trial lies in a folder."""
    build(place.root)
    box = Post(lambda: [path.read_bytes() for path in sorted((place.root / "var/mail/new").glob("*"))])
    with run_service(place.root, port=place.port):
        english = Journey(
            place, open_browser(java_script_enabled=False, viewport=NARROW), box, "someone@example.com", EN
        )
        mistype(english, "en/subscribe")
        english.page.goto(f"{place.site}en/archive/2026-W46/")
        english.asks()
        english.sees("asked_title")
        assert english.page.url == f"{place.service}en/subscribe"

        dutch = Journey(place, open_browser(viewport=NARROW), box, "reader+list@example.org", NL)
        mistype(dutch, "subscribe", looks=True)
        dutch.page.goto(f"{place.site}certainties/referral/")
        assert dutch.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        dutch.asks()
        dutch.sees("asked_title", looks=True)
        assert dutch.page.url == f"{place.service}subscribe"
        dutch.confirms(looks=True)
        dutch.page.get_by_role("link", name=NL["to_manage"]).click()
        change_and_pause(dutch)
        see_all_that_is_kept(dutch)
        leave_and_be_erased(dutch)

        english.confirms()
        assert english.box.all_to(english.address)[0]["Content-Language"] == "en"
        assert place.status("reader+list@example.org") is None


@pytest.mark.slow
def test_an_answer_to_a_letter_takes_one_button(place, open_browser):
    """As the links below a letter lead to it: in both languages, with the keyboard alone."""
    root = place.root
    with run_service(root, port=place.port):
        this = Week.of(read_clock().date())
        with closing(open_list(root)) as database, database.begin() as transaction:
            add_many(transaction, [replace(draft(1), status=Status.CONFIRMED, certainties=())])
            mailing = Mailing(this, read_clock(), "", "proof", database.keys.fingerprint)
            mailings.freeze(transaction, mailing, MASTERS, this.friday)
        page = open_browser(viewport=NARROW)
        for folder, words, useful in (("", NL, "yes"), ("en/", EN, "no")):
            page.goto(f"{place.service}{folder}useful/{this}/{useful}")
            expect(page.locator("h1")).to_have_text(words["useful_title"])
            look(page)
            page.wait_for_timeout(1100)
            button = page.get_by_role("button", name=words[f"useful_{useful}_button"])
            button.focus()
            page.keyboard.press("Enter")
            expect(page.locator("h1")).to_have_text(words["thanks_title"])
            look(page)
        with closing(open_list(root)) as database, database.read() as transaction:
            rows = transaction.connection.execute(ANSWER.select().order_by(ANSWER.c.useful)).all()
        assert [tuple(row) for row in rows] == [(str(this), "no", 1), (str(this), "yes", 1)]


@pytest.mark.slow
def test_the_course_is_asked_for_begun_and_changed_with_the_keyboard(place, open_browser):
    """Dutch, on a phone: from a page of the course to the link that every letter has."""
    write_course(place.root)
    with (place.root / "newsletter/settings.toml").open("a") as settings:
        settings.write("\n[course]\n")
    build(place.root)
    box = Post(lambda: [path.read_bytes() for path in sorted((place.root / "var/mail/new").glob("*"))])
    with run_service(place.root, port=place.port):
        page = open_browser(viewport=NARROW)
        reader = Journey(place, page, box, "reader@example.org", NL)
        for path in ("certainties/referral/", "course/", "course/referral/"):
            page.goto(f"{place.site}{path}")
            expect(page.locator("input[name=course]")).not_to_be_checked()  # nobody consents by leaving it
            look(page)
        page.locator("input[name=course]").focus()
        page.keyboard.press("Space")
        page.locator("input[name=email]").focus()
        page.keyboard.type("reader@example")
        page.keyboard.press("Enter")
        expect(page.locator("input[name=course]")).to_be_checked()
        look(page)
        reader.asks()
        reader.sees("asked_title")
        page.goto(link_in(box.next_to(reader.address), "confirm"))
        reader.sees("confirm_title", looks=True)
        reader.presses("confirm_button_course")
        reader.sees("confirmed_title", looks=True)
        with closing(open_list(place.root)) as database, database.read() as transaction:
            found = find_subscriber(transaction, reader.address)
            assert found
            week = Week.of(read_clock().date())
            ((_, ways),) = count_origins(transaction, [week])
        assert ways[Origin.COURSE] == 1
        page.goto(f"{place.service}preferences/{database.keys.sign(PREFERENCES, found.handle)}#course")
        for button, done in (
            ("course_pause", "pause"),
            ("course_stop", "stop"),
            ("course_begin", "begin"),
            ("course_stop", "stop"),
        ):
            look(page)
            page.wait_for_timeout(1100)
            page.get_by_role("button", name=NL[button]).focus()
            page.keyboard.press("Enter")
            reader.hears(f"done_course_{done}")
        page.goto(f"{place.site}certainties/referral/")
        expect(page.locator("form.signup")).not_to_be_visible()  # it is folded for who has asked
        page.goto(f"{place.site}course/")
        expect(page.locator("form.signup")).to_be_visible()


def mistype(reader: Journey, page_of_form: str, *, looks: bool = False) -> None:
    """A slip in the domain is asked about, and what was typed can be kept. Works without scripts."""
    page, words = reader.page, reader.words
    page.goto(f"{reader.place.service}{page_of_form}")
    page.locator("summary").click()
    page.locator("input[name=certainty][value=referral]").check()
    reader.asks("someone@gmial.com")
    expect(page.locator("button[name=meant]")).to_have_text(
        [f"{words['yes_use']} someone@gmail.com", f"{words['no_keep']} someone@gmial.com"]
    )
    if looks:
        look(page)
    assert page.locator("input[name=email]").input_value() == "someone@gmial.com"
    assert page.locator("input[name=certainty]:checked").count() == 1
    page.locator("button[name=meant]").last.click()
    reader.sees("asked_title")
    expect(page.locator("main")).to_contain_text("someone@gmial.com")


def open_as_a_letter_does(reader: Journey, link: str) -> None:
    """From the page that unsubscribes to the preferences, by the link that a letter has too."""
    back = reader.page.url
    reader.page.goto(link)
    reader.page.get_by_role("link", name=EN["unsubscribe_pause"]).click()
    expect(reader.page.locator("h1")).to_have_text(EN["your_subscription"])
    look(reader.page)
    assert reader.address not in reader.page.content()
    reader.page.goto(back)


def change_and_pause(reader: Journey) -> None:
    """On their own page: another language, one certainty, a pause, and no pause."""
    page = reader.page
    reader.sees("your_subscription", looks=True)
    page.locator("input[name=language][value=en]").check()
    page.locator("input[name=certainty][value=referral]").check()
    reader.presses("save")
    reader.hears("done_preferences")
    assert page.locator("input:checked").evaluate_all("all => all.map(one => one.value)") == [
        "en",
        "referral",
    ]
    mail = reader.box.next_to(reader.address)
    assert mail["Content-Language"] == "en"
    open_as_a_letter_does(reader, link_in(mail, "unsubscribe"))
    page.wait_for_timeout(1100)
    page.locator("button[name=weeks][value='4']").click()
    reader.hears("done_pause")
    look(page)
    reader.presses("resume")
    reader.hears("done_resume")
    expect(page.locator("button[name=weeks]")).to_have_count(3)


def see_all_that_is_kept(reader: Journey) -> None:
    """On the page, and as a file."""
    kept = reader.page.locator("main").inner_text()
    for shown in (
        reader.address,
        reader.place.site,
        f"{reader.place.service}confirm",
        reader.words["step_confirmed"],
    ):
        assert shown in kept
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name=reader.words["download"]).click()
    data = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (data["address"], data["language"], data["certainties"]) == (reader.address, "en", ["referral"])
    assert [consent["step"] for consent in data["consents"]] == ["asked", "confirmed"]
    assert "elke vrijdag" in data["consents"][0]["wording"]["text"]


def leave_and_be_erased(reader: Journey) -> None:
    """Unsubscribe; then ask for the page by mail, and leave no trace."""
    reader.presses("unsubscribe_button")
    reader.hears("done_unsubscribe")
    assert reader.status == "unsubscribed"
    look(reader.page)
    reader.page.goto(f"{reader.place.service}manage")
    reader.sees("your_subscription", looks=True)
    reader.asks()
    reader.sees("asked_title")
    while not (mail := reader.box.next_to(reader.address))["Message-ID"].startswith("<manage."):
        pass  # about what they changed before, and the goodbye
    reader.page.goto(link := link_in(mail, "manage"))
    reader.words = EN  # which they chose
    reader.sees("your_subscription")
    reader.page.locator("input[name=sure]").check()
    reader.presses("erase_button")
    reader.sees("erased_title", looks=True)
    assert reader.status is None
    reader.page.goto(link)
    reader.sees("expired_title", looks=True)


def test_from_the_page_of_the_service_to_both_ways_of_leaving(place, open_browser, tls, certificate):
    """English, without scripts, on a phone; mail comes over SMTP, and pages over TLS, which RFC 8058 asks for."""
    mailbox = Mailbox()
    with ExitStack() as stack:
        relay = Controller(mailbox, hostname="127.0.0.1", port=find_port())
        relay.start()
        stack.callback(relay.stop)
        place.service = f"https://localhost:{stack.enter_context(decrypt(place.port, tls))}/"
        mail = f"smtp://127.0.0.1:{relay.port}"
        stack.enter_context(
            run_service(place.root, "--url", place.service, port=place.port, NEWSLETTER_MAIL=mail)
        )
        page = open_browser(java_script_enabled=False, viewport=NARROW, ignore_https_errors=True)
        reader = Journey(place, page, Post(lambda: mailbox.mails), "reader@example.org", EN)
        subscribe_after_a_slip(reader)
        unsubscribe = ask_again(reader)

        page.goto(unsubscribe)
        reader.sees("unsubscribe")
        assert reader.status == "confirmed"
        reader.presses("unsubscribe_button")
        reader.sees("unsubscribed_title")
        assert reader.status == "unsubscribed"
        assert "List-Unsubscribe" not in reader.box.next_to(reader.address)

        # A change of mind; and this time the mail program has the button (RFC 8058).
        page.goto(f"{place.service}en/subscribe")
        reader.asks()
        reader.confirms()
        request = urllib.request.Request(unsubscribe, b"List-Unsubscribe=One-Click")  # noqa: S310 (on this machine)
        trusting = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(request, context=trusting) as answer:  # noqa: S310 (the same)
            assert answer.status == 200
        assert reader.status == "unsubscribed"


def subscribe_after_a_slip(reader: Journey) -> None:
    """What is wrong is named beside the field, and what was typed stays."""
    reader.page.goto(reader.place.service)
    reader.page.get_by_role("link", name="English").click()
    reader.asks("reader@example")
    field = reader.page.locator("input[name=email]")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert reader.page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
    expect(field).to_have_value("reader@example")
    reader.asks()
    reader.sees("asked_title")
    reader.confirms()


def ask_again(reader: Journey) -> str:
    """Who is on the list hears so by mail alone, with a link that ends it: that link."""
    reader.page.goto(f"{reader.place.service}en/subscribe")
    reader.asks()
    reader.sees("asked_title")
    mail = reader.box.next_to(reader.address)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (link,) = re.findall("<(https[^>]+)>", mail["List-Unsubscribe"])
    assert link in body_of(mail, "html")
    return str(link)


@pytest.mark.slow
def test_every_other_page_of_the_service_can_be_read_by_everybody(place, open_browser):
    """Dutch, with scripts, from the page of the service: forms and their mistakes, dead links, and leaving."""
    box = Post(lambda: [path.read_bytes() for path in sorted((place.root / "var/mail/new").glob("*"))])
    with run_service(place.root, port=place.port):
        reader = Journey(place, open_browser(viewport=NARROW), box, "reader@example.org", NL)
        for path in ("confirm/unknown", "en/manage", "subscribe"):
            reader.page.goto(f"{place.service}{path}")
            look(reader.page)
        reader.asks("nobody")  # the service says what is wrong: browsers take some addresses for none
        expect(reader.page.locator("[aria-invalid=true]")).to_have_count(1)
        look(reader.page)
        reader.page.locator("summary").click()
        reader.page.locator("input[name=certainty]").last.check()
        reader.asks()
        reader.sees("asked_title")
        reader.confirms()

        reader.page.goto(f"{place.service}subscribe")
        reader.asks("josé@example.org")
        reader.sees("asked_title")
        expect(reader.page.locator("main")).to_contain_text("josé@example.org")

        reader.page.goto(f"{place.service}subscribe")
        reader.asks()
        mail = reader.box.next_to(reader.address)
        assert reader.status == "confirmed"
        reader.page.goto(link_in(mail, "unsubscribe"))
        reader.sees("unsubscribe", looks=True)
        reader.presses("unsubscribe_button")
        reader.sees("unsubscribed_title", looks=True)
        assert reader.status == "unsubscribed"
