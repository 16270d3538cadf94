"""The settings: still those of the example, or of somebody who sends letters?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.delivery.examinations.answers import fail, warn, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.delivery.examinations.answers import Answer
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
"""Domains at which anybody has an address: their owners ask other servers to refuse mail that comes from elsewhere."""

_EXAMPLE = re.compile(r"(^|\.)(example\.(org|com|net)|example|invalid|test|localhost)$")
"""Domains that stand for others, and are nobody's (RFC 2606)."""


def examine_settings(settings: Settings) -> Iterator[Answer]:
    """What newsletter/settings.toml says about who sends, and where readers leave."""
    yield _find_examples(settings)
    yield _look_at_sender(settings)
    yield _look_at_service(settings)
    if settings.bounces:
        yield well("bounces", f"come back to {settings.bounces}, with a tag that tells whose they are")
    else:
        yield warn(
            "bounces",
            f"come back to {settings.sender_address}, and do not say whose they are",
            "Set sender.bounces in newsletter/settings.toml to an address whose mail `newsletter receive` reads.",
        )


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2].lower()


def _find_examples(settings: Settings) -> Answer:
    domains = {
        "site.url": urlsplit(settings.site_url).hostname or "",
        "sender.address": domain_of(settings.sender_address),
        "sender.reply_to": domain_of(settings.reply_to),
        "sender.unsubscribe": domain_of(settings.unsubscribe),
        "sender.bounces": domain_of(settings.bounces),
        "sender.list_id": settings.list_id,
        "service.url": urlsplit(settings.service_url).hostname or "",
        "dkim.domain": settings.dkim[1],
    }
    left = [name for name, domain in domains.items() if _EXAMPLE.search(domain)]
    left += ["sender.postal"] if "Example Street" in settings.postal else []
    if left:
        return fail(
            "settings",
            f"still those of the example: {', '.join(left)}",
            "Write your own into newsletter/settings.toml.",
        )
    return well("settings", "are your own")


def _look_at_sender(settings: Settings) -> Answer:
    domain = domain_of(settings.sender_address)
    if domain in FREE:
        return fail(
            "sender",
            f"{settings.sender_address} is an address of {domain}, which has other servers refuse such mail from here",
            "Send from an address at a domain of your own.",
        )
    return well("sender", f"{settings.sender_name} <{settings.sender_address}>")


def _look_at_service(settings: Settings) -> Answer:
    url = settings.service_url
    if not url:
        return fail(
            "service",
            "the settings name none: a letter would have no link to unsubscribe",
            "Fill in url below [service] in newsletter/settings.toml, and run `newsletter serve` there.",
        )
    if not url.startswith("https:"):
        return fail(
            "service",
            f"{url} is without TLS: one click in a mail program asks for https (RFC 8058)",
            "Give the service a certificate, as OPERATING.md says, and write https:// into the settings.",
        )
    return well("service", f"readers unsubscribe at {url}")
