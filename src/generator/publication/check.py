"""Read everything, and ask every rule about what was named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from generator.cache import load_cache
from generator.check.language.knowledge import find_knowledge
from generator.check.rules.spelling import has_dictionary
from generator.content.archive import FOLDER as ISSUES
from generator.content.configuration import find_configuration_problems
from generator.content.needs import need_lesson, need_letter, need_nothing, need_thought
from generator.errors import ContentError
from generator.publication.jobs import CheckLesson, CheckLetter, CheckThought, plan_jobs, run_jobs
from generator.publication.selection import find_selection
from generator.publication.texts import BUILD, DOCUMENTS, keep_caches
from generator.settings import find_placeholders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from generator.cache import Cache
    from generator.content import Newsletter
    from generator.content.documents import Document
    from generator.content.needs import Needs
    from generator.model import Issue, Language, Languages, Problem, Week
    from generator.publication.findings import Findings
    from generator.publication.jobs import Follow, Job
    from generator.publication.selection import Selection

FINDINGS = PurePosixPath("cache/findings")
"""Below build/: what the last check of everything has found."""

LINKS = PurePath("build/cache/links.json")
"""What other sites answered to --online, below the root of the project."""

Texts: TypeAlias = "Mapping[str, set[tuple[str, Language]]]"
"""Names of texts and their languages, by kind: page, thought, lesson, letter."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check has looked at, and what it has found."""

    problems: Sequence[Problem]
    """Those of what was named, waived ones too."""
    ignored: Sequence[Problem] = ()
    """Those of files that it did without."""
    coverage: Coverage | None = None
    """What was looked at; None when the texts could not be read."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, and what was not."""

    languages: Languages
    """Those of the project."""
    texts: Texts
    facts: int | None
    """How many facts were looked at; None when something was named, and facts were not."""
    unread: bool
    """Whether something that was named cannot be read."""
    readable: bool
    """Whether every file of the project can be read."""
    drafts: Sequence[Path]
    """Drafts that were named by their file, below the root of the project."""
    other_drafts: int
    """How many more there are among what was named."""
    skipped: Sequence[Week]
    """The weeks whose letters were looked at, and that nobody gets."""
    unchecked: Mapping[Language, Sequence[str]]
    """What was not checked in a language of the texts, because we have no dictionary or no knowledge of it."""


def check_project(  # noqa: PLR0913 (what may be asked for)
    root: Path,
    load: Callable[..., Newsletter],
    targets: Sequence[str],
    here: Path,
    now: datetime,
    *,
    documents: Cache[Document[Any]] | None = None,
    online: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    follow: Follow | None = None,
) -> Checked:
    """Check what is named, or everything. `load` reads the newsletter; paths are as seen from `here`.

    `documents` is what `load` reads with. When it is given and nothing is named, what an earlier check found is used,
    and both are kept for the next one. `online` also asks other sites whether links to them work, which `tell` hears
    before. `follow` sees how far the checks are: see run_jobs. Raises RequestError for a target that is not there.
    """
    root = root.resolve()
    selection = find_selection(root, targets, here)
    configuration = [] if selection else find_configuration_problems(root)
    try:
        needs = need_nothing if selection else None
        newsletter = load(now=now, needs=needs, finished=selection.paths)
    except ContentError as error:
        return Checked([*error.problems, *configuration])
    if not selection:
        configuration += find_placeholders(root, newsletter.settings)
    jobs, unread = _sort_out(newsletter, selection)
    findings: Findings | None = None
    if documents is not None and not selection:
        findings = load_cache(root / BUILD / FINDINGS)
    problems = [*unread, *run_jobs(newsletter, jobs, follow, findings=findings)]
    if documents is not None and findings is not None:
        keep_caches(root, {DOCUMENTS: documents, FINDINGS: findings})
    if online:
        from generator.check.online import check_links_online  # noqa: PLC0415 (few need its libraries)

        editions = list(selection.editions(newsletter))
        tell("Checking links to other sites; each site has ten seconds to answer…")
        problems += check_links_online(newsletter, editions, now, root / LINKS)
    ignored = [problem for problem in newsletter.ignored if problem not in unread]
    return Checked([*problems, *configuration], ignored, _cover(newsletter, selection, jobs, unread))


def _sort_out(newsletter: Newsletter, selection: Selection) -> tuple[list[Job], list[Problem]]:
    """What can be done of what was asked for, and the problems that are in the way of the rest."""
    jobs = list(plan_jobs(newsletter, selection))
    if not newsletter.ignored:
        return jobs, []
    unread = dict.fromkeys(newsletter.find_problems(selection.needs))
    for week in newsletter.list_unread():
        if selection.needs(PurePath(ISSUES, str(week))):
            unread |= dict.fromkeys(newsletter.find_problems(need_letter(newsletter.root, week)))
    ready: list[Job] = []
    for job in jobs:
        if found := newsletter.find_problems(_find_needs(newsletter, job)):
            unread |= dict.fromkeys(found)
        else:
            ready.append(job)
    return ready, list(unread)


def _find_needs(newsletter: Newsletter, job: Job) -> Needs:
    if isinstance(job, CheckLetter):
        return need_letter(newsletter.root, job.week)
    if isinstance(job, CheckThought):
        return need_thought(newsletter.root, job.find(newsletter).certainty)
    if isinstance(job, CheckLesson):
        return need_lesson(newsletter.root, job.find(newsletter).certainty)
    return need_nothing


def _cover(
    newsletter: Newsletter, selection: Selection, jobs: Sequence[Job], unread: Sequence[Problem]
) -> Coverage:
    drafts, other_drafts = _list_drafts(newsletter, selection)
    languages, texts = newsletter.settings.languages, _list_checked(newsletter, selection, jobs)
    found = {language for names in texts.values() for _, language in names}
    unchecked = {language: _list_unchecked(language) for language in languages if language in found}
    return Coverage(
        languages=languages,
        texts=texts,
        facts=None if selection else len(newsletter.playbook.facts),
        unread=bool(unread),
        readable=not newsletter.ignored,
        drafts=drafts,
        other_drafts=other_drafts,
        skipped=[issue.week for issue in _list_skipped(newsletter, selection)],
        unchecked={language: checks for language, checks in unchecked.items() if checks},
    )


def _list_checked(newsletter: Newsletter, selection: Selection, jobs: Sequence[Job]) -> Texts:
    """The texts that were looked at; what stands in both languages has one name."""
    playbook, languages = newsletter.playbook, newsletter.settings.languages
    texts: dict[str, set[tuple[str, Language]]] = {
        "page": set(),
        "thought": set(),
        "lesson": set(),
        "letter": set(),
    }
    for language in languages:
        pages = [(one.page, one.source) for one in playbook.certainties[language]]
        pages += [(one.page, one.source) for one in playbook.templates[language]]
        pages += [(one.name, one.source) for one in playbook.pages[language]]
        for name, source in pages:
            if selection.holds(source.relative_to(newsletter.root)):
                texts["page"].add((name, language))
    for job in jobs:
        if isinstance(job, CheckLetter):
            texts["letter"] |= {(str(job.week), one) for one in languages if job.language in {None, one}}
        elif isinstance(job, CheckThought):
            thought = job.find(newsletter)
            texts["thought"].add((f"{thought.certainty}/{thought.slug}", job.language))
        elif isinstance(job, CheckLesson):
            texts["lesson"].add((job.find(newsletter).certainty, job.language))
    return texts


def _list_unchecked(language: Language) -> list[str]:
    """What cannot be checked in a language."""
    lacking = [] if has_dictionary(language) else ["spelling"]
    return lacking if find_knowledge(language) else [*lacking, "figures", "reading level"]


def _list_drafts(newsletter: Newsletter, selection: Selection) -> tuple[list[Path], int]:
    """The drafts that were named by their file, and how many others there are among what was named."""
    named: list[Path] = []
    others = 0
    for draft in newsletter.playbook.drafts:
        files = [path.relative_to(newsletter.root) for path in draft.sources.values()]
        found = [path for path in files if path in selection.paths]
        named += found
        others += not found and any(map(selection.holds, files))
    return named, others


def _list_skipped(newsletter: Newsletter, selection: Selection) -> Iterator[Issue]:
    """The letters that were looked at, and that nobody gets."""
    weeks = {edition.week for edition in selection.editions(newsletter)}
    return (issue for issue in reversed(newsletter.archive.issues) if issue.skipped and issue.week in weeks)
