"""`newsletter/CHECKS.md`, the guide to the checks: a `##` section for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nh3
from markdown import Markdown

if TYPE_CHECKING:
    from pathlib import Path

PATH = "newsletter/CHECKS.md"


def read_guide(root: Path) -> dict[str, str]:
    """The section of each rule, as HTML; empty when there is no guide."""
    try:
        text = (root / PATH).read_text("utf-8", errors="replace")
    except OSError:
        return {}
    guide: dict[str, str] = {}
    for section in f"\n{text}".split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        guide[heading.strip(" `#")] = _render_help(body.partition("\n# ")[0])
    return guide


def _render_help(markdown: str) -> str:
    made = Markdown(extensions=["sane_lists", "tables", "fenced_code"]).convert(markdown)
    tags = {
        "p",
        "em",
        "strong",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
    }
    return nh3.clean(made, tags=tags, attributes={})
