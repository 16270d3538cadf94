"""What `newsletter keys` does: say where the keys stand, and put a new one before them. It never shows one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from generator.environment import FILE, keep_keys, read_keys
from generator.errors import SecretError
from generator.sentences import count
from generator.subscribers.store.keys import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path


def show_keys(root: Path, *, rotate: bool) -> None:
    """Say how many keys there are and where, after adding one if that was asked.

    Raises DatabaseError when there is no list, and SecretError.
    """
    keys = read_keys(root)
    in_environment = bool(os.environ.get(VARIABLE))
    if rotate:
        if in_environment:
            raise SecretError(
                f"{VARIABLE} is set in the environment, where this program cannot change it; "
                f"move it to {FILE} and run this again"
            )
        keys = keys.rotate()
        keep_keys(root, keys)
    where = f"{VARIABLE} in the environment" if in_environment else FILE
    click.echo(
        f"{where} holds {count(len(keys.secrets), 'key')}. The first key signs; all keys are accepted."
    )
    if rotate:
        click.echo("Next: restart the service, so that it signs with the new key.")
