"""What `newsletter keys` does: say where the keys stand, and put a new one before them. It never shows one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.cli.environment import FILE, find_keys, keep_keys
from generator.errors import SecretError
from generator.subscribers.keys import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path


def show_keys(root: Path, *, rotate: bool) -> None:
    """Say how many keys there are and where, after adding one if that was asked. Raises SecretError."""
    keys = find_keys(root)
    in_environment = bool(os.environ.get(VARIABLE))
    if rotate:
        if in_environment:
            raise SecretError(
                f"{VARIABLE} is set in the environment, where no program can change it: "
                f"move it to {FILE}, and run this again"
            )
        keys = keys.rotate()
        keep_keys(root, keys)
    where = f"{VARIABLE} in the environment" if in_environment else FILE
    click.echo(
        f"{where} holds {count(len(keys.secrets), 'key')}. The first one signs, all of them are believed."
    )
    if rotate:
        click.echo("Next: start the service again, so that it signs with the new key.")
