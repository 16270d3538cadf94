"""The style sheet, the fonts and the icon.

The URL of each changes with its content, so browsers may cache it for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from generator.errors import TemplateError
from generator.render.templating import render_template
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.web.context import Context

_FONTS = (
    "newsreader-text.woff2",
    "newsreader-italic.woff2",
    "newsreader-display.woff2",
    "instrument-sans.woff2",
)
_SITE = "templates/site/assets"
STYLE = "service.css"
ICON = "favicon.svg"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load."""

    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        """A digest of the content."""
        return sha256(self.content).hexdigest()[:12]


def load_assets(root: Path) -> Mapping[str, Asset]:
    """All files by name; the style sheet names each font with its version. Raises TemplateError when one is missing."""
    fonts = {name: Asset(_read(root, f"{_SITE}/fonts/{name}"), "font/woff2") for name in _FONTS}
    style = render_template(root, f"service/{STYLE}")
    for name, font in fonts.items():
        style = style.replace(f'"{name}"', f'"{name}?{font.version}"')
    return {
        **fonts,
        STYLE: Asset(style.encode(), "text/css; charset=utf-8"),
        ICON: Asset(render_template(root, f"site/assets/{ICON}").encode(), "image/svg+xml"),
    }


async def show_asset(assets: Mapping[str, Asset], context: Context) -> Response:
    """The file that the path names. Raises Refusal (404) when there is none."""
    asset = assets.get(context.request.path_params["name"])
    if asset is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "lost")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": f'"{asset.version}"'}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _read(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise TemplateError(f"{path}: {error.strerror or error}") from None
