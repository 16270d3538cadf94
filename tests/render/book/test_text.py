"""The text of the book: everything that readers find on the pages is in it."""

import re
import shutil
from pathlib import Path

import pytest

from generator.content.markdown.reader import read_marks
from generator.errors import ContentError, RequestError
from generator.render.book.text import Book
from tests.languages import EN, NL
from tests.render.book.books import add_edition, load_book, load_project, read_book, say

PICTURE = "newsletter/issues/2026-W47/two-contacts.png"


@pytest.fixture(scope="module", params=[NL, EN])
def book(request: pytest.FixtureRequest) -> Book:
    return load_book(request.param)


def test_every_item_of_every_checklist_has_an_empty_box(book: Book) -> None:
    certainties = load_project().playbook.certainties[book.language]
    wanted = [item.id for certainty in certainties for item in certainty.items]
    found = [
        li.get("id")
        for chapter in book.chapters
        for li in chapter.body.iter("li")
        if li.get("class") == "item"
    ]
    assert found == wanted
    assert len(found) == 42


def test_every_fact_that_is_cited_is_a_note_with_what_it_does_not_show(book: Book) -> None:
    playbook = load_project().playbook
    pages = [page for page in playbook.pages[book.language] if page.name in {"glossary", "about-the-numbers"}]
    texts = [*playbook.certainties[book.language], *pages, *playbook.templates[book.language]]
    cited = {fact for text in texts for fact in read_marks(text.markdown).sources}
    said = [" ".join(note.body.text_content().split()) for note in book.notes]
    assert [note.number for note in book.notes] == list(range(1, len(cited) + 1))
    for fact in cited:
        limits = playbook.facts[fact].limits[book.language]
        assert any(limits in note and playbook.facts[fact].claim[book.language] in note for note in said), (
            fact
        )


def test_questions_terms_and_templates_are_all_there(book: Book) -> None:
    assessment = load_project().playbook.assessment[book.language]
    text = say(book)
    questions = [question for asked in assessment.questions.values() for question in asked.values()]
    assert len(questions) == 21
    assert all(question in text for question in questions)
    titles = {chapter.title for chapter in book.chapters if chapter.part}
    assert titles == {one.title for one in load_project().playbook.templates[book.language]}
    glossary = next(chapter for chapter in book.chapters if chapter.id == "glossary")
    assert len(glossary.body.findall(".//dt")) > 25


def test_the_edition_is_that_of_the_settings_and_a_code_changes_with_the_words(sample: Path) -> None:
    add_edition(sample)
    before = read_book(sample)
    assert before.edition == "Editie 2, 30 november 2026"
    page = sample / "docs/nl/certainties/referral.md"
    page.write_text(page.read_text("utf-8").replace("## Strategie\n\n", "## Strategie\n\nKies. ", 1), "utf-8")
    codes = [
        re.findall(r"Tekst ([0-9a-f]{8})\.", say(one))
        for one in (before, read_book(sample), read_book(sample))
    ]
    assert codes[0] != codes[1] == codes[2]


def test_without_an_edition_there_is_no_book(sample: Path) -> None:
    with pytest.raises(RequestError, match=r"newsletter/settings\.toml has no table \[book\].*edition = 1"):
        read_book(sample)


def test_a_picture_is_refused_by_name(sample: Path) -> None:
    add_edition(sample)
    page = sample / "docs/nl/glossary.md"
    page.write_text(page.read_text("utf-8") + "\n![Kaart](map.png)\n", "utf-8")
    shutil.copy(sample / PICTURE, page.with_name("map.png"))
    with pytest.raises(
        ContentError, match=r"docs/nl/glossary\.md: the book cannot show the picture “map\.png”"
    ):
        read_book(sample)
