"""Look at everything that a letter needs: what is missing, and what to do."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple

from generator.content import load_newsletter
from generator.content.needs import need_letter
from generator.delivery.engines.keyed import KeyedEngine
from generator.delivery.engines.sqs import VARIABLE as QUEUE
from generator.delivery.known_relays import find_relay
from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.signing import SECOND as DKIM_ED25519
from generator.delivery.outgoing.signing import VARIABLE as DKIM
from generator.delivery.outgoing.transports import FALLBACK
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.doctor.answers import fail, warn, well
from generator.doctor.backups import examine_backups, examine_log
from generator.doctor.hooks import examine_hooks, examine_queue
from generator.doctor.letters import examine_letter
from generator.doctor.machine import (
    examine_clock,
    examine_disk,
    examine_findings,
    examine_list,
    examine_secrets,
    examine_timer,
)
from generator.doctor.relays import describe_known, examine_relay
from generator.doctor.setup import examine_settings
from generator.environment import (
    FILE,
    find_backups,
    find_files,
    find_log,
    find_missing_list,
    find_signer,
    find_trial,
    list_secrets,
    open_list,
    open_mail,
    read_hooks,
    read_variable,
)
from generator.errors import ContentError, GeneratorError, SecretError
from generator.mailing.window import choose_week
from generator.sentences import count
from generator.settings import PATH as SETTINGS
from generator.settings import read_settings
from generator.subscribers.list.vitals import read_vitals
from generator.subscribers.store.database import VARIABLE as DATABASE
from generator.subscribers.store.keys import VARIABLE as KEYS
from generator.watch.facts import read_facts
from generator.watch.findings import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.delivery.outgoing.transports import Transport
    from generator.doctor import Answer
    from generator.doctor.names import Names
    from generator.model import Week
    from generator.settings import Settings
    from generator.subscribers.list.vitals import Vitals
    from generator.subscribers.store.keys import Keys
    from generator.watch.facts import Facts


def examine(root: Path, now: datetime, selector: str, names: Names | None) -> Iterator[Answer]:
    """An answer for each thing, as soon as it is known; nothing is changed, made or sent, except a report to each hook.

    With `names` the DNS is asked too. `selector` is that of a relay that signs with DKIM; empty for the one of the
    settings. Raises ContentError when the settings cannot be read.
    """
    settings = read_settings(root)
    yield from examine_settings(settings)
    signer = None
    known = find_relay(read_variable(root, MAIL))
    try:
        signer = find_signer(root, settings)
    except GeneratorError as error:
        yield fail(
            "secrets",
            str(error),
            f"Set {DKIM} to the file with the private key, or remove both {DKIM} and the table [dkim]; the same goes "
            f"for {DKIM_ED25519} and dkim.ed25519.",
        )
    files = (FILE, read_variable(root, DKIM), read_variable(root, DKIM_ED25519))
    yield from examine_secrets([path for name in files if (path := root / name).is_file()])
    found = _read_list(root, settings, now)
    readers = 0
    if isinstance(found, _List):
        readers = found.vitals.utf8
        yield from _look_at_list(root, settings, found, now, online=names is not None)
        yield from _look_at_hooks(root, settings, now)
        if queue := read_variable(root, QUEUE):
            yield examine_queue(queue, list_secrets(root))
    else:
        yield found
    relay = ""
    try:
        transport = open_mail(root)
    except GeneratorError as error:
        yield fail("relay", str(error), f"Correct {FALLBACK if FALLBACK in str(error) else MAIL}.")
    else:
        answers, relay = examine_relay(transport, settings, now, readers)
        yield from answers
        if known is not None:
            yield describe_known(known, signed=signer is not None)
        yield from _look_for_hook(root, transport)
        if isinstance(transport, Relay) and transport.second:
            yield from examine_relay(transport.second, settings, now)[0]
    if names is not None:
        from generator.doctor.domains import examine_domains  # noqa: PLC0415 (only when asked for)

        yield from examine_domains(names, settings, selector, signer, relay, known=known)
    yield examine_timer()
    # Last, because it reads what editors write.
    yield from _look_at_letter(root, settings, choose_week(settings, now))


def _look_for_hook(root: Path, transport: Transport) -> Iterator[Answer]:
    """An engine sends no mail back: without its web hook, nobody hears of addresses that are gone."""
    if not isinstance(transport, KeyedEngine):
        return
    name = transport.name.lower()
    with suppress(SecretError):  # said elsewhere
        if name not in {relay.name for relay in read_hooks(root)}:
            remedy = f"Set NEWSLETTER_HOOK_{name.upper()}; see “Web hooks” in deploy/SET-UP.md."
            yield warn(
                "hooks", f"{transport.name} reports bounces by web hook alone, and its hook is closed", remedy
            )


def _look_at_letter(root: Path, settings: Settings, week: Week) -> Iterator[Answer]:
    """The letter of the week, if there is to be one. What is wrong with its texts is one answer."""
    if settings.skips(week):
        yield well("letter", f"none: {SETTINGS} skips {week}")
        return
    try:
        newsletter = load_newsletter(root, needs=need_letter(root, week))
    except ContentError as error:
        yield fail(
            "letter", count(len(error.problems), "problem"), f"Run `generate check {week}` to list them."
        )
        return
    yield from examine_letter(newsletter, week)


class _List(NamedTuple):
    """What is known of a list."""

    vitals: Vitals
    facts: Facts
    keys: Keys


def _read_list(root: Path, settings: Settings, now: datetime) -> _List | Answer:
    """How the list is, or why nobody knows. Makes nothing that is not there: this command only looks."""
    try:
        if missing := find_missing_list(root):
            remedy = f"Run `newsletter init` to create it, restore a back-up, or set {DATABASE} to another location."
            return fail("list", f"not found: {missing}", remedy)
        if not read_variable(root, KEYS):
            remedy = f"Restore {FILE}, or run this command with the environment of the service."
            return fail("keys", "not found; the links in mail are signed with the keys of this list", remedy)
        with closing(open_list(root)) as database:
            return _List(read_vitals(database), read_facts(root, settings, database, now), database.keys)
    except GeneratorError as error:
        return fail("list", str(error), "See “Messages” in deploy/RUN.md.")


def _look_at_list(
    root: Path, settings: Settings, known: _List, now: datetime, *, online: bool
) -> Iterator[Answer]:
    vitals = known.vitals
    yield from examine_list(vitals, online=online)
    yield examine_backups(find_backups(root, settings), vitals, known.keys, now)
    yield from examine_log(find_log(root))
    yield from examine_findings(judge(known.facts))
    yield examine_disk(vitals.file.parent if vitals.file else root, vitals.size, vitals.confirmed)
    yield examine_clock(now, vitals.newest)


def _look_at_hooks(root: Path, settings: Settings, now: datetime) -> Iterator[Answer]:
    """At the service that runs, in a trial too."""
    try:
        hooks = read_hooks(root)
    except SecretError as error:
        yield fail("hooks", str(error), f"Correct the variable, in the environment or in {FILE}.")
        return
    address = find_trial(root) if find_files(root) else settings.service_url
    with closing(open_list(root)) as database:
        yield from examine_hooks(hooks, address, database, now)
