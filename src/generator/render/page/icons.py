"""The icon of the site, as SVG and in the sizes that systems ask for, and the manifest by which it is installed."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.model import Artifact
from generator.render.png import render_png
from generator.render.templating import find_token, render_template

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Language

ICON = PurePosixPath("assets/favicon.svg")
"""Where the icon stands below the language's folder."""

MANIFEST = PurePosixPath("manifest.json")
"""Not .webmanifest: not every server knows the type of that, and browsers take any."""

_ROUND = {"favicon": 48, "icon-192": 192, "icon-512": 512}
"""The width of each picture with round corners, in pixels."""

_WHOLE = {"touch-icon": 180, "icon-maskable": 512}
"""Those that fill their square, because a system cuts its own shape out of it."""


def render_icons(root: Path) -> tuple[Artifact, ...]:
    """The icon in every form; paths are below the language's folder. Raises TemplateError."""
    name = f"site/{ICON}"
    svg, whole = render_template(root, name), render_template(root, name, whole=True)
    drawn = {name: (svg, width) for name, width in _ROUND.items()}
    drawn |= {name: (whole, width) for name, width in _WHOLE.items()}
    pictures = (
        Artifact(_path(file), render_png(drawing, name, width=width))
        for file, (drawing, width) in drawn.items()
    )
    return (Artifact(ICON, svg.encode()), *pictures)


def render_manifest(newsletter: Newsletter, language: Language) -> Artifact:
    """The manifest of the site in a language (https://www.w3.org/TR/appmanifest/); its path is below that folder.

    One begins in its own language, and the other ones are within it too.
    """
    settings, paper = newsletter.settings, find_token(newsletter.root, "light", "paper")
    channel = settings.channels[language]
    data: dict[str, Any] = {
        "name": channel.site_name,
        "short_name": channel.site_name,
        "description": channel.description,
        "lang": language,
        "dir": "ltr",
        "start_url": "./",
        "scope": "../" * settings.languages.prefix(language).count("/") or "./",
        "display": "standalone",
        "display_override": ["minimal-ui"],  # with a button to go back, where there is such a thing
        "theme_color": paper,
        "background_color": paper,
        "icons": [
            {"src": str(ICON), "sizes": "any", "type": "image/svg+xml"},
            _describe("icon-192", "any"),
            _describe("icon-512", "any"),
            _describe("icon-maskable", "maskable"),
        ],
    }
    return Artifact(MANIFEST, (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode())


def _describe(file: str, purpose: str) -> dict[str, str]:
    width = (_ROUND | _WHOLE)[file]
    return {"src": str(_path(file)), "sizes": f"{width}x{width}", "type": "image/png", "purpose": purpose}


def _path(file: str) -> PurePosixPath:
    return ICON.with_name(f"{file}.png")
