"""What programs look for at the root of a site: robots.txt (RFC 9309) and security.txt (RFC 9116)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.model import Artifact

if TYPE_CHECKING:
    from datetime import datetime

    from generator.settings import Settings

ROBOTS = PurePosixPath("robots.txt")
SECURITY = PurePosixPath(".well-known/security.txt")

_MONTHS = 11
"""How long security.txt counts. RFC 9116 (2.5.5) asks for less than a year."""


def render_well_known(settings: Settings, moment: datetime) -> tuple[Artifact, ...]:
    """Both; security.txt only when the settings name an address. Nothing for a site in a folder.

    `moment`: when the site is built. The same month gives the same bytes.
    """
    if urlsplit(settings.site_url).path != "/":
        return ()
    sitemaps = [f"Sitemap: {settings.url(language, 'sitemap.xml')}" for language in settings.languages]
    texts = {ROBOTS: ["User-agent: *", "Disallow:", "", *sitemaps]}
    if settings.security:
        year, month = divmod(moment.year * 12 + moment.month - 1 + _MONTHS, 12)
        texts[SECURITY] = [
            f"Contact: mailto:{settings.security}",
            f"Expires: {year:04}-{month + 1:02}-01T00:00:00Z",
            f"Preferred-Languages: {', '.join(settings.languages)}",
            f"Canonical: {settings.site_url}{SECURITY}",
        ]
    return tuple(
        Artifact(path, "".join(f"{line}\n" for line in lines).encode()) for path, lines in texts.items()
    )
