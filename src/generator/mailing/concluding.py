"""What operators hear of a letter from the program that sends it: that it begins, and what came of it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from generator.environment import read_variable
from generator.errors import GeneratorError
from generator.mailing.events import Unheard
from generator.settings import read_settings
from generator.watch.alerts import alert
from generator.watch.channels import PING, open_channels, ping
from generator.watch.facts import State
from generator.watch.findings import Kind
from generator.watch.look import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.clock import Clock
    from generator.mailing.events import Tell
    from generator.settings import Settings

_AT_ONCE = timedelta()


@contextmanager
def concluding(root: Path, clock: Clock, tell: Tell) -> Iterator[None]:
    """Tell the operator, at the end of the block, what became of the letter that is due: alerts, and the switch.

    Also when it raises; but not for Ctrl-C, which has somebody at the keyboard.
    """
    try:
        yield
    except Exception:
        _conclude(root, clock, tell)
        raise
    else:
        _conclude(root, clock, tell)


def begin(root: Path, tell: Tell) -> None:
    """Tell the dead man's switch that a letter begins to leave."""
    if trouble := ping(root, "start"):
        tell(Unheard(trouble))


def _conclude(root: Path, clock: Clock, tell: Tell) -> None:
    try:
        settings = read_settings(root)
        channels = open_channels(root, settings)
        if not (channels.any or channels.trouble or read_variable(root, PING)):
            return
        complaints = _tell(root, settings, clock)
    except GeneratorError as error:
        complaints = [str(error)]
    for complaint in complaints:
        tell(Unheard(complaint))


def _tell(root: Path, settings: Settings, clock: Clock) -> list[str]:
    now = clock()
    # Who was to send has just ended, so there is nobody to wait for.
    findings, facts = look(root, now, grace=_AT_ONCE, delay=_AT_ONCE)
    complaints = alert(root, settings, findings, now)
    if any(one.kind in {Kind.MISSED, Kind.STOPPED, Kind.LIST} for one in findings):
        complaints.append(ping(root, "fail"))
    elif facts is not None and (facts.state is State.SENT or facts.skipped):
        complaints.append(ping(root))
    return [one for one in complaints if one]
