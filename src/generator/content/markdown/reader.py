"""Reads a Markdown text with the parser that renders it, so that what readers get is found, and nothing else.

The parser keeps no positions. Three things bring them back: the rows of fences and of raw HTML are noted while the
parser puts them aside, the lines of all other texts are found again (`places`), and the inline processors are asked
where they found what they make elements of (`tracing`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from html import unescape
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import ReferenceProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, AtomicString

from generator.content.markdown.dialect import make_parser
from generator.content.markdown.limits import LONGEST_PAGE, find_excess
from generator.content.markdown.marks import Block, Code, Heading, Item, Link, Marks, Reading, Span
from generator.content.markdown.places import Places
from generator.content.markdown.source import Source, count_starts
from generator.content.markdown.tracing import Found, Trace, list_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from markdown import Markdown

T = TypeVar("T")

_HEADING = re.compile(r"h[1-6]")
_KINDS = {**{f"h{level}": "heading" for level in range(1, 7)}, "li": "item", "td": "row", "th": "row"}
_UNDERLINE = re.compile(r"[ >]*(?:=+|-+)[ ]*")
_HASH = re.compile(r"[ >*+-]*#")
_OWN = re.compile("[\r\x02\x03]")
"""Characters that the parser would drop or uses itself; no file that we read has them."""
_INLINE = re.compile(r"[\\`\[!<&*_~]")
"""Without one of these a text has no marks in it, and no processor needs to look at it."""
_ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);", re.IGNORECASE)
_ITEM_ID = re.compile(r"[ \t]*\{:?[ \t]*#([\w-]+)[ \t]*\}[ \t]*$")
_COMMENT = re.compile(r"<!--(.*?)--!?>", re.DOTALL)
_TAG = re.compile(r"<(?:/?[A-Za-z]|[!?])[^<>\n]{0,30}>?")
_ATTRIBUTES = re.compile(r"[ ]+\{:?[ ]*[^}\n ][^\n]*\}[ ]*$")
_BEFORE = r"^(?:[ >]|(?:[*+:-]|\d+\.)[ ]|\[\^[^\]\n]*\]:)*"
_NOTE = re.compile(r"^(?:[ >]|(?:[*+:-]|\d+\.)[ ])*\[\^([^\]]*)\]:[ ]*(.*)$", re.MULTILINE)
_DEFINITION = re.compile(_BEFORE + ReferenceProcessor.RE.pattern.removeprefix("^[ ]{0,3}"), re.MULTILINE)
_ABBREVIATION = re.compile(_BEFORE + r"\*\[([^\\\n]*?)\][ ]?:", re.MULTILINE)


@lru_cache(maxsize=256)
def read_marks(markdown: str, first_line: int = 1) -> Marks:
    """What is in a text whose first line is `first_line` of its file.

    The last few texts are remembered, for most are asked for more than once. What is too much for the parser (`limits`)
    is not read. Raises RecursionError when blocks are nested too deep.
    """
    if not markdown.strip() or find_excess(markdown, LONGEST_PAGE):
        return Marks()
    with _one_at_a_time:
        try:
            return _reader().read(markdown, first_line)
        except RecursionError:
            _reader.cache_clear()  # its parser still believes to be in all those blocks
            raise


@lru_cache(maxsize=16)
def read_text(markdown: str, first_line: int = 1) -> Reading:
    """The same, and its words. Raises RecursionError when blocks are nested too deep."""
    if not markdown.strip() or find_excess(markdown, LONGEST_PAGE):
        return Reading(Marks(), re.sub(r"[^\n]", " ", markdown), ())
    with _one_at_a_time:
        return _reader().list_words(read_marks.__wrapped__(markdown, first_line))


_one_at_a_time = RLock()
"""A parser has one text, and the preview has threads."""


@cache
def _reader() -> _Reader:
    return _Reader()


class _Citation(InlineProcessor):
    """The mark of a footnote, also of one that the evidence explains: that note is added when a text is rendered."""

    def __init__(self, footnotes: Any) -> None:
        super().__init__(r"\[\^([^\]]*)\]", footnotes.md)
        self._footnotes = footnotes

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: ARG002, N802
        sup = Element("sup", {"id": f"fnref:{m[1]}"})
        number = (
            str([*self._footnotes.footnotes].index(m[1]) + 1) if m[1] in self._footnotes.footnotes else m[0]
        )
        SubElement(sup, "a", {"class": "footnote-ref"}).text = AtomicString(number)
        return sup, *m.span()


class _Placing(Treeprocessor):
    """Asks for the places of all texts when the blocks are known, and before their inline marks are."""

    def __init__(self, md: Markdown, place: Callable[[Element], None]) -> None:
        super().__init__(md)
        self._place = place

    def run(self, root: Element) -> None:
        self._place(root)


class _Reader:
    """A parser that notes where what it finds stands. It reads one text at a time."""

    def __init__(self) -> None:
        self._parser = parser = make_parser()
        self._footnotes: Any = parser.treeprocessors["footnote"].footnotes  # type: ignore[attr-defined]
        fences: Any = parser.preprocessors["fenced_code_block"]
        self._fences, self._replace_fences = fences, fences.reassemble
        fences.reassemble = self._note_fences
        parser.inlinePatterns.register(_Citation(self._footnotes), "footnote", 175)
        parser.treeprocessors.register(_Placing(parser, self._place_texts), "places", 22)
        parser.treeprocessors.deregister("footnote-reorder")  # the order of what is read is that of its lines
        parser.treeprocessors.deregister("footnote-duplicate")  # more links back, which nobody asks for
        self._trace = Trace(parser)

    def read(self, markdown: str, first_line: int) -> Marks:
        """Parse a text up to its tree, which is not written as HTML."""
        self._parser.reset()
        self._trace.clear()
        self._source = source = Source(_OWN.sub(" ", markdown), first_line)
        self._fenced: dict[int, tuple[int, int]] = {}
        self._raw: dict[int, tuple[int, int]] = {}
        self._heads: dict[int, tuple[str, int]] = {}
        self._codes: list[tuple[str, int, int]] = []
        self._empty: dict[str, int] = {}
        self._blocks: list[Block] = []
        lines = fenced = list(source.lines)
        first = 0
        for processor in self._parser.preprocessors:
            if processor is self._parser.preprocessors["html_block"]:
                fenced = lines
                first = self._parser.htmlStash.html_counter
            lines = processor.run(lines)
        self._note_html(fenced, first)
        root: Any = self._parser.parser.parseDocument(lines).getroot()
        for treeprocessor in self._parser.treeprocessors:
            changed = treeprocessor.run(root)
            root = root if changed is None else changed
        return self._gather(root)

    # --- Where blocks stand ---

    def _note_fences(self, lines: list[str]) -> list[str]:
        for text, start, end in self._fences.stack:
            if match := HTML_PLACEHOLDER_RE.search(text):
                self._fenced[int(match[1])] = (start, end - 1)
        return self._replace_fences(lines)  # type: ignore[no-any-return]

    def _note_html(self, lines: list[str], first: int) -> None:
        """Find the raw HTML that was put aside; `lines` are those before, in which each fence is one line."""
        rows: list[int] = []
        row = 0
        for line in lines:
            rows.append(row)
            match = HTML_PLACEHOLDER_RE.search(line)
            row = self._fenced[int(match[1])][1] + 1 if match and int(match[1]) in self._fenced else row + 1
        text, starts, done = "\n".join(lines), count_starts(lines), 0
        for number, raw in enumerate(self._parser.htmlStash.rawHtmlBlocks[first:], start=first):
            html = str(raw).strip()
            start = max(text.find(html, done), done)
            done = min(start + len(html), len(text))
            self._raw[number] = rows[bisect_right(starts, start) - 1], rows[bisect_right(starts, done) - 1]

    def _place_texts(self, root: Element) -> None:
        """Tell each text of the tree where it begins."""
        lines = self._source.lines
        shown = "".join(text for _, _, text in list_texts(root))
        fenced = [
            self._fenced[int(found[1])]
            for found in HTML_PLACEHOLDER_RE.finditer(shown)
            if int(found[1]) in self._fenced
        ]
        self._places = places = Places(lines, (row for start, end in fenced for row in range(start, end + 1)))
        self._find_definitions()
        skipped: Element | None = None
        for block in root.iter("div"):
            if block.get("class") == "footnote" and len(block) == 2:  # noqa: PLR2004 (a line and a list)
                skipped = block
                for note in block[1]:
                    label = note.get("id", "").removeprefix("fn:")
                    if not len(note):
                        self._empty[label] = self._defined.get(label, 0) + self._source.first_line
                    places.go_to(self._defined.get(label, 0))
                    self._place_tree(note, None)
        places.go_to(0)
        self._place_tree(root, skipped)

    def _find_definitions(self) -> None:
        """Where footnotes, links and abbreviations are defined, of which the parser leaves nothing in the tree."""
        source, text = self._source, self._source.text
        references, labels = self._parser.references, self._footnotes.footnotes
        self._defined = dict.fromkeys(labels, 0)
        self._addresses: dict[str, Span | None] = {}
        for match in _NOTE.finditer(text) if labels else ():
            if match[1] in labels and match[2].strip() in {"", labels[match[1]].partition("\n")[0].strip()}:
                self._defined[match[1]] = source.row(match.start(1))
        for match in _DEFINITION.finditer(text) if references else ():
            name = match[1].strip().lower()
            address = match[2].lstrip("<").rstrip(">")
            if name in references and references[name][0] == address:
                start = match.start(2) + len(match[2]) - len(match[2].lstrip("<"))
                self._addresses[name] = source.between(start, start + len(address))
                self._places.take(range(source.row(match.start(1)), source.row(match.end(2)) + 1))
        abbreviations = self._parser.treeprocessors["abbr"].abbrs  # type: ignore[attr-defined]
        for match in _ABBREVIATION.finditer(text) if abbreviations else ():
            self._places.take((source.row(match.start(1)),))

    def _place_tree(self, root: Element, skipped: Element | None) -> None:
        within: set[int] = {id(element) for element in skipped.iter()} if skipped is not None else set()
        items = (item for item in root.iter("li") if len(item) and not item.text and item is not root)
        firsts = {id(item[0]) for item in items}
        used: list[int] = []
        places = self._places
        for element, key, text in list_texts(root):
            if id(element) in within and not (element is skipped and key == "tail"):
                continue
            if not text and not (key == "text" and _HEADING.fullmatch(element.tag)):
                continue
            if HTML_PLACEHOLDER_RE.search(text) and self._pass_by(text):
                continue
            if isinstance(text, AtomicString):
                used += self._place_code(text) if element.tag == "code" else []
            elif element.get("class") != "footnote-backref":
                placed, rows = places.place(text, element.tag if key == "text" else "")
                setattr(element, key, placed if _INLINE.search(text) else AtomicString(text))
                self._heads.setdefault(id(element), (text, placed.start))
                self._add_block(
                    "item" if id(element) in firsts else _KINDS.get(element.tag, "paragraph"), rows
                )
                used += rows
        if skipped is None:
            places.take(used)

    def _pass_by(self, text: str) -> bool:
        """Note the fences of a text, and go on below it when it is nothing but a fence or raw HTML."""
        apart = [int(match[1]) for match in HTML_PLACEHOLDER_RE.finditer(text)]
        for number in apart:
            if number in self._fenced:
                first, last = self._fenced[number]
                self._codes.append(("\n".join(self._source.lines[first + 1 : last]), first, last))
        alone = HTML_PLACEHOLDER_RE.fullmatch(text.strip()) is not None
        if alone:
            self._places.go_to(self._fenced.get(apart[0], self._raw.get(apart[0], (0, 0)))[1])
        return alone

    def _place_code(self, text: str) -> list[int]:
        _, rows = self._places.place(unescape(text), "code")
        if rows:
            self._codes.append((unescape(text), rows[0], rows[-1]))
        return rows

    def _add_block(self, kind: str, rows: list[int]) -> None:
        """Note what is said on some rows; the cells of a row are one."""
        if not rows:
            return
        block = Block(kind, rows[0] + self._source.first_line, rows[-1] + self._source.first_line)
        if not (kind == "row" and self._blocks and self._blocks[-1] == block):
            self._blocks.append(block)

    # --- What is found ---

    def _gather(self, root: Element) -> Marks:
        source, found = self._source, self._trace.found
        headings: list[Heading] = []
        links: list[Link] = []
        items: list[Item] = []
        notes: list[tuple[str, int]] = []
        code = [Code(text, block=True, place=source.rows(first, last)) for text, first, last in self._codes]
        anchors: set[str] = set()
        for element in root.iter():
            anchor, made = element.get("id", ""), found.get(id(element))
            if anchor and not anchor.startswith(("fn:", "fnref:")):
                anchors.add(anchor)
            if _HEADING.fullmatch(element.tag):
                headings.append(self._heading(element))
            elif element.tag == "li" and "task-list-item" in element.get("class", "").split():
                items.append(self._item(element))
            elif made is None:
                continue
            elif element.tag == "sup":
                notes.append((made.text[2:-1], self._line(made.place[0])))
            elif element.tag == "code":
                text = unescape("".join(element.itertext()))
                code.append(Code(text, block=False, place=self._span(made.place)))
            elif "href" in element.attrib or "src" in element.attrib:
                links.append(self._link(element, made))
        html, comments = self._find_html()
        return Marks(
            headings=_sort(headings, lambda heading: heading.line),
            links=_sort(links, lambda link: link.line),
            footnotes=_sort(notes, lambda note: note[1]),
            defined={label: row + source.first_line for label, row in self._defined.items()},
            empty=self._empty,
            items=_sort(items, lambda item: item.line),
            anchors=frozenset(anchors | {item.id for item in items if item.id}),
            code=_sort(code, lambda one: one.place.line if one.place else 0),
            html=html,
            comments=comments,
        )

    def _heading(self, element: Element) -> Heading:
        text, start = self._heads.get(id(element), ("", -1))
        row = self._places.find(start)[0]
        last = (element[-1].tail if len(element) else element.text) or ""
        if (attributes := _ATTRIBUTES.search(text)) and not last.rstrip().endswith("}"):
            text = text[: attributes.start()].rstrip("#").rstrip()
        lines = self._source.lines
        underlined = row + 1 < len(lines) and _UNDERLINE.fullmatch(lines[row + 1])
        height = 2 if underlined and not _HASH.match(lines[row]) else 1
        return Heading(
            int(element.tag[1]), text, element.get("id", ""), row + self._source.first_line, height
        )

    def _item(self, element: Element) -> Item:
        """A checklist item: its first line, which is that of its first paragraph when items are apart."""
        holder = element if id(element) in self._heads or not len(element) else element[0]
        text, start = self._heads.get(id(holder), ("", -1))
        text = HTML_PLACEHOLDER_RE.sub("", text.partition("\n")[0], count=1)  # the box
        match = _ITEM_ID.search(text)
        words = (text[: match.start()] if match else text).strip(" \t")
        return Item(match and match[1], words, self._line(start))

    def _link(self, element: Element, made: Found) -> Link:
        image = "src" in element.attrib and element.tag == "img"
        target = _plain(element.get("src" if image else "href", ""))
        words = self._span(made.words) if made.words else None
        text = (
            self._source.markdown[words.start : words.end] if words else _plain("".join(element.itertext()))
        )
        address = self._span(made.address) if made.address else self._addresses.get(made.name)
        return Link(target, text, image, self._line(made.place[0]), words, address)

    def _find_html(self) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
        """The raw HTML, once for each line, and the comments."""
        stash = self._parser.htmlStash.rawHtmlBlocks
        raw = [(str(stash[number]).strip(), rows[0]) for number, rows in self._raw.items()]
        raw += [
            (found.text, self._places.find(found.place[0])[0])
            for found in self._trace.found.values()
            if isinstance(found.node, str) and found.text.startswith("<")
        ]
        html: dict[int, str] = {}
        comments: list[tuple[str, int]] = []
        for text, row in raw:
            first = row + self._source.first_line
            for match in _COMMENT.finditer(text):
                comments.append((match[1].strip(), first + text.count("\n", 0, match.start())))
            tags = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
            for match in _TAG.finditer(tags):
                html.setdefault(first + tags.count("\n", 0, match.start()), match[0])
        return tuple((text, line) for line, text in sorted(html.items())), _sort(
            comments, lambda comment: comment[1]
        )

    def list_words(self, marks: Marks) -> Reading:
        """What the text says that was read last."""
        source = self._source
        words = [letter if letter == "\n" else " " for letter in source.markdown]
        for row, first, last in self._places.list_words():
            if place := source.span((row, first), (row, last)):
                words[place.start : place.end] = source.markdown[place.start : place.end]
        for found in self._trace.found.values():
            for hidden in found.list_hidden():
                place = self._span(hidden) if hidden[0] < hidden[1] else None
                for number in range(place.start, place.end) if place else ():
                    words[number] = "\n" if words[number] == "\n" else " "
        return Reading(marks, "".join(words), _sort(self._blocks, lambda block: block.line))

    def _line(self, number: int) -> int:
        return self._places.find(number)[0] + self._source.first_line

    def _span(self, place: tuple[int, int]) -> Span | None:
        if min(place) < 0:
            return None
        # What ends with a line would end at the beginning of the next one.
        start, (row, column) = self._places.find(place[0]), self._places.find(max(place[1] - 1, place[0]))
        return self._source.span(start, (row, None if column is None else column + (place[1] > place[0])))


def _plain(text: str) -> str:
    """A text of the tree as a browser shows it."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text.replace(AMP_SUBSTITUTE, "&"))


def _sort(found: Iterable[T], line: Callable[[T], int]) -> tuple[T, ...]:
    """In the order of the lines; footnotes come last in a tree, wherever they are written."""
    return tuple(sorted(found, key=line))
