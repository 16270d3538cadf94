"""What `newsletter doctor` does: look at everything that a letter needs, and say what is missing and what to do."""

from __future__ import annotations

import textwrap
from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.cli.environment import FILE, open_list, read_variable
from generator.cli.sending import choose_week
from generator.content import load_newsletter
from generator.delivery.examinations import Condition
from generator.delivery.examinations.answers import fail
from generator.delivery.examinations.letters import examine_letter
from generator.delivery.examinations.machine import (
    examine_backups,
    examine_clock,
    examine_disk,
    examine_list,
    examine_secrets,
    examine_timer,
)
from generator.delivery.examinations.relays import examine_relay
from generator.delivery.examinations.setup import examine_settings
from generator.delivery.signing import VARIABLE as DKIM
from generator.delivery.signing import open_signer
from generator.delivery.transports import DEFAULT as MAIL_DEFAULT
from generator.delivery.transports import VARIABLE as MAIL
from generator.delivery.transports import open_transport
from generator.errors import GeneratorError
from generator.subscribers.database import DEFAULT as DATABASE_DEFAULT
from generator.subscribers.database import VARIABLE as DATABASE
from generator.subscribers.database import find_file
from generator.subscribers.keys import VARIABLE as KEYS
from generator.subscribers.keys import Keys
from generator.subscribers.vitals import read_vitals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.delivery.examinations import Answer
    from generator.delivery.examinations.names import Names

_COLOURS = {Condition.OK: "green", Condition.WARNING: "yellow", Condition.ERROR: "red"}
_WIDTH = 118


def examine(root: Path, now: datetime, selector: str, names: Names | None) -> int:
    """Print an answer a line; the number of errors. With `names` the DNS is asked too."""
    newsletter = load_newsletter(root)
    counts = dict.fromkeys(Condition, 0)
    for answer in _ask_all(newsletter, now, selector, names):
        counts[answer.condition] += 1
        _show(answer)
    click.echo()
    said = f"{count(counts[Condition.ERROR], 'error')}, {count(counts[Condition.WARNING], 'warning')}."
    if names is None:
        said += " The DNS was not asked: newsletter doctor --online"
    click.echo(said)
    return counts[Condition.ERROR]


def _ask_all(newsletter: Newsletter, now: datetime, selector: str, names: Names | None) -> Iterator[Answer]:
    root, settings = newsletter.root, newsletter.settings
    yield from examine_settings(settings)
    signer = None
    try:
        signer = open_signer(settings, read_variable(root, DKIM), root)
    except GeneratorError as error:
        yield fail("secrets", str(error), f"Name the private key of [dkim] in {DKIM}, or take both away.")
    key = read_variable(root, DKIM)
    yield from examine_secrets([path for path in (root / FILE, root / key) if path.is_file()])
    yield from _look_at_list(root, now, online=names is not None)
    relay = ""
    try:
        transport = open_transport(read_variable(root, MAIL, MAIL_DEFAULT), root)
    except GeneratorError as error:
        yield fail("relay", str(error), f"Correct {MAIL}.")
    else:
        answers, relay = examine_relay(transport, settings, now)
        yield from answers
    if names is not None:
        from generator.delivery.examinations.domains import examine_domains  # noqa: PLC0415 (only when asked for)

        yield from examine_domains(names, settings, selector, signer, relay)
    yield from examine_letter(newsletter, choose_week(settings, now))
    yield examine_timer()


def _look_at_list(root: Path, now: datetime, *, online: bool) -> Iterator[Answer]:
    """Without making what is not there: this command only looks."""
    try:
        if not (text := read_variable(root, KEYS)):
            yield fail("keys", "there are none", "newsletter keys (and keep the file that it makes)")
            return
        Keys.parse(text)
        file = find_file(read_variable(root, DATABASE, DATABASE_DEFAULT), root)
        if file is not None and not file.exists():
            yield fail("list", f"there is none: {file}", "newsletter serve makes it, or put a back-up there.")
            return
        with closing(open_list(root)) as database:
            vitals = read_vitals(database)
    except GeneratorError as error:
        yield fail("list", str(error), "See “When something is wrong” in OPERATING.md.")
        return
    yield from examine_list(vitals, online=online)
    yield examine_backups(vitals.file, now)
    yield examine_disk(vitals.file.parent if vitals.file else root, vitals.size, vitals.confirmed)
    yield examine_clock(now, vitals.newest)


def _show(answer: Answer) -> None:
    colour = _COLOURS[answer.condition]
    label = click.style(f"{answer.condition:<8}", fg=colour, bold=answer.condition is not Condition.OK)
    begin = f"{label} {answer.subject:<12}"
    first, *others = textwrap.wrap(
        answer.found, _WIDTH - 21, break_long_words=False, break_on_hyphens=False
    ) or [""]
    click.echo(f"{begin} {first}".rstrip())
    for line in others:
        click.echo(" " * 22 + line)
    if answer.remedy:
        lines = textwrap.wrap(answer.remedy, _WIDTH - 23, break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(lines):
            click.echo(" " * 22 + ("→ " if number == 0 else "  ") + line)
