"""What Markdown leaves in a text when it did not take a mark, and marks of other programs that it does not know."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING

from generator.invisible import SOFT_HYPHEN, find_invisible
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS = (
    "abbr|big|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|iframe|img|ins|li|mark|ol|pre"
    "|script|small|span|strong|style|sub|summary|sup|table|td|th|tr|ul"
)

LEFT: tuple[tuple[re.Pattern[str], Message, Severity], ...] = (
    (re.compile(r"\]\([^\s)]*"), Message("a link that is not closed, or has a space in it"), Severity.ERROR),
    (re.compile(r"\]\[[^\]]*\]"), Message("a link to an address that is not in the text"), Severity.ERROR),
    (re.compile(r"\[\^[^\]]*\]?:?"), Message("a footnote that is not in the text"), Severity.ERROR),
    (
        re.compile(r"\] \((?=(?:https?:|mailto:|\.{1,2}/|[\w-]+\.md)[^)]*\))"),
        Message("a space between the words of a link and its address; delete it"),
        Severity.ERROR,
    ),
    (
        re.compile(r"\)\[(?=https?:|mailto:)"),
        Message("a link with its brackets the wrong way round; write [words](address)"),
        Severity.ERROR,
    ),
    (
        re.compile(r"\^\[(?=\w)"),
        Message("a footnote within the line; write [^name] there, and “[^name]: …” below the paragraph"),
        Severity.ERROR,
    ),
    (re.compile(r"!\["), Message("a picture that Markdown did not take"), Severity.ERROR),
    (re.compile(r"`{3,}|~{3,}"), Message("the mark of a block of code without its end"), Severity.ERROR),
    (re.compile(r"(?<!`)`{1,2}(?!`)"), Message("a mark of code without its counterpart"), Severity.ERROR),
    (
        re.compile(r"\*{2,}|(?<!\w)_{2,}(?!_)(?=\w)|(?<=\w)_{2,}(?!\w)"),
        Message("a mark of bold text without its counterpart"),
        Severity.ERROR,
    ),
    (
        re.compile(r"(?<!\S)\*(?=\w)|(?<!\S)_(?=\w)"),
        Message("a mark of emphasis without its counterpart"),
        Severity.WARNING,
    ),
    (re.compile(r"~~"), Message("a mark of deleted text without its counterpart"), Severity.ERROR),
    (
        re.compile(r"\|\s*:?-{2,}"),
        Message("a table that Markdown did not take; put an empty line above it"),
        Severity.ERROR,
    ),
    (
        re.compile(r"^\|[^|]+\|"),
        Message("the row of a table without a line like | --- | --- | below its heads"),
        Severity.ERROR,
    ),
    (re.compile(r"(?<!\S)\[\](?=\s)"), Message("a box without a space in it; write [ ]"), Severity.ERROR),
    (
        re.compile(r"(?<!\S)\[[ xX]\](?=\s)"),
        Message("a box that is not at the beginning of an item"),
        Severity.ERROR,
    ),
    (
        re.compile(r"\{:?\s*[#.][\w-]+[^}]*\}"),
        Message("an id or a class that is not at the end of its line"),
        Severity.ERROR,
    ),
    (
        re.compile(r"(?<!\S)!!! ?\w+"),
        Message("a note that Markdown did not take; put an empty line above it"),
        Severity.ERROR,
    ),
    (re.compile(r"\[![A-Z]+\]"), Message("a note as GitHub has it; write !!! note"), Severity.ERROR),
    (re.compile(r"(?<!\S):{3,}"), Message("a mark of a block that does not exist here"), Severity.ERROR),
    (
        re.compile(r"(==|\+\+|\^\^)(?=\w)[^=+^]*\w\1"),
        Message("a mark that does not exist here; write **bold** or *emphasis*"),
        Severity.WARNING,
    ),
    (
        re.compile(r"\*\[[^\]]+\]:"),
        Message("an abbreviation that is not on a line of its own"),
        Severity.ERROR,
    ),
    (
        re.compile(r"^\[TOC\]$"),
        Message("the place of a table of contents, which only the site has"),
        Severity.ERROR,
    ),
    (
        re.compile(r"^={3}[!+]? [\"“]"),
        Message("the tab of a page, which does not exist here"),
        Severity.ERROR,
    ),
    (
        re.compile(r"-{2,}8<-{2,}"),
        Message("the place of another file, which is not put in here"),
        Severity.ERROR,
    ),
    (
        re.compile(r"(?<!\S):[a-z][a-z0-9_+-]*:(?=[\s.,;)]|$)"),
        Message("the name of an emoji; write the emoji itself"),
        Severity.WARNING,
    ),
    (
        re.compile(r"(?<=\w)\^\w{1,8}\^|\$\$(?=\S)"),
        Message("a mark of a formula, which does not exist here"),
        Severity.WARNING,
    ),
    (re.compile(rf"</?(?:{_TAGS})(?=[\s/⏎]|$)"), Message("a tag of HTML without its end"), Severity.ERROR),
)
"""Marks that nobody writes for readers, what they are, and how bad it is to send them."""


_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z]{2,31});")
_OF_USE = frozenset((SOFT_HYPHEN, "\u200c", "\u200d", "\u200e", "\u200f"))
"""Who writes one of these as an entity, has a reason."""


def find_entities(text: str) -> Iterator[tuple[int, str]]:
    """The entities of characters that nobody sees, or that do not exist, and where they stand."""
    for match in _ENTITY.finditer(text):
        character = unescape(match[0])
        if len(character) > 1 or character in _OF_USE:
            continue
        is_nothing = not character or character == "\ufffd" or unicodedata.category(character) == "Cc"
        if (is_nothing and character not in {"\t", "\n"}) or next(
            find_invisible(character), None
        ) is not None:
            yield match.start(), match[0]
