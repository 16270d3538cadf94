"""The options of the commands that send letters: how fast, over how many connections, and how patiently."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from generator.cli.parameters import Number, WholeNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.cli.mailing.run import Order


def with_order(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --connections, --rate and --patience."""
    for option in reversed(
        (
            click.option(
                "--connections",
                type=WholeNumber(1, 50),
                default=1,
                show_default=True,
                metavar="N",
                help="Connections to the relay; a crash leaves up to N letters in doubt.",
            ),
            click.option(
                "--rate",
                type=Number(0),
                metavar="R",
                help="Maximum number of letters per second; 0 for no limit. Default: send.rate in the settings.",
            ),
            click.option(
                "--patience",
                type=Number(0, 24 * 60),
                default=30,
                show_default=True,
                metavar="MINUTES",
                help="How long to wait for deferred letters, or for a relay that is down.",
            ),
        )
    ):
        command = option(command)
    return command


def read_order(connections: int, rate: float | None, patience: float, *, tolerant: bool = False) -> Order:
    """Make an order of those options; `patience` is in minutes, `rate` in letters per second."""
    from generator.cli.mailing.run import Order  # noqa: PLC0415 (it loads a database)

    return Order(connections, rate, timedelta(minutes=patience), tolerant)
