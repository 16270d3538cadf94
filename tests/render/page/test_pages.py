"""The pages of the site, as Markdown and as what that dialect makes of it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
import yaml
from lxml import html
from markdown import Markdown

from generator.content import Newsletter, load_newsletter
from generator.content.markdown.dialect import EXTENSIONS
from generator.errors import TemplateError
from generator.model import Archive, Certainty, Edition, Language, Week
from generator.render.feed.entries import render_body
from generator.render.feed.feedlist import Format, list_feeds
from generator.render.page.pages import (
    LATEST_OF_CERTAINTY,
    LATEST_OF_ITEM,
    render_edition,
    render_pages,
)
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_certainties, change_issue, change_text, empty_archive, grow_archive

GOLDEN = {
    NL: (
        "index.md",
        "newsletter.md",
        "assessment.md",
        "team-sheet.md",
        "certainties/referral.md",
        "archive/index.md",
        "archive/2026-W47.md",
    ),
    EN: ("about-the-numbers.md", "certainties/referral.md", "archive/2026-W46.md"),
}


def render(newsletter: Newsletter, path: str, language: Language = NL) -> str:
    """One page as Markdown."""
    (page,) = (page for page in render_pages(newsletter, language) if str(page.path) == path)
    assert isinstance(page.content, bytes)
    return page.content.decode()


def split(page: str) -> tuple[dict[str, Any], str]:
    """Front matter and text."""
    _, front, text = page.split("---\n", 2)
    return yaml.safe_load(front), text


def show(newsletter: Newsletter, path: str, language: Language = NL) -> Any:
    """One page as the tree that a reader's browser gets."""
    text = split(render(newsletter, path, language))[1]
    return html.fragment_fromstring(Markdown(extensions=list(EXTENSIONS)).convert(text), create_parent="main")


def links(tree: Any) -> list[str]:
    return [link.get("href") for link in tree.iter("a")]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_whole_pages(newsletter, golden, language):
    pages = {str(page.path): page.content for page in render_pages(newsletter, language)}
    for path in GOLDEN[language]:
        golden(f"pages/{language}/{path}", pages[path])


def test_every_text_and_every_picture_of_a_letter_gets_its_place(newsletter):
    paths = [str(page.path) for page in render_pages(newsletter, EN)]
    assert len(paths) == len(set(paths))
    authored = newsletter.root / "docs/en"
    assert {path.relative_to(authored).as_posix() for path in authored.rglob("*.md")} < set(paths)
    assert [path for path in paths if path.startswith("archive/")] == [
        "archive/index.md",
        "archive/2026-W47.md",
        "archive/2026-W46.md",
        "archive/2026-W45.md",
        "archive/2026-W47/two-contacts.png",
    ]


def test_title_and_description_come_through_yaml_html_and_markdown_unharmed(newsletter):
    odd = 'C# & *R&amp;D*: "één" <b>, [x](y) {z} \\ 🙂'
    newsletter = change_issue(newsletter, "2026-W47", title=odd, summary=odd)
    front, _ = split(render(newsletter, "archive/2026-W47.md"))
    for key in ("title", "description"):  # MkDocs puts them into HTML as they are
        assert html.fromstring(f'<p title="{front[key]}">{front[key]}</p>').text_content() == odd
    assert show(newsletter, "archive/2026-W47.md").find("h1").text_content() == odd
    for path in ("index.md", "archive/index.md", "certainties/referral.md", "archive/2026-W46.md"):
        assert odd in [link.text_content() for link in show(newsletter, path).iter("a")]


# --- Items ---


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_each_item_is_an_entry_of_an_ordinary_list_that_has_its_id(newsletter, language):
    for certainty in newsletter.playbook.certainties[language]:
        page = show(newsletter, certainty.page, language)
        assert not list(page.iter("input"))
        for item in certainty.items:
            (entry,) = page.xpath(f"//*[@id='{item.id}']")
            assert (entry.tag, entry.getparent().tag) == ("li", "ul")
            assert entry.get("class") == "item"
            assert entry.xpath("string(span[@class='item__box'])") == "☐"
            assert entry.xpath("string(span[@class='item__text'])") == item.text
            assert entry.text_content().startswith(f"☐ {item.text}")


def test_an_action_of_a_letter_leads_to_the_item_it_comes_from(newsletter):
    page = show(newsletter, "archive/2026-W47.md")
    items = page.xpath("//li[@class='item']")
    assert [item.text_content()[:7] for item in items] == ["☑ Vijf ", "☐ Eén v", "☐ De aa"]
    assert [item.get("data-item") for item in items] == ["ref-1", "ref-2", "ref-3"]
    assert [links(item) for item in items] == [[f"../certainties/referral.md#ref-{n}"] for n in (1, 2, 3)]
    assert not page.xpath("//*[@class='item__links']")


def test_an_item_lists_the_latest_letters_that_used_it(newsletter):
    oldest = newsletter.archive.issues[-1]
    newsletter = grow_archive(newsletter, 3 + LATEST_OF_ITEM)
    certainty = newsletter.playbook.certainty(NL, oldest.certainty)
    letters = list(newsletter.archive.editions(NL, certainty.id))
    assert len(letters) > LATEST_OF_ITEM
    page = show(newsletter, certainty.page)
    used = {
        item.id: page.xpath(f"//li[@id='{item.id}']/span[@class='item__links']") for item in certainty.items
    }
    assert {item for item, found in used.items() if found} == set(letters[0].actions) < set(used)
    for action in letters[0].actions:
        (found,) = used[action]
        assert links(found) == [f"../{letter.page}" for letter in letters[:LATEST_OF_ITEM]]
        assert found.text_content() == "Brieven: 6 november 2026, 30 oktober 2026, 23 oktober 2026"


def test_one_letter_is_one_letter(newsletter):
    for language, said in (
        (NL, "Brief: 20 november 2026"),
        (EN, "Letter: 20 November 2026"),
    ):
        page = show(newsletter, "certainties/referral.md", language)
        (found, *_) = page.xpath("//li[@id='ref-1']/span[@class='item__links']")
        assert found.text_content() == said


def test_marks_in_an_item_survive_on_pages_and_not_in_the_data_for_programs(sample):
    for language in LANGUAGES:
        path = sample / f"docs/{language}/certainties/referral.md"
        path.write_text(
            re.sub(
                r"- \[ \] .* \{ #ref-2 \}",
                "- [ ] 2. *Een* __of__ `x_y` &amp; 5 * 3 { #ref-2 }",
                path.read_text(),
            )
        )
    newsletter = load_newsletter(sample)
    (text,) = show(newsletter, "certainties/referral.md").xpath("//li[@id='ref-2']/span[@class='item__text']")
    assert html.tostring(text, encoding="unicode", with_tail=False) == (
        '<span class="item__text">2. <em>Een</em> <strong>of</strong> <code>x_y</code> &amp; 5 * 3</span>'
    )
    assert read_data(newsletter)["certainties"][2]["items"][1] == {
        "id": "ref-2",
        "text": "2. Een of x_y & 5 * 3",
    }


# --- The seven together ---


def read_data(newsletter: Newsletter, language: Language = NL) -> Any:
    """What the page of the assessment tells programs."""
    (data,) = show(newsletter, "assessment.md", language).xpath("//*[@id='playbook']/@data-playbook")
    return json.loads(data)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_seven_stand_on_the_home_page_in_their_order(newsletter, language):
    (listed,) = show(newsletter, "index.md", language).xpath("//ol[@class='seven']")
    certainties = newsletter.playbook.certainties[language]
    assert [one.get("data-certainty") for one in listed] == [certainty.id for certainty in certainties]
    for one, certainty in zip(listed, certainties, strict=True):
        assert one.xpath("string(.//*[@class='seven__name'])") == certainty.title
        assert one.xpath("string(.//*[@class='seven__line'])") == certainty.summary
        assert links(one) == [f"certainties/{certainty.id}/"]
        assert one.xpath(".//svg")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_assessment_asks_each_question_with_all_its_answers(newsletter, language):
    page = show(newsletter, "assessment.md", language)
    (form,) = page.xpath("//div[@id='assessment']")
    playbook = newsletter.playbook
    assessment = playbook.assessment[language]
    sections = form.xpath("section")
    assert [one.get("data-certainty") for one in sections] == [
        one.id for one in playbook.certainties[language]
    ]
    for section, certainty in zip(sections, playbook.certainties[language], strict=True):
        assert section.xpath("string(h3)").strip() == certainty.title
        assert section.get("aria-labelledby") == section.xpath("string(h3/@id)")
        for question, aspect in zip(section.xpath("fieldset"), assessment.aspects, strict=True):
            assert question.get("data-aspect") == aspect.id
            asked = assessment.questions[certainty.id][aspect.id]
            assert question.xpath("string(legend)") == f"{aspect.name} {asked}"
            answers = {
                label.xpath("string(input/@value)"): label.text_content().strip() for label in question[1:]
            }
            assert answers == {
                **{str(n): one for n, one in enumerate(aspect.anchors)},
                "x": assessment.unknown,
            }
            assert set(question.xpath(".//input/@name")) == {f"{certainty.id}-{aspect.id}"}
            assert set(question.xpath(".//input/@type")) == {"radio"}
    assert len(form.xpath(".//fieldset")) == 21


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_programs_are_told_names_addresses_and_items(newsletter, language):
    data, playbook = read_data(newsletter, language), newsletter.playbook
    assert data["language"] == language
    assert data["aspects"] == [
        {"id": aspect.id, "name": aspect.name} for aspect in playbook.assessment[language].aspects
    ]
    assert data["certainties"] == [
        {
            "id": certainty.id,
            "title": certainty.title,
            "url": f"../certainties/{certainty.id}/",
            "items": [{"id": item.id, "text": item.text} for item in certainty.items],
        }
        for certainty in playbook.certainties[language]
    ]


def test_the_radar_finds_each_mark_beside_the_questions(newsletter):
    page = show(newsletter, "assessment.md")
    marks = page.xpath("//div[@hidden]/svg/symbol")
    assert [mark.get("id") for mark in marks] == [
        f"mark-{one.id}" for one in newsletter.playbook.certainties[NL]
    ]
    assert all(mark.get("viewbox") == "0 0 48 48" and len(mark) for mark in marks)
    assert not page.xpath("//div[@hidden]//*[@class='mark']")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_sheet_for_a_team_has_a_row_for_each_certainty_and_lines_to_write_on(newsletter, language):
    (sheet,) = show(newsletter, "team-sheet.md", language).xpath("//div[@class='team-sheet']")
    titles = [one.text_content().strip() for one in sheet.xpath(".//tbody/tr/th[@scope='row']")]
    assert titles == [certainty.title for certainty in newsletter.playbook.certainties[language]]
    columns = sheet.xpath(".//thead//th[@scope='col']")
    assert "(0–9)" in columns[1].text_content()
    for row in sheet.xpath(".//tbody/tr"):
        assert [cell.text for cell in row.findall("td")] == [None] * (len(columns) - 1)
    assert len(sheet.xpath("p[@class='team-sheet__line']")) == 3


def test_words_that_look_like_html_stay_words(newsletter):
    odd = '</script><!-- <b> & "*één*" \'s &amp; {x} 🙂'
    newsletter = change_certainties(newsletter, title=odd, summary=odd)
    assert {one["title"] for one in read_data(newsletter)["certainties"]} == {odd}
    home, form, sheet = (show(newsletter, f"{name}.md") for name in ("index", "assessment", "team-sheet"))
    assert {
        one.text_content() for one in home.xpath("//*[@class='seven__name' or @class='seven__line']")
    } == {odd}
    assert {one.text_content().strip() for one in form.xpath("//*[@id='assessment']//h3")} == {odd}
    assert {one.text_content().strip() for one in sheet.xpath("//tbody//th")} == {odd}


@pytest.mark.parametrize(
    "path, beginning",
    [("index.md", "<ol"), ("assessment.md", '<div class="assessment"'), ("team-sheet.md", "<div")],
)
def test_markdown_leaves_the_html_of_a_page_alone(newsletter, path, beginning):
    """A blank line in it would end it."""
    _, text = split(render(newsletter, path))
    block = next(part.strip() for part in text.split("\n\n") if part.startswith(beginning))
    assert block in Markdown(extensions=list(EXTENSIONS)).convert(text)
    assert block.endswith(("</ol>", "</div>"))


def test_what_the_idea_says_more_is_why(newsletter):
    idea, why = "**Vraag erom.**", "Willen is nog geen doen.\n\n**Nog iets.** Ook dat."
    changed = change_section(newsletter, 0, f"{idea}\n\n{why}")
    text = split(render(changed, "certainties/referral.md"))[1]
    assert "# Referral { #title }\n\nVraag erom.\n{ .certainty-lead #idee }\n\n<section" in text
    assert f"</section>\n\n## Waarom\n\n{why}\n\n## Strategie" in text


@pytest.mark.parametrize(
    "idea", ["Vraag erom.", "**Vraag** erom.", "**Vraag** en **wacht**", "**Vraag**\nerom"]
)
def test_an_idea_that_does_not_begin_with_a_bold_paragraph_stays_as_it_is_written(newsletter, idea):
    text = split(render(change_section(newsletter, 0, idea), "certainties/referral.md"))[1]
    assert "certainty-lead" not in text
    assert f"</section>\n\n## Idee\n\n{idea}\n\n## Strategie" in text


def change_section(newsletter: Newsletter, place: int, markdown: str) -> Newsletter:
    """The Dutch Referral with another text in one section."""

    def change(certainty: Certainty) -> Certainty:
        sections = list(certainty.sections)
        sections[place] = replace(sections[place], markdown=markdown)
        return replace(certainty, sections=tuple(sections)) if certainty.id == "referral" else certainty

    certainties = newsletter.playbook.certainties
    changed = {**certainties, NL: tuple(map(change, certainties[NL]))}
    return replace(newsletter, playbook=replace(newsletter.playbook, certainties=changed))


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_template_leads_to_its_certainty_and_its_item(newsletter, language):
    (template,) = newsletter.playbook.templates[language]
    page = show(newsletter, template.page, language)
    (code,) = page.xpath("//div[@class='highlight']//code")
    # As it was written, braces and all.
    assert code.text_content() == re.search("```text\n(.*?)```", template.markdown, re.DOTALL)[1]
    first = page[0]
    assert (first.get("class"), first.find("svg").get("class")) == ("template-of", "mark")
    assert first.find("a").get("href") == "../../certainties/repeating/"
    assert links(page)[1:] == ["../certainties/repeating.md#rpt-2", "index.md"]


@pytest.mark.parametrize("language, word", [(NL, "Sjabloon"), (EN, "Template")])
def test_an_item_and_a_checklist_lead_to_their_template(newsletter, language, word):
    (template,) = newsletter.playbook.templates[language]
    page = show(newsletter, "certainties/repeating.md", language)
    (link,) = page.xpath("//li[@class='item']//a[@class='item__template']")
    assert (link.text, link.get("aria-label")) == (word, f"{word}: {template.title}")
    assert link.get("href") == "../../templates/after-delivery/"
    assert link.xpath("ancestor::li/@id") == ["rpt-2"]
    (listed,) = page.xpath("//div[@class='templates']//li")
    assert listed.text_content() == f"{template.title}: {template.summary}"
    assert listed.xpath("preceding::h2/@id")[-1] == "checklist"
    assert not show(newsletter, "certainties/referral.md", language).xpath(
        "//*[contains(@class, 'template')]"
    )


def test_a_letter_leads_to_the_template_of_its_action(newsletter):
    (template,) = newsletter.playbook.templates[NL]
    templates = {**newsletter.playbook.templates, NL: (replace(template, items=("ref-2",)),)}
    page = show(
        replace(newsletter, playbook=replace(newsletter.playbook, templates=templates)), "archive/2026-W47.md"
    )
    (link,) = page.xpath("//a[@class='item__template']")
    assert link.get("href") == "../../templates/after-delivery/"
    assert link.xpath("ancestor::li/@data-item") == ["ref-2"]


def test_all_templates_are_listed_with_their_marks(newsletter):
    (template,) = newsletter.playbook.templates[NL]
    (row,) = show(newsletter, "templates/index.md").xpath("//li[@class='template-row']")
    assert row.find("svg").get("class") == "mark"
    assert row.xpath(".//a/@href") == ["after-delivery/"]
    assert template.summary in row.text_content()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_each_certainty_begins_with_its_mark_its_number_and_its_idea(newsletter, language):
    for number, certainty in enumerate(newsletter.playbook.certainties[language], 1):
        first, order, heading, lead, week = show(newsletter, certainty.page, language)[:5]
        assert [one.tag for one in (first, order, heading, lead, week)] == ["p", "p", "h1", "p", "section"]
        assert first.get("class") == "certainty-mark"
        assert re.match(rf"\w+ {number} (van|of) 7 · \d min", order.text)
        assert lead.text_content() == certainty.sections[0].body.strip("*")
        assert [link.get("href") for link in week.iter("a")] == [
            *(f"#{item.id}" for item in certainty.items),
            "#checklist",
        ]
        assert [link.text for link in week.iter("a")][:-1] == [item.text for item in certainty.items]
        (mark,) = first
        assert mark.get("aria-hidden") == "true"  # its name stands below it
        drawn = (newsletter.root / f"templates/marks/{certainty.id}.svg").read_text().strip()
        assert drawn in render(newsletter, certainty.page, language)


@pytest.mark.usefixtures("sample")
def test_a_mark_that_nobody_drew_is_told(newsletter):
    (newsletter.root / "templates/marks/referral.svg").unlink()
    with pytest.raises(TemplateError, match=r"^templates/marks/referral.svg: there is no such template$"):
        render_pages(newsletter, NL)


# --- Links ---


def test_links_lead_from_the_page_and_to_the_other_language_by_address(newsletter):
    text = """
[een](../../../docs/nl/certainties/referral.md#ref-3), [twee](../2026-W45/nl.md), [drie](en.md), [vier][x],
`[vijf](../2026-W45/nl.md)`, [zes](https://example.org/a(b)), <post@example.org>, [zeven](#food-for-action)

[x]: ../../../docs/nl/about-the-numbers.md
"""
    page = show(change_text(newsletter, "2026-W47", text), "archive/2026-W47.md")
    assert [href for href in links(page) if not href.startswith("mailto")][1:8] == [
        "../certainties/referral.md#ref-3",
        "2026-W45.md",
        "https://example.org/en/archive/2026-W47/",
        "../about-the-numbers.md",
        "https://example.org/a(b)",
        "#food-for-action",
        "../certainties/referral.md#ref-1",
    ]
    assert "[vijf](../2026-W45/nl.md)" in page.text_content()


def test_a_picture_stands_in_the_folder_of_its_letter(newsletter):
    (picture,) = show(newsletter, "archive/2026-W47.md").iter("img")
    assert picture.get("src") == "2026-W47/two-contacts.png"
    (artifact,) = (page for page in render_pages(newsletter, NL) if page.path.suffix == ".png")
    assert isinstance(artifact.content, Path)
    assert artifact.content.is_file()


# --- Notes ---


@pytest.mark.parametrize("path", ["certainties/referral.md", "about-the-numbers.md", "archive/2026-W47.md"])
def test_each_footnote_is_explained_and_leads_to_the_list_of_facts(newsletter, path):
    page = show(newsletter, path)
    notes = page.xpath("//div[@class='footnote']//li")
    assert notes
    about = {"about-the-numbers.md": ""}.get(path, "../") + "about-the-numbers.md"
    for note in notes:
        assert links(note)[0] == f"{about}#{note.get('id').removeprefix('fn:')}"
    assert "///" not in page.text_content()


def test_the_footnotes_of_a_certainty_stand_below_its_sources_and_above_its_letters(newsletter):
    page = show(newsletter, "certainties/referral.md")
    order = [(element.get("id"), element.get("class")) for element in page if element.tag in {"h2", "div"}]
    assert order[-4:] == [
        ("bronnen", None), (None, "footnote"), ("laatste-brieven", "latest"), (None, "letter-list")
    ]  # fmt: skip


def test_a_page_without_footnotes_has_no_place_for_them(newsletter):
    assert "Footnotes" not in render(newsletter, "privacy.md")


# --- What only the generator knows ---


NOT_OUT = {
    NL: "nog niet verschenen · vrijdag 20 november 2026 om 06.00 uur",
    EN: "not out yet · Friday 20 November 2026 at 06:00",
}


def marked_pages(newsletter: Newsletter, language: Language, now: datetime) -> dict[str, list[str]]:
    """What is said beside each mark: the link before it, or nothing on the page of the letter itself."""
    found: dict[str, list[str]] = {}
    for page in render_pages(newsletter, language, now):
        if page.path.suffix == ".md":
            text = split(page.content.decode())[1]
            tree = html.fragment_fromstring(
                Markdown(extensions=list(EXTENSIONS)).convert(text), create_parent="main"
            )
            for mark in tree.xpath("//*[@class='not-out']"):
                assert mark.text_content() == NOT_OUT[language]
                before = mark.getprevious()
                found.setdefault(str(page.path), []).append("" if before is None else before.get("href"))
    return found


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_letter_that_is_not_out_is_marked_on_its_page_and_wherever_it_is_named(newsletter, language):
    out = newsletter.archive.issues[0].editions[language].published
    assert marked_pages(newsletter, language, out) == {}
    assert marked_pages(newsletter, language, out - timedelta(seconds=1)) == {
        "index.md": ["archive/2026-W47/"],
        # Three items, and the latest letters.
        "certainties/referral.md": [*["../archive/2026-W47.md"] * 3, "../../archive/2026-W47/"],
        "archive/index.md": ["2026-W47/"],
        "archive/2026-W46.md": ["../2026-W47/"],
        "archive/2026-W47.md": [""],
    }


def test_the_mark_gives_the_time_on_the_clock_of_the_readers(newsletter):
    """Whatever offset the letter has in its front matter."""
    out = datetime(2026, 7, 3, 4, 5, tzinfo=UTC)
    summer = change_issue(newsletter, "2026-W47", published=out)
    pages = {str(page.path): page for page in render_pages(summer, NL, out - timedelta(days=9))}
    said = "nog niet verschenen · vrijdag 3 juli 2026 om 06.05 uur"
    assert said in pages["archive/2026-W47.md"].content.decode()


def test_a_link_to_a_letter_that_is_not_out_leads_to_the_list_of_letters(newsletter):
    """And so does one to a picture of it; the words stay."""
    links_to = (
        "[Later](../2026-W47/nl.md#x), [beeld](../2026-W47/two-contacts.png), [eerder](../2026-W45/en.md)."
    )
    letter = change_text(newsletter, "2026-W46", links_to)
    waiting = replace(letter, archive=Archive(letter.archive.issues[1:]))
    shown = links(show(letter, "archive/2026-W46.md"))[2:5]
    assert shown == [
        "2026-W47.md#x",
        "2026-W47/two-contacts.png",
        "https://example.org/en/archive/2026-W45/",
    ]
    assert links(show(waiting, "archive/2026-W46.md"))[2:5] == ["index.md", "index.md", shown[2]]
    assert "2026-W47" not in render(waiting, "archive/2026-W46.md")
    edition = waiting.archive.issues[0].editions[NL]
    feed = html.fragment_fromstring(render_body(waiting, edition).html, create_parent="div")
    assert links(feed)[:3] == ["https://example.org/archive/"] * 2 + [shown[2]]


def addresses(editions: list[Edition], folder: str) -> list[str]:
    """The addresses of the pages of letters, as HTML links to them from a page in another folder."""
    return [f"{folder}{edition.page.removesuffix('.md')}/" for edition in editions]


def test_a_page_shows_the_newest_letter_as_a_sample_where_it_asks_for_it(newsletter):
    newsletter = grow_archive(newsletter, 6)
    page = show(newsletter, "index.md")
    shown = [href for href in links(page) if href.startswith("archive/2026")]
    newest = next(newsletter.archive.editions(NL))
    assert shown == addresses([newest, newest], "")  # “Lees verder” too
    (sample,) = page.xpath("//p[@class='letter-sample__lead']")
    assert sample.text_content() == (
        "Stel dat je beste vriend zoekt wat jij verkoopt. Stuur je hem zonder aarzelen door naar je eigen bedrijf, "
        "of begin je over het voetbal? In B2B waren bij twee leveranciers de beste referenties niet de grootste "
        "kopers. Lees verder"
    )
    assert (
        page.xpath("string(//*[@class='letter-list']/p[@class='byline'])")
        == "nr 6 · 20 november 2026 · Referral"
    )


def test_a_certainty_shows_its_own_latest_letters_and_its_feed(newsletter):
    newsletter = grow_archive(newsletter, 3 + LATEST_OF_CERTAINTY)
    oldest = newsletter.archive.issues[-1]
    page = show(newsletter, f"certainties/{oldest.certainty}.md")
    of_this = list(newsletter.archive.editions(NL, oldest.certainty))
    assert len(of_this) > LATEST_OF_CERTAINTY
    assert links(page)[-LATEST_OF_CERTAINTY - 2 :] == [
        *addresses(of_this[:LATEST_OF_CERTAINTY], "../../"),
        f"../archive/index.md#{oldest.certainty}",
        f"https://example.org/certainties/{oldest.certainty}/feed.xml",
    ]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_list_of_facts_holds_each_fact_that_may_be_cited_under_its_id(newsletter, language):
    page = show(newsletter, "about-the-numbers.md", language)
    facts = newsletter.playbook.facts.values()
    assert {fact.use for fact in facts} == {"cite", "context", "avoid"}
    names = {fact.id: fact.name[language] for fact in facts if fact.use != "avoid"}
    folded = [claim.get("id") for claim in page.xpath("//details/p[@id]")]
    assert sorted(folded) == sorted(names)
    for fact, name in names.items():
        assert page.get_element_by_id(f"study-{fact}").text_content() == name
    text = page.text_content()
    for fact in facts:
        assert (fact.claim[language] in text) == (fact.use != "avoid")
    groups = [heading.text_content() for heading in page.iter("h3")]
    titles = [certainty.title for certainty in newsletter.playbook.certainties[language]]
    assert [group for group in groups if group in titles] == [title for title in titles if title in groups]


def test_a_fact_that_needs_its_limit_says_so(newsletter):
    text = show(newsletter, "about-the-numbers.md", EN).text_content()
    cautious = sum(fact.use == "context" for fact in newsletter.playbook.facts.values())
    assert text.count("We cite this finding only together with that limit.") == cautious > 0


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_people_find_every_feed_of_their_language_and_the_other_main_one(newsletter, language):
    found = links(show(newsletter, "newsletter.md", language))
    settings, feeds = newsletter.settings, list_feeds(newsletter)
    own = [feed for feed in feeds if feed.language == language]
    other = [feed for feed in feeds if feed.language != language and feed.certainty is None]
    addresses = [feed.url(settings, form) for feed in own + other for form in Format]
    main = own[0].url(settings, Format.RSS)
    assert found[-len(addresses) - 2 :] == [main, *addresses, "https://example.org/feeds.opml"]


def test_before_the_first_letter_the_pages_say_so(newsletter):
    newsletter = empty_archive(newsletter)
    for path in ("index.md", "archive/index.md"):
        assert "Er is nog geen brief verschenen." in show(newsletter, path).text_content()
    assert "Laatste brieven" not in render(newsletter, "certainties/referral.md")


# --- Letters ---


def test_a_letter_tells_its_date_its_certainty_and_its_neighbours(newsletter):
    page = show(newsletter, "archive/2026-W46.md")
    assert [part.text_content() for part in page.xpath("//div[@class='masthead']/p")] == [
        "Royal Dutch Updates",
        "nr 2 · vrijdag 13 november 2026 · 1 minuut",
    ]
    assert page.xpath("string(//p[@class='byline'])") == (
        "Door Royal Dutch Updates · over Reputatie · Bijgewerkt op maandag 16 november 2026 · schrijf terug"
    )
    (reply,) = page.xpath("//*[@class='byline__reply']/a/@href")
    assert unquote(reply) == "mailto:post@example.org?subject=Re: Wedden om wat de klant gaat zeggen"
    assert links(page)[-3:] == ["../2026-W45/", "../2026-W47/", "index.md"]
    assert [card.text_content().split("\n")[-2] for card in page.xpath("//p[@class='letter-card']")] == [
        "Vorige · nr 1 Wie belt jou als je contact weg is?",
        "Volgende · nr 3 Zou je jezelf introduceren? Vijf regels & één naam",
    ]


def test_a_letter_is_sent_on_by_mail_where_there_are_no_scripts(newsletter):
    (link,) = show(newsletter, "archive/2026-W47.md").xpath("//p[@class='forward']/a")
    address, _, query = link.get("href").partition("?")
    edition = newsletter.archive.issues[0].editions[NL]
    url = "https://example.org/archive/2026-W47/"
    assert address == "mailto:"
    assert parse_qs(query) == {"subject": [edition.title], "body": [f"{edition.summary}\n\n{url}"]}
    assert link.get("data-url") == url


def test_what_there_is_to_do_stands_between_two_marks_for_its_box(newsletter):
    for language in LANGUAGES:
        text = split(render(newsletter, "archive/2026-W47.md", language))[1]
        before, box, after = re.split("<!-- /?action -->", text)
        assert "## Food for thought" in before
        assert box.strip().startswith("## Food for action")
        assert box.count("data-item") == 3
        assert 'class="forward"' in after


def test_a_draft_without_anything_to_do_has_no_box(newsletter):
    edition = newsletter.archive.issues[0].editions[NL]
    page = render_edition(newsletter, replace(edition, sections=edition.sections[:1])).decode()
    assert "## Food for thought { lang=en }" in page
    assert "<!--" not in page


def test_a_heading_in_code_ends_no_thought(newsletter):
    text = "Zo staat het in de brief:\n\n```\n## Food for action\n```\n"
    page = split(render(change_text(newsletter, "2026-W47", text), "archive/2026-W47.md"))[1]
    assert "```\n## Food for action\n```" in page.partition("<!-- action -->")[0]


def test_the_letter_to_come_is_known_by_its_date_until_then(newsletter):
    newest = newsletter.archive.issues[0].editions[NL]
    newsletter = replace(newsletter, settings=replace(newsletter.settings, skip=frozenset({Week(2026, 48)})))
    for hours, known in ((0, True), (13 * 24 + 23, True), (14 * 24, False)):
        pages = {
            str(page.path): page.content.decode()
            for page in render_pages(newsletter, NL, newest.published + timedelta(hours=hours))
            if page.path.suffix == ".md"
        }
        card = "Volgende · nr 4</span> Verschijnt vrijdag 4 december 2026"
        assert (card in pages["archive/2026-W47.md"]) is known
        assert ("De volgende verschijnt op vrijdag 4 december 2026." in pages["archive/index.md"]) is known
        assert "Verschijnt" not in pages["archive/2026-W46.md"]


def test_a_letter_that_is_not_out_yet_is_the_next_one(newsletter):
    newest = newsletter.archive.issues[0].editions[NL]
    pages = render_pages(newsletter, NL, newest.published - timedelta(hours=1))
    (archive,) = (page.content.decode() for page in pages if str(page.path) == "archive/index.md")
    assert "De volgende verschijnt op vrijdag 20 november 2026." in archive


def test_the_first_and_the_last_letter_have_one_neighbour(newsletter):
    for week in ("2026-W47", "2026-W45"):
        page = show(newsletter, f"archive/{week}.md")
        assert links(page)[-2:] == ["../2026-W46/", "index.md"]
        assert len(page.xpath("//p[@class='letter-card']")) == 1


def test_the_english_headings_of_a_dutch_letter_are_said_to_be_english(newsletter):
    dutch, english = (show(newsletter, "archive/2026-W45.md", language) for language in LANGUAGES)
    assert [heading.get("lang") for heading in dutch.iter("h2")] == ["en", "en"]
    assert [heading.get("lang") for heading in english.iter("h2")] == [None, None]


def test_the_page_of_a_draft_can_be_seen_before_it_is_out(newsletter):
    drafted = change_issue(newsletter, "2026-W46", draft=True)
    for language in LANGUAGES:
        edition = drafted.archive.issue(Week(2026, 46)).editions[language]
        assert render_edition(drafted, edition).decode() == render(
            newsletter, "archive/2026-W46.md", language
        )


def test_a_draft_is_nowhere(newsletter):
    newsletter = change_issue(newsletter, "2026-W46", draft=True)
    pages = {str(page.path): page.content for page in render_pages(newsletter, NL)}
    assert "archive/2026-W46.md" not in pages
    assert not [
        path for path, content in pages.items() if isinstance(content, bytes) and b"2026-W46" in content
    ]


def test_the_archive_lists_every_letter_by_year(newsletter):
    newsletter = grow_archive(newsletter, 60)
    page = show(newsletter, "archive/index.md")
    letters = list(newsletter.archive.editions(NL))
    assert [heading.text_content() for heading in page.iter("h2")] == ["2026", "2025"]
    rows = page.xpath("//ul[@class='letter-rows']/li")
    assert [(row.get("data-certainty"), *links(row)) for row in rows] == [
        (edition.certainty, f"{edition.week}/") for edition in letters
    ]
    said = [row.xpath("string(p)") for row in rows]
    assert [text.split(" · ")[0] for text in said] == [f"nr {number}" for number in range(60, 0, -1)]
    assert [row.get("class") for row in rows if "newest" in row.get("class")] == [rows[0].get("class")]
    used = {mark.removeprefix("#") for mark in page.xpath("//use/@href")}
    assert used <= set(page.xpath("//symbol/@id"))


def test_the_archive_of_one_year_needs_no_heading(newsletter):
    assert not list(show(newsletter, "archive/index.md").iter("h2"))


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_each_certainty_has_a_place_in_the_filter_also_without_letters(newsletter, language):
    (group,) = show(newsletter, "archive/index.md", language).xpath("//div[@class='letter-filter']")
    every, *certainties = (button.text_content() for button in group.iter("button"))
    written = [letter.certainty for letter in newsletter.archive.editions(language)]
    assert every.endswith(f" {len(written)}")
    assert certainties == [
        f"{one.title} {written.count(one.id)}" for one in newsletter.playbook.certainties[language]
    ]
    assert [button.get("value") for button in group.iter("button")][1:] == group.xpath(".//@id")


def test_the_archive_is_no_search_result(newsletter):
    """It would be one for every title."""
    assert split(render(newsletter, "archive/index.md"))[0]["search"] == {"exclude": True}


def test_a_page_is_dated_by_the_newest_letter_on_it(newsletter):
    def date(path: str) -> str | None:
        return split(render(newsletter, path))[0].get("updated")

    assert date("archive/2026-W46.md") == "2026-11-16"
    assert date("index.md") == date("archive/index.md") == date("certainties/referral.md") == "2026-11-20"
    assert date("privacy.md") is None
    newsletter = empty_archive(newsletter)
    assert date("index.md") is None
    assert date("archive/index.md") == "2026-01-01"  # the sitemap must have a date, and the feeds began then


# --- Words of editors that look like Markdown ---


def test_what_a_fact_says_is_no_markdown(newsletter):
    facts = dict(newsletter.playbook.facts)
    odd = "5 * 3 < 16 & _a_ [b](c) {d}"
    for name, fact in facts.items():
        facts[name] = replace(fact, claim=dict.fromkeys(LANGUAGES, odd))
    newsletter = replace(newsletter, playbook=replace(newsletter.playbook, facts=facts))
    paragraphs = [text.text_content() for text in show(newsletter, "about-the-numbers.md").iter("p")]
    assert any(paragraph.endswith(f": {odd}") for paragraph in paragraphs)


# --- Who makes this ---


@pytest.mark.parametrize(
    "language, article",
    [
        (NL, "Het playbook komt voort uit het artikel “7 Zekerheden” van [Arno Diepeveen](https://arno.blog/)."),
        (EN, "The playbook grew out of the article ‘7 Zekerheden’ by [Arno Diepeveen](https://arno.blog/)."),
    ],
)  # fmt: skip
def test_the_page_about_who_makes_this_says_what_the_settings_say(
    newsletter: Newsletter, language: Language, article: str
) -> None:
    text = render(newsletter, "who-makes-this.md", language)
    for found in (
        "Uitgeverij Zeven",
        "12345678",
        "A. Jansen, B. Smit",
        "Royal Dutch Updates, Example Street 7, 1000 AA Amsterdam",
        "[post@example.org](mailto:post@example.org)",
        article,
        "SalesManagement.",
    ):
        assert found in text


def test_what_is_not_filled_in_is_said_in_words_and_markdown_in_a_name_is_text(
    newsletter: Newsletter,
) -> None:
    publisher = replace(
        newsletter.settings.publisher,
        name="<name>",
        kvk="",
        editors=("A *B* C",),
        article=None,
        email="privacy@example.org",
    )
    changed = replace(newsletter, settings=replace(newsletter.settings, publisher=publisher))
    text = render(changed, "who-makes-this.md")
    assert "- **Uitgever:** *nog niet ingevuld*\n" in text
    assert "KvK" not in text
    assert r"A \*B\* C" in text
    assert "(mailto:privacy@example.org)" in text
    assert text.rstrip().endswith("## Het artikel")
