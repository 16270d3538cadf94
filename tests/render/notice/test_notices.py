"""The mails that the service sends by itself: what they say, where they lead, and what mail programs make of them."""

import re
from dataclasses import replace
from datetime import date, time
from email import message_from_bytes, policy
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser

from generator.check import PROOF_RULES
from generator.check.proofs import Proof
from generator.content import Newsletter
from generator.model import Language
from generator.model.subscribers import Course, CourseState, Notice
from generator.outline import load_outline
from generator.render.notice.notices import render_notice
from generator.subscribers.list.throttle import LIMITS
from generator.subscribers.list.tokens import LIFETIMES, Purpose
from generator.words import load_words
from tests.check.proofs import messages, proof_of
from tests.conftest import Golden
from tests.languages import EN, LANGUAGES, NL
from tests.render.contrasts import SCHEMES, dress, find_faint, is_light, read_texts
from tests.render.postings import NOW, POSTINGS, READER, SIGNED, TOKEN, URL, notice

WITH_STATE = {"already", "changed"}
"""What is sent to readers about a subscription that they can end at once."""

WHOLE = {"confirm", "changed", "goodbye"}
"""A button; a button with a subscription; and links instead. Every other notice is made of the same parts."""

APPLY = {
    *(
        "size",
        "html-lang",
        "html-title",
        "table-role",
        "html-alt",
        "heading-order",
        "preheader",
        "tap-target",
    ),
    *("client-support", "header-lines", "header-words"),
}
"""The rules for letters that are about mail as such."""


@pytest.mark.parametrize("name", POSTINGS)
def test_each_notice_is_as_a_person_has_seen_it(newsletter: Newsletter, golden: Golden, name: str) -> None:
    """The words of each in every language, and one message whole: the others differ from it in their words alone."""
    for language in LANGUAGES:
        mail = notice(newsletter, name, language)
        assert notice(newsletter, name, language) == mail, "the same posting gives the same bytes"
        golden(f"notice/{name}.{language}.txt", mail.text)
    if name in WHOLE:
        mail = notice(newsletter, name)
        golden(f"notice/{name}.nl.html", mail.html)
        golden(f"notice/{name}.nl.eml", mail.message)


@pytest.mark.parametrize("name", POSTINGS)
def test_the_page_of_a_notice_says_what_its_text_says(newsletter: Newsletter, name: str) -> None:
    for language in LANGUAGES:
        mail = notice(newsletter, name, language)
        tree = html.document_fromstring(mail.html)
        assert tree.get("lang") == language
        seen = squeezed(" ".join(tree.find("body").itertext()))
        words = load_words(newsletter.root)[language][f"notice.{name}"]
        for part in ("title", "before", "after", "button", "to_manage", "to_subscribe"):
            for said in words.get(part, "").replace("{letter}", newsletter.settings.letter).split("\n\n"):
                assert squeezed(said) in seen
                assert part == "button" or squeezed(said) in squeezed(mail.text)
        message = message_from_bytes(mail.message, policy=policy.default)
        text, page = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
        assert (text, page) == (mail.text, mail.html)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_notice_has_the_same_paragraphs_in_each_language(newsletter: Newsletter) -> None:
    first, *others = load_words(newsletter.root).values()
    assert {f"notice.{name}" for name in POSTINGS} == {name for name in first if name.startswith("notice.")}
    for name, words in ((name, words) for words in others for name in POSTINGS):
        for part in ("before", "after"):
            both = (one[f"notice.{name}"].get(part, "").count("\n\n") for one in (first, words))
            assert len(set(both)) == 1, name


def test_what_they_promise_is_what_the_list_does(newsletter: Newsletter) -> None:
    assert LIFETIMES[Purpose.CONFIRM].days == 7
    assert LIFETIMES[Purpose.MANAGE].days == 1
    assert LIMITS[Notice.CONFIRM].most == 3
    assert LIMITS[Notice.ALREADY].pause.days == 1
    for language, week, day, three, once in (
        (NL, "zeven dagen", "werkt één dag", "hooguit drie keer", "hooguit één keer per dag"),
        (EN, "seven days", "works for one day", "at most three times", "at most once a day"),
    ):
        words = load_words(newsletter.root)[language]
        texts = {name: squeezed(words[f"notice.{name}"].get("after", "")) for name in POSTINGS}
        assert {name for name, text in texts.items() if week in text} == {"confirm", "again"}
        assert {name for name, text in texts.items() if day in text} == {"already", "manage", "changed"}
        assert {name for name, text in texts.items() if three in text} == {"confirm", "again"}
        assert {name for name, text in texts.items() if once in text} == {"already"}


def test_our_own_rules_for_mail_find_nothing(newsletter: Newsletter) -> None:
    rules = [rule for rule in PROOF_RULES if rule.id in APPLY]
    assert {rule.id for rule in rules} == APPLY
    words = load_words(newsletter.root)[NL]
    unsubscribe = next(rule for rule in PROOF_RULES if rule.id == "header-unsubscribe")
    for name in POSTINGS:
        mail, proof = notice(newsletter, name), proof_of(newsletter)
        edition = replace(
            proof.edition, subject=mail.subject, summary=words[f"notice.{name}"]["summary"], published=NOW
        )
        proof = Proof(newsletter, proof.issue, edition)
        proof.__dict__["email"] = replace(
            proof_of(newsletter).email, edition=edition, html=mail.html, text=mail.text, message=mail.message
        )
        for rule in [*rules, unsubscribe] if name in WITH_STATE else rules:
            assert messages(rule.check(proof)) == [], (name, rule.id)


def test_the_headers_are_those_of_a_mail_that_a_program_sent_to_one_person(newsletter: Newsletter) -> None:
    for name in POSTINGS:
        message = message_from_bytes(notice(newsletter, name).message, policy=policy.default)
        assert not message.defects
        assert message["From"] == "Royal Dutch Updates <letter@example.org>"
        assert message["Reply-To"] == "Royal Dutch Updates <post@example.org>"
        assert message["To"] == READER.address
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime == NOW
        assert message["Content-Language"] == "nl"
        assert not {"Cc", "Bcc", "X-Unsent", "Precedence", "List-Id"} & set(message.keys())
        # A number would tell how many have signed up.
        assert re.fullmatch(
            r"<[a-z]+\.[0-9a-f]{24}@royal-dutch-updates\.example\.org>", message["Message-ID"]
        )


def test_two_postings_have_two_ids_and_two_attempts_have_one(newsletter: Newsletter) -> None:
    def identity(**changes: object) -> str:
        posting = replace(POSTINGS["confirm"], **changes)
        mail = render_notice(load_outline(newsletter.root), URL, posting)
        return message_from_bytes(mail.message)["Message-ID"]

    assert identity() == identity(attempts=2, token="b" * 32)
    assert len({identity(), identity(id=9), identity(created=NOW.replace(microsecond=1))}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_subscription_that_goes_on_can_be_ended_from_the_mail(
    newsletter: Newsletter, language: Language
) -> None:
    link = f"{URL}{LANGUAGES.prefix(language)}unsubscribe/{SIGNED}"
    by_mail = f"mailto:unsubscribe@example.org?subject=unsubscribe%20{SIGNED}"
    for name in POSTINGS:
        mail = notice(newsletter, name, language)
        message = message_from_bytes(mail.message)
        assert (link in mail.html) == (link in mail.text.split()) == (name in WITH_STATE)
        if name in WITH_STATE:
            assert f"\r\nList-Unsubscribe: <{link}>, <{by_mail}>\r\n".encode() in mail.message
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        else:
            assert SIGNED not in mail.message.decode()
            assert message["List-Unsubscribe"] is message["List-Unsubscribe-Post"] is None


def test_one_click_is_promised_for_https_alone(newsletter: Newsletter) -> None:
    message = message_from_bytes(notice(newsletter, "changed", url="http://127.0.0.1:8000/").message)
    assert message["List-Unsubscribe"] == f"<mailto:unsubscribe@example.org?subject=unsubscribe%20{SIGNED}>"
    assert message["List-Unsubscribe-Post"] is None
    assert unquote(message["List-Unsubscribe"]).endswith(f"unsubscribe {SIGNED}>")


@pytest.mark.parametrize("url", [URL, "https://example.org/letter/", "http://127.0.0.1:8000/"])
def test_all_links_but_the_last_lead_to_the_service_and_there_is_no_picture(
    newsletter: Newsletter, url: str
) -> None:
    pages = {
        "confirm": "confirm",
        "again": "confirm",
        "already": "manage",
        "manage": "manage",
        "changed": "manage",
    }
    for name in POSTINGS:
        mail = notice(newsletter, name, EN, url)
        tree = html.document_fromstring(mail.html)
        *links, who = [link.get("href") for link in tree.iter("a")]
        assert who == "https://example.org/en/who-makes-this/", "whoever writes says who they are"
        assert who in mail.text.split("\n")
        assert all(link.startswith(f"{url}en/") for link in links)
        assert not list(tree.iter("img", "script", "link", "form"))
        assert "url(" not in mail.html
        if page := pages.get(name):
            address = f"{url}en/{page}/{TOKEN}"
            assert links[:2] == [address, address], "a button, and the same address written out"
            assert address in mail.text.split("\n")
        assert len(tree.find_class("button")) == bool(pages.get(name))


def test_the_address_survives_both_parts_of_the_message(newsletter: Newsletter) -> None:
    message = message_from_bytes(notice(newsletter, "confirm").message, policy=policy.default)
    for part in message.iter_parts():
        assert f"{URL}confirm/{TOKEN}" in part.get_content()
    # Who tries the service out reads the mail with `cat`.
    assert f"\r\n{URL}confirm/{TOKEN}\r\n".encode() in notice(newsletter, "confirm").message


def test_a_subscription_is_described_in_the_language_of_the_mail(newsletter: Newsletter) -> None:
    text = notice(newsletter, "changed", NL).text
    assert (
        "- Taal: English\n- Zekerheden: Referral, Rendement\n- Pauze: geen brief vóór 4 januari 2027\n"
        in text
    )
    text = notice(newsletter, "already", EN).text
    assert "- Language: Nederlands\n- Certainties: all of them\n- Pause: no\n" in text


def test_a_certainty_that_is_not_in_the_playbook_is_named_by_its_id(newsletter: Newsletter) -> None:
    outline, posting = load_outline(newsletter.root), POSTINGS["changed"]
    gone = replace(posting, subscriber=replace(posting.subscriber, certainties=("gone", "revenue")))
    assert "Zekerheden: gone, Rendement" in render_notice(outline, URL, gone).text
    nobody = replace(posting, subscriber=None)
    assert "Zekerheden" not in render_notice(outline, URL, nobody).text


@pytest.mark.parametrize(
    "address, header",
    [
        ("a+b@example.com", b"To: a+b@example.com\r\n"),
        ("=?utf-8?q?a=0D=0ABcc:x?=@example.com", b"To: undisclosed-recipients:;\r\n"),
        (f"{'a' * 64}@{'b' * 60}.example.com", f"To:\r\n {'a' * 64}@{'b' * 60}.example.com\r\n".encode()),
    ],
)
def test_any_legal_address_has_a_header(newsletter: Newsletter, address: str, header: bytes) -> None:
    posting = replace(POSTINGS["confirm"], address=address)
    assert header in render_notice(load_outline(newsletter.root), URL, posting).message


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\x00", " ", "\u2028", "\u200b"])
def test_an_address_cannot_bring_a_header(newsletter: Newsletter, sign: str) -> None:
    posting = replace(POSTINGS["confirm"], address=f"a{sign}Bcc:b@example.com")
    with pytest.raises(ValueError, match=r"^the address is not allowed in the header To$"):
        render_notice(load_outline(newsletter.root), URL, posting)


def test_names_of_the_operator_are_text_everywhere(newsletter: Newsletter) -> None:
    name = 'Jansen & Zn. "<b>één</b>"'
    settings = replace(newsletter.settings, letter=name, sender_name=name, postal=name)
    mail = render_notice(replace(load_outline(newsletter.root), settings=settings), URL, POSTINGS["confirm"])
    assert html.document_fromstring(mail.html).find("head/title").text == mail.subject
    assert name in mail.subject
    assert not [bold for bold in html.document_fromstring(mail.html).iter("b") if bold.text == "één"]
    assert f"\n{name}\n" in mail.text
    message = message_from_bytes(mail.message, policy=policy.default)
    assert message["Subject"] == mail.subject
    assert message["From"].addresses[0].display_name == name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_what_is_behind_it(
    browser: Browser, newsletter: Newsletter, scheme: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        for name in POSTINGS:
            dress(page, notice(newsletter, name).html, scheme)
            words = load_words(newsletter.root)[NL][f"notice.{name}"]
            assert find_faint(page, newsletter.root, scheme) == [], name
            assert all(
                is_light(text["back"]) == (scheme == "light")
                for text in read_texts(page)
                if text["text"] != words.get("button")
            )


def test_it_is_read_on_the_narrowest_screen_and_by_who_listens(
    browser: Browser, newsletter: Newsletter
) -> None:
    rules = {"rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}}
    with browser.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark") as context:
        page = context.new_page()
        for name in ("changed", "goodbye"):
            page.set_content(notice(newsletter, name, EN).html)
            assert page.evaluate("document.documentElement.scrollWidth") == 320
            found = Axe().run(page, options=rules)
            assert found.violations_count == 0, found.generate_report()
        page.set_content(notice(newsletter, "confirm").html)
        button = page.get_by_role("link", name="Bevestig je aanmelding")
        assert button.bounding_box()["height"] >= 48
        assert not page.get_by_text(load_words(newsletter.root)[NL]["notice.confirm"]["summary"]).is_visible()


# --- The course ---


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_who_confirms_is_told_that_the_course_comes_too(newsletter: Newsletter, language: Language) -> None:
    outline = load_outline(newsletter.root)
    mailed = replace(outline, settings=replace(outline.settings, course=(time(7), time(10))))
    asked = Course(CourseState.ASKED, 1, None)
    for name in ("confirm", "again"):
        posting = replace(POSTINGS[name], language=language)
        assert posting.subscriber
        told = load_words(newsletter.root)[language][f"notice.{name}"]["course"]
        wanted = replace(posting, subscriber=replace(posting.subscriber, course=asked))
        said = " ".join(render_notice(mailed, URL, wanted).text.split())
        assert told in said
        assert said.index(told) < said.index(URL)
        for one, project in ((posting, mailed), (wanted, outline)):
            assert told not in " ".join(render_notice(project, URL, one).text.split())


@pytest.mark.parametrize("name", sorted(WITH_STATE))
def test_a_subscription_that_is_shown_has_its_course(newsletter: Newsletter, name: str) -> None:
    outline = load_outline(newsletter.root)
    mailed = replace(outline, settings=replace(outline.settings, course=(time(7), time(10))))
    posting = replace(POSTINGS[name], language=EN)
    assert posting.subscriber
    running = replace(posting.subscriber, course=Course(CourseState.RUNNING, 3, date(2026, 12, 8)))
    for subscriber, state in ((posting.subscriber, "no"), (running, "lesson 3 of 7, on or after")):
        mail = render_notice(mailed, URL, replace(posting, subscriber=subscriber))
        assert f"- Course: {state}" in mail.text
    assert "Course" not in render_notice(outline, URL, replace(posting, subscriber=running)).text


@pytest.mark.parametrize("step, offered", [(3, True), (8, False)])
def test_a_reader_is_told_where_the_course_begins_until_they_had_it(
    newsletter: Newsletter, step: int, *, offered: bool
) -> None:
    outline = load_outline(newsletter.root)
    mailed = replace(outline, settings=replace(outline.settings, course=(time(7), time(10))))
    posting = replace(
        POSTINGS["already"], subscriber=replace(READER, course=Course(CourseState.STOPPED, step, None))
    )
    assert ("Die begin je op die pagina." in render_notice(mailed, URL, posting).text) is offered
