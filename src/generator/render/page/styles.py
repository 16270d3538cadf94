"""The style sheets of the site and its icon, with the values of tokens.toml filled in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.templating import render_template

if TYPE_CHECKING:
    from pathlib import Path

ICON = PurePosixPath("assets/favicon.svg")
"""Where the icon stands below the language's folder."""


def render_styles(root: Path, site_url: str) -> tuple[Artifact, ...]:
    """Render every style sheet, and the icon; paths are below the language's folder. Raises TemplateError.

    On paper, links to elsewhere show their address; `site_url` says which ones are our own.
    """
    folder = root / "templates/site"
    sheets = (path.relative_to(folder) for path in sorted(folder.glob("assets/stylesheets/*.css")))
    paths = (*map(PurePosixPath, sheets), ICON)
    return tuple(
        Artifact(path, render_template(root, f"site/{path}", site_url=site_url).encode()) for path in paths
    )
