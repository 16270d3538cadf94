"""Where in a text the inline processors of Python-Markdown find what they make elements of.

A processor gets a text in which everything that was found before is a placeholder. What stands beside a placeholder
stands beside what it was put in for, so one that is known gives the place of everything up to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import (
    AutolinkInlineProcessor,
    AutomailInlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
)
from markdown.util import INLINE_PLACEHOLDER_PREFIX, INLINE_PLACEHOLDER_RE, AtomicString

from generator.content.markdown.places import Placed

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from markdown import Markdown
    from markdown.inlinepatterns import InlineProcessor

    Range = tuple[int, int]


@dataclass(slots=True)
class Found:
    """What a processor made of a part of a text; places are numbers of `Places`."""

    node: Element | str
    text: str
    """What was matched, as the processor saw it."""
    place: Range
    words: Range | None = None
    """The words of a link, or what stands for an image."""
    address: Range | None = None
    """The target of a link, where it is not the name of a definition."""
    name: str = ""
    """Of a definition that has the target."""
    shown: list[Range] = field(default_factory=list)
    """The parts that readers get as text."""

    def list_hidden(self) -> Iterator[Range]:
        """The parts that readers do not get as text: marks, addresses, code and HTML."""
        start, end = self.place
        if isinstance(self.node, str):
            if self.text.startswith("\\"):
                yield start, start + 1
            elif self.text.startswith(("<", "&")):
                yield start, end
            return
        for begin, stop in self.shown:
            yield start, begin
            start = stop
        yield start, end


class Trace:
    """Asks each inline processor of a parser what it found where."""

    def __init__(self, parser: Markdown) -> None:
        self.found: dict[int, Found] = {}
        """By the identity of the element or text that was made."""
        self._parser = parser
        processors: Iterable[Any] = parser.inlinePatterns
        for processor in processors:
            processor.handleMatch = self._follow(processor)

    def clear(self) -> None:
        """Forget everything, before another text is read."""
        self.found.clear()

    def _follow(self, processor: InlineProcessor) -> Callable[..., tuple[Any, int | None, int | None]]:
        handle = processor.handleMatch

        def handle_match(m: re.Match[str], data: str) -> tuple[Any, int | None, int | None]:
            node, start, end = handle(m, data)
            if node is None or start is None or end is None:
                return node, start, end
            place = self._locate(data, start), self._locate(data, end)
            if isinstance(node, str):
                node = Placed(node)  # an object of its own, by which it is known
            found = self.found[id(node)] = Found(node, data[start:end], place)
            if isinstance(node, Element):
                self._place_texts(found, node, data, start, end)
                if isinstance(processor, LinkInlineProcessor):
                    self._note_link(found, processor, m, data, end)
                elif isinstance(processor, (AutolinkInlineProcessor, AutomailInlineProcessor)):
                    found.words = found.address = self._locate(data, m.start(1)), self._locate(data, m.end(1))
            return node, start, end

        return handle_match

    def _locate(self, data: str, position: int) -> int:
        """The number of a character of a text in which there may be placeholders; -1 when nobody knows it."""
        before = data.rfind(INLINE_PLACEHOLDER_PREFIX, 0, position)
        if before >= 0 and (known := self._known(data, before)):
            found, end = known
            return found.place[1] + position - end if found.place[1] >= 0 else -1
        if isinstance(data, Placed):
            return data.start + position if data.start >= 0 else -1
        after = data.find(INLINE_PLACEHOLDER_PREFIX, position)
        if after >= 0 and (known := self._known(data, after)) and known[0].place[0] >= 0:
            return known[0].place[0] - (after - position)
        return -1

    def _known(self, data: str, start: int) -> tuple[Found, int] | None:
        """What a placeholder stands for, and where the placeholder ends."""
        match = INLINE_PLACEHOLDER_RE.match(data, start)
        node = self._parser.treeprocessors["inline"].stashed_nodes.get(match[1]) if match else None  # type: ignore[attr-defined]
        found = self.found.get(id(node))
        return (found, match.end()) if match and found else None

    def _place_texts(self, found: Found, node: Element, data: str, start: int, end: int) -> None:
        """Tell the texts of a new element where they begin, for the processors that look at them next."""
        for holder, key, text in list_texts(node):
            if text and not isinstance(text, AtomicString) and (begin := data.find(text, start, end)) >= 0:
                start = begin + len(text)
                found.shown.append((self._locate(data, begin), self._locate(data, start)))
                setattr(holder, key, Placed(text, found.shown[-1][0]))

    def _note_link(
        self, found: Found, processor: LinkInlineProcessor, match: re.Match[str], data: str, end: int
    ) -> None:
        text, after, _ = processor.getText(data, match.end())
        found.words = self._locate(data, match.end()), self._locate(data, after - 1)
        if isinstance(processor, ReferenceInlineProcessor):
            found.name = " ".join(processor.evalId(data, after, text)[0].split())  # type: ignore[union-attr]
            return
        start, stop = after + 1, end - 1
        start += len(data[start:stop]) - len(data[start:stop].lstrip())
        if data.startswith("<", start) and (close := data.find(">", start, stop)) >= 0:
            stop = close + 1
        elif isinstance(found.node, Element) and found.node.get("title") is not None:
            href = found.node.get("href", found.node.get("src"))
            quotes = (place for place in range(start, stop) if data[place] in "\"'")
            stop = next((q for q in quotes if processor.unescape(data[start:q]).strip() == href), stop)
        stop = start + len(data[start:stop].rstrip())
        found.address = self._locate(data, start), self._locate(data, stop)


def list_texts(root: Element) -> Iterator[tuple[Element, str, str]]:
    """Each text of a tree in the order of the document: its element, whether it is the `text` or `tail`, and itself."""
    waiting = [(root, False)]
    while waiting:
        element, done = waiting.pop()
        if element is not root or not done:
            yield element, "tail" if done else "text", (element.tail if done else element.text) or ""
        if not done:
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]
