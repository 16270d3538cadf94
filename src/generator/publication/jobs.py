"""What is checked, in parts that run one after the other, or on every core."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from generator.cache import digest, load_cache
from generator.check import check_issue, check_proof, check_thought
from generator.check.proofs import Proof
from generator.check.web.addresses import survey_site
from generator.content.archive import FOLDER as ISSUES
from generator.content.pages.course import FOLDER as COURSE
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.errors import ContentError, GeneratorError
from generator.model import Message, Problem, Week
from generator.publication.findings import Found, Keys, make_found
from generator.publication.texts import BODIES, BUILD, keep_caches
from generator.render.page.pages import render_edition, render_playbook

if TYPE_CHECKING:
    from generator.cache import Cache
    from generator.content import Newsletter
    from generator.model import Language, Lesson, Thought
    from generator.publication.findings import Findings
    from generator.publication.selection import Selection
    from generator.render.feed.entries import Body

MANY = 40
"""More issues than this are worth a process for each core."""

_CHUNK = 4
"""How many letters or thoughts a process takes at a time: a second's work, after which Ctrl-C is heard."""

Follow: TypeAlias = Callable[[Iterator[Sequence[Problem]], int], Iterable[Sequence[Problem]]]
"""Is given the results of jobs as they come, and their number; yields them again."""


class Job(Protocol):
    """A part of the work that a process of its own can do: small, for it travels there."""

    @property
    def doing(self) -> str:
        """What it does, in words."""

    @property
    def place(self) -> str:
        """Whose fault it probably is when it fails: a path below the root."""

    @property
    def week(self) -> Week | None:
        """The letter that it is about, if it is about one."""

    def make_key(self, keys: Keys) -> bytes:
        """The key under which its findings are kept: a digest of everything that they depend on."""

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Find the problems."""


@dataclass(frozen=True, slots=True)
class CheckLetter:
    """Ask every rule about an issue, or about one edition of it."""

    week: Week
    language: Language | None = None
    doing = Message("checking the letter")

    @property
    def place(self) -> str:
        """Its folder."""
        return f"{ISSUES}/{self.week}"

    def make_key(self, keys: Keys) -> bytes:
        """That of the letter."""
        issue = keys.newsletter.archive.issue(self.week)
        return keys.of_letter(issue, self.language) if issue else b""

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
    doing = Message("checking a thought")
    place = THOUGHTS
    week = None

    def find(self, newsletter: Newsletter) -> Thought:
        """The thought."""
        return newsletter.playbook.thoughts[self.language][self.number]

    def make_key(self, keys: Keys) -> bytes:
        """That of the thought."""
        return keys.of_text(self.find(keys.newsletter))

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """The problems of the thought."""
        return check_thought(newsletter, self.find(newsletter))


@dataclass(frozen=True, slots=True)
class CheckLesson:
    """Ask the rules for manuscripts about a lesson of the course."""

    language: Language
    number: int
    doing = Message("checking a lesson")
    place = COURSE
    week = None

    def find(self, newsletter: Newsletter) -> Lesson:
        """The lesson."""
        return newsletter.playbook.lessons[self.language][self.number]

    def make_key(self, keys: Keys) -> bytes:
        """That of the lesson."""
        return keys.of_text(self.find(keys.newsletter))

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """The problems of the lesson."""
        return check_thought(newsletter, self.find(newsletter))


@dataclass(frozen=True, slots=True)
class RenderPages:
    """Render the pages of a language: what cannot be rendered is an error of its own.

    Of the letters only the newest: the rules see the page of each.
    """

    language: Language
    doing = Message("rendering the pages")
    week = None

    @property
    def place(self) -> str:
        """The folder of the language."""
        return f"docs/{self.language}"

    def make_key(self, keys: Keys) -> bytes:
        """That of everything, and its language."""
        return digest(self, keys.of_everything())

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Nothing, if all is well."""
        render_playbook(newsletter, self.language)
        for edition in islice(newsletter.archive.editions(self.language), 1):
            render_edition(newsletter, edition)
        return []


@dataclass(frozen=True, slots=True)
class RenderFeeds:
    """Render the feeds of every language."""

    doing = Message("rendering the feeds")
    place = ISSUES
    week = None

    def make_key(self, keys: Keys) -> bytes:
        """That of everything."""
        return digest(self, keys.of_everything())

    def run(self, newsletter: Newsletter) -> list[Problem]:
        """Nothing, if all is well."""
        from generator.render.feed.feeds import render_feeds  # noqa: PLC0415 (who checks one letter does without)

        bodies: Cache[Body] = load_cache(newsletter.root / BUILD / BODIES)
        render_feeds(newsletter, bodies=bodies)
        keep_caches(newsletter.root, {BODIES: bodies})
        return []


def plan_jobs(newsletter: Newsletter, selection: Selection) -> Iterator[Job]:
    """What is to be done; the large ones first, so that no process is left with one of them at the end."""
    if not selection:
        yield RenderFeeds()
        yield from map(RenderPages, newsletter.settings.languages)
    chosen: dict[Week, list[Language]] = {}
    for edition in selection.editions(newsletter):
        chosen.setdefault(edition.week, []).append(edition.language)
    for week, languages in chosen.items():
        if len(languages) == len(newsletter.settings.languages):
            yield CheckLetter(week)
        else:
            yield from (CheckLetter(week, language) for language in languages)
    for language in newsletter.settings.languages:
        for number, thought in enumerate(newsletter.playbook.thoughts[language]):
            if selection.holds(thought.source.relative_to(newsletter.root)):
                yield CheckThought(language, number)
        for number, lesson in enumerate(newsletter.playbook.lessons[language]):
            if selection.holds(lesson.source.relative_to(newsletter.root)):
                yield CheckLesson(language, number)


def run_jobs(
    newsletter: Newsletter,
    jobs: Sequence[Job],
    follow: Follow | None = None,
    many: int = MANY,
    findings: Findings | None = None,
) -> list[Problem]:
    """Do all jobs, on every core when there are many letters; the problems come in the order of the jobs.

    `follow` is given what the jobs yield and how many there are, and yields the same, to see how far they are. What is
    in `findings` is not done again, and what is found is kept there. Raises GeneratorError when one of the processes is
    killed.
    """
    with closing(_run_new(newsletter, jobs, many, findings)) as results:
        return list(chain.from_iterable(follow(results, len(jobs)) if follow else results))


def _run_new(
    newsletter: Newsletter, jobs: Sequence[Job], many: int, findings: Findings | None
) -> Generator[Sequence[Problem], None, None]:
    """What the jobs find; only those are done whose findings are not known."""
    known: dict[int, Found] = {}
    wanted: dict[int, bytes] = dict.fromkeys(range(len(jobs)), b"")
    keys = Keys(newsletter)
    if findings is not None:
        for number, job in enumerate(jobs):
            wanted[number] = _find_key(job, keys)
            found = findings.find(wanted[number])
            if found and keys.is_current(found, job.week):
                known[number] = found
                del wanted[number]
    new: list[tuple[bytes, Found]] = []
    with closing(_run_all(newsletter, [jobs[number] for number in wanted], many)) as results:
        for number in range(len(jobs)):
            found = known.get(number) or next(results)
            # A file that was saved meanwhile may have been read before or after.
            key = wanted.get(number)
            if key and not found.failed and key == _find_key(jobs[number], keys):
                new.append((key, found))
            yield found.problems
    if findings is not None and new and Keys(newsletter).common == keys.common:
        for key, found in new:
            findings.keep(key, found)


def _find_key(job: Job, keys: Keys) -> bytes:
    """The key of what a job finds; empty when a file of it cannot be read, and the job will say so."""
    try:
        return job.make_key(keys)
    except OSError:
        return b""


def _run_all(newsletter: Newsletter, jobs: Sequence[Job], many: int) -> Generator[Found, None, None]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    letters = sum(isinstance(job, CheckLetter) for job in jobs)
    if letters <= many or cores == 1:
        yield from (_attempt(newsletter, job) for job in jobs)
        return
    executor = ProcessPoolExecutor(cores, initializer=_begin, initargs=(newsletter,))
    try:
        yield from executor.map(_work, jobs, chunksize=_CHUNK)
    except BrokenProcessPool:
        raise GeneratorError(
            "a process that checked letters was killed, probably because the machine ran out of memory"
        ) from None
    finally:
        executor.shutdown(cancel_futures=True)


def _attempt(newsletter: Newsletter, job: Job) -> Found:
    asked = survey_site(newsletter).asked
    asked.clear()
    try:
        return make_found(job.run(newsletter), job.week, asked)
    except ContentError as error:  # said in the report like every other problem
        return make_found(error.problems, job.week, asked)
    except GeneratorError:
        raise
    except Exception as error:  # noqa: BLE001 (content may be as odd as it likes: a check ends in a report)
        message = Message("{} failed: {}: {}", job.doing, type(error).__name__, str(error))
        remedy = Message("This is a bug; please report it with this message.")
        return make_found([Problem(Path(job.place), None, message, remedy=remedy)], job.week, asked)


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


def _work(job: Job) -> Found:
    return _attempt(_given[0], job)
