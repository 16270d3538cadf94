"""The style sheet of the site and its icon, with the values of tokens.toml filled in."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ICON = PurePosixPath("assets/favicon.svg")
"""Where the icon stands below the language's folder."""


def render_styles(root: Path, site_url: str, sheets: Iterable[str]) -> tuple[Artifact, Artifact]:
    """The sheets in their order as one file, and the icon; paths are below the language's folder. Raises TemplateError.

    On paper, links to elsewhere show their address; `site_url` says which ones are our own.
    """
    text = "\n".join(render_template(root, f"site/{sheet}", site_url=site_url) for sheet in sheets)
    content = re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL).encode()
    version = hashlib.sha256(content).hexdigest()[:8]
    # A host and our worker keep what has such a name for ever.
    sheet = Artifact(PurePosixPath(f"assets/stylesheets/site.{version}.min.css"), content)
    return sheet, Artifact(ICON, render_template(root, f"site/{ICON}").encode())
