"""CSS as values: what a style sheet or a `style` attribute declares, for which elements, on which screens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cssselect
import tinycss2
from cssselect.parser import (
    Attrib,
    Class,
    CombinedSelector,
    Element,
    Function,
    Hash,
    Negation,
    Pseudo,
    Relation,
)
from lxml import etree
from tinycss2 import color4

from generator.check.css.screens import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from generator.check.css.screens import Screen

RGBA = tuple[float, float, float, float]
"""Red, green, blue and opacity, each from 0 to 1."""

_COMBINATORS = {" ": "descendant", ">": "child", "+": "adjacent-sibling", "~": "general-sibling"}
_COLOURED = {"color", "background", "background-color"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value."""

    name: str
    value: str
    important: bool
    parts: frozenset[str]
    """What the value is made of: words (`flex`), units (`px`, `%`) and functions (`calc()`)."""
    colour: RGBA | None
    """Of a property that is a colour, when the value is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """Which elements a rule is for."""

    text: str
    specificity: tuple[int, int, int]
    parts: frozenset[str]
    """What it is made of, as caniemail names it: `selector-class`, `pseudo-class-hover`."""
    _path: etree.XPath | None

    def find(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements that it is for; none when that depends on what a reader does, like `:hover`."""
        return self._path(tree) if self._path is not None else []  # type: ignore[return-value]  # untyped libraries


@dataclass(frozen=True, slots=True, eq=False)
class StyleRule:
    """Declarations, for whom, and under which media queries: of each, one alternative must fit."""

    media: tuple[tuple[Query, ...], ...]
    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]

    def fits(self, screen: Screen) -> bool:
        """Whether the rule counts on a screen."""
        return all(any(query.fits(screen) for query in queries) for queries in self.media)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A style sheet. What cannot be read is not in it, as in a browser."""

    rules: tuple[StyleRule, ...]
    parts: frozenset[str]
    """What else it is made of: `at-media`, `at-media-prefers-color-scheme`, `nesting`."""


@lru_cache(maxsize=64)
def parse_sheet(css: str) -> Sheet:
    """Read the text of a `<style>`."""
    parts: set[str] = set()
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return Sheet(tuple(_rules(nodes, (), parts)), frozenset(parts))


@lru_cache(maxsize=4096)
def parse_style(css: str) -> tuple[Declaration, ...]:
    """Read the value of a `style` attribute."""
    return _declarations(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True))


def _rules(
    nodes: Iterable[Any], media: tuple[tuple[Query, ...], ...], parts: set[str]
) -> Iterator[StyleRule]:
    for node in nodes:
        if node.type == "at-rule":
            name = node.lower_at_keyword
            parts.add(f"at-{name}")
            if name == "media":
                queries = _queries(node.prelude)
                parts.update(f"at-media-{feature}" for query in queries for feature, _ in query.features)
                content = tinycss2.parse_rule_list(
                    node.content or [], skip_comments=True, skip_whitespace=True
                )
                yield from _rules(content, (*media, queries), parts)
        elif node.type == "qualified-rule" and (selectors := _selectors(tinycss2.serialize(node.prelude))):
            content = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            if any(inner.type == "qualified-rule" for inner in content):
                parts.add("nesting")
            yield StyleRule(media, selectors, _declarations(content))


def _declarations(nodes: Iterable[Any]) -> tuple[Declaration, ...]:
    return tuple(
        Declaration(
            node.lower_name,
            tinycss2.serialize(node.value).strip().lower(),
            bool(node.important),
            frozenset(_parts(node.value)),
            next(filter(None, map(_colour, node.value)), None) if node.lower_name in _COLOURED else None,
        )
        for node in nodes
        if node.type == "declaration"
    )


def _parts(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "ident":
            yield token.lower_value
        elif token.type == "dimension":
            yield token.lower_unit
        elif token.type == "percentage":
            yield "%"
        elif token.type == "function":
            yield f"{token.lower_name}()"
            yield from _parts(token.arguments)


def _colour(token: Any) -> RGBA | None:
    colour = color4.parse_color(token)
    if colour is None or isinstance(colour, str):  # “currentcolor”
        return None
    red, green, blue, alpha = (min(1.0, max(0.0, part or 0.0)) for part in colour.to("srgb"))
    return red, green, blue, alpha


def _queries(tokens: Sequence[Any]) -> tuple[Query, ...]:
    """The alternatives of a media query; one that is written in another way fits no screen."""
    alternatives: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            alternatives.append([])
        elif token.type not in {"whitespace", "comment"}:
            alternatives[-1].append(token)
    return tuple(map(_query, alternatives))


def _query(tokens: Iterable[Any]) -> Query:
    words: list[str] = []
    features: list[tuple[str, str]] = []
    for token in tokens:
        if token.type == "ident":
            words.append(token.lower_value)
        elif token.type == "() block":
            name, _, value = tinycss2.serialize(token.content).lower().partition(":")
            features.append((name.strip(), value.strip()))
        else:
            features.append(("", ""))
    media = [word for word in words if word not in {"and", "only", "not"}]
    return Query("not" in words, " ".join(media) or "all", tuple(features))


def _selectors(text: str) -> tuple[Selector, ...]:
    """The selectors before a block; none when one of them cannot be read, for then a browser drops the rule."""
    try:
        found = cssselect.parse(text)
    except cssselect.SelectorError:
        return ()
    grouping = {"selector-grouping"} if len(found) > 1 else set()
    return tuple(
        Selector(
            selector.canonical(),
            selector.specificity(),
            frozenset({*_kinds(selector.parsed_tree), *_element(selector), *grouping}),
            _path(selector),
        )
        for selector in found
    )


def _element(selector: cssselect.Selector) -> Iterator[str]:
    """The pseudo-element at the end of a selector."""
    pseudo = selector.pseudo_element
    if pseudo is not None:
        yield f"pseudo-element-{pseudo if isinstance(pseudo, str) else pseudo.name}"


def _kinds(tree: Any) -> Iterator[str]:
    inner = getattr(tree, "selector", None)
    if isinstance(tree, Element):
        yield "selector-universal" if tree.element is None else "selector-type"
        return
    if isinstance(tree, CombinedSelector):
        yield f"selector-{_COMBINATORS.get(tree.combinator, tree.combinator)}"
        yield from _kinds(tree.subselector)
    elif isinstance(tree, Class | Hash | Attrib):
        yield f"selector-{'class' if isinstance(tree, Class) else 'id' if isinstance(tree, Hash) else 'attribute'}"
        if isinstance(inner, Class | Hash):
            yield "selector-chaining"
    elif isinstance(tree, Pseudo | Function):
        yield f"pseudo-class-{tree.ident if isinstance(tree, Pseudo) else tree.name}"
    else:
        yield f"pseudo-class-{'not' if isinstance(tree, Negation) else 'has' if isinstance(tree, Relation) else 'is'}"
    if not (isinstance(inner, Element) and inner.element is None and not isinstance(tree, CombinedSelector)):
        yield from _kinds(inner)  # `.name` has an element that nobody wrote


def _path(selector: cssselect.Selector) -> etree.XPath | None:
    if selector.pseudo_element is not None:
        return None
    try:
        return etree.XPath(cssselect.HTMLTranslator().selector_to_xpath(selector))
    except cssselect.SelectorError:
        return None
