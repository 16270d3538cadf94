"""The pages of the site as Markdown: the text of editors, with the parts that the generator makes.

Links lead from page to page, so that any program with this dialect can make the site from what is rendered here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import groupby, islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from generator.content.certainties import IDS, list_headings
from generator.content.editions import SECTIONS
from generator.content.markdown.marks import rewrite_items, rewrite_links
from generator.content.markdown.reader import read_marks
from generator.content.pages import MARKERS
from generator.content.pages.templates import INDEX
from generator.model import ENGLISH, Artifact, Language
from generator.render.dates import say_date, say_day, say_not_out
from generator.render.feed.feedlist import OPML, Format, list_feeds
from generator.render.links import ARCHIVE, COURSE, Place, address_forward, locate
from generator.render.markdown import escape_markdown, render_notes, render_plain
from generator.render.page.certainties import (
    render_assessment,
    render_seven,
    render_specimen,
    render_team,
)
from generator.render.page.evidence import render_evidence
from generator.render.page.leads import find_lead
from generator.render.page.signup import render_form
from generator.render.templating import render_template
from generator.settings import is_placeholder
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Certainty, Edition, Lesson, Page, Template
    from generator.words import Table

LATEST_OF_CERTAINTY = 5
"""How many letters the page of a certainty lists."""

LATEST_OF_ITEM = 3
"""How many letters are listed beside a checklist item that they used."""

_ABOUT = "about-the-numbers.md"
_MARKER = re.compile(rf"^<!--\s*({'|'.join(MARKERS)})\s*-->$", re.MULTILINE)
_SIGNING_UP = re.compile(r"^(<!--\s*subscribe\s*-->)$.*?(?=^##? |\Z)", re.MULTILINE | re.DOTALL)
"""The marker of the form with the text below it, to the next heading: it tells what only a site with a service has."""
_LEAD = re.compile(r"\*\*((?:(?!\*\*).)+)\*\*(?:\n\n|\Z)", re.DOTALL)
"""The bold paragraph with which the first section of a certainty begins: its idea in one sentence."""
_HEADINGS = [re.compile(f"^## {heading}$", re.MULTILINE) for heading in SECTIONS]


def render_pages(
    newsletter: Newsletter, language: Language, now: datetime | None = None
) -> tuple[Artifact, ...]:
    """Every page of a language and the pictures of its letters; paths are below the language's folder.

    Letters that are published after `now` are marked wherever they are named; without it, none is.
    """
    letters = tuple(newsletter.archive.editions(language))
    pages: dict[str, bytes] = {}
    both_sides = zip((None, *letters), (*letters[1:], None), strict=False)
    for number, edition, both in zip(range(len(letters), 0, -1), letters, both_sides, strict=False):
        pages[edition.page] = _render_edition(newsletter, edition, number, both, now)
    pictures = [
        Artifact(PurePosixPath(edition.page).with_suffix("") / image.name, image.source)
        for edition in letters
        for image in edition.images.values()
    ]
    return (
        *render_playbook(newsletter, language, now),
        *(Artifact(PurePosixPath(path), content) for path, content in pages.items()),
        *pictures,
    )


def render_playbook(
    newsletter: Newsletter, language: Language, now: datetime | None = None
) -> tuple[Artifact, ...]:
    """The same without the pages and the pictures of letters; the list of all letters is there."""
    playbook, letters = newsletter.playbook, tuple(newsletter.archive.editions(language))
    pages = {
        f"{page.name}.md": _render_page(newsletter, page, letters, now) for page in playbook.pages[language]
    }
    for certainty in playbook.certainties[language]:
        pages[certainty.page] = _render_certainty(newsletter, certainty, now)
    for template in playbook.templates[language]:
        pages[template.page] = _render_template(newsletter, template)
    course = playbook.lessons[language]
    for place, lesson in enumerate(course):
        beside = (
            course[place + 1] if lesson is not course[-1] else None,
            course[place - 1] if place else None,
        )
        pages[lesson.page] = render_lesson(newsletter, lesson, beside)
    pages[ARCHIVE] = _render_archive(newsletter, language, letters, now)
    return tuple(Artifact(PurePosixPath(path), content) for path, content in pages.items())


def render_edition(newsletter: Newsletter, edition: Edition) -> bytes:
    """The page of one letter as it will be published; also of a draft, which `render_pages` leaves out."""
    archive = newsletter.archive
    return _render_edition(newsletter, edition, archive.number(edition), archive.beside(edition))


def _render_page(
    newsletter: Newsletter, page: Page, letters: Sequence[Edition], now: datetime | None
) -> bytes:
    writer = _Writer(newsletter, page.language, f"{page.name}.md", now)
    parts: dict[str, Callable[[], str]] = {
        "letters": lambda: writer.sample(letters),
        "evidence": lambda: render_evidence(newsletter, page.language),
        "feeds": writer.feeds,
        "subscribe": writer.subscribe,
        "specimen": lambda: render_specimen(newsletter, page.language, writer.path),
        "seven": lambda: render_seven(newsletter, page.language, writer.path),
        "assessment": lambda: render_assessment(newsletter, page.language, writer.path),
        "team": lambda: render_team(newsletter, page.language, writer.path),
        "templates": lambda: writer.templates(newsletter.playbook.templates[page.language], marked=True),
        "course": writer.course,
        "kept": lambda: '<div class="kept" id="kept"></div>',
        "publisher": writer.publisher,
        "editors": writer.editors,
        "article": writer.article,
    }
    markdown = page.markdown if newsletter.settings.service_url else _SIGNING_UP.sub(r"\1\n\n", page.markdown)
    markers = {marker[1] for marker in _MARKER.finditer(markdown)}
    return writer.render(
        "page/page.md",
        title=page.title,
        heading=page.heading,
        summary=page.summary,
        text=_MARKER.sub(lambda marker: parts[marker[1]](), writer.text(page.source, markdown)),
        notes=writer.notes(markdown),
        shown=letters if "letters" in markers else (),
    )


def _render_certainty(newsletter: Newsletter, certainty: Certainty, now: datetime | None) -> bytes:
    language, feeds = certainty.language, list_feeds(newsletter)
    writer = _Writer(newsletter, language, certainty.page, now)
    letters = tuple(islice(newsletter.archive.editions(language, certainty.id), LATEST_OF_CERTAINTY))
    feed = next(feed for feed in feeds if (feed.language, feed.certainty) == (language, certainty.id))
    own = [one for one in newsletter.playbook.templates[language] if one.certainty == certainty.id]
    below = {list_headings(newsletter.root, language)["checklist"]: writer.templates(own)} if own else {}
    lead, text = _open(certainty, writer.words["why"], below)
    return writer.render(
        "page/certainty.md",
        title=certainty.title,
        summary=certainty.summary,
        id=certainty.id,
        order=writer.words["opener"].format(order=certainty.order, count=len(IDS), minutes=certainty.minutes),
        lead=writer.text(certainty.source, lead),
        week=writer.week(certainty),
        text=writer.text(certainty.source, text),
        notes=writer.notes(certainty.markdown),
        shown=letters,
        letters=writer.letters(letters) if letters else "",
        archive=f"{writer.link(ARCHIVE)}#{certainty.id}",
        feed=feed.url(newsletter.settings, Format.RSS),
    )


def _render_template(newsletter: Newsletter, template: Template) -> bytes:
    writer = _Writer(newsletter, template.language, template.page, None)
    certainty = newsletter.playbook.certainty(template.language, template.certainty)
    items = [newsletter.playbook.item(template.language, item) for item in template.items]
    return writer.render(
        "page/template.md",
        title=template.title,
        summary=template.summary,
        text=writer.text(template.source, template.markdown),
        notes=writer.notes(template.markdown),
        shown=(),
        mark=f"marks/{certainty.id}.svg",
        certainty=certainty.title,
        back=Place(certainty.language, certainty.page).address_from(template.page),
        items=[{"text": item.text, "link": f"{writer.link(owner.page)}#{item.id}"} for owner, item in items],
        index=writer.link(f"{INDEX}.md") if writer.has(INDEX) else "",
    )


def _open(certainty: Certainty, why: str, below: Mapping[str, str]) -> tuple[str, str]:
    """The lead of the page, with the anchor of the first section, and the text below it.

    `below` has what stands at the end of a section, by its heading.

    What the first section says more is why, and is called so. Without a lead, everything stays as it was written.
    """
    first, *others = certainty.sections
    parts = [
        f"## {section.heading}\n\n{section.body}\n\n{below.get(section.heading, '')}".rstrip("\n")
        for section in others
    ]
    found = _LEAD.match(first.body)
    if found is None:
        return "", "\n\n".join([f"## {first.heading}\n\n{first.body}", *parts])
    anchor = read_marks(f"## {first.heading}").headings[0].anchor
    if more := first.body[found.end() :].strip("\n"):
        parts.insert(0, f"## {why}\n\n{more}")
    return f"{found[1]}\n{{ .certainty-lead #{anchor} }}", "\n\n".join(parts)


def _render_edition(
    newsletter: Newsletter,
    edition: Edition,
    number: int,
    beside: tuple[Edition | None, Edition | None],
    now: datetime | None = None,
) -> bytes:
    """`beside` it are the newer one and the older one."""
    newer, older = beside
    settings, language = newsletter.settings, edition.language
    writer, date = _Writer(newsletter, language, edition.page, now), say_date(edition.published, language)
    return writer.render_letter(
        edition,
        "page/letter.md",
        letter=settings.letter,
        forwarded_for=writer.words["forwarded_for"],
        which=writer.words["number"],
        number=writer.words["number"].format(number=number),
        date=date,
        found_as=f"{date} · {newsletter.playbook.certainty(language, edition.certainty).title}",
        not_out=writer.not_out(edition),
        others=writer.words["other_letters"],
        older=older and writer.letter(older, number - 1),
        newer=newer and writer.letter(newer, number + 1),
        coming=None if newer else writer.coming(edition, number + 1),
        archive=writer.link(ARCHIVE),
    )


def render_lesson(
    newsletter: Newsletter, lesson: Lesson, beside: tuple[Lesson | None, Lesson | None]
) -> bytes:
    """The page of a lesson; `beside` it are the next one and the one before."""
    after, before = beside
    writer = _Writer(newsletter, lesson.language, lesson.page, None)
    place = writer.words["lesson"].format(order=lesson.order, count=len(IDS))
    certainty = newsletter.playbook.certainty(lesson.language, lesson.certainty)
    return writer.render_letter(
        lesson,
        "page/lesson.md",
        letter=writer.words["course"],
        forwarded_for=writer.words["lesson_forwarded_for"],
        which=writer.words["lesson_number"],
        number=place,
        found_as=f"{writer.words['course']}, {place} · {certainty.title}",
        date="",
        not_out="",
        others=writer.words["other_lessons"],
        older=before and writer.lesson(before),
        newer=after and writer.lesson(after),
        coming=None,
        index=writer.link(COURSE) if writer.has(COURSE.removesuffix(".md")) else "",
    )


def _split(text: str, language: Language) -> tuple[str, str]:
    """The thought and the action, each with its heading. The author uses these English words in Dutch too."""
    if language != ENGLISH:  # said aloud, they should be English
        text = _HEADINGS[0].sub(r"\g<0> { lang=en }", text, count=1)
    all_found = list(_HEADINGS[1].finditer(text))
    if not all_found:  # a draft
        return text, ""
    found = all_found[-1]  # above the heading, code may have such a line
    heading = found[0] if language == ENGLISH else f"{found[0]} {{ lang=en }}"
    return text[: found.start()].rstrip("\n"), heading + text[found.end() :]


def _mailto(address: str, subject: str, body: str = "") -> str:
    text = f"&body={quote(body, safe='')}" if body else ""
    return f"mailto:{address}?subject={quote(subject, safe='')}{text}"


def _link(text: str, address: str) -> str:
    """A text for Markdown, as a link when there is an address."""
    return f"[{escape_markdown(text)}]({address})" if address else escape_markdown(text)


def _render_archive(
    newsletter: Newsletter, language: Language, letters: Sequence[Edition], now: datetime | None
) -> bytes:
    writer = _Writer(newsletter, language, ARCHIVE, now)
    settings, count = newsletter.settings, Counter(letter.certainty for letter in letters)
    newest = next((letter for letter in letters if not writer.not_out(letter)), None)
    numbered = [
        (letter.published.year, writer.letter(letter, len(letters) - place))
        for place, letter in enumerate(letters)
    ]
    return writer.render(
        "page/archive.md",
        title=writer.words["letters"],
        summary=writer.words["archive_summary"].format(letter=settings.letter),
        notes="",
        shown=letters,
        letter=escape_markdown(settings.letter),
        tagline=escape_markdown(settings.channels[language].tagline),
        coming=writer.coming(newest, 0) if newest else None,
        years=[
            (year, [letter for _, letter in found])
            for year, found in groupby(numbered, key=lambda entry: entry[0])
        ],
        certainties=[
            {"id": certainty.id, "title": certainty.title, "count": count[certainty.id]}
            for certainty in newsletter.playbook.certainties[language]
        ],
        all=len(letters),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one page in one language: its links are relative to `path`, and `now` says which letters are published."""

    newsletter: Newsletter
    language: Language
    path: str
    now: datetime | None

    @property
    def words(self) -> Table:
        """What pages say in this language."""
        return load_words(self.newsletter.root)[self.language]["site"]

    def render(
        self,
        template: str,
        *,
        title: str,
        summary: str,
        shown: Sequence[Edition | Lesson],
        heading: str = "",
        **values: Any,
    ) -> bytes:
        """The whole page; `shown` are the letters on it, newest first. Raises TemplateError."""
        return render_template(
            self.newsletter.root,
            template,
            # MkDocs does not escape either for HTML. A JSON string is also a YAML string.
            title=json.dumps(escape(title), ensure_ascii=False),
            description=json.dumps(escape(summary), ensure_ascii=False),
            updated=shown[0].updated.date().isoformat() if shown else self._beginning(),
            heading=escape_markdown(heading or title),
            words=self.words,
            **values,
        ).encode()

    def render_letter(self, text: Edition | Lesson, template: str, **values: Any) -> bytes:
        """The page of what reads like a letter: its text, the action in a box, and how to send it on."""
        settings, language = self.newsletter.settings, self.language
        certainty = self.newsletter.playbook.certainty(language, text.certainty)
        about = self.entry(certainty.title, certainty.page)
        thought, action = _split(self.text(text.source, text.markdown), language)
        url = address_forward(settings, settings.page_url(language, text.page))
        return self.render(
            template,
            title=text.title,
            summary=text.summary,
            thought=thought,
            action=action,
            notes=self.notes(text.markdown),
            shown=(text,),
            minutes=text.minutes,
            mark=f"marks/{certainty.id}.svg",
            byline=self.words["byline"].format(
                sender=escape_markdown(settings.sender_name), certainty=f"[{about['title']}]({about['link']})"
            ),
            corrected=say_date(text.updated, language) if text.updated != text.published else "",
            write_back=_mailto(settings.reply_to, f"Re: {text.title}"),
            signup=bool(settings.service_url),
            checklist=self.whole_checklist(about["title"]),
            certainty=about["link"],
            url=url,
            mailto=_mailto("", text.title, f"{text.summary}\n\n{url}"),
            **values,
        )

    def text(self, source: Path, markdown: str) -> str:
        """A text for this page: links are relative to it, and checklist items are a plain list with boxes."""
        marks = read_marks(markdown)
        text = rewrite_links(markdown, marks, lambda target: self._lead(source, target))
        return rewrite_items(text, marks, self._item).strip("\n")

    def notes(self, markdown: str) -> str:
        """The part below a text: the marker where footnotes go, and the notes of the facts that it cites."""
        if not read_marks(markdown).footnotes:
            return ""
        notes = render_notes(self.newsletter, self.language, markdown, self.link(_ABOUT))
        return f"///Footnotes Go Here///\n\n{notes}".strip()

    def letters(self, letters: Sequence[Edition]) -> str:
        """A list of letters about one certainty, with their summaries."""
        return self._part("page/letters.html", letters=[self.letter(one) for one in letters], lead="")

    def sample(self, letters: Sequence[Edition]) -> str:
        """The newest letter with its first sentences."""
        lead = find_lead(self.newsletter, letters[0]) if letters else ""
        return self._part(
            "page/letters.html", letters=[self.letter(one) for one in letters[:1]], lead=lead, how=""
        )

    def templates(self, templates: Sequence[Template], *, marked: bool = False) -> str:
        """A list of templates with their summaries; on a page of its own, each has the mark of its certainty."""
        entries = [
            {
                "title": one.title,
                "summary": one.summary,
                "address": Place(self.language, one.page).address_from(self.path),
                "certainty": one.certainty,
                "about": self._title(one.certainty),
            }
            for one in templates
        ]
        return self._part("page/templates.html", templates=entries, marked=marked)

    def course(self) -> str:
        """The lessons of the course in their order, and how to follow them by feed."""
        lessons = self.newsletter.playbook.lessons[self.language]
        feeds = (one for one in list_feeds(self.newsletter) if one.course and one.language == self.language)
        feed = next((one.url(self.newsletter.settings, Format.RSS) for one in feeds), "")
        return self._part("page/course.html", lessons=[self.lesson(one) for one in lessons], feed=feed)

    def lesson(self, lesson: Lesson) -> dict[str, Any]:
        """The values of a lesson in a list, and as the neighbour of another."""
        return {
            "title": lesson.title,
            "address": Place(self.language, lesson.page).address_from(self.path),
            "number": lesson.order,
            "summary": lesson.summary,
            "certainty": lesson.certainty,
            "about": self._title(lesson.certainty),
            "not_out": "",
        }

    def has(self, name: str) -> bool:
        """Whether this language has a page."""
        return any(page.name == name for page in self.newsletter.playbook.pages[self.language])

    def week(self, certainty: Certainty) -> str:
        """The field of a certainty with the item to do next, and a link to all of them."""
        items = [{"id": item.id, "text": render_plain(item.text)} for item in certainty.items]
        script = load_words(self.newsletter.root)[self.language]["script"]
        return self._part("page/strip.html", items=items, script=script)

    def feeds(self) -> str:
        """The main feed of this language; and folded every other, the main ones of the others, and the list of all."""
        settings = self.newsletter.settings
        feeds = sorted(list_feeds(self.newsletter), key=lambda feed: feed.language != self.language)
        entries = [
            (feed.title, [(form.label, feed.url(settings, form)) for form in Format])
            for feed in feeds
            if feed.language == self.language or feed.main
        ]
        main, opml = feeds[0].url(settings, Format.RSS), f"{settings.site_url}{OPML}"
        return self._part("page/feeds.html", main=main, feeds=entries, opml=opml)

    def subscribe(self) -> str:
        """The form to subscribe by email, or a sentence that there is none, which stands for the text below it too."""
        settings, privacy = (
            self.newsletter.settings,
            Place(self.language, "privacy.md").address_from(self.path),
        )
        lessons = bool(self.newsletter.playbook.lessons[self.language])
        form = render_form(self.newsletter.root, settings, self.language, privacy, lessons=lessons)
        return form or self.words["signup_none"]

    def publisher(self) -> str:
        """Who publishes the site and the letter, and how to reach them."""
        settings, publisher = self.newsletter.settings, self.newsletter.settings.publisher
        return self._part(
            "page/publisher.md",
            publisher=self._filled(publisher.name),
            postal=escape_markdown(settings.postal),
            kvk=publisher.kvk and self._filled(publisher.kvk),
            email=escape_markdown(settings.contact),
            address=settings.contact,
        )

    def editors(self) -> str:
        """Who writes and edits, and who answers replies to the letter."""
        publisher = self.newsletter.settings.publisher
        return self._part(
            "page/editors.md",
            editors=", ".join(map(self._filled, publisher.editors)),
            replies=self._filled(publisher.replies),
        )

    def article(self) -> str:
        """Which article the playbook grew out of; empty when the settings name none."""
        article = self.newsletter.settings.publisher.article
        if article is None:
            return ""
        sentences = [
            self.words["article_from"].format(
                article=_link(article.title, article.url), author=_link(article.author, article.author_url)
            )
        ]
        if article.publication:
            publication = escape_markdown(article.publication)
            sentences.append(self.words["article_first"].format(publication=publication))
        return " ".join(sentences)

    def _filled(self, text: str) -> str:
        """A value of [publisher] for Markdown; a placeholder is told in words."""
        return self.words["not_filled_in"] if is_placeholder(text) else escape_markdown(text)

    def letter(self, letter: Edition, number: int = 0) -> dict[str, Any]:
        """The values of a letter in a list; who has counted already says its number."""
        return {
            "title": letter.title,
            "address": Place(self.language, letter.page).address_from(self.path),
            "number": number or self.newsletter.archive.number(letter),
            "day": say_day(letter.published, self.language),
            "published": letter.published.astimezone(self.newsletter.settings.timezone).date().isoformat(),
            "summary": letter.summary,
            "certainty": letter.certainty,
            "about": self._title(letter.certainty),
            "not_out": self.not_out(letter),
        }

    def _title(self, certainty_id: str) -> str:
        """What a certainty is called; empty when its page cannot be read, which stops no letter about another."""
        certainties = self.newsletter.playbook.certainties[self.language]
        return next((one.title for one in certainties if one.id == certainty_id), "")

    def coming(self, newest: Edition, number: int) -> dict[str, Any] | None:
        """The number and the date of the letter after the newest one, until it should be out; no word of it."""
        settings, week = self.newsletter.settings, newest.week.next()
        while settings.skips(week):
            week = week.next()
        moment = settings.send_time(week)
        if self.now is None or moment <= self.now:
            return None
        return {"number": number, "date": say_date(moment, self.language)}

    def whole_checklist(self, certainty: str) -> str:
        """What the letter calls the link to the page of its certainty, in a mail too."""
        words = load_words(self.newsletter.root)[self.language]["letter"]
        return words["whole_checklist"].format(certainty=certainty)

    def not_out(self, letter: Edition) -> str:
        """The label of a letter that is not published yet, or empty."""
        if self.now is None or letter.published <= self.now:
            return ""
        local = letter.published.astimezone(self.newsletter.settings.timezone)
        return say_not_out(local, self.language, self.newsletter.root)

    def entry(self, title: str, path: str) -> dict[str, str]:
        """The values of a page in a list."""
        return {"title": escape_markdown(title), "link": self.link(path)}

    def link(self, path: str) -> str:
        """The link from this page to another one of its language."""
        return Place(self.language, path).seen_from(self.path, self.language, self.newsletter.settings)

    def _beginning(self) -> str:
        """The date of a page without letters: for the archive the start of its feeds, and for others none."""
        # The sitemap of MkDocs needs one date at least; render.feeds dates an empty feed in the same way.
        return (
            f"{self.newsletter.settings.id_authority.rpartition(',')[2]}-01-01"
            if self.path == ARCHIVE
            else ""
        )

    def _part(self, template: str, **values: Any) -> str:
        return render_template(self.newsletter.root, template, words=self.words, **values).strip()

    def _lead(self, source: Path, target: str) -> str:
        place = locate(self.newsletter, source, self.language, target)
        if place is None:
            return target
        return quote(place.seen_from(self.path, self.language, self.newsletter.settings), safe="/:#")

    def _item(self, beginning: str, text: str, item_id: str) -> str:
        # A box that cannot be ticked is a character and no form field. On a line of its own, attr_list takes the
        # attributes for the `li`; only the page of the certainty has the id, and letters link to it.
        bullet, _, box = beginning.partition("[")
        certainty = self.newsletter.playbook.item(self.language, item_id)[0]
        letters: list[dict[str, str]] = []
        if on_page := certainty.page == self.path:
            letters, attributes = self._letters_with(certainty, item_id), f"{{ #{item_id} .item }}"
        else:
            text = f"[{text}]({self.link(certainty.page)}#{item_id})"
            attributes = f"{{ .item data-item={item_id} }}"
        box = "☐" if box.startswith(" ") else "☑"
        templates = [
            {"title": one.title, "address": Place(self.language, one.page).address_from(self.path)}
            for one in self.newsletter.playbook.templates_for(self.language, item_id)
        ]
        values = {"box": box, "text": text, "letters": letters, "templates": templates}
        label = self._part("page/item.md", id=on_page and item_id, **values)
        return f"{bullet}{label}\n{' ' * len(bullet)}{attributes}"

    def _letters_with(self, certainty: Certainty, item_id: str) -> list[dict[str, str]]:
        """The latest letters that used an item."""
        letters = self.newsletter.archive.editions(self.language, certainty.id)
        return [
            {
                "day": say_day(letter.published, self.language),
                "link": self.link(letter.page),
                "not_out": self.not_out(letter),
            }
            for letter in islice((one for one in letters if item_id in one.actions), LATEST_OF_ITEM)
        ]
