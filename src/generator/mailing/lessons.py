"""Send the lessons of the course: on their days, in their window, to everybody whose turn it is."""

from __future__ import annotations

from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING

from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.delivery.outgoing.transports import is_trial
from generator.environment import open_list, read_variable
from generator.errors import MailingError, RefusalError, RequestError
from generator.mailing.concluding import concluding
from generator.mailing.events import Delayed, tell_nobody
from generator.mailing.freeze import CourseRecipe, prepare_course_apart
from generator.mailing.preflight import find_missing, find_service
from generator.mailing.run import Order, Outcome, Unsent, run_mailing
from generator.sentences import say_day
from generator.settings import read_settings
from generator.subscribers.ledger import courses, mailings
from generator.subscribers.ledger.courses import Day
from generator.subscribers.store.stamp import find_mark, say_restored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.mailing.freeze import PreparedCourse
    from generator.mailing.send import Asked
    from generator.model import CourseStep
    from generator.settings import Settings
    from generator.subscribers.store.database import Database

TITLE = "the lessons of the course cannot be sent"


def is_open(settings: Settings, now: datetime) -> bool:
    """Whether lessons may leave at this moment."""
    window = settings.lesson_window(now.astimezone(settings.timezone).date())
    return window is not None and window.holds(now)


def send_lessons(  # noqa: PLR0913 (what may be asked for, and how it is followed)
    root: Path,
    asked: Asked,
    clock: Clock,
    tell: Tell = tell_nobody,
    stop: Event | None = None,
    prepare: Callable[[CourseRecipe], PreparedCourse] = prepare_course_apart,
) -> Sequence[Outcome] | Unsent:
    """Send what is left of the lessons that were planned before, and then plan and send those of today.

    The lessons are read, checked and rendered before anything is planned. Raises RefusalError with every reason why
    they cannot be sent, and MailingError when a run has failed.
    """
    with concluding(root, clock, tell), closing(open_list(root)) as database:
        settings, now = read_settings(root), clock()
        _refuse_closed(settings, now, at_once=asked.at_once)
        with database.read() as transaction:
            if made := find_mark(transaction.connection):
                raise RefusalError(TITLE, (say_restored(made),))
        _plan(root, settings, database, asked, clock, prepare)
        with database.read() as transaction:
            waiting, stopped = courses.list_waiting(transaction), courses.list_stopped(transaction)
        for step, trouble in stopped.items():
            tell(Delayed(f"{step.name} was stopped: {trouble}; to continue, run `newsletter resume {step}`"))
        if not waiting:
            return Unsent("No lesson of the course is due.")
        return _send(root, settings, database, waiting, asked, clock, tell, stop or Event())


def _refuse_closed(settings: Settings, now: datetime, *, at_once: bool) -> None:
    local = now.astimezone(settings.timezone)
    if settings.course is None:
        raise RequestError("newsletter/settings.toml has no table [course], so lessons are not mailed")
    window = settings.lesson_window(local.date())
    if window is None:
        raise RefusalError(TITLE, (f"lessons leave from Monday to Thursday; today is {local:%A}",))
    if not (at_once or window.holds(now)):
        moment = window.opens if now < window.opens else window.closes
        when = f"{say_day(moment.astimezone(settings.timezone))} ({settings.timezone.key})"
        closed = f"their window {'opens' if now < window.opens else 'closed'} on {when}"
        raise RefusalError(TITLE, (f"{closed}; to send them anyway, add --now",))


def _plan(  # noqa: PLR0913 (what planning needs)
    root: Path,
    settings: Settings,
    database: Database,
    asked: Asked,
    clock: Clock,
    prepare: Callable[[CourseRecipe], PreparedCourse],
) -> None:
    """Plan the lessons of today. Nothing is rendered when nobody has one due."""
    now = clock().replace(microsecond=0)  # to the second, as the header Date has it
    today = now.astimezone(settings.timezone).date()
    with database.begin() as transaction:
        courses.take_back(transaction, today)
        if not courses.count_due(transaction, today):
            return
    mail = read_variable(root, MAIL)
    recipe = CourseRecipe(
        root, now, find_service(root, settings, mail), without_git=asked.without_git or is_trial(mail)
    )
    prepared = prepare(recipe)
    if obstacles := [*prepared.obstacles, *find_missing(settings, None, mail)]:
        raise RefusalError(TITLE, tuple(dict.fromkeys(obstacles)), prepared.problems)
    with database.begin() as transaction:
        stopped = courses.list_stopped(transaction)
        texts = {step: text for step, text in prepared.texts.items() if step not in stopped}
        day = Day(today, settings.start_of_day(now), now)
        courses.plan(transaction, texts, prepared.commit, day)


def _send(  # noqa: PLR0913 (what a run needs)
    root: Path,
    settings: Settings,
    database: Database,
    steps: Sequence[CourseStep],
    asked: Asked,
    clock: Clock,
    tell: Tell,
    stop: Event,
) -> list[Outcome]:
    """Send what is left of these lessons, one after the other, until one of the runs has to stop."""
    window = settings.lesson_window(clock().astimezone(settings.timezone).date())
    closes = None if asked.at_once or window is None else window.closes
    order = Order(asked.order.connections, asked.order.rate, asked.order.patience, closes=closes)
    ended: list[Outcome] = []
    for step in steps:
        with database.read() as transaction:
            mailing = mailings.find_mailing(transaction, step)
        if mailing is None:  # pragma: no cover (a lesson is never withdrawn)
            raise MailingError(f"{step.name} has gone from the list")
        ended.append(run_mailing(root, settings, database, mailing, order, clock, tell, stop))
        if ended[-1].failure or stop.is_set():
            break
    return ended
