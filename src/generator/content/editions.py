"""`newsletter/issues/<week>/<language>.md` → Edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 (pydantic reads the annotation)
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from generator.content.certainties import IDS, check_item, check_sections
from generator.content.documents import load_document, load_partly
from generator.content.evidence import check_citations
from generator.content.images import load_images
from generator.content.markdown.limits import LONGEST_LETTER
from generator.content.thoughts import check_actions, check_letter_text
from generator.model import Edition, Language, Message, Problem, Week
from generator.reading import Fields, Line, Words, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.model import Fact, Image, Section

SECTIONS = ("Food for thought", "Food for action")
"""The author uses these English words in Dutch too."""

MOMENT = Message("a date and time with a time zone, like 2026-11-27T06:00:00+01:00")


EARLIEST = 2000
"""The year of the first letter that can be."""


def _moment(moment: datetime) -> datetime:
    if moment.year not in range(EARLIEST, 3000):
        raise ValueError(Message("is in the year {}", moment.year))
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_moment)]


class EditionFields(Fields):
    """The front matter of an edition."""

    title: Line = Field(description=Message("the title of the letter"))
    subject: Line | None = Field(
        None, description=Message("the subject of the email, when it is not the title")
    )
    summary: Line = Field(
        description=Message("one sentence; used as preheader, feed summary and description")
    )
    certainty: str = Field(description=Message("one of the seven, like referral"))
    thought: str = Field(
        description=Message("the thought it was made from, like would-you-introduce-yourself")
    )
    actions: Annotated[Words, Field(min_length=1, max_length=3)] = Field(
        description=Message("one to three item ids, like [ref-2]")
    )
    published: Moment = Field(description=MOMENT)
    updated: Moment | None = Field(None, description=MOMENT)
    draft: bool = Field(False, description=Message("true or false"))
    waive: dict[str, Line] = Field(
        default_factory=dict,
        description=Message(
            "the name of a check and the reason, like “section-length: an anniversary letter”"
        ),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What an edition is compared with."""

    facts: Mapping[str, Fact]
    items: Mapping[str, frozenset[str]]
    """For each certainty the ids of its items."""
    thoughts: Mapping[str, Collection[str]]
    """For each slug the certainties that have a thought of that name."""
    files: Collection[str] | None
    """The slugs of all files of thoughts, those that have problems too; None when a folder of them cannot be read."""


def load_edition(  # noqa: PLR0913 (an edition is compared with everything else)
    path: Path, week: Week, language: Language, known: Known, texts: Texts, problems: list[Problem]
) -> tuple[Document[EditionFields], Edition] | None:
    """Read an edition, adding what is wrong with it by itself."""
    document = load_document(path, EditionFields, texts, problems, LONGEST_LETTER)
    if document is None:
        return None
    fields = document.fields
    sections, images = _check_document(document, known, problems)
    edition = Edition(
        week=week,
        language=language,
        title=fields.title,
        subject=fields.subject or fields.title,
        summary=fields.summary,
        certainty=fields.certainty,
        thought=fields.thought,
        actions=tuple(fields.actions),
        published=fields.published,
        updated=fields.updated or fields.published,
        draft=fields.draft,
        waive=fields.waive,
        sections=sections,
        images=images,
        source=document.path,
    )
    return document, edition


def check_partly(
    path: Path, known: Known
) -> tuple[Document[EditionFields], frozenset[int], list[Problem]] | None:
    """An edition whose front matter has mistakes, their lines, and what else is wrong with it: see load_partly."""
    loaded = load_partly(path, EditionFields, LONGEST_LETTER)
    if loaded is None:
        return None
    document, lines = loaded
    problems: list[Problem] = []
    _check_document(document, known, problems)
    return document, lines, [problem for problem in problems if problem.line not in lines]


def _check_document(
    document: Document[EditionFields], known: Known, problems: list[Problem]
) -> tuple[tuple[Section, ...], Mapping[str, Image]]:
    """The sections and the pictures of an edition; what is wrong with it is added."""
    fields, path = document.fields, document.path
    sections = check_sections(document, SECTIONS, problems)
    images = load_images(document.marks, path, problems)
    _check_text(document, known, problems)
    sound = _check_thought(document, known, problems) and check_actions(
        fields.actions, fields.certainty, known.items, path, document.lines["actions"], problems
    )
    whole = [section.heading for section in sections if section.markdown.strip()] == list(SECTIONS)
    _check_items(document, known.items.get(fields.certainty, ()), problems, sound=sound, whole=whole)
    return sections, images


def _check_text(document: Document[EditionFields], known: Known, problems: list[Problem]) -> None:
    check_letter_text(document.marks, document.path, problems)
    check_citations(document.marks, known.facts, document.path, problems)
    for heading in document.marks.headings:
        if heading.level == 1:
            message = Message("a letter must not have a “#” heading; its title is the key “title”")
            problems.append(Problem(document.path, heading.line, message))


def _check_thought(document: Document[EditionFields], known: Known, problems: list[Problem]) -> bool:
    """Whether the certainty can be taken for the one that is meant; what is wrong with it or the thought is added."""
    path, lines = document.path, document.lines
    certainty, thought = document.fields.certainty, document.fields.thought
    homes = known.thoughts.get(thought, ())
    if certainty not in IDS:
        message = Message("unknown certainty “{}”{}", certainty, did_you_mean(certainty, IDS))
        problems.append(Problem(path, lines["certainty"], message))
        return False
    if homes and certainty not in homes:
        message = Message("the thought “{}” belongs to {}, not to {}", thought, min(homes), certainty)
        problems.append(Problem(path, lines["thought"], message))
        return False
    # A thought whose file is there, or when none is there at all: what is wrong was said already.
    if not homes and known.thoughts and known.files is not None and thought not in known.files:
        slugs = [slug for slug, homes in known.thoughts.items() if certainty in homes]
        message = Message("unknown thought “{}” of {}{}", thought, certainty, did_you_mean(thought, slugs))
        problems.append(Problem(path, lines["thought"], message))
    return True


def _check_items(
    document: Document[EditionFields],
    known: Collection[str],
    problems: list[Problem],
    *,
    sound: bool,
    whole: bool,
) -> None:
    """Compare the key “actions” with the items in the text; a slip is one problem, not one in each of them.

    `sound` says whether the actions themselves are right, `whole` whether all sections are there.
    """
    path, actions = document.path, document.fields.actions
    seen: set[str | None] = set()
    slips = 0
    marked = {item.id for item in document.marks.items}
    example = next((action for action in actions if action not in marked), actions[0])
    for item in document.marks.items:
        if not check_item(item, path, problems, example):
            slips += 1
        elif item.id in seen:
            message = Message("duplicate item “{}”; delete one of the two", item.id)
            problems.append(Problem(path, item.line, message))
        elif sound and item.id not in actions:
            slips += 1
            message = Message("the item “{}” is not one of the actions: {}", item.id, ", ".join(actions))
            if known and item.id not in known:
                message = Message("unknown item “{}”{}", item.id, did_you_mean(str(item.id), actions))
            problems.append(Problem(path, item.line, message))
        seen.add(item.id)
    if slips or not sound or not whole:
        return
    for action in actions:
        if action not in seen:
            message = Message(
                "the action “{}” is missing in the text; add it as “- [ ] … {{ #{} }}”", action, action
            )
            problems.append(Problem(path, document.lines["actions"], message))
