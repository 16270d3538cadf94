"""Style sheets → style attributes, for mail programs that drop every <style>."""

from __future__ import annotations

import re
from functools import lru_cache

from css_inline import CSSInliner


def inline_css(html: str, css: str) -> str:
    """A document with the rules of a style sheet as style attributes of its elements."""
    # The summary is followed by dozens of these spaces; as an entity, one has six bytes.
    page = _inliner(css).inline(html).replace("&nbsp;", "\N{NO-BREAK SPACE}")
    return _STYLES.sub(lambda block: _SPACES.sub(lambda found: found[1] or found[2] or "", block[0]), page)


_STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
_SPACES = re.compile(r"/\*.*?\*/\n?|;? *(?=\})|([:;,]) +| *(\{) *| +(?=!important)|^ +", re.MULTILINE)
"""What a style sheet needs for people only. No selector of ours has a colon after a space, where it would matter."""


@lru_cache(maxsize=4)
def _inliner(css: str) -> CSSInliner:
    # Only `css` is inlined. The style blocks of the page, with their media queries, stay where they are:
    # css-inline would move them above <meta charset>, and drop Outlook's selectors, which match nothing yet.
    return CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
        minify_css=True,
        extra_css=css,
    )
