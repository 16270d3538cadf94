"""The markup of a text on the site, where Python-Markdown writes it as validators and screen readers do not want it."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from itertools import chain, count
from typing import NamedTuple

_VOID = re.compile(r"<(br|hr|img)\b([^<>]*?) ?/>")
_NOTE = re.compile(r'\b(id="|href="#)(fn|fnref\d*):')
_TERM = re.compile(r'<h2 id="(?P<part>[^"]+)"|<dt>(?=<strong>(?P<term>[^<]+)</strong>)')
_ID = re.compile(r'\bid="([^"]+)"')
_ACTION = re.compile(r"<!-- action -->\s*(.*?)\s*<!-- /action -->", re.DOTALL)
_HEADING_LINK = '<a class="headerlink"'


def tidy_markup(html: str) -> str:
    """Void elements without a slash, ids of letters, digits and dashes, and headings named by their text alone.

    What there is to do in a letter gets a box, which Markdown cannot draw around a text: comments say where.

    The link of a heading to itself is for a mouse: the contents and the list of a screen reader have the same headings.
    """
    html = _VOID.sub(r"<\1\2>", html)
    html = _NOTE.sub(r"\1\2-", html)
    html = _ACTION.sub(r'<div class="action">\n\1\n</div>', html)
    return html.replace(_HEADING_LINK, f'{_HEADING_LINK} aria-hidden="true" tabindex="-1"')


class Term(NamedTuple):
    """A term that a definition list of a page explains."""

    part: str
    """The id of the heading that it stands below; empty above the first one."""
    id: str
    title: str


def name_terms(html: str) -> tuple[str, list[Term]]:
    """Give each term in bold an id, so that the contents of the page can lead to it."""
    ids, terms, part = set(_ID.findall(html)), list[Term](), ""

    def name(found: re.Match[str]) -> str:
        nonlocal part
        if not (title := found["term"]):
            part = found["part"]
            return found[0]
        id_ = _make_id(unescape(title), ids)
        terms.append(Term(part, id_, title))
        return f'<dt id="{id_}">'

    return _TERM.sub(name, html), terms


def _make_id(title: str, ids: set[str]) -> str:
    """An id that reads like the title, begins with a letter, and is not among the others yet."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    name = name if name[:1].isalpha() else f"term-{name}".rstrip("-")
    made = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in ids)
    ids.add(made)
    return made
