"""Secrets and addresses of the service, from the environment; what is not set there stands in `var/newsletter.env`.

That file is one for systemd and containers too (`EnvironmentFile=`, `--env-file`). It is made at the first start, for
its owner only, so that a newcomer starts the service with one command and keeps the keys that links in mail depend on.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from generator.errors import SecretError
from generator.subscribers.database import DEFAULT, open_database
from generator.subscribers.database import VARIABLE as DATABASE
from generator.subscribers.keys import VARIABLE as KEYS
from generator.subscribers.keys import Keys

if TYPE_CHECKING:
    from pathlib import Path

    from generator.subscribers.database import Database

FILE = "var/newsletter.env"


def read_variable(root: Path, name: str, default: str = "") -> str:
    """A variable of the environment, else of the file, else the default."""
    return os.environ.get(name) or _read_file(root).get(name, default)


def open_list(root: Path) -> Database:
    """The list of this project, with its keys, which are made when there are none."""
    return open_database(read_variable(root, DATABASE, DEFAULT), find_keys(root), root)


def find_keys(root: Path) -> Keys:
    """The keys of the service; the first time they are made and kept in the file."""
    if text := read_variable(root, KEYS):
        return Keys.parse(text)
    keys = Keys.make()
    keep_keys(root, keys)
    click.echo(f"Made {FILE} with the key of this list. Keep it: links in mail depend on it.", err=True)
    return keys


def keep_keys(root: Path, keys: Keys) -> None:
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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise SecretError(f"{path}:{number}: expected NAME=value")
        found[name.strip()] = value.strip().strip('"')
    return found
