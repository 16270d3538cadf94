"""`docs/<language>/templates/*.md` → the texts to copy that belong to items of the checklists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generator.content.certainties import IDS
from generator.content.documents import check_invisible, load_document
from generator.content.markdown.marks import hide_code
from generator.model import Message, Problem, Template
from generator.reading import Fields, Line, Words, did_you_mean, is_folder, list_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.model import Language

FOLDER = "templates"
"""Below the folder of a language. Its `index.md` is an ordinary page, which lists the others."""

INDEX = f"{FOLDER}/index"

_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_TABLE = re.compile(
    r"^[ \t]*(?=[^\n]*\|)\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE
)
"""The line of dashes below the head of a table, which each table has once."""


class TemplateFields(Fields):
    title: Line = Field(description=Message("the title of the page, and of every link to it"))
    summary: Line = Field(description=Message("what the template is for, in one sentence"))
    certainty: str = Field(description=Message("the id of the certainty that it belongs to"))
    items: Annotated[Words, Field(min_length=1)] = Field(
        description=Message("the checklist items that it helps with, like [ref-3]")
    )


def load_templates(
    root: Path,
    language: Language,
    items: Mapping[str, frozenset[str]],
    texts: Texts,
    problems: list[Problem],
) -> tuple[Template, ...]:
    """Read the templates of one language, by certainty and item, adding what is wrong with them.

    `items` has the ids of the items of each certainty. A project may go without the folder.
    """
    folder = root / "docs" / language / FOLDER
    found: list[Template] = []
    for path in list_folder(folder, problems) if is_folder(folder) else ():
        # pages.py reads the index, and tells of a file that has nearly the right name.
        if path.suffix != ".md" or path.name.startswith(".") or path.name == "index.md":
            continue
        if not _SLUG.fullmatch(path.stem):
            message = Message(
                "the name “{}” must have only lower-case letters, digits and hyphens, like call-back",
                path.stem,
            )
            problems.append(Problem(path, None, message))
        elif document := load_document(path, TemplateFields, texts, problems):
            _check_fields(document, items, problems)
            _check_text(document, problems)
            check_invisible(document, problems)
            found.append(_template(document, language))
    return tuple(
        sorted(found, key=lambda one: (one.certainty not in IDS or IDS.index(one.certainty), one.items))
    )


def _template(document: Document[TemplateFields], language: Language) -> Template:
    fields = document.fields
    return Template(
        language=language,
        certainty=fields.certainty,
        slug=document.path.stem,
        title=fields.title,
        summary=fields.summary,
        items=tuple(fields.items),
        markdown=document.markdown,
        source=document.path,
        line=document.line,
    )


def _check_fields(
    document: Document[TemplateFields], items: Mapping[str, frozenset[str]], problems: list[Problem]
) -> None:
    """Add a problem for a certainty or an item that there is not."""
    fields = document.fields
    if fields.certainty not in IDS:
        message = Message("unknown certainty “{}”{}", fields.certainty, did_you_mean(fields.certainty, IDS))
        problems.append(Problem(document.path, document.lines["certainty"], message))
        return
    known = frozenset[str]().union(*items.values())
    for item in fields.items:
        if item not in known and all(
            map(items.get, IDS)
        ):  # or the page that has it may be the one that is wrong
            hint = did_you_mean(item, items[fields.certainty])
            problems.append(
                Problem(
                    document.path,
                    document.line_of("items"),
                    Message("unknown checklist item “{}”{}", item, hint),
                )
            )


def _check_text(document: Document[TemplateFields], problems: list[Problem]) -> None:
    """Add a problem unless there is one thing to copy, with words above it and below it."""
    path, text = document.path, document.markdown
    blocks = [code for code in document.marks.code if code.block and code.place]
    spans = [(code.place.start, code.place.end) for code in blocks if code.place]
    without = hide_code(text, document.marks)
    spans += [_widen(without, found.start()) for found in _TABLE.finditer(without)]
    hint = Message("put one between lines of ```, or in a table")
    if len(spans) != 1:
        found = (
            Message("{} texts to copy; a template has one", len(spans))
            if spans
            else Message("there is no text to copy; {}", hint)
        )
        line = document.line + text.count("\n", 0, sorted(spans)[1][0]) if spans else document.line
        problems.append(Problem(path, line, found))
        return
    ((start, end),) = spans
    line = document.line + text.count("\n", 0, start)
    if blocks and not blocks[0].text.strip():
        problems.append(Problem(path, line, Message("the text to copy is empty; {}", hint)))
    if not text[:start].strip():
        problems.append(
            Problem(path, line, Message("nothing stands above the text to copy; say when to use it"))
        )
    if not text[end:].strip():
        problems.append(
            Problem(path, line, Message("nothing stands below the text to copy; say what not to do with it"))
        )


def _widen(text: str, place: int) -> tuple[int, int]:
    """Where the paragraph around a place begins and ends."""
    before, end = text[:place].rpartition("\n\n")[2], text.find("\n\n", place)
    return place - len(before.lstrip("\n")), (end if end >= 0 else len(text))
