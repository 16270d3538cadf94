"""`newsletter/thoughts/<certainty>/<slug>.<language>.md` → the thoughts that letters are made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import Field

from generator.content.certainties import IDS
from generator.content.code import mask_code, mask_fences
from generator.content.frontmatter import load_document
from generator.model import MONTHS, Language, Problem, Thought
from generator.reading import Fields, Line, did_you_mean, is_folder, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.content.frontmatter import Document, Texts
    from generator.content.marks import Marks
    from generator.model import Fact

FOLDER = "newsletter/thoughts"
"""Where the thoughts stand, below the root of the project."""

MOST_CHARACTERS, MOST_BRACKETS = 20_000, 50
"""Of a text, and open at one place in it: ten times a long letter. Markdown would take minutes over more."""

_BRACKET = re.compile(r"\\.|[\[\]]|\n[ \t]*(?=\n)")


class ThoughtFields(Fields):
    title: Line = Field(description="the title, which is also the subject of the letter")
    summary: Line = Field(description="one sentence that makes a reader open the letter")
    actions: list[str] = Field(min_length=1, max_length=3, description="one to three item ids, like [ref-2]")
    sources: list[str] = Field(description="the facts that the text cites, like [ref-kumar-2007]")
    season: list[str] = Field(
        default_factory=list,
        description="months and weeks in which it fits, like [november, december] or [W01]",
    )
    against: bool = Field(
        default=False, description="true when it argues, with a source, against the usual advice"
    )


def load_thoughts(
    root: Path,
    items: Mapping[str, frozenset[str]],
    facts: Mapping[str, Fact],
    texts: Texts,
    problems: list[Problem],
) -> dict[Language, tuple[Thought, ...]]:
    """Read the thoughts in all languages, adding what is wrong with them.

    `items` has the ids of the items of each certainty.
    """
    folder = root / FOLDER
    thoughts: dict[Language, list[Thought]] = {language: [] for language in Language}
    for path in sorted(folder.rglob("[!.]*.md")) if is_folder(folder, problems) else ():
        slug, _, suffix = path.stem.rpartition(".")
        certainty = path.parent.relative_to(folder).as_posix()
        if certainty not in IDS:
            hint = did_you_mean(certainty, IDS)
            problems.append(Problem(path.parent, None, f"unknown certainty “{certainty}”{hint}"))
        elif suffix not in list(Language):
            problems.append(Problem(path, None, "the name of a thought ends in .nl.md or .en.md"))
        elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            message = f"the name “{slug}” is not like who-calls-you: small letters, digits and hyphens"
            problems.append(Problem(path, None, message))
        elif document := load_document(path, ThoughtFields, texts, problems):
            language = Language(suffix)
            thoughts[language].append(_thought(document, language, certainty, slug))
            _check_text(document, problems)
            _check_season(document, problems)
            _check_sources(document, facts, problems)
            _check_against(document, problems)
            check_actions(
                document.fields.actions, certainty, items, path, document.lines["actions"], problems
            )
    return {language: tuple(found) for language, found in thoughts.items()}


def _thought(document: Document[ThoughtFields], language: Language, certainty: str, slug: str) -> Thought:
    fields = document.fields
    return Thought(
        language=language,
        certainty=certainty,
        slug=slug,
        title=fields.title,
        summary=fields.summary,
        actions=tuple(fields.actions),
        sources=tuple(fields.sources),
        markdown=document.markdown.strip(),
        source=document.path,
        line=document.line + len(document.markdown) - len(document.markdown.lstrip("\n")),
        season=tuple(fields.season),
        against=fields.against,
    )


def is_season(name: str) -> bool:
    """Whether a season may hold a name: that of a month or an ISO week."""
    return name in MONTHS or re.fullmatch(r"W(0[1-9]|[1-4][0-9]|5[0-3])", name) is not None


def _check_season(document: Document[ThoughtFields], problems: list[Problem]) -> None:
    for name in document.fields.season:
        if not is_season(name):
            loose = re.fullmatch(r"(?:week|w)[ -]?([0-9]{1,2})", name, re.IGNORECASE)
            near = f"W{int(loose[1]):02}" if loose else ""
            hint = f"; did you mean “{near}”?" if is_season(near) else did_you_mean(name, MONTHS)
            message = f"“{name}” is no month and no week like december or W50{hint}"
            problems.append(Problem(document.path, document.lines["season"], message))


def _check_against(document: Document[ThoughtFields], problems: list[Problem]) -> None:
    if document.fields.against and not document.fields.sources:
        message = (
            "who argues against the usual advice shows why: “sources” is empty; name one, or delete “against”"
        )
        problems.append(Problem(document.path, document.lines["against"], message))


def _check_text(document: Document[ThoughtFields], problems: list[Problem]) -> None:
    path, marks = document.path, document.marks
    if not document.markdown.strip():
        problems.append(Problem(path, document.line, "the text of the thought is missing"))
    check_letter_text(marks, path, problems)
    check_length(document, problems)
    for heading in marks.headings[:1]:
        message = "a thought has no headings: it becomes one section of a letter"
        problems.append(Problem(path, heading.line, message))
    for item in marks.items[:1]:
        message = "a thought has no checklist items: the letter gets those of the key “actions”"
        problems.append(Problem(path, item.line, message))
    for link in marks.links:
        if link.image:
            message = f"a thought has no images: put “{link.target}” into the letter, beside which it stands"
            problems.append(Problem(path, link.line, message))


def _check_sources(
    document: Document[ThoughtFields], facts: Mapping[str, Fact], problems: list[Problem]
) -> None:
    """Compare the key “sources” with what the text cites; a misspelt id is one problem, not one in each of them."""
    path, line, marks = document.path, document.lines["sources"], document.marks
    named, cited = document.fields.sources, marks.sources
    if not facts:
        return
    unnamed = [source for source in cited if source in facts and source not in named]
    for source in named:
        if source not in facts:
            near = nearest(source, unnamed)
            hint = did_you_mean(source, [near] if near else facts)
            problems.append(Problem(path, line, f"unknown source “{source}”{hint}"))
            unnamed = [one for one in unnamed if one != near]
        elif source not in cited and not nearest(source, [one for one in cited if one not in facts]):
            message = f"the source “{source}” is not cited; put [^{source}] after what it shows"
            problems.append(Problem(path, line, message))
    for source in unnamed:
        place = next(number for note, number in marks.footnotes if note == source)
        problems.append(
            Problem(path, place, f"the text cites “{source}”, which the key “sources” does not name")
        )


def check_actions(  # noqa: PLR0913 (the place of a problem is two of them)
    actions: Iterable[str],
    certainty: str,
    items: Mapping[str, frozenset[str]],
    path: Path,
    line: int,
    problems: list[Problem],
) -> bool:
    """Whether each action is a checklist item of the certainty; what is wrong is added."""
    known = items.get(certainty)
    if not known:
        return True  # the page of the certainty cannot be read, which was said already
    sound = True
    for action in actions:
        if action in known:
            continue
        sound = False
        owner = next((other for other, ids in items.items() if action in ids), None)
        if owner is None:
            problems.append(Problem(path, line, f"unknown action “{action}”{did_you_mean(action, known)}"))
        else:
            problems.append(
                Problem(path, line, f"the action “{action}” belongs to {owner}, not to {certainty}")
            )
    return sound


def check_letter_text(marks: Marks, path: Path, problems: list[Problem]) -> None:
    """Add a problem for what must not reach a mail program: HTML, and comments that a reader could see."""
    for text, line in marks.html:
        problems.append(
            Problem(path, line, f"“{text}” is HTML; a letter is Markdown only, and code stands in backticks")
        )
    for text, line in marks.comments:
        problems.append(
            Problem(path, line, f"“<!-- {text[:20]} -->” is a comment; a reader could see it, delete it")
        )


def check_length(document: Document[Any], problems: list[Problem]) -> None:
    """Add a problem for a text that nobody could have written, before Markdown loses itself in it."""
    path, markdown = document.path, document.markdown
    if len(markdown) > MOST_CHARACTERS:
        message = f"the text has {len(markdown):,} characters; a letter has at most {MOST_CHARACTERS:,}"
        problems.append(Problem(path, document.line, message))
        return
    depth = 0
    for match in _BRACKET.finditer(mask_code(mask_fences(markdown))):
        if match[0] == "[":
            depth += 1
        elif match[0] == "]":
            depth = max(depth - 1, 0)
        elif match[0][0] == "\n":
            depth = 0  # a blank line ends the paragraph
        if depth > MOST_BRACKETS:
            line = document.line + markdown.count("\n", 0, match.start())
            problems.append(
                Problem(path, line, f"more than {MOST_BRACKETS} brackets “[” are open here; close them")
            )
            return
