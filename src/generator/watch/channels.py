"""How operators are told: a mail, through the second relay if need be, a web hook, and a dead man's switch."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

from generator.delivery.outgoing import transports
from generator.delivery.outgoing.transports import open_transport
from generator.environment import find_signer, list_secrets, read_variable
from generator.errors import GeneratorError, SecretError, TransportError
from generator.settings import HookForm
from generator.watch.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.settings import Settings
    from generator.watch.calls import Target
    from generator.watch.findings import Finding

HOOK = "NEWSLETTER_ALERT_HOOK"
PING = "NEWSLETTER_ALERT_PING"

_LONGEST = 150
"""Characters of a subject."""

_PRIORITIES = {Level.CRITICAL: "urgent", Level.WARNING: "high", Level.OK: "default", Level.UNKNOWN: "high"}
_TAGS = {Level.CRITICAL: "rotating_light", Level.WARNING: "warning", Level.OK: "white_check_mark"}
"""Of ntfy (https://docs.ntfy.sh/publish/)."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways that are set up."""

    root: Path
    settings: Settings
    hook: Target | None
    trouble: str = ""
    """Why one of them cannot be used, as a clause: the others are used all the same."""

    @property
    def any(self) -> bool:
        """Whether anybody would hear anything."""
        return bool(self.settings.alerts.mail or self.hook)

    def tell(self, findings: Sequence[Finding], now: datetime) -> tuple[set[int], list[str]]:
        """Tell some findings; which of them somebody has heard, by their place, and what went wrong."""
        heard: set[int] = set()
        complaints = [self.trouble] if self.trouble else []
        if self.settings.alerts.mail:
            sent, more = self._mail(compose(self.settings, findings, now))
            complaints += more
            heard = set(range(len(findings))) if sent else set()
        if self.hook is not None:
            from generator.watch.calls import call  # noqa: PLC0415 (httpx, for those who have a hook)

            for number, one in enumerate(findings):
                try:
                    call(self.hook, *write_hook(self.settings, one, now))
                    heard.add(number)
                except GeneratorError as error:
                    complaints.append(str(error))
                    break  # the rest would fail too, and each takes seconds
        return heard, complaints

    def _mail(self, message: bytes) -> tuple[bool, list[str]]:
        """Through our relay, else through the second one."""
        complaints: list[str] = []
        for variable, default in ((transports.VARIABLE, transports.DEFAULT), (transports.FALLBACK, "")):
            url = read_variable(self.root, variable, default)
            if not url:
                continue
            try:
                transport = open_transport(url, self.root, secrets=list_secrets(self.root))
                try:
                    transport.send(
                        self.settings.sender_address, self.settings.alerts.mail, self._sign(message)
                    )
                finally:
                    transport.close()
            except (TransportError, SecretError) as error:
                said = str(error).replace(transports.VARIABLE, variable)
                complaints.append(f"the alert could not be mailed: {said}")
            else:
                return True, complaints
        return False, complaints

    def _sign(self, message: bytes) -> bytes:
        signer = find_signer(self.root, self.settings)
        return signer.sign(message) if signer else message


def open_channels(root: Path, settings: Settings) -> Channels:
    """What is set up."""
    try:
        return Channels(root, settings, _read(root, HOOK))
    except SecretError as error:
        return Channels(root, settings, None, str(error))


def ping(root: Path, stage: str = "") -> str:
    """Tell the dead man's switch that a letter is begun (`start`), is done (""), or has failed (`fail`).

    Gives what went wrong, or ""; does nothing when there is none.
    """
    try:
        target = _read(root, PING)
        if target is not None:
            from generator.watch.calls import call  # noqa: PLC0415 (as above)

            call(target.below(stage) if stage else target)
    except GeneratorError as error:
        return str(error)
    return ""


def _read(root: Path, variable: str) -> Target | None:
    text = read_variable(root, variable)
    if not text:
        return None
    from generator.watch.calls import read_target  # noqa: PLC0415 (as above)

    return read_target(variable, text)


def compose(settings: Settings, findings: Sequence[Finding], now: datetime) -> bytes:
    """A mail to the operator about some findings, the worst first."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    worst = findings[0]
    subject = " ".join(f"[{settings.letter}] {worst.level.name}: {worst.text}".split())
    if len(subject) > _LONGEST:
        subject = f"{subject[: _LONGEST - 1]}…"
    if more := len(findings) - 1:
        subject += f" (and {more} more)"
    message["From"] = settings.sender_address
    message["To"] = settings.alerts.mail
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.sender_address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    lines = []
    for one in findings:
        lines += [f"{one.level.name}: {one.text}."]
        lines += ["", f"    {one.command}"] if one.command else []
        lines += [""]
    lines += [f"-- \nThe newsletter program on {socket.gethostname()}, {now:%Y-%m-%d %H:%M} UTC"]
    message.set_content("\n".join(lines), cte="quoted-printable")
    return message.as_bytes()


def write_hook(settings: Settings, one: Finding, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body of a web hook, and its headers, in the form that the settings name."""
    if settings.alerts.hook is HookForm.NTFY:
        title = " ".join(f"{settings.letter}: {one.level.name}".split())
        headers = {
            "Title": title if title.isascii() else Header(title, "utf-8", maxlinelen=0).encode(),
            "Priority": _PRIORITIES[one.level],
            "Tags": _TAGS.get(one.level, "question"),
        }
        return one.say().encode(), headers
    if settings.alerts.hook is HookForm.SLACK:
        text = f"*{one.level.name}* {_escape(one.text)}"
        text += f"\n`{_escape(one.command)}`" if one.command else ""
        return _dump({"text": text})
    return _dump(
        {"letter": settings.letter, "site": settings.site_url, "at": now.isoformat(), **one.describe()}
    )


def _dump(found: dict[str, object]) -> tuple[bytes, dict[str, str]]:
    return json.dumps(found, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def _escape(text: str) -> str:
    """What Slack would read as a mark (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
