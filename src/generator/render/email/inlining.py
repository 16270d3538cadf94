"""Style sheets → style attributes, for mail programs that drop every <style>."""

from __future__ import annotations

from functools import lru_cache

from css_inline import CSSInliner


def inline_css(html: str, css: str) -> str:
    """A document with the rules of a style sheet as style attributes of its elements."""
    # The summary is followed by sixty of these spaces; as an entity, one has six bytes.
    return _inliner(css).inline(html).replace("&nbsp;", "\N{NO-BREAK SPACE}")


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
