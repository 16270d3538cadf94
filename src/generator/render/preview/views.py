"""A letter in each form that readers get, as documents for sandboxed frames, without the page of the preview around."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from generator.content.markdown.reader import read_text
from generator.render.email.message import render_email
from generator.render.feed.entries import render_entry
from generator.render.page.pages import render_edition
from generator.render.preview.frames import Scheme, frame_entry, frame_letter, read_pictures
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.content import Newsletter
    from generator.model import Edition, Section

_BLOCK = re.compile(r"<(?:p|h[1-6]|li|td)(?=[ >])[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_ENOUGH = 5
"""So many first words tell a block from the others."""


def render_views(newsletter: Newsletter, edition: Edition) -> dict[str, bytes]:
    """The frames of an edition by name: `letter-light.html`, and so on for entry, text and page, and for dark.

    A block of the letter and of the entry has the id `line-<n>`: it stands on that line of the file. Raises
    ContentError when the letter cannot be rendered.
    """
    email, entry = render_email(newsletter, edition), render_entry(newsletter, edition)
    pictures = read_pictures(newsletter, edition)
    blocks = [block for section in edition.sections for block in _list_blocks(section)]
    frames: dict[str, str] = {}
    for scheme in Scheme:
        letter = frame_letter(email.html, scheme, pictures)
        frames[f"letter-{scheme}"] = _number(letter, blocks)
        frames[f"entry-{scheme}"] = _number(frame_entry(newsletter, entry, scheme, pictures), blocks)
        for name, text in (("text", email.text), ("page", render_edition(newsletter, edition).decode())):
            frames[f"{name}-{scheme}"] = render_template(
                newsletter.root, "preview/plain.html", text=text, language=edition.language, scheme=scheme
            )
    return {f"{name}.html": html.encode() for name, html in frames.items()}


def _list_blocks(section: Section) -> Iterator[tuple[int, list[str]]]:
    """The line and the first words of a heading and of each block below it."""
    yield section.line, _WORD.findall(section.heading)[:_ENOUGH]
    reading = read_text(section.markdown, section.line + 1)
    lines = reading.words.split("\n")
    for block in reading.blocks:
        row = block.line - section.line - 1
        words = _WORD.findall(" ".join(lines[row : row + block.last - block.line + 1]))
        if words:
            yield block.line, words[:_ENOUGH]


def _number(html: str, blocks: Sequence[tuple[int, list[str]]]) -> str:
    """The document, where each block that begins with the words of a source block has the id of its line.

    A block that is not found again has none: the ids say where to look, and nothing depends on them.
    """
    found = list(_BLOCK.finditer(html))
    ends = [*(match.start() for match in found[1:]), len(html)]
    texts = [
        _WORD.findall(unescape(_TAG.sub(" ", html[match.end() : end])))[:_ENOUGH]
        for match, end in zip(found, ends, strict=True)
    ]
    place, parts, done = 0, [], 0
    for line, words in blocks:
        row = next((one for one in range(place, len(found)) if texts[one][: len(words)] == words), None)
        if row is None or " id=" in found[row][0]:
            continue
        at = found[row].end() - 1
        parts += [html[done:at], f' id="line-{line}"']
        place, done = row + 1, at
    return "".join([*parts, html[done:]])
