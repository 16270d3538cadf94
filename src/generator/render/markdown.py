"""The text of a letter as sanitised trees, which each channel renders in its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3
from lxml import html

from generator.content.markdown.dialect import make_parser
from generator.content.markdown.marks import rewrite_items
from generator.content.markdown.reader import read_marks
from generator.errors import ContentError
from generator.model import Edition, Message, Problem
from generator.render.links import Place, locate
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement
    from markdown import Markdown

    from generator.content import Newsletter
    from generator.model import Fact, Language, Lesson
    from generator.words import Table

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "del",
        "sup",
        "sub",
    ),
    *("ul", "ol", "li", "dl", "dt", "dd", "a", "abbr", "img", "input", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "div": {"class"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"style"},
    "th": {"style"},
}


@dataclass(frozen=True, slots=True)
class Letter:
    """The text of an edition as sanitised trees, with absolute links, and footnote references as plain numbers.

    A checklist item is an `li` of the class `open` or `done`, its text a link to the item in the playbook. Every `img`
    has alt, width and height. The elements are shared: a channel that changes them works on a copy.
    """

    sections: tuple[tuple[str, HtmlElement], ...]
    """Each heading, and a `div` with the content below it."""
    notes: tuple[HtmlElement, ...]
    """For each footnote, in the order of its number, a `div` with inline content."""


def render_letter(newsletter: Newsletter, edition: Edition | Lesson) -> Letter:
    """Parse and sanitise the Markdown of an edition, or of a lesson of the course."""
    settings, language = newsletter.settings, edition.language

    def link_item(beginning: str, text: str, item_id: str) -> str:
        page = newsletter.playbook.item(language, item_id)[0].page
        return f"{beginning}[{text}]({Place(language, page, f'#{item_id}').url(settings)})"

    facts, about = newsletter.playbook.facts, settings.page_url(language, "about-the-numbers.md")
    words = load_words(newsletter.root)[language]["shared"]
    text = edition.markdown
    marks = read_marks(text)
    # Many letters cite the same few facts, whose notes take as long as the letter: they are inserted afterwards.
    cited = {f"fact:{source}": _note(facts[source], language, about, words) for source in marks.sources}
    places = "\n\n".join(f"[^{place.removeprefix('fact:')}]: {place}" for place in cited)
    clean = to_clean_html(f"{rewrite_items(text, marks, link_item)}\n\n{places}\n")
    tree = _parse(name_asides(clean, load_words(newsletter.root)[language]["aside"]))
    _resolve(tree, newsletter, edition)
    _mark_items(tree)
    _keep_spaces(tree)
    notes = _take_notes(tree)
    return Letter(_split(tree), tuple(_put_fact(note, cited) for note in notes))


def name_asides(text: str, words: Mapping[str, str]) -> str:
    """Give each admonition without a title its word: Markdown takes the name of its kind, which is English."""

    def name(match: re.Match[str]) -> str:
        kind, title = match["kind"], match["title"]
        return f"{match['begin']}{words[kind] if kind in words and title == kind.capitalize() else title}"

    return _ASIDE.sub(name, text)


_ASIDE = re.compile(
    r'(?P<begin><div class="admonition (?P<kind>[a-z]+)[^"]*">\s*<p class="admonition-title">)(?P<title>[^<]*)'
)


def mark_outside(html: str, own: str) -> str:
    """Mark the links that lead away from the site, whose address is `own`: on paper they show where to.

    Where the site is served does not matter; a mirror or a preview has another address than the settings name.
    """

    def mark(match: re.Match[str]) -> str:
        return match[0] if unescape(match["url"]).startswith(own) else f'{match[0]} rel="external"'

    return _OUTSIDE.sub(mark, html)


_OUTSIDE = re.compile(r'<a\b(?![^>]*\srel=)[^>]*?\shref="(?P<url>https?://[^"]*)"')


def render_notes(newsletter: Newsletter, language: Language, markdown: str, about: str) -> str:
    """The definitions of the footnotes that a text uses, in Markdown; `about` is the page that lists the facts."""
    facts, words = newsletter.playbook.facts, load_words(newsletter.root)[language]["shared"]
    return "\n\n".join(
        f"[^{source}]: {_note(facts[source], language, about, words)}"
        for source in read_marks(markdown).sources
    )


def _note(fact: Fact, language: Language, about: str, words: Table) -> str:
    source = f"[{escape_markdown(fact.source.rstrip('.'))}]({about}#{fact.id})."
    limits = f"{words['limits']}: {escape_markdown(fact.limits[language])}"
    return f"{source}{render_address(fact, words)} {limits}"


def render_address(fact: Fact, words: Table) -> str:
    """Where a fact can be read, as Markdown that begins with a space, or nothing."""
    if fact.doi is not None:
        label = words["doi"] if fact.doi_checked else words["doi_unchecked"]
        return f" [{label} {escape_markdown(fact.doi)}](https://doi.org/{fact.doi})."
    return f" <{fact.url}>." if fact.url is not None else ""


def escape_markdown(text: str) -> str:
    """Text with everything escaped that Markdown would interpret."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")  # which have no backslash form
    return re.sub(r"([\\`*_\[\]>{}~|])", r"\\\1", text)


def render_plain(markdown: str) -> str:
    """The text of a checklist item without Markdown."""
    # Below a box, as it stands on its page: “1. …” alone would be a list.
    return " ".join(_parse(to_clean_html(f"☐ {markdown}")).text_content().split()).removeprefix("☐ ")


@cache
def _parser() -> Markdown:
    parser = make_parser()
    # The ids that toc gives to headings do not survive the cleaning, and take a tenth of the time.
    parser.treeprocessors.deregister("toc")
    return parser


@lru_cache(maxsize=8)
def to_raw_html(markdown: str) -> str:
    """What the parser makes of a text, before anything unsafe is taken out. For those who look, not for readers.

    The last few texts are remembered: mail, feed and checks ask for the same ones.
    """
    return _parser().reset().convert(markdown)


def to_clean_html(markdown: str) -> str:
    """The same without what an inbox or a feed reader must not get."""
    return clean_html(to_raw_html(markdown))


def clean_html(raw: str) -> str:
    """HTML of the parser without what an inbox or a feed reader must not get."""
    return nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto"},
        link_rel=None,
        filter_style_properties={"text-align"},
    )


_to_clean_html_once = lru_cache(maxsize=256)(to_clean_html)


def _parse(text: str) -> HtmlElement:
    return html.fragment_fromstring(text, create_parent="div")


def to_html(element: HtmlElement) -> str:
    """The content of an element as HTML, without the element."""
    inner = escape(element.text or "") + "".join(
        html.tostring(child, encoding="unicode") for child in element
    )
    return inner.strip()


def _resolve(tree: HtmlElement, newsletter: Newsletter, edition: Edition | Lesson) -> None:
    """Make every link and image absolute, and give each image its size."""
    for link in [link for link in tree.iter("a") if "href" not in link.attrib]:
        link.drop_tag()  # its address was unsafe; the text stays
    for element in tree.iter("a", "img"):
        key = "href" if element.tag == "a" else "src"
        target = element.get(key, "")
        if element.tag == "img":
            # A lesson has no pictures, which is said where it is read.
            image = edition.images.get(unquote(target)) if isinstance(edition, Edition) else None
            if image is None:  # so oddly named that cleaning changed it
                message = Message(
                    "the image “{}” has an unexpected form; put it on a line of its own: ![alt](name.png)",
                    target,
                )
                raise ContentError([Problem(edition.source.relative_to(newsletter.root), None, message)])
            element.set("width", str(image.width))
            element.set("height", str(image.height))
        elif element.get("class") in {"footnote-ref", "footnote-backref"}:
            continue
        place = locate(newsletter, edition.source, edition.language, target)
        # In plain text a space would end the address; HTML has it written this way by itself.
        element.set(key, place.url(newsletter.settings) if place is not None else target.replace(" ", "%20"))


def _mark_items(tree: HtmlElement) -> None:
    """Replace the checkbox of each checklist item by a class of its `li`: a mail cannot remember a tick."""
    for box in list(tree.iter("input")):
        item = next(box.iterancestors("li"))
        item.set("class", "done" if box.get("checked") is not None else "open")
        parent = box.getparent()
        parent.text = ((parent.text or "").strip() + (box.tail or "").lstrip()) or None
        box.tail = None
        parent.remove(box)


def _keep_spaces(tree: HtmlElement) -> None:
    """Make every second space in a row no-break in code within a line, where HTML would show only one of them."""
    for code in tree.iter("code"):
        if code.getparent().tag != "pre" and code.text:
            code.text = _SPACES.sub(lambda run: f" {_NO_BREAK * (len(run[0]) - 1)}", code.text)


_SPACES = re.compile(r"[ ]{2,}")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def _take_notes(tree: HtmlElement) -> tuple[HtmlElement, ...]:
    """Remove the footnotes from the tree; references to them become plain numbers, for links in a mail lead nowhere."""
    for link in list(tree.iter("a")):
        kind = link.attrib.pop("class", None)
        if kind == "footnote-ref":
            link.drop_tag()
        elif kind == "footnote-backref":
            link.drop_tree()
    block = next((div for div in tree.iter("div") if div.get("class") == "footnote"), None)
    if block is None:
        return ()
    notes = tuple(_unwrap(item) for item in block.findall("ol/li"))  # a note may have a list of its own
    block.drop_tree()
    return notes


def _put_fact(note: HtmlElement, cited: Mapping[str, str]) -> HtmlElement:
    """Replace the placeholder of a cited fact by its note; return a footnote of the letter itself as it is."""
    markdown = cited.get(note.text_content().strip())
    return note if markdown is None else _unwrap(_parse(_to_clean_html_once(markdown)))


def _unwrap(item: HtmlElement) -> HtmlElement:
    """A footnote without the space before its link back; and without its paragraph when it has only one block."""
    for paragraph in item.findall("p"):
        if not len(paragraph) and not (paragraph.text or "").strip():
            item.remove(paragraph)  # it had nothing but the link back
    note = item[0] if len(item) == 1 and item[0].tag == "p" else item
    note.tag, end = "div", note if note is not item or not len(item) else item[-1]
    if len(end):
        end[-1].tail = (end[-1].tail or "").rstrip("\N{NO-BREAK SPACE} \n") or None
    else:
        end.text = (end.text or "").rstrip("\N{NO-BREAK SPACE} \n")
    return note


def _split(tree: HtmlElement) -> tuple[tuple[str, HtmlElement], ...]:
    """The sections of a letter: the content below each `h2`."""
    sections: list[tuple[str, HtmlElement]] = []
    for element in list(tree):
        if element.tag == "h2":
            sections.append((element.text_content(), html.Element("div")))
        elif sections:
            sections[-1][1].append(element)
    return tuple(sections)
