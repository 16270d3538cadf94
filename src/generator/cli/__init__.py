"""The command line: reads options and the clock, calls what does the work, and says how it went.

Here, and only here, our errors become messages and exit codes: 0 done, 1 something to mend, 2 a wrong option, 130
stopped with Ctrl-C.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TextIO

import click

import generator.clock
from generator.cli.parameters import FolderPath, say_parameter
from generator.errors import ContentError, GeneratorError, RefusalError, RequestError
from generator.sentences import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from generator.clock import Clock


class Group(click.Group):
    """Commands whose errors are sentences, and never tracebacks, when a person can mend them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program. Exits with 1 when the system refuses something, such as to write to a full disk."""
        _open_streams()
        try:
            return super().main(*args, **extra)
        except OSError as error:
            try:
                say_error(_explain(error))
                sys.stderr.flush()
            except OSError:  # there is no room for a message either
                _drop(sys.stderr)
            sys.exit(1)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before the command."""
        try:
            return super().make_context(*args, **extra)
        except KeyboardInterrupt:  # Click would call it aborted, and exit with 1
            click.echo("Stopped.", err=True)
            sys.exit(130)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; for one that belongs to a group below this one, say how it is typed."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            below = {
                f"{group.name} {word}": word
                for group in self.commands.values()
                if isinstance(group, click.Group)
                for word in group.commands
            }
            from generator.reading import did_you_mean  # noqa: PLC0415 (it needs what --help does without)

            meant = next((full for full, word in below.items() if word == name), None)
            hint = f"; did you mean “{meant}”?" if meant else did_you_mean(name, self.commands)
            ctx.fail(f"there is no command “{name}”{hint}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of the group itself."""
        with _in_our_words(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, context: click.Context) -> Any:
        """Run a command. A GeneratorError is printed, with every problem and where it is, and ends with 1."""
        if os.environ.get("NO_COLOR"):  # https://no-color.org
            context.color = False
        try:
            return super().invoke(context)
        except GeneratorError as error:
            show_error(error, _find_shown_root(context))
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            return context.exit(130)
        except BrokenPipeError:  # `generate plan | head`: the reader has seen enough
            _drop(sys.stdout)
        return context.exit(1)


_OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def _explain(error: OSError) -> str:
    """What the system refused, as a sentence."""
    if error.filename is not None:
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else error.filename
        return f"{name} cannot be used: {error.strerror or error}"
    if error.errno in _OUTPUT_ERRORS:
        _drop(sys.stdout)
        return f"standard output cannot be written: {error.strerror}"
    return f"the system refused something: {error.strerror or error}"


def _open_streams() -> None:
    """Have the three streams that a program begins with, and one that can print every character in some way."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if (
            getattr(sys, name) is None
        ):  # closed, as by `<&-`; the next file that is opened must not take its place
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (until the end)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # a terminal of Windows may have no “│”


def _drop(stream: TextIO) -> None:
    """Discard what is left to print; Python would try it again at its end, and exit with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Command(click.Command):
    """A command that refuses what it does not know in our words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read options and arguments. Raises UsageError."""
        ctx.allow_extra_args = True  # they are refused here
        with _in_our_words(ctx):
            extra = super().parse_args(ctx, args)
        if extra and not ctx.resilient_parsing:
            taken = [say_parameter(one) for one in self.params if isinstance(one, click.Argument)]
            ctx.fail(f"“{extra[0]}” is not expected; {ctx.command_path} takes {_say_taken(taken)}")
        return extra

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises UsageError for a RequestError, so that it is shown with the usage and ends with 2."""
        try:
            return super().invoke(ctx)
        except RequestError as error:
            raise click.UsageError(str(error), ctx) from None


def _say_taken(names: Sequence[str]) -> str:
    return f"only {' and '.join(names)}" if names else "no argument"


@contextmanager
def _in_our_words(context: click.Context) -> Iterator[None]:
    """Say in our words which option or argument is wrong, as the types of `generator.cli.parameters` do."""
    try:
        yield
    except click.MissingParameter as error:
        raise click.UsageError(f"{say_parameter(error.param)} is missing", error.ctx) from error
    except click.NoSuchOption as error:
        hint = f"; did you mean {error.possibilities[0]}?" if error.possibilities else ""
        raise click.UsageError(f"there is no option {error.option_name}{hint}", error.ctx) from error
    except click.BadOptionUsage as error:
        said = f"{error.option_name} {_say_misuse(context, error.option_name)}"
        raise click.UsageError(said, error.ctx or context) from error


def _say_misuse(context: click.Context, name: str) -> str:
    """Whether an option has no value and wants one, or has one and wants none."""
    for option in context.command.params:
        if isinstance(option, click.Option) and name in option.opts and not option.is_flag:
            return f"needs a value, as in {name} {option.make_metavar(context)}"
    return "takes no value"


def _find_shown_root(context: click.Context) -> Path:
    """Where the files of a report are, so that it can show their lines."""
    project = context.find_object(Project)
    return project.root if project else Path.cwd()


ROOT = click.option(
    "--root",
    type=FolderPath(exists=True),
    help="Root folder of the project. Default: the current folder, or the nearest one above it that is a project.",
)
"""The option of both programs that comes before the command."""


@dataclass(frozen=True, slots=True)
class Project:
    """What every command is given: which project is meant, and a clock."""

    named: Path | None
    """The folder that --root names."""
    clock: Clock

    @property
    def root(self) -> Path:
        """The folder that --root names, or that of the project we are in. Raises UsageError when there is none."""
        return Path(os.path.realpath(self.named)) if self.named is not None else find_root(Path.cwd())

    def now(self) -> datetime:
        """The current moment, in UTC."""
        return self.clock()

    def today(self) -> date:
        """The day on the calendar of the person at the keyboard."""
        return self.clock().astimezone().date()


def add_commands(group: click.Group, package: str, path: Iterable[str]) -> None:
    """Add the `command` of each module in a package to a group, under the name of the module."""
    for found in iter_modules(path):
        command: click.Command = import_module(f"{package}.{found.name}").command
        command.name = found.name.rstrip("_")  # `import` cannot be the name of a module
        group.add_command(command)


def begin(context: click.Context, root: Path | None) -> None:
    """Give the commands below `context` their project. A test passes its own clock as the object of the context.

    Raises UsageError in a folder that does not exist any more.
    """
    try:
        Path.cwd()
    except OSError:
        raise click.UsageError("the current folder does not exist any more; go to another one") from None
    context.obj = Project(root, context.obj or generator.clock.read_clock)


def find_root(start: Path) -> Path:
    """The folder of the project that `start` is in."""
    for folder in (start, *start.parents):
        if os.path.isdir(folder / "newsletter") and os.path.isdir(folder / "docs"):  # noqa: PTH112 (raises nothing)
            return folder
    raise click.UsageError(
        f"{start} is not in a project: no folder above it has newsletter/ and docs/; name the project with --root"
    )


def show_in_browser(address: str) -> None:
    """Open a page or a file in the browser. Where there is none, what the opener says of it helps nobody."""
    opener = shutil.which("xdg-open")
    if opener is None or sys.platform == "darwin":
        click.launch(address)
    else:
        subprocess.Popen((opener, address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (ours)


def show_error(error: GeneratorError, root: Path) -> None:
    """Print what went wrong: each problem with its line of a file below `root`, each reason, and a last word."""
    if isinstance(error, ContentError | RefusalError):
        from generator.cli.reports import report_text  # noqa: PLC0415 (it needs what --help does without)

        for line in report_text(error.problems, root):
            say_aside(line)
    if isinstance(error, ContentError):
        found = len(error.problems)
        say_error(f"{count(found, 'problem')}; correct {'it' if found == 1 else 'them'} and try again")
    elif isinstance(error, RefusalError) and len(error.reasons) > 1:
        for reason in error.reasons:
            say_aside(f"- {reason}")
        say_error(f"{error.what}: see the {len(error.reasons)} reasons above; nothing was sent")
    else:
        say_error(str(error))


def say_aside(message: str) -> None:
    """Print what is not the result: on standard error."""
    click.echo(message, err=True)


def say_error(message: str) -> None:
    """Print the last word about what went wrong."""
    click.echo(click.style("Error: ", fg="red", bold=True) + message, err=True)


def show_table(heading: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Print rows in columns as wide as their widest cell; the columns named in `right` hold numbers."""
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    for number, row in enumerate((heading, *rows)):
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(row, widths, heading, strict=True)
        ]
        click.echo(click.style("  ".join(cells).rstrip(), bold=number == 0))
