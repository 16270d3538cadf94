"""The relay: it can be reached, is encrypted, accepts our password and mail from our address. No mail is sent."""

from __future__ import annotations

import re
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from generator.delivery.outgoing.smtp import Server, offers_utf8
from generator.doctor.answers import fail, warn, well
from generator.errors import TransportError
from generator.sentences import count

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Iterator

    from generator.delivery.known_relays import KnownRelay
    from generator.delivery.outgoing.transports import Transport
    from generator.doctor.answers import Answer
    from generator.settings import Settings

SOON = timedelta(days=14)
"""The time before a certificate ends from which we warn; most are renewed a month before."""

LARGEST = 500_000
"""Bytes: more than any letter has, because Gmail clips HTML above 102 kB."""

_TAKEN = 250


def examine_relay(
    transport: Transport, settings: Settings, now: datetime, utf8: int = 0
) -> tuple[list[Answer], str]:
    """Log in, and offer an envelope (MAIL, RSET). Returns the answers, and the relay's own host name, or "".

    `utf8`: how many readers have an address beyond ASCII.
    A relay that cannot be reached is an answer too. Waits as long as the patience of the transport for each reply.
    """
    if not isinstance(transport, Server):
        remedy = "Set NEWSLETTER_MAIL to a relay; see deploy/SET-UP.md."
        return [warn("relay", f"none; mail is written to {transport.name}", remedy)], ""
    answers: list[Answer] = []
    sender, name = settings.bounces or settings.sender_address, ""
    try:
        with transport.explained():
            connection = transport.dial()
            try:
                transport.introduce(connection)
                name = _name(connection)
                answers.append(well("relay", f"{transport.name} answers{f' as {name}' if name else ''}"))
                answers += _look_at_secrecy(connection, now, local=transport.local)
                answers += (
                    _look_at_user(connection),
                    _look_at_extensions(connection),
                    _look_at_utf8(connection, utf8),
                    _offer(connection, sender),
                )
            finally:
                with suppress(OSError):
                    connection.quit()
                connection.close()
    except TransportError as error:
        answers.append(fail("relay", str(error), "See “Messages” in deploy/RUN.md."))
    return answers, name


def describe_known(relay: KnownRelay, *, signed: bool) -> Answer:
    """What is particular about a relay that many people rent. `signed`: whether we sign mail ourselves."""
    found = [f"{relay.name}. {relay.advice}"]
    if "message-id" in relay.replaces:
        found.append(
            "It replaces the Message-ID: a letter in doubt cannot be looked up by it, and when `newsletter retry` "
            "sends it again, mailboxes show both copies."
        )
    if signed and relay.replaces:
        found.append(f"Our signature leaves out what it replaces: {', '.join(sorted(relay.replaces))}.")
    return well("provider", " ".join(found))


def _name(connection: smtplib.SMTP) -> str:
    """The host name in the greeting of a relay; empty when it is not a valid one."""
    words = (connection.ehlo_resp or b"").split()
    name = words[0].decode("ascii", "replace").lower() if words else ""
    return name if re.fullmatch(r"([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", name) else ""


def _look_at_secrecy(connection: smtplib.SMTP, now: datetime, *, local: bool) -> Iterator[Answer]:
    sock = connection.sock
    if not isinstance(sock, ssl.SSLSocket):
        if local:
            yield well("tls", "not used, and not needed: the relay is on this machine")
        else:
            remedy = "Use smtps://, or ask the relay for STARTTLS."
            yield warn("tls", "not used; the mail can be read on its way to the relay", remedy)
        return
    yield well("tls", f"{sock.version()}, {(sock.cipher() or ('',))[0]}")
    end = (sock.getpeercert() or {}).get("notAfter")
    if not isinstance(end, str):
        return  # a relay on this machine, whose certificate is not verified
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    found = f"valid until {moment:%Y-%m-%d}"
    if moment - now < SOON:
        yield warn(
            "certificate", found, "Report this to the operator of the relay; after that date no mail is sent."
        )
    else:
        yield well("certificate", found)


def _look_at_user(connection: smtplib.SMTP) -> Answer:
    user = getattr(connection, "user", "")  # smtplib's, once it has logged in
    return well("password", "accepted" if user else "not used: NEWSLETTER_MAIL has no user")


def _look_at_extensions(connection: smtplib.SMTP) -> Answer:
    features = connection.esmtp_features
    size = features.get("size", "")
    if size.isdecimal() and 0 < int(size) < LARGEST:
        return warn(
            "limits",
            f"the relay accepts mail of at most {int(size):,} bytes",
            "Ask the operator for a higher limit; a letter is larger.",
        )
    parts = [
        f"mail up to {int(size) / 1e6:,.0f} MB" if size.isdecimal() and int(size) else "no size limit",
        "PIPELINING"
        if "pipelining" in features
        else "no PIPELINING: four round trips per letter instead of two",
    ]
    return well("limits", "; ".join(parts))


def _look_at_utf8(connection: smtplib.SMTP, readers: int) -> Answer:
    need = f"{count(readers, 'reader')} {'needs' if readers == 1 else 'need'} it"
    if offers_utf8(connection):
        return well("smtputf8", f"offered: addresses beyond ASCII, like josé@example.org, get mail; {need}")
    if not readers:
        return well("smtputf8", f"not offered: who signs up with josé@example.org is told so; {need}")
    remedy = "Ask the relay for SMTPUTF8 (RFC 6531), or these readers for another address; their letters are skipped."
    return warn("smtputf8", f"not offered, and {need}", remedy)


def _offer(connection: smtplib.SMTP, sender: str) -> Answer:
    """Whether it takes mail from us; RSET takes that back."""
    code, text = connection.mail(sender)
    with suppress(OSError):
        connection.rset()
    if code != _TAKEN:
        words = re.sub(r"[^\x20-\x7e]+", " ", text.decode("ascii", "replace"))[:200]
        return fail(
            "envelope", f"mail from {sender} is refused: {code} {words}", "Verify the domain with your relay."
        )
    return well("envelope", f"mail from {sender} is accepted")
