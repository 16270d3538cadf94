"""The one dialect of Markdown: Python-Markdown with the extensions of `mkdocs.yml`.

A letter reads the same on the site, in a feed and in an inbox, and `reader` reads what they show.
"""

from __future__ import annotations

from markdown import Markdown

EXTENSIONS = (
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "sane_lists",
    "tables",
    "toc",
    "pymdownx.betterem",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "generator.content.markdown.numbering",
)
"""As in mkdocs.yml; a test keeps them the same."""

CONFIGS = {"footnotes": {"USE_DEFINITION_ORDER": False}}
"""Footnotes are numbered in the order in which a reader meets them; the notes of facts are added at the end."""


def make_parser() -> Markdown:
    """A parser of this dialect. It is not safe to use one from several threads at the same time."""
    return Markdown(extensions=list(EXTENSIONS), extension_configs=CONFIGS)
