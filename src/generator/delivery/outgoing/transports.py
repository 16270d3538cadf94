"""Ways for a finished mail to leave: to a relay by SMTP, to an API, or into a maildir as a trial.

NEWSLETTER_MAIL says which. NEWSLETTER_MAIL_FALLBACK may name a second relay, which takes the mail while the first is
down.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from generator.delivery.outgoing.maildirs import Maildir
from generator.delivery.outgoing.relays import KeyedRelay, Relay
from generator.delivery.outgoing.smtp import Tls, is_name
from generator.errors import TransportError
from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from urllib.parse import SplitResult

    from generator.delivery.engines.batches import BatchSession
    from generator.delivery.sessions import Session

VARIABLE = "NEWSLETTER_MAIL"
FALLBACK = "NEWSLETTER_MAIL_FALLBACK"
DEFAULT = "maildir:var/mail"
"""Below the root of the project; git ignores `var/`."""

_ENGINES = {
    "lettermint": "lettermint://TOKEN@api.lettermint.co, or lettermint://TOKEN@api.lettermint.co/ROUTE",
    "resend": "resend://TOKEN@api.resend.com",
    "resend+smtps": "resend+smtps://TOKEN@smtp.resend.com",
    "resend+smtp": "resend+smtp://TOKEN@smtp.resend.com",
}
"""Engines that know letters by their keys, and what is expected of each."""

_PORTS = {("smtp", False): 25, ("smtp", True): 587, ("smtps", False): 465, ("smtps", True): 465}
"""Default port by scheme, and whether there is a password: submission with a password uses 587 (RFC 6409)."""


class Transport(Protocol):
    """A way for mail to leave. Any thread may call it: `send` does one mail at a time."""

    @property
    def name(self) -> str:
        """Where mail goes, for logs and messages; without user and password."""

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message (RFC 5322, lines ending in CRLF) over for one recipient.

        When it returns, the other side is responsible for the mail. Raises TransportError: it was not taken; its
        `refused` says that it never will be. Raises DoubtError: it may have been taken, SMTP cannot tell (RFC 1047).
        """

    def open_session(self) -> Session | BatchSession:
        """A session for many letters, with a connection of its own. Connects nothing yet, and raises nothing."""

    def takes(self, address: str) -> bool:
        """Whether mail can go to an address, as far as is known. Asks nobody; any thread may call it at any time."""

    def greet(self) -> None:
        """Find out what the other side takes, before the first mail. Raises nothing."""

    def close(self) -> None:
        """End the connection of `send`, even while another thread sends: that mail then fails or is in doubt.

        Raises nothing. The next `send` connects again.
        """


def is_trial(url: str) -> bool:
    """Whether mail is written to this machine, where only the operator can read it."""
    return url.partition(":")[0].lower() == "maildir"


def find_files(url: str, root: Path) -> Path | None:
    """The folder with the mails of a trial; None when mail goes to a relay."""
    return root / unquote(url.partition(":")[2]) / "new" if is_trial(url) else None


def open_transport(
    url: str, root: Path, fallback: str = "", secrets: Mapping[str, str] = MappingProxyType({})
) -> Transport:
    """The transport that a URL names. Connects and writes nothing yet.

    `fallback` names the relay that takes the mail while the first is down; a trial has no use for it. `secrets` holds
    the credentials of Amazon, by the names of their variables.

    `maildir:FOLDER` (below `root`), `smtp://[user:password@]host[:port]` or `smtps://…`. A relay may have settings
    behind a question mark: `tls=required` (or `opportunistic`, or `none`), and `ehlo=NAME`, with which we greet.
    `ses://REGION` is the API of Amazon SES; see engines.ses. `lettermint://TOKEN@[host][/route]`,
    `resend://TOKEN@[host]` and `resend+smtps://TOKEN@[host]` know letters by their keys; see engines.batches.
    Raises TransportError, which never shows a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TransportError(_wanted("something that is not a URL")) from None
    if is_trial(url):
        folder = unquote(parts.path)
        if parts.netloc or parts.query or parts.fragment or not folder.strip("/") or "\0" in folder:
            raise TransportError(_wanted("no folder"))
        return Maildir(root / folder)
    if parts.scheme == "ses":
        if fallback:
            raise TransportError(
                f"{FALLBACK} is set, but {VARIABLE} names Amazon SES, which has no use for it"
            )
        return _open_ses(parts, secrets)
    if parts.scheme in _ENGINES:
        if fallback:
            raise TransportError(
                f"{FALLBACK} is set, but {VARIABLE} names an engine that knows letters by their keys; remove it, "
                "because a second relay would not know them"
            )
        return _open_engine(parts, port)
    if parts.scheme not in {"smtp", "smtps"}:
        raise TransportError(_wanted(f"{parts.scheme!r}" if parts.scheme else "an unknown kind of transport"))
    relay = _open_relay(parts, port)
    relay.second = _open_fallback(fallback, root, relay, secrets) if fallback else None
    return relay


def _open_ses(parts: SplitResult, secrets: Mapping[str, str]) -> Transport:
    from generator.delivery.engines.ses import open_ses  # noqa: PLC0415 (httpx, for those who use SES)

    try:
        return open_ses(parts, secrets)
    except ValueError as error:
        raise TransportError(f"{VARIABLE} names {error}; expected ses://eu-west-1") from None


def _open_engine(parts: SplitResult, port: int | None) -> Transport:
    """An engine that knows letters by their keys. No message shows any of the URL, which holds a token."""
    host, token, route = parts.hostname or "", unquote(parts.username or ""), parts.path.strip("/")
    smtp = parts.scheme.startswith("resend+")
    wrong = ""
    if not re.fullmatch(r"[!-~]+", token) or parts.password is not None:
        wrong = "without a token, or with more than a token before the @"
    elif parts.query or parts.fragment or (host and not _is_host(host)):
        wrong = "with something that is no host behind the @"
    elif route and (parts.scheme != "lettermint" or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", route)):
        wrong = "with something that is no route behind the host"
    if wrong:
        raise TransportError(f"{VARIABLE} names {parts.scheme} {wrong}; expected {_ENGINES[parts.scheme]}")
    if smtp:
        encrypted = parts.scheme == "resend+smtps"
        return KeyedRelay(
            host or "smtp.resend.com",
            port or _PORTS[parts.scheme.removeprefix("resend+"), True],
            user="resend",
            password=token,
            encrypted=encrypted,
            local=is_here(host),
        )
    from generator.delivery.engines.keyed import KeyedEngine  # noqa: PLC0415 (httpx, for those who use one)
    from generator.delivery.engines.lettermint import Lettermint  # noqa: PLC0415
    from generator.delivery.engines.resend import Resend  # noqa: PLC0415

    engine = Lettermint(route) if parts.scheme == "lettermint" else Resend()
    if not host:
        return KeyedEngine(engine, token)
    where = f"[{host}]" if ":" in host else host
    secure = "http" if is_here(host) else "https"
    path = urlsplit(engine.url).path
    return KeyedEngine(engine, token, f"{secure}://{where}{f':{port}' if port else ''}{path}")


def _open_fallback(url: str, root: Path, first: Relay, secrets: Mapping[str, str]) -> Relay:
    try:
        second = open_transport(url, root, secrets=secrets)
    except TransportError as error:
        raise TransportError(str(error).replace(VARIABLE, FALLBACK, 1)) from None
    if not isinstance(second, Relay):
        raise TransportError(
            f"{FALLBACK} names {'a folder' if is_trial(url) else 'an API'}; expected a second relay, like smtps://user:password@host:465"
        )
    if (second.host, second.port) == (first.host, first.port):
        raise TransportError(f"{FALLBACK} names the same relay as {VARIABLE}; remove it, or name another one")
    return second


def _open_relay(parts: SplitResult, port: int | None) -> Relay:
    host = parts.hostname or ""
    if not _is_host(host):
        raise TransportError(_wanted("an invalid host name"))
    if parts.path.strip("/") or parts.fragment:
        raise TransportError(
            _wanted("more than a host and a port; in a password, write #, / and ? as %23, %2F and %3F")
        )
    tls, hello = _read_relay_settings(parts)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise TransportError(_wanted("a user without a password, or a password without a user"))
    if not (user + password).isascii() or re.search(r"[\x00-\x1f\x7f]", user + password):
        raise TransportError(_wanted("a user or a password with characters that SMTP does not allow"))
    return Relay(
        host,
        _PORTS[parts.scheme, bool(user)] if port is None else port,
        user=user,
        password=password,
        encrypted=parts.scheme == "smtps",
        local=is_here(host),
        tls=tls,
        hello=hello,
    )


def _read_relay_settings(parts: SplitResult) -> tuple[Tls | None, str]:
    """What stands behind the question mark: TLS, and the name to greet with. Raises TransportError, without a value.

    A password with a question mark that was not encoded ends up here, so nothing of it may be shown.
    """
    fields = parse_qsl(parts.query, keep_blank_values=True)
    given = dict(fields)
    if len(fields) != len(given) or not given.keys() <= {"tls", "ehlo"} or bool(fields) != bool(parts.query):
        raise TransportError(
            _wanted("something behind “?” that is neither tls=… nor ehlo=…; in a password, write ? as %3F")
        )
    tls, hello = given.get("tls", ""), given.get("ehlo", "").lower()
    if "tls" in given and tls not in set(Tls):
        raise TransportError(_wanted("an unknown value of tls; it is required, opportunistic or none"))
    if parts.scheme == "smtps" and tls not in {"", Tls.REQUIRED}:
        raise TransportError(_wanted(f"smtps:// with tls={tls}; smtps:// always uses TLS"))
    if "ehlo" in given and not is_name(hello):
        raise TransportError(_wanted("an invalid name behind ehlo=; it is the name of this host"))
    return Tls(tls) if tls else None, hello


def _is_host(host: str) -> bool:
    label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
    return ":" in host or bool(re.fullmatch(rf"{label}(\.{label})*\.?", host))


def _wanted(found: str) -> str:
    return f"{VARIABLE} names {found}; expected {DEFAULT}, smtp://user:password@host:587 or smtps://user:password@host:465"
