"""The icon of the site in its forms, and the manifest."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from generator.render.page.icons import ICON, MANIFEST, render_icons, render_manifest
from tests.languages import EN, LANGUAGES, NL

ROOT = Path(__file__).parents[3]
ACCENT = (166, 58, 10)
"""The token light.accent."""


def test_each_picture_is_a_square_with_the_mark_well_within_what_a_system_cuts_out():
    made = {str(artifact.path): artifact.content for artifact in render_icons(ROOT)}
    assert etree.fromstring(made.pop(str(ICON))).tag == "{http://www.w3.org/2000/svg}svg"
    widths = {}
    for path, content in made.items():
        picture = Image.open(io.BytesIO(content)).convert("RGBA")
        width, height = picture.size
        assert width == height
        widths[path] = width
        corner, middle = picture.getpixel((0, 0)), picture.getpixel((width // 2, 2))
        whole = path in {"assets/touch-icon.png", "assets/icon-maskable.png"}
        assert corner[3] == (255 if whole else 0)
        assert middle[:3] == ACCENT
        if whole:  # all that is not background is within a circle of four fifths
            for x in range(0, width, 4):
                for y in range(0, width, 4):
                    if picture.getpixel((x, y))[:3] != ACCENT:
                        assert (x - width / 2) ** 2 + (y - width / 2) ** 2 < (0.4 * width) ** 2
    assert widths == {
        "assets/favicon.png": 48,
        "assets/icon-192.png": 192,
        "assets/icon-512.png": 512,
        "assets/touch-icon.png": 180,
        "assets/icon-maskable.png": 512,
    }


@pytest.mark.parametrize("url", ["https://example.org/", "https://example.org/sales/map/"])
def test_a_manifest_has_what_installing_needs_and_names_files_that_are_there(newsletter, url):
    moved = replace(newsletter, settings=replace(newsletter.settings, site_url=url))
    files = {str(artifact.path) for artifact in render_icons(ROOT)}
    for language in LANGUAGES:
        manifest = render_manifest(moved, language)
        assert manifest.path == MANIFEST
        data = json.loads(manifest.content)
        channel = moved.settings.channels[language]
        assert (data["name"], data["description"]) == (channel.site_name, channel.description)
        assert (data["lang"], data["start_url"]) == (language, "./")
        assert data["display"] == "standalone"
        assert data["theme_color"] == data["background_color"] == "#fbf8f2"
        assert {icon["src"] for icon in data["icons"]} <= files
        found = {(icon["sizes"], icon.get("purpose")) for icon in data["icons"]}
        assert found >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_the_other_language_is_within_the_app(newsletter):
    scopes = {one: json.loads(render_manifest(newsletter, one).content)["scope"] for one in LANGUAGES}
    assert scopes == {NL: "./", EN: "../"}
