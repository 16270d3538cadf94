"""The markup of a text on the site, where Python-Markdown writes it as validators and screen readers do not want it."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from itertools import chain, count, groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_VOID = re.compile(r"<(br|hr|img)\b([^<>]*?) ?/>")
_NOTE = re.compile(r'\b(id="|href="#)(fn|fnref\d*):')
_TERM = re.compile(r'<h2 id="(?P<part>[^"]+)"|<dt>(?=<strong>(?P<term>[^<]+)</strong>)')
_ID = re.compile(r'\bid="([^"]+)"')
_ALIGNED = re.compile(r'<(t[dh]) style="text-align: (left|center|right);"')
_ACTION = re.compile(r"<!-- action -->\s*(.*?)\s*<!-- /action -->", re.DOTALL)
_LETTERS = 5
"""A list whose terms begin with fewer letters needs no jumps."""
_HEADING_LINK = '<a class="headerlink"'


def tidy_markup(html: str) -> str:
    """Void elements without a slash, ids of letters, digits and dashes, and headings named by their text alone.

    What there is to do in a letter gets a box, which Markdown cannot draw around a text: comments say where. A cell of
    a table is aligned by a class, because the policy of the proxies allows no style in a page.

    The link of a heading to itself is for a mouse: the contents and the list of a screen reader have the same headings.
    """
    html = _VOID.sub(r"<\1\2>", html)
    html = _NOTE.sub(r"\1\2-", html)
    html = _ACTION.sub(r'<div class="action">\n\1\n</div>', html)
    html = _ALIGNED.sub(r'<\1 class="\2"', html)
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


def add_jumps(html: str, terms: Sequence[Term]) -> str:
    """Put the letters that terms begin with above each long list in the order of the alphabet, as links."""
    for _, found in groupby(terms, key=lambda term: term.part):
        below = list(found)
        letters = [_plain(unescape(term.title))[:1] for term in below]
        firsts = {letter: term.id for letter, term in zip(letters[::-1], below[::-1], strict=True)}
        if len(firsts) >= _LETTERS and letters == sorted(letters) and all(map(str.isalpha, firsts)):
            links = (
                f'<li><a href="#{firsts[letter]}">{letter.upper()}</a></li>' for letter in sorted(firsts)
            )
            jumps = f'<ul class="letters">{"".join(links)}</ul>'
            html = html.replace(f'<dl>\n<dt id="{below[0].id}">', f'{jumps}\n<dl>\n<dt id="{below[0].id}">')
    return html


def _plain(text: str) -> str:
    """A text without accents and capitals, in ASCII."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _make_id(title: str, ids: set[str]) -> str:
    """An id that reads like the title, begins with a letter, and is not among the others yet."""
    name = re.sub(r"[^a-z0-9]+", "-", _plain(title)).strip("-")
    name = name if name[:1].isalpha() else f"term-{name}".rstrip("-")
    made = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in ids)
    ids.add(made)
    return made
