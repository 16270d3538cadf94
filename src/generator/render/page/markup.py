"""The markup of a text on the site, where Python-Markdown writes it as validators and screen readers do not want it."""

from __future__ import annotations

import re

_VOID = re.compile(r"<(br|hr|img)\b([^<>]*?) ?/>")
_NOTE = re.compile(r'\b(id="|href="#)(fn|fnref\d*):')
_HEADING_LINK = '<a class="headerlink"'


def tidy_markup(html: str) -> str:
    """Void elements without a slash, ids of letters, digits and dashes, and headings named by their text alone.

    The link of a heading to itself is for a mouse: the contents and the list of a screen reader have the same headings.
    """
    html = _VOID.sub(r"<\1\2>", html)
    html = _NOTE.sub(r"\1\2-", html)
    return html.replace(_HEADING_LINK, f'{_HEADING_LINK} aria-hidden="true" tabindex="-1"')
