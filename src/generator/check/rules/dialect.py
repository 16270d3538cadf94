"""What Markdown did not take as the author meant it: readers would see its marks, or another form than the preview."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from lxml import html

from generator.check.blocks import Block, read_html, read_preview
from generator.check.leftovers import LEFT, find_entities
from generator.check.places import FEW
from generator.check.rule import Finding, Rule, Spot
from generator.invisible import SOFT_HYPHEN, find_invisible, say_invisible
from generator.model import Message, Severity
from generator.reading import shorten
from generator.render.markdown import clean_html, to_raw_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript


class _Both(NamedTuple):
    """A text as readers get it, and as a preview shows it."""

    read: list[Block]
    previewed: list[Block]


@lru_cache(maxsize=2)
def _read_both(markdown: str) -> _Both:
    return _Both(read_html(to_raw_html(markdown)), read_preview(markdown))


def _without_citations(manuscript: Manuscript) -> str:
    """The text below the front matter without the marks of facts, whose notes are added when the letter is made."""
    facts = manuscript.newsletter.playbook.facts
    return re.sub(
        r"\[\^([\w-]+)\](?!:)",
        lambda mark: "" if mark[1] in facts else mark[0],
        manuscript.text[manuscript.body :],
    )


# --- Two readings -----------------------------------------------------------------------------------------------------


def check_preview(manuscript: Manuscript) -> Iterator[Finding]:
    """Readers get the text in the form that GitHub and the preview of an editor show."""
    return islice(_compare(manuscript), FEW)


def _compare(manuscript: Manuscript) -> Iterator[Finding]:
    read, previewed = _narrow(*_read_both(_without_citations(manuscript)))
    first = manuscript.text.count("\n", 0, manuscript.body) + 1
    matcher = SequenceMatcher(None, read, previewed, autojunk=False)
    for kind, start, stop, begin, end in matcher.get_opcodes():
        if kind == "equal" or _is_unused(read[start:stop], previewed[begin:end]):
            continue
        here, there = read[start:stop], previewed[begin:end]
        shown = _choose(here, there)
        line = shown.line if shown else previewed[begin - 1].line if begin else 0
        yield Finding(_say_difference(here, shown), Spot(first + line))


_COMPARED = 400
"""Blocks: the time to compare them grows with their square, and nobody reads so many findings."""


def _narrow(read: list[Block], previewed: list[Block]) -> _Both:
    """Both readings from the block before the first difference, up to the last one, if that is not far."""
    pairs = list(zip(read, previewed, strict=False))
    start = next((number for number, (one, other) in enumerate(pairs) if one != other), len(pairs))
    ends = zip(reversed(read[start:]), reversed(previewed[start:]), strict=False)
    same = next((number for number, (one, other) in enumerate(ends) if one != other), 0)
    begin = max(start - 1, 0)
    return _Both(
        *(found[begin : min(len(found) - same, start + _COMPARED)] for found in (read, previewed)),
    )


def _is_unused(here: list[Block], there: list[Block]) -> bool:
    """Whether the difference is a footnote that is cited nowhere, about which there is a rule."""
    return not there and all(block.path[:1] == ("note",) for block in here)


def _choose(here: list[Block], there: list[Block]) -> Block | None:
    """The block of a preview that shows best how it differs from what readers get."""
    kinds = {block.kind for block in here}
    new = [block for block in there if block not in here] or there
    return next((block for block in new if block.kind not in kinds), new[0] if new else None)


def _say_difference(here: list[Block], shown: Block | None) -> Message:
    """What readers get, and what a preview shows, of the same place."""
    if shown is None:
        return Message(
            "“{}” is {} to readers; a preview does not show it", shorten(here[0].text), here[0].kind
        )
    found = _find_same(shown, here)
    if found is None:
        return Message("“{}” is {} in a preview; readers do not get it", shorten(shown.text), shown.kind)
    if found.text != shown.text and found.kind == shown.kind:
        return Message(
            "“{}” in a preview is “{}” to readers", shorten(_cut(shown, found)), shorten(_cut(found, shown))
        )
    if found.path != shown.path:
        return Message(
            "“{}” is {} in a preview, but {} to readers",
            shorten(shown.text),
            _describe(shown),
            _describe(found),
        )
    if (there := _leads(shown)) != (here_ := _leads(found)):
        one, other = next(pair for pair in zip_longest(there, here_) if pair[0] != pair[1])
        return Message(
            "“{}” leads to {} in a preview, but readers get to {}",
            shorten(shown.text),
            shorten(one) if one else Message("nowhere"),
            shorten(other) if other else Message("nowhere"),
        )
    return Message("“{}” has other emphasis in a preview than readers get", shorten(shown.text))


def _leads(block: Block) -> list[str]:
    """The addresses of its links and pictures."""
    return [tag.lstrip("!")[1:-1] for _, tags in block.runs for tag in sorted(tags) if tag.endswith(")")]


def _find_same(shown: Block, here: list[Block]) -> Block | None:
    """The block with the words of another one, or the nearest thing to it."""
    for block in here:
        if block.text == shown.text:
            return block
    for block in here:
        if shown.text and shown.text.split("⏎")[0] in block.text:
            return block
    return here[0] if here else None


def _cut(block: Block, other: Block) -> str:
    """The words of a block from where it begins to differ from another."""
    pairs = enumerate(zip(block.text, other.text, strict=False))
    start = next((place for place, (one, two) in pairs if one != two), 0)
    return block.text[block.text.rfind(" ", 0, start) + 1 :]


def _describe(block: Block) -> Message:
    depth = sum(part[:2] == "li" for part in block.path)
    if block.path[-1:] and block.path[-1][:2] == "li" and depth > 1:
        return Message("an item of a list in a list")
    if depth and block.path[-1][:2] != "li":
        return Message("{} in a list", block.kind)
    return block.kind


# --- What is left of marks --------------------------------------------------------------------------------------------

_BULLET = re.compile(
    r"^[ \t>\u200b\ufeff]*("
    r"[•‣◦▪●∙·\uf0a7\uf0b7\uf0d8]|o(?=\t)"
    r"|[–—](?=[^\n]*\n[ \t>]*[–—])"  # one dash alone may begin what somebody says
    r"|-(?=[^\W\d][^\n]*\n[ \t>]*-[^\W\d])"
    r"|[a-z]\)(?=[^\n]*\n[ \t>]*[a-z]\))"
    r"|(?:[-*+]|\d+[.)])(?=\u00a0)"
    r"|(?<=[\u200b\ufeff])(?:[-*+]|\d+[.)])(?=[ \t])"
    r")[ \t\u00a0]*\S",
    re.MULTILINE,
)
"""What Word, a telephone and people put before an item: other signs, no space, or one that only looks like a space."""
_NOTE = re.compile(r"^([ >]*)!!! ?\w[^\n]*\n(?!(?:[ >]*\n)*\1(?:[ ]{4}|\t))", re.MULTILINE)
_BREAK = re.compile(r"(?<!\\)\\[ \t]*$(?=\n[ \t>]*\S)", re.MULTILINE)
_ID = re.compile(r"[\[(]\^?(?:[a-z]{3}-[a-z][a-z-]*-\d{4})\b")


def check_leftovers(manuscript: Manuscript) -> Iterator[Finding]:
    """Readers see no marks of Markdown."""
    return islice(_find_leftovers(manuscript), FEW)


def _find_leftovers(manuscript: Manuscript) -> Iterator[Finding]:
    for block in _read_both(_without_citations(manuscript)).read:
        if block.path[-1:] == ("pre",):
            continue
        text = "".join(run if "code" not in tags else " " * len(run) for run, tags in block.runs)
        for pattern, what, severity in LEFT:
            if (match := pattern.search(text)) and (spot := _locate(manuscript, text, match)):
                yield Finding(Message("readers would see “{}”: {}", shorten(match[0]), what), spot, severity)
    yield from _find_in_source(manuscript)


def _find_in_source(manuscript: Manuscript) -> Iterator[Finding]:
    """What stands at the beginning or the end of a line, where the rendered text has no line."""
    source = manuscript.uncoded
    for match in _BULLET.finditer(source):
        spot = manuscript.spot(manuscript.body + match.start(1), manuscript.body + match.end(1))
        yield Finding(Message("“{}” makes no item of a list here; write “- ” instead", match[1]), spot)
    for place in find_invisible(manuscript.text[manuscript.body :]):
        if (found := manuscript.text[manuscript.body + place]) != SOFT_HYPHEN:
            spot = manuscript.spot(manuscript.body + place, manuscript.body + place + 1)
            yield Finding(Message("{} stands here; delete it", say_invisible(found)), spot, Severity.WARNING)
    for place, entity in find_entities(source):
        spot = manuscript.spot(manuscript.body + place, manuscript.body + place + len(entity))
        yield Finding(
            Message("“{}” is a character that nobody sees; delete it", entity), spot, Severity.WARNING
        )
    for match in _NOTE.finditer(source):
        spot = manuscript.spot(manuscript.body + match.start(), manuscript.body + match.end())
        yield Finding(Message("the note has no text; put four spaces before each of its lines"), spot)
    for match in _BREAK.finditer(source):
        spot = manuscript.spot(manuscript.body + match.start(), manuscript.body + match.end())
        yield Finding(
            Message("readers would see “\\”, and no new line; end the line with two spaces instead"),
            spot,
            Severity.ERROR,
        )
    for match in _ID.finditer(source):
        if not match[0].startswith("[^"):
            spot = manuscript.spot(manuscript.body + match.start(), manuscript.body + match.end())
            name = match[0].lstrip("[(^")
            yield Finding(Message("“{}…” cites nothing; write [^{}]", match[0], name), spot, Severity.ERROR)


def _locate(manuscript: Manuscript, text: str, match: re.Match[str]) -> Spot | None:
    """Where a mark stands; None when the author did not write it so, but with a backslash or as an entity."""
    before = re.escape(text[max(0, match.start() - 12) : match.start()].rpartition("⏎")[2])
    pattern = re.sub(r"(?:\\ )+", r"\\s+", before) + r"(" + re.escape(match[0].partition("⏎")[0]) + ")"
    found = re.search(pattern, manuscript.uncoded)
    if found is None:
        return None
    return manuscript.spot(manuscript.body + found.start(1), manuscript.body + found.end(1))


# --- What is lost -----------------------------------------------------------------------------------------------------

_BELOW_HEADS = re.compile(r"\|?:?-+:?(?:\|:?-+:?)*\|?")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def check_cells(manuscript: Manuscript) -> Iterator[Finding]:
    """No row of a table has more cells than the table has columns: Markdown drops the rest."""
    lines = manuscript.uncoded.split("\n")
    first = manuscript.text.count("\n", 0, manuscript.body) + 1
    for number in range(1, len(lines)):
        if "|" not in lines[number] or "|" not in lines[number - 1]:
            continue
        if not _BELOW_HEADS.fullmatch(re.sub(r"[ \t>]+", "", lines[number])):
            continue
        columns = len(_cells(lines[number]))
        for row in range(number + 1, len(lines)):
            if "|" not in lines[row]:
                break
            cells = _cells(lines[row])
            if len(cells) > columns:
                lost = shorten(cells[columns].strip())
                message = Message(
                    "the row has {} cells, but the table has {}; readers do not get “{}”",
                    len(cells),
                    columns,
                    lost,
                )
                yield Finding(message, Spot(first + row))


def _cells(line: str) -> list[str]:
    return _CELL_BORDER.split(line.strip(" \t>").removeprefix("|").removesuffix("|"))


_OURS = {"checked", "class", "disabled", "id"}
"""Attributes that only the site needs, and that the parser adds by itself."""


_TITLED = {"a": Message("the link"), "abbr": Message("the abbreviation"), "img": Message("the picture")}


def check_dropped(manuscript: Manuscript) -> Iterator[Finding]:
    """Nothing that the author wrote is taken out before a mail program or a feed reader gets the text."""
    markdown = _without_citations(manuscript)
    raw = to_raw_html(markdown)
    kept = _count_attributes(clean_html(raw))
    for (tag, name, value), number in _count_attributes(raw).items():
        if name not in _OURS and number > kept[tag, name, value]:
            spot = manuscript.locate(value if value in manuscript.text else f"{name}=")
            yield Finding(Message("readers do not get {}=“{}” of <{}>", name, shorten(value), tag), spot)
    for tag, title in _list_titles(raw):
        if manuscript.text.count(title) < 2:  # noqa: PLR2004 (the title, and the text beside it)
            message = Message(
                "only who points at {} with a mouse sees “{}”; write it in the text",
                _TITLED[tag],
                shorten(title),
            )
            yield Finding(message, manuscript.locate(title), Severity.WARNING)


def _list_titles(markup: str) -> Iterator[tuple[str, str]]:
    """The titles of links, abbreviations and pictures, each once; the text of the mail and a phone do not have them."""
    tree = html.fragment_fromstring(markup, create_parent="div")
    found = ((str(one.tag), str(one.get("title", ""))) for one in tree.iter(*_TITLED) if not _leads_back(one))
    yield from dict.fromkeys((tag, title) for tag, title in found if title.strip())


def _leads_back(element: html.HtmlElement) -> bool:
    return str(element.get("class")) == "footnote-backref"


def _count_attributes(markup: str) -> Counter[tuple[str, str, str]]:
    tree = html.fragment_fromstring(markup, create_parent="div")
    return Counter(
        (str(element.tag), str(name), re.sub(r"[ ;]", "", value) if name == "style" else str(value))
        for element in tree.iterdescendants()
        for name, value in element.attrib.items()
    )


_DEFINITION = re.compile(
    r"^[ ]{0,3}(?:\[\^(?P<note>[^\]\n]+)\]:"
    r"|\*\[(?P<abbreviation>[^\]\n]+)\][ ]?:"
    r"|\[(?P<link>[^\]^\n][^\]\n]*)\]:[ \t]*\S+(?:[ \t]+[\"'(][^\n]*)?[ \t]*$)",
    re.MULTILINE,
)


def check_notes(manuscript: Manuscript) -> Iterator[Finding]:
    """Every footnote, abbreviation and named address is written once, and used."""
    return islice(_find_unused(manuscript), FEW)


def _find_unused(manuscript: Manuscript) -> Iterator[Finding]:
    cited, source = {note for note, _ in manuscript.marks.footnotes}, manuscript.uncoded
    rest, seen = _DEFINITION.sub("", source), set[str]()
    names = {name.casefold() for name in re.findall(r"\[([^\[\]]+)\]", rest)}
    for match in _DEFINITION.finditer(source):
        spot = manuscript.spot(manuscript.body + match.start(), manuscript.body + match.end())
        start, name = match[0].partition("]")[0].strip(), match[match.lastgroup or 0]
        if start in seen:
            yield Finding(Message("“{}” is explained twice; readers get one of the two", shorten(name)), spot)
        elif match["note"] and name not in cited:
            yield Finding(Message("the footnote “{}” is cited nowhere", shorten(name)), spot)
        elif match["abbreviation"] and name not in rest:
            yield Finding(
                Message("the abbreviation “{}” is used nowhere", shorten(name)), spot, Severity.WARNING
            )
        elif match["link"] and name.casefold() not in names:
            message = Message("the address of “{}” is used nowhere; readers do not get it", shorten(name))
            yield Finding(message, spot, Severity.WARNING)
        seen.add(start)


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule(
        "preview-differs",
        Severity.WARNING,
        Message(
            "Leave an empty line above and below a list, a table and code; put four spaces "
            "before what is within an item."
        ),
        check_preview,
    ),
    Rule(
        "leftover-mark",
        Severity.ERROR,
        Message("Complete the mark, or put a backslash before it."),
        check_leftovers,
    ),
    Rule(
        "lost-cell",
        Severity.ERROR,
        Message("Add a column to the heads of the table, or delete the cell."),
        check_cells,
    ),
    Rule("dropped", Severity.ERROR, Message("Delete it, or write it in another way."), check_dropped),
    Rule(
        "unused-note",
        Severity.ERROR,
        Message("Name it in the text, like [^name], or delete it."),
        check_notes,
    ),
)
