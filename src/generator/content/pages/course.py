"""`newsletter/course/<certainty>.<language>.md` → the lessons of the course, one for each certainty in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generator.content.certainties import IDS, item_ids
from generator.content.documents import load_document
from generator.content.editions import MOMENT, SECTIONS, Moment
from generator.content.markdown.limits import LONGEST_LETTER
from generator.content.thoughts import check_actions, check_plan, check_sources, check_text, list_endings
from generator.model import Language, Lesson, Message, Problem, Section, join_or
from generator.reading import (
    Fields,
    Line,
    Words,
    did_you_mean,
    exists,
    is_folder,
    is_text_name,
    list_folder,
    nearest,
    plain_name,
)
from generator.words import load_languages, load_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from generator.content.documents import Document, Texts
    from generator.model import Certainty, Fact, Languages

FOLDER = "newsletter/course"
"""Where the lessons stand, below the root of the project."""


class LessonFields(Fields):
    """The front matter of a lesson."""

    title: Line = Field(description=Message("the title, which is also the subject of the mail"))
    summary: Line = Field(description=Message("one sentence that makes a reader open the lesson"))
    action: Line = Field(
        description=Message("what the reader does this week, in one sentence, like “When I …, I …”")
    )
    actions: Annotated[Words, Field(min_length=1, max_length=1)] = Field(
        description=Message("the id of one item of the checklist, like [ref-2]")
    )
    sources: Words = Field(description=Message("the facts that the text cites, like [ref-kumar-2007]"))
    published: Moment = Field(description=MOMENT)
    updated: Moment | None = Field(None, description=MOMENT)


def load_lessons(
    root: Path,
    certainties: Mapping[Language, tuple[Certainty, ...]],
    facts: Mapping[str, Fact],
    texts: Texts,
    problems: list[Problem],
) -> dict[Language, tuple[Lesson, ...]]:
    """Read the lessons of all languages, adding what is wrong with them and which are missing.

    A project may go without a course: then there is no folder, or nothing in it.
    """
    languages, folder = load_languages(root), root / FOLDER
    lessons: dict[Language, list[Lesson]] = {language: [] for language in languages}
    files = [
        path
        for path in (list_folder(folder, problems) if is_folder(folder) else ())
        if is_text_name(path.name) and not path.name.startswith(".")
    ]
    words, items = load_words(root), item_ids(certainties)
    wrong: list[str] = []
    for path in files:
        name = read_name(path.name, languages)
        if name is None:
            problems.append(Problem(path, None, _explain_name(path.name, languages)))
            wrong.append(path.name)
            continue
        certainty, language = name
        document = load_document(path, LessonFields, texts, problems, LONGEST_LETTER)
        if document is None:
            continue
        check_text(document, Message("lesson"), problems)
        check_sources(document, facts, problems)
        check_plan(document, words[language]["thought"]["plan"].split("|"), problems)
        check_actions(document.fields.actions, certainty, items, path, document.lines["actions"], problems)
        lessons[language].append(_lesson(document, language, certainty, certainties[language]))
    if files:
        _check_missing(folder, languages, wrong, problems)
    return {
        language: tuple(sorted(found, key=lambda lesson: lesson.order)) for language, found in lessons.items()
    }


def read_name(name: str, languages: Languages) -> tuple[str, Language] | None:
    """The certainty and the language of the file of a lesson by its name, or None when it is no such name."""
    certainty, _, ending = name.partition(".")
    language = languages.find(ending.removesuffix(".md"))
    return (certainty, language) if certainty in IDS and language and ending.endswith(".md") else None


def _explain_name(name: str, languages: Languages) -> Message:
    """Why a name is not that of a lesson."""
    plain, endings = plain_name(name), list_endings(languages)
    certainty, _, ending = plain.partition(".")
    if read_name(plain, languages):
        return Message("is not a lesson; rename it to {}", plain)
    if f".{ending}" not in endings:
        return Message("the name of a lesson must end in {}", join_or(endings))
    return Message("unknown certainty “{}”{}", certainty, did_you_mean(certainty, IDS))


def _check_missing(folder: Path, languages: Languages, wrong: Sequence[str], problems: list[Problem]) -> None:
    """Add a problem for each step that a reader would miss, unless its file is there under a wrong name."""
    for certainty in IDS:
        for language in languages:
            path = folder / f"{certainty}.{language}.md"
            if not exists(path) and not nearest(path.name, wrong):
                message = Message(
                    "lesson {} of the course is missing in {}; write it, or begin with: generate course",
                    IDS.index(certainty) + 1,
                    languages.names[language],
                )
                problems.append(Problem(path, None, message))


def _lesson(
    document: Document[LessonFields], language: Language, certainty: str, pages: Sequence[Certainty]
) -> Lesson:
    fields = document.fields
    # An item that there is not, or whose page cannot be read, is said elsewhere.
    texts = {item.id: item.text for page in pages for item in page.items}
    box = "\n".join(f"- [ ] {texts[action]} {{ #{action} }}" for action in fields.actions if action in texts)
    bodies = (f"\n{document.markdown.strip()}\n", f"\n{fields.action}\n\n{box}\n")
    return Lesson(
        language=language,
        certainty=certainty,
        order=IDS.index(certainty) + 1,
        title=fields.title,
        summary=fields.summary,
        action=fields.action,
        actions=tuple(fields.actions),
        sources=tuple(fields.sources),
        published=fields.published,
        updated=fields.updated or fields.published,
        sections=tuple(Section(*section, line=0) for section in zip(SECTIONS, bodies, strict=True)),
        source=document.path,
    )
