"""The relay: it can be reached, is encrypted, accepts our password and mail from our address. No mail is sent."""

from __future__ import annotations

import re
import ssl
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from generator.delivery.engines.amazon import KEY, SECRET, find_kind
from generator.delivery.engines.keyed import KeyedEngine
from generator.delivery.engines.ses import (
    ACCOUNT,
    STRANGER,
    Ses,
    read_account,
    read_identity,
    read_trackers,
)
from generator.delivery.outgoing.smtp import Server, offers_utf8
from generator.doctor.answers import advise, fail, warn, well
from generator.errors import TransportError
from generator.sentences import count

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Iterator

    from generator.delivery.engines.ses import Identity, Standing
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
    if isinstance(transport, Ses):
        return list(_examine_ses(transport, settings)), ""
    if isinstance(transport, KeyedEngine):
        return list(_examine_engine(transport, settings)), ""
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


def _examine_engine(transport: KeyedEngine, settings: Settings) -> Iterator[Answer]:
    """Ask an engine whether it knows us, and whether it leaves letters as they are."""
    name = transport.name
    try:
        standing = transport.ask_standing()
    except TransportError as error:
        yield fail("relay", str(error), "See “Messages” in deploy/RUN.md.")
        return
    if not standing.known:
        yield fail(
            "password",
            f"{name} refuses the token",
            f"Make a new one at {name}, and put it in NEWSLETTER_MAIL.",
        )
        return
    yield well(
        "relay", f"{name} answers, and knows the token; a letter without an answer is sent again by its key"
    )
    wanted = _domain(settings.sender_address)
    if standing.domains is None:
        found = f"not known whether {wanted} is verified: this token may send, and not ask"
        yield advise(
            "identity", found, f"Look it up at {name}, and send yourself a proof (`newsletter send --to`)."
        )
    elif (domain := standing.domains.get(wanted)) is None:
        yield fail(
            "identity", f"{name} does not know {wanted}", f"Add {wanted} there, and its records to your DNS."
        )
    elif not domain.verified:
        yield fail(
            "identity", f"{wanted} is not verified", f"Add its records to your DNS, as {name} shows them."
        )
    else:
        where = f", and letters leave from {domain.region}" if domain.region else ""
        yield well("identity", f"{wanted} is verified{where}")
    tracks = (standing.domains or {}).get(wanted)
    if transport.engine.untracked:
        yield well("tracking", f"off: each letter tells {name} so")
    elif tracks is None or tracks.tracks is None:
        remedy = f"Look it up at {name}, or compare a proof with the letter (`newsletter doctor --received`)."
        yield warn("tracking", f"not known whether {name} counts opens or clicks, and rewrites links", remedy)
    elif tracks.tracks:
        remedy = f"Switch open and click tracking off for {wanted} at {name}."
        yield fail("tracking", f"{name} counts opens or clicks of letters, and rewrites their links", remedy)
    else:
        yield well("tracking", f"off for {wanted}")


_CONSOLE = "Look it up in the console of Amazon SES, in this region."
_ALLOW = "Allow these credentials ses:GetAccount, ses:GetEmailIdentity and ses:GetConfigurationSetEventDestinations."


def _examine_ses(ses: Ses, settings: Settings) -> Iterator[Answer]:
    """Ask Amazon whether the account may send from our addresses, as they are."""
    with closing(ses.open_service()) as service:
        try:
            answer = service.ask("GET", ACCOUNT)
            if (kind := find_kind(answer)) in STRANGER:
                remedy = f"Correct {KEY} and {SECRET}; they belong to a user who may send from this account."
                yield fail("password", f"Amazon refuses the credentials: {kind}", remedy)
                return
            yield well("relay", f"{ses.name} answers, and knows the credentials")
            standing = read_account(answer)
            yield from _look_at_account(standing, kind or str(answer.status), settings)
            configuration = ses.configuration
            for domain in dict.fromkeys(
                _domain(one) for one in (settings.sender_address, settings.bounces) if one
            ):
                answer = service.ask("GET", f"/v2/email/identities/{domain}")
                identity = read_identity(answer)
                yield from _look_at_identity(domain, identity, find_kind(answer) or str(answer.status))
                configuration = configuration or (identity.configuration if identity else "")
            if standing and standing.tracks:
                remedy = "Switch off “engagement tracking” of the Virtual Deliverability Manager."
                yield fail(
                    "tracking", "SES counts opens and clicks of all letters, and rewrites their links", remedy
                )
            elif configuration:
                path = f"/v2/email/configuration-sets/{configuration}/event-destinations"
                answer = service.ask("GET", path)
                yield _look_at_tracking(
                    configuration, read_trackers(answer), find_kind(answer) or str(answer.status)
                )
            else:
                yield well("tracking", "off: there is no configuration set")
        except TransportError as error:
            yield fail("relay", str(error), "See “Messages” in deploy/RUN.md.")


def _look_at_account(standing: Standing | None, said: str, settings: Settings) -> Iterator[Answer]:
    if standing is None:
        yield warn("account", f"not known whether it may send: the answer is {said}", f"{_ALLOW} {_CONSOLE}")
        return
    if not standing.enabled:
        yield fail("account", "sending is switched off in this region", _CONSOLE)
    elif not standing.production:
        found = "it is in the sandbox, and may write to verified addresses only"
        yield fail("account", found, "Request production access in the console of Amazon SES.")
    else:
        yield well("account", "it may send to everybody")
    if standing.rate:
        found = f"{standing.rate:g} letters a second, {standing.day:,.0f} in 24 hours"
        if settings.rate > standing.rate:
            yield warn(
                "limits", found, f"Set rate = {standing.rate:g} in [send] of newsletter/settings.toml."
            )
        else:
            yield well("limits", found)


def _look_at_identity(domain: str, identity: Identity | None, said: str) -> Iterator[Answer]:
    if identity is None and said == "NotFoundException":
        yield fail(
            "identity", f"SES does not know {domain}", f"Create {domain} as an identity, and verify it."
        )
    elif identity is None:
        yield warn(
            "identity",
            f"not known whether {domain} is verified: the answer is {said}",
            f"{_ALLOW} {_CONSOLE}",
        )
    elif not identity.verified:
        yield fail("identity", f"{domain} is not verified", "Add its records to your DNS, as SES shows them.")
    elif not identity.signs:
        remedy = "Switch on Easy DKIM for this identity, and add its records to your DNS."
        yield fail("identity", f"{domain} is verified, but SES does not sign its mail", remedy)
    elif not identity.aligned:
        remedy = "Set up a custom MAIL FROM domain for it: then SPF speaks for your domain too."
        yield advise("identity", f"{domain} is verified and signed; bounces go to a domain of Amazon", remedy)
    else:
        yield well("identity", f"{domain} is verified and signed, with a MAIL FROM domain of its own")


def _look_at_tracking(configuration: str, trackers: list[str] | None, said: str) -> Answer:
    if trackers is None and said == "NotFoundException":
        return fail(
            "tracking", f"there is no configuration set {configuration}", "Correct set= in NEWSLETTER_MAIL."
        )
    if trackers is None:
        return warn(
            "tracking", f"not known: the answer about {configuration} is {said}", f"{_ALLOW} {_CONSOLE}"
        )
    if trackers:
        found = f"{configuration} has SES count opens or clicks ({', '.join(trackers)}), and rewrite links"
        return fail("tracking", found, "Take the events Open and Click from this event destination.")
    return well("tracking", f"off in {configuration}")


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


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
