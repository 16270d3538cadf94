"""The text of the book as trees, in the order of its chapters, with every fact that it cites as a note at the end.

Both forms of the book are made from what is rendered here: neither says anything of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import html

from generator.content.certainties import IDS
from generator.content.markdown.marks import rewrite_items, split_sections
from generator.content.markdown.reader import read_marks
from generator.content.pages import MARKERS
from generator.errors import ContentError, RequestError
from generator.model import Message, Problem
from generator.render.dates import say_day
from generator.render.links import locate
from generator.render.markdown import escape_markdown, name_asides, render_address, to_clean_html
from generator.render.templating import render_template
from generator.settings import PATH as SETTINGS
from generator.settings import is_placeholder
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lxml.html import HtmlElement

    from generator.content import Newsletter
    from generator.model import Certainty, Fact, Language, Template
    from generator.words import Table

ASSESSMENT, TEMPLATES, NUMBERS, GLOSSARY, NOTES = "assessment", "templates", "numbers", "glossary", "notes"

_PAGES = {NUMBERS: "about-the-numbers", GLOSSARY: "glossary"}
"""The chapters that are pages of the site, by name."""

_LEAD = re.compile(r"\*\*((?:(?!\*\*).)+)\*\*(?:\n\n|\Z)", re.DOTALL)
"""The bold paragraph with which the first section of a certainty begins: its idea in one sentence."""

_ITEM = "#item="
"""Before the id of a checklist item, in an address that only this module sees."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, or a part of the chapter before it. Links in its trees lead to the ids of chapters, items and notes.

    A checklist item is an `li` of the class `item`; a reference to a note is a `sup` of the class `note`.
    """

    id: str
    title: str
    body: HtmlElement
    """A `div` with blocks; the headings in it begin with `h2`."""
    part: bool = False
    """Whether it stands below the chapter before it."""
    lead: HtmlElement | None = None
    """What it says in one sentence."""
    order: int = 0
    """The number of its certainty, or 0."""
    above: str = ""
    """What stands above its title."""
    mark: str = ""
    """The certainty whose drawing stands above it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What stands behind a sentence."""

    number: int
    body: HtmlElement
    first: str
    """The chapter that refers to it first."""


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book in one language."""

    language: Language
    title: str
    description: str
    author: str
    edition: str
    """Which edition it is, in words."""
    day: datetime
    url: str
    """Where the playbook is on the site."""
    chapters: tuple[Chapter, ...]
    """Without the notes, which stand before the last one."""
    notes: tuple[Note, ...]
    marks: tuple[str, ...]
    """The drawings of the certainties, in their order."""
    words: Table

    @property
    def name(self) -> str:
        """What its files are called, without their ends."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "book"


def render_book(newsletter: Newsletter, language: Language) -> Book:
    """The book in one language. Raises RequestError without an edition, and ContentError for what it cannot show."""
    return _Writer(newsletter, language).write()


class _Writer:
    def __init__(self, newsletter: Newsletter, language: Language) -> None:
        self._newsletter, self._language = newsletter, language
        self._words = load_words(newsletter.root)[language]["book"]
        self._site_words = load_words(newsletter.root)[language]["site"]
        self._chapter = ""
        self._notes: dict[str, Note] = {}
        playbook = newsletter.playbook
        self._certainties = playbook.certainties[language]
        self._templates = playbook.templates[language]
        self._anchors = {certainty.page: certainty.id for certainty in self._certainties}
        self._anchors |= {one.page: _anchor(one) for one in self._templates}
        self._anchors |= {"assessment.md": ASSESSMENT} | {f"{page}.md": name for name, page in _PAGES.items()}
        if self._templates:
            self._anchors[f"{TEMPLATES}/index.md"] = TEMPLATES
        self._places = {*self._anchors.values(), NOTES}
        self._items = {item.id for certainty in self._certainties for item in certainty.items}
        self._places |= self._items

    def write(self) -> Book:
        newsletter, language, words = self._newsletter, self._language, self._words
        settings = newsletter.settings
        channel, edition = settings.channels[language], settings.book
        if edition is None:
            raise RequestError(
                f"{SETTINGS} has no table [book], which says the edition of the book; add one with “edition = 1” "
                "and “date = 2026-12-01”"
            )
        chapters = [Chapter("how", words["how"], self._read(words["how_text"]))]
        chapters += [self._write_certainty(one) for one in self._certainties]
        chapters += self._write_assessment()
        chapters += self._write_templates()
        chapters += self._write_pages()
        day = datetime.combine(edition.day, time(), UTC)
        said = words["edition"].format(edition=edition.number, day=say_day(day, language))
        digest = _digest(channel.site_name, chapters, self._notes.values())
        chapters.append(Chapter("colophon", words["colophon"], self._write_colophon(said, digest)))
        return Book(
            language=language,
            title=channel.site_name,
            description=channel.description,
            author=settings.sender_name
            if is_placeholder(settings.publisher.name)
            else settings.publisher.name,
            edition=said,
            day=day,
            url=settings.url(language),
            chapters=tuple(chapters),
            notes=tuple(self._notes.values()),
            marks=tuple(one.id for one in self._certainties),
            words=words,
        )

    # --- Chapters ---

    def _write_certainty(self, certainty: Certainty) -> Chapter:
        self._chapter = certainty.id
        first, *others = certainty.sections
        lead, parts = None, [f"## {section.heading}\n\n{section.body}" for section in others]
        if found := _LEAD.match(first.body):
            lead = self._read(found[1], certainty.source)[0]
            if more := first.body[found.end() :].strip("\n"):
                parts.insert(0, f"## {self._site_words['why']}\n\n{more}")
        else:
            parts.insert(0, f"## {first.heading}\n\n{first.body}")
        above = self._site_words["order"].format(order=certainty.order, count=len(IDS))
        body = self._read("\n\n".join(parts), certainty.source)
        return Chapter(
            certainty.id,
            certainty.title,
            body,
            lead=lead,
            order=certainty.order,
            above=above,
            mark=certainty.id,
        )

    def _write_assessment(self) -> list[Chapter]:
        self._chapter = ASSESSMENT
        assessment = self._newsletter.playbook.assessment[self._language]
        title = next(
            (
                page.title
                for page in self._newsletter.playbook.pages[self._language]
                if page.name == ASSESSMENT
            ),
            "",
        )
        text = render_template(
            self._newsletter.root,
            "book/assessment.html",
            certainties=self._certainties,
            assessment=assessment,
            most=sum(len(aspect.anchors) - 1 for aspect in assessment.aspects),
            words={**self._site_words, **self._words},
        )
        return [Chapter(ASSESSMENT, title or self._words["scales"], _parse(text))]

    def _write_templates(self) -> list[Chapter]:
        if not self._templates:
            return []
        words = self._words
        listed = [
            f"- **[{escape_markdown(one.title)}](#{_anchor(one)})**  \n  {escape_markdown(one.summary)}"
            for one in self._templates
        ]
        body = self._read("\n\n".join([words["templates_text"], "\n".join(listed)]))
        chapters = [Chapter(TEMPLATES, self._site_words["templates"], body)]
        for one in self._templates:
            self._chapter = _anchor(one)
            certainty = self._newsletter.playbook.certainty(self._language, one.certainty)
            items = [f"[{item.text}](#{item.id})" for item in certainty.items if item.id in one.items]
            body = self._read(f"{words['helps_with']}: {' · '.join(items)}\n\n{one.markdown}", one.source)
            body[0].set("class", "quiet")
            for heading in list(body.iter("h2", "h3")):
                heading.tag = f"h{int(heading.tag[1]) + 1}"
            chapters.append(
                Chapter(_anchor(one), one.title, body, part=True, above=certainty.title, mark=certainty.id)
            )
        return chapters

    def _write_pages(self) -> list[Chapter]:
        pages = {page.name: page for page in self._newsletter.playbook.pages[self._language]}
        chapters = []
        for anchor, name in _PAGES.items():
            if page := pages.get(name):
                self._chapter = anchor
                chapters.append(
                    Chapter(anchor, page.title, self._read(_without_markers(page.markdown), page.source))
                )
        return chapters

    def _write_colophon(self, edition: str, digest: str) -> HtmlElement:
        words, settings = self._words, self._newsletter.settings
        publisher, article = settings.publisher, settings.publisher.article
        name = settings.sender_name if is_placeholder(publisher.name) else publisher.name
        lines = [
            f"**{escape_markdown(settings.channels[self._language].site_name)}.** {edition}. {escape_markdown(name)}.",
            words["newest"].format(url=f"<{settings.url(self._language)}>"),
            words["text"].format(digest=digest),
        ]
        if article:
            author = f"[{article.author}]({article.author_url})" if article.author_url else article.author
            lines.append(words["origin"].format(article=article.title, author=author))
        return self._read("\n\n".join([*lines, words["rights"]]))

    # --- Texts ---

    def _read(self, markdown: str, source: Path | None = None) -> HtmlElement:
        """A text as a clean tree. Its links lead within the book or to the site, and its footnotes are notes."""
        root = self._newsletter.root
        marks = read_marks(markdown)
        text = rewrite_items(markdown, marks, lambda start, text, item: f"{start}[{text}]({_ITEM}{item})")
        places = "\n\n".join(f"[^{fact}]: {fact}" for fact in marks.sources)
        words = load_words(root)[self._language]["aside"]
        tree = _parse(name_asides(to_clean_html(f"{text}\n\n{places}\n"), words))
        if (picture := next(tree.iter("img"), None)) is not None:
            shown = (source or root).relative_to(root)
            raise ContentError(
                [Problem(shown, None, Message("the book cannot show the picture “{}”", picture.get("src")))]
            )
        self._number_notes(tree, source)
        for link in list(tree.iter("a")):
            self._lead(link, source)
        self._mark_items(tree)
        return tree

    def _mark_items(self, tree: HtmlElement) -> None:
        """Make each checklist item an `li` of its own class and id, with its templates below it."""
        for box in list(tree.iter("input")):
            item = next(box.iterancestors("li"))
            box.drop_tag()
            item.set("class", "item")
            for link in [link for link in item.iter("a") if link.get("href", "").startswith(_ITEM)]:
                item.set("id", link.get("href", "").removeprefix(_ITEM))
                link.drop_tag()
            item.text = (item.text or "").lstrip() or None
            for one in self._templates:
                if item.get("id") in one.items:
                    item.append(
                        html.fragment_fromstring(f'<p class="quiet">{self._words["template_at"]} <a></a></p>')
                    )
                    link = next(item[-1].iter("a"))
                    link.text, link.attrib["href"] = one.title, f"#{_anchor(one)}"

    def _number_notes(self, tree: HtmlElement, source: Path | None) -> None:
        """Replace references to footnotes by the numbers of notes, and take the footnotes away."""
        own: dict[str, HtmlElement] = {}
        for block in [div for div in tree.iter("div") if div.get("class") == "footnote"]:
            for item in block.iterfind("ol/li"):
                for link in [link for link in item.iter("a") if link.get("class") == "footnote-backref"]:
                    own[_label(link)] = item
                    link.drop_tree()
            block.drop_tree()
        facts = self._newsletter.playbook.facts
        for link in [link for link in tree.iter("a") if link.get("class") == "footnote-ref"]:
            label, sup = _label(link), link.getparent()
            fact = facts.get(label)
            key = label if fact else f"{source}:{label}"
            if key not in self._notes:
                body = self._write_note(fact) if fact else own[label]
                body.tag = "div"
                self._notes[key] = Note(len(self._notes) + 1, body, self._chapter)
            number = self._notes[key].number
            link.drop_tree()
            sup.set("class", "note")
            sup.text = str(number)

    def _write_note(self, fact: Fact) -> HtmlElement:
        """The source of a fact, and how far it reaches."""
        words, language = self._site_words, self._language
        source = f"{escape_markdown(fact.source.rstrip('.'))}.{render_address(fact, words)}"
        business = words[f"business_{fact.business}"]
        about = {
            words["studied"]: f"{fact.studied[language]} {words['business']}: {business.lower()}.",
            words["found"]: fact.claim[language],
            words["concludes"]: fact.concludes[language],
            words["not_shown"]: fact.limits[language],
        }
        lines = [source, *(f"**{label}:** {escape_markdown(text)}" for label, text in about.items())]
        return _parse(to_clean_html("\n\n".join(lines)))

    def _lead(self, link: HtmlElement, source: Path | None) -> None:
        """Let a link lead to its place in the book where it has one, and otherwise to the site."""
        target = link.get("href")
        if target is None:  # its address was unsafe; the text stays
            link.drop_tag()
        elif target.startswith("#") and (target.startswith(_ITEM) or target[1:] in self._places):
            return
        elif source is not None:
            place = locate(self._newsletter, source, self._language, target)
            if place is None:
                return
            item = place.anchor.removeprefix("#")
            if place.language == self._language and place.path in self._anchors:
                link.set("href", f"#{item if item in self._items else self._anchors[place.path]}")
            else:
                link.set("href", place.url(self._newsletter.settings))
        elif target.removeprefix("#") == TEMPLATES and not self._templates:
            link.drop_tag()


def _anchor(template: Template) -> str:
    return f"template-{template.slug}"


def _label(link: HtmlElement) -> str:
    return unquote(link.get("href", "").partition(":")[2])


def _parse(text: str) -> HtmlElement:
    return html.fragment_fromstring(text, create_parent="div")


def _without_markers(markdown: str) -> str:
    """A page without the sections in which the site shows something of its own."""
    kept = []
    for heading, text, _ in split_sections(markdown, read_marks(markdown), 1):
        if not any(f"<!-- {marker} -->" in text for marker in MARKERS):
            kept.append(f"## {heading}\n{text}" if heading else text)
    return "\n".join(kept)


def _digest(title: str, chapters: Iterable[Chapter], notes: Iterable[Note]) -> str:
    """Eight digits that are others as soon as a word is."""
    said = blake2b(title.encode(), digest_size=4)
    for chapter in chapters:
        said.update(chapter.title.encode())
        for tree in (chapter.lead, chapter.body):
            said.update(html.tostring(tree) if tree is not None else b"")
    for note in notes:
        said.update(html.tostring(note.body))
    return said.hexdigest()
