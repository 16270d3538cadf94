"""What hosts that have no configuration of ours read from the site itself: `_headers` and `_redirects`.

Netlify and Cloudflare know both. Others show them as files, which does no harm.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.model import Artifact
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.settings import Settings

_FILES = ("_headers", "_redirects")
_HASHED = re.compile(r"\.[0-9a-f]{8}(\.min)?\.(js|css)$")
"""A name that changes with its content, as the proxies and the worker recognise it."""


def render_host_files(root: Path, settings: Settings, files: Iterable[PurePosixPath]) -> tuple[Artifact, ...]:
    """Both, for the root of the site; nothing for a site in a folder, where no host looks. Raises TemplateError.

    `files`: paths below that root, among which are those with a hash in their name. They are named one by one, because
    a rule for all of a kind would be joined with the one for its folder.
    """
    site, service = urlsplit(settings.site_url), urlsplit(settings.service_url)
    if site.path != "/":
        return ()
    values = {
        "folders": [settings.languages.prefix(language) for language in settings.languages],
        # What Pagefind names by its content.
        "index": ["index/", "fragment/", *(f"pagefind.{language}_" for language in settings.languages)],
        "hashed": sorted(str(file) for file in files if _HASHED.search(file.name)),
        "service": f"{service.scheme}://{service.netloc}" if settings.service_url else "",
    }
    return tuple(
        Artifact(PurePosixPath(name), render_template(root, f"host/{name}.txt", **values).encode())
        for name in _FILES
    )
