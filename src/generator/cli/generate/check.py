"""`generate check`: check texts and letters, and list what is wrong."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.options import WEEKS, read_target
from generator.cli.parameters import OneOf
from generator.publication.texts import load_documents, pausing_collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.cli import Project
    from generator.model import Problem
    from generator.publication.check import Checked, Coverage

_PATIENCE = 1.0
"""Seconds after which a person wants to see that something happens."""


@click.command(cls=Command)
@click.argument("targets", nargs=-1, metavar="[WEEK|PATH]...")
@click.option("--week", "weeks", multiple=True, metavar="WEEK", help=f"Same as WEEK: {WEEKS}.")
@click.option(
    "--format",
    "form",
    type=OneOf(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Output format: for a person, a program, or a GitHub workflow.",
)
@click.option("--online", is_flag=True, help="Also check that links to other sites work.")
@click.option("--strict", is_flag=True, help="Treat warnings about texts as errors.")
@click.pass_obj
def command(  # noqa: PLR0913 (one for each option)
    project: Project,
    targets: tuple[str, ...],
    weeks: tuple[str, ...],
    form: str,
    *,
    online: bool,
    strict: bool,
) -> None:
    """Check texts and letters, and list what is wrong.

    Without arguments it checks everything; name weeks, files or folders to check only those. It applies the
    rules of newsletter/CHECKS.md, and changes no text. It exits with 1 when there is an error; warnings
    do not count, unless you add --strict.

    \b
    Examples:
      generate check
      generate check 2026-W48
      generate check newsletter/thoughts --strict
    """
    with pausing_collection():
        from generator.cli.reports import count_problems
        from generator.content import load_newsletter
        from generator.publication.check import check_project

        root = project.root
        documents = load_documents(root)
        load = partial(load_newsletter, root, documents)
        named = [read_target(root, target, project.today) for target in (*targets, *weeks)]
        tell = say_aside if sys.stderr.isatty() else _say_nothing
        checked = check_project(
            root,
            load,
            named,
            Path.cwd(),
            project.now(),
            documents=documents,
            online=online,
            tell=tell,
            follow=show_progress,
        )
        _show(checked, root, form)
        # A setting that is still to be filled in has no rule: it keeps nobody from working on the texts.
        strict_ones = [problem for problem in checked.problems if problem.rule or problem.blocks]
        errors, warnings, _ = count_problems(strict_ones)
        if errors or (strict and warnings):
            raise SystemExit(1)


def _say_nothing(_: str) -> None:
    """Nobody watches."""


def show_progress(results: Iterator[Sequence[Problem]], jobs: int) -> Iterator[Sequence[Problem]]:
    """The same, with a progress bar on a terminal."""
    began = monotonic()
    with click.progressbar(
        results, jobs, label="Checking", show_pos=True, hidden=True, file=sys.stderr
    ) as bar:
        for found in bar:
            yield found
            bar.hidden = monotonic() - began < _PATIENCE


def _show(checked: Checked, root: Path, form: str) -> None:
    """Print the problems in the form that is asked for."""
    from generator.cli.reports import report_github, report_json, report_text, say_ignored

    problems = checked.problems
    if form == "json":
        click.echo(report_json(problems))
    elif form == "github":
        for line in report_github(problems):
            click.echo(line)
    else:
        for line in report_text(problems, root.resolve()):
            click.echo(line)
        coverage = checked.coverage
        click.echo(
            _say_coverage(coverage) if coverage else "The letters were not checked; correct this first."
        )
        _show_counts(problems)
    if checked.ignored:
        click.echo(say_ignored(checked.ignored), err=form != "text")


def _show_counts(problems: Sequence[Problem]) -> None:
    from generator.cli.reports import count_problems, say_counts

    errors, warnings, _ = count_problems(problems)
    colour = "red" if errors else "yellow" if warnings else "green"
    counts = say_counts(problems) if problems else "No problems"
    click.echo(click.style(f"{counts}.", fg=colour, bold=True))


def _say_coverage(coverage: Coverage) -> str:
    """How much was looked at, and what was not."""
    from generator.sentences import count, say_kept

    names = coverage.languages.names
    languages = {language for found in coverage.texts.values() for _, language in found}
    counts = [
        count(len({name for name, _ in found}), noun) for noun, found in coverage.texts.items() if found
    ]
    if counts:
        if coverage.facts is not None:
            counts.append(count(coverage.facts, "fact"))
        only = next(iter(languages)) if len(languages) == 1 else None
        said = f"Checked {', '.join(counts)}, in {names[only] if only else count(len(languages), 'language')}"
        said += "; files that cannot be read were not checked" if coverage.unread else ""
    elif coverage.unread:
        said = "Nothing was checked; correct this first"
    else:
        said = "All files can be read" if coverage.readable else "The file can be read"
    others = coverage.other_drafts
    advice = [
        f"\n{path} is a draft: delete “draft: true” in both languages when it is finished."
        for path in coverage.drafts
    ]
    advice += [f"\n{say_kept(week)}." for week in coverage.skipped]
    advice += [
        f"\nNot checked in {names[language]}, of which too little is known: {', '.join(checks)}."
        for language, checks in coverage.unchecked.items()
    ]
    return "".join([said, f"; {count(others, 'draft')} not checked." if others else ".", *advice])
