"""The form to subscribe by email: on every page of the site, and where a page asks for it."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from lxml import html
from markdown import Markdown

from generator.content import Newsletter
from generator.content.markdown.dialect import EXTENSIONS
from generator.model import Language
from generator.render.page.pages import render_pages
from generator.render.page.signup import list_wordings, render_form, wording
from generator.settings import Settings
from tests.languages import EN, LANGUAGES, NL
from tests.site.hosting import ROOT

BOTH = pytest.mark.parametrize("language", list(LANGUAGES))


@pytest.fixture
def settings(newsletter: Newsletter) -> Settings:
    """Those of an operator who has the service."""
    return replace(newsletter.settings, service_url="https://letter.example.org/list/")


def form_of(newsletter: Newsletter, settings: Settings, language: Language = NL) -> Any:
    return html.fragment_fromstring(render_form(newsletter.root, settings, language))


@BOTH
def test_the_form_posts_what_the_service_reads_to_its_page_in_the_same_language(
    newsletter, settings, language
):
    form = form_of(newsletter, settings, language)
    assert (form.get("method"), form.get("action")) == (
        "post",
        f"https://letter.example.org/list/{LANGUAGES.prefix(language)}subscribe",
    )
    fields = {field.get("name"): field.get("value", "") for field in form.xpath("//input")}
    assert fields == {"email": "", "website": "", "wording": wording(ROOT, settings, language).version}
    assert form.xpath("//input[@name='email'][@inputmode='email'][@required]/@autocomplete") == ["email"]
    assert not form.xpath("//script | //*[@style] | //*[starts-with(name(@*), 'on')]")


@BOTH
def test_every_field_has_a_name_and_the_address_is_described_by_what_one_agrees_to(
    newsletter, settings, language
):
    form = form_of(newsletter, settings, language)
    for field in form.xpath("//input[@type != 'hidden']"):
        assert form.xpath("//label[@for=$id]", id=field.get("id"))
    (described,) = form.xpath("//input[@name='email']/@aria-describedby")
    assert form.xpath("string(//*[@id=$id])", id=described) == wording(ROOT, settings, language).text


@BOTH
def test_people_are_told_what_they_get_how_often_what_for_and_how_to_stop(settings, language):
    text = wording(ROOT, settings, language).text
    words = {
        NL: (
            "Royal Dutch Updates",
            "elke vrijdag één mail",
            "bewaren we je adres",
            "bevestigen",
            "Stoppen kan",
        ),
        EN: (
            "Royal Dutch Updates",
            "one email every Friday",
            "keep your address",
            "confirm",
            "You can stop",
        ),
    }[language]
    assert [word for word in words if word not in text] == []
    assert "\n" not in text


def test_a_sender_of_another_name_than_the_letter_is_named(settings):
    theirs = replace(settings, sender_name="Example & Co")
    assert "Royal Dutch Updates van Example & Co" in wording(ROOT, theirs, NL).text
    assert "Royal Dutch Updates from Example & Co" in wording(ROOT, theirs, EN).text
    assert " van Royal Dutch Updates" not in wording(ROOT, settings, NL).text


def test_another_text_is_another_version(settings):
    theirs = replace(settings, letter="Other Updates")
    versions = {wording(ROOT, one, language).version for one in (settings, theirs) for language in LANGUAGES}
    assert len(versions) == 4
    assert wording(ROOT, settings, NL) == wording(ROOT, settings, NL)


def test_names_from_the_settings_are_text_and_not_markup(newsletter, settings):
    theirs = replace(settings, letter='<b>"Updates"</b>', sender_name='<b>"Updates"</b>')
    form = form_of(newsletter, theirs)
    assert not form.xpath("//b")
    assert '<b>"Updates"</b>' in form.text_content()


@BOTH
def test_the_links_lead_to_the_privacy_page_and_to_ones_own_page(newsletter, settings, language):
    manage = f"https://letter.example.org/list/{LANGUAGES.prefix(language)}manage"
    assert form_of(newsletter, settings, language).xpath("//a/@href") == [
        f"https://example.org/{LANGUAGES.prefix(language)}privacy/",
        manage,
    ]
    text = render_form(newsletter.root, settings, language, "../privacy/")
    assert html.fragment_fromstring(text).xpath("//a/@href") == ["../privacy/", manage]


# --- The course ---


@pytest.fixture
def mailed(settings: Settings) -> Settings:
    """Those of an operator who mails the lessons, too."""
    return replace(settings, course=(time(7), time(10)))


def form_on(newsletter: Newsletter, settings: Settings, language: Language = NL, **page: Any) -> Any:
    return html.fragment_fromstring(render_form(newsletter.root, settings, language, **page))


@BOTH
def test_the_box_for_the_course_sends_the_version_of_the_text_with_its_own_sentence(
    newsletter, mailed, language
):
    form = form_on(newsletter, mailed, language, lessons=True)
    (box,) = form.xpath("//input[@name='course']")
    assert box.get("type") == "checkbox"
    (label,) = form.xpath("//label[@for=$id]", id=box.get("id"))
    both, alone = (wording(ROOT, mailed, language, course=course) for course in (True, False))
    assert both.text == f"{alone.text} {label.text}"
    assert (box.get("value"), form.xpath("//input[@name='wording']/@value")) == (
        both.version,
        [alone.version],
    )
    assert {both, alone} <= set(list_wordings(ROOT, mailed))


@pytest.mark.parametrize(
    "origin, title",
    [
        ("", "Elke vrijdag in je inbox"),
        ("letter", "Kreeg je dit doorgestuurd? Meld je aan"),
        ("course", "De cursus in je inbox, en elke vrijdag de brief"),
    ],
)
def test_the_box_is_never_ticked_in_advance(newsletter, mailed, origin, title):
    form = form_on(newsletter, mailed, origin=origin, lessons=True)
    assert form.xpath("//input[@name='course'][not(@checked)]")
    assert form.xpath("//input[@name='from']/@value") == ([origin] if origin else [])
    assert form.findtext("h2") == title


@pytest.mark.parametrize("lessons", [True, False])
def test_there_is_no_box_without_lessons_or_without_their_mail(newsletter, settings, mailed, lessons):
    form = form_on(newsletter, settings if lessons else mailed, origin="course", lessons=lessons)
    assert not form.xpath("//input[@name='course']")
    assert form.xpath("//input[@name='from']/@value") == ["course"]
    assert form.findtext("h2") == "Elke vrijdag in je inbox"
    assert len(list_wordings(ROOT, settings)) == len(LANGUAGES)


def test_without_a_service_there_is_no_form(newsletter):
    assert newsletter.settings.service_url == ""
    assert render_form(newsletter.root, newsletter.settings, NL) == ""


@BOTH
@pytest.mark.parametrize("service", [True, False])
def test_a_page_may_say_where_the_form_stands(newsletter, settings, language, service):
    """What it says below the form, to the next heading, is about signing up: it goes where nobody can."""
    path = newsletter.root / f"docs/{language}/newsletter.md"
    (page,) = (page for page in newsletter.playbook.pages[language] if page.source == path)
    changed = replace(
        page,
        markdown=f"{page.markdown}\n\n<!-- subscribe -->\n\nTwo steps.\n\n### Step 1\n\n## Next\n\nAfter.\n",
    )
    pages = {
        **newsletter.playbook.pages,
        language: tuple(changed if one is page else one for one in newsletter.playbook.pages[language]),
    }
    newsletter = replace(newsletter, playbook=replace(newsletter.playbook, pages=pages))
    if service:
        newsletter = replace(newsletter, settings=settings)
    (made,) = (one.content for one in render_pages(newsletter, language) if str(one.path) == "newsletter.md")
    text = made.decode().split("---\n", 2)[2]
    tree = html.fragment_fromstring(Markdown(extensions=list(EXTENSIONS)).convert(text), create_parent="main")
    assert "<!-- subscribe -->" not in text
    none = {NL: "kan hier niet", EN: "You cannot subscribe by email here"}[language]
    assert (none in tree.text_content()) is not service
    assert [words in tree.text_content() for words in ("Two steps.", "Step 1")] == [service, service]
    assert "Next" in [heading.text for heading in tree.iter("h2")]
    if service:
        (form,) = tree.xpath("./form")
        assert [link for link in form.xpath(".//a/@href") if "privacy" in link] == ["../privacy/"]
        # Markdown reads on only below it: the form is there as it was made.
        assert html.tostring(form, with_tail=False).decode().count("<p") == 4
    assert tree.xpath("./p")[-1].text == "After."
