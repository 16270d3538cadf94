"""An odd text in a letter of the sample: what is said about it, and what each channel makes of it."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import ndiff
from pathlib import Path
from typing import Any

from lxml import html
from PIL import Image

from generator.check import check_proof
from generator.check.proofs import Proof
from generator.content import load_newsletter
from generator.errors import ContentError
from generator.model import Problem, Week
from tests.languages import NL
from tests.odd.preview import dialect, split_words

LETTER = Path("newsletter/issues/2026-W45/nl.md")
HEADING = "## Food for thought\n"
LINES = 11
"""Lines of that file above the text."""

OTHER_TEXT = {
    *("spelling", "section-length", "reading-level", "long-sentence", "language"),
    *("links-differ", "figures-differ", "same-links", "same-structure", "untranslated", "translation-length"),
}
"""Rules about style, and about the translation, which a test does not write."""

KEPT = ("href", "src", "alt", "title", "start", "id")
"""Attributes that readers notice."""


@dataclass
class Reading:
    """What is said about a text, and what readers get of it when it is a letter."""

    problems: list[Problem] = field(default_factory=list)
    channels: dict[str, str] = field(default_factory=dict)
    """Email text, email HTML, feed entry and page; the last three as plain HTML without styles."""
    words: dict[str, Counter[str]] = field(default_factory=dict)
    tags: dict[str, Counter[str]] = field(default_factory=dict)


class Project:
    """The sample, in which one letter gets one odd text after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / LETTER
        self.before = self.path.read_text("utf-8")
        _make_pictures(self.path.parent)
        self.plain = self._read(self.before)

    def read(self, text: str) -> Reading:
        """Put a text below “Food for thought”, check and render the letter, and put the file back."""
        head, heading, rest = self.before.partition(HEADING)
        assert head.count("\n") + 2 == LINES, "LINES is wrong"
        reading = self._read(f"{head}{heading}\n{text}\n{rest}")
        for counted, plain in ((reading.words, self.plain.words), (reading.tags, self.plain.tags)):
            for name, counter in counted.items():
                counter.subtract(plain[name])
        return reading

    def list_added(self, reading: Reading, channel: str) -> str:
        """The lines of a channel that are not in the letter without the text."""
        plain = self.plain.channels[channel].split("\n")
        lines = ndiff(plain, reading.channels[channel].split("\n"))
        added = "⏎".join(line[2:].strip() for line in lines if line[:1] == "+")
        # Which of several empty lines are the new ones, a comparison cannot tell.
        return re.sub("⏎{3,}", "⏎⏎", added)

    def _read(self, text: str) -> Reading:
        with self._written(text):
            try:
                newsletter = load_newsletter(self.root)
            except ContentError as error:
                return Reading(list(error.problems))
            issue = newsletter.archive.issue(Week(2026, 45))
            assert issue
            proof = Proof(newsletter, issue, issue.editions[NL])
            reading = Reading(check_proof(proof))
            page = proof.page.split("---\n", 2)[2]
            trees = {
                "html": proof.tree.find("body"),
                "feed": html.fragment_fromstring(proof.entry.html, create_parent="div"),
                "page": html.fragment_fromstring(dialect().reset().convert(page), create_parent="div"),
            }
        reading.channels = {
            "text": proof.email.text,
            **{name: _simplify(tree) for name, tree in trees.items()},
        }
        reading.words = {
            "text": Counter(split_words(_NOTE.sub(" ", _LINK.sub("", proof.email.text)).translate(_PLAIN))),
            **{name: Counter(split_words(_see(tree))) for name, tree in trees.items()},
        }
        reading.tags = {
            name: Counter(map(str, (element.tag for element in tree.iter()))) for name, tree in trees.items()
        }
        return reading

    @contextmanager
    def _written(self, text: str) -> Iterator[None]:
        self.path.write_text(text, "utf-8")
        try:
            yield
        finally:
            self.path.write_text(self.before, "utf-8")


_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NOTE, _LINK = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+"), re.compile(r"[\s\u00a0]\[\d+\]")
"""The numbers of a footnote and of a link, which are no part of the word before them."""


def _see(tree: Any) -> str:
    """The words that are seen, alt texts included, with a space where a block or a cell begins or ends."""
    parts: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element.tag, str):
            edge = "" if element.tag in _WITHIN else " "
            parts.extend((edge, element.get("alt", ""), element.text or ""))
            for child in element:
                walk(child)
            parts.append(edge)
        parts.append(element.tail or "")

    walk(tree)
    return "".join(parts)


_WITHIN = {"em", "strong", "del", "a", "sub", "code", "span", "abbr"}


def _simplify(tree: Any) -> str:
    """The HTML of a channel without classes and styles, with single spaces."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            for name in set(element.attrib) - set(KEPT):
                del element.attrib[name]
    markup = html.tostring(tree, encoding="unicode")
    markup = re.sub(r"[\s\u00a0\u200c\u034f]+", " ", markup)
    return re.sub(r" ?(<(?:p|h\d|[uo]l|li|table|tr|pre|blockquote|dl|d[td]|div|hr|img)\b)", r"\n\1", markup)


def _make_pictures(folder: Path) -> None:
    picture = Image.open(folder.parent / "2026-W47/two-contacts.png")
    for name in ("ok.png", "met spatie.png", "a(1).png", "x_y.png"):
        picture.save(folder / name)
    picture.convert("CMYK").save(folder / "druk.jpg")
    turned = Image.Exif()
    turned[0x0112] = 6
    picture.convert("RGB").save(folder / "gedraaid.jpg", exif=turned)
    content = (folder / "ok.png").read_bytes()
    (folder / "half.png").write_bytes(content[: len(content) // 2])
    (folder / "anders.jpg").write_bytes(content)
