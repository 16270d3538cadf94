"""`docs/<language>/certainties/*.md` → the seven certainties."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from pydantic import Field

from generator.content.documents import check_invisible, load_document
from generator.content.markdown.marks import split_sections
from generator.model import Certainty, ChecklistItem, Message, Problem, Section
from generator.reading import Fields, Line, did_you_mean, is_folder, list_folder, nearest, plain_name
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.content.markdown.marks import Item
    from generator.model import Language
    from generator.reading import F

IDS = ("relations", "reputation", "referral", "repeating", "revenue", "rebound", "repetition")
"""The seven, in their order: file name, address, feed and front matter use the same word."""

SECTIONS = (
    "idea",
    "strategy",
    "execution",
    "checklist",
    "measures",
    "leader",
    "pitfalls",
    "sources",
)
"""The sections of a page in their order, by their names among our words."""

LEADER = "leader"
"""The section for who leads a team, which has lines of its own."""

LINES = ("monday", "bonus", "dashboard", "stop")
"""What the section for who leads a team has, in this order, by the names of their labels among our words."""


def list_headings(root: Path, language: Language) -> dict[str, str]:
    """The heading of each section of a page in a language, by its name. Raises TemplateError."""
    words = load_words(root)[language]["certainty"]
    return {name: words[name] for name in SECTIONS}


class CertaintyFields(Fields):
    id: str = Field(description=Message("the id of the certainty, the same as the file's name"))
    order: int = Field(ge=1, le=len(IDS), description=Message("a whole number from 1 to 7"))
    title: Line = Field(description=Message("the title of the page"))
    summary: Line = Field(description=Message("what the page is about, in one sentence"))


def load_certainties(
    root: Path, language: Language, texts: Texts, problems: list[Problem]
) -> tuple[Certainty, ...]:
    """Read the certainties of one language in their order, adding what is wrong with them."""
    folder = root / "docs" / language / "certainties"
    if not is_folder(folder, problems):
        return ()
    names = [path.name for path in list_folder(folder, problems) if not path.name.startswith(".")]
    paths = {name.removesuffix(".md"): folder / name for name in names if name.endswith(".md")}
    plain = {plain_name(name) for name in names}  # pages.py tells of what has nearly the right name
    missing = [name for name in IDS if name not in paths and f"{name}.md" not in plain]
    words = load_words(root)[language]["certainty"]
    found: list[Certainty] = []
    for name, path in paths.items():
        if name not in IDS:
            problems.append(
                Problem(
                    path, None, Message("unknown certainty “{}”{}", name, did_you_mean(name, missing or IDS))
                )
            )
            missing = [one for one in missing if one != nearest(name, missing)]
        elif document := load_document(path, CertaintyFields, texts, problems):
            check_invisible(document, problems)
            found.append(_certainty(document, language, words, problems))
    for name in missing:
        message = Message("the page is missing; each certainty has a page in each language")
        problems.append(Problem(folder / f"{name}.md", None, message))
    found.sort(key=lambda certainty: IDS.index(certainty.id))
    seen: dict[str, tuple[Path, int]] = {}
    for certainty in found:
        for item in texts[certainty.source].marks.items:
            if item.id in seen:
                path, line = seen[item.id]
                message = Message(
                    "the item id “{}” is used twice; first in {}, line {}", item.id, path.name, line
                )
                problems.append(Problem(certainty.source, item.line, message))
            elif item.id is not None:
                seen[item.id] = (certainty.source, item.line)
    return tuple(found)


def _certainty(
    document: Document[CertaintyFields],
    language: Language,
    words: Mapping[str, str],
    problems: list[Problem],
) -> Certainty:
    fields, path, name = document.fields, document.path, document.path.stem
    if fields.id != name:
        message = Message("the id “{}” differs from the file name; expected {}", fields.id, name)
        problems.append(Problem(path, document.lines["id"], message))
    if fields.order != IDS.index(name) + 1:
        message = Message("the order is {}; {} is number {}", fields.order, name, IDS.index(name) + 1)
        problems.append(Problem(path, document.lines["order"], message))
    headings = {name: words[name] for name in SECTIONS}
    labels = [words[name] for name in LINES]
    sections = check_sections(document, tuple(headings.values()), problems)
    items = document.marks.items
    example = next((str(item.id) for item in items if is_item_id(item.id)), "ref-1")
    sound = [item for item in items if check_item(item, path, problems, example)]
    checklist = find_section(sections, headings["checklist"])
    if checklist and checklist.markdown.strip() and not document.marks.items:
        message = Message("the checklist has no items; add one like “- [ ] Text {{ #ref-1 }}”")
        problems.append(Problem(path, checklist.line, message))
    if leader := find_section(sections, headings[LEADER]):
        _check_leader(document, leader, labels, problems)
    return Certainty(
        language=language,
        id=name,
        order=fields.order,
        title=fields.title,
        summary=fields.summary,
        sections=sections,
        items=tuple(ChecklistItem(item.id or "", item.text) for item in sound),
        source=path,
    )


def find_section(sections: Iterable[Section], heading: str) -> Section | None:
    """The first section with a heading."""
    return next((section for section in sections if section.heading == heading), None)


def _check_leader(
    document: Document[CertaintyFields], section: Section, labels: Sequence[str], problems: list[Problem]
) -> None:
    """Add a problem when the section is anything but a list of these four lines, each with its label in bold."""
    entries = re.split(r"\n(?=\S)", section.markdown.strip())
    starts = tuple(f"- **{label}:** " for label in labels)
    order = ", ".join(f"“- **{label}:** …”" for label in labels)
    line = section.line + 2
    for start, entry in zip_longest(starts, entries):
        if start is None or entry is None or not entry.startswith(start):
            message = Message(
                "“## {}” is a list of {} lines, in this order: {}", section.heading, len(labels), order
            )
            problems.append(Problem(document.path, line, message))
            return
        line += entry.count("\n") + 1


def check_sections(
    document: Document[F], expected: tuple[str, ...], problems: list[Problem]
) -> tuple[Section, ...]:
    """The sections of a text, adding a problem when one is missing, unknown, empty, twice or out of order."""
    path = document.path
    (_, above, first), *found = split_sections(document.markdown, document.marks, document.line)
    sections = tuple(Section(heading, text, line) for heading, text, line in found)
    order = ", ".join(f"## {heading}" for heading in expected)
    if not document.markdown.strip():
        problems.append(
            Problem(path, document.line, Message("the text is missing; the sections are {}", order))
        )
        return ()
    if above.strip():
        line = first + len(above) - len(above.lstrip("\n"))
        problems.append(
            Problem(path, line, Message("text before the first section; start with ## {}", expected[0]))
        )
    missing = _check_unknown(document, sections, expected, problems)
    known: list[str] = []
    for section in sections:
        if section.heading in known:
            problems.append(
                Problem(
                    path,
                    section.line,
                    Message("duplicate section “## {}”; delete one of the two", section.heading),
                )
            )
        elif section.heading in expected:
            known.append(section.heading)
            if not section.markdown.strip():
                problems.append(
                    Problem(path, section.line, Message("the section “## {}” is empty", section.heading))
                )
    for heading in missing:
        after = expected[expected.index(heading) + 1 :]
        line = next((section.line for section in sections if section.heading in after), document.line)
        problems.append(
            Problem(path, line, Message("the section “## {}” is missing; the order is {}", heading, order))
        )
    if moved := _find_moved(known, expected):
        line = next(section.line for section in sections if section.heading == moved)
        problems.append(
            Problem(path, line, Message("the section “## {}” is out of order; the order is {}", moved, order))
        )
    return sections


def _check_unknown(
    document: Document[F], sections: Iterable[Section], expected: Sequence[str], problems: list[Problem]
) -> list[str]:
    """Add a problem for each section with an unknown heading; what is missing, but for what was meant by them."""
    unknown = [section for section in sections if section.heading not in expected]
    missing = [heading for heading in expected if heading not in {section.heading for section in sections}]
    if not unknown:
        return missing
    underlined = {heading.line for heading in document.marks.headings if heading.height > 1}
    order = ", ".join(f"## {heading}" for heading in expected)
    for section, meant in zip(unknown, _guess(unknown, missing), strict=True):
        hint = Message("did you mean “## {}”?", meant) if meant else Message("the sections are {}", order)
        message = Message("unknown section “## {}”; {}", section.heading, hint)
        if section.line in underlined:
            message = Message(
                "the dashes below “{}” make it a heading; insert an empty line above them", section.heading
            )
        problems.append(Problem(document.path, section.line, message))
        missing = [heading for heading in missing if heading != meant]
    return missing


def _guess(unknown: Sequence[Section], missing: Sequence[str]) -> list[str | None]:
    """For each unknown heading the missing one that was meant: the nearest, or the only one that is left."""
    left = list(missing)
    meant: list[str | None] = []
    for section in unknown:
        near = nearest(section.heading, left)
        meant.append(near)
        if near is not None:
            left.remove(near)
    if len(left) == 1 and meant.count(None) == 1:
        meant[meant.index(None)] = left[0]
    return meant


def _find_moved(known: list[str], expected: tuple[str, ...]) -> str | None:
    """The heading that stands in a wrong place: the one without which the order is right, if there is one."""
    right = [heading for heading in expected if heading in known]
    if known == right:
        return None
    for moved in known:
        if [one for one in known if one != moved] == [one for one in right if one != moved]:
            return moved
    return next(one for one, other in zip(known, right, strict=True) if one != other)


def check_item(item: Item, path: Path, problems: list[Problem], example: str) -> bool:
    """Whether an item can be a checklist item; if not, why is added, with an id that would do in its place."""
    if item.id is None:
        message = Message(
            "the item “{}” has no id; end the line with one, like {{ #{} }}", item.text, example
        )
    elif not is_item_id(item.id):
        message = Message("the item id “{}” is not like {}", item.id, example)
    elif re.search(r"[\[\]<>]|https?:", item.text):
        message = Message("an item must be plain text without links, because it becomes a link itself")
    else:
        return True
    problems.append(Problem(path, item.line, message))
    return False


def is_item_id(text: str | None) -> bool:
    """Whether a text can be the id of an item: three letters and a number."""
    return text is not None and re.fullmatch(r"[a-z]{3}-[1-9][0-9]*", text) is not None


def item_ids(certainties: Mapping[Language, tuple[Certainty, ...]]) -> dict[str, frozenset[str]]:
    """For each certainty the ids of its items, in whichever language they were found."""
    ids: dict[str, frozenset[str]] = {}
    for certainty in (certainty for found in certainties.values() for certainty in found):
        ids[certainty.id] = ids.get(certainty.id, frozenset()) | {item.id for item in certainty.items}
    return ids
