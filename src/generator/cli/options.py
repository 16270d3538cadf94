"""What several commands take: a week in the words of a person, and the name of a file to write."""

from __future__ import annotations

import os
import re
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.parameters import say_parameter
from generator.files import is_device
from generator.model import CourseStep, Week

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.model import MailingId


def choose_output(output: Path | None) -> Path | None:
    """Give the file that --output names; None is standard output, also written as `-`."""
    return None if output is None or str(output) == "-" else output


def require_end(path: Path, end: str, hint: str) -> None:
    """Refuse a name for a file with addresses that .gitignore does not cover. Raises UsageError."""
    if path.suffix != end and not is_device(path):
        raise click.UsageError(
            f"{hint}: the name of the file must end in {end}, so that git ignores it; got “{path}”"
        )


WEEKS = "2026-W48, 48, 2026-11-27, this or next"
"""How a person may write a week at the prompt. A file always says 2026-W48."""


def read_week(text: str, today: Callable[[], date]) -> Week:
    """Give the week that a person means by `text`. Raises ValueError, whose message is for them, when there is none.

    A number without a year is the week of that number nearest to today, so that 1 means next year in December. `today`
    is only called for a word that depends on it.
    """
    word = text.strip().lower()
    if word == "this":
        return Week.of(today())
    if word == "next":
        return Week.of(today()).next()
    if match := re.fullmatch(r"(\d{4})[-_ ]?w(\d{1,2})|(\d{4})[-_ ](\d{1,2})", word, re.ASCII):
        year, number = match[1] or match[3], match[2] or match[4]
        return Week.parse(f"{year}-W{int(number):02}")
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word, re.ASCII):
        try:
            return Week.of(date(int(match[1]), int(match[2]), int(match[3])))
        except ValueError:
            raise ValueError(f"there is no day {text.strip()}") from None
    if re.fullmatch(r"\d{1,2}([-/. ])\d{1,2}\1\d{4}|\d{4}([/. ])\d{1,2}\2\d{1,2}", word, re.ASCII):
        raise ValueError(f"“{text.strip()}” is not a day that can be read; write it like 2026-11-27")
    if match := re.fullmatch(r"w?(\d{1,2})", word, re.ASCII):
        return _find_nearest(int(match[1]), today())
    raise ValueError(f"“{text}” is not a week; expected {WEEKS}")


def _find_nearest(number: int, today: date) -> Week:
    """Give the week with this number that is nearest to a day. Only a few years have a week 53."""
    weeks = []
    for year in range(today.year - 7, today.year + 8):
        try:
            weeks.append(Week.parse(f"{year}-W{number:02}"))
        except ValueError:
            continue
    if not weeks:
        raise ValueError(f"there is no week {number}; a year has 52 or 53 weeks")
    return min(weeks, key=lambda week: abs(week.friday - today))


def read_target(root: Path, text: str, today: Callable[[], date]) -> str:
    """Give what `generate check` is asked to look at: a file or folder as it is, any form of a week as 2026-W48.

    Raises UsageError for a week or a day that does not exist.
    """
    if os.path.lexists(Path.cwd() / text) or os.path.lexists(root / text):
        return text
    try:
        return str(read_week(text, today))
    except ValueError as error:
        if re.fullmatch(
            r"\d{4}[-_ ]?w?\d{1,2}([-/. ]\d{1,2})?|\d{4}[/.]\d{1,2}[/.]\d{1,2}|(\d{1,2}[-/. ]){2}\d{4}|w?\d{1,2}",
            text.strip(),
            re.ASCII | re.IGNORECASE,
        ):
            raise click.UsageError(str(error)) from None
        return text


class WeekType(click.ParamType["Week"]):
    """A week, in any of the forms that `read_week` takes."""

    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Week:
        """Read the week. Raises UsageError."""
        if isinstance(value, Week):
            return value
        try:
            # The context has its project only when a command runs, and a whole week needs no clock.
            return read_week(value, lambda: click.get_current_context().obj.today())  # noqa: PLW0108 (as above)
        except ValueError as error:
            raise click.UsageError(f"{say_parameter(param)}: {error}", ctx) from None


class MailingType(WeekType):
    """A week, or a lesson of the course like course-3."""

    name = "mailing"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it. Raises UsageError."""
        if isinstance(value, str) and value.strip().lower().startswith("course"):
            try:
                return CourseStep.parse(value.strip().lower())
            except ValueError as error:
                raise click.UsageError(f"{say_parameter(param)}: {error}", ctx) from None
        return super().convert(value, param, ctx) if not isinstance(value, CourseStep) else value


def with_week(
    *, required: bool = False, lessons: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command a parameter `week`, which a person may write as an argument or as --week.

    `lessons`: the mailing of a lesson, like course-3, is taken too.
    """
    kind = MailingType() if lessons else WeekType()

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.argument("given", type=kind, required=False, metavar="WEEK" if required else "[WEEK]")
        @click.option("--week", "named", type=kind, metavar="WEEK", help=f"Same as WEEK: {WEEKS}.")
        @wraps(command)
        def joined(*arguments: Any, given: MailingId | None, named: MailingId | None, **others: Any) -> Any:
            if given and named and given != named:
                raise click.UsageError(f"two weeks given: {given} and --week {named}; give only one")
            week = given or named
            if required and week is None:
                raise click.UsageError(f"give a week: {WEEKS}")
            return command(*arguments, week=week, **others)

        return joined

    return decorate


def _read_proof(context: click.Context, _: click.Parameter, value: str | None) -> str:
    if value is not None and not (value.strip() and value.isprintable()):
        raise click.UsageError("--proof takes one line of text that says where the proof is kept", context)
    return (value or "").strip()


PROOF = click.option(
    "--proof",
    metavar="TEXT",
    callback=_read_proof,
    help="Where you keep the proof of consent, as text. It confirms subscribers without other proof.",
)
