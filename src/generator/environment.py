"""Secrets and addresses of the service, from the environment, or else from `var/newsletter.env`.

That file is one for systemd and containers too (`EnvironmentFile=`, `--env-file`). It is made with the list, for its
owner only, so that a newcomer starts the service with one command and keeps the keys that links in mail depend on.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from generator.delivery.incoming.hooks.relays import RELAYS, check_secret
from generator.delivery.known_relays import check_signature, find_replaced
from generator.delivery.outgoing import signing, transports
from generator.errors import DatabaseError, SecretError
from generator.settings import TRIAL
from generator.subscribers.store.backup import list_backups
from generator.subscribers.store.database import DEFAULT, explain_missing, find_file, open_database
from generator.subscribers.store.database import VARIABLE as DATABASE
from generator.subscribers.store.keys import VARIABLE as KEYS
from generator.subscribers.store.keys import Keys
from generator.subscribers.store.log import FOLDER, Log
from generator.subscribers.store.log import VARIABLE as LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.delivery.incoming.hooks.relays import Relay
    from generator.delivery.outgoing.signing import Signer
    from generator.delivery.outgoing.transports import Transport
    from generator.settings import Settings
    from generator.subscribers.store.backup import Backups
    from generator.subscribers.store.database import Database

FILE = "var/newsletter.env"

SERVICE = "var/service.url"
"""Where a service on trial listens, as long as it runs; below the root of the project."""


def read_variable(root: Path, name: str, default: str = "") -> str:
    """A variable of the environment, else of the file, else the default."""
    return os.environ.get(name) or _read_file(root).get(name, default)


def open_mail(root: Path) -> Transport:
    """Where mail goes; in a folder when nothing is said. Raises TransportError."""
    return transports.open_transport(
        read_variable(root, transports.VARIABLE, transports.DEFAULT),
        root,
        read_variable(root, transports.FALLBACK),
        list_secrets(root),
    )


def find_signer(root: Path, settings: Settings) -> Signer | None:
    """What signs our mail; None when the relay does. Raises SecretError."""
    mail, second = (read_variable(root, name) for name in (transports.VARIABLE, transports.FALLBACK))
    signer = signing.open_signer(
        settings,
        read_variable(root, signing.VARIABLE),
        root,
        find_replaced(mail, second),
        read_variable(root, signing.SECOND),
    )
    if signer:
        check_signature(mail)
    return signer


def read_hooks(root: Path) -> dict[Relay, str]:
    """The relays whose web hooks are open, each with its secret. Raises SecretError for what cannot be one."""
    found = {relay: secret for relay in RELAYS if (secret := read_variable(root, relay.variable))}
    for relay, secret in found.items():
        check_secret(relay, secret)
    return found


def find_files(root: Path) -> Path | None:
    """Where mail is written in a trial: when NEWSLETTER_MAIL names a folder, or nothing. None when it leaves."""
    return transports.find_files(read_variable(root, transports.VARIABLE, transports.DEFAULT), root)


def say_delivery(root: Path) -> str:
    """What becomes of mail that the service has to send."""
    files = find_files(root)
    if files is None:
        return "`newsletter serve` sends the mail while it runs."
    return f"This is a trial: `newsletter serve` writes the mail to {files}, and sends nothing."


@contextmanager
def announce_service(root: Path, url: str) -> Iterator[None]:
    """Let letters of a trial know where the service listens, as long as it does."""
    path, text = root / SERVICE, f"{url}\n"
    with suppress(OSError):  # then their links lead to its usual address
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == text:  # and not that of another service
                path.unlink()


def find_trial(root: Path) -> str:
    """Where the service listens in a trial, or would when it is started without options."""
    with suppress(OSError):
        return (root / SERVICE).read_text(encoding="utf-8").strip() or TRIAL
    return TRIAL


def find_missing_list(root: Path) -> str:
    """Why there is no list where this project looks for it; empty when there is one. Raises DatabaseError."""
    return explain_missing(read_variable(root, DATABASE, DEFAULT), root)


def open_list(root: Path) -> Database:
    """The list that is there, with its keys; nothing is made. Raises DatabaseError and SecretError."""
    keys = read_keys(root)
    return open_database(read_variable(root, DATABASE, DEFAULT), keys, root, find_log(root))


def find_log(root: Path) -> Log:
    """The log of who left, outside the list. Raises DatabaseError when the address of the list is wrong."""
    if folder := read_variable(root, LOG):
        return Log(root / folder)
    return Log(find_folder(root) / FOLDER)


def find_folder(root: Path) -> Path:
    """Where what belongs to the list is by itself: beside its file, or in `var/`. Raises DatabaseError."""
    file = find_file(read_variable(root, DATABASE, DEFAULT), root)
    return file.resolve().parent if file else root / "var"


def find_backups(root: Path, settings: Settings) -> Backups | None:
    """The back-ups of the list: how many, and when the last one was made. None for PostgreSQL, which has pg_dump.

    Raises DatabaseError when the address of the list is wrong.
    """
    if find_file(read_variable(root, DATABASE, DEFAULT), root) is None:
        return None
    folder = settings.backup.folder
    return list_backups(root / folder if folder else find_folder(root) / "backup")


def list_secrets(root: Path) -> dict[str, str]:
    """What the environment and the file hold for other programs: passwords of a command of the settings, and such."""
    own = {name: value for name, value in _read_file(root).items() if not name.startswith("NEWSLETTER_")}
    return own | dict(os.environ)


def read_keys(root: Path) -> Keys:
    """The keys of the list that is there; nothing is made. Raises DatabaseError and SecretError."""
    if missing := find_missing_list(root):
        raise DatabaseError(
            f"there is no list of subscribers: {missing}; run `newsletter init` to create it, or set {DATABASE} to "
            "another location"
        )
    return read_lost_keys(root)


def read_lost_keys(root: Path) -> Keys:
    """The keys, whether the list is there or is still to be restored. Raises SecretError."""
    text = read_variable(root, KEYS)
    if not text:
        raise SecretError(
            f"{KEYS} is set neither in the environment nor in {root / FILE}; the links in mail are signed with "
            "the keys of this list, so run this with the environment of the service, or restore the file"
        )
    return Keys.parse(text)


def make_list(root: Path, tell: Callable[[str], None]) -> Database:
    """The list and its keys, which are made when there is no list yet; `tell` is called with what was made.

    Raises DatabaseError and SecretError.
    """
    if not find_missing_list(root):
        return open_list(root)
    database = open_database(
        read_variable(root, DATABASE, DEFAULT), find_keys(root, tell), root, find_log(root)
    )
    tell(f"Created a new list: {database.name}")
    return database


def find_keys(root: Path, tell: Callable[[str], None]) -> Keys:
    """The keys of the service; the first time they are made and kept in the file, and `tell` is called."""
    if text := read_variable(root, KEYS):
        return Keys.parse(text)
    keys = Keys.make()
    _keep_keys(root, keys)
    tell(f"Created {FILE} with the key of this list. Keep it: the links in mail are signed with it.")
    return keys


def rotate_keys(root: Path) -> Keys:
    """Put a new key before those of the list, and keep them in the file. Raises DatabaseError and SecretError."""
    keys = read_keys(root)
    if os.environ.get(KEYS):
        raise SecretError(
            f"{KEYS} is set in the environment, where this program cannot change it; "
            f"move it to {FILE} and run this again"
        )
    keys = keys.rotate()
    _keep_keys(root, keys)
    return keys


def _keep_keys(root: Path, keys: Keys) -> None:
    """Write the keys to the file, whole at every moment, and leave its other lines alone."""
    path = root / FILE
    new = path.with_suffix(".new")
    lines = [f"{name}={value}" for name, value in {**_read_file(root), KEYS: str(keys)}.items()]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise SecretError(f"{path} cannot be written: {error.strerror or error}") from None


def _read_file(root: Path) -> dict[str, str]:
    path = root / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise SecretError(f"{path}:{number}: holds bytes that are not UTF-8; type this line again") from None
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise SecretError(f"{path}:{number}: expected NAME=value")
        found[name.strip()] = value.strip().strip('"')
    return found
