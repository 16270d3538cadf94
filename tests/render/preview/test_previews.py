"""The page on which an editor sees a letter before anybody else does."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from generator.model import Message, Problem, Severity
from generator.render.email.message import render_email
from generator.render.preview.guide import PATH as CHECKS
from generator.render.preview.previews import Served, page_policy, render_broken, render_preview
from tests.clocks import NOW
from tests.languages import LANGUAGES
from tests.render.editions import change_issue
from tests.render.mails import FULL, edition_of

NL = Path(f"newsletter/issues/{FULL}/nl.md")
SERVED = Served(state="as it was")


def issue_of(newsletter):
    return next(issue for issue in newsletter.archive.issues if str(issue.week) == FULL)


def make(newsletter, problems=(), served=None):
    artifacts = render_preview(newsletter, issue_of(newsletter), problems, NOW, served)
    return {str(artifact.path): artifact.content.decode() for artifact in artifacts}


def page_of(newsletter, problems=(), served=None):
    return html.document_fromstring(make(newsletter, problems, served)["index.html"])


def test_both_languages_are_shown_in_every_form(newsletter):
    page = page_of(newsletter)
    assert page.xpath("//iframe/@src") == [
        "nl/letter-light.html",
        "nl/entry-light.html",
        "en/letter-light.html",
        "en/entry-light.html",
    ]
    for language in LANGUAGES:
        email = render_email(newsletter, edition_of(newsletter, language=language))
        assert page.xpath(f"//pre[@id='text-{language}']")[0].text_content() == email.text
        shown = page.xpath(f"//*[@id='headers-{language}']//dd/text()")
        assert email.edition.subject in shown
        raw = page.xpath(f"//*[@id='headers-{language}']//pre")[0].text
        assert raw == email.message.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
        assert (
            f"issue/{FULL}/{language}" in page.xpath(f"//*[@id='entry-fields-{language}']")[0].text_content()
        )


def test_all_that_the_page_leads_to_is_there_and_nothing_is_elsewhere(newsletter):
    made = make(newsletter)
    assert {name.partition("/")[0] for name in made} == {"index.html", "nl", "en", "source"}
    for content in made.values():
        tree = html.document_fromstring(content)
        addresses = tree.xpath("//@src") + tree.xpath("//link/@href")
        assert all(address.startswith("data:") or address in made for address in addresses)
    assert set(page_of(newsletter).xpath("//main//a/@href")) <= {*made, "#"}


def test_a_frame_is_locked_and_may_load_nothing_but_its_own_pictures(newsletter):
    made = make(newsletter)
    for frame in html.document_fromstring(made["index.html"]).iter("iframe"):
        assert frame.get("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    for name in (name for name in made if name.startswith(("nl/", "en/"))):
        images = "'none'" if "no-images" in name else "data:"
        meta = f"default-src 'none'; style-src 'unsafe-inline'; img-src {images}"
        assert f'content="{meta}"' in made[name]
        assert '<base target="_blank">' in made[name]


def test_what_is_shared_tells_nothing_of_the_machine_and_opens_no_editor(newsletter):
    problem = Problem(NL, 2, Message(f"{newsletter.root}/x is odd"), "odd")
    made = make(newsletter, [problem])
    for content in made.values():
        assert str(newsletter.root) not in content
        assert "vscode:" not in content
    assert 'data-state=""' in made["index.html"]


def test_while_somebody_writes_a_problem_opens_in_the_editor(newsletter):
    problem = Problem(NL, 2, Message("the title is odd"), "odd", column=8, length=3)
    page = page_of(newsletter, [problem], SERVED)
    assert f"vscode://file{newsletter.root}/{NL}:2:8" in page.xpath("//a/@href")
    assert page.xpath("//body/@data-state") == ["as it was"]


def test_problems_stand_by_severity_with_words_remedy_and_place(newsletter):
    title = edition_of(newsletter).title
    problems = [
        Problem(
            NL, 2, Message("the title is odd"), "odd", Severity.WARNING, 8, 4, Message("Say it otherwise.")
        ),
        Problem(NL, 2, Message("the title is wrong"), "wrong", column=8, length=4),
        Problem(NL, 3, Message("the summary is dull"), "dull", waived="it is about tax"),
    ]
    made = make(newsletter, problems)
    page = html.document_fromstring(made["index.html"])
    kinds = [item.get("class").rpartition("--")[2] for item in page.find_class("problem")]
    assert kinds == ["error", "warning", "waived"]
    _, warning, waived = page.find_class("problem")
    assert warning.find_class("problem__message")[0].text == "The title is odd"
    assert warning.findtext(".//mark") == f"'{title[:3]}"
    assert "Say it otherwise." in warning.text_content()
    (link,) = warning.xpath(".//a/@href")
    source, _, anchor = link.partition("#")
    assert (
        html.document_fromstring(made[source]).get_element_by_id(anchor).text_content().startswith("title:")
    )
    assert "Waived: it is about tax" in waived.text_content()
    assert (
        "1 error and 1 warning. The letter cannot be sent until the errors are corrected."
        in page.text_content()
    )


def test_without_problems_it_says_so(newsletter):
    assert "No problems. The letter can be sent." in page_of(newsletter).text_content()
    draft = change_issue(newsletter, FULL, draft=True)
    assert (
        "No problems. The letter can be sent when it is no longer a draft." in page_of(draft).text_content()
    )


@pytest.mark.usefixtures("sample")
def test_the_guide_to_the_checks_stands_beside_a_problem_once_there_is_one(newsletter):
    problem = Problem(NL, 2, Message("the title is odd"), "odd")
    assert not page_of(newsletter, [problem]).find_class("problem__help")
    (newsletter.root / CHECKS).write_text(
        "# Checks\n\n## even\n\nNo.\n\n## odd\n\nWhy it is *odd*.<script>x</script>\n"
    )
    (help_,) = page_of(newsletter, [problem]).find_class("problem__help")
    assert help_.text_content() == "Why oddWhy it is odd."


def test_links_lead_to_the_site_that_is_served_beside_it(newsletter):
    served = replace(SERVED, site="http://127.0.0.1:8000/")
    made = make(newsletter, served=served)
    assert 'href="http://127.0.0.1:8000/certainties/' in made["nl/letter-light.html"]
    assert "http://127.0.0.1:8000/" not in make(newsletter, served=SERVED)["nl/letter-light.html"]


def test_neighbours_can_be_reached_only_where_they_are_served(newsletter):
    weeks = [issue.week for issue in newsletter.archive.issues]
    page = page_of(newsletter, served=SERVED)
    place = [str(week) for week in weeks].index(FULL)
    around = [str(week) for week in weeks[max(0, place - 1) : place + 2] if str(week) != FULL]
    assert sorted(page.xpath("//a[@rel]/@href")) == sorted(f"../{week}/" for week in around)
    assert not page_of(newsletter).xpath("//a[@rel]")


@pytest.mark.usefixtures("sample")
def test_a_page_without_a_letter_lists_what_is_to_be_mended(newsletter):
    (newsletter.root / NL).write_text("no front matter\n")
    problem = Problem(NL, 1, Message("the front matter is missing"))
    made = {str(one.path): one.content for one in render_broken(newsletter.root, [problem], "", SERVED)}
    page = html.document_fromstring(made["index.html"])
    assert page.findtext(".//h1") == "The letter cannot be shown"
    assert "The front matter is missing" in page.text_content()
    assert "no front matter" in page.find_class("problem__excerpt")[0].text_content()
    assert page.xpath("//div[@class='problem__what']/../p/a/@href")[0].partition("#")[0] in made


@pytest.mark.parametrize("served", [True, False])
def test_the_policy_allows_this_style_and_this_script_and_no_other(newsletter, served):
    policy = page_policy(newsletter.root, served=served)
    assert "'unsafe-inline'" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert len(re.findall("'sha256-[^']{44}'", policy)) == 2
    assert ("connect-src 'self'" in policy) is served


def test_the_same_letter_gives_the_same_bytes(newsletter):
    assert make(newsletter, served=SERVED) == make(newsletter, served=SERVED)
