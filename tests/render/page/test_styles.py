"""The style sheet of the site."""

import re
from pathlib import Path

import tinycss2

from generator.render.page.styles import render_styles

ROOT = Path(__file__).parents[3]


def test_the_sheets_are_joined_in_their_order_under_a_name_that_changes_with_them() -> None:
    sheets = [f"assets/stylesheets/{name}.css" for name in ("site", "frame", "print")]
    sheet = render_styles(ROOT, sheets)
    text = sheet.content.decode()
    assert re.fullmatch(r"assets/stylesheets/site\.[0-9a-f]{8}\.min\.css", str(sheet.path))
    assert text.index("@font-face") < text.index(".top__row") < text.index("@page")
    assert not [rule for rule in tinycss2.parse_stylesheet(text) if rule.type == "error"]
    assert "/*" not in text
    assert "{{" not in text
    assert render_styles(ROOT, sheets) == sheet
    assert render_styles(ROOT, sheets[:2]).path != sheet.path


def test_every_sheet_is_named_in_the_configuration() -> None:
    named = set(re.findall(r"stylesheets/(\w+\.css)", (ROOT / "mkdocs.yml").read_text("utf-8")))
    assert named == {path.name for path in ROOT.glob("templates/site/assets/stylesheets/*.css")}
