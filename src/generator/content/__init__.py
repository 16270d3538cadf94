"""Files → Newsletter: everything the renderers need, read and found right, or all that is wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generator.content.archive import FOLDER as ISSUES
from generator.content.archive import load_archive, read_week
from generator.content.assessment import load_assessment
from generator.content.certainties import item_ids, load_certainties
from generator.content.documents import Texts
from generator.content.evidence import PATH as EVIDENCE
from generator.content.evidence import check_citations, load_facts
from generator.content.links import check_links
from generator.content.pages import check_places, load_pages
from generator.content.pages.course import FOLDER as COURSE
from generator.content.pages.course import load_lessons
from generator.content.pages.templates import load_templates
from generator.content.releases import PATH as RELEASED
from generator.content.releases import load_releases
from generator.content.style import CLICHES, SYNONYMS, TERMS, WORDS, load_style
from generator.content.thoughts import load_thoughts
from generator.content.translations import (
    check_certainties,
    check_lessons,
    check_pages,
    check_templates,
    check_thoughts,
)
from generator.content.welcome import load_welcome
from generator.errors import ContentError
from generator.model import Archive, Playbook, Style
from generator.settings import PATH as SETTINGS
from generator.settings import load_settings
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from generator.cache import Cache
    from generator.content.documents import Document
    from generator.content.needs import Needs
    from generator.model import Certainty, Language, Page, Problem, Release, Template, Thought, Week
    from generator.settings import Settings

T = TypeVar("T", "Certainty", "Page", "Template", "Thought")


@dataclass(frozen=True, slots=True)
class Newsletter:
    """The whole project as values. A text that has a problem is not among them."""

    root: Path
    """The folder of the project; every `source` of a text is below it."""
    settings: Settings
    playbook: Playbook
    archive: Archive
    style: Mapping[Language, Style]
    releases: Mapping[tuple[Week, Language], Release]
    """What readers have got already, as it went out."""
    ignored: tuple[Problem, ...] = ()
    """The problems of what was not needed, by file and line, paths below `root`; see load_newsletter."""

    def find_problems(self, needs: Needs) -> tuple[Problem, ...]:
        """Those of the ignored problems that are in the way of somebody with these needs."""
        return tuple(problem for problem in self.ignored if needs(problem.path))

    def require(self, needs: Needs) -> None:
        """Raise ContentError with the problems of what is needed, when there are any."""
        if found := self.find_problems(needs):
            raise ContentError(found)

    def list_unread(self) -> tuple[Week, ...]:
        """The weeks with a letter that was left out, newest first."""
        weeks = {_find_week(problem.path) for problem in self.ignored}
        unread = (week for week in weeks if week and self.archive.issue(week) is None)
        return tuple(sorted(unread, reverse=True))


@dataclass(frozen=True, slots=True)
class Ground:
    """All that letters are made from and compared with: everything but the letters themselves."""

    settings: Settings | None
    playbook: Playbook
    releases: Mapping[tuple[Week, Language], Release]
    style: Mapping[Language, Style]
    texts: Mapping[Path, Document[Any]]
    problems: tuple[Problem, ...]


def read_ground(
    root: Path, documents: Cache[Document[Any]] | None = None, finished: Container[Path] = ()
) -> Ground:
    """Read what letters are made from, for load_newsletter, which explains `documents` and `finished`."""
    root = root.resolve()
    problems: list[Problem] = []
    texts = Texts(documents)
    settings = load_settings(root, problems)
    playbook = _load_playbook(root, texts, problems, finished)
    releases, style = load_releases(root, problems), load_style(root, problems)
    load_welcome(root, problems)  # the service reads it for itself
    return Ground(settings, playbook, releases, style, texts, tuple(problems))


def load_newsletter(  # noqa: PLR0913 (what may be known, and what may be asked for)
    root: Path,
    documents: Cache[Document[Any]] | None = None,
    *,
    now: datetime | None = None,
    needs: Needs | None = None,
    finished: Container[Path] = (),
    ground: Ground | None = None,
) -> Newsletter:
    """Read the project in `root`; what has not changed since `documents` were kept is taken from there.

    `now` tells which dates are too far ahead; without it none is. `needs` says of a path below `root` whether it is
    needed, see content.needs; without it everything is. `finished` names thoughts, below `root`, that are read as if
    they were no drafts. Who has read the `ground` already, and knows that it has not changed, gives it.

    Raises ContentError with every problem of every file that is needed, paths below `root`. What has a problem and is
    not needed is left out, and its problems are `ignored`.
    """
    root = root.resolve()
    ground = ground or read_ground(root, documents, finished)
    settings, playbook, problems = ground.settings, ground.playbook, list(ground.problems)
    texts = Texts(documents)
    texts.update(ground.texts)
    weeks = {week for week, _ in ground.releases}
    archive = load_archive(root, settings, playbook, texts, problems, now, weeks)
    check_links(root, texts, archive, playbook.facts, problems)
    found = [replace(problem, path=problem.path.relative_to(root)) for problem in _first_causes(problems)]
    needed = [
        problem for problem in found if needs is None or needs(problem.path) or problem.path == _SETTINGS
    ]
    if needed or settings is None:
        raise ContentError(needed)
    newsletter = Newsletter(root, settings, playbook, archive, ground.style, ground.releases)
    return _leave_out(newsletter, ContentError(found).problems) if found else newsletter


def _load_playbook(
    root: Path, texts: Texts, problems: list[Problem], finished: Container[Path] = ()
) -> Playbook:
    """Read the playbook of the project in `root`, adding a problem for everything that is wrong.

    `finished` names thoughts, below the root, that are read as if they were no drafts.
    """
    languages, facts = load_languages(root), load_facts(root, problems)
    certainties = {language: load_certainties(root, language, texts, problems) for language in languages}
    pages = {language: load_pages(root, language, texts, problems) for language in languages}
    check_places(root, languages, problems)
    assessment = {language: load_assessment(root, language, problems) for language in languages}
    items = item_ids(certainties)
    templates = {language: load_templates(root, language, items, texts, problems) for language in languages}
    thoughts, drafts = load_thoughts(root, items, facts, texts, problems, finished)
    lessons = load_lessons(root, certainties, facts, texts, problems)
    for path, text in texts.items():
        check_citations(text.marks, facts, path, problems)
    citable = {fact.id for fact in facts.values() if fact.use != "avoid"}
    check_pages(languages, pages, citable, texts, problems)
    check_certainties(root, certainties, citable, texts, problems)
    check_templates(languages, templates, citable, texts, problems)
    check_lessons(languages, lessons, items, citable, texts, problems)
    check_thoughts(languages, thoughts, items, citable, texts, problems)
    found = {language: one for language, one in assessment.items() if one is not None}
    return Playbook(certainties, pages, found, thoughts, facts, drafts, templates, lessons)


_SETTINGS = Path(SETTINGS)


def _first_causes(problems: list[Problem]) -> list[Problem]:
    """Each problem once, and none about a file in a folder that is wrong itself."""
    places = {problem.path for problem in problems}
    return [problem for problem in dict.fromkeys(problems) if places.isdisjoint(problem.path.parents)]


def _leave_out(newsletter: Newsletter, problems: tuple[Problem, ...]) -> Newsletter:
    """The newsletter without what has a problem."""
    root, wrong = newsletter.root, {problem.path for problem in problems}
    above = wrong.union(*(path.parents for path in wrong))

    def is_sound(place: Path | str) -> bool:
        """Whether neither a file, nor a folder above it, nor anything in a folder has a problem."""
        path = (root / place).relative_to(root)
        return path not in above and wrong.isdisjoint(path.parents)

    def sound(texts: Mapping[Language, tuple[T, ...]]) -> dict[Language, tuple[T, ...]]:
        return {
            language: tuple(one for one in found if is_sound(one.source)) for language, found in texts.items()
        }

    playbook = newsletter.playbook
    return replace(
        newsletter,
        playbook=replace(
            playbook,
            certainties=sound(playbook.certainties),
            pages=sound(playbook.pages),
            assessment={one: text for one, text in playbook.assessment.items() if is_sound(text.source)},
            thoughts=sound(playbook.thoughts),
            templates=sound(playbook.templates),
            lessons=playbook.lessons if is_sound(COURSE) else dict.fromkeys(playbook.lessons, ()),
            facts=playbook.facts if is_sound(EVIDENCE) else {},
        ),
        archive=Archive(
            tuple(issue for issue in newsletter.archive.issues if is_sound(f"{ISSUES}/{issue.week}"))
        ),
        style={
            language: Style(
                style.words if is_sound(WORDS.format(language=language)) else frozenset(),
                style.cliches if is_sound(CLICHES.format(language=language)) else (),
                style.synonyms if is_sound(SYNONYMS.format(language=language)) else {},
                style.terms if is_sound(TERMS) else {},
            )
            for language, style in newsletter.style.items()
        },
        releases=newsletter.releases if is_sound(RELEASED) else {},
        ignored=problems,
    )


def _find_week(path: Path) -> Week | None:
    """The week of the letter that a file, or a folder, belongs to."""
    folder = Path(ISSUES)
    return read_week(path.relative_to(folder).parts[0]) if folder in path.parents else None
