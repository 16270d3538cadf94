"""Questions about a file of subscribers that is not understood, and the command that repeats the answers."""

# Imports of what does the work are inside the functions: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

import click

from generator.sentences import count

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Status
    from generator.subscribers.transfer.importing import Import, Order, Reject
    from generator.subscribers.transfer.unknown import UnknownColumnsError

_PREVIEW = 10
"""Addresses that are shown for each status."""
_MOST = 30
"""Different values that a column with a status may have."""


def ask_meanings(path: Path, order: Order) -> Order:
    """The order with what the person at the terminal says that the columns and values of a file mean.

    An order that is clear stays as it is. Raises TableError, and Abort when the preview is not what they want.
    """
    from generator.subscribers.transfer.importing import Import
    from generator.subscribers.transfer.unknown import UnknownColumnsError

    asked = False
    while True:
        with path.open("rb") as stream:
            try:
                reading = Import(stream, path.name, order)
            except UnknownColumnsError as problem:
                heading, *lines = str(problem).splitlines()
                # Without the advice below the columns: the questions take its place.
                click.echo("\n".join([f"{path} {heading}", *takewhile(_is_column, lines)]), err=True)
                order, asked = _ask(path, order, problem), True
                continue
            if asked:
                _show(path, order, reading)
            return order


def _is_column(line: str) -> bool:
    return line.startswith("  ")


def _show(path: Path, order: Order, reading: Import) -> None:
    """Who would come in as what, and the command that says the same; go on when that is right."""
    click.echo(f"\nThe same without questions:\n  {_spell(path, order)}\n", err=True)
    problems: list[str] = []

    def reject(row: Reject) -> None:
        if not problems:
            problems.append(row.problem)

    for status, addresses in reading.preview(_PREVIEW, reject).items():
        number = reading.tally.statuses[status]
        more = " …" if number > len(addresses) else ""
        click.echo(f"{status} ({number:,}): {', '.join(addresses)}{more}", err=True)
    if problems:
        click.echo(f"rejected ({reading.tally.rejected:,}), the first one because: {problems[0]}", err=True)
    click.confirm("Is everybody where they belong?", abort=True, err=True)


def _ask(path: Path, order: Order, problem: UnknownColumnsError) -> Order:
    from generator.subscribers.transfer.foreign import ORIGINS

    known = {origin.name: origin for origin in ORIGINS[1:]}
    unknown = list(problem.unknown)
    if problem.origin.name != "ours" or order.meanings.columns:
        return _ask_ignored(order, unknown)
    click.echo(f"Programs whose exports are known: {', '.join(known)}.", err=True)
    name = click.prompt(
        "Which of them wrote it? Press Enter for none",
        type=click.Choice(["", *known], case_sensitive=False),
        show_choices=False,
        default="",
        show_default=False,
        err=True,
    )
    if name:
        return replace(order, origin=str(name))
    order = _ask_columns(path, order, unknown)
    return _ask_ignored(order, [name for name in unknown if name not in order.meanings.columns])


def _ask_columns(path: Path, order: Order, unknown: list[str]) -> Order:
    from generator.subscribers.transfer.unknown import marks_leaving, smells_of_consent

    values = _count_values(path, order)
    columns = dict(order.meanings.columns)
    if not {"email", "address"} & values.keys():
        guess = next((name for name in unknown if any("@" in value for value in values.get(name, ()))), None)
        columns[_ask_column("Which column has the email addresses", list(values), guess)] = "email"
    telling = [name for name in unknown if smells_of_consent(name)]
    if "status" not in values:
        names = ["-", *(name for name in unknown if name not in columns)]
        guess = next((name for name in telling if name in names and not marks_leaving(name)), "-")
        question = "Which column has a word for who gets letters and who left? Type - for none"
        column = _ask_column(question, names, guess)
        if column != "-":
            columns[column] = "status"
    said = dict(order.meanings.values)
    for name in [name for name, field in columns.items() if field == "status"] or ["status"]:
        said |= _ask_values(values.get(name, Counter()))
    return replace(order, meanings=replace(order.meanings, columns=columns, values=said))


def _ask_column(question: str, names: list[str], guess: str | None) -> str:
    return str(
        click.prompt(question, type=click.Choice(names, case_sensitive=False), default=guess, err=True)
    )


def _ask_values(found: Counter[str]) -> dict[str, Status]:
    from generator.errors import TableError
    from generator.model import Status
    from generator.subscribers.transfer.formats import shorten

    if len(found) > _MOST:
        raise TableError(
            f"has more than {_MOST} different values in that column, which cannot be a status; if it has a date for "
            "each who left, type - instead, and then left"
        )
    said: dict[str, Status] = {}
    for value, number in found.most_common():
        own = value if value in set(Status) else None
        question = f"{shorten(value)} ({count(number, 'row')}) means"
        said[value] = Status(
            click.prompt(
                question, type=click.Choice([status.value for status in Status]), default=own, err=True
            )
        )
    return {value: status for value, status in said.items() if value != status.value}


def _ask_ignored(order: Order, unknown: list[str]) -> Order:
    """Columns that are left: not read, when the person says so; those that may be consent each by its name."""
    from generator.subscribers.transfer.unknown import smells_of_consent

    meanings, harmless, left = order.meanings, [], []
    for name in unknown:
        if not smells_of_consent(name):
            continue
        click.echo(f"The column “{name}” may say who unsubscribed.", err=True)
        also = (
            "" if order.origin else "If everybody left who has something in it, such as a date, type left. "
        )
        typed = click.prompt(
            f"{also}If it does not say who left, type its name to ignore it; to stop, press Enter",
            default="",
            err=True,
        )
        if also and typed.strip().lower() == "left":
            left.append(name)
        elif typed.strip().lower() == name:
            harmless.append(name)
        else:
            raise click.Abort
    unknown = [name for name in unknown if name not in left]
    if others := [name for name in unknown if name not in harmless]:
        names = ", ".join(f"“{name}”" for name in others)
        click.confirm(f"Ignore {names}, which say nothing about consent?", abort=True, err=True)
    meanings = replace(meanings, columns={**meanings.columns, **dict.fromkeys(left, "left")})
    return replace(
        order,
        meanings=replace(
            meanings, ignored=meanings.ignored.union(unknown), harmless=meanings.harmless.union(harmless)
        ),
    )


def _count_values(path: Path, order: Order) -> dict[str, Counter[str]]:
    """How often each value stands in each column; no more than are asked about are kept."""
    from generator.subscribers.transfer.layouts import normalise, write_cell
    from generator.subscribers.transfer.opening import open_table
    from generator.subscribers.transfer.tables import Row

    with path.open("rb") as stream:
        table = open_table(stream, order.form, order.sheet)
        found: dict[str, Counter[str]] = {name: Counter() for name in table.columns}
        for row in table.rows:
            if isinstance(row, Row):
                for name, values in found.items():
                    value = normalise(write_cell(row.cells.get(name)))
                    if value in values or len(values) <= _MOST:
                        values[value] += 1
    return found


def _spell(path: Path, order: Order) -> str:
    """The command with all that was said, for a shell."""
    meanings = order.meanings
    words = ["newsletter", "subscribers", "import", str(path)]
    words += ["--format", order.form] if order.form else []
    words += ["--sheet", order.sheet] if order.sheet else []
    words += ["--from", order.origin] if order.origin else []
    for column, field in meanings.columns.items():
        words += ["--column", f"{field}={column}"]
    if meanings.values:
        words += ["--values", ",".join(f"{value}={status}" for value, status in meanings.values.items())]
    for option, names in (("--ignore", meanings.ignored), ("--not-consent", meanings.harmless)):
        for name in sorted(names):
            words += [option, name]
    words += ["--status", order.status.value] if order.status else []
    words += ["--language", str(order.defaults.language)]
    words += ["--proof", order.proof] if order.proof else []
    words += ["--ask"] if order.ask else []
    words += ["--dry-run"] if order.dry_run else []
    return shlex.join(words)
