"""The EPUB: what epubcheck looks at, as far as a test can without Java."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest
from lxml import etree, html

from generator.render.book.epub import render_epub
from generator.render.book.text import Book, render_book
from tests.languages import EN, NL
from tests.render.book.books import ROOT, load_book, load_project

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module", params=[NL, EN])
def book(request: pytest.FixtureRequest) -> Book:
    return load_book(request.param)


@pytest.fixture(scope="module")
def files(book: Book) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(render_epub(ROOT, book))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_reader_finds_the_media_type_first_and_uncompressed(book: Book) -> None:
    content = render_epub(ROOT, book)
    assert (content[30:38], content[38:58]) == (b"mimetype", b"application/epub+zip")
    assert content == render_epub(ROOT, render_book(load_project(), book.language))


def test_all_that_is_xml_is_well_formed_and_in_its_language(book: Book, files: Mapping[str, bytes]) -> None:
    pages = {
        name: etree.fromstring(data)
        for name, data in files.items()
        if name.endswith((".xhtml", ".opf", ".xml"))
    }
    assert len(pages) == len(book.chapters) + 5  # notes, cover, contents, package, container
    for name, root in pages.items():
        if name.endswith(".xhtml"):
            assert root.get("lang") == book.language
            assert root.find(f".//{XHTML}h1") is not None or name == "EPUB/cover.xhtml"


def test_the_package_names_every_file_and_says_what_it_needs_to(
    book: Book, files: Mapping[str, bytes]
) -> None:
    package = etree.fromstring(files["EPUB/package.opf"])
    space = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
    named = {f"EPUB/{item.get('href')}" for item in package.iterfind(".//o:item", space)}
    assert named == set(files) - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert package.findtext(".//dc:title", namespaces=space) == book.title
    assert package.findtext(".//dc:language", namespaces=space) == book.language
    properties = {meta.get("property") for meta in package.iterfind(".//o:meta", space)}
    assert properties >= {
        "dcterms:modified",
        "schema:accessMode",
        "schema:accessibilityFeature",
        "schema:accessibilityHazard",
        "schema:accessibilitySummary",
    }
    kinds = set(re.findall(rb'epub:type="([a-z]+)"', files["EPUB/contents.xhtml"]))
    assert kinds >= {b"toc", b"landmarks", b"cover", b"bodymatter", b"endnotes"}


def test_every_link_within_the_epub_leads_somewhere(files: Mapping[str, bytes]) -> None:
    trees = {name: html.fromstring(data) for name, data in files.items() if name.endswith(".xhtml")}
    anchors = {name: set(tree.xpath("//@id")) for name, tree in trees.items()}
    count = 0
    for name, tree in trees.items():
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        for target in tree.xpath("//a/@href"):
            if not target.startswith(("http", "mailto:")):
                page, _, anchor = target.partition("#")
                place = str(PurePosixPath("EPUB", page))
                assert place in trees, (name, target)
                assert not anchor or anchor in anchors[place], (name, target)
                count += 1
    assert count > 100
