"""The trees of a letter → plain text as a person would type it.

A link becomes its text and a number; its URL is in a list below the part.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from generator.render.email.answers import find_answers
from generator.render.email.lines import WIDTH, beside, hang, set_columns, squeeze, underline, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lxml.html import HtmlElement

    from generator.render.email.answers import Calendar

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_AROUND = {"em": "_", "strong": "*", "del": "~"}
_BOXES = {"open": "[ ] ", "done": "[x] "}
_GLUE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail in plain text, and its links: number and URL."""

    text: str
    links: tuple[tuple[int, str], ...]


class TextWriter:
    """Writes the parts of one mail, and numbers their links through all parts, from 1."""

    def __init__(self, words: Mapping[str, str], calendar: Calendar) -> None:
        """`words` are the texts of the language of the mail; `calendar`: an item's id → what reminds of it."""
        self._words, self._calendar = words, calendar
        self._links: dict[str, int] = {}
        self._count = 0

    def write(self, tree: HtmlElement) -> Part:
        """The text of one part."""
        return self._finish(self._blocks(tree, WIDTH))

    def write_notes(self, notes: Sequence[HtmlElement]) -> Part:
        """The text of the footnotes, each behind its number."""
        marks = [f"{number} ".translate(_RAISED) for number in range(1, len(notes) + 1)]
        blocks = [self._blocks(note, WIDTH - len(mark)) for mark, note in zip(marks, notes, strict=True)]
        return self._finish(hang("\n\n".join(note), mark) for mark, note in zip(marks, blocks, strict=True))

    def _finish(self, blocks: Iterable[str]) -> Part:
        text = "\n\n".join(blocks).replace(
            _GLUE, " "
        )  # the lines are wrapped, so no-break spaces have done their work
        links = tuple((number, address) for address, number in self._links.items())
        self._links.clear()
        return Part(text, links)

    # --- Within a line ---

    def _inline(self, element: HtmlElement) -> str:
        parts = [squeeze(element.text)]
        for child in element:
            parts += self._mark(child), squeeze(child.tail)
        return "".join(parts)

    def _mark(self, element: HtmlElement) -> str:
        if element.tag == "br":
            return "\n"
        if element.tag == "img":
            return f"[{self._words['image']}: {element.get('alt')}]"
        text = self._inline(element)
        if element.tag == "a":
            return self._link(text, element.attrib["href"])
        if element.tag == "sup":
            before = element.getprevious()
            is_next = before is not None and before.tag == "sup" and not before.tail
            return (_GLUE if is_next else "") + text.translate(_RAISED)  # ¹ ² are two notes, ¹² is one
        if element.tag == "sub":
            return text.translate(_LOWERED)
        around = _AROUND.get(element.tag, "")
        return f"{around}{text}{around}"

    def _link(self, text: str, address: str) -> str:
        if address in {text, f"mailto:{text}"}:
            return text
        if address not in self._links:
            self._count += 1
            self._links[address] = self._count
        return f"{text}{_GLUE}[{self._links[address]}]"

    # --- Blocks ---

    def _blocks(self, element: HtmlElement, width: int) -> list[str]:
        """The content of an element as blocks; text outside of any block is a paragraph."""
        blocks: list[str] = []
        loose = [squeeze(element.text)]
        for child in element:
            if child.tag in self._RULES:
                blocks += wrap("".join(loose), width), self._RULES[child.tag](self, child, width)
                loose = [squeeze(child.tail)]
            else:
                loose += self._mark(child), squeeze(child.tail)
        blocks.append(wrap("".join(loose), width))
        return [block for block in blocks if block]

    def _paragraph(self, element: HtmlElement, width: int) -> str:
        return wrap(self._inline(element), width)

    def _heading(self, element: HtmlElement, width: int) -> str:
        return underline(self._inline(element), "-", width)

    def _list(self, element: HtmlElement, width: int) -> str:
        items = element.findall("li")
        written = []
        for number, item in enumerate(items, start=int(element.get("start", "1"))):
            mark = _BOXES.get(item.get("class", "")) or (f"{number}. " if element.tag == "ol" else "- ")
            blocks = self._item(item, width - len(mark))
            written.append(hang(("\n\n" if item.find("p") is not None else "\n").join(blocks), mark))
        is_airy = any(item.find("p") is not None or item.get("class") for item in items)
        return ("\n\n" if is_airy else "\n").join(written)

    def _item(self, item: HtmlElement, width: int) -> list[str]:
        """The blocks of an item; the URLs of a checklist item come directly below its text."""
        link = next(item.iter("a"), None) if item.get("class") in _BOXES else None
        if link is None:
            return self._blocks(item, width)
        copy = deepcopy(item)
        next(copy.iter("a")).drop_tag()
        text, *below = self._blocks(copy, width)
        lines = [text, link.attrib["href"]]
        if answers := find_answers(item, self._calendar):
            named = zip(("tick_done", "tick_remind"), answers, strict=True)
            lines += (f"{self._words[key]}: {address}" for key, address in named)
        return ["\n".join(lines), *below]

    def _definitions(self, element: HtmlElement, width: int) -> str:
        lines: list[str] = []
        for child in element:
            if child.tag == "dt":
                lines += [""] * bool(lines) + [self._paragraph(child, width)]
            else:
                lines.append(hang("\n\n".join(self._blocks(child, width - 4)), "    "))
        return "\n".join(lines)

    def _table(self, element: HtmlElement, width: int) -> str:
        rows = list(element.iter("tr"))
        sides = [cell.get("style", "").partition(":")[2].strip(" ;") for cell in rows[0]]
        cells = [[self._inline(cell).replace("\n", " ").strip() for cell in row] for row in rows]
        return set_columns(cells, sides, width)

    def _quote(self, element: HtmlElement, width: int) -> str:
        return beside("> ", "\n\n".join(self._blocks(element, width - 2)))

    def _code(self, element: HtmlElement, _width: int) -> str:
        return beside("    ", element.text_content().strip("\n"))

    def _division(self, element: HtmlElement, width: int) -> str:
        is_aside = "admonition" in element.get("class", "").split()
        blocks = "\n\n".join(self._blocks(element, width - 2 if is_aside else width))
        return beside("| ", blocks) if is_aside else blocks

    def _break(self, _element: HtmlElement, _width: int) -> str:
        return "* * *"

    _RULES: ClassVar[dict[str, Callable[[TextWriter, HtmlElement, int], str]]] = {
        "p": _paragraph,
        "h3": _heading,
        "h4": _heading,
        "h5": _heading,
        "h6": _heading,
        "ul": _list,
        "ol": _list,
        "dl": _definitions,
        "table": _table,
        "blockquote": _quote,
        "pre": _code,
        "div": _division,
        "hr": _break,
    }
