"""CSS as values: what a style sheet or a `style` attribute declares, and what its selectors are made of."""

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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMBINATORS = {" ": "descendant", ">": "child", "+": "adjacent-sibling", "~": "general-sibling"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value."""

    name: str
    value: str
    important: bool
    parts: frozenset[str]
    """What the value is made of: words (`flex`), units (`px`, `%`) and functions (`calc()`)."""


@dataclass(frozen=True, slots=True)
class StyleRule:
    """Declarations, and what the selectors before them are made of."""

    parts: frozenset[str]
    """As caniemail names it: `selector-class`, `pseudo-class-hover`."""
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet. Invalid rules are left out, as in a browser."""

    rules: tuple[StyleRule, ...]
    parts: frozenset[str]
    """What else it is made of: `at-media`, `at-media-prefers-color-scheme`, `nesting`."""


@lru_cache(maxsize=64)
def parse_sheet(css: str) -> Sheet:
    """Read the text of a `<style>`."""
    parts: set[str] = set()
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return Sheet(tuple(_rules(nodes, parts)), frozenset(parts))


@lru_cache(maxsize=4096)
def parse_style(css: str) -> tuple[Declaration, ...]:
    """Read the value of a `style` attribute."""
    return _declarations(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True))


def _rules(nodes: Iterable[Any], parts: set[str]) -> Iterator[StyleRule]:
    for node in nodes:
        if node.type == "at-rule":
            parts.add(f"at-{node.lower_at_keyword}")
            if node.lower_at_keyword == "media":
                parts.update(f"at-media-{feature}" for feature in _features(node.prelude))
                content = tinycss2.parse_rule_list(
                    node.content or [], skip_comments=True, skip_whitespace=True
                )
                yield from _rules(content, parts)
        elif node.type == "qualified-rule" and (selectors := _selectors(tinycss2.serialize(node.prelude))):
            content = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            if any(inner.type == "qualified-rule" for inner in content):
                parts.add("nesting")
            yield StyleRule(selectors, _declarations(content))


def _features(query: Iterable[Any]) -> Iterator[str]:
    """What a media query asks about: `prefers-color-scheme` in `screen and (prefers-color-scheme: dark)`."""
    for token in query:
        if token.type == "() block":
            yield tinycss2.serialize(token.content).partition(":")[0].strip().lower()


def _declarations(nodes: Iterable[Any]) -> tuple[Declaration, ...]:
    return tuple(
        Declaration(
            node.lower_name,
            tinycss2.serialize(node.value).strip().lower(),
            bool(node.important),
            frozenset(_parts(node.value)),
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


def _selectors(text: str) -> frozenset[str]:
    """What the selectors before a block are made of; empty when one is invalid, for then a browser drops the rule."""
    try:
        found = cssselect.parse(text)
    except cssselect.SelectorError:
        return frozenset()
    parts = {part for one in found for part in (*_kinds(one.parsed_tree), *_element(one))}
    return frozenset(parts | {"selector-grouping"} if len(found) > 1 else parts)


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
