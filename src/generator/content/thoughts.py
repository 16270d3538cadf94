"""`newsletter/thoughts/<certainty>/<slug>.<language>.md` → the thoughts that letters are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from generator.content.certainties import IDS, item_ids
from generator.content.documents import Texts, load_document, load_partly, read_front
from generator.content.evidence import check_citations
from generator.content.markdown.limits import LONGEST_LETTER
from generator.model import (
    MONTHS,
    NOTHING,
    Draft,
    Language,
    Languages,
    Message,
    Problem,
    Thought,
    join_and,
    join_or,
)
from generator.reading import (
    Fields,
    Line,
    Words,
    did_you_mean,
    is_document,
    is_folder,
    is_text_name,
    list_folder,
    nearest,
    plain_name,
    walk_folder,
)
from generator.words import load_languages, load_words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from generator.content.documents import Document
    from generator.content.markdown.marks import Marks
    from generator.model import Fact, Playbook

FOLDER = "newsletter/thoughts"
"""Where the thoughts stand, below the root of the project."""


LONGEST_ACTION = 30
"""The most words that the action of a thought may have."""


class ThoughtFields(Fields):
    title: Line = Field(description=Message("the title, which is also the subject of the letter"))
    summary: Line = Field(description=Message("one sentence that makes a reader open the letter"))
    action: Line = Field(
        description=Message("what the reader does this week, in one sentence, like “When I …, I …”")
    )
    actions: Annotated[Words, Field(min_length=1, max_length=2)] = Field(
        description=Message("one or two item ids, like [ref-2]")
    )
    sources: Words = Field(description=Message("the facts that the text cites, like [ref-kumar-2007]"))
    season: Words = Field(
        default_factory=list,
        description=Message("months and weeks in which it fits, like [november, december] or [W01]"),
    )
    against: bool = Field(
        default=False, description=Message("true when it argues, with a source, against the usual advice")
    )
    draft: bool = Field(
        default=False, description=Message("true while it is not finished: no letter is made from it")
    )


def load_thoughts(  # noqa: PLR0913 (thoughts are compared with everything else)
    root: Path,
    items: Mapping[str, frozenset[str]],
    facts: Mapping[str, Fact],
    texts: Texts,
    problems: list[Problem],
    finished: Container[Path] = (),
) -> tuple[dict[Language, tuple[Thought, ...]], tuple[Draft, ...]]:
    """Read the thoughts in all languages, and which are drafts, adding what is wrong with them.

    `items` has the ids of the items of each certainty; `finished` names files, below the root, that are read as if
    they were no drafts.
    """
    found: dict[tuple[str, str], dict[Language, _File]] = {}
    scratch = Texts(texts.documents)  # a draft is none of the texts that are compared with each other
    folder, languages = root / FOLDER, load_languages(root)
    starts = {language: words["thought"]["plan"].split("|") for language, words in load_words(root).items()}
    for path in _list(folder, languages, problems) if is_folder(folder, problems) else ():
        if name := _read_name(path, folder, languages, problems):
            certainty, slug, language = name
            found.setdefault((certainty, slug), {})[language] = _read(path, scratch)
    thoughts: dict[Language, list[Thought]] = {language: [] for language in languages}
    drafts: list[Draft] = []
    for (certainty, slug), files in found.items():
        if is_draft := any(file.draft for file in files.values()):
            drafts.append(Draft(certainty, slug, {language: file.path for language, file in files.items()}))
            _check_draft(files, problems)
        for language, file in files.items():
            if is_draft and file.path.relative_to(root) not in finished:
                continue
            problems += file.problems
            if document := file.document:
                texts[file.path] = document
                thoughts[language].append(_thought(document, language, certainty, slug))
                _check_document(document, certainty, items, facts, problems)
                check_plan(document, starts[language], problems)
    return {language: tuple(own) for language, own in thoughts.items()}, tuple(drafts)


def list_slugs(root: Path) -> frozenset[str] | None:
    """The slugs of all files of thoughts, readable or not; None when one of their folders cannot be read."""
    unread: list[Problem] = []
    files = [file for home in list_folder(root / FOLDER) for file in list_folder(home, unread)]
    return None if unread else frozenset(file.name.partition(".")[0] for file in files)


@dataclass(frozen=True, slots=True)
class _File:
    """A thought in one language, or why it cannot be read."""

    path: Path
    document: Document[ThoughtFields] | None
    problems: list[Problem]
    draft: int
    """The line with `draft: true`; 0 when there is none."""


_DRAFT = re.compile(r"^draft[ \t]*:[ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE | re.IGNORECASE)


def _read(path: Path, texts: Texts) -> _File:
    problems: list[Problem] = []
    document = load_document(path, ThoughtFields, texts, problems, LONGEST_LETTER)
    if document is not None:
        return _File(path, document, problems, document.lines["draft"] if document.fields.draft else 0)
    # What cannot be read can still say that it is not finished.
    front = read_front(path)
    match = _DRAFT.search(front)
    return _File(path, None, problems, front.count("\n", 0, match.start()) + 2 if match else 0)


def _check_draft(files: Mapping[Language, _File], problems: list[Problem]) -> None:
    """Add a problem when a thought is a draft in one language, and finished in the other."""
    done = [file.path.name for file in files.values() if not file.draft]
    for file in files.values():
        if file.draft and done:
            message = Message(
                "“draft” is true here, but not in {}; both languages must be drafts, or neither", done[0]
            )
            problems.append(Problem(file.path, file.draft, message))


def _read_name(
    path: Path, folder: Path, languages: Languages, problems: list[Problem]
) -> tuple[str, str, Language] | None:
    """The certainty, the slug and the language by the place of a file, or None after adding what is wrong with it."""
    slug, _, suffix = path.stem.rpartition(".")
    certainty = path.parent.relative_to(folder).as_posix()
    if is_document(path.name):
        files = join_and(f"x{ending}" for ending in list_endings(languages))
        message = Message("is a document, which is not read; save its text in Markdown, as {}", files)
        problems.append(Problem(path, None, message))
    elif right := _mistaken(path, languages):
        problems.append(Problem(path, None, Message("is not a thought; rename it to {}", right)))
    elif path.parent == folder:
        message = Message(
            "is outside the folder of its certainty; move it to a folder like {}/referral/", FOLDER
        )
        problems.append(Problem(path, None, message))
    elif certainty not in IDS:
        hint = did_you_mean(certainty, IDS)
        problems.append(Problem(path.parent, None, Message("unknown certainty “{}”{}", certainty, hint)))
    elif (language := languages.find(suffix)) is None:
        endings = join_or(list_endings(languages))
        problems.append(Problem(path, None, Message("the name of a thought must end in {}", endings)))
    elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        message = Message(
            "the name “{}” must have only lower-case letters, digits and hyphens, like who-calls-you", slug
        )
        problems.append(Problem(path, None, message))
    else:
        return certainty, slug, language
    return None


def _list(folder: Path, languages: Languages, problems: list[Problem]) -> Iterator[Path]:
    """The files that are thoughts, or were probably meant to be."""
    for path in walk_folder(folder, problems):
        if path.name.endswith(".md") or (_is_meant(path, languages) and not is_folder(path)):
            yield path


def _is_meant(path: Path, languages: Languages) -> bool:
    """Whether a file is a text that nobody reads as it is; notes like README.txt have no front matter."""
    mistaken = _mistaken(path, languages) is not None
    if path.name.endswith(".txt") and not mistaken:
        return bool(read_front(path))
    return mistaken or is_text_name(path.name) or is_document(path.name)


def _mistaken(path: Path, languages: Languages) -> str | None:
    """The name that a file should have when its own is nearly that of a thought: `x.nl.MD`, `x.NL.md`, `x.nl.txt`."""
    endings = list_endings(languages)
    right = "" if path.name.endswith(endings) else plain_name(path.name)
    return right if right.endswith(endings) else None


def list_endings(languages: Languages) -> tuple[str, ...]:
    """What the name of a thought can end in."""
    return tuple(f".{language}.md" for language in languages)


def _thought(document: Document[ThoughtFields], language: Language, certainty: str, slug: str) -> Thought:
    fields = document.fields
    return Thought(
        language=language,
        certainty=certainty,
        slug=slug,
        title=fields.title,
        summary=fields.summary,
        action=fields.action,
        actions=tuple(fields.actions),
        sources=tuple(fields.sources),
        markdown=document.markdown.strip("\n"),
        source=document.path,
        line=document.line + len(document.markdown) - len(document.markdown.lstrip("\n")),
        season=tuple(fields.season),
        against=fields.against,
    )


def _check_document(
    document: Document[ThoughtFields],
    certainty: str,
    items: Mapping[str, frozenset[str]],
    facts: Mapping[str, Fact],
    problems: list[Problem],
) -> None:
    check_text(document, Message("thought"), problems)
    _check_season(document, problems)
    check_sources(document, facts, problems)
    _check_against(document, facts, problems)
    actions, line = document.fields.actions, document.lines["actions"]
    check_actions(actions, certainty, items, document.path, line, problems)


def check_partly(
    root: Path, path: Path, certainty: str, language: Language, playbook: Playbook
) -> tuple[Document[ThoughtFields], frozenset[int], list[Problem]] | None:
    """A thought whose front matter has mistakes, their lines, and what else is wrong with it: see load_partly."""
    loaded = load_partly(path, ThoughtFields, LONGEST_LETTER)
    if loaded is None:
        return None
    document, known = loaded
    problems: list[Problem] = []
    _check_document(document, certainty, item_ids(playbook.certainties), playbook.facts, problems)
    check_plan(document, load_words(root)[language]["thought"]["plan"].split("|"), problems)
    check_citations(document.marks, playbook.facts, path, problems)
    return document, known, [problem for problem in problems if problem.line not in known]


def is_season(name: str) -> bool:
    """Whether a season may hold a name: that of a month or an ISO week."""
    return name in MONTHS or re.fullmatch(r"W(0[1-9]|[1-4][0-9]|5[0-3])", name) is not None


def _check_season(document: Document[ThoughtFields], problems: list[Problem]) -> None:
    for name in document.fields.season:
        if not is_season(name):
            loose = re.fullmatch(r"(?:week|w)[ -]?([0-9]{1,2})", name, re.IGNORECASE)
            near = f"W{int(loose[1]):02}" if loose else ""
            hint = Message("; did you mean “{}”?", near) if is_season(near) else did_you_mean(name, MONTHS)
            message = Message("“{}” is not a month or a week, like december or W50{}", name, hint)
            problems.append(Problem(document.path, document.lines["season"], message))


def check_plan(document: Document[Any], starts: list[str], problems: list[Problem]) -> None:
    """Add a problem when the action is no single plan of the reader's own: when I …, I …"""
    action = document.fields.action
    words, message = len(action.split()), NOTHING
    if words > LONGEST_ACTION:
        message = Message("the action has {} words; at most {}", words, LONGEST_ACTION)
    elif not action.startswith(tuple(f"{start} " for start in starts)) or "," not in action:
        names = join_or(f"“{start} …, …”" for start in starts)
        message = Message("the action must say when the reader does what, in one sentence like {}", names)
    if message:
        problems.append(Problem(document.path, document.lines["action"], message))


def _check_against(
    document: Document[ThoughtFields], facts: Mapping[str, Fact], problems: list[Problem]
) -> None:
    """Whether what argues against the usual advice has a source whose own authors do so, or set conditions to it."""
    if not document.fields.against:
        return
    path, line, sources = document.path, document.lines["against"], document.fields.sources
    if not sources:
        message = Message(
            "a thought against the usual advice needs a source; add one to “sources”, or delete “against”"
        )
        problems.append(Problem(path, line, message))
        return
    known = [facts[source] for source in sources if source in facts]
    if len(known) < len(sources):
        return  # the evidence cannot be read, or a source is misspelt: that is said elsewhere
    if not any(fact.stance in {"against", "qualifies"} for fact in known):
        found = join_and(Message("“{}” says “{}”", fact.id, fact.stance) for fact in known)
        message = Message(
            "a thought against the usual advice needs a source with the stance against or "
            "qualifies in the evidence, but {}; cite another, or delete “against”",
            found,
        )
        problems.append(Problem(path, line, message))


def check_text(document: Document[Any], kind: Message, problems: list[Problem]) -> None:
    """Add a problem for what a text cannot hold that becomes one section of a letter."""
    path, marks = document.path, document.marks
    if not document.markdown.strip():
        problems.append(Problem(path, document.line, Message("the text of the {} is missing", kind)))
    check_letter_text(marks, path, problems)
    for heading in marks.headings[:1]:
        message = Message("a {} must not have headings, because it becomes one section of a letter", kind)
        problems.append(Problem(path, heading.line, message))
    for item in marks.items[:1]:
        message = Message("a {} must not have checklist items; name them in the key “actions”", kind)
        problems.append(Problem(path, item.line, message))
    for link in marks.links:
        if link.image:
            cure = (
                Message("put “{}” in the letter instead", link.target)
                if kind == "thought"
                else Message("delete “{}”", link.target)
            )
            message = Message("a {} must not have images; {}", kind, cure)
            problems.append(Problem(path, link.line, message))


def check_sources(document: Document[Any], facts: Mapping[str, Fact], problems: list[Problem]) -> None:
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
            problems.append(Problem(path, line, Message("unknown source “{}”{}", source, hint)))
            unnamed = [one for one in unnamed if one != near]
        elif source not in cited and not nearest(source, [one for one in cited if one not in facts]):
            message = Message(
                "the source “{}” is not cited; put [^{}] after the sentence that it supports", source, source
            )
            problems.append(Problem(path, line, message))
    for source in unnamed:
        place = next(number for note, number in marks.footnotes if note == source)
        problems.append(
            Problem(
                path, place, Message("the text cites “{}”, which is missing in the key “sources”", source)
            )
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
            problems.append(
                Problem(path, line, Message("unknown action “{}”{}", action, did_you_mean(action, known)))
            )
        else:
            problems.append(
                Problem(
                    path, line, Message("the action “{}” belongs to {}, not to {}", action, owner, certainty)
                )
            )
    return sound


def check_letter_text(marks: Marks, path: Path, problems: list[Problem]) -> None:
    """Add a problem for what must not reach a mail program: HTML, and comments that a reader could see."""
    for text, line in marks.html:
        problems.append(
            Problem(
                path,
                line,
                Message(
                    "“{}” is HTML, which is not allowed; put code in backticks, or write &lt; for <", text
                ),
            )
        )
    for text, line in marks.comments:
        problems.append(
            Problem(
                path,
                line,
                Message("“<!-- {} -->” is a comment, which readers could see; delete it", text[:20]),
            )
        )
