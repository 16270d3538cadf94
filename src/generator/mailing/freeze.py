"""Prepare a letter to be frozen: its bytes, and what is wrong with it.

It runs in a process of its own, so that the memory of the checks and of the site is free again before sending starts.
"""

# Imports inside functions are for the process that prepares; the one that sends does without them.
# ruff: noqa: PLC0415
from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

from generator.errors import ContentError, GeneratorError
from generator.model import CourseStep
from generator.subscribers.ledger.courses import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Issue, Language, Problem, Week


Asked = TypeVar("Asked")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter that is ready to be frozen, or the problems that prevent it."""

    masters: Mapping[Language, bytes] = field(repr=False, default_factory=dict)
    """Empty when it cannot be rendered."""
    certainty: str = ""
    commit: str = ""
    obstacles: tuple[str, ...] = ()
    """Why it cannot be sent."""
    problems: tuple[Problem, ...] = ()
    """The errors of its check, or of the files that it needs."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is to be prepared."""

    root: Path
    week: Week
    date: datetime
    """Of the message."""
    service: str
    """Where links lead; empty when nobody has said so, which is an obstacle."""
    looks: bool = True
    """Whether it is asked if all is well, and not only rendered."""
    without_git: bool = False


@dataclass(frozen=True, slots=True)
class PreparedCourse:
    """The lessons of the course, ready to be planned, or the problems that prevent it."""

    texts: Mapping[CourseStep, Text] = field(repr=False, default_factory=dict)
    """Empty when they cannot be rendered."""
    commit: str = ""
    obstacles: tuple[str, ...] = ()
    """Why they cannot be sent."""
    problems: tuple[Problem, ...] = ()
    """The errors of their check, or of the files that they need."""


@dataclass(frozen=True, slots=True)
class CourseRecipe:
    """What lessons are prepared with."""

    root: Path
    date: datetime
    """Of the messages."""
    service: str
    """Where links lead; empty when nobody has said so, which is an obstacle."""
    without_git: bool = False


def prepare_apart(recipe: Recipe) -> Prepared:
    """The same as `prepare`, in a process of its own. Raises GeneratorError when it ends before its time."""
    return _do_apart(prepare, recipe)


def prepare_course_apart(recipe: CourseRecipe) -> PreparedCourse:
    """The same as `prepare_course`, in a process of its own."""
    return _do_apart(prepare_course, recipe)


def _do_apart(do: Callable[[Asked], Made], asked: Asked) -> Made:
    executor = ProcessPoolExecutor(1, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        return executor.submit(do, asked).result()
    except BrokenProcessPool:
        raise GeneratorError(
            "the process that prepares the letter was killed, probably because the machine ran out of memory"
        ) from None
    finally:
        executor.shutdown(cancel_futures=True)


def prepare(recipe: Recipe) -> Prepared:
    """Render a letter, and look whether all is well. What is wrong is not raised, but told."""
    from generator.content import load_newsletter
    from generator.content.needs import need_letter

    try:
        needs = need_letter(recipe.root, recipe.week)
        newsletter = load_newsletter(recipe.root, now=recipe.date, needs=needs)
        return _prepare(newsletter, recipe)
    except ContentError as error:
        return Prepared(obstacles=("its files cannot be read (see above)",), problems=error.problems)
    except GeneratorError as error:
        return Prepared(obstacles=(str(error),))


def _prepare(newsletter: Newsletter, recipe: Recipe) -> Prepared:
    from generator.mailing.preflight import find_commit
    from generator.render.email.master import render_master
    from generator.sentences import say_no_letter

    week, issue = recipe.week, newsletter.archive.issue(recipe.week)
    errors: list[Problem] = []
    obstacles, commit = [], ""
    if issue is None:
        obstacles.append(say_no_letter(recipe.root, week, (one.week for one in newsletter.archive.issues)))
    elif recipe.looks:
        obstacles += _find_obstacles(newsletter, issue, errors)
    if issue and recipe.looks and not recipe.without_git:
        commit, trouble = find_commit(recipe.root)
        obstacles += [trouble] if trouble else []
    headers = _list_headers(recipe.root)
    masters = {
        language: render_master(newsletter, edition, recipe.service, recipe.date, headers)
        for language, edition in (issue.editions.items() if issue else ())
    }
    return Prepared(masters, issue.certainty if issue else "", commit, tuple(obstacles), tuple(errors))


def prepare_course(recipe: CourseRecipe) -> PreparedCourse:
    """Check and render all lessons: a reader who begins today gets each of them. What is wrong is told, not raised."""
    from generator.check import check_thought
    from generator.content import load_newsletter
    from generator.content.needs import need_mailed_course
    from generator.mailing.preflight import find_commit
    from generator.render.email.master import render_master

    try:
        newsletter = load_newsletter(recipe.root, now=recipe.date, needs=need_mailed_course(recipe.root))
        lessons = newsletter.playbook.lessons
        found = [lesson for several in lessons.values() for lesson in several]
        if not found:
            return PreparedCourse(
                obstacles=("there are no lessons; write them, or begin with: generate course",)
            )
        errors = [
            problem for lesson in found for problem in check_thought(newsletter, lesson) if problem.blocks
        ]
        if errors:
            return PreparedCourse(obstacles=("they have errors (see above)",), problems=tuple(errors))
        commit, trouble = ("", "") if recipe.without_git else find_commit(recipe.root)
        headers = _list_headers(recipe.root)
        texts: dict[CourseStep, Text] = {}
        for lesson in next(iter(lessons.values())):
            several = {language: lessons[language][lesson.order - 1] for language in lessons}
            texts[CourseStep(lesson.order)] = Text(
                lesson.certainty,
                {
                    language: render_master(newsletter, one, recipe.service, recipe.date, headers)
                    for language, one in several.items()
                },
            )
    except ContentError as error:
        return PreparedCourse(obstacles=("their files cannot be read (see above)",), problems=error.problems)
    except GeneratorError as error:
        return PreparedCourse(obstacles=(str(error),))
    return PreparedCourse(texts, commit, (trouble,) if trouble else ())


def _list_headers(root: Path) -> list[str]:
    """Headers with the tag, for relays that return neither address."""
    from generator.environment import read_hooks

    return [relay.header for relay in read_hooks(root) if relay.header]


def _find_obstacles(newsletter: Newsletter, issue: Issue, errors: list[Problem]) -> Iterator[str]:
    """What keeps the letter itself from being sent; a sentence for each. Adds the errors of its check."""
    from generator.check import check_issue
    from generator.sentences import count

    if issue.draft:
        yield "it is a draft; delete “draft: true” in both languages when it is finished"
    errors += [problem for problem in check_issue(newsletter, issue) if problem.blocks]
    if errors:
        yield f"it has {count(len(errors), 'error')} (see above, or run `generate check {issue.week}`)"
