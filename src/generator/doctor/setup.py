"""The settings: no example values are left, and the addresses suit a sender of letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.doctor.answers import fail, warn, well
from generator.settings import list_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.doctor.answers import Answer
    from generator.settings import Settings

FREE = frozenset(
    (  # noqa: SIM905 (words are read more easily than a list of them)
        "aol.com fastmail.com free.fr gmail.com gmx.com gmx.de gmx.net googlemail.com hetnet.nl home.nl hotmail.com "
        "hotmail.nl icloud.com kpnmail.nl kpnplanet.nl laposte.net live.com live.nl mac.com mail.com mail.ru me.com "
        "msn.com orange.fr outlook.com outlook.nl planet.nl proton.me protonmail.com qq.com t-online.de telfort.nl "
        "tutanota.com upcmail.nl web.de xs4all.nl yahoo.co.uk yahoo.com yahoo.fr yahoo.nl yandex.ru ymail.com ziggo.nl "
        "zoho.com"
    ).split()
)
"""Domains of free mailboxes. Their DMARC policies make receivers refuse mail that other servers send."""

_EXAMPLE = re.compile(r"(^|\.)(example\.(org|com|net)|example|invalid|test|localhost)$")
"""Domains that are reserved for examples (RFC 2606)."""


def examine_settings(settings: Settings) -> Iterator[Answer]:
    """The sender, the service and the bounce address in newsletter/settings.toml."""
    yield _find_examples(settings)
    yield _look_at_sender(settings)
    yield _look_at_service(settings)
    if settings.bounces:
        yield well("bounces", f"go to {settings.bounces}, with a tag that identifies the reader")
    else:
        yield warn(
            "bounces",
            f"go to {settings.sender_address}, without a tag that identifies the reader",
            "Set sender.bounces in newsletter/settings.toml to an address that `newsletter receive` reads.",
        )


def domain_of(address: str) -> str:
    """The part of an address after the @, in lower case."""
    return address.rpartition("@")[2].lower()


def _find_examples(settings: Settings) -> Answer:
    domains = {
        "site.url": urlsplit(settings.site_url).hostname or "",
        "site.security": domain_of(settings.security),
        "sender.address": domain_of(settings.sender_address),
        "sender.reply_to": domain_of(settings.reply_to),
        "sender.unsubscribe": domain_of(settings.unsubscribe),
        "sender.bounces": domain_of(settings.bounces),
        "sender.list_id": settings.list_id,
        "service.url": urlsplit(settings.service_url).hostname or "",
        "publisher.email": domain_of(settings.publisher.email),
        "dkim.domain": settings.dkim[1],
    }
    left = [name for name, domain in domains.items() if _EXAMPLE.search(domain)]
    left += ["sender.postal"] if "Example Street" in settings.postal else []
    left += list_placeholders(settings)
    if left:
        return fail(
            "settings",
            f"still the example values: {', '.join(left)}",
            "Put your own values in newsletter/settings.toml.",
        )
    return well("settings", "are your own")


def _look_at_sender(settings: Settings) -> Answer:
    domain = domain_of(settings.sender_address)
    if domain in FREE:
        return fail(
            "sender",
            f"{settings.sender_address} is an address of {domain}, whose policy makes receivers refuse "
            "mail from other servers",
            "Use an address of your own domain.",
        )
    return well("sender", f"{settings.sender_name} <{settings.sender_address}>")


def _look_at_service(settings: Settings) -> Answer:
    url = settings.service_url
    if not url:
        return fail(
            "service",
            "not set; a letter would have no unsubscribe link",
            "Set url in the table [service] of newsletter/settings.toml, and run `newsletter serve` at that address.",
        )
    if not url.startswith("https:"):
        return fail(
            "service",
            f"{url} does not use TLS; one-click unsubscribe requires https (RFC 8058)",
            "Set up a certificate (see deploy/SET-UP.md), and use https:// in the settings.",
        )
    return well("service", f"readers unsubscribe at {url}")
