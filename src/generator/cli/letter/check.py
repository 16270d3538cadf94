"""What `generate check` does: read everything, ask every rule about what was named, and say what is to be mended."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Protocol

import click

from generator.check import check_issue, check_proof, check_thought
from generator.check.proofs import Proof
from generator.cli.reports import (
    count_problems,
    report_github,
    report_json,
    report_text,
    say_counts,
    say_ignored,
)
from generator.content.archive import FOLDER as ISSUES
from generator.content.archive import list_written
from generator.content.configuration import find_configuration_problems
from generator.content.needs import need_letter, need_nothing, need_thought
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.errors import ContentError, GeneratorError
from generator.model import Language, Problem, Week
from generator.reading import did_you_mean
from generator.render.page.pages import render_pages
from generator.sentences import count, say_kept, say_no_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.content.needs import Needs
    from generator.model import Edition, Issue, Thought

LINKS = PurePath("build/cache/links.json")
"""What other sites answered to --online, below the root of the project."""

MANY = 40
"""More issues than this are worth a process for each core."""

_CHUNK = 4
"""How many letters or thoughts a process takes at a time: a second's work, after which Ctrl-C is heard."""
_PATIENCE = 1.0
"""Seconds after which a person wants to see that something happens."""
_TEXTS = ("docs", "newsletter")


# --- What is to be checked --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selection:
    """Files and folders that somebody has named, below the root of the project; none are all of it."""

    paths: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was named."""
        return bool(self.paths)

    def holds(self, path: Path) -> bool:
        """Whether a file was named, or a folder above it."""
        return not self.paths or any(named == path or named in path.parents for named in self.paths)

    def needs(self, path: PurePath) -> bool:
        """Whether what is wrong with a file, or with a folder, is wrong with what was named."""
        return any(named == path or named in path.parents or path in named.parents for named in self.paths)

    def editions(self, newsletter: Newsletter) -> Iterator[Edition]:
        """The editions that were named."""
        for issue in newsletter.archive.issues:
            for edition in issue.editions.values():
                if self.holds(edition.source.relative_to(newsletter.root)):
                    yield edition


def find_selection(root: Path, targets: Sequence[str]) -> Selection:
    """What weeks and paths mean, paths as seen from here or from the root. Raises UsageError for what is not there."""
    return Selection(tuple(dict.fromkeys(_find(root, target) for target in targets)))


def _find(root: Path, target: str) -> Path:
    here = Path.cwd()
    for place in (here, root) if here.is_relative_to(root) else (root,):
        path = (place / target).resolve()
        if path.exists():
            if path == root:
                return Path()
            if path.is_relative_to(root) and path.relative_to(root).parts[0] in _TEXTS:
                picture = path.is_file() and path.suffix != ".md" and path.is_relative_to(root / ISSUES)
                return (path.parent if picture else path).relative_to(root)
            raise click.UsageError(f"“{target}” has no texts to check; texts are in {' and '.join(_TEXTS)}")
    issues = root / ISSUES
    names = [path.name for path in issues.iterdir() if path.is_dir()] if issues.is_dir() else []
    try:
        week = Week.parse(target)
    except ValueError as error:
        if re.fullmatch(r"\d{4}-W\d+", target, re.ASCII):
            raise click.UsageError(str(error)) from None
        known = {path.relative_to(root).as_posix() for name in _TEXTS for path in (root / name).rglob("*.md")}
        hint = did_you_mean(target, {*names, *known})
        raise click.UsageError(f"no such week or file: “{target}”{hint}") from None
    if str(week) in names:
        return Path(ISSUES, str(week))
    raise click.UsageError(say_no_letter(root, week, list_written(root)))


# --- The command ------------------------------------------------------------------------------------------------------


def check_project(  # noqa: PLR0913 (the options of the command)
    root: Path,
    load: Callable[..., Newsletter],
    targets: Sequence[str],
    form: str,
    now: datetime,
    *,
    online: bool,
    strict: bool,
) -> None:
    """Check what is named, report it in the form that is asked for, and end with 1 when it must not go out."""
    root = root.resolve()
    selection = find_selection(root, targets)
    others: Sequence[Problem] = ()
    try:
        needs = need_nothing if selection else None
        newsletter = load(now=now, needs=needs, finished=selection.paths)
    except ContentError as error:
        problems, said = list(error.problems), "The letters were not checked; correct this first."
    else:
        jobs, unread = _sort_out(newsletter, selection)
        problems = [*unread, *run_jobs(newsletter, jobs)]
        others = [problem for problem in newsletter.ignored if problem not in unread]
        if online:
            from generator.check.web.online import check_links_online  # noqa: PLC0415 (few need its libraries)

            editions = list(selection.editions(newsletter))
            if sys.stderr.isatty():
                click.echo("Checking links to other sites; each site has ten seconds to answer…", err=True)
            problems += check_links_online(newsletter, editions, now, root / LINKS)
        said = _say_checked(newsletter, selection, jobs, unread)
    if not selection:
        problems += find_configuration_problems(root)
    _show(problems, root, form, said)
    if others:
        click.echo(say_ignored(others), err=form != "text")
    errors, warnings, _ = count_problems(problems)
    if errors or (strict and warnings):
        raise SystemExit(1)


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
    return need_thought(job.find(newsletter).certainty) if isinstance(job, CheckThought) else need_nothing


def _show(problems: Sequence[Problem], root: Path, form: str, said: str) -> None:
    if form == "json":
        click.echo(report_json(problems))
    elif form == "github":
        for line in report_github(problems):
            click.echo(line)
    else:
        for line in report_text(problems, root):
            click.echo(line)
        click.echo(said)
        errors, warnings, waived = count_problems(problems)
        colour = "red" if errors else "yellow" if warnings else "green"
        counts = say_counts(problems) if errors or warnings or waived else "No problems"
        click.echo(click.style(f"{counts}.", fg=colour, bold=True))


def _say_checked(
    newsletter: Newsletter, selection: Selection, jobs: Sequence[Job], unread: Sequence[Problem]
) -> str:
    """How much was looked at, and what was not."""
    texts = _list_checked(newsletter, selection, jobs)
    languages = {language for found in texts.values() for _, language in found}
    counts = [count(len({name for name, _ in found}), noun) for noun, found in texts.items() if found]
    if counts:
        if not selection:
            counts.append(count(len(newsletter.playbook.facts), "fact"))
        only = next(iter(languages)) if len(languages) == 1 else None
        said = (
            f"Checked {', '.join(counts)}, in {_NAMES[only] if only else count(len(languages), 'language')}"
        )
        said += "; files that cannot be read were not checked" if unread else ""
    elif unread:
        said = "Nothing was checked; correct this first"
    else:
        said = "The file can be read" if newsletter.ignored else "All files can be read"
    named, others = _list_drafts(newsletter, selection)
    advice = [
        f"\n{path} is a draft: delete “draft: true” in both languages when it is finished." for path in named
    ]
    advice += [f"\n{say_kept(issue.week)}." for issue in _list_skipped(newsletter, selection)]
    return "".join([said, f"; {count(others, 'draft')} not checked." if others else ".", *advice])


def _list_checked(
    newsletter: Newsletter, selection: Selection, jobs: Sequence[Job]
) -> dict[str, set[tuple[str, Language]]]:
    """The texts that were looked at; what stands in both languages has one name."""
    playbook = newsletter.playbook
    texts: dict[str, set[tuple[str, Language]]] = {"page": set(), "thought": set(), "letter": set()}
    for language in Language:
        pages = [(one.page, one.source) for one in playbook.certainties[language]]
        pages += [(one.name, one.source) for one in playbook.pages[language]]
        for name, source in pages:
            if selection.holds(source.relative_to(newsletter.root)):
                texts["page"].add((name, language))
    for job in jobs:
        if isinstance(job, CheckLetter):
            texts["letter"] |= {(str(job.week), one) for one in Language if job.language in {None, one}}
        elif isinstance(job, CheckThought):
            thought = job.find(newsletter)
            texts["thought"].add((f"{thought.certainty}/{thought.slug}", job.language))
    return texts


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


_NAMES = {Language.NL: "Dutch", Language.EN: "English"}


# --- Jobs -------------------------------------------------------------------------------------------------------------


class Job(Protocol):
    """A part of the work that a process of its own can do: small, for it travels there."""

    @property
    def doing(self) -> str:
        """What it does, in words."""

    @property
    def place(self) -> str:
        """Whose fault it probably is when it fails: a path below the root."""

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Find the problems."""


@dataclass(frozen=True, slots=True)
class CheckLetter:
    """Ask every rule about an issue, or about one edition of it."""

    week: Week
    language: Language | None = None
    doing = "checking the letter"

    @property
    def place(self) -> str:
        """Its folder."""
        return f"{ISSUES}/{self.week}"

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """The problems of the letter."""
        issue = newsletter.archive.issue(self.week)
        if issue is None:  # pragma: no cover (it comes from the archive)
            return []
        if self.language is None:
            return check_issue(newsletter, issue)
        return check_proof(Proof(newsletter, issue, issue.editions[self.language]))


@dataclass(frozen=True, slots=True)
class CheckThought:
    """Ask the rules for manuscripts about a thought."""

    language: Language
    number: int
    doing = "checking a thought"
    place = THOUGHTS

    def find(self, newsletter: Newsletter) -> Thought:
        """The thought."""
        return newsletter.playbook.thoughts[self.language][self.number]

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """The problems of the thought."""
        return check_thought(newsletter, self.find(newsletter))


@dataclass(frozen=True, slots=True)
class RenderPages:
    """Render the pages of a language: what cannot be rendered is an error of its own."""

    language: Language
    doing = "rendering the pages"

    @property
    def place(self) -> str:
        """The folder of the language."""
        return f"docs/{self.language}"

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Nothing, if all is well."""
        render_pages(newsletter, self.language)
        return []


@dataclass(frozen=True, slots=True)
class RenderFeeds:
    """Render the feeds of both languages."""

    doing = "rendering the feeds"
    place = ISSUES

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Nothing, if all is well."""
        from generator.render.feed.feeds import render_feeds  # noqa: PLC0415 (who checks one letter does without)

        render_feeds(newsletter)
        return []


def plan_jobs(newsletter: Newsletter, selection: Selection) -> Iterator[Job]:
    """What is to be done; the large ones first, so that no process is left with one of them at the end."""
    if not selection:
        yield RenderFeeds()
        yield from map(RenderPages, Language)
    chosen: dict[Week, list[Language]] = {}
    for edition in selection.editions(newsletter):
        chosen.setdefault(edition.week, []).append(edition.language)
    for week, languages in chosen.items():
        if len(languages) == len(Language):
            yield CheckLetter(week)
        else:
            yield from (CheckLetter(week, language) for language in languages)
    for language in Language:
        for number, thought in enumerate(newsletter.playbook.thoughts[language]):
            if selection.holds(thought.source.relative_to(newsletter.root)):
                yield CheckThought(language, number)


def run_jobs(newsletter: Newsletter, jobs: Sequence[Job], many: int = MANY) -> list[Problem]:
    """Do all jobs, on every core when there are many letters; the problems come in the order of the jobs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    letters = sum(isinstance(job, CheckLetter) for job in jobs)
    if letters <= many or cores == 1:
        return _collect((_attempt(newsletter, job) for job in jobs), len(jobs))
    executor = ProcessPoolExecutor(cores, initializer=_begin, initargs=(newsletter,))
    try:
        return _collect(executor.map(_work, jobs, chunksize=_CHUNK), len(jobs))
    except BrokenProcessPool:
        raise GeneratorError(
            "a process that checked letters was killed, probably because the machine ran out of memory"
        ) from None
    finally:
        executor.shutdown(cancel_futures=True)


def _collect(results: Iterator[list[Problem]], jobs: int) -> list[Problem]:
    """The problems, with a progress bar on a terminal."""
    problems: list[Problem] = []
    began = time.monotonic()
    with click.progressbar(
        results, jobs, label="Checking", show_pos=True, hidden=True, file=sys.stderr
    ) as bar:
        for found in bar:
            problems += found
            bar.hidden = time.monotonic() - began < _PATIENCE
    return problems


def _attempt(newsletter: Newsletter, job: Job) -> list[Problem]:
    try:
        return job.run(newsletter)
    except ContentError as error:  # said in the report like every other problem
        return list(error.problems)
    except GeneratorError:
        raise
    except Exception as error:  # noqa: BLE001 (content may be as odd as it likes: a check ends in a report)
        message = f"{job.doing} failed: {type(error).__name__}: {error}"
        return [
            Problem(
                Path(job.place), None, message, remedy="This is a bug; please report it with this message."
            )
        ]


# In a process of its own:

_given: list[Newsletter] = []


def _begin(newsletter: Newsletter) -> None:
    """Get ready: Ctrl-C is for the first process, which then sends no more work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.enable()
    _given.append(newsletter)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave nothing behind when the first process is killed."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(job: Job) -> list[Problem]:
    return _attempt(_given[0], job)
