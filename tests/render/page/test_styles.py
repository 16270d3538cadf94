"""The style sheets and the icon of the site."""

from pathlib import Path

from lxml import etree

from generator.render.page.styles import ICON, render_styles

ROOT = Path(__file__).parents[3]


def test_every_style_sheet_that_the_site_names_is_rendered() -> None:
    made = {
        str(artifact.path): artifact.content.decode()
        for artifact in render_styles(ROOT, "https://example.org/")
    }
    icon = made.pop(str(ICON))
    assert etree.fromstring(icon).tag == "{http://www.w3.org/2000/svg}svg"
    named = {
        line.strip(" -") for line in (ROOT / "mkdocs.yml").read_text("utf-8").splitlines() if ".css" in line
    }
    assert set(made) == named
    for content in (*made.values(), icon):
        assert "{{" not in content
