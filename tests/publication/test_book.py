"""`generate book`: what is made, when it is made anew, and what the site does with it."""

import shutil
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from generator.cli.generate import main
from generator.content import load_newsletter
from generator.content.needs import need_book
from generator.publication.book import find_books, find_changed, make_books
from tests.clocks import STOPPED
from tests.languages import EN, NL
from tests.render.book.books import add_edition


@pytest.fixture
def project(sample: Path) -> Path:
    add_edition(sample)
    return sample


def generate(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], obj=STOPPED)


def change(root: Path) -> None:
    page = root / "docs/nl/glossary.md"
    page.write_text(page.read_text("utf-8") + "\nEn dat was het.\n", "utf-8")


def make(root: Path) -> dict[str, bytes]:
    make_books(load_newsletter(root, needs=need_book(root)), [NL, EN])
    return {one.path.name: one.path.read_bytes() for one in find_books(root)}


def list_tags(element: Any, found: Counter[str]) -> Counter[str]:
    element = element.get_object()
    if isinstance(element, list):
        for one in element:
            list_tags(one, found)
    elif isinstance(element, dict):
        found.update([element["/S"]] if "/S" in element else [])
        if "/K" in element:
            list_tags(element["/K"], found)
    return found


def test_a_pdf_says_what_it_is_to_who_cannot_see_it(project: Path) -> None:
    make(project)
    for language, name in ((NL, "de-7-zekerheden"), (EN, "the-7-certainties")):
        reader = PdfReader(project / f"build/book/{language}/{name}.pdf")
        root: Any = reader.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
        assert reader.metadata
        assert reader.metadata.title == load_newsletter(project).settings.channels[language].site_name
        assert reader.metadata.creation_date == datetime(2026, 11, 30, tzinfo=UTC)
        tags = list_tags(root["/StructTreeRoot"]["/K"], Counter())
        assert tags["/Title"] == 1
        assert tags["/H1"] >= 10
        assert tags["/Table"] == tags["/THead"] >= 8
        assert tags["/TH"] >= 8
        assert len(reader.outline) > 10
        links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
        assert links
        assert all("/Contents" in link for link in links)


def test_the_same_text_gives_the_same_bytes_anywhere(project: Path, tmp_path: Path) -> None:
    again = shutil.copytree(project, tmp_path / "again", symlinks=True)
    assert make(project) == make(again)


def test_a_book_is_made_anew_only_when_its_text_has_changed(project: Path) -> None:
    first = generate(project, "book")
    assert first.exit_code == 0, first.output
    assert first.output.count("now, in ") == 4
    paths = [one.path for one in find_books(project)]
    times = [path.stat().st_mtime_ns for path in paths]
    assert generate(project, "book").output.count("before; the text is the same") == 4
    assert [path.stat().st_mtime_ns for path in paths] == times
    newsletter = load_newsletter(project, needs=need_book(project))
    assert find_changed(newsletter) == ()
    change(project)
    assert find_changed(load_newsletter(project, needs=need_book(project))) == (NL,)
    third = generate(project, "book").output
    assert (third.count("now, in "), third.count("before; ")) == (2, 2)
    paths[-1].write_bytes(b"damaged")
    assert generate(project, "book").output.count("now, in ") == 2


def test_the_program_that_sets_it_may_be_missing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    done = generate(project, "book")
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: the book is set by Typst, which is not installed; run `make book`, which installs it first\n",
    )
    assert not (project / "build/book").exists()


def test_without_an_edition_it_says_where_one_is_written(sample: Path) -> None:
    done = generate(sample, "book")
    assert done.exit_code == 2
    assert "newsletter/settings.toml has no table [book]" in done.stderr


def test_the_site_has_the_book_that_was_made_and_none_otherwise(project: Path) -> None:
    done = generate(project, "site")
    assert done.exit_code == 0, done.output
    assert not (project / "site/book").exists()
    assert "Als boek" not in (project / "site/index.html").read_text("utf-8")
    books = make(project)
    change(project)
    done = generate(project, "site")
    assert "The book is of an earlier text (nl). To make it anew: generate book.\n" in done.output
    for folder, name in (("site", "de-7-zekerheden"), ("site/en", "the-7-certainties")):
        for form in ("pdf", "epub"):
            assert (project / folder / f"book/{name}.{form}").read_bytes() == books[f"{name}.{form}"]
    page = (project / "site/certainties/referral/index.html").read_text("utf-8")
    assert 'href="../../book/de-7-zekerheden.pdf" download type="application/pdf">Als boek: PDF, ' in page
